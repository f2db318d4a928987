// The stage: Plotly charts that stay mounted while their data change, with the player below the
// charts of a whole run.
//
// Python makes the figures. This file draws them with Plotly.react, so the old picture stays until
// the new one is ready, and zoom, legend choices and scroll position are kept. It applies the page's
// colours, and shows each figure's title and subtitle above it as text that wraps.

import { Overlay } from "./overlay.js";
import { Player } from "./player.js";
import { element } from "./dom.js";
import { Early } from "./early.js";
import { Hand } from "./hand.js";
import { Legend } from "./legend.js";
import { Preview } from "./preview.js";
import { keepArrayAttributes, traceUid } from "./plotly_internals.js";
import { SWARM, asRun } from "./swarm.js";
import { Tabs } from "./tabs.js";
import { unpack } from "./unpack.js";

const FIRST = 1_200; // ms in which only one trace is seen, where the data ask for it
const NARROWEST = 100; // pixels in which Plotly can draw a chart
const stages = new WeakMap();
let plotly; // the promise of window.Plotly, one for the page

// On a student's device `mine` is the learning rate of a swarm's own dot, or null.
export async function render({ data, parentElement, setTriggerValue, mine }, plotlyUrl) {
  let stage = stages.get(parentElement);
  if (!stage) {
    stage = new Stage(parentElement);
    stages.set(parentElement, stage);
  }
  stage.picked = (place) => setTriggerValue("picked", place);
  stage.fitted = (weight, bias) => setTriggerValue("fitted", { weight, bias });
  await stage.take(data, plotlyUrl, mine);
  return () => {
    if (parentElement.isConnected) return; // only this call has ended, since there is a newer one
    stages.delete(parentElement);
    stage.close();
  };
}

export function loadPlotly(url) {
  plotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onerror = () => {
      plotly = undefined;
      reject(new Error(`${url} did not load`));
    };
    script.onload = () => {
      if (!window.Plotly) return script.onerror(); // something else came in its place
      keepArrayAttributes(window.Plotly);
      resolve(window.Plotly);
    };
    document.head.append(script);
  });
  return plotly;
}

class Stage {
  constructor(parent) {
    this.grid = element("div", { class: "linreg-charts" });
    this.tabs = new Tabs(this.grid);
    this.root = element("div", { class: "linreg-stage" }, this.tabs.root, this.grid);
    parent.append(this.root);
    parent.querySelector(".linreg-place")?.classList.add("linreg-taken");
    this.charts = new Map();
    // The printer waits for no frame and no task.
    this.redraw = () => (printing ? this.showAgain() : requestAnimationFrame(() => this.showAgain()));
    window.addEventListener("linreg-look", this.redraw);
    this.painted = 0; // pictures drawn so far, all charts of each
    this.latest = null; // the data to draw; older requests stop when there are newer ones
  }

  // What the page brings: draws it, unless it is there already or is older than what is there.
  async take(bytes, plotlyUrl, mine) {
    if (this.early?.shown && areSame(bytes, this.bytes)) return this.early.arrived();
    const content = unpack(bytes);
    if (content.swarm) content.swarm.mine = mine;
    const show = () => {
      this.bytes = bytes;
      return this.show(content, plotlyUrl);
    };
    if (!this.early?.isOlder(content, show)) await show();
  }

  // A picture that comes before its page; returns what it says of its sliders.
  showEarly(bytes) {
    const content = unpack(bytes);
    if (areSame(bytes, this.bytes)) this.early.load(content.run); // a slider went there and back
    else this.show(content, this.url);
    this.bytes = bytes;
    return content.run.preview;
  }

  async show(data, plotlyUrl) {
    [this.latest, this.url] = [data, plotlyUrl];
    this.root.classList.toggle("linreg-run", Boolean(data.run));
    for (const { name } of data.charts) {
      if (this.charts.has(name)) continue;
      this.charts.set(name, new Chart(this, name));
    }
    this.root.classList.toggle("linreg-swarm", Boolean(data.swarm));
    if (data.run) this.makePlayer(); // before the charts, which get the height that it leaves
    if (data.swarm) this.makePlayer({ ...SWARM, isSmall: data.swarm.mine !== undefined });
    if (data.first && !this.painted) this.root.classList.add("linreg-first"); // its style knows the trace
    const Plotly = await loadPlotly(plotlyUrl);
    this.preview?.settle();
    const look = readLook(this.root);
    for (const [at, { name, figure }] of data.charts.entries()) {
      if (at && !printing) await nextTask(); // a chart a task, so that keys and pointer are never kept waiting for three
      if (this.latest !== data) return;
      await this.charts.get(name).draw(Plotly, figure, look);
    }
    if (this.latest !== data) return;
    if (data.run) this.play(data.run);
    if (data.swarm) this.player.load(asRun(data.swarm));
    this.root.dataset.painted = ++this.painted;
    if (data.first) setTimeout(() => this.root.classList.remove("linreg-first"), FIRST);
  }

  // With a new look, once the page has its new widths.
  showAgain() {
    if (!this.latest || !this.root.isConnected) return;
    if (this.root.offsetWidth < 2 * NARROWEST) this.redraw(); // a sidebar is on its way
    else this.show(this.latest, this.url);
  }

  makePlayer(kind) {
    this.player ??= new Player(
      this.root,
      (position) => this.moveTo(position),
      (position) => this.describe(position),
      kind,
    );
  }

  // Charts of a whole run have a player; charts of one moment have none.
  play(run) {
    this.player.load(run);
    this.early ??= new Early((bytes) => this.showEarly(bytes));
    this.preview ??= new Preview(this.root, this.charts, (slider) => this.early.follow(slider));
    this.preview.load(run);
    this.early.load(run);
    if (run.hand) this.hand ??= new Hand(this.charts, this.player.box, (...line) => this.fitted(...line));
    this.hand?.load(run);
  }

  moveTo(position) {
    for (const chart of this.charts.values()) chart.overlay.moveTo(this.player.run, position);
    this.hand?.show(position);
  }

  // The text alternatives describe the cursor's position too.
  describe(position) {
    const numbers = this.player.numbersNow().map((pair) => pair.join(" ")).join(", ");
    const now = position === this.player.run.epochs ? "" : ` At the cursor: ${numbers}.`;
    for (const chart of this.charts.values()) chart.describe(now);
  }

  close() {
    this.latest = null; // what is being drawn stops
    window.removeEventListener("linreg-look", this.redraw);
    this.player?.close();
    this.preview?.close();
    this.early?.close();
    this.hand?.close();
    this.tabs.close();
    for (const chart of this.charts.values()) chart.close();
    this.root.remove();
  }
}

const areSame = (bytes, others) =>
  bytes.length === others?.length && bytes.every((byte, at) => byte === others[at]);

const nextTask = () => window.scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve));

let drawn = 0; // charts

class Chart {
  // The stage's `picked` is called with each point that is clicked.
  constructor(stage, name) {
    this.name = name;
    this.number = drawn += 1; // contours are clipped by an element whose id is their uid: two charts of a page need two
    this.stage = stage;
    this.title = element("h2");
    this.says = element("p");
    this.plot = element("div", { class: "linreg-plot", translate: "no" });
    this.legend = new Legend(() => this.showOrHide());
    this.area = element("div", { class: "linreg-area" }, this.plot);
    this.frame = element("div", { class: "linreg-frame", role: "group" }, this.legend.root, this.area);
    const caption = element("figcaption", {}, this.title, this.says);
    // It must be in the page before Plotly measures it.
    const figure = element("figure", { class: "linreg-chart" }, caption, this.frame);
    stage.grid.append(figure);
    this.tab = stage.tabs.add(figure);
    this.overlay = new Overlay(name, this.plot, this.area);
  }

  async draw(Plotly, { data, layout }, look) {
    const { title, ...rest } = layout;
    const traces = data.map((trace) => ({
      ...trace,
      uid: traceUid(trace.name) + (trace.type === "contour" ? this.number : ""),
      visible: this.legend.visibility(trace),
    }));
    this.around = { title: { ...title, subtitle: {} }, legend: layout.legend, margin: layout.margin, paper_bgcolor: look.background };
    this.legend.draw({ data, layout }, !byTouch() && !printing);
    this.title.textContent = this.tab.textContent = title.text; // first: the plot gets the height that the caption leaves
    this.says.textContent = title.subtitle.text;
    this.describe("");
    if (this.widened) await this.narrow(Plotly);
    this.Plotly = Plotly;
    await Plotly.react(this.plot, traces, dressed(rest, look), ...this.newConfig());
    this.resizer ??= this.followSize();
    this.clicks ??= this.plot.on("plotly_click", ({ points: [{ x, y }] }) =>
      this.stage.picked({ chart: this.name, x, y }),
    );
    this.overlay.attach();
  }

  showOrHide() {
    this.Plotly.restyle(this.plot, { visible: this.plot.data.map((trace) => this.legend.visibility(trace)) });
  }

  // Plotly's configuration, only where it is another than before: Plotly takes long to compare them.
  newConfig() {
    const by = byTouch();
    if (by === this.byTouch) return [];
    this.byTouch = by;
    return [config(this.Plotly.Icons.camera, () => this.savePicture())];
  }

  // As it is seen, with its title and Plotly's legend.
  savePicture() {
    const layout = { ...this.plot.layout, ...this.around, showlegend: true };
    this.Plotly.downloadImage({ data: this.plot.data, layout }, { filename: this.name, ...PICTURE });
  }

  // The axes go back to what is drawn, after a sketch for which they were widened.
  narrow(Plotly) {
    this.widened = false;
    return Plotly.relayout(this.plot, { "xaxis.autorange": true, "yaxis.autorange": true });
  }

  describe(now) {
    const text = `${this.title.textContent}: ${this.says.textContent}${now}`;
    this.frame.setAttribute("aria-label", text);
  }

  followSize() {
    const resizer = new ResizeObserver(async () => {
      const size = `${this.plot.offsetWidth} x ${this.plot.offsetHeight}`;
      if (this.plot.offsetWidth < NARROWEST || size === this.size) return;
      this.size = size;
      await this.Plotly.Plots.resize(this.plot);
      if (!this.closed) this.overlay.place(); // axes may have moved after Plotly's last event
    });
    resizer.observe(this.area);
    return resizer;
  }

  close() {
    this.closed = true;
    this.resizer?.disconnect();
    this.Plotly?.purge(this.plot);
  }
}

const USUAL_SIZE = 16; // pixels of the page's type
const PICTURE = { format: "png", width: 960, height: 640 };
const PAPER = { text: "#000", background: "#fff", scale: 1, size: { width: 640, height: 360 } };

let printing = false;

function print(begins) {
  if (printing && begins) return;
  printing = begins;
  window.dispatchEvent(new Event("linreg-look"));
}
window.addEventListener("beforeprint", () => print(true));
window.addEventListener("afterprint", () => print(false));
window.matchMedia("print").addEventListener("change", ({ matches }) => print(matches));

const byTouch = () => window.matchMedia("(pointer: coarse)").matches;

function config(camera, savePicture) {
  return {
    displaylogo: false,
    showSendToCloud: false, // no chart is sent to another host
    displayModeBar: byTouch() ? false : "hover",
    showAxisDragHandles: !byTouch(),
    modeBarButtonsToRemove: ["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "select2d", "lasso2d", "autoScale2d", "toImage"],
    modeBarButtonsToAdd: [{ name: "save", title: "Save the chart as a picture", icon: camera, click: savePicture }],
  };
}

function readLook(root) {
  const style = getComputedStyle(root);
  const read = (name) => style.getPropertyValue(name).trim();
  return {
    text: read("--st-text-color"),
    background: read("--st-background-color"),
    font: read("--st-font"),
    scale: Math.max(1, parseFloat(style.fontSize) / USUAL_SIZE),
    ...(printing ? PAPER : {}),
  };
}

function dressed(layout, look) {
  const size = layout.font.size * look.scale;
  return {
    ...layout,
    autosize: !look.size,
    ...look.size,
    dragmode: byTouch() ? false : "zoom", // on a phone a drag scrolls the page
    font: { size, color: look.text, family: look.font },
    hoverlabel: {
      bgcolor: look.background,
      bordercolor: look.text,
      font: { size, color: look.text },
    },
    showlegend: false, // legend.js has it
    xaxis: withTitle(layout.xaxis, size, 6),
    yaxis: withTitle(layout.yaxis, size, look.scale > 1 ? 16 : 6),
    margin: { ...layout.margin, t: 8, b: 8 }, // Plotly adds what the axes need
    // Its style puts it beside the title of the x axis, where it covers no data.
    modebar: { orientation: "h", bgcolor: look.background, color: look.text, activecolor: look.text },
  };
}

function withTitle(axis, size, standoff) {
  return { ...axis, title: { ...axis.title, standoff, font: { size } } };
}
