// Keeps the latest question at the top of the view while its answer grows, until the visitor's hand takes over.
export default function ({ data }) {
  const kept = (globalThis.skinappChat ??= {});
  if (kept.asked === data.asked) return;
  kept.asked = data.asked;
  kept.leave?.();
  const show = () => document.querySelector(`.st-key-${data.turn}`)?.scrollIntoView({ block: "start" });
  const growth = new ResizeObserver(show);
  const hands = ["wheel", "touchstart", "pointerdown", "keydown"];
  kept.leave = () => {
    growth.disconnect();
    hands.forEach((hand) => document.removeEventListener(hand, kept.leave));
  };
  hands.forEach((hand) => document.addEventListener(hand, kept.leave, { passive: true }));
  growth.observe(document.querySelector("[data-testid=stMainBlockContainer]"));
}
