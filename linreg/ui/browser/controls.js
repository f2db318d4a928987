// Sends the values of all controls again, once they have settled: Streamlit sends them with any message.

const SETTLED = 500; // ms, after which the controls before this element show their new values

export default function ({ setTriggerValue }) {
  const waiting = setTimeout(() => setTriggerValue("told", true), SETTLED);
  return () => clearTimeout(waiting);
}
