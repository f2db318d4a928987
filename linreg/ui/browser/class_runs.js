// The runs that the class chose, on a student's device: the swarm of the projector, with one's own dot
// ringed. The stage's scripts draw it; they are fetched when somebody wants to see it.

import { element } from "./dom.js";

const PLOTLY = new URL("plotly.js", import.meta.url).href;

export class ClassRuns {
  constructor(phone, round) {
    this.root = element("div", { class: "linreg-class-runs" }, element("p", {}, "The runs are on their way."));
    this.show(phone, round).catch((error) => {
      console.warn("linreg: no swarm:", error);
      this.root.replaceChildren(element("p", {}, "The runs did not arrive. Try again."));
    });
  }

  async show(phone, { mine, result }) {
    const [data, { render }] = await Promise.all([phone.swarm(), import("./stage.js")]);
    if (!this.root.isConnected) return; // the student has gone on
    this.root.replaceChildren();
    const last = result.votes.findLastIndex((counts) => counts.some(Boolean)); // whose runs these are
    const own = mine[last] ?? null;
    if (own !== null) this.root.append(element("p", {}, `The dot with a ring is yours: learning rate ${own}.`));
    this.ended = await render({ data, parentElement: this.root, setTriggerValue: () => {}, mine: own }, PLOTLY);
    if (this.isClosed) this.ended();
  }

  // Called when it leaves the page, perhaps before its stage is there.
  close() {
    this.isClosed = true;
    this.ended?.();
  }
}
