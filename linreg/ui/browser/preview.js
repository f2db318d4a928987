// The preview: while a slider of the sidebar moves, a sketch of the run that it would give.
//
// Streamlit tells the server of a slider only when it is let go. Meanwhile this file trains in the
// browser, with the loop of the lesson, and draws over the charts. After that PyTorch trains, and its
// picture replaces the sketch.

import { axesThatShow, hasAllInSight, plottingArea } from "./plotly_internals.js";

const MOST_WORK = 500_000; // rows times epochs: about 15 ms
const MOST_CORNERS = 300; // of a curve
const PATIENCE = 5_000; // ms until a sketch without an answer goes
const BETWEEN = 250; // ms between two changes of a chart's axes
const FAR = 2; // widths or heights of the plotting area that axes follow a sketch
const { fround } = Math; // float32, as PyTorch computes

// An error's loss, and the slope of the loss there.
const LOSSES = {
  l1: [Math.abs, Math.sign],
  mse: [(error) => error * error, (error) => 2 * error],
  huber: [
    (error) => (Math.abs(error) < 1 ? 0.5 * error * error : Math.abs(error) - 0.5),
    (error) => Math.max(-1, Math.min(1, error)),
  ],
};

// The learning rate in an epoch.
const SCHEDULES = {
  constant: (lr) => lr,
  step: (lr, epoch, epochs) => lr * 0.1 ** Math.floor(epoch / Math.ceil(epochs / 3)),
  cosine: (lr, epoch, epochs) => (lr * (1 + Math.cos((Math.PI * epoch) / epochs))) / 2,
};

// For each optimizer a function that makes the step of one parameter.
const OPTIMIZERS = {
  sgd: () => (value, grad, lr) => fround(value - lr * grad),
  momentum: () => {
    let sum = 0;
    return (value, grad, lr) => {
      sum = fround(0.9 * sum + grad);
      return fround(value - lr * sum);
    };
  },
  adam: () => {
    let [mean, square, step] = [0, 0, 0];
    return (value, grad, lr) => {
      step += 1;
      mean = fround(mean + (grad - mean) * (1 - 0.9));
      square = fround(0.999 * square + (1 - 0.999) * grad * grad);
      const size = Math.sqrt(square) / Math.sqrt(1 - 0.999 ** step) + 1e-8;
      return fround(value - (lr / (1 - 0.9 ** step)) * (mean / size));
    };
  },
};

// The data: rows on the line with its noise, or own rows. The first rows are those for training.
export function makeData({ x, offsets, isLine, validation }, { weight, bias, train_fraction }) {
  const line = (value) => fround(fround(fround(weight) * value) + fround(bias));
  const y = isLine ? x.map((value, row) => line(value) + offsets[row]) : offsets;
  const trained = share(train_fraction, x.length);
  return { x, y, trained, tested: share(train_fraction + validation, x.length) };
}

// The lesson's loop, with all training rows in one batch.
export function train({ x, y, trained, tested }, plan, { lr, epochs }) {
  const [lossOf, slopeOf] = LOSSES[plan.loss];
  const rate = SCHEDULES[plan.schedule];
  const stepWeight = OPTIMIZERS[plan.optimizer]();
  const stepBias = OPTIMIZERS[plan.optimizer]();
  let [weight, bias] = plan.start;
  const error = (row) => fround(fround(fround(weight * x[row]) + bias) - y[row]);
  // The loss on the rows from `first` to `end`; NaN where there are none.
  const lossOn = (first, end) => {
    let sum = 0;
    for (let row = first; row < end; row += 1) sum += lossOf(error(row));
    return fround(sum / (end - first));
  };
  const run = { weight: [weight], bias: [bias], trainLoss: [], validationLoss: [], testLoss: [] };
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    let [loss, weightGrad, biasGrad] = [0, 0, 0];
    for (let row = 0; row < trained; row += 1) {
      const wrong = error(row); // 1. forward pass
      loss += lossOf(wrong); // 2. loss
      const slope = slopeOf(wrong); // 3. and 4. gradients, from zero
      weightGrad += slope * x[row];
      biasGrad += slope;
    }
    const now = rate(lr, epoch, epochs);
    weight = stepWeight(weight, fround(weightGrad / trained), now); // 5. step
    bias = stepBias(bias, fround(biasGrad / trained), now);
    run.trainLoss.push(fround(loss / trained));
    run.validationLoss.push(lossOn(trained, tested));
    run.testLoss.push(lossOn(tested, x.length));
    run.weight.push(weight);
    run.bias.push(bias);
  }
  return run;
}

// The share of the rows, rounded as Python does: a half goes to the even number.
function share(fraction, rows) {
  const exact = fraction * rows;
  const below = Math.floor(exact);
  const up = exact - below === 0.5 ? below % 2 : Math.round(exact) - below;
  return Math.min(below + up, rows);
}

export class Preview {
  constructor(root, charts) {
    this.root = root;
    this.charts = charts; // by name
    this.moved = {}; // values that differ from those of the picture, by setting
    this.watcher = new MutationObserver((changes) => this.follow(changes));
    const what = { subtree: true, attributes: true, attributeFilter: ["aria-valuetext"] };
    this.watcher.observe(document.body, what);
  }

  // Called with each new picture: what it shows needs no sketch any more.
  load(run) {
    this.plan = run.preview;
    this.widened = new Set(); // charts whose axes follow the sketch
    this.request();
  }

  follow(changes) {
    for (const { target } of changes) {
      const setting = this.plan?.settings[target.getAttribute("aria-label")];
      const value = Number(target.getAttribute("aria-valuetext"));
      // Other changes come from the server: they bring their own picture.
      if (!setting || !Number.isFinite(value) || target !== document.activeElement) continue;
      this.moved[setting] = value;
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
    for (const chart of this.widened ?? []) {
      chart.Plotly.relayout(chart.plot, { "xaxis.autorange": true, "yaxis.autorange": true });
    }
    this.widened?.clear();
  }

  // Where the sketch leaves the axes, they follow it a few times a second.
  keepInSight(chart, across, up) {
    const now = performance.now();
    if (now - (chart.followed ?? 0) < BETWEEN) {
      clearTimeout(chart.following);
      chart.following = setTimeout(() => this.request(), BETWEEN);
      return;
    }
    if (!this.widened.has(chart) && !hasAllInSight(chart.plot)) return;
    const { width, height } = plottingArea(chart.plot);
    const [left, right] = extent(across, width);
    const [top, bottom] = extent(up, height);
    const change = axesThatShow(chart.plot, { left, right, top, bottom });
    if (!change) return;
    chart.followed = now;
    this.widened.add(chart);
    chart.Plotly.relayout(chart.plot, change).then(() => this.request());
  }

  predictions(chart, data, run, { weight, bias }) {
    const { overlay } = chart;
    const { x, y } = overlay.axes();
    const line = (w, b, value) => fround(fround(w * value) + b);
    const [first, last] = [Math.min(...data.x), Math.max(...data.x)];
    const straight = (w, b) =>
      path([x(first), x(last)], [y(line(w, b, first)), y(line(w, b, last))]);
    const [w, b] = [run.weight.at(-1), run.bias.at(-1)];
    const dots = { train: [], validation: [], test: [] };
    const sticks = [];
    data.x.forEach((value, row) => {
      const [left, height] = [x(value), y(data.y[row])];
      if (row < data.trained) sticks.push(`M${left},${height}V${y(line(w, b, value))}`);
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
    const heights = [...data.y, line(w, b, first), line(w, b, last)];
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
