// Functions that make elements. Children are elements or texts.

const SVG = "http://www.w3.org/2000/svg";

export function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

export function shape(tag, attributes, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const said = new WeakMap();

// Gives an element a text, unless it has it already: perhaps in the words of a translator.
export function say(where, text) {
  if (said.get(where) === text) return;
  said.set(where, text);
  where.textContent = text;
}

// An icon for a button, in the colour of its text; the button itself has the accessible name.
export function icon(commands) {
  const attributes = { class: "linreg-icon", viewBox: "0 0 24 24", "aria-hidden": "true" };
  return shape("svg", attributes, shape("path", { d: commands }));
}
