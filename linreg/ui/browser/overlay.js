// The shapes that move with the cursor: an SVG layer over each chart.
//
// Plotly draws the charts once. At each position only these few shapes move, which is fast enough
// for sixty positions a second. Traces that show the end of the run are faint while the cursor is
// at another position.

import { shape } from "./dom.js";
import { axesInPixels, drawnTraces, plottingArea, visibleTrace } from "./plotly_internals.js";
import { drawRates, drawSwarm } from "./swarm.js";

const DRAWINGS = { predictions: drawPredictions, loss: drawLosses, surface: drawSurface, swarm: drawSwarm, rates: drawRates };
const ENDS = ["learned line", "predictions", "the class"]; // traces that show the end of the run

export class Overlay {
  constructor(name, plot, frame) {
    this.plot = plot;
    this.drawing = DRAWINGS[name];
    const group = (kind) => shape("g", { class: kind, "aria-hidden": "true" });
    [this.now, this.sketch] = [group("linreg-now"), group("linreg-sketch")];
    this.layer = shape("svg", { class: "linreg-overlay" }, this.now, this.sketch);
    this.shapes = new Map();
    frame.append(this.layer);
  }

  // Called when the chart is drawn; afterwards the layer follows each zoom and resize.
  attach() {
    if (!this.attached) {
      this.plot.on("plotly_afterplot", () => this.place());
      this.attached = true;
    }
    this.place();
  }

  place() {
    for (const [side, pixels] of Object.entries(plottingArea(this.plot))) {
      this.layer.style[side] = `${pixels}px`;
    }
    if (this.last) this.moveTo(...this.last);
    this.placed?.(); // who else draws here
  }

  moveTo(run, position) {
    this.last = [run, position];
    this.drawing(this, run, position, this.axes());
  }

  axes() {
    return axesInPixels(this.plot);
  }

  path(name, commands) {
    this.get("path", name).setAttribute("d", commands);
  }

  dot(name, x, y, radius = 7) {
    const dot = this.get("circle", name);
    const shown = Number.isFinite(x) && Number.isFinite(y);
    dot.style.display = shown ? "" : "none";
    if (!shown) return;
    dot.setAttribute("cx", x);
    dot.setAttribute("cy", y);
    dot.setAttribute("r", radius);
  }

  label(name, x, y, text) {
    const label = this.get("text", name);
    if (label.textContent !== text) label.textContent = text;
    if (!text) return;
    label.setAttribute("x", x);
    label.setAttribute("y", y);
  }

  get(tag, name) {
    if (!this.shapes.has(name)) {
      const made = shape(tag, { class: `linreg-${name}` });
      (name.startsWith("sketch-") ? this.sketch : this.now).append(made);
      this.shapes.set(name, made);
    }
    return this.shapes.get(name);
  }

  fadeEnds(faint) {
    for (const name of ENDS) {
      for (const drawn of drawnTraces(this.plot, name)) {
        drawn.style.opacity = faint ? 0.3 : 1;
      }
    }
  }
}

function drawPredictions(overlay, run, position, { x, y }) {
  const atEnd = position === run.epochs;
  const weight = run.weight[position];
  const bias = run.bias[position];
  const line = (value) => y(Math.fround(Math.fround(weight * value) + bias));
  overlay.fadeEnds(!atEnd);
  const [first, last] = run.ends;
  const finite = Number.isFinite(line(first)) && Number.isFinite(line(last));
  const training = finite ? visibleTrace(overlay.plot, "training data") : undefined;
  const sticks = Array.from(
    training?.x ?? [],
    (value, i) => `M${x(value)},${y(training.y[i])}V${line(value)}`,
  );
  overlay.path("residuals", sticks.join(""));
  overlay.path("line", finite ? `M${x(first)},${line(first)}L${x(last)},${line(last)}` : "");
  const rows = finite && !atEnd ? visibleTrace(overlay.plot, run.predicted) : undefined;
  const crosses = Array.from(
    rows?.x ?? [],
    (value) => `M${x(value) - 4},${line(value) - 4}l8,8m0,-8l-8,8`,
  );
  overlay.path("crosses", crosses.join(""));
}

function drawLosses(overlay, run, position, { x, y }) {
  overlay.path("cursor", `M${x(position)},0V${plottingArea(overlay.plot).height}`);
  const train = visibleTrace(overlay.plot, "training loss") ? run.trainCurve[position] : NaN;
  const shown = position > 0 && visibleTrace(overlay.plot, "test loss");
  const test = shown ? run.testCurve[position - 1] : NaN;
  overlay.dot("train-dot", x(position), position < run.epochs ? y(train) : NaN);
  overlay.dot("test-dot", x(position - 1), y(test));
}

function drawSurface(overlay, run, position, { x, y }) {
  overlay.dot("model-dot", x(run.weight[position]), y(run.bias[position]));
}
