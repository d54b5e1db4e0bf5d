// The browser hears which language the page speaks, and what Streamlit says by itself is said in that one.
// A text or label of Streamlit is only ever written over in place, so that Streamlit can go on changing it.
const PARTS = [
  "stFileUploader", "stCameraInput", "InputInstructions", "stElementToolbar", "stSelectboxVirtualDropdown",
  "stMainMenuPopover", "stSkipToContent", "stBaseButton-header",
];
const TEXTS = PARTS.map((part) => `[data-testid=${part}]`).join();
const LABELS = ["aria-label", "title", "placeholder"];
const kept = (globalThis.skinappLanguage ??= { said: new WeakMap() });

const inLanguage = (english) => {
  if (Object.hasOwn(kept.words, english)) return kept.words[english];
  for (const [pattern, words] of kept.patterns) {
    const found = english.match(pattern);
    if (found) return words.replace("{}", () => found[1]);
  }
  return english;
};
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const pattern = (english) => new RegExp(`^${english.split("{}").map(escaped).join("(.+)")}$`);

const say = (node, place, found, write) => {
  const places = kept.said.get(node) ?? {};
  const before = places[place];
  const english = before?.said === found ? before.english : found; // else Streamlit has written anew
  const said = inLanguage(english);
  if (said === found) return;
  kept.said.set(node, { ...places, [place]: { english, said } });
  write(said);
};
const sayAll = () => {
  kept.waiting = false;
  for (const part of document.querySelectorAll(TEXTS)) {
    const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode;
      say(text, "text", text.data, (said) => (text.data = said));
    }
  }
  for (const label of LABELS)
    for (const element of document.querySelectorAll(`[${label}]`))
      say(element, label, element.getAttribute(label), (said) => element.setAttribute(label, said));
};
const soon = () => {
  if (kept.waiting) return;
  kept.waiting = true;
  requestAnimationFrame(sayAll);
};

export default function ({ data }) {
  document.documentElement.lang = data.language;
  kept.words = data.words;
  const withGap = Object.entries(data.words).filter(([english]) => english.includes("{}"));
  kept.patterns = withGap.map(([english, words]) => [pattern(english), words]);
  soon();
  kept.watch ??= new MutationObserver(soon);
  kept.watch.disconnect(); // nothing is to be watched where the page speaks as Streamlit does
  if (Object.keys(data.words).length)
    kept.watch.observe(document.body, { childList: true, subtree: true, characterData: true, attributeFilter: LABELS });
}
