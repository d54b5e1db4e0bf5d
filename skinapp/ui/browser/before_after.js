export default function ({ data, parentElement }) {
  const find = (name) => parentElement.querySelector(name);
  const frame = find(".frame"), handle = find(".handle"), before = find(".before");
  // Streamlit may build the element anew when its pictures change; the handle outlives that.
  const kept = (globalThis.skinappHandles ??= new Map());
  const show = (percent) => {
    const at = Math.min(100, Math.max(0, percent));
    kept.set(data.key, at);
    before.style.clipPath = `inset(0 ${100 - at}% 0 0)`;
    handle.style.left = `${at}%`;
    handle.setAttribute("aria-valuenow", Math.round(at));
    handle.setAttribute("aria-valuetext", data.valuetext.replace("{percent}", Math.round(at)));
  };
  before.src = data.before;
  find(".after").src = data.after;
  before.alt = data.beforeLabel;
  find(".after").alt = data.afterLabel;
  find(".left").textContent = data.beforeLabel;
  find(".right").textContent = data.afterLabel;
  handle.setAttribute("aria-label", data.label);
  const path = find("path");
  path.setAttribute("d", data.outline);
  find("svg").setAttribute("viewBox", `0 0 ${data.width} ${data.height}`);
  find("svg").setAttribute("preserveAspectRatio", "xMidYMid meet");
  show(kept.get(data.key) ?? 50);

  const follow = (event) => {
    const box = frame.getBoundingClientRect();
    show((100 * (event.clientX - box.left)) / box.width);
  };
  frame.onpointerdown = (event) => {
    frame.setPointerCapture(event.pointerId);
    follow(event);
    handle.focus({ preventScroll: true });
  };
  frame.onpointermove = (event) => { if (frame.hasPointerCapture(event.pointerId)) follow(event); };
  const keys = { ArrowLeft: -2, ArrowDown: -2, ArrowRight: 2, ArrowUp: 2, PageDown: -10, PageUp: 10,
    Home: -100, End: 100 };
  handle.onkeydown = (event) => {
    if (!(event.key in keys)) return;
    event.preventDefault();
    show(kept.get(data.key) + keys[event.key] * (event.shiftKey ? 5 : 1));
  };
}
