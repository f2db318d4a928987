// The picture of a run before the page brings it: it is fetched as soon as a slider is let go, and
// drawn while Streamlit still renders the page. The server's part is linreg/ui/parts/early_picture.py.

const PICTURES = new URL("../../linreg-picture", import.meta.url); // beside the folder of the scripts
const PATIENCE = 3_000; // ms after an early picture in which the page may still bring an older one

let pressed = false; // whether a pointer holds something
const early = { capture: true, passive: true };
document.addEventListener("pointerdown", () => (pressed = true), early);
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => (pressed = false), early);

// The values of a picture's sliders, to compare.
const keyOf = (preview) => JSON.stringify(preview?.values);

export class Early {
  // `show` draws the bytes of a picture.
  constructor(show) {
    this.show = show;
    this.restsUntil = 0;
    this.texts = {}; // what sliders show other than the picture, by their labels
    this.passed = new Set(); // the values of pictures that were asked for before the last one
    this.ask = () => this.fetch();
    document.addEventListener("pointerup", this.ask);
  }

  // Called with each picture that is drawn, or was there already.
  load({ early, preview }) {
    [this.early, this.preview] = [preview && early, preview];
    this.texts = Object.fromEntries(Object.entries(this.texts).filter(([...pair]) => this.isOther(...pair)));
    if (this.hasMoved()) return;
    this.asked?.abort();
    this.wanted = keyOf(preview);
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

  fetch() {
    if (!this.early || !this.hasMoved() || performance.now() < this.restsUntil) return;
    const query = new URLSearchParams(this.early.query);
    const values = { ...this.preview.values };
    for (const [label, text] of Object.entries(this.texts)) {
      query.set(this.early.names[label], text);
      values[this.preview.settings[label]] = Number(text);
    }
    this.passed.add(this.wanted);
    this.wanted = keyOf({ values });
    this.passed.delete(this.wanted);
    const asked = (this.asked = new XMLHttpRequest()); // brings its bytes a frame sooner than `fetch`
    asked.responseType = "arraybuffer";
    asked.onload = () => this.take(asked);
    asked.open("GET", `${PICTURES}?${query}`);
    asked.send();
  }

  // Shows an answer. Where there is none, the page brings the picture.
  take(asked) {
    const seconds = asked.getResponseHeader("Retry-After");
    if (seconds) this.restsUntil = performance.now() + 1_000 * seconds;
    if (asked.status !== 200) return;
    this.shown = keyOf(this.show(new Uint8Array(asked.response)));
    this.until = performance.now() + PATIENCE;
  }

  // Returns whether the page brings a picture older than what is shown; it is shown if none follows.
  isOlder(content, showIt) {
    const values = keyOf(content.run?.preview);
    const left = this.until - performance.now();
    if (!this.shown || values === this.shown || !this.passed.has(values) || left < 0) {
      this.arrived();
      return false;
    }
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.arrived();
      showIt();
    }, left);
    return true;
  }

  // Called when the page brings what is shown.
  arrived() {
    this.shown = undefined;
    this.passed.clear();
    clearTimeout(this.waiting);
  }

  close() {
    document.removeEventListener("pointerup", this.ask);
    clearTimeout(this.waiting);
    this.asked?.abort();
  }
}
