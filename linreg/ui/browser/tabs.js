// The names of a run's charts, for a phone that shows one chart at a time: a tap brings a chart, and
// the name of the chart in sight is marked, also after a swipe.

import { element } from "./dom.js";

export class Tabs {
  constructor(grid) {
    this.grid = grid;
    this.root = element("div", { class: "linreg-tabs", role: "group", "aria-label": "Charts" });
    this.tabs = new Map();
    this.observer = new IntersectionObserver((changes) => this.mark(changes), {
      root: grid,
      threshold: 0.6,
    });
  }

  // Adds a tab for a chart, and returns the element that has its name.
  add(figure) {
    const tab = element("button", { type: "button" });
    tab.addEventListener("click", () => this.grid.scrollTo({ left: figure.offsetLeft }));
    this.root.append(tab);
    this.tabs.set(figure, tab);
    this.observer.observe(figure);
    return tab;
  }

  mark(changes) {
    // Where the charts are swiped, keys can scroll them too.
    if (this.grid.scrollWidth > this.grid.clientWidth) this.grid.tabIndex = 0;
    else this.grid.removeAttribute("tabindex");
    for (const { target, isIntersecting } of changes) {
      this.tabs.get(target).setAttribute("aria-current", isIntersecting);
    }
  }

  close() {
    this.observer.disconnect();
  }
}
