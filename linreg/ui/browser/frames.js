// Files where a browser refuses them: inside another site's page, and without cookies.
//
// Streamlit takes an upload only with its cookie, and a frame with `sandbox` may forbid downloads
// without a word. No page can ask what its frame allows, so the sentence comes with the press.

import { element } from "./dom.js";

const UPLOADS = '[data-testid="stFileUploader"]';
const FILES = `${UPLOADS}, [data-testid="stDownloadButton"]`;
const COOKIE = "_streamlit_xsrf=";

export function helpWithFiles() {
  for (const way of ["click", "drop"]) document.addEventListener(way, help, true);
}

function help({ target }) {
  const place = target.closest?.(FILES);
  if (!place) return;
  if (isInAnotherSite())
    tell("The app is inside another page, which may stop files. If nothing arrives, ", linkToATab(), ".");
  else if (place.matches(UPLOADS) && !keepsCookie())
    tell("This browser keeps no cookies of this page, so the server refuses its files. Allow cookies, and reload the page.");
}

function isInAnotherSite() {
  try {
    return window.top.location.origin !== window.location.origin;
  } catch {
    return true;
  }
}

function keepsCookie() {
  try {
    return document.cookie.includes(COOKIE);
  } catch {
    return false;
  }
}

function linkToATab() {
  const address = new URL(window.location.href);
  for (const name of ["embed", "embed_options"]) address.searchParams.delete(name);
  return element("a", { href: address, target: "_blank", rel: "noopener" }, "open the app in a tab of its own");
}

function tell(...sentence) {
  document.querySelector(".linreg-no-files")?.remove();
  const close = element("button", { type: "button", title: "Close", "aria-label": "Close" }, "×");
  const told = element("div", { class: "linreg-no-files", role: "status" }, element("p", {}, ...sentence), close);
  close.addEventListener("click", () => told.remove());
  document.body.append(told);
}
