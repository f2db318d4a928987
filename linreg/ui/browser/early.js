// The picture of a run before the page brings it: it is fetched as soon as a slider is let go, and
// drawn while Streamlit still renders the page. The server's part is linreg/ui/parts/early_picture.py.

const PICTURES = new URL("../../linreg-picture", import.meta.url); // beside the folder of the scripts
const PATIENCE = 3_000; // ms that an older picture of the page waits for the right one

let pressed = false; // whether a pointer holds something
const early = { capture: true, passive: true };
document.addEventListener("pointerdown", () => (pressed = true), early);
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => (pressed = false), early);

export class Early {
  // `show` draws the bytes of a picture.
  constructor(show) {
    this.show = show;
    this.restsUntil = 0;
    this.texts = {}; // what sliders show other than the picture, by their labels
    this.ask = () => this.fetch();
    document.addEventListener("pointerup", this.ask);
  }

  // Called with each picture that is drawn.
  load({ early, preview }) {
    [this.early, this.preview] = [preview && early, preview];
    this.texts = Object.fromEntries(Object.entries(this.texts).filter(([...pair]) => this.isOther(...pair)));
    if (!this.hasMoved()) this.asked?.abort();
  }

  // Whether a slider with this text asks for another picture.
  isOther(label, text) {
    return Boolean(this.early) && Number(text) !== this.preview.values[this.preview.settings[label]];
  }

  hasMoved() {
    return Object.keys(this.texts).length > 0;
  }

  // Called when a slider moves.
  follow(slider) {
    const label = slider.getAttribute("aria-label");
    const text = slider.getAttribute("aria-valuetext");
    if (!this.early?.names[label] || text === this.texts[label]) return;
    if (!this.isOther(label, text) && !(label in this.texts)) return;
    this.texts[label] = text;
    this.asked?.abort();
    if (!pressed) this.fetch();
  }

  async fetch() {
    if (!this.early || !this.hasMoved() || performance.now() < this.restsUntil) return;
    const asked = (this.asked = new AbortController());
    const query = new URLSearchParams(this.early.query);
    for (const [label, text] of Object.entries(this.texts)) query.set(this.early.names[label], text);
    try {
      const answer = await fetch(`${PICTURES}?${query}`, { signal: asked.signal });
      const seconds = answer.headers.get("Retry-After");
      if (seconds) this.restsUntil = performance.now() + 1_000 * seconds;
      if (answer.status !== 200) return;
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if (!asked.signal.aborted) this.shown = this.show(bytes);
    } catch {
      // a newer one was asked for, or nobody answers: the page brings it
    }
  }

  // Returns whether the page brings a picture older than what is shown; it is shown if none follows.
  isOlder(content, showIt) {
    clearTimeout(this.waiting);
    const values = JSON.stringify(content.run?.preview?.values);
    if (!this.shown || !values || values === JSON.stringify(this.shown)) {
      this.shown = undefined;
      return false;
    }
    this.waiting = setTimeout(() => {
      this.shown = undefined;
      showIt();
    }, PATIENCE);
    return true;
  }

  // Called when the page brings what is shown.
  arrived() {
    this.shown = undefined;
    clearTimeout(this.waiting);
  }

  close() {
    document.removeEventListener("pointerup", this.ask);
    clearTimeout(this.waiting);
    this.asked?.abort();
  }
}
