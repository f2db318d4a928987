"""While a slider is dragged, the charts show a sketch of the run that PyTorch then trains."""

import random
import re
from collections.abc import Callable
from dataclasses import fields, replace
from itertools import groupby
from typing import Any

import numpy as np
from playwright.sync_api import BrowserContext, Page, expect

from linreg import SETTINGS, Experiment, History, Loss, Model, Optimizer, Schedule, train
from linreg.analysis.theory import alternation
from linreg.ui.browser.assets import asset_url
from linreg.ui.parts.preview import FOLLOWED, packed_preview
from tests.support.journey import change, is_idle, says, slider

EARLY = "linreg-picture"
OWN = ((0.0, 1.0), (1.0, 3.0), (2.0, 4.0), (3.0, 9.0))
NAMES = {
    "weight": "weight",
    "bias": "bias",
    "trainLoss": "train_loss",
    "validationLoss": "validation_loss",
    "testLoss": "test_loss",
}


def some_experiments(how_many: int) -> list[tuple[Experiment, Experiment]]:
    """Pairs that differ in what a slider moves; the same ones in every run of the tests."""
    draw = random.Random(0)

    def moved() -> dict[str, Any]:
        values: dict[str, Any] = {name: draw.choice(SETTINGS[name].stops) for name in FOLLOWED}
        # Larger rates let the first steps decide by their last bits.
        return {**values, "lr": draw.choice((0.001, 0.01, 0.03)), "epochs": draw.randint(1, 200)}

    pairs = []
    for _ in range(how_many):
        before = Experiment(
            model=draw.choice(list(Model)),
            loss=draw.choice(list(Loss)),
            optimizer=draw.choice(list(Optimizer)),
            schedule=draw.choice(list(Schedule)),
            noise=draw.choice((0.0, 0.1, 1.0)),
            shuffle=draw.random() < 0.5,
            seed=draw.randint(0, 999),
            points=None
            if draw.random() < 0.8
            else ((0.0, 1.0), (1.0, 3.0), (2.0, 4.0), (3.0, 9.0)),
        )
        pairs.append((before, replace(before, **moved())))
    return pairs


def sketched(page: Page, before: Experiment, after: Experiment) -> dict[str, list[float]]:
    """The numbers of the sketch; JSON has no NaN, so an empty set has null."""
    plan = packed_preview(before)
    assert plan is not None
    plain = {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in plan.items()}
    values = {name: getattr(after, name) for name in FOLLOWED}
    found: dict[str, list[float]] = page.evaluate(
        """async ([url, plan, values]) => {
          const { makeData, train } = await import(url);
          plan.x = Float32Array.from(plan.x);
          plan.offsets = Float32Array.from(plan.offsets);
          return train(makeData(plan, values), plan, values);
        }""",
        [asset_url("training.js"), plain, values],
    )
    return found


def test_the_sketch_is_the_run_that_pytorch_trains(newcomer: BrowserContext) -> None:
    """All numbers within 1e-4 until the last epochs alternate, where the phase may differ."""
    page = newcomer.pages[0]  # blank: the script needs nothing else
    for before, after in some_experiments(40):
        found, history = sketched(page, before, after), train(after).history
        assert {f.name for f in fields(History)} > set(NAMES.values())
        cycle = alternation(history)
        until = after.epochs if cycle is None else max(1, cycle.first_epoch - 1)
        for name, field in NAMES.items():
            ours = np.array(found[name], dtype=np.float64)[:until]
            theirs = getattr(history, field)[:until]
            room = 1e-4 * max(1.0, float(np.nanmax(np.abs(theirs), initial=0.0)))
            np.testing.assert_allclose(ours, theirs, atol=room, err_msg=f"{field} of {after}")


def test_where_batches_are_dealt_there_is_no_sketch() -> None:
    """Their order is not known in the browser."""
    assert packed_preview(Experiment(batch_size=8)) is None


def drag(page: Page, label: str, pixels: int) -> None:
    """Take the handle of a slider and move it; the button stays pressed."""
    box = (
        slider(page, label)
        .locator("xpath=ancestor::*[contains(@style, 'left:')][1]")
        .bounding_box()
    )
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + pixels, y, steps=4)


def test_the_picture_follows_the_hand_and_then_is_pytorchs(visit: Callable[..., Page]) -> None:
    """Before the handle is let go the server knows nothing; afterwards nothing of it stays."""
    page = visit("?noise=0.1")
    stage, before = page.locator(".linreg-stage"), says(page, "Predictions").inner_text()
    for label, pixels in (("Learning rate", 30), ("True weight", 40), ("Epochs", 30)):
        painted = stage.get_attribute("data-painted")
        drag(page, label, pixels)
        for name in ("line", "train-loss", "test-loss", "path"):
            expect(page.locator(f".linreg-sketch-{name}")).to_have_attribute("d", re.compile("^M"))
        expect(page.locator(".linreg-sketch-truth")).to_have_attribute(
            "d", re.compile("^M" if label == "True weight" else "^$")
        )
        assert stage.get_attribute("data-painted") == painted
        assert says(page, "Predictions").inner_text() == before
        change(page, page.mouse.up)
        expect(stage).not_to_have_class(re.compile("linreg-sketching"))
        expect(page.locator(".linreg-sketch-line")).to_have_attribute("d", "")
        before = says(page, "Predictions").inner_text()


# Presses of a key as fast as they come, and what the first chart said in turn.
PRESSED = """async (slider) => {
  const says = document.querySelector(".linreg-chart p"), told = [];
  const watch = new MutationObserver(() => told.push(says.textContent));
  watch.observe(says, { childList: true, characterData: true, subtree: true });
  window.told = told;
}"""


# Whether pictures of these rates, brought by the page after moves of the slider, are older.
OLDER = """async (url) => {
  const { Early } = await import(url);
  const picture = (lr) => ({
    early: { query: "", names: { Rate: "lr" } },
    preview: { values: { lr }, settings: { Rate: "lr" } },
  });
  const { XMLHttpRequest } = window;
  window.XMLHttpRequest = class {
    status = 200;
    open() {}
    abort() { this.onload = () => {}; }
    send() { setTimeout(() => this.onload()); }
    getResponseHeader() {}
  };
  let moved;
  const early = new Early(() => moved.preview), slider = document.createElement("input");
  slider.setAttribute("aria-label", "Rate");
  const move = async (...rates) => {
    for (const rate of rates) {
      moved = picture(rate);
      slider.setAttribute("aria-valuetext", rate);
      early.follow(slider);
      await new Promise((resolve) => setTimeout(resolve));
      early.load(moved);
    }
  };
  const isOlder = (rate) => early.isOlder({ run: picture(rate) }, () => {});
  early.load(picture(1));
  await move(2, 1); // for which a page has nothing to bring
  const found = [isOlder(5)];
  early.load(picture(5));
  await move(2, 3);
  found.push(isOlder(2), isOlder(5), isOlder(3), isOlder(2));
  early.close();
  window.XMLHttpRequest = XMLHttpRequest;
  return found;
}"""


def test_the_picture_comes_before_its_page_once_and_in_order(visit: Callable[..., Page]) -> None:
    """It is drawn once; keys pressed in a row never bring an older run back.

    A run that was no move of a slider, such as a preset after a move there and back, is no older
    one. Where nobody sends it early, the page brings it; a curtain lets nothing through.
    """
    page = visit("?epochs=150")
    rate, stage, answers = slider(page, "Learning rate"), page.locator(".linreg-stage"), []
    page.on("response", lambda answer: answers.append(answer) if EARLY in answer.url else None)
    painted = int(stage.get_attribute("data-painted") or "")
    rate.press("ArrowRight")
    expect(stage).to_have_attribute("data-painted", str(painted + 1))
    is_idle(page)
    assert [answer.status for answer in answers] == [200]
    expect(stage).to_have_attribute("data-painted", str(painted + 1))

    page.evaluate(PRESSED)
    for _ in range(6):
        rate.press("ArrowRight")
    end = train(Experiment(epochs=150, lr=0.017)).history  # after seven presses in all
    expect(says(page, "Predictions")).to_contain_text(f"y = {end.weight[-1]:.4f} x")
    is_idle(page)
    last = says(page, "Predictions").inner_text()
    told = [line for line in page.evaluate("told") if line]
    assert told[-1] == last
    runs = list(dict.fromkeys(told))
    assert [each for each, _ in groupby(told)] == runs

    assert page.evaluate(OLDER, asset_url("early.js")) == [False, True, True, False, False]

    page.route(f"**/{EARLY}*", lambda route: route.fulfill(status=204))
    change(page, lambda: rate.press("ArrowRight"))
    page.unroute_all()
    answers.clear()
    page.goto(page.url.partition("?")[0] + "?curtain=true&lock=curtain")
    page.get_by_role("button", name="Play the run").click()
    stage.wait_for()
    is_idle(page)
    rate.press("ArrowRight")
    expect(page.get_by_role("button", name="Play the run")).to_be_visible()
    assert answers == []
