// What a class has answered: for each vote a bar for each option, or for each part of a range.
//
// `result` has `votes` (the counts of each vote), `right` (the truth, if it is known) and, for
// numbers, `edges` (the ends of the parts). No text here is a student's.

import { element } from "./dom.js";

const LETTERS = "ABCDEF";

export function letter(index) {
  return LETTERS[index];
}

// Whether the class chose learning rates, and their runs can be watched.
export function showsRuns({ setting, result }) {
  return setting === "lr" && Boolean(result?.runs);
}

// `mine` are this visitor's own answers, one for each vote.
export function drawVotes({ kind, options, result }, mine = []) {
  const votes = result.votes.filter((counts, vote) => vote === 0 || counts.some(Boolean));
  const names = votes.length > 1 ? ["first vote", "second vote"] : ["votes"];
  const shown = { ...result, votes };
  const bars = kind === "choice" ? drawOptions(options, shown, mine, names) : drawRange(shown, mine, names);
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
  const filled = element("i", { "data-vote": vote, style: `width: ${(100 * count) / most}%` });
  const said = element("span", { "aria-label": `${name}: ${count}`, role: "img" }, `${count}`);
  return element("div", { class: "linreg-bar" }, filled, said);
}

function drawRange({ votes, edges, right }, mine, names) {
  const most = Math.max(1, ...votes.flat());
  const parts = votes[0].map((_, part) => {
    const said = names.map((name, vote) => `${name}: ${votes[vote][part]}`).join(", ");
    const label = `${short(edges[part])} to ${short(edges[part + 1])}: ${said}`;
    const columns = votes.map((counts, vote) => {
      const count = counts[part];
      const filled = element("i", { "data-vote": vote, style: `height: ${(100 * count) / most}%` });
      return element("div", {}, count ? element("span", {}, `${count}`) : "", filled);
    });
    return element("li", { title: label }, element("div", { role: "img", "aria-label": label }, ...columns));
  });
  const marks = [];
  if (right !== null && right !== undefined) marks.push(mark(right, edges, "linreg-truth", `true: ${short(right)}`));
  const own = last(mine);
  if (own !== undefined) marks.push(mark(own, edges, "linreg-own", "▲"));
  const middle = Math.floor(edges.length / 2);
  const ends = [edges[0], edges[middle], edges.at(-1)].map((edge) => element("span", {}, short(edge)));
  return element(
    "div",
    { class: "linreg-range" },
    element("div", { class: "linreg-columns" }, element("ul", {}, ...parts), ...marks),
    element("p", { class: "linreg-ends" }, ...ends),
  );
}

// The last answer that was given.
function last(mine) {
  return mine.findLast((answer) => answer !== null);
}

function mark(value, edges, name, text) {
  const share = 100 * place(value, edges);
  const side = share > 50 ? "linreg-left" : "linreg-rightwards";
  return element("div", { class: `${name} ${side}`, style: `left: ${share}%` }, element("span", {}, text));
}

// Where a value stands among the parts, from 0 to 1; the parts are equally wide on the screen.
function place(value, edges) {
  const parts = edges.length - 1;
  for (let part = 0; part < parts; part += 1) {
    const [low, high] = [edges[part], edges[part + 1]];
    if (value <= high || part === parts - 1) {
      const inside = Math.min(Math.max((value - low) / (high - low), 0), 1);
      return (part + inside) / parts;
    }
  }
  return 1;
}

export function short(value) {
  return String(Number(value.toPrecision(3)));
}
