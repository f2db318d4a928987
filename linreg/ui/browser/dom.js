// Functions that make elements.

const SVG = "http://www.w3.org/2000/svg";

export function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

// An icon for a button, in the colour of its text; the button itself has the accessible name.
export function icon(commands) {
  const drawing = shape("svg", "linreg-icon");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  const path = shape("path", "");
  path.setAttribute("d", commands);
  drawing.append(path);
  return drawing;
}

export function shape(tag, className) {
  const made = document.createElementNS(SVG, tag);
  made.setAttribute("class", className);
  return made;
}
