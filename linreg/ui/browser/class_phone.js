// A student's connection to the class: joins the room once, asks for its state every two seconds, and
// sends answers until the server has confirmed or refused them. It needs no page of Streamlit.
//
// The token that makes this browser a participant stays in the browser, so a reload, a phone that
// slept and a new server lead to the same participant.

const SERVER = new URL("../../linreg-board/", import.meta.url); // beside the folder of the scripts
const EVERY = 2_000; // ms between two questions to the server
const ASLEEP = 20_000; // the same while nobody looks
const LONGEST = 20_000; // the same while the server does not answer
const PATIENCE = 10_000; // ms for one answer of the server

export class Phone {
  // `changed()` is called when the state, the connection or the answer on its way has changed.
  constructor(room, changed) {
    this.room = room;
    this.changed = changed;
    this.key = `linreg room ${room}`;
    this.token = remembered(this.key);
    this.former = undefined; // the token that the room did not know
    this.state = null; // as the server last sent it
    this.version = "";
    this.failures = 0; // in a row
    this.refused = ""; // the sentence of a refusal, which ends the connection
    this.sending = null; // the answer that is not confirmed yet
    this.complaint = ""; // why the last answer was refused
    this.isNew = !this.token;
    document.addEventListener("visibilitychange", () => document.hidden || this.ask());
    window.addEventListener("online", () => this.ask());
    this.ask();
  }

  answer(round, vote, value) {
    this.sending = { round, vote, value };
    this.complaint = "";
    this.changed();
    this.ask();
  }

  // One turn: join if needed, send what is to be sent, ask for the state. Turns never overlap.
  async ask() {
    clearTimeout(this.timer);
    if (this.refused) return;
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    const before = this.failures;
    let news = false;
    try {
      if (!this.token) await this.join();
      const isAtOnce = this.sending && !this.failures;
      const isSeen = isAtOnce && (await this.send());
      news = (!isSeen && (await this.look())) || isAtOnce;
      if (this.sending) {
        await this.send(); // only now, since the class may have gone on
        news = true;
      }
      this.failures = 0;
    } catch (error) {
      if (error instanceof Refusal) this.refuse(error);
      else this.failures += 1;
    }
    this.busy = false;
    if (news || this.refused || this.failures !== before) this.changed();
    const soon = this.again && !this.failures;
    this.again = false;
    this.timer = setTimeout(() => this.ask(), soon ? 0 : this.pause());
  }

  // The jitter keeps the phones of a class from asking all at once.
  pause() {
    const usual = document.hidden ? ASLEEP : EVERY;
    return Math.min(usual * 2 ** this.failures, Math.max(LONGEST, usual)) * (0.8 + 0.4 * Math.random());
  }

  async join() {
    const { token } = await read(await this.fetch("join", { token: this.former }));
    this.token = token;
    remember(this.key, token);
  }

  // Returns whether the reply has the state too, as it has if the server knew that without asking.
  async send() {
    const { sending } = this;
    let state;
    try {
      const response = await this.fetch("answer", sending);
      ({ state } = await read(response));
      this.confirmed = sending;
      if (state) this.take(state, response);
      else {
        this.addConfirmed(this.state?.round);
        this.version = ""; // the next look brings the state
      }
    } catch (error) {
      if (!(error instanceof Refusal) || error.status === 403) throw error;
      this.complaint = error.message;
    }
    if (this.sending === sending) this.sending = null; // else another answer was given meanwhile
    return Boolean(state);
  }

  // The runs that the class chose, as bytes for the stage.
  async swarm() {
    const response = await this.fetch("swarm");
    return response.ok ? new Uint8Array(await response.arrayBuffer()) : read(response);
  }

  async look() {
    const response = await this.fetch("state");
    if (response.status === 304) return false;
    this.take(await read(response), response);
    return true;
  }

  take(state, response) {
    const before = this.state?.round;
    this.state = state;
    this.received = performance.now();
    this.version = response.headers.get("ETag") ?? "";
    const { round } = this.state;
    this.addConfirmed(round);
    const late = this.sending && (round?.number !== this.sending.round || round.vote !== this.sending.vote);
    if (late) this.sending = null; // the class has gone on
    if (round?.number !== before?.number || round?.vote !== before?.vote) this.complaint = ""; // of another vote
  }

  // A state that was on its way while an answer was confirmed may not have it yet.
  addConfirmed(round) {
    const { round: number, vote, value } = this.confirmed ?? {};
    if (round && round.number === number) round.mine[vote - 1] ??= value;
  }

  fetch(what, body) {
    const headers = this.token ? { "X-Linreg-Participant": this.token } : {};
    if (body) headers["Content-Type"] = "application/json";
    else if (this.version) headers["If-None-Match"] = this.version;
    return fetch(new URL(`${this.room}/${what}`, SERVER), {
      method: body ? "POST" : "GET",
      headers,
      body: body && JSON.stringify(body),
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
  }

  refuse({ status, message }) {
    if (status === 403 && this.token) {
      // The room does not know this participant: join again. Another process of the server may know
      // it already, and then gives the same token.
      [this.former, this.token, this.version] = [this.token, "", ""];
    } else {
      this.refused = message;
      if (status === 404) remember(this.key, ""); // the room has ended
    }
  }
}

class Refusal extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

// Returns what the board sent. What may pass is an ordinary error: the next turn tries again. So is
// every answer of a proxy or another server, which is not the board's JSON.
async function read(response) {
  const said = await response.json();
  if (response.ok) return said;
  const { status } = response;
  if (status === 429 || status >= 500 || typeof said?.error !== "string") throw new Error(`status ${status}`);
  throw new Refusal(status, said.error);
}

// A browser may forbid storage; then the participant lives as long as the page.
function remembered(key) {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function remember(key, token) {
  try {
    if (token) localStorage.setItem(key, token);
    else localStorage.removeItem(key);
  } catch (error) {
    console.warn("linreg: this browser keeps no place in the class:", error);
  }
}
