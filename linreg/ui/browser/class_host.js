// Keeps the teacher's room in this tab, so that a reload and a new server lead back to it. A link with
// the room's secret behind # opens it anywhere; what stands behind # is never sent to a server. It also
// tells at which epoch the player is, which only this tab's address says.

const KEY = "linreg host";
let told = ""; // the last question for the place that was answered

export default function ({ data, setTriggerValue }) {
  if (data.place && data.place !== told) {
    told = data.place;
    setTriggerValue("place", { asked: told, at: new URL(window.location.href).searchParams.get("at") ?? "" });
  }
  if ("keep" in data) attempt(() => sessionStorage.setItem(KEY, data.keep));
  else setTriggerValue("found", { text: fromLink() || attempt(() => sessionStorage.getItem(KEY)) || "" });
}

function fromLink() {
  const address = new URL(window.location.href);
  const text = address.hash.slice(1);
  if (!/^[A-Z]+\.[\w-]+$/.test(text)) return "";
  address.hash = "";
  window.history.replaceState(window.history.state, "", address);
  attempt(() => sessionStorage.setItem(KEY, text));
  return text;
}

// A browser may forbid storage.
function attempt(action) {
  try {
    return action();
  } catch (error) {
    console.warn("linreg: this tab does not keep the room:", error);
  }
}
