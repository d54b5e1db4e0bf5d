// The video's own frame shows the name and message of whatever error the camera raises. Here it raises one
// that a visitor can read.
export default function ({ data }) {
  const readable = (error) => {
    const words = data.words[error.name];
    return words ? Object.assign(new Error(words), { name: data.name }) : error;
  };
  const translate = (frame) => {
    const browser = frame.contentWindow?.navigator;
    if (!browser || browser.skinappCamera) return;
    browser.skinappCamera = true;
    const devices = browser.mediaDevices;
    if (!devices) {
      const refuse = async () => { throw readable({ name: "insecure" }); };
      const none = { getUserMedia: refuse, enumerateDevices: async () => [], addEventListener() {} };
      Object.defineProperty(browser, "mediaDevices", { value: none });
      return;
    }
    const ask = devices.getUserMedia.bind(devices);
    devices.getUserMedia = (wish) => ask(wish).catch((error) => { throw readable(error); });
  };
  const isVideo = (frame) => frame.tagName === "IFRAME" && frame.title.includes("webrtc_streamer");
  const onLoad = (event) => isVideo(event.target) && translate(event.target);
  document.addEventListener("load", onLoad, true); // a frame's load does not bubble
  [...document.querySelectorAll("iframe")].filter(isVideo).forEach(translate);
  return () => document.removeEventListener("load", onLoad, true);
}
