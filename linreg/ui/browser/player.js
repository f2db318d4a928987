// The player: one cursor over all epochs of a run. It keeps the position and shows the numbers. It
// calls `moved(position)` at each move, and `rested(position)` when the cursor has stopped. The
// overlays draw the cursor on the charts.
//
// Position k is the model after k epochs: 0 is before training, `epochs` is the end. What is played
// may be something else than one run: its `kind` says which numbers it has, and where it begins.

import { element, icon } from "./dom.js";
import { Explainer, withPower } from "./explain.js";
import { onSlide } from "./touch.js";

const SECONDS = 8; // for a whole run at speed 1
const ICONS = {
  start: "M5 5h3v14H5zM19 5v14L9 12z",
  back: "M16 5v14L6 12z",
  play: "M7 4v16l13-8z",
  pause: "M6 5h4v14H6zM14 5h4v14h-4z",
  forward: "M8 5v14l10-7z",
  end: "M16 5h3v14h-3zM5 5v14l10-7z",
};
const REST = 250; // ms without a move
const CALL = 5_000; // ms in which the picture of a place comes that somebody was called to
const SPEEDS = [0.25, 0.5, 1, 2, 4];
const ANYWHERE = [" ", "ArrowLeft", "ArrowRight"]; // the other keys scroll the page

export class Player {
  constructor(root, moved, rested, kind = RUN) {
    this.moved = moved;
    this.rested = rested;
    this.kind = kind;
    this.position = 0;
    this.playing = false;
    const attributes = {
      class: "linreg-player",
      role: "group",
      "aria-label": "Player: arrow keys step, space plays and pauses",
      tabindex: 0,
    };
    this.box = element("div", attributes, this.makeControls(), this.makeNumbers());
    this.box.inert = true; // until there is a run
    this.box.addEventListener("keydown", (event) => this.press(event));
    root.append(this.box);
    this.pressedOutside = (event) => this.pressOutside(event);
    this.calledUntil = 0;
    this.called = ({ detail }) => this.call(detail);
    if (kind === RUN) window.addEventListener("linreg-go", this.called);
    if (!kind.isSmall) document.addEventListener("keydown", this.pressedOutside); // the page has its own player
  }

  makeControls() {
    const button = (name, sign, action) => {
      const made = element("button", { type: "button" });
      label(made, name, sign);
      made.addEventListener("click", action);
      return made;
    };
    this.toggle = button("Play", ICONS.play, () => this.playOrPause());
    this.slider = element("input", { type: "range", min: 0, "aria-label": "Epoch" });
    onSlide(this.slider, (epoch) => this.goTo(epoch));
    const speeds = SPEEDS.map((speed) => element("option", { value: speed }, `${speed} ×`));
    this.speed = element("select", { "aria-label": "Speed", translate: "no" }, ...speeds);
    this.speed.value = 1;
    return element(
      "div",
      { class: "linreg-controls" },
      button("To the start", ICONS.start, () => this.goTo(0)),
      button("One epoch back", ICONS.back, () => this.goTo(this.position - 1)),
      this.toggle,
      button("One epoch forward", ICONS.forward, () => this.goTo(this.position + 1)),
      button("To the end", ICONS.end, () => this.goTo(this.run.epochs)),
      this.slider,
      this.speed,
    );
  }

  makeNumbers() {
    const asked = () => element("button", { type: "button", title: "How is it computed?" }, "–");
    const number = this.kind.isExplained ? asked : () => element("span");
    this.numbers = new Map(Object.keys(this.kind.numbers).map((name) => [name, number()]));
    const pairs = Array.from(this.numbers, ([name, value]) =>
      element("div", {}, element("dt", {}, name), element("dd", { translate: "no" }, value)),
    );
    this.live = element("p", { class: "linreg-live", "aria-live": "polite" });
    const list = element("dl", { class: "linreg-numbers" }, ...pairs);
    const place = element("div", { class: "linreg-explained" }, list, this.live);
    if (this.kind.isExplained) this.explainer = new Explainer(place, this.numbers);
    return place;
  }

  // A new run keeps the cursor's relative position; the first one starts where the address says.
  load(run) {
    const before = this.run;
    this.run = run;
    this.box.inert = false;
    this.slider.max = run.epochs;
    if (!before) return this.begin(this.kind.begin());
    if (performance.now() < this.calledUntil) return this.begin(this.place);
    const place = (this.exact / (before.epochs || 1)) * run.epochs;
    this.exact = this.playing ? place : Math.round(place);
    this.show(Math.min(Math.floor(this.exact), run.epochs));
    if (!this.playing) this.rest();
  }

  // Goes to a place: an epoch, or the end; and plays from there, if that is asked for.
  begin({ at, play }) {
    this.pause();
    this.exact = Math.min(at ?? this.run.epochs, this.run.epochs);
    this.show(this.exact);
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (play && !still) this.play();
    else this.rest();
  }

  // The teacher calls the class to a place, perhaps of a run that is still to come.
  call(place) {
    this.place = place;
    this.calledUntil = performance.now() + CALL;
    if (this.run) this.begin(place);
  }

  press(event) {
    if (event.target === this.speed || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && event.repeat) return;
    const own = event.target.tagName === "BUTTON" && (event.key === " " || event.key === "Enter");
    const steps = this.steps()[event.key];
    if (own || (event.key !== " " && steps === undefined)) return;
    event.preventDefault();
    if (event.key === " ") this.playOrPause();
    else this.goTo(this.position + steps);
  }

  // A key while no control has the focus, if the player is in sight.
  pressOutside(event) {
    const { top, bottom } = this.box.getBoundingClientRect();
    const inSight = top < window.innerHeight && bottom > 0 && !this.box.inert;
    const forPage = event.target.matches("body, main") && !event.shiftKey;
    if (inSight && forPage && ANYWHERE.includes(event.key)) this.press(event);
  }

  // How many epochs each key moves the cursor.
  steps() {
    const { epochs } = this.run;
    const tenth = Math.ceil(epochs / 10);
    return {
      ArrowLeft: -1,
      ArrowDown: -1,
      ArrowRight: 1,
      ArrowUp: 1,
      PageDown: -tenth,
      PageUp: tenth,
      Home: -epochs,
      End: epochs,
    };
  }

  goTo(position) {
    this.calledUntil = 0;
    this.pause();
    this.exact = Math.min(Math.max(position, 0), this.run.epochs);
    this.show(this.exact);
    this.rest();
  }

  playOrPause() {
    this.calledUntil = 0;
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    if (this.position === this.run.epochs) this.exact = 0;
    this.playing = true;
    label(this.toggle, "Pause", ICONS.pause);
    let last = performance.now();
    const frame = (now) => {
      const rate = (this.run.epochs / SECONDS) * Number(this.speed.value); // epochs a second
      const moved = (rate * Math.max(0, now - last)) / 1000;
      this.exact = Math.min(this.exact + moved, this.run.epochs);
      last = now;
      this.show(Math.floor(this.exact));
      if (this.position === this.run.epochs) this.pause();
      else this.frame = requestAnimationFrame(frame);
    };
    this.frame = requestAnimationFrame(frame);
  }

  pause() {
    if (!this.playing) return;
    cancelAnimationFrame(this.frame);
    this.playing = false;
    this.exact = this.position; // what is shown stays, also in another run
    label(this.toggle, "Play", ICONS.play);
    this.rest();
  }

  show(position) {
    this.position = position;
    this.slider.value = position;
    this.slider.setAttribute("aria-valuetext", `epoch ${this.epoch()}`);
    for (const [name, value] of this.numbersNow()) {
      const number = this.numbers.get(name);
      number.textContent = value;
      if (this.explainer) number.setAttribute("aria-label", `${name} ${value}, explain`);
    }
    this.explainer?.show(this.run, position);
    this.moved(position);
  }

  epoch() {
    return this.kind.numbers.epoch(this.run, this.position);
  }

  // Pairs of a name and its number as text.
  numbersNow() {
    return Object.entries(this.kind.numbers).map(([name, read]) => [name, read(this.run, this.position)]);
  }

  // When the cursor has stopped, announce the position and write it to the address.
  rest() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      if (this.playing) return;
      const atEnd = this.position === this.run.epochs;
      this.live.textContent = `Epoch ${this.epoch()}`;
      this.rested(this.position);
      this.kind.keep(atEnd ? null : this.position);
    }, REST);
  }

  close() {
    document.removeEventListener("keydown", this.pressedOutside);
    window.removeEventListener("linreg-go", this.called);
    cancelAnimationFrame(this.frame);
    clearTimeout(this.resting);
  }
}

function label(button, name, sign) {
  button.replaceChildren(icon(sign));
  button.title = name;
  button.setAttribute("aria-label", name);
}

// Every number is of the model on the screen: after `position` epochs.
const NUMBERS = {
  epoch: (run, position) => `${position} of ${run.epochs}`,
  weight: (run, position) => text(run.weight[position]),
  bias: (run, position) => text(run.bias[position]),
  "gradient of weight": (run, position) => text(run.weightGrad[position]),
  "gradient of bias": (run, position) => text(run.biasGrad[position]),
  "training loss": (run, position) => text(run.trainLoss[position]),
  "test loss": (run, position) =>
    text(position ? run.testCurve[position - 1] : run.firstTestLoss[0]),
};

const RUN = { numbers: NUMBERS, isExplained: true, begin: () => placeIn(new URL(window.location.href)), keep: writeAddress };

const DECIMALS = new Intl.NumberFormat("en", { minimumFractionDigits: 4, maximumFractionDigits: 4 });
const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

// In a width that changes little while the player plays, so more numbers have four decimals than
// `number` of linreg/formatting.py gives them.
export function text(number) {
  if (number === null || number === undefined || Number.isNaN(number)) return "–";
  if (!Number.isFinite(number)) return "overflow";
  const size = Math.abs(number);
  if (size === 0 || (size >= 0.001 && size < 100000)) return DECIMALS.format(number);
  if (size >= 100000 && size < 1000000) return WHOLE.format(number);
  return withPower(number, 3);
}

// The place that an address names: `at` is an epoch, or undefined for the end.
export function placeIn({ searchParams }) {
  const at = searchParams.has("at") ? Number(searchParams.get("at")) : NaN;
  return {
    at: Number.isInteger(at) ? at : undefined,
    play: searchParams.get("play")?.toLowerCase() === "true",
  };
}

// Writes the cursor's position to the address, so that a link can start there; null is the end.
export function writeAddress(at) {
  const address = new URL(window.location.href);
  if (at === null) address.searchParams.delete("at");
  else address.searchParams.set("at", at);
  if (address.href !== window.location.href) window.history.replaceState({}, "", address);
}
