// The panel that explains one of the player's numbers: its formula, the numbers filled in, the line
// of code, and a link to the step on the Loop page. Python writes the texts.

import { element } from "./dom.js";

let panels = 0;

export class Explainer {
  // `place` gets the panel; `numbers` are the buttons by name.
  constructor(place, numbers) {
    this.numbers = numbers;
    this.open = null; // the name of the number that is explained
    this.heading = element("strong");
    const close = element("button", { type: "button", title: "Close", "aria-label": "Close" }, "×");
    this.formula = element("p", { translate: "no" });
    this.values = element("p", { translate: "no" });
    this.code = element("code");
    this.link = element("a");
    this.panel = element(
      "div",
      { class: "linreg-explain", role: "dialog", tabindex: -1, hidden: "", id: `linreg-explain-${++panels}` },
      element("div", {}, this.heading, close),
      this.formula,
      this.values,
      this.code,
      this.link,
    );
    close.addEventListener("click", () => this.close());
    place.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.open) return;
      event.preventDefault();
      this.close();
    });
    place.append(this.panel);
    for (const [name, button] of numbers) {
      button.setAttribute("aria-expanded", false);
      button.setAttribute("aria-controls", this.panel.id);
      button.addEventListener("click", () => (this.open === name ? this.close() : this.explain(name)));
    }
  }

  explain(name) {
    this.mark(name);
    this.show(this.run, this.position);
    this.panel.setAttribute("aria-label", `How ${name} is computed`);
    const { left } = this.numbers.get(name).getBoundingClientRect();
    const room = this.panel.parentElement.getBoundingClientRect();
    const most = room.width - this.panel.offsetWidth;
    this.panel.style.left = `${Math.max(0, Math.min(left - room.left, most))}px`;
    this.panel.focus({ preventScroll: true });
  }

  close() {
    this.numbers.get(this.open).focus({ preventScroll: true });
    this.mark(null);
  }

  mark(name) {
    this.open = name;
    this.panel.hidden = name === null;
    for (const [each, button] of this.numbers) button.setAttribute("aria-expanded", each === name);
  }

  // Follows the player.
  show(run, position) {
    this.run = run;
    this.position = position;
    if (!this.open) return;
    const { epochs, explained } = run;
    const known = explained[this.open].slice(0, position === 0 ? 1 : position === epochs ? 3 : 2);
    const last = known.findLast((each) => each); // one like the one before it is not sent
    const { formula, values = "", code = "", moment = "", back = 0, batch = 0 } = last;
    const numbers = numbersAround(run, position);
    this.heading.textContent = `${this.open} ${this.numbers.get(this.open).textContent}`;
    this.formula.textContent = filled(formula, numbers);
    this.values.textContent = filled(values, numbers);
    this.values.hidden = !values || this.values.textContent.includes("NaN");
    this.code.textContent = code;
    this.code.hidden = !code;
    const address = moment && loopAddress(position - back, batch, moment);
    this.link.hidden = !address;
    this.link.textContent = `Epoch ${position - back} on Loop: this step line by line`;
    if (address) this.link.href = address;
  }
}

function numbersAround(run, position) {
  const before = position - 1;
  return {
    k: position,
    before,
    weight: run.weight[position],
    bias: run.bias[position],
    weightGrad: run.weightGrad[position],
    biasGrad: run.biasGrad[position],
    weightBefore: run.weight[before],
    biasBefore: run.bias[before],
    weightGradBefore: run.weightGrad[before],
    biasGradBefore: run.biasGrad[before],
    trainLoss: run.trainLoss[position],
    testLoss: position ? run.testCurve[before] : run.firstTestLoss[0],
  };
}

function filled(text, numbers) {
  return text.replace(/([·+] )?\{(\w+)\}/g, (_, sign = "", name) => {
    const number = numbers[name];
    if (!Number.isFinite(number)) return "NaN";
    const size = Math.abs(number);
    const isFar = size !== 0 && (size < 1e-4 || size >= 1e6);
    const shown = isFar ? withPower(number, 5) : Number(number.toPrecision(6));
    return sign && number < 0 ? `${sign}(${shown})` : `${sign}${shown}`;
  });
}

const RAISED = Object.fromEntries([..."-0123456789"].map((digit, i) => [digit, "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"[i]]));

// A tiny or huge number as the texts of the app write it: 2.371×10¹².
export function withPower(number, decimals) {
  const [factor, power] = number.toExponential(decimals).split("e");
  return `${factor}×10${[...String(Number(power))].map((digit) => RAISED[digit]).join("")}`;
}

// The Loop page with the present settings; "" if a teacher's link hides that page.
function loopAddress(epoch, batch, moment) {
  const address = new URL("loop", window.location.href);
  address.search = window.location.search;
  const { searchParams } = address;
  if (searchParams.getAll("hide").some((names) => names.split("-").includes("loop"))) return "";
  for (const name of ["at", "play"]) searchParams.delete(name);
  searchParams.set("epoch", epoch);
  searchParams.set("in_batch", batch);
  searchParams.set("line", moment);
  return address.href;
}
