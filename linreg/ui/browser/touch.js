// A finger that moves up or down on a slider scrolls, and does not change it.
//
// Streamlit's sliders, and the browser's own, jump to where a finger first touches. So the start of a touch is held back until
// the finger has moved sideways or has left; a style lets the browser scroll (`touch-action: pan-y`).

const SLIDER = '[data-testid="stSlider"] [role="group"]';
const SIDEWAYS = 8; // pixels

let held; // the start of a touch on a slider, or undefined

export function letFingersScroll() {
  const early = { capture: true, passive: true };
  document.addEventListener("pointerdown", hold, early);
  document.addEventListener("touchstart", holdBack, early);
  document.addEventListener("pointermove", follow, early);
  document.addEventListener("pointerup", release, early);
  document.addEventListener("pointercancel", () => (held = undefined), early); // the browser scrolls
}

function hold(event) {
  if (!event.isTrusted || event.pointerType !== "touch" || !event.isPrimary) return;
  held = event.target.closest?.(SLIDER) ? event : undefined;
  if (held) event.stopImmediatePropagation();
}

function holdBack(event) {
  if (event.target.closest?.(SLIDER)) event.stopImmediatePropagation();
}

function follow(event) {
  if (held?.pointerId !== event.pointerId) return;
  const [sideways, upright] = [Math.abs(event.clientX - held.clientX), Math.abs(event.clientY - held.clientY)];
  if (Math.max(sideways, upright) < SIDEWAYS) return;
  if (sideways > upright) start();
  else held = undefined; // also where nothing scrolls, and the browser cancels no touch
}

function release(event) {
  if (held?.pointerId === event.pointerId) start();
}

function start() {
  const { target, pointerId, clientX, clientY } = held;
  held = undefined;
  const touch = { pointerId, clientX, clientY, pointerType: "touch", isPrimary: true };
  target.dispatchEvent(new PointerEvent("pointerdown", { ...touch, bubbles: true, cancelable: true }));
}

// Call `go` with the value of a slider of our own when it is moved; a finger may scroll across it.
export function onSlide(slider, go) {
  let touch; // where a finger is down, the value before it, and which way it moved
  const slide = () => go(Number(slider.value));
  const back = () => (slider.value = touch.value);
  slider.addEventListener("input", () => {
    if (!touch || touch.way === "sideways") slide();
    else if (touch.way) back();
  });
  const down = ({ touches: [{ clientX, clientY }] }) => (touch = { clientX, clientY, value: slider.value });
  slider.addEventListener("touchstart", down, { passive: true });
  const move = ({ touches: [{ clientX, clientY }] }) => {
    if (!touch || touch.way) return;
    const [sideways, upright] = [Math.abs(clientX - touch.clientX), Math.abs(clientY - touch.clientY)];
    if (Math.max(sideways, upright) < SIDEWAYS) return;
    touch.way = sideways > upright ? "sideways" : "upright";
    (touch.way === "sideways" ? slide : back)();
  };
  slider.addEventListener("touchmove", move, { passive: true });
  const up = (end) => {
    if (!touch) return;
    end();
    touch = undefined;
  };
  slider.addEventListener("touchend", () => up(() => (touch.way === "upright" ? back : slide)()));
  slider.addEventListener("touchcancel", () => up(back));
}

const LESSON = ".st-key-cells"; // the part of the lesson
const STEPS = ".st-key-lesson_stepper .stButton button"; // back, and next
const NOT_PAGES = "input, button, [role=slider], [role=tablist]"; // what has a use for such a finger itself
const A_SWIPE = 80; // pixels sideways

// A swipe across the lesson turns to the next part, or back.
export function letSwipesTurnParts() {
  const passive = { passive: true };
  let from; // where a single finger came down
  document.addEventListener("touchstart", ({ target, touches }) => (from = startOf(target, touches)), passive);
  document.addEventListener("touchend", ({ changedTouches: [{ clientX, clientY }] }) => {
    const [sideways, upright] = from ? [clientX - from.clientX, Math.abs(clientY - from.clientY)] : [0, 0];
    if (Math.abs(sideways) > Math.max(A_SWIPE, 2 * upright)) document.querySelectorAll(STEPS)[Number(sideways < 0)]?.click();
    from = undefined;
  });
}

function startOf(target, touches) {
  if (touches.length > 1 || !target.closest?.(LESSON) || target.closest(NOT_PAGES)) return undefined;
  for (let part = target; !part.matches(LESSON); part = part.parentElement) {
    if (part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).overflowX !== "visible") return undefined;
  }
  return touches[0];
}
