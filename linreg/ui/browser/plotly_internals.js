// The private parts of Plotly that the app uses, all in this file.
//
// After an upgrade of Plotly run tests/ui/browser/test_plotly_internals.py first: a failure says
// which name is gone and who needs it.

// Where the axes are in a drawn chart, in pixels from its upper left corner.
export function plottingArea(plot) {
  const { xaxis, yaxis } = plot._fullLayout;
  return {
    left: xaxis._offset,
    top: yaxis._offset,
    width: xaxis._length,
    height: yaxis._length,
  };
}

// Functions from a value on an axis to pixels in the plotting area.
export function axesInPixels(plot) {
  const { xaxis, yaxis } = plot._fullLayout;
  return { x: (value) => xaxis.d2p(value), y: (value) => yaxis.d2p(value) };
}

// The values at a place in pixels of the plotting area.
export function valueAt(plot, left, top) {
  const { xaxis, yaxis } = plot._fullLayout;
  return [xaxis.p2d(left), yaxis.p2d(top)];
}

// Whether nobody has zoomed into a chart.
export function hasAllInSight(plot) {
  return plot._fullLayout.xaxis.autorange === true && plot._fullLayout.yaxis.autorange === true;
}

// The change of the layout that also shows a box in pixels; undefined where it is in sight.
export function axesThatShow(plot, { left, right, top, bottom }) {
  const { xaxis, yaxis } = plot._fullLayout;
  const [width, height] = [xaxis._length, yaxis._length];
  if (left >= 0 && right <= width && top >= 0 && bottom <= height) return undefined;
  return {
    "xaxis.range": [Math.min(0, left), Math.max(width, right)].map((pixel) => xaxis.p2r(pixel)),
    "yaxis.range": [Math.max(height, bottom), Math.min(0, top)].map((pixel) => yaxis.p2r(pixel)),
  };
}

// The trace with a name and its values; undefined where the legend hides it.
export function visibleTrace(plot, name) {
  const trace = plot._fullData.find((each) => each.name === name);
  return trace?.visible === true ? trace : undefined;
}

// The uid of a trace with a name, which ends a class name.
export function traceUid(name) {
  return name.replaceAll(/\W+/g, "-");
}

// The SVG groups that show the trace with a name.
export function drawnTraces(plot, name) {
  return plot.querySelectorAll(`.scatterlayer .trace${traceUid(name)}`);
}

// For each picture Plotly searches its whole schema for those attributes of each trace that are
// arrays: a third of its time. Traces of one type with arrays at the same places have the same ones.
export function keepArrayAttributes({ PlotSchema = {} }) {
  const find = PlotSchema.findArrayAttributes;
  const known = new Map();
  PlotSchema.findArrayAttributes = (trace) => {
    const places = `${trace.type}${arraysIn(trace)}`;
    if (!known.has(places)) known.set(places, find(trace));
    return [...known.get(places)];
  };
}

// The places of the arrays in a trace, at any depth.
function arraysIn(part) {
  let places = "";
  for (const name in part) {
    const value = part[name];
    if (value === null || typeof value !== "object" || name.startsWith("_")) continue;
    const within = ArrayBuffer.isView(value) ? "" : arraysIn(value);
    if (within || Array.isArray(value) || ArrayBuffer.isView(value)) places += ` ${name}(${within})`;
  }
  return places;
}
