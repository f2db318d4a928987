// The conductor: the teacher's page as an address, which this tab opens, and the way back.
//
// `bring` is an address from the page on (`loop?epoch=7&call=2`); the number of the call makes it
// another one each time, so that the same place can be called twice.

import { placeIn, writeAddress } from "./player.js";

const APP = new URL("../../", import.meta.url); // beside the folder of the scripts
// Of this tab's own address: the class, what the teacher's link has set, and what this student has done.
const KEPT = ["room", "hide", "lock", "done", "pin"];
const ANY = [...KEPT, "plan", "at", "play", "large", "present"]; // these may differ in the same place
const TASKS = ["challenge", "mystery"]; // so may these, where the teacher's page has none
const OWN = "linreg own page"; // where the student was
const CALL = "linreg call"; // the last call that was followed
let hasLeft = false; // the page's own session has seen the student go, and keeps the own data

// Goes where the teacher is, once for each call; returns whether it goes. `go` asks the page's own
// session for a link.
export function followOnce(bring, go) {
  if (read(CALL) === (bring ?? "")) return false;
  write(CALL, bring ?? "");
  if (!bring || read(CALL) !== bring) return false; // without storage it would follow for ever
  follow(bring, go);
  return true;
}

export function follow(bring, go) {
  if (!ownPage()) write(OWN, window.location.href);
  hasLeft = true;
  open(target(bring), go);
}

export function goBack(go) {
  const page = ownPage();
  write(OWN, "");
  const address = withOwn(new URL(page));
  if (!hasLeft && address.searchParams.has("own")) return window.location.assign(address); // asks the tab
  open(address, go);
}

// The session shows the page without a reload, and the player of the present picture moves by itself.
function open(address, go) {
  const { testConnectionState: connection } = document.querySelector('[data-testid="stApp"]').dataset;
  if (connection !== "CONNECTED") return window.location.assign(address);
  if (path(address) === path(window.location)) {
    const place = placeIn(address);
    writeAddress(place.at ?? null); // for a picture that is still behind a curtain
    window.dispatchEvent(new CustomEvent("linreg-go", { detail: place })); // player.js
  }
  go(address.href.slice(APP.href.length));
}

export function ownPage() {
  return read(OWN);
}

// Whether this tab shows the teacher's page with its settings, at whatever epoch.
export function isThere(bring) {
  const theirs = target(bring);
  const free = [...ANY, ...TASKS.filter((name) => !theirs.searchParams.has(name))];
  return place(theirs, free) === place(new URL(window.location.href), free);
}

// A value between two stops of its slider stands in `exact`, beside that of the nearest stop.
function place(address, free) {
  const { exact = "", ...settings } = Object.fromEntries(address.searchParams);
  for (const part of exact.split(" ").filter(Boolean)) {
    const [name, text] = part.split("~");
    settings[name] = text;
  }
  const bound = Object.entries(settings).filter(([name]) => !free.includes(name));
  return JSON.stringify([path(address), bound.sort()]);
}

function path({ pathname }) {
  return pathname.replace(/\/$/, "");
}

export function target(bring) {
  const [page, query = ""] = bring.split("?");
  const address = new URL(/^\w*$/.test(page) ? page : "", APP);
  address.search = query;
  address.searchParams.delete("call");
  return withOwn(address);
}

// Returns the address with what this tab keeps, as a page that is loaded again reads it.
function withOwn(address) {
  const { searchParams: own } = new URL(window.location.href);
  for (const name of KEPT) {
    address.searchParams.delete(name);
    for (const text of own.getAll(name)) address.searchParams.append(name, text);
  }
  return address;
}

// A browser may forbid storage; then there is no way back, and only the button follows the teacher.
function read(key) {
  try {
    return sessionStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function write(key, text) {
  try {
    sessionStorage.setItem(key, text);
  } catch (error) {
    console.warn("linreg: this browser keeps no way back:", error);
  }
}
