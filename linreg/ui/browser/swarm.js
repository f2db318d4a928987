// The swarm: the runs that a class chose, as dots that the player moves over the loss surface, and
// beside it at their learning rates. Python sends the paths (linreg/ui/parts/class_rates.py).
//
// A dot is a model before the step of an epoch, with the training loss that is taken there. One whose
// run overflows is not drawn on the surface; at its rate it stays among the triangles of such runs.

import { text } from "./player.js";
import { plottingArea } from "./plotly_internals.js";

const FAR = 10_000; // pixels; beyond it nothing of a dot is in sight
const BEYOND = "overflow, or higher than the chart"; // the triangles
const SMALL = 0.6; // of the size on the projector
const BETWEEN = [44, 16]; // pixels between two dots that each have their rate beside them

const NUMBERS = {
  epoch: ({ at }, position) => `${at[position]} (0 to ${at.at(-1)})`,
  "lowest loss": (swarm, position) => text(best(swarm, position).loss),
  "its rate": (swarm, position) => short(best(swarm, position).rate),
  overflowed: ({ loss }, position) =>
    `${loss.filter((path) => !Number.isFinite(path[position])).length} of ${loss.length}`,
};

// What the player needs to know of a swarm: it begins at the start, and plays at once.
export const SWARM = {
  numbers: NUMBERS,
  isExplained: false,
  begin: () => ({ at: 0, play: true }),
  keep: () => {},
};

// The swarm as the player plays it: a position is a moment. On a student's device its dots are small.
export function asRun({ epochs, sizes, ...swarm }) {
  const size = swarm.mine === undefined ? 1 : SMALL;
  return { ...swarm, sizes: sizes.map((each) => size * each), at: epochs, epochs: epochs.length - 1 };
}

export function drawSwarm(overlay, swarm, position, { x, y }) {
  overlay.fadeEnds(true);
  const places = swarm.rates.map((_, i) => [x(swarm.weight[i][position]), y(swarm.bias[i][position])]);
  drawDots(overlay, swarm, places);
  nameDots(overlay, swarm, places);
}

export function drawRates(overlay, swarm, position, { x, y }) {
  overlay.fadeEnds(true);
  const { height } = plottingArea(overlay.plot);
  const triangles = overlay.plot.data.find(({ name }) => name === BEYOND);
  const top = triangles ? Math.max(y(triangles.y[0]), 0) : 0;
  const inside = (place) => (place <= height ? Math.max(place, top) : height);
  const heights = swarm.loss.map((path) => (path[position] < Infinity ? inside(y(path[position])) : top));
  drawDots(overlay, swarm, swarm.rates.map((rate, i) => [x(rate), heights[i]]));
}

function drawDots(overlay, { rates, sizes, mine }, places) {
  places.forEach(([x, y], i) => {
    const isNear = Math.abs(x) < FAR && Math.abs(y) < FAR; // false for NaN too
    overlay.dot(`swarm-dot ${i}`, isNear ? x : NaN, y, sizes[i] / 2);
    if (rates[i] === mine) overlay.dot("own-dot", isNear ? x : NaN, y, sizes[i] / 2 + 5);
  });
}

// On the surface; on the chart of the rates the axis tells them.
function nameDots(overlay, { rates, sizes, named }, places) {
  const groups = [];
  for (const i of named.filter((each) => Math.abs(places[each][0]) < FAR && Math.abs(places[each][1]) < FAR)) {
    const group = groups.find(([first]) => isBeside(places[first], places[i]));
    if (group) group.push(i);
    else groups.push([i]);
  }
  for (const i of named) {
    const group = groups.find(([first]) => first === i) ?? [];
    const right = Math.max(...group.map((each) => places[each][0] + sizes[each] / 2));
    overlay.label(`swarm-rate ${i}`, right + 3, places[i][1], told(group, rates));
  }
}

const isBeside = ([x, y], [a, b]) => Math.abs(a - x) <= BETWEEN[0] && Math.abs(b - y) <= BETWEEN[1];

// The rates of dots that are too near for a text each, by their indices, which ascend. Between the two
// ends of a range no rate stands elsewhere.
function told(group, rates) {
  const ranges = [];
  for (const i of group) {
    if (ranges.at(-1)?.at(-1) === i - 1) ranges.at(-1).push(i);
    else ranges.push([i]);
  }
  const texts = (range) => (range.length > 2 ? [[range[0], range.at(-1)]] : range.map((i) => [i]));
  return ranges.flatMap(texts).map((ends) => ends.map((i) => short(rates[i])).join(" to ")).join(", ");
}

// The lowest loss, and its rate if no other run has the same one, as at the start.
function best({ rates, loss }, position) {
  const losses = loss.map((path) => path[position]);
  const lowest = Math.min(...losses.filter(Number.isFinite));
  const those = rates.filter((_, i) => losses[i] === lowest);
  return those.length ? { loss: lowest, rate: those.length > 1 ? undefined : those[0] } : {};
}

function short(rate) {
  return rate === undefined ? "–" : String(Number(rate.toPrecision(3)));
}
