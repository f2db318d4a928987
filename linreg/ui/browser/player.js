// The player: one cursor over all epochs of a run. It keeps the position and shows the numbers. It
// calls `moved(position)` at each move, and `rested(position)` when the cursor has stopped. The
// overlays draw the cursor on the charts.
//
// Position k is the model after k epochs: 0 is before training, `epochs` is the end.

import { element, icon } from "./dom.js";

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
const SPEEDS = [0.25, 0.5, 1, 2, 4];

export class Player {
  constructor(root, moved, rested) {
    this.moved = moved;
    this.rested = rested;
    this.position = 0;
    this.playing = false;
    this.box = element("div", "linreg-player");
    this.box.setAttribute("role", "group");
    this.box.setAttribute("aria-label", "Player: arrow keys step, space plays and pauses");
    this.box.tabIndex = 0;
    this.box.inert = true; // until there is a run
    this.box.append(this.makeControls(), this.makeNumbers());
    this.box.addEventListener("keydown", (event) => this.press(event));
    root.append(this.box);
  }

  makeControls() {
    const controls = element("div", "linreg-controls");
    const button = (name, sign, action) => {
      const made = element("button");
      made.append(icon(sign));
      made.type = "button";
      made.title = name;
      made.setAttribute("aria-label", name);
      made.addEventListener("click", action);
      controls.append(made);
      return made;
    };
    button("To the start", ICONS.start, () => this.goTo(0));
    button("One epoch back", ICONS.back, () => this.goTo(this.position - 1));
    this.toggle = button("Play", ICONS.play, () => this.playOrPause());
    button("One epoch forward", ICONS.forward, () => this.goTo(this.position + 1));
    button("To the end", ICONS.end, () => this.goTo(this.run.epochs));
    this.slider = element("input");
    this.slider.type = "range";
    this.slider.min = 0;
    this.slider.setAttribute("aria-label", "Epoch");
    this.slider.addEventListener("input", () => this.goTo(Number(this.slider.value)));
    this.speed = element("select");
    this.speed.setAttribute("aria-label", "Speed");
    for (const speed of SPEEDS) {
      const option = element("option", "", `${speed} ×`);
      option.value = speed;
      option.selected = speed === 1;
      this.speed.append(option);
    }
    controls.append(this.slider, this.speed);
    return controls;
  }

  makeNumbers() {
    const list = element("dl", "linreg-numbers");
    this.numbers = new Map();
    for (const name of NUMBERS) {
      const pair = element("div");
      const value = element("dd");
      pair.append(element("dt", "", name), value);
      list.append(pair);
      this.numbers.set(name, value);
    }
    this.live = element("p", "linreg-live");
    this.live.setAttribute("aria-live", "polite");
    const numbers = element("div");
    numbers.append(list, this.live);
    return numbers;
  }

  // A new run keeps the cursor's relative position; the first one starts where the address says.
  load(run) {
    const first = !this.run;
    const start = first ? readAddress() : {};
    const place = first ? 0 : (this.exact / this.run.epochs) * run.epochs;
    this.run = run;
    this.box.inert = false;
    this.slider.max = run.epochs;
    this.exact = first ? (start.at ?? run.epochs) : this.playing ? place : Math.round(place);
    this.show(Math.min(Math.floor(this.exact), run.epochs));
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (first && start.play && !still) this.play();
    else if (!this.playing) this.rest();
  }

  press(event) {
    if (event.target === this.speed || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && event.repeat) return;
    const own = event.target.tagName === "BUTTON" && (event.key === " " || event.key === "Enter");
    const action = this.keys()[event.key];
    if (own || !action) return;
    event.preventDefault();
    action();
  }

  keys() {
    return {
      ArrowLeft: () => this.goTo(this.position - 1),
      ArrowDown: () => this.goTo(this.position - 1),
      ArrowRight: () => this.goTo(this.position + 1),
      ArrowUp: () => this.goTo(this.position + 1),
      PageDown: () => this.goTo(this.position - Math.ceil(this.run.epochs / 10)),
      PageUp: () => this.goTo(this.position + Math.ceil(this.run.epochs / 10)),
      Home: () => this.goTo(0),
      End: () => this.goTo(this.run.epochs),
      " ": () => this.playOrPause(),
    };
  }

  goTo(position) {
    this.pause();
    this.exact = Math.min(Math.max(position, 0), this.run.epochs);
    this.show(this.exact);
    this.rest();
  }

  playOrPause() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    if (this.position === this.run.epochs) this.exact = 0;
    this.playing = true;
    this.name("Pause", ICONS.pause);
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
    this.name("Play", ICONS.play);
    this.rest();
  }

  name(name, sign) {
    this.toggle.replaceChildren(icon(sign));
    this.toggle.title = name;
    this.toggle.setAttribute("aria-label", name);
  }

  show(position) {
    this.position = position;
    this.slider.value = position;
    this.slider.setAttribute("aria-valuetext", `epoch ${position} of ${this.run.epochs}`);
    for (const [name, value] of Object.entries(numbersAt(this.run, position))) {
      this.numbers.get(name).textContent = value;
    }
    this.moved(position);
  }

  // When the cursor has stopped, announce the position and write it to the address.
  rest() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      if (this.playing) return;
      const atEnd = this.position === this.run.epochs;
      this.live.textContent = `Epoch ${this.position} of ${this.run.epochs}`;
      this.rested(this.position);
      writeAddress(atEnd ? null : this.position);
    }, REST);
  }

  close() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.resting);
  }
}

const NUMBERS = [
  "epoch",
  "weight",
  "bias",
  "gradient of weight",
  "gradient of bias",
  "training loss",
  "test loss",
];

// Every number is of the model on the screen: after `position` epochs.
export function numbersAt(run, position) {
  return {
    epoch: `${position} of ${run.epochs}`,
    weight: text(run.weight[position]),
    bias: text(run.bias[position]),
    "gradient of weight": text(run.weightGrad[position]),
    "gradient of bias": text(run.biasGrad[position]),
    "training loss": text(run.trainLoss[position]),
    "test loss": text(position ? run.testCurve[position - 1] : run.firstTestLoss[0]),
  };
}

function text(number) {
  if (number === null || number === undefined || Number.isNaN(number)) return "–";
  if (!Number.isFinite(number)) return "overflow";
  const size = Math.abs(number);
  return size !== 0 && (size < 0.001 || size >= 100000) ? number.toExponential(3) : number.toFixed(4);
}

// The start position in the address; Python has checked it before.
function readAddress() {
  const parameters = new URL(window.location.href).searchParams;
  const at = parameters.has("at") ? Number(parameters.get("at")) : NaN;
  return {
    at: Number.isInteger(at) ? at : undefined,
    play: parameters.get("play")?.toLowerCase() === "true",
  };
}

// Writes the cursor's position to the address, so that a link can start there.
function writeAddress(at) {
  const address = new URL(window.location.href);
  if (at === null) address.searchParams.delete("at");
  else address.searchParams.set("at", at);
  if (address.href !== window.location.href) window.history.replaceState({}, "", address);
}
