// The keyboard goes on where the page went on: what was pressed is gone, and a browser would start beside it.
export default function ({ data }) {
  if (!data.turn || globalThis.skinappFocus === data.turn) return;
  globalThis.skinappFocus = data.turn;
  const place = document.querySelector(`.st-key-${data.place}`);
  const button = place?.matches("[data-testid=stElementContainer]") && place.querySelector("button:enabled");
  if (place && !button) place.tabIndex = -1; // a box can be gone to as well
  (button || place)?.focus();
}
