// Fitting by hand: a line with two handles among the predictions, and its dot on the loss surface.
//
// The visitor drags them, or moves them with the arrow keys, and sees the loss of this line beside
// that of gradient descent at the player's epoch. The rows come from linreg/ui/parts/hand.py.

import { element, shape } from "./dom.js";
import { axesInPixels, plottingArea, valueAt } from "./plotly_internals.js";
import { lossOf, predict } from "./training.js";

const STEP = 2; // pixels that an arrow key moves a handle; with Shift ten times as many
const REST = 400; // ms without a move until the line is told
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const { fround } = Math;

let line; // [weight, bias] of this browser tab, also on other pages
let known; // the line that the server knows

export class Hand {
  // `told` is called with each line that the server must judge, once it has come to rest.
  constructor(charts, player, told) {
    this.charts = charts;
    this.told = told;
    this.says = element("p", { class: "linreg-hand-says", "aria-live": "polite" });
    player.before(this.says);
    this.handles = [
      this.handle("predictions", "Left end of your line", (x, y) => this.moveEnd(0, y)),
      this.handle("predictions", "Right end of your line", (x, y) => this.moveEnd(1, y)),
      this.handle("surface", "Your line's weight and bias", (x, y) => this.set(x, y)),
    ];
    for (const { overlay } of charts.values()) overlay.placed = () => this.show(this.position);
  }

  // A run; without `hand` in it nothing is shown.
  load(run) {
    this.run = run;
    this.says.hidden = !run.hand;
    if (!run.hand) return this.clear();
    line ??= this.flat();
    this.show(this.position ?? run.epochs);
    if (this.handles.every((made) => made.style.display)) { // other data: nothing to take hold of
      line = this.flat();
      this.show(this.position);
    }
    this.rest();
  }

  flat() {
    const { y } = this.run.hand;
    return [0, fround(y.reduce((sum, value) => sum + value, 0) / y.length)];
  }

  rest() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      if (!this.run.hand?.judged || line === known) return;
      known = line;
      this.told(...line);
    }, REST);
  }

  handle(name, label, moved) {
    const { layer, plot } = this.charts.get(name).overlay;
    const attributes = { class: "linreg-handle", role: "slider", tabindex: 0, "aria-label": label };
    const made = shape("g", attributes, shape("circle", { r: 22 }), shape("circle", { r: 9 }));
    layer.append(made);
    const move = (x, y) => {
      const { width, height } = plottingArea(plot);
      const inside = [Math.min(Math.max(x, 0), width), Math.min(Math.max(y, 0), height)];
      moved(...valueAt(plot, ...inside));
      this.show(this.position);
      this.rest();
    };
    made.place = (left, top, value) => {
      const { width, height } = plottingArea(plot);
      const inSight = left >= 0 && left <= width && top >= 0 && top <= height;
      made.style.display = inSight ? "" : "none";
      if (!inSight) return;
      made.at = [left, top];
      made.setAttribute("transform", `translate(${left} ${top})`);
      made.setAttribute("aria-valuenow", value.toFixed(3));
    };
    made.addEventListener("pointerdown", (event) => {
      made.setPointerCapture(event.pointerId);
      made.focus();
      event.preventDefault();
    });
    made.addEventListener("pointermove", (event) => {
      if (!made.hasPointerCapture(event.pointerId)) return;
      const { left, top } = layer.getBoundingClientRect();
      move(event.clientX - left, event.clientY - top);
    });
    made.addEventListener("keydown", (event) => {
      const [across, up] = ARROWS[event.key] ?? [0, 0];
      if (!across && !up) return;
      event.preventDefault();
      const size = event.shiftKey ? 10 * STEP : STEP;
      move(made.at[0] + across * size, made.at[1] + up * size);
    });
    return made;
  }

  moveEnd(which, value) {
    const [first, last] = this.run.ends;
    const ends = this.run.ends.map((x) => predict(...line, x));
    ends[which] = value;
    const weight = last > first ? (ends[1] - ends[0]) / (last - first) : 0;
    this.set(weight, ends[which] - weight * this.run.ends[which]);
  }

  set(weight, bias) {
    line = [fround(weight), fround(bias)];
  }

  // Called at each move of the player too, whose loss stands beside the line's.
  show(position) {
    this.position = position;
    if (!this.run?.hand) return;
    const [weight, bias] = line;
    const { x: rows, y: heights, loss } = this.run.hand;
    const predictions = this.charts.get("predictions").overlay;
    const { x, y } = axesInPixels(predictions.plot);
    const height = (value) => y(predict(weight, bias, value));
    const [first, last] = this.run.ends;
    predictions.path("hand-line", `M${x(first)},${height(first)}L${x(last)},${height(last)}`);
    const sticks = Array.from(rows, (value, row) => `M${x(value)},${y(heights[row])}V${height(value)}`);
    predictions.path("hand-residuals", sticks.join(""));
    const surface = axesInPixels(this.charts.get("surface").overlay.plot);
    const places = [
      [x(first), height(first), predict(weight, bias, first)],
      [x(last), height(last), predict(weight, bias, last)],
      [surface.x(weight), surface.y(bias), weight],
    ];
    this.handles.forEach((made, at) => made.place(...places[at]));
    const own = lossOf(loss, Array.from(rows, (value, row) => fround(predict(weight, bias, value) - heights[row])));
    const other = this.run.trainLoss[position];
    const signed = `${bias < 0 ? "-" : "+"} ${Math.abs(bias).toFixed(3)}`;
    this.says.textContent =
      `Your line: ${weight.toFixed(3)} x ${signed}, training loss ${own.toFixed(4)}. ` +
      `Gradient descent after ${position} epoch${position === 1 ? "" : "s"}: ${Number.isFinite(other) ? other.toFixed(4) : "overflow"}.`;
  }

  clear() {
    for (const made of this.handles) made.style.display = "none";
    const { overlay } = this.charts.get("predictions");
    for (const name of ["hand-line", "hand-residuals"]) if (overlay.shapes.has(name)) overlay.path(name, "");
  }

  close() {
    clearTimeout(this.resting);
  }
}
