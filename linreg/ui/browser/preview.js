// The preview: while a slider of the sidebar moves, a sketch of the run that it would give.
//
// Streamlit tells the server of a slider only when it is let go. Meanwhile the browser trains, and
// this file draws the run over the charts. Then PyTorch trains, and its picture replaces the sketch.

import { axesThatShow, hasAllInSight, plottingArea } from "./plotly_internals.js";
import { makeData, predict, train } from "./training.js";

const MOST_WORK = 500_000; // rows times epochs: about 15 ms
const MOST_CORNERS = 300; // of a curve
const PATIENCE = 5_000; // ms until a sketch without an answer goes
const BETWEEN = 250; // ms between two changes of a chart's axes, and from a move to the first
const FAR = 2; // widths or heights of the plotting area that axes follow a sketch

export class Preview {
  // `told` is called with each slider that moves.
  constructor(root, charts, told) {
    this.root = root;
    this.told = told;
    this.charts = charts; // by name
    this.moved = {}; // values that differ from those of the picture, by setting
    this.watcher = new MutationObserver((changes) => this.follow(changes));
    const what = { subtree: true, attributes: true, attributeFilter: ["aria-valuetext"] };
    this.watcher.observe(document.body, what);
  }

  // Called with each new picture: what it shows needs no sketch any more.
  load(run) {
    this.plan = run.preview;
    this.settling = false;
    this.began = undefined;
    this.request();
  }

  // Called before the charts get a new picture, with axes of its own.
  settle() {
    this.settling = true;
  }

  follow(changes) {
    for (const { target } of changes) {
      const setting = this.plan?.settings[target.getAttribute("aria-label")];
      const value = Number(target.getAttribute("aria-valuetext"));
      // Other changes come from the server: they bring their own picture.
      if (!setting || !Number.isFinite(value) || target !== document.activeElement) continue;
      this.began ??= performance.now(); // of the moves since the last picture
      this.moved[setting] = value;
      this.told(target);
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.giveUp(), PATIENCE);
      this.request();
    }
  }

  giveUp() {
    this.moved = {};
    this.request();
  }

  request() {
    if (this.closed) return; // a change of the axes may end later
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.sketch();
    });
  }

  sketch() {
    for (const [setting, value] of Object.entries(this.moved)) {
      if (!this.plan || value === this.plan.values[setting]) delete this.moved[setting];
    }
    const values = { ...this.plan?.values, ...this.moved };
    const wanted = Object.keys(this.moved).length > 0;
    const shown = wanted && values.epochs * this.plan.x.length <= MOST_WORK;
    this.root.classList.toggle("linreg-sketching", shown);
    this.root.classList.toggle("linreg-other-data", shown && this.changesData());
    if (!shown) return this.clear();
    const data = makeData(this.plan, values);
    const run = train(data, this.plan, values);
    this.predictions(this.charts.get("predictions"), data, run, values);
    this.losses(this.charts.get("loss"), run);
    this.surface(this.charts.get("surface"), run);
  }

  changesData() {
    return ["weight", "bias", "train_fraction"].some((setting) => setting in this.moved);
  }

  clear() {
    for (const { overlay } of this.charts.values()) {
      for (const name of SHAPES) if (overlay.shapes.has(name)) overlay.path(name, "");
    }
    for (const chart of this.charts.values()) if (chart.widened) chart.narrow(chart.Plotly);
  }

  // Where the sketch leaves the axes, they follow it a few times a second.
  keepInSight(chart, across, up) {
    if (this.settling) return;
    const now = performance.now();
    if (now - Math.max(this.began, chart.followed ?? 0) < BETWEEN) {
      clearTimeout(chart.following);
      chart.following = setTimeout(() => this.request(), BETWEEN);
      return;
    }
    if (!chart.widened && !hasAllInSight(chart.plot)) return;
    const { width, height } = plottingArea(chart.plot);
    const [left, right] = extent(across, width);
    const [top, bottom] = extent(up, height);
    const change = axesThatShow(chart.plot, { left, right, top, bottom });
    if (!change) return;
    chart.followed = now;
    chart.widened = true; // until its next picture
    chart.Plotly.relayout(chart.plot, change).then(() => this.request());
  }

  predictions(chart, data, run, { weight, bias }) {
    const { overlay } = chart;
    const { x, y } = overlay.axes();
    const [first, last] = [Math.min(...data.x), Math.max(...data.x)];
    const straight = (w, b) =>
      path([x(first), x(last)], [y(predict(w, b, first)), y(predict(w, b, last))]);
    const [w, b] = [run.weight.at(-1), run.bias.at(-1)];
    const dots = { train: [], validation: [], test: [] };
    const sticks = [];
    data.x.forEach((value, row) => {
      const [left, height] = [x(value), y(data.y[row])];
      if (row < data.trained) sticks.push(`M${left},${height}V${y(predict(w, b, value))}`);
      const set = row < data.trained ? "train" : row < data.tested ? "validation" : "test";
      dots[set].push(circle(left, height));
    });
    const other = this.changesData();
    const finite = Number.isFinite(w) && Number.isFinite(b);
    overlay.path("sketch-truth", other && this.plan.isLine ? straight(weight, bias) : "");
    for (const [set, circles] of Object.entries(dots)) {
      overlay.path(`sketch-${set}-rows`, other ? circles.join("") : "");
    }
    overlay.path("sketch-residuals", finite ? sticks.join("") : "");
    overlay.path("sketch-line", finite ? straight(w, b) : "");
    const heights = [...data.y, predict(w, b, first), predict(w, b, last)];
    this.keepInSight(chart, [x(first), x(last)], heights.map(y));
  }

  losses(chart, { trainLoss, validationLoss, testLoss }) {
    const { x, y } = chart.overlay.axes();
    const epochs = trainLoss.map((_, epoch) => x(epoch));
    const curve = (losses) => inTurn(losses).map((part) => path(epochs, part.map(y))).join("");
    chart.overlay.path("sketch-train-loss", curve(trainLoss));
    chart.overlay.path("sketch-validation-loss", curve(validationLoss));
    chart.overlay.path("sketch-test-loss", curve(testLoss));
    this.keepInSight(chart, epochs, [...trainLoss, ...validationLoss, ...testLoss].map(y));
  }

  surface(chart, run) {
    const { overlay } = chart;
    const { x, y } = overlay.axes();
    const [across, up] = [run.weight.map(x), run.bias.map(y)];
    overlay.path("sketch-path", path(across, up));
    const ends = Number.isFinite(across.at(-1) + up.at(-1));
    overlay.path("sketch-end", ends ? circle(across.at(-1), up.at(-1), 6) : "");
    this.keepInSight(chart, across, up);
  }

  close() {
    this.closed = true;
    this.watcher.disconnect();
    clearTimeout(this.waiting);
    cancelAnimationFrame(this.frame);
  }
}

const SHAPES = [
  ...["truth", "train-rows", "validation-rows", "test-rows", "residuals", "line"],
  ...["train-loss", "validation-loss", "test-loss", "path", "end"],
].map((name) => `sketch-${name}`);

// The losses; those that end as two values in turn become two curves, the edges of their band.
function inTurn(losses) {
  const last = losses.length - 1;
  let from = last;
  while (from > 1 && losses[from] === losses[from - 2]) from -= 1;
  if (last - from < 4 || losses[last] === losses[last - 1]) return [losses];
  return [last, last - 1].map((end) => losses.map((loss, at) => (at < from ? loss : losses[end])));
}

// The first and the last of pixels, those far outside the plotting area as at its limit.
function extent(pixels, size) {
  let [first, last] = [0, size];
  for (const pixel of pixels) {
    if (!Number.isFinite(pixel)) continue;
    first = Math.min(first, Math.max(pixel, -FAR * size));
    last = Math.max(last, Math.min(pixel, (1 + FAR) * size));
  }
  return [first, last];
}

// Lines through points in pixels, without those in between that nobody could see.
function path(across, up) {
  const stride = Math.max(1, Math.floor(across.length / MOST_CORNERS));
  const drawn = [];
  for (let i = 0; i < across.length; i += 1) {
    if (i % stride && i < across.length - 1) continue;
    if (!Number.isFinite(across[i]) || !Number.isFinite(up[i])) break;
    drawn.push(`${across[i].toFixed(1)},${up[i].toFixed(1)}`);
  }
  return drawn.length > 1 ? `M${drawn.join("L")}` : "";
}

function circle(across, up, radius = 3.5) {
  const half = `a${radius},${radius} 0 1 0 ${2 * radius},0`;
  const back = `a${radius},${radius} 0 1 0 ${-2 * radius},0`;
  return `M${across - radius},${up}${half}${back}`;
}
