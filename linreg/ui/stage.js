// The stage: Plotly charts that stay mounted while their data change.
//
// Python makes the figures; this file draws them with Plotly.react, so the old picture stays until
// the new one is there, and zoom, legend choices and scroll position are kept. It gives them the
// page's colours and puts each figure's title and subtitle above it as text that wraps. It knows
// nothing of what the figures mean.

const stages = new WeakMap();
let plotly; // the promise of window.Plotly, one for the page

export async function render({ data, parentElement }) {
  let stage = stages.get(parentElement);
  if (!stage) {
    stage = new Stage(parentElement);
    stages.set(parentElement, stage);
  }
  await stage.show(data);
  return () => {
    stages.delete(parentElement);
    stage.close();
  };
}

function loadPlotly(url) {
  plotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      plotly = undefined;
      reject(new Error(`${url} did not load`));
    };
    document.head.append(script);
  });
  return plotly;
}

class Stage {
  constructor(parent) {
    this.root = element("div", "linreg-stage");
    parent.append(this.root);
    this.charts = new Map();
    this.painted = 0; // pictures drawn so far, all charts of each
    this.latest = null; // what is to be drawn; older requests give way to it
  }

  async show(data) {
    this.latest = data;
    for (const { name } of data.charts) {
      if (!this.charts.has(name)) this.charts.set(name, new Chart(this.root));
    }
    const Plotly = await loadPlotly(new URL(data.plotly, document.baseURI).href);
    const look = readLook(this.root);
    for (const { name, figure } of data.charts) {
      if (this.latest !== data) return;
      await this.charts.get(name).draw(Plotly, JSON.parse(figure), look);
    }
    this.root.dataset.painted = ++this.painted;
  }

  close() {
    for (const chart of this.charts.values()) chart.close();
    this.root.remove();
  }
}

class Chart {
  constructor(root) {
    this.figure = element("figure", "linreg-chart");
    this.title = element("h2");
    this.says = element("p");
    this.plot = element("div", "linreg-plot");
    this.plot.setAttribute("role", "img");
    const caption = element("figcaption");
    caption.append(this.title, this.says);
    this.figure.append(caption, this.plot);
    root.append(this.figure); // in the page before Plotly measures it
    this.drawn = Promise.resolve();
  }

  async draw(Plotly, { data, layout }, look) {
    const { title, ...rest } = layout;
    const traces = data.map((trace) => ({ ...trace, uid: trace.name })); // legend choices by name
    await Plotly.react(this.plot, traces, dressed(rest, look), config());
    this.title.textContent = title.text;
    this.says.textContent = title.subtitle.text;
    this.plot.setAttribute("aria-label", `${title.text}: ${title.subtitle.text}`);
    this.Plotly = Plotly;
    this.resizer ??= this.followSize();
  }

  followSize() {
    const resizer = new ResizeObserver(() => {
      if (this.plot.offsetWidth) this.Plotly.Plots.resize(this.plot);
    });
    resizer.observe(this.plot);
    return resizer;
  }

  close() {
    this.resizer?.disconnect();
    this.Plotly?.purge(this.plot);
  }
}

const byTouch = () => window.matchMedia("(pointer: coarse)").matches;

function config() {
  return {
    displaylogo: false,
    displayModeBar: byTouch() ? false : "hover",
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
  };
}

function readLook(root) {
  const style = getComputedStyle(root);
  const read = (name) => style.getPropertyValue(name).trim();
  return {
    text: read("--st-text-color"),
    background: read("--st-background-color"),
    border: read("--st-border-color"),
    font: read("--st-font"),
  };
}

function dressed(layout, look) {
  return {
    ...layout,
    autosize: true,
    dragmode: byTouch() ? false : "zoom", // on a phone a drag scrolls the page
    font: { ...layout.font, color: look.text, family: look.font },
    hoverlabel: {
      ...layout.hoverlabel,
      bgcolor: look.background,
      bordercolor: look.text,
      font: { ...layout.hoverlabel.font, color: look.text },
    },
    margin: { ...layout.margin, t: 8 },
  };
}

function element(tag, className = "") {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}
