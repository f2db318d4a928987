// Keeps own data in this tab, so that they survive a reload and a new server.

const KEY = "linreg own data";
const SETTLED = 500; // ms, after which the sliders before this element show their new values
let waiting;

export default function ({ data, setTriggerValue }) {
  if (data.keep) {
    attempt(() => sessionStorage.setItem(KEY, data.keep));
    // Also where they do not fit: sending them again would not help. A message at once would have the
    // values that this run has just replaced, and the server would take them for the visitor's.
    clearTimeout(waiting);
    waiting = setTimeout(() => setTriggerValue("kept", data.name), SETTLED);
    return () => clearTimeout(waiting);
  } else {
    setTriggerValue("found", { text: attempt(() => sessionStorage.getItem(KEY)) ?? "" });
  }
}

// A browser may forbid storage, or the storage may be full.
function attempt(action) {
  try {
    return action();
  } catch (error) {
    console.warn("linreg: this tab keeps no data:", error);
  }
}
