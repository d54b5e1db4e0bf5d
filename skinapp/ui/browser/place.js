// Asks the browser where the visitor is, once for each press, and rounds that to about a kilometre.
export default function ({ data, parentElement, setTriggerValue }) {
  const button = parentElement.querySelector("button"), words = parentElement.querySelector("span");
  button.textContent = data.label;
  const say = (text) => { words.textContent = text; button.disabled = false; };
  const tell = ({ coords }) => {
    say("");
    setTriggerValue("place", [coords.latitude, coords.longitude].map((degrees) => Math.round(degrees * 100) / 100));
  };
  button.onclick = () => {
    if (!navigator.geolocation || !window.isSecureContext) return say(data.insecure);
    button.disabled = true;
    words.textContent = data.waiting;
    const refuse = (error) => say(error.code === error.PERMISSION_DENIED ? data.denied : data.unknown);
    navigator.geolocation.getCurrentPosition(tell, refuse, { maximumAge: 600000, timeout: 15000 });
  };
}
