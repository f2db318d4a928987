// Sends the values of all controls again, once they have settled: Streamlit sends them with any message.

const SETTLED = 500; // ms, after which the controls before this element show their new values
let waiting;

export default function ({ data, setTriggerValue }) {
  clearTimeout(waiting);
  waiting = setTimeout(() => setTriggerValue("told", data.moves), SETTLED);
  return () => clearTimeout(waiting);
}
