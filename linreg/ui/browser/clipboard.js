// Copying on plain http, where browsers have no `navigator.clipboard`, and in frames that forbid it.
//
// Streamlit's buttons call `navigator.clipboard.writeText`. It gets the older way as a second one,
// which works while a press is handled. Where that fails too, a sentence says so.

import { element } from "./dom.js";

const SHOWN = 8_000; // ms that the sentence stays

export function letCopy() {
  const { clipboard } = navigator;
  const first = clipboard?.writeText?.bind(clipboard);
  const writeText = async (text) => {
    if (first && (await first(text).then(() => true, () => false))) return;
    if (copyOlderWay(text)) return;
    tell("This browser does not let the page copy. Select the text, and copy it with your keyboard or menu.");
    throw new Error("not copied");
  };
  if (clipboard) clipboard.writeText = writeText;
  else Object.defineProperty(navigator, "clipboard", { value: { writeText }, configurable: true });
}

function copyOlderWay(text) {
  const focused = document.activeElement;
  const field = element("textarea", { class: "linreg-copied", "aria-hidden": "true", readonly: "" });
  field.value = text;
  document.body.append(field);
  field.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    field.remove();
    focused?.focus({ preventScroll: true });
  }
}

function tell(sentence) {
  document.querySelector(".linreg-not-copied")?.remove();
  const told = element("div", { class: "linreg-not-copied", role: "status" }, sentence);
  document.body.append(told);
  setTimeout(() => told.remove(), SHOWN);
}
