"""The mistakes in the lesson's cells, their texts, and the puzzles made of them."""

import contextlib
import io
import re
import sys
import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from linreg import (
    BUGS,
    Experiment,
    Mistake,
    Model,
    choices_for_guess,
    diff,
    mystery,
    mystery_token,
    open_token,
    run_mistake,
)
from linreg.lesson_code.notebook_cells import notebook_cells
from linreg.mistakes.catalog import wrong_code
from linreg.mistakes.faulty_notebook import wrong_cells
from linreg.mistakes.puzzles import TWINS
from linreg.own_data.standard_units import standardised
from linreg.settings.kinds import Pairs
from tests.support.examples import examples
from tests.support.strategies import experiments, experiments_on_points

SEEDS = st.integers(0, 999_999)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A folder of its own, no matplotlib, and the global generator put back afterwards."""
    with pytest.MonkeyPatch.context() as patch, torch.random.fork_rng():
        patch.chdir(tmp_path_factory.mktemp("cells"))
        patch.setitem(sys.modules, "matplotlib", None)
        yield


def execute(
    experiment: Experiment, mistake: Mistake, original: Pairs | None = None
) -> tuple[dict[str, Any], list[str], str]:
    """Run the wrong cells; return the namespace, the warnings, and the error that ended it."""
    source = "\n".join(cell.code for cell in wrong_cells(experiment, mistake, original))
    names: dict[str, Any] = {}
    error = ""
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("always")
        try:
            exec(compile(source, "cells", "exec"), names)
        except RuntimeError as raised:
            error = f"{type(raised).__name__}: {raised}"
    return names, list(dict.fromkeys(str(warning.message) for warning in caught)), error


@examples(3)
@given(
    experiments(most_epochs=6) | experiments_on_points(),
    st.sampled_from(list(Mistake)),
)
def test_the_wrong_cells_do_what_is_run(
    bare: None, experiment: Experiment, mistake: Mistake
) -> None:
    """Losses and parameters to the last bit, warnings and errors to the letter."""
    assume(experiment.n_test or mistake not in (Mistake.TEST_SET, Mistake.GRAPH_KEPT))
    trial = run_mistake(experiment, mistake)
    names, warned, error = execute(experiment, mistake)
    assert trial.error == error
    assert trial.warnings == tuple(warned)
    if trial.history is None:
        assert "train_loss_values" not in names or not names["train_loss_values"]
        return
    for of in ("train", "validation", "test"):
        if f"{of}_loss_values" in names:
            values = [torch.as_tensor(loss).item() for loss in names[f"{of}_loss_values"]]
            expected = np.array(values, dtype=np.float32)
            np.testing.assert_array_equal(getattr(trial.history, f"{of}_loss"), expected)
    ends = np.array([p.item() for p in names["model"].parameters()], dtype=np.float32)
    np.testing.assert_array_equal([trial.history.weight[-1], trial.history.bias[-1]], ends)


@pytest.mark.parametrize("mistake", list(BUGS))
def test_wrong_code_of_scaled_points_holds_the_original_numbers(
    bare: None, mistake: Mistake
) -> None:
    """It scales them itself, and does what is run."""
    original = tuple((float(x), 3.0 * x + 20 * (x % 3) + 100) for x in range(12))
    plain = Experiment(points=original, epochs=5, lr=0.1)
    scaled = replace(plain, points=standardised(original, plain.n_train).points)
    trial = run_mistake(scaled, mistake)
    names, warned, error = execute(scaled, mistake, original)
    assert "(11.0, 173.0)" in wrong_code(BUGS[mistake], scaled, original)
    assert (error, tuple(warned)) == (trial.error, trial.warnings)
    if trial.history is not None:
        losses = trial.history.train_loss
        np.testing.assert_allclose(names["train_loss_values"], losses, rtol=1e-4)


@given(experiments() | experiments_on_points())
def test_every_mistake_changes_the_cells_of_every_experiment(experiment: Experiment) -> None:
    """A change that finds nothing to change would show the right code as the wrong one."""
    right = notebook_cells(experiment)
    assert wrong_cells(experiment, Mistake.NONE) == right
    for mistake, bug in BUGS.items():
        if not experiment.n_test and mistake in (Mistake.TEST_SET, Mistake.GRAPH_KEPT):
            continue  # run_mistake refuses them
        assert wrong_cells(experiment, mistake) != right
        assert diff(bug, experiment).startswith("--- wrong\n+++ right\n@@")


def changed(mistake: Mistake, sign: str) -> list[str]:
    """The lines of the wrong code (-) or of the right one (+) that differ, without outer spaces."""
    lines = diff(BUGS[mistake]).splitlines()[2:]
    return [line[1:].strip() for line in lines if line[0] == sign and line[1:].strip()]


def test_diffs_are_those_that_a_student_would_write() -> None:
    """One diff in full, and the lines of two others."""
    assert diff(BUGS[Mistake.LR_TOO_SMALL]).splitlines()[3:] == [
        " plot_predictions(y_preds)",
        " ",
        " loss_fn = nn.L1Loss()",
        "-optimizer = torch.optim.SGD(params=model.parameters(), lr=0.0001)",
        "+optimizer = torch.optim.SGD(params=model.parameters(), lr=0.01)",
        " epochs = 100",
        " ",
        " train_loss_values = []",
    ]
    assert changed(Mistake.NO_ZERO_GRAD, "+")[-1] == "optimizer.zero_grad()"
    assert changed(Mistake.NO_ZERO_GRAD, "-") == []
    assert changed(Mistake.STEP_FIRST, "-") == changed(Mistake.STEP_FIRST, "+") != []


def test_every_mistake_is_told_whole() -> None:
    """Each mistake has a text; each part is one to three sentences, and no hint is the fix."""
    assert list(BUGS) == [mistake for mistake in Mistake if mistake is not Mistake.NONE]
    assert len({bug.title for bug in BUGS.values()}) == len(BUGS) >= 13
    for mistake, bug in BUGS.items():
        assert bug.mistake is mistake
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", mistake)
        for text in (bug.symptom, bug.explanation, bug.fix):
            assert 1 <= len(re.findall(r"[.?](?= [A-Z]|$)", text)) <= 3
            assert text[-1] == "."
        assert len(bug.hints) >= 2
        assert bug.fix not in bug.hints


@given(st.sampled_from(list(BUGS)), SEEDS)
def test_a_guess_has_four_answers_and_one_is_right(mistake: Mistake, seed: int) -> None:
    """The same for the same seed; never two that leave the same numbers."""
    answers = choices_for_guess(mistake, seed)
    assert len(set(answers)) == len(answers) == 4
    assert mistake in answers
    assert Mistake.NONE not in answers
    assert answers == choices_for_guess(mistake, seed)
    assert not set(answers) >= TWINS


def test_the_right_answer_can_be_anywhere() -> None:
    """In 200 puzzles it stands in each of the four places at least 25 times."""
    places = [choices_for_guess(Mistake.NO_STEP, s).index(Mistake.NO_STEP) for s in range(200)]
    assert min(places.count(place) for place in range(4)) >= 25


@pytest.mark.parametrize("model", list(Model))
def test_only_twins_leave_the_same_traces(model: Model) -> None:
    """Any two other mistakes differ in losses, gradients, warnings, errors or facts."""
    traces: dict[Any, set[Mistake]] = {}
    for mistake in BUGS:
        trial = run_mistake(Experiment(model=model), mistake)
        arrays = () if trial.history is None else (*trial.history.train_loss.tolist(),)
        trace = arrays, trial.warnings, trial.error, trial.facts
        traces.setdefault(trace, set()).add(mistake)
    assert [found for found in traces.values() if len(found) > 1] == [set(TWINS)]


@given(st.integers(0, 999_999 // 15 - 1))
def test_puzzles_in_turn_show_every_mistake_before_one_comes_again(turn: int) -> None:
    """Fifteen seeds from a multiple of fifteen on."""
    assert {mystery(15 * turn + place) for place in range(15)} == set(BUGS)


def test_turns_differ() -> None:
    """The order of one turn does not give away that of the next."""
    turns = {tuple(mystery(15 * turn + place) for place in range(15)) for turn in range(20)}
    assert len(turns) == 20


@given(st.sampled_from(list(BUGS)), SEEDS)
def test_a_token_opens_to_what_it_was_made_from(mistake: Mistake, seed: int) -> None:
    """Short, fit for an address, and without a word of the answer."""
    token = mystery_token(mistake, seed)
    assert open_token(token) == (mistake, seed)
    assert re.fullmatch(r"\d{1,6}-[0-9a-f]{8}", token)


def test_no_two_mistakes_share_a_token_and_seeds_change_them() -> None:
    """A mistake has a different hash for each seed."""
    tokens = [mystery_token(m, seed).split("-")[1] for m in BUGS for seed in range(100)]
    assert len(set(tokens)) == len(tokens)


@given(st.text() | st.from_regex(r"\A\d{1,8}-[0-9a-f]{8}\Z"))
def test_any_other_text_is_no_token(text: str) -> None:
    """Any other text in an address raises a ValueError with one sentence."""
    with pytest.raises(ValueError, match="token must be one that mystery_token made"):
        open_token(text)


@pytest.mark.parametrize("seed", [-1, 1_000_000])
def test_a_seed_out_of_range_is_named(seed: int) -> None:
    """Tokens stay short."""
    for call in (mystery, lambda s: mystery_token(Mistake.NO_STEP, s)):
        with pytest.raises(ValueError, match=f"seed must be .* from 0 to 999999, not {seed}"):
            call(seed)
