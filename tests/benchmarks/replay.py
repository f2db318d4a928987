"""How much faster than the plain notebook loop a replayed run is, alone and with forty at once.

    python -m tests.benchmarks.replay

Every epoch is computed, also where the parameters repeat. Both loops run in one process and one
thread of PyTorch. Then forty threads request runs at the same time, ten times each, through the
app's queue. Last, forty long runs that cannot be replayed compete with forty short ones that can.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch

from linreg import Experiment, Loss, Model, Optimizer, train
from linreg.engines import replay
from linreg.engines.replay import replayed
from linreg.ui.work.queue import SLOTS
from tests.benchmarks.timing import against_plain_loop, timed

EPOCHS = 1000
AT_ONCE = 40
ROUNDS = 10


def main() -> None:
    """Print a line for each model and loss, then how long forty requests at once take."""
    torch.set_num_threads(1)
    replay._period = lambda table: 0  # no repetition is noticed
    for model in Model:
        for loss in Loss:
            experiment = Experiment(model=model, loss=loss, epochs=EPOCHS)
            print(against_plain_loop(replayed, experiment), flush=True)
    together()
    long_and_short()


def together() -> None:
    """Print how long forty threads wait that request runs at the same time, ten times each."""
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
    def run() -> None:
        SLOTS.compute(
            lambda told: replayed(experiment, told), lambda done, total: None, experiment.epochs
        )

    return timed(run)[0]


if __name__ == "__main__":
    main()
