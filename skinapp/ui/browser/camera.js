// The video's own frame shows the name and message of whatever error the camera raises: here it raises one
// that a visitor can read. And a browser short of time or bandwidth would send smaller pictures: here it sends
// fewer, so that a frozen one can be analyzed in full. A video that is to go on at another resolution comes in
// a new frame: its button is pressed as soon as it is there.
export default function ({ data }) {
  const readable = (error) => {
    const words = data.words[error.name];
    return words ? Object.assign(new Error(words), { name: data.name }) : error;
  };
  const keepResolution = (sender) => {
    const wish = { ...sender.getParameters(), degradationPreference: "maintain-resolution" };
    return sender.setParameters(wish).catch(() => {}); // a browser without this choice decides itself
  };
  const prepare = (frame) => {
    const browser = frame.contentWindow?.navigator;
    if (!browser || browser.skinappCamera) return;
    browser.skinappCamera = true;
    const connection = frame.contentWindow.RTCPeerConnection?.prototype;
    const describe = connection?.setLocalDescription;
    if (describe) connection.setLocalDescription = async function (...description) {
      await describe.apply(this, description);
      await Promise.all(this.getSenders().filter((sender) => sender.track?.kind === "video").map(keepResolution));
    };
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
  const press = (frame) => {
    if (data.starts <= (window.skinappStarts ?? 0)) return true;
    const buttons = [...(frame.contentDocument?.querySelectorAll("button:enabled") ?? [])];
    const button = buttons.find((one) => one.textContent === data.start);
    if (!button) return false;
    window.skinappStarts = data.starts;
    button.click();
    return true;
  };
  const start = (frame) => {
    if (press(frame) || !frame.contentDocument) return;
    const watch = new MutationObserver(() => press(frame) && watch.disconnect());
    watch.observe(frame.contentDocument, { childList: true, subtree: true, attributes: true });
  };
  const meet = (frame) => { prepare(frame); start(frame); };
  const isVideo = (frame) => frame.tagName === "IFRAME" && frame.title.includes("webrtc_streamer");
  const onLoad = (event) => isVideo(event.target) && meet(event.target);
  document.addEventListener("load", onLoad, true); // a frame's load does not bubble
  [...document.querySelectorAll("iframe")].filter(isVideo).forEach(meet);
  return () => document.removeEventListener("load", onLoad, true);
}
