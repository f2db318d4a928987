// Keeps own data in this tab, where they are found again after a reload or by a new server.

const KEY = "linreg own data";

export default function ({ data, setTriggerValue }) {
  if (data.keep) {
    attempt(() => sessionStorage.setItem(KEY, data.keep));
    setTriggerValue("kept", data.name); // or can't be: sent again, they would not fit either
  } else {
    setTriggerValue("found", { text: attempt(() => sessionStorage.getItem(KEY)) ?? "" });
  }
}

// A tab may be forbidden to keep anything, or be full.
function attempt(action) {
  try {
    return action();
  } catch (error) {
    console.warn("linreg: this tab keeps no data:", error);
  }
}
