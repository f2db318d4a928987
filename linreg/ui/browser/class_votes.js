// What a class has answered: for each vote a bar for each option, or for each part of a range. There
// the bars of the second vote hang below the axis.
//
// `result` has `votes` (the counts of each vote), `right` (the truth, if it is known) and, for
// numbers, `edges` (the ends of the parts). No text here is a student's.

import { element } from "./dom.js";

const LETTERS = "ABCDEF";
const AXES = { lr: "Learning rate", epochs: "Epochs" };
const MOST_TICKS = 6;

export function letter(index) {
  return LETTERS[index];
}

export function answered({ answered: count, present }) {
  return `${count} of ${present} ${count === 1 ? "has" : "have"} answered`;
}

// Whether the class chose learning rates, and their runs can be watched.
export function showsRuns({ setting, result }) {
  return setting === "lr" && Boolean(result?.runs);
}

// The counts of each vote in which somebody has answered, and of the first.
export function votesIn({ result }) {
  return result?.votes?.filter((counts, vote) => vote === 0 || counts.some(Boolean)) ?? [];
}

// `mine` are this visitor's own answers, one for each vote.
export function drawVotes(round, mine = []) {
  const { kind, setting, options, result } = round;
  const votes = votesIn(round);
  const names = votes.length > 1 ? ["first vote", "second vote"] : ["votes"];
  const shown = { ...result, votes };
  const bars = kind === "choice" ? drawOptions(options, shown, mine, names) : drawRange(shown, mine, names, setting);
  const key = names.map((name, vote) => element("span", { "data-vote": vote }, name));
  if (kind !== "choice" && last(mine) !== undefined) key.push(`▲ your answer: ${short(last(mine))}`);
  return element("div", { class: votes.length > 1 ? "linreg-votes" : "linreg-votes linreg-one-vote" }, bars, element("p", { class: "linreg-votes-key" }, ...key));
}

function drawOptions(options, { votes, right }, mine, names) {
  const most = Math.max(1, ...votes.flat());
  const rows = options.map((text, index) => {
    const isRight = right === index;
    const bars = votes.map((counts, vote) => bar(counts[index], most, vote, names[vote]));
    const marks = [isRight ? "✓ right" : "", last(mine) === index ? "your answer" : ""].filter(Boolean);
    const name = element("p", {}, element("b", {}, letter(index)), ` ${text} `, element("em", {}, marks.join(", ")));
    return element("li", isRight ? { class: "linreg-right" } : {}, name, ...bars);
  });
  return element("ul", {}, ...rows);
}

function bar(count, most, vote, name) {
  const filled = element("i", { "data-vote": vote, style: `--share: ${count / most}` });
  const said = element("span", { "aria-label": `${name}: ${count}`, role: "img" }, `${count}`);
  return element("div", { class: "linreg-bar" }, filled, said);
}

function drawRange({ votes, edges, right }, mine, names, setting) {
  const most = Math.max(1, ...votes.flat());
  const scale = setting ? Math.log : Number; // the parts of a setting grow by a factor
  const at = (value) => `${100 * place(value, edges, scale)}%`;
  const parts = votes[0].map((_, part) => {
    const said = names.map((name, vote) => `${name}: ${votes[vote][part]}`).join(", ");
    const label = `${short(edges[part])} to ${short(edges[part + 1])}: ${said}`;
    const columns = votes.map((counts, vote) => {
      const count = counts[part];
      const filled = element("i", { "data-vote": vote, style: `--share: ${count / most}` });
      return element("div", {}, count ? element("span", {}, `${count}`) : "", filled);
    });
    return element("li", { title: label }, element("div", { role: "img", "aria-label": label }, ...columns));
  });
  const marks = [];
  if (right !== null && right !== undefined) marks.push(mark(at(right), "linreg-truth", `true: ${short(right)}`));
  const own = last(mine);
  if (own !== undefined) marks.push(mark(at(own), "linreg-own", "▲"));
  const numbers = ticks(edges[0], edges.at(-1), setting).map((tick) => {
    const half = `${String(tick).length / 2}ch`; // near an end it is moved, so that nothing cuts it off
    return element("span", { style: `left: clamp(${half}, ${at(tick)}, calc(100% - ${half}))` }, String(tick));
  });
  return element(
    "div",
    { class: "linreg-range" },
    element("div", { class: "linreg-columns" }, element("ul", {}, ...parts), ...marks),
    element("div", { class: "linreg-ticks", "aria-hidden": "true" }, ...numbers),
    element("p", { class: "linreg-axis" }, AXES[setting] ?? "Answer"),
  );
}

// The last answer that was given.
function last(mine) {
  return mine.findLast((answer) => answer !== null);
}

function mark(left, name, text) {
  const side = parseFloat(left) > 50 ? "linreg-left" : "linreg-rightwards";
  return element("div", { class: `${name} ${side}`, style: `left: ${left}` }, element("span", {}, text));
}

// Where a value stands among the parts, from 0 to 1; they are equally wide on the screen.
function place(value, edges, scale) {
  const [low, high] = [scale(edges[0]), scale(edges.at(-1))];
  return Math.min(Math.max((scale(value) - low) / (high - low), 0), 1);
}

// Round numbers from `low` to `high`: for a setting 1, 2 and 5, or 1 alone, times powers of ten.
export function ticks(low, high, setting) {
  for (const digits of setting ? [[1, 2, 5], [1]] : []) {
    const found = decades(low, high).flatMap((ten) => digits.map((digit) => rounded(digit * ten)));
    const inside = found.filter((tick) => tick >= low && tick <= high);
    if (inside.length > 1 && inside.length <= MOST_TICKS) return inside;
  }
  const ten = 10 ** Math.floor(Math.log10((high - low) / MOST_TICKS));
  const step = ten * [1, 2, 5, 10].find((digit) => (high - low) / (digit * ten) <= MOST_TICKS);
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return Array.from({ length: count }, (_, index) => rounded((first + index) * step));
}

function decades(low, high) {
  const first = Math.floor(Math.log10(low));
  return Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, index) => 10 ** (first + index));
}

function rounded(value) {
  return Number(value.toPrecision(12));
}

export function short(value) {
  return String(Number(value.toPrecision(6)));
}
