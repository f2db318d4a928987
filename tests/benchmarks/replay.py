"""How much faster than the plain notebook loop a replayed run is, alone and with forty at once.

    python -m tests.benchmarks.replay

Every epoch is computed, also where the parameters repeat. Both loops run by turns in one process
and one thread of PyTorch; the histories of every pair are compared to the last bit. Then forty
threads ask at the same time, again and again, each through the queue that the app has. Last, forty
long runs that cannot be replayed are asked for together with forty short ones that can.
"""

import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch

from linreg import Experiment, Loss, Model, Optimizer, train
from linreg.engines import replay
from linreg.engines.replay import replayed
from linreg.ui.work.queue import SLOTS
from tests.benchmarks.timing import timed
from tests.support.notebook import plain_loop

PAIRS = 25
EPOCHS = 1000
AT_ONCE = 40
ROUNDS = 10


def main() -> None:
    """Print a line for each model, then what forty at once get."""
    torch.set_num_threads(1)
    replay._period = lambda table: 0  # no repetition is noticed
    for model in Model:
        for loss in Loss:
            compare(Experiment(model=model, loss=loss, epochs=EPOCHS))
    together()
    long_and_short()


def compare(experiment: Experiment) -> None:
    """Print how many times as fast as the plain loop the replayed run is."""
    replayed(experiment)
    plain_loop(experiment)
    ratios, ours = [], []
    for _ in range(PAIRS):
        plain_seconds, plain = timed(lambda: plain_loop(experiment))
        seconds, run = timed(lambda: replayed(experiment))
        for name, values in plain.items():
            expected = np.array(values, dtype=np.float32)
            assert np.array_equal(getattr(run.history, name), expected, equal_nan=True), name
        ratios.append(plain_seconds / seconds)
        ours.append(seconds)
    low, middle, high = (np.quantile(ratios, q) for q in (0.1, 0.5, 0.9))
    print(
        f"{experiment.model}, {experiment.loss}: {EPOCHS} epochs replayed in "
        f"{statistics.median(ours) * 1e3:.1f} ms, {middle:.1f} x as fast as the plain loop "
        f"(10th to 90th percentile {low:.1f} to {high:.1f}), identical: yes"
    )


def together() -> None:
    """Print what forty get that ask at the same time, ten times each."""
    seconds: list[float] = []
    seeds = iter(range(AT_ONCE * ROUNDS))
    start = threading.Barrier(AT_ONCE)

    def student(number: int) -> None:
        start.wait()
        for _ in range(ROUNDS):
            model = list(Model)[number % 2]
            seconds.append(_ask(Experiment(model=model, seed=next(seeds), epochs=EPOCHS)))

    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(student, range(AT_ONCE)))
    rate = AT_ONCE * ROUNDS / (time.perf_counter() - began)
    median, late = np.quantile(seconds, (0.5, 0.95))
    print(f"{AT_ONCE} at once: {rate:.0f} runs a second, p50 {median:.2f} s, p95 {late:.2f} s")


def long_and_short() -> None:
    """Print how long short runs take alone, and while forty long ones are under way."""
    alone = [_ask(Experiment(seed=seed, epochs=EPOCHS)) for seed in range(AT_ONCE)]
    leave = threading.Event()

    def long(seed: int) -> None:
        def moved_on(done: int, total: int) -> None:
            if leave.is_set():
                raise InterruptedError

        experiment = Experiment(seed=seed, epochs=10_000, optimizer=Optimizer.ADAM)
        SLOTS.compute(lambda told: train(experiment, told), moved_on, experiment.epochs)

    with ThreadPoolExecutor(2 * AT_ONCE) as pool:
        futures = [pool.submit(long, seed) for seed in range(AT_ONCE)]
        time.sleep(1)
        among = [_ask(Experiment(seed=seed, epochs=EPOCHS)) for seed in range(AT_ONCE)]
        together = list(
            pool.map(lambda s: _ask(Experiment(seed=s, epochs=EPOCHS)), range(100, 100 + AT_ONCE))
        )
        leave.set()
        wait = [future.exception() for future in futures]
    assert all(isinstance(error, InterruptedError) for error in wait), wait
    for name, seconds in (
        ("one at a time, alone", alone),
        ("one at a time, among forty long ones", among),
        ("forty at once, among forty long ones", together),
    ):
        median, late = np.quantile(seconds, (0.5, 0.95))
        print(f"short runs {name}: p50 {median * 1e3:.0f} ms, p95 {late * 1e3:.0f} ms")


def _ask(experiment: Experiment) -> float:
    start = time.perf_counter()
    SLOTS.compute(
        lambda told: replayed(experiment, told),
        lambda done, total: None,
        experiment.epochs,
    )
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
