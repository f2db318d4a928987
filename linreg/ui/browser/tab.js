// Keeps own data in this tab, so that they survive a reload and a new server.

const KEY = "linreg own data";

export default function ({ data, setTriggerValue }) {
  if (data.keep) {
    attempt(() => sessionStorage.setItem(KEY, data.keep));
    setTriggerValue("kept", data.name); // also where they do not fit: sending them again would not help
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
