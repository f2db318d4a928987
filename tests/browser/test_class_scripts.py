"""The scripts of a class, each alone on a blank page, with the answers of a server made up."""

from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, expect

from linreg import Experiment, sweep
from linreg.figures import class_swarm_figure
from linreg.settings.choices import Loss
from linreg.ui.browser.assets import SOURCES, asset_url
from linreg.ui.parts.class_rates import packed_swarm
from linreg.ui.parts.packing import pack

# What a proxy says while a server starts; there is no JSON in it.
PAGE = "<html><h1>Not found</h1></html>"

FOLLOWS = """async ([url, own, bring]) => {
  const { target, isThere } = await import(url);
  history.replaceState(null, "", own);
  return [target(bring).search.slice(1), isThere(bring)];
}"""

# Goes back to a student's own page, perhaps after it was left for a call without a reload.
RETURNS = """async ([url, own, left]) => {
  const { follow, goBack } = await import(`${url}${url.includes("?") ? "&" : "?"}${left}`);
  const app = document.createElement("div");
  Object.assign(app.dataset, { testid: "stApp", testConnectionState: "CONNECTED" });
  document.body.replaceChildren(app);
  window.went = [];
  const go = (link) => window.went.push(link);
  sessionStorage.setItem("linreg own page", new URL(own, window.location));
  if (left) follow("?lr=0.1&call=1", go);
  goBack(go);
}"""

# What a phone in the room knows after it has asked once and, where it sends an answer, once more.
# Each answer of the server is [status, text].
ASKS = """async ([url, answers, sends]) => {
  const { Phone } = await import(url);
  const key = "linreg room BCDFG";
  localStorage.setItem(key, "token");
  window.fetch = async () => {
    const [status, text] = answers.shift();
    return new Response(text, { status });
  };
  let changed;
  const change = () => new Promise((resolve) => (changed = resolve));
  let news = change();
  const phone = new Phone("BCDFG", () => changed());
  await news;
  if (sends) {
    phone.answer(1, 1, 0);
    news = change();
    await news;
  }
  const { refused, failures, complaint } = phone;
  phone.refused = "The test has ended.";
  return { refused, failures, complaint, left: answers.length, token: localStorage.getItem(key) };
}"""

# What a phone sends whose token is not known at first, until it has a state.
REJOINS = """async (url) => {
  const { Phone } = await import(url);
  localStorage.setItem("linreg room BCDFG", "token");
  const unknown = { error: "This room does not know you." };
  const answers = [[403, unknown], [200, { token: "token" }], [200, { round: null }]];
  const sent = [];
  window.fetch = async (address, { body = "", headers }) => {
    sent.push([address.pathname, body, headers["X-Linreg-Participant"] ?? ""]);
    const [status, said] = answers.shift();
    return Response.json(said, { status });
  };
  await new Promise((resolve) => {
    const phone = new Phone("BCDFG", resolve);
    phone.again = true; // at once
  });
  return sent;
}"""

# What a student's panel says after each answer of the server, a state or null for none, which keys
# then reach the page, and whether its form, if there is one, sends an answer; then it is touched.
# It asks again until it says what is expected, or gives up.
PANEL = """async ([url, turns]) => {
  const { render } = await import(url);
  history.replaceState(null, "", "/");
  const app = document.createElement("button");
  Object.assign(app.dataset, { testid: "stApp", testConnectionState: "CONNECTED" });
  const parentElement = document.createElement("div");
  document.body.replaceChildren(app, parentElement);
  let [state, reached] = [null, []];
  app.addEventListener("keydown", ({ key }) => reached.push(key));
  window.fetch = async ({ pathname }) => {
    if (pathname.endsWith("join")) return Response.json({ token: "token" });
    return Response.json(state ?? {}, { status: state ? 200 : 503 });
  };
  render({ data: { room: "BCDFG" }, parentElement, setTriggerValue: () => null });
  const line = parentElement.querySelector("[aria-live]");
  const shown = [];
  for (const [answer, expected] of turns) {
    [state, reached] = [answer, []];
    for (let frames = 0; frames < 600 && line.textContent !== expected; frames += 1) {
      window.dispatchEvent(new Event("online"));
      await new Promise(requestAnimationFrame);
    }
    for (const init of [{ key: "a" }, { key: "r", ctrlKey: true }, { key: "F5" }, { key: "Tab" }]) {
      app.dispatchEvent(new KeyboardEvent("keydown", { ...init, bubbles: true }));
    }
    const form = parentElement.querySelector("form");
    const sends = form && !form.querySelector("button").disabled;
    shown.push([line.textContent, reached.join(" "), sends]);
    form?.querySelector("input").dispatchEvent(new Event("input"));
  }
  return shown;
}"""

TICKS = """async ([url, ranges]) => {
  const { ticks } = await import(url);
  return ranges.map(([low, high, setting]) => ticks(low, high, setting));
}"""

# How far the numbers below a vote on a phone stand out of their axis, in pixels.
CUT = """async ([url, css, rounds]) => {
  const { drawVotes } = await import(url);
  const style = new CSSStyleSheet();
  style.replaceSync(css);
  document.adoptedStyleSheets = [style];
  const box = (each) => each.getBoundingClientRect();
  return rounds.map(([setting, edges]) => {
    const result = { votes: [edges.slice(1).map(() => 1)], edges };
    document.body.replaceChildren(drawVotes({ kind: "setting", setting, result }));
    const axis = box(document.querySelector(".linreg-ticks"));
    const boxes = [...document.querySelectorAll(".linreg-ticks span")].map(box);
    return Math.max(...boxes.flatMap((at) => [axis.left - at.left, at.right - axis.right]));
  });
}"""

BARS = """async ([url, css, votes]) => {
  const { drawVotes } = await import(url);
  const style = new CSSStyleSheet();
  style.replaceSync(css);
  document.adoptedStyleSheets = [style];
  const result = { votes, edges: [90, 110, 130, 150], right: 116 };
  document.body.replaceChildren(drawVotes({ kind: "number", result }));
  const top = document.querySelector(".linreg-columns ul").getBoundingClientRect();
  return [...document.querySelectorAll(".linreg-columns li")].map((part) => {
    const share = (each) => {
      const { left, right, top: above, bottom } = each.getBoundingClientRect();
      const along = [left, right].map((x) => (x - top.left) / top.width);
      return [...along, above - top.top, bottom - top.top];
    };
    return [...part.querySelectorAll("i")].map(share);
  });
}"""

SHOWS = """async ([url, status, type, text]) => {
  const { render } = await import(url);
  document.body.replaceChildren();
  window.endLast?.();
  window.fetch = async () => new Response(text, { status, headers: { "Content-Type": type } });
  const state = { version: 1, participants: 0, round: null, challenges: {} };
  const data = { room: "BCDFG", link: "", qr: "data:,", instead: "", stage: "", state };
  const parentElement = document.createElement("div");
  document.body.append(parentElement);
  const show = () => render({ data, parentElement, setTriggerValue: () => null });
  const endFirst = show();
  window.endLast = show();
  endFirst(); // Streamlit ends a call late, when the next one has begun
  show();
  return document.querySelectorAll(".linreg-board").length;
}"""

# The epochs that a player shows: at the call, then of the longer run, and after a key.
CALLS = """async ([follow, player, bring]) => {
  const [{ follow: go }, { Player }] = [await import(follow), await import(player)];
  history.replaceState(null, "", "/");
  const app = document.createElement("div");
  app.dataset.testid = "stApp";
  app.dataset.testConnectionState = "CONNECTED";
  document.body.replaceChildren(app);
  const shown = [];
  const made = new Player(app, (position) => shown.push(position), () => null);
  const names = ["weight", "bias", "weightGrad", "biasGrad", "trainLoss", "testCurve"];
  const none = Object.fromEntries(names.map((name) => [name, []]));
  const run = (epochs) => ({ ...none, firstTestLoss: [0], epochs });
  made.load(run(5));
  let asked;
  go(bring, (link) => (asked = link));
  made.load(run(50));
  made.box.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft" }));
  made.load(run(100));
  made.close();
  history.replaceState(null, "", "/?at=7");
  go("?lr=0.1&call=2", () => null); // without a player: the picture is behind a curtain
  return [shown, asked, window.location.search];
}"""
# The swarm of a student's panel on a blank page; without data the server does not answer.
WALKS = """async ([url, data, mine, votes]) => {
  const { ClassRuns } = await import(url);
  const swarm = async () => data ? new Uint8Array(data) : Promise.reject(new Error("no server"));
  const runs = new ClassRuns({ swarm }, { mine, result: { votes } });
  document.body.prepend(runs.root);
}"""
CLIPS = "(plots) => plots.map((plot) => plot.querySelector('clipPath[id*=training-loss]').id)"
# Where its dots stand, on the axes of a chart, those that are shown; and whether all is a number.
DOTS = """(plot) => {
  const { xaxis, yaxis } = plot._fullLayout;
  const layer = plot.parentElement.querySelector(".linreg-overlay");
  const shown = ".linreg-swarm-dot:not([style*=none])";
  const place = (dot) => [xaxis.p2d(dot.getAttribute("cx")), yaxis.p2d(dot.getAttribute("cy"))];
  return [[...layer.querySelectorAll(shown)].map(place), !/NaN|Infinity/.test(layer.outerHTML)];
}"""


def test_a_call_keeps_what_the_student_has_done(newcomer: BrowserContext) -> None:
    """A page that is loaded again has the link's settings and the student's pins and challenges.

    A step of the guided way is left: it has other settings.
    """
    tab, script = newcomer.pages[0], asset_url("class_follow.js")
    own = "room=BCDFG&hide=teach&done=printed&pin=a&pin=b"
    bring = "?lr=0.1&at=40&done=other&room=XXXXX&call=1"
    address, is_there = tab.evaluate(FOLLOWS, [script, f"/?{own}&own=0123&plan=2&lr=0.2", bring])
    assert parse_qs(address) == parse_qs(own) | {"lr": ["0.1"], "at": ["40"]}
    assert not is_there
    assert tab.evaluate(FOLLOWS, [script, f"/?{own}&lr=0.1&at=7", "?lr=0.1&large=true"])[1]
    for elsewhere in (f"/loop?{own}&lr=0.1", f"/?{own}&own=0123&lr=0.1"):
        assert not tab.evaluate(FOLLOWS, [script, elsewhere, "?lr=0.1"])[1]
    between = f"/?{own}&lr=0.01&exact=lr~0.0123+b~0.31"  # as a page writes it
    for bring, is_there in (("?lr=0.0123&b=0.31", True), ("?lr=0.01&b=0.31", False)):
        assert tab.evaluate(FOLLOWS, [script, between, bring])[1] is is_there


@pytest.mark.parametrize("left", [True, False])
def test_the_way_back_loads_the_page_where_only_the_tab_has_the_own_data(
    left: bool, newcomer: BrowserContext
) -> None:
    """After a reload the page's session has never seen them; otherwise nothing is loaded again."""
    tab, own = newcomer.pages[0], "tune?lr=0.2&own=0123456789ab&plan=2"
    tab.evaluate(RETURNS, [asset_url("class_follow.js"), f"/{own}", left])
    if left:
        assert tab.evaluate("() => window.went") == ["?lr=0.1", own]
    else:
        tab.wait_for_url(f"**/{own}")


def test_another_challenge_than_the_teachers_is_another_place(newcomer: BrowserContext) -> None:
    """So is another mystery; where the teacher's page has none, any of them is the same place."""
    tab, script = newcomer.pages[0], asset_url("class_follow.js")
    for bring, own, is_there in (
        ("challenges?challenge=printed", "challenge=printed", True),
        ("challenges?challenge=printed", "challenge=thousand", False),
        ("challenges?mystery=7", "mystery=8", False),
        ("challenges?lr=0.1", "lr=0.1&challenge=thousand", True),
    ):
        assert tab.evaluate(FOLLOWS, [script, f"/challenges?{own}", bring])[1] is is_there, bring


def test_a_call_to_a_place_of_this_page_moves_the_player(newcomer: BrowserContext) -> None:
    """At once, and in the run that comes; without a reload, and not against the student's key."""
    scripts = [asset_url(name) for name in ("class_follow.js", "player.js")]
    call = "?lr=0.1&at=7&call=1"
    shown, link, search = newcomer.pages[0].evaluate(CALLS, [*scripts, call])
    assert shown == [5, 5, 7, 6, 12]
    assert link == "?lr=0.1&at=7"
    assert search == ""  # where a picture that comes later begins


def asked(context: BrowserContext, *answers: tuple[int, str], sends: bool = False) -> Any:
    """What a phone knows after these answers of the server."""
    script = asset_url("class_phone.js")
    return context.pages[0].evaluate(ASKS, [script, answers, sends])


def test_only_the_board_itself_ends_a_phones_connection(newcomer: BrowserContext) -> None:
    """After the answer of a proxy the phone asks again, and is the same participant."""
    goes_on = {"refused": "", "failures": 1, "complaint": "", "left": 0, "token": "token"}
    for answer in ((404, PAGE), (403, "{}"), (200, PAGE), (503, '{"error": "Busy."}')):
        assert asked(newcomer, answer) == goes_on, answer
    ended = {**goes_on, "refused": "There is no room.", "failures": 0, "token": None}
    assert asked(newcomer, (404, '{"error": "There is no room."}')) == ended


def test_a_phone_that_is_not_known_yet_asks_for_its_own_place(newcomer: BrowserContext) -> None:
    """Another process may have let it in a moment ago: it must not count twice."""
    sent = newcomer.pages[0].evaluate(REJOINS, asset_url("class_phone.js"))
    state, join = "/linreg-board/BCDFG/state", "/linreg-board/BCDFG/join"
    known = [state, "", "token"]
    assert sent == [known, [join, '{"token":"token"}', ""], known]


def test_a_complaint_ends_with_its_vote(newcomer: BrowserContext) -> None:
    """It stays while the vote is the same, and is not said of the next one."""
    first, second = (f'{{"round": {{"number": 1, "vote": {n}, "mine": []}}}}' for n in (1, 2))
    late = (409, '{"error": "This answer came too late."}')
    for vote, complaint in ((first, "This answer came too late."), (second, "")):
        found = asked(newcomer, (200, first), late, (200, vote), sends=True)
        assert found["complaint"] == complaint


def test_a_counted_answer_asks_for_the_state_only_if_that_did_not_come_with_it(
    newcomer: BrowserContext,
) -> None:
    """A request too much would find no answer here, and be a failure."""
    state = '{"round": {"number": 1, "vote": 1, "mine": []}}'
    for replies in ([(200, f'{{"state": {state}}}')], [(200, "{}"), (200, state)]):
        found = asked(newcomer, (200, state), *replies, sends=True)
        assert (found["failures"], found["left"]) == (0, 0)


def test_a_pause_takes_only_the_pages_keys_and_ends_with_the_connection(
    newcomer: BrowserContext,
) -> None:
    """What the class has said is not hidden by where the teacher has brought it.

    A slider that nobody has touched sends nothing; one that was touched stays when others answer.
    """
    state = {"version": 1, "nickname": "Red Fox", "paused": False, "bring": None, "round": None}
    asked = {"number": 1, "vote": 1, "kind": "choice", "text": "?", "options": ["a", "b"]}
    closed = asked | {"state": "closed", "mine": [0], "closes_in": None}
    revealed = closed | {"state": "revealed", "result": {"votes": [[1, 0]], "right": 0}}
    rates = {"kind": "setting", "setting": "lr", "stops": [0.01, 0.1], "options": []}
    chosen = closed | rates | {"state": "open", "mine": [None], "answered": 0, "present": 2}
    every = "a r F5 Tab"
    turns: list[tuple[dict[str, object] | None, str, str]] = [
        (state, "Class BCDFG: you are Red Fox.", every),
        (state | {"round": chosen}, "Question: choose your answer.", every),
        (
            state | {"paused": True, "round": chosen | {"answered": 1}},
            "Paused: look at the teacher's screen.",
            "r F5 Tab",
        ),
        (state | {"bring": "?call=1"}, "The teacher has brought you here.", every),
        (state | {"bring": "?call=1", "round": closed}, "The vote is closed.", every),
        (state | {"bring": "?call=1", "round": revealed}, "What the class has said", every),
        (state | {"paused": True}, "Paused: look at the teacher's screen.", "r F5 Tab"),
        (None, "No connection to the class. Trying again.", every),
        (state | {"paused": True}, "Paused: look at the teacher's screen.", "r F5 Tab"),
    ]
    script = asset_url("class_panel.js")
    shown = newcomer.pages[0].evaluate(PANEL, [script, [turn[:2] for turn in turns]])
    assert [turn[:2] for turn in shown] == [[said, keys] for _, said, keys in turns]
    assert [sends for *_, sends in shown if sends is not None] == [False, True]


def test_an_axis_has_round_numbers(newcomer: BrowserContext) -> None:
    """Two to six, whole, between its ends; those of a setting are told apart by a factor."""
    expected = {
        (-5, 105, ""): [0, 20, 40, 60, 80, 100],
        (29.3, 44.7, ""): [30, 35, 40],
        (1000.5, 1004.5, ""): [1001, 1002, 1003, 1004],
        (1234566.85, 1234570.15, ""): [1234567, 1234568, 1234569, 1234570],
        (-0.021, 0.011, ""): [-0.02, -0.01, 0, 0.01],
        (0.00012, 0.042, "lr"): [0.001, 0.01],
        (0.009, 0.11, "lr"): [0.01, 0.02, 0.05, 0.1],
        (0.027, 0.033, "lr"): [0.028, 0.03, 0.032],
        (90, 1100, "epochs"): [100, 200, 500, 1000],
    }
    found = newcomer.pages[0].evaluate(TICKS, [asset_url("class_votes.js"), list(expected)])
    assert found == list(expected.values())
    rounds = [("epochs", [1, 100, 10_001]), ("lr", [0.0015, 0.0165, 0.0501])]
    css = (SOURCES / "class_votes.css").read_text(encoding="utf-8")
    script = asset_url("class_votes.js")
    assert max(newcomer.pages[0].evaluate(CUT, [script, css, rounds])) <= 0


def test_the_bars_of_both_votes_are_where_their_answers_are(newcomer: BrowserContext) -> None:
    """Each as wide as its part of the range; the second's hang from where the first's stand."""
    css = (SOURCES / "class_votes.css").read_text(encoding="utf-8")
    votes = [[1, 1, 0], [0, 2, 1]]
    parts = newcomer.pages[0].evaluate(BARS, [asset_url("class_votes.js"), css, votes])
    assert len(parts) == 3
    [[*_, axis], _] = parts[0]
    for part, (first, second) in enumerate(parts):
        for left, right, *_ in (first, second):
            assert (left, right) == pytest.approx((part / 3, (part + 1) / 3), abs=0.01)
        assert first[3] == pytest.approx(axis)
        assert second[2] == pytest.approx(axis + 2)
    heights = [[bar[3] - bar[2] for bar in bars] for bars in zip(*parts, strict=True)]
    one = heights[0][0]
    assert one > 5
    assert heights == [pytest.approx([one, one, 0], abs=2), pytest.approx([0, 2 * one, one], abs=2)]
    [only] = {
        len(bars)
        for bars in newcomer.pages[0].evaluate(
            BARS, [asset_url("class_votes.js"), css, [votes[0], [0, 0, 0]]]
        )
    }
    assert only == 1


def test_the_projector_says_only_the_boards_own_sentences(newcomer: BrowserContext) -> None:
    """What a proxy answers is a lost connection."""
    tab, script = newcomer.pages[0], asset_url("class_screen.js")
    lost, rests = "No connection to the server. Trying again.", "The board rests."
    for status, kind, text, said in (
        (502, "text/html", PAGE, lost),
        (503, "application/json", f'{{"error": "{rests}"}}', rests),
        (200, "text/html", PAGE, lost),
    ):
        assert tab.evaluate(SHOWS, [script, status, kind, text]) == 1
        expect(tab.locator(".linreg-fault")).to_have_text(said)


def test_the_swarm_walks_as_the_runs_do(newcomer: BrowserContext) -> None:
    """By the player's keys; a run that overflows leaves, and nothing moves before a press.

    Dots that stand together share a text, which names the rates of all.
    """
    chosen = {0.09: 3, 0.1: 1, 10.0: 1}
    found = sweep(Experiment(loss=Loss.MSE, epochs=300), list(chosen))
    data = pack(packed_swarm(found, chosen), {"swarm": class_swarm_figure.drawing(found, chosen)})
    tab = newcomer.pages[0]
    tab.emulate_media(reduced_motion="reduce")
    script = asset_url("class_runs.js")
    tab.evaluate(WALKS, [script, None, [], []])
    expect(tab.get_by_text("The runs did not arrive. Try again.")).to_be_visible()
    tab.evaluate(WALKS, [script, list(data), [0.1, None], [[1], [0]]])
    slider = tab.get_by_role("slider", name="Epoch")
    expect(slider).to_have_attribute("aria-valuetext", "epoch 0 (0 to 299)")
    for key, epoch, walking, named in (
        ("Home", 0, 3, "0.09 to 10"),
        ("ArrowRight", 3, 2, "0.09, 0.1"),
        ("End", 299, 2, "0.09, 0.1"),
    ):
        slider.press(key)
        places, is_finite = tab.locator(".linreg-plot").evaluate(DOTS)
        expected = [(found.weight[i, epoch], found.bias[i, epoch]) for i in range(walking)]
        assert np.array(places) == pytest.approx(np.array(expected), abs=1e-3)
        assert is_finite
        assert tab.locator(".linreg-swarm-rate").all_text_contents() == [named, "", ""]
        its_rate = "its rate\N{EN DASH}" if epoch == 0 else "its rate0.1"
        expect(tab.locator(".linreg-numbers")).to_contain_text(its_rate)
    expect(tab.locator(".linreg-numbers")).to_contain_text("overflowed1 of 3")
    own, dot = (tab.locator(f".linreg-{name}") for name in ("own-dot", "swarm-dot"))
    expect(tab.get_by_text("The dot with a ring is yours: learning rate 0.1.")).to_be_visible()
    assert own.get_attribute("cx") == dot.nth(1).get_attribute("cx")
    tab.evaluate(WALKS, [script, list(data), [0.1, None], [[1], [1]]])  # beside it
    expect(tab.locator(".linreg-stage[data-painted]")).to_have_count(2)
    expect(tab.get_by_text("The dot with a ring is yours")).to_have_count(1)  # not of other runs
    assert len(set(tab.locator(".linreg-plot").evaluate_all(CLIPS))) == 2  # each clips its own


def test_the_text_of_dots_that_stand_together_names_no_rate_that_stands_elsewhere(
    newcomer: BrowserContext,
) -> None:
    """After two steps of L1 the two largest rates are back at the start, that between is not."""
    chosen = dict.fromkeys((0.001, 0.01, 0.1, 0.5, 1.0), 1)
    found = sweep(Experiment(epochs=10), list(chosen))
    assert found.weight[3:, 2] == pytest.approx(found.weight[:2, 0].tolist(), abs=1e-6)
    data = pack(packed_swarm(found, chosen), {"swarm": class_swarm_figure.drawing(found, chosen)})
    tab = newcomer.pages[0]
    tab.emulate_media(reduced_motion="reduce")
    tab.evaluate(WALKS, [asset_url("class_runs.js"), list(data), [None, None], [[1] * 5, [0]]])
    slider, names = tab.get_by_role("slider", name="Epoch"), tab.locator(".linreg-swarm-rate")
    expect(slider).to_have_attribute("aria-valuetext", "epoch 0 (0 to 9)")
    slider.press("Home")
    assert names.all_text_contents() == ["0.001 to 1", "", "", "", ""]
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    assert names.all_text_contents() == ["0.001, 0.01, 0.5, 1", "", "0.1", "", ""]
