"""Pages that the browser's translator has changed."""

from playwright.sync_api import Page, expect

from linreg import Experiment
from linreg.ui.state.pages import PAGES
from tests.support import notebook
from tests.support.journey import Visit, change, number, slider

# As Google's translator does it, now and at each change: <font> elements in the place of each text.
TRANSLATE = """() => {
  const SKIPPED = "script, style, font, textarea, [translate=no]";
  const translate = (root) => {
    const texts = [], walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) texts.push(walker.currentNode);
    for (const text of texts) {
      if (!text.data.trim() || !text.parentElement || text.parentElement.closest(SKIPPED)) continue;
      const [outer, inner] = [document.createElement("font"), document.createElement("font")];
      inner.textContent = `«${text.data}»`;
      outer.append(inner);
      text.replaceWith(outer);
    }
  };
  translate(document.body);
  new MutationObserver((changes) => changes.forEach(({ target }) => translate(target)))
    .observe(document.body, { childList: true, characterData: true, subtree: true });
}"""


def test_a_translated_page_shows_what_is_new_and_no_translated_number_or_code(visit: Visit) -> None:
    """Also after a change of page; `visit` fails at any error of a script."""
    page = visit(width=1900)
    page.get_by_role("tab", name="Log").click()
    log = page.locator(".st-key-log")
    expect(log).to_have_attribute("translate", "no")
    page.evaluate(TRANSLATE)
    expect(page.get_by_role("tab", name="Log")).to_have_text("«Log»")

    change(page, lambda: slider(page, "Learning rate").press("ArrowRight"))
    plain = notebook.plain_loop(Experiment(lr=0.011))
    expect(log).to_contain_text(f"Epoch: 99 | Train loss: {plain['train_loss'][-1]}")
    assert number(page, "«weight»") == f"{plain['weight'][-1]:.4f}"
    expect(page.locator(".linreg-plot font")).to_have_count(0)
    for shown in (PAGES[1], PAGES[2], PAGES[0]):
        open_translated(page, shown.title)
        expect(page.get_by_role("heading", level=1)).to_have_text(f"«{shown.heading}»")
    expect(page.locator(".linreg-stage[data-painted]")).to_be_visible()


def open_translated(page: Page, title: str) -> None:
    """Choose a page in the menu, whose entries are translated."""
    page.get_by_role("link", name=f"«{title}»").click()
