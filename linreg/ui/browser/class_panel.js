// The class panel: a slim line at the lower edge of every page of a student in a room. It opens for a
// question and for what the class has said. It takes room from the page and covers nothing of it.
//
// All it shows comes from the teacher or from the server: no student's text is ever sent.

import { follow, followOnce, goBack, isThere, ownPage } from "./class_follow.js";
import { Phone } from "./class_phone.js";
import { ClassRuns } from "./class_runs.js";
import { answered, drawVotes, letter, showsRuns } from "./class_votes.js";
import { element, say } from "./dom.js";

const STORED = "Stored until the teacher ends the room, 24 hours at most: your answers and solved challenges, without your name.";
const TOUCHES = ["pointerdown", "mousedown", "touchstart", "click", "keydown"];
const { style, dataset } = document.documentElement;
let panel;

export function render({ data, parentElement, setTriggerValue }) {
  panel ??= new Panel(data.room);
  panel.go = (link) => setTriggerValue("go", link);
  if (panel.root.parentElement !== parentElement) parentElement.append(panel.root);
  if (panel.runs) window.dispatchEvent(new Event("linreg-look")); // the page may have other colours
}

class Panel {
  constructor(room) {
    this.room = room;
    this.open = false;
    this.status = element("p", { "aria-live": "polite" });
    this.fold = button("", "linreg-fold", () => this.toggle());
    this.follow = button("Follow", "linreg-follow", () => follow(this.phone.state.bring, this.go));
    this.back = button("Back", "linreg-back", () => goBack(this.go));
    this.body = element("div", { class: "linreg-room-body", id: "linreg-room-body" });
    this.clock = element("span", { class: "linreg-clock", translate: "no" });
    const line = element("div", { class: "linreg-room-line" }, this.status, this.clock, this.follow, this.back, this.fold);
    this.root = element("aside", { class: "linreg-room", "aria-label": "Class" }, line, this.body);
    this.follow.title = "Go to the teacher's page";
    this.back.title = "Go back to my page and settings from before the first call";
    this.fold.setAttribute("aria-controls", this.body.id);
    new ResizeObserver(() => this.takeRoom()).observe(this.root);
    setInterval(() => this.tick(), 500);
    for (const name of TOUCHES) window.addEventListener(name, (event) => this.rest(event), { capture: true, passive: false });
    this.phone = new Phone(room, () => this.show());
    this.open = this.phone.isNew; // the first visit says what is stored
    this.show();
  }

  // During a pause the page takes nothing but what is for the panel or for the browser.
  rest(event) {
    if (!("linregPaused" in dataset) || this.root.contains(event.target) || isForBrowser(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  takeRoom() {
    dataset.linregRoom = this.room;
    style.setProperty("--linreg-room", `${this.root.offsetHeight}px`);
  }

  toggle() {
    this.open = !this.open;
    this.show();
  }

  show() {
    const { state, refused, failures, sending, complaint } = this.phone;
    const round = refused ? null : state?.round;
    this.arrange(state, round);
    if (state && !refused && followOnce(state.bring, this.go)) {
      this.open = isAsked(round); // the call may come with a question or after it
      this.brought = state.bring;
    }
    if (state?.paused && !refused && failures < 2) dataset.linregPaused = "";
    else delete dataset.linregPaused;
    dataset.linregAsks = (this.open && round?.state === "open" && round.setting) || ""; // class_panel.css
    this.showFold();
    const drawn = round && { ...round, answered: 0, present: 0, closes_in: 0 }; // those change while one chooses
    this.draw(JSON.stringify([refused, drawn, sending, complaint, state?.nickname, Boolean(this.runs)]), round);
    this.tick();
  }

  // A new stage of a round opens the panel; an answer that has arrived folds it.
  arrange(state, round) {
    const isWaiting = isAsked(round);
    const stage = round ? `${round.number} ${round.vote} ${round.state} ${isWaiting}` : "";
    if (state && stage !== this.stage) {
      this.endRuns();
      if (round) this.open = round.state === "revealed" || isWaiting;
      else if (this.stage) this.open = false;
      this.stage = stage;
    }
  }

  says(round) {
    const { state, refused, failures, sending } = this.phone;
    if (refused) return refused;
    if (sending && failures) return "No connection. Your answer is sent as soon as there is one.";
    if (failures > 1) return "No connection to the class. Trying again.";
    if (!state) return `Class ${this.room}: connecting.`;
    if (state.paused) return "Paused: look at the teacher's screen.";
    if (sending) return "Sending your answer.";
    const isBrought = state.bring && this.brought === state.bring && isThere(state.bring);
    if (isBrought && !round) return "The teacher has brought you here.";
    if (!round) return `Class ${this.room}: you are ${state.nickname}.`;
    const answer = given(round);
    const which = round.vote > 1 ? "Second vote" : "Question";
    if (round.state === "revealed") return "What the class has said";
    if (round.state === "closed") return round.vote > 1 ? "The second vote is closed." : "The vote is closed.";
    if (answer === undefined) return `${which}: ${round.kind === "number" ? "give" : "choose"} your answer.`;
    return `Answered: ${shown(round, answer)}. ${answered(round)}.`;
  }

  showFold() {
    this.fold.textContent = this.open ? "Fold" : "Open";
    this.fold.setAttribute("aria-expanded", this.open);
    this.body.hidden = !this.open;
    this.root.classList.toggle("linreg-open", this.open);
  }

  // These depend on the page too, which changes without a word.
  showWays() {
    const { refused, state } = this.phone;
    const bring = refused ? null : state?.bring;
    const isPaused = "linregPaused" in dataset;
    this.follow.hidden = isPaused || !bring || isThere(bring);
    this.back.hidden = isPaused || !ownPage();
    say(this.status, this.says(refused ? null : state?.round));
  }

  // Draws the body, if it is not as it was: what is typed or focused stays.
  draw(now, round) {
    if (now === this.drawn) return;
    this.drawn = now;
    const { refused, state, complaint } = this.phone;
    if (refused) this.body.replaceChildren(element("p", {}, "The pages work as before, without a class."));
    else if (!round) this.body.replaceChildren(...greeting(state));
    else this.drawRound(round, complaint);
  }

  drawRound(round, complaint) {
    const parts = [element("p", { class: "linreg-question" }, round.text)];
    if (round.state === "open") parts.push(this.controls(round));
    else if (round.state === "revealed") parts.push(...this.results(round));
    else parts.push(element("p", {}, afterVote(round)));
    if (complaint) parts.push(element("p", { class: "linreg-complaint", role: "alert" }, complaint));
    const focused = this.body.contains(document.activeElement) ? document.activeElement.dataset.choice : undefined;
    this.body.replaceChildren(...parts);
    if (focused) this.body.querySelector(`[data-choice="${focused}"]`)?.focus();
  }

  // The votes; or the runs that the class chose, which replace all else.
  results(round) {
    if (!showsRuns(round)) return [drawVotes(round, round.mine)];
    if (this.runs) return [this.runs.root, button("Back to the answers", "linreg-runs", () => this.watch(null))];
    const runs = () => this.watch(new ClassRuns(this.phone, round));
    return [drawVotes(round, round.mine), button("Watch the runs", "linreg-runs", runs)];
  }

  watch(runs) {
    this.endRuns();
    this.runs = runs;
    this.root.classList.toggle("linreg-watching", Boolean(runs));
    this.show();
  }

  endRuns() {
    this.runs?.close();
    this.runs = null;
    this.root.classList.remove("linreg-watching");
  }

  controls(round) {
    const { sending } = this.phone;
    const send = (value) => this.phone.answer(round.number, round.vote, value);
    const chosen = sending?.value ?? given(round);
    if (round.kind === "choice") return choices(round, chosen, send);
    return round.kind === "number" ? numberForm(round, chosen, send) : settingForm(round, chosen, send);
  }

  tick() {
    this.showWays();
    const { state, received, refused } = this.phone;
    const left = state?.round?.closes_in;
    const isShown = !refused && left !== null && left !== undefined && state.round.state === "open";
    const seconds = isShown ? Math.max(0, Math.ceil(left - (performance.now() - received) / 1000)) : 0;
    const text = isShown ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` : "";
    say(this.clock, text);
  }
}

// Such as reload, find and back; where they move the focus, the page still takes nothing.
function isForBrowser({ key, ctrlKey, metaKey, altKey }) {
  return Boolean(key) && (ctrlKey || metaKey || altKey || /^(Tab|Escape|F\d+)$/.test(key));
}

function isAsked(round) {
  return round?.state === "open" && given(round) === undefined;
}

function given({ mine, vote }) {
  return mine?.[vote - 1] ?? undefined;
}

function afterVote(round) {
  if (round.vote > 1) return "The teacher can show the answers now.";
  const which = given(round) === undefined ? "which answer is" : "why is your answer";
  return `Discuss it with your neighbour: ${which} right?`;
}

function shown({ kind }, value) {
  return kind === "choice" ? letter(value) : String(value);
}

function greeting(state) {
  return [
    element("p", {}, state ? "Wait for the teacher's question." : ""),
    element("p", {}, STORED),
  ];
}

function button(text, name, action) {
  const made = element("button", { type: "button", class: name }, text);
  made.addEventListener("click", action);
  return made;
}

function choices({ options }, chosen, send) {
  const buttons = options.map((text, index) => {
    const made = button("", "linreg-choice", () => send(index));
    made.append(element("b", {}, letter(index)), ` ${text}`);
    made.setAttribute("aria-pressed", chosen === index);
    made.dataset.choice = index;
    return made;
  });
  return element("div", { class: "linreg-choices", role: "group", "aria-label": "Answers" }, ...buttons);
}

function numberForm({ low, high }, chosen, send) {
  const name = `A number from ${low} to ${high}`;
  const input = element("input", { type: "number", step: "any", min: low, max: high, inputmode: "decimal", required: "" });
  if (chosen !== undefined) input.value = chosen;
  return form(name, input, () => Number(input.value), send);
}

// Where the slider stands at first tells nothing: there is no value, and nothing to send, before a touch.
function settingForm({ stops, setting }, chosen, send) {
  const input = element("input", { type: "range", min: 0, max: stops.length - 1, step: 1 });
  input.value = chosen === undefined ? Math.floor(stops.length / 2) : stops.indexOf(chosen);
  const value = element("output", {});
  const read = () => stops[Number(input.value)];
  const name = setting === "epochs" ? "Your answer, a number of epochs:" : "Your answer, a learning rate:";
  const made = form(name, input, read, send, value);
  const submit = made.querySelector("button");
  const say = (text, isChosen) => {
    value.textContent = text;
    input.setAttribute("aria-valuetext", text);
    submit.disabled = !isChosen;
  };
  const touch = ({ key }) => {  // not a key that only brings the focus here, such as Shift + Tab
    if (!key || /^(Arrow|Home|End|Page|Enter| )/.test(key)) say(String(read()), true);
  };
  for (const kind of ["input", "pointerup", "keyup"]) input.addEventListener(kind, touch);
  if (chosen === undefined) say("move the slider", false);
  else say(String(chosen), true);
  return made;
}

function form(name, input, read, send, ...more) {
  const label = element("label", {}, element("span", {}, name, " ", ...more), input);
  const made = element("form", { class: "linreg-form" }, label, element("button", { type: "submit" }, "Send"));
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    send(read());
  });
  return made;
}
