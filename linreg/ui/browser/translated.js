// Pages that the browser translates.
//
// Google's translator puts a <font> element with its words in the place of each text. React, which draws Streamlit's
// elements, still holds the text: it would change what nobody sees, and fail where it removes it. So
// the text comes back to its place when it changes, and what stands for it goes when it goes. The
// translator then sees a new text, and translates that.

const standIns = new WeakMap(); // the <font> element in the place of a text

// Called with the changes of the page, in their order.
export function noteTranslations(changes) {
  for (const { target, addedNodes, removedNodes, previousSibling } of changes) {
    const [text] = removedNodes;
    if (text?.nodeType !== Node.TEXT_NODE || text.parentNode) continue;
    const font = [...addedNodes, previousSibling].find((node) => node?.nodeName === "FONT");
    if (font && font.parentNode === target) standIns.set(text, font);
  }
}

export function letTranslate() {
  const { removeChild, insertBefore } = Node.prototype;
  const { get, set, ...value } = Object.getOwnPropertyDescriptor(Node.prototype, "nodeValue");
  Node.prototype.removeChild = function (child) {
    const there = inPlaceOf(child, this);
    if (there !== null) removeChild.call(this, there);
    return child;
  };
  Node.prototype.insertBefore = function (child, next) {
    return insertBefore.call(this, child, inPlaceOf(next, this));
  };
  Object.defineProperty(Node.prototype, "nodeValue", {
    ...value,
    get,
    set(text) {
      standIns.get(this)?.replaceWith(this);
      standIns.delete(this);
      set.call(this, text);
    },
  });
}

// What stands in `parent` for a child of it; null for a text that is lost.
function inPlaceOf(child, parent) {
  if (!child || child.parentNode === parent) return child;
  const font = standIns.get(child);
  if (font?.parentNode === parent) return font;
  return child.nodeType === Node.TEXT_NODE && !child.parentNode ? null : child;
}
