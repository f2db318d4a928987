// The legend above a chart: a button for each entry shows its traces or hides them, and a double
// click shows them alone.
//
// Its entries wrap as text does. Plotly's own legend has columns of one width, so it needs up to five
// lines for what fits in two; it takes part of each drawing's time, and no key can reach it.

import { element, shape } from "./dom.js";

const CORNERS = { "triangle-up": 3, "triangle-down": 3, square: 4, diamond: 4, pentagon: 5, hexagon: 6, star: 10 };
const TURNED = { "triangle-down": Math.PI, square: Math.PI / 4 };
const DASHES = { dot: "2 3", dash: "6 4", dashdot: "7 3 2 3" };
const RADIUS = 5; // pixels of a marker

export class Legend {
  // `changed` is called when other traces are hidden.
  constructor(changed) {
    this.changed = changed;
    this.hidden = new Set(); // groups
    this.root = element("div", { class: "linreg-legend" });
  }

  // Draws the entries of a figure's traces, as plain text where they do not work as buttons, and of
  // its coloured areas.
  draw({ data, layout }, works) {
    const all = data.filter(({ name, type, showlegend }) => name && type === "scatter" && showlegend !== false);
    const traces = works ? all : all.filter((trace) => !this.hidden.has(groupOf(trace)));
    const areas = (layout.shapes ?? []).filter(({ showlegend }) => showlegend);
    this.groups = traces.map(groupOf);
    const named = [...traces.map((trace) => [key(trace), trace]), ...areas.map((area) => [square(area), area])];
    const isNeeded = named.length > 1 || this.groups.some((group) => this.hidden.has(group)); // one alone is in the title
    const looks = JSON.stringify([works, isNeeded, named.map(([drawn, { name }]) => [name, drawn.outerHTML])]);
    if (looks !== this.looks) this.root.replaceChildren(...(isNeeded ? named.map((pair) => this.entry(...pair, works)) : []));
    this.looks = looks;
    this.mark();
  }

  entry(drawn, of, works) {
    const content = [drawn, plainText(of.name)];
    if (!works || of.type !== "scatter") return element("span", {}, ...content);
    const button = element("button", { type: "button", "data-group": groupOf(of) }, ...content);
    button.addEventListener("click", () => this.hide(toggled(this.hidden, groupOf(of))));
    button.addEventListener("dblclick", () => this.hide(this.allBut(groupOf(of))));
    return button;
  }

  // Every other group; none if these are hidden already.
  allBut(group) {
    const others = new Set(this.groups.filter((each) => each !== group));
    return [...others].every((each) => this.hidden.has(each)) ? new Set() : others;
  }

  hide(groups) {
    this.hidden = groups;
    this.mark();
    this.changed();
  }

  mark() {
    for (const entry of this.root.querySelectorAll("button")) {
      entry.setAttribute("aria-pressed", !this.hidden.has(entry.dataset.group));
    }
  }

  visibility(trace) {
    return this.hidden.has(groupOf(trace)) ? "legendonly" : true;
  }
}

const groupOf = ({ legendgroup, name }) => legendgroup ?? name;

function toggled(groups, group) {
  const changed = new Set(groups);
  if (!changed.delete(group)) changed.add(group);
  return changed;
}

// A name as Plotly shows it, where &lt; is <.
const plainText = (name) => new DOMParser().parseFromString(name, "text/html").body.textContent;

// The line and the marker of a trace.
function key({ mode, line, marker, opacity = 1 }) {
  const { symbol = "circle", color = line?.color } = marker ?? {};
  const width = mode.includes("lines") ? 26 : 2 * RADIUS + 4;
  const parts = [];
  if (mode.includes("lines")) {
    const dash = DASHES[line.dash] ?? "none";
    parts.push(shape("path", { d: `M${-width / 2},0h${width}`, stroke: line.color, "stroke-width": 2.5, "stroke-dasharray": dash }));
  }
  if (mode.includes("markers")) {
    const fill = symbol.endsWith("-open") ? "none" : color;
    parts.push(shape("path", { d: outline(symbol), stroke: color, "stroke-width": fill === "none" ? 2 : 1, fill }));
  }
  return drawing(width, { opacity }, ...parts);
}

function square({ fillcolor }) {
  const size = 2 * RADIUS + 4;
  return drawing(size, {}, shape("path", { d: `M${-size / 2},${-size / 2}h${size}v${size}h${-size}z`, fill: fillcolor }));
}

// Around (0, 0).
function drawing(width, attributes, ...parts) {
  const height = 2 * RADIUS + 4;
  const box = `${-width / 2} ${-height / 2} ${width} ${height}`;
  return shape("svg", { ...attributes, viewBox: box, width, height, "aria-hidden": "true" }, ...parts);
}

// A marker of Plotly, by its name, around (0, 0).
function outline(symbol) {
  const name = symbol.replace(/(-thin)?(-open)?$/, "");
  if (name === "x") return "M-4,-4l8,8m0,-8l-8,8";
  if (name === "cross") return "M-5,0h10m-5,-5v10";
  const corners = CORNERS[name];
  if (!corners) return `M${-RADIUS},0a${RADIUS},${RADIUS} 0 1 0 ${2 * RADIUS},0a${RADIUS},${RADIUS} 0 1 0 ${-2 * RADIUS},0z`;
  const points = Array.from({ length: corners }, (_, at) => {
    const angle = (2 * Math.PI * at) / corners + (TURNED[name] ?? 0);
    const radius = name === "star" && at % 2 ? RADIUS * 0.45 : RADIUS;
    return `${(radius * Math.sin(angle)).toFixed(2)},${(-radius * Math.cos(angle)).toFixed(2)}`;
  });
  return `M${points.join("L")}Z`;
}
