// The projector's part of the class board: how to join, the present question, how many have answered,
// and at the end what the class has said. It follows the server's events without a script run.
//
// The secret of the room goes in a header, so it is in no address and in no log.

import { answered, drawVotes, letter, showsRuns, votesIn } from "./class_votes.js";
import { element, say } from "./dom.js";

const SERVER = new URL("../../linreg-board/", import.meta.url); // beside the folder of the scripts
const AGAIN = 2_000; // ms until the next try after a lost connection
const LOST = "No connection to the server. Trying again.";
const screens = new WeakMap();

export function render({ data, parentElement, setTriggerValue }) {
  let screen = screens.get(parentElement);
  if (!screen) screens.set(parentElement, (screen = new Screen(parentElement)));
  screen.follow(data, (stage) => setTriggerValue("moved", stage));
  return () => {
    if (parentElement.isConnected) return; // only this call has ended, since there is a newer one
    screen.close();
    screens.delete(parentElement);
  };
}

class Screen {
  constructor(parent) {
    this.join = element("div", { class: "linreg-join" });
    this.main = element("div", { class: "linreg-asked" });
    this.tally = element("p", { class: "linreg-tally", role: "status" });
    this.clock = element("span", { class: "linreg-clock", translate: "no" });
    this.fault = element("p", { class: "linreg-fault", role: "status" });
    this.root = element("section", { class: "linreg-board", "aria-label": "The class" }, this.join, this.main);
    parent.append(this.root);
    document.documentElement.dataset.linregClass = "";
    this.ticking = setInterval(() => this.tick(), 250);
    document.addEventListener("keydown", leaveList);
  }

  // Python has shown the page: `data` has the room, its link and code for phones, and its state.
  follow(data, moved) {
    this.data = data;
    this.moved = moved;
    this.root.dataset.instead = data.instead; // what the page shows in place of the round
    this.drawJoin();
    if (this.state === undefined || data.state.version >= this.state.version) this.take(data.state);
    if (this.room !== data.room) {
      this.room = data.room;
      this.listen();
    }
  }

  close() {
    delete document.documentElement.dataset.linregClass;
    clearInterval(this.ticking);
    document.removeEventListener("keydown", leaveList);
    clearTimeout(this.waiting);
    this.room = undefined;
    this.listening?.abort();
    this.root.remove();
  }

  drawJoin() {
    const { qr, link, room, note } = this.data;
    const image = element("img", { src: qr, alt: "QR code of the link to this room" });
    const address = element("span", { class: "linreg-address" }, link);
    this.present = element("p", { class: "linreg-present-count" });
    const text = element("div", {}, element("p", {}, "Point a phone's camera at it."), element("p", {}, "Room ", element("b", {}, room)), address, this.present);
    if (note) text.append(element("span", { class: "linreg-note" }, note));
    this.join.replaceChildren(image, text);
  }

  // Reads the events as they come. The server ends each answer after some seconds; then it asks again.
  async listen() {
    this.listening?.abort();
    const { room, secret } = this.data;
    const abort = (this.listening = new AbortController());
    let pause = 0;
    try {
      const headers = { "X-Linreg-Host": secret };
      const response = await fetch(new URL(`${room}/events`, SERVER), { headers, signal: abort.signal, cache: "no-store" });
      if (!response.headers.get("Content-Type")?.startsWith("text/event-stream")) throw await refusal(response);
      await this.readEvents(response.body.pipeThrough(new TextDecoderStream()).getReader());
    } catch (error) {
      pause = AGAIN;
      if (abort.signal.aborted) return;
      this.fault.textContent = error instanceof Refusal ? error.message : LOST;
      if (error instanceof Refusal && this.told !== error.message) this.moved((this.told = error.message)); // perhaps it has ended
    }
    if (!abort.signal.aborted) this.waiting = setTimeout(() => this.listen(), pause);
  }

  async readEvents(reader) {
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const events = (rest + value).split("\n\n");
      rest = events.pop();
      for (const event of events) this.hear(event);
    }
  }

  hear(event) {
    const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(event) ?? [];
    if (!name) return;
    const content = JSON.parse(data);
    if (name !== "state") throw new Refusal(content.error);
    this.fault.textContent = "";
    this.take(content);
  }

  take(state) {
    if (this.state && state.version < this.state.version) return;
    this.state = state;
    this.received = performance.now();
    const { round, participants } = state;
    this.present.textContent = participants === 1 ? "1 device has joined" : `${participants} devices have joined`;
    this.root.dataset.state = round?.state ?? "lobby";
    this.root.dataset.chart = Boolean(round) && showsRuns(round);
    document.documentElement.dataset.linregClass = round && votesIn(round).length > 1 ? "two votes" : "";
    this.draw(round);
    this.tick();
    const solved = Object.values(state.challenges).reduce((sum, count) => sum + count, 0);
    const stage = round ? `${round.number} ${round.vote} ${progress(round)} ${solved}` : `${solved}`;
    if (stage !== this.data.stage && stage !== this.told) this.moved(stage); // the buttons below follow
    this.told = stage;
  }

  draw(round) {
    if (round?.state !== "revealed") this.count(round);
    const now = JSON.stringify([round?.number, round?.vote, round && progress(round), this.data.room]);
    if (now === this.drawn) return;
    this.drawn = now;
    this.main.replaceChildren(...(round ? parts(round, this) : []), this.fault);
  }

  count(round) {
    if (!round) return;
    const which = round.vote > 1 ? "in the second vote" : "";
    const text = `${answered(round)} ${which}`.trim();
    say(this.tally, text);
  }

  tick() {
    const round = this.state?.round;
    const isShown = round?.state === "open" && round.closes_in !== null;
    const left = isShown ? Math.max(0, Math.ceil(round.closes_in - (performance.now() - this.received) / 1000)) : 0;
    this.clock.textContent = isShown ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : "";
  }
}

// A list whose question is chosen with Enter gives the keys back to the steps, as after a press on it.
function leaveList({ key, target }) {
  if (key === "Enter" && target.ariaExpanded === "true") {
    setTimeout(() => document.activeElement.closest(".st-key-class_composer [role=combobox]")?.blur());
  }
}

// The board's own sentence; whatever else fails is a lost connection.
class Refusal extends Error {}

// A proxy or another server has no such sentence.
async function refusal(response) {
  const said = await response.json().catch(() => null);
  return typeof said?.error === "string" ? new Refusal(said.error) : new Error(`status ${response.status}`);
}

// The answers come at once, and what the real runs tell a little later.
function progress({ state, result }) {
  return result?.pending ? "pending" : state;
}

function parts(round, { tally, clock }) {
  const question = element("h2", {}, round.text);
  if (round.state === "revealed") return [question, drawVotes(round)];
  const options = round.options.map((text, index) => element("li", {}, element("b", {}, letter(index)), ` ${text}`));
  const asked = options.length ? element("ul", { class: "linreg-options" }, ...options) : element("p", {}, range(round));
  const closed = round.vote > 1 ? "The second vote is closed." : "The vote is closed. Discuss it with your neighbour.";
  const said = round.state === "closed" ? [element("p", {}, closed)] : [];
  return [question, asked, element("div", { class: "linreg-count" }, tally, clock), ...said];
}

function range({ kind, setting, low, high }) {
  if (kind === "number") return `A number from ${low} to ${high}`;
  return setting === "epochs" ? `A number of epochs from ${low} to ${high}` : `A learning rate from ${low} to ${high}`;
}
