// The conductor: the teacher's page as an address, which this tab opens, and the way back.
//
// `bring` is an address from the page on (`loop?epoch=7#2`); the number behind # counts the calls, so
// that the same place can be called twice.

const APP = new URL("../../", import.meta.url); // beside the folder of the scripts
const KEPT = ["room", "hide", "lock"]; // of this tab's own address
const OWN = "linreg own page"; // where the student was
const CALL = "linreg call"; // the last call that was followed

// Goes where the teacher is, once for each call.
export function followOnce(bring) {
  if (read(CALL) === (bring ?? "")) return;
  write(CALL, bring ?? "");
  if (bring && read(CALL) === bring) follow(bring); // without storage it would follow for ever
}

export function follow(bring) {
  if (!ownPage()) write(OWN, window.location.href);
  window.location.assign(target(bring));
}

export function goBack() {
  const page = ownPage();
  write(OWN, "");
  window.location.assign(page);
}

export function ownPage() {
  return read(OWN);
}

// Whether this tab shows the page that the teacher shows, whatever was changed there.
export function isThere(bring) {
  return target(bring).pathname.replace(/\/$/, "") === window.location.pathname.replace(/\/$/, "");
}

function target(bring) {
  const [place] = bring.split("#");
  const [path, query = ""] = place.split("?");
  const address = new URL(/^\w*$/.test(path) ? path : "", APP);
  address.search = query;
  const { searchParams: own } = new URL(window.location.href);
  for (const name of KEPT) {
    if (own.has(name)) address.searchParams.set(name, own.get(name));
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
