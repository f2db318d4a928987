// The screen of every page: large type, *Present*, buttons that copy, and code that scrolls.
//
// *Present* belongs to this browser tab, not to the session: it outlives a change of page and a new
// server, and only a link that asks for it (`present=true`) has it in the address.

import { letCopy } from "./clipboard.js";
import { element, icon } from "./dom.js";
import { helpWithFiles } from "./frames.js";
import { letFingersScroll, letSwipesTurnParts } from "./touch.js";
import { letTranslate, noteTranslations } from "./translated.js";

const ICONS = {
  present: "M3 4h18v12H3zM5 6v8h14V6zM8 18h8v2H8z",
  pages: "M3 6h18v2H3zM3 11h18v2H3zM3 16h18v2H3z",
  leave: "M6 4.6L4.6 6l6 6-6 6L6 19.4l6-6 6 6 1.4-1.4-6-6 6-6L18 4.6l-6 6z",
};
const WITHOUT_TEXT = "input:is([type=range], [type=checkbox], [type=radio])";
const TEXT_FIELDS = `input:not(${WITHOUT_TEXT}), textarea, select`;
const NOT_WORDS = `:is(code, pre, .st-key-log, .katex, [data-testid="stSliderThumbValue"]):not([translate])`;
const OPEN = "[role=dialog]:not([hidden]), [data-testid=stPopoverBody], [role=listbox]"; // these close on Escape

const KEPT = ["own", "pin", "done", "room", "leads", "hide", "lock"]; // by the session, whatever Back leads to

const { documentElement: page } = document;
let large = false; // type, as the session has it
let presenting; // undefined until the address is read
let shownPage;
let waiting; // the timer of reachCode()

export function render({ data, parentElement }) {
  if (presenting === undefined) {
    presenting = new URL(window.location.href).searchParams.get("present")?.toLowerCase() === "true";
    document.addEventListener("keydown", passOn, true);
    document.addEventListener("keydown", press);
    document.addEventListener("click", leavePage);
    document.addEventListener("pointerup", leaveList);
    letCopy();
    letFingersScroll();
    letSwipesTurnParts();
    helpWithFiles();
    joinEntries();
    window.addEventListener("beforeprint", noteTheme);
    letTranslate();
    new MutationObserver(follow).observe(document.body, { childList: true, subtree: true });
  }
  large = data.large;
  const isOther = shownPage !== data.page;
  if (isOther) page.classList.remove("linreg-menu");
  shownPage = data.page;
  page.classList.toggle("linreg-without-settings", !data.settings);
  if (!parentElement.querySelector(".linreg-corner")) parentElement.append(corner());
  show();
  if (isOther && presenting) beginStrip();
}

// One press or one drag may move many settings and lead to another page, and Streamlit makes an entry of
// the history for each of these. The browser's Back is to undo all of it, and to lead to no mixture. What
// it cannot undo makes no entry, such as a table of own data, which the address only names, or a pin; nor
// does the moved control itself, which Streamlit writes into the present entry.
function joinEntries() {
  const { history, location } = window;
  const [push, replace] = [history.pushState.bind(history), history.replaceState.bind(history)];
  let isNew = false; // whether there was a press since the last entry
  let moved = []; // the names of what was written since into the present entry
  const note = ({ repeat }) => {
    if (!repeat) [isNew, moved] = [true, []]; // a held key repeats
  };
  for (const name of ["pointerdown", "keydown"]) window.addEventListener(name, note, true);
  window.addEventListener("popstate", () => (isNew = false));
  history.replaceState = (state, title, address) => {
    moved = moved.concat(changed(new URL(address ?? location, location)));
    replace(state, title, address);
  };
  history.pushState = (state, title, address) => {
    const next = new URL(address, location);
    const known = KEPT.concat(moved);
    if (isNew && (next.pathname !== location.pathname || changed(next).some((name) => !known.includes(name)))) {
      isNew = false;
      push(state, title, address);
    } else replace(state, title, address);
  };
}

// The names of the parameters that differ in another address.
function changed({ searchParams: next }) {
  const present = new URL(window.location).searchParams;
  const texts = (name) => [present, next].map((all) => all.getAll(name).join("&"));
  return [...new Set([...present.keys(), ...next.keys()])].filter((name) => texts(name)[0] !== texts(name)[1]);
}

// A click beside all controls focuses the page itself; with the next key a frame would appear around it.
function leavePage() {
  if (document.activeElement.matches("[data-testid=stMain]")) document.activeElement.blur();
}

// A list gives the keys back to the page once an option is pressed; they would be typed into it.
function leaveList({ target }) {
  if (!target.closest?.("[role=option]")) return;
  setTimeout(() => document.activeElement.closest(".stSelectbox [role=combobox]")?.blur());
}

function corner() {
  const button = (name, key, action) => {
    const title = key ? `${name} (${key})` : name;
    const made = element("button", { type: "button", title, "aria-label": title }, icon(ICONS[action.name]));
    made.addEventListener("click", action);
    made.dataset.does = action.name;
    return made;
  };
  return element(
    "div",
    { class: "linreg-corner" },
    button("Present: the picture fills the window", "P", present),
    button("Pages", "", pages),
    button("Leave the presentation", "P", leave),
  );
}

function present() {
  presenting = true;
  show();
  beginStrip();
}

// The sidebar is a strip now, which does not scroll.
function beginStrip() {
  document.querySelector('[data-testid="stSidebarContent"]')?.scrollTo(0, 0);
}

function leave() {
  presenting = false;
  const address = new URL(window.location.href);
  address.searchParams.delete("present");
  window.history.replaceState({}, "", address);
  show();
}

function pages() {
  page.classList.toggle("linreg-menu");
}

// A letter pressed on a slider or a switch, which take none, is for the page: Streamlit's buttons
// would not hear their keys there.
function passOn(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !/^[a-z]$/i.test(event.key)) return;
  if (!event.target.matches?.(WITHOUT_TEXT)) return;
  event.stopImmediatePropagation();
  const { key, code, keyCode, shiftKey, repeat } = event;
  document.body.dispatchEvent(
    new KeyboardEvent("keydown", { key, code, keyCode, shiftKey, repeat, bubbles: true, cancelable: true }),
  );
}

function press(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.repeat) return;
  if (event.target.closest?.(TEXT_FIELDS) || event.target.isContentEditable) return;
  if (event.key.toLowerCase() === "p") (presenting ? leave : present)();
  else if (event.key === "Escape" && presenting && !document.querySelector(OPEN)) leave();
}

function show() {
  const before = page.className;
  page.classList.toggle("linreg-large", large || presenting);
  page.classList.toggle("linreg-present", presenting);
  if (!presenting) page.classList.remove("linreg-menu");
  if (page.className !== before) window.dispatchEvent(new Event("linreg-look"));
}

// A picture in the colours of the dark theme is turned into one for paper.
function noteTheme() {
  page.classList.toggle("linreg-dark", scheme() === "dark");
}

function scheme() {
  return getComputedStyle(document.querySelector('[data-testid="stApp"]')).colorScheme;
}

function follow(changes) {
  noteTranslations(changes);
  waiting ??= setTimeout(reachCode, 200);
}

// Lines of code do not wrap, and no translator changes them, nor numbers. The element that scrolls sideways takes the
// focus and has a name. A dialog stands outside of the app, whose theme it then has too.
function reachCode() {
  waiting = undefined;
  page.style.colorScheme = scheme();
  for (const each of document.querySelectorAll(NOT_WORDS)) each.translate = false;
  for (const code of document.querySelectorAll('[data-testid="stCode"] pre:not([role])')) {
    code.tabIndex = 0;
    code.setAttribute("role", "region");
    code.setAttribute("aria-label", "Code");
    code.closest('[data-testid="stCode"]').removeAttribute("tabindex");
  }
}
