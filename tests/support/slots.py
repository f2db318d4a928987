"""Sessions that ask for slots, and a count of the slots that are free."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

from linreg.core.record import Progress
from linreg.ui.work.queue import Slots

PATIENCE = 30  # seconds before a test that waits for ever fails


def ignore(done: int, total: int) -> None:
    """Ignore the progress."""


def fail() -> None:
    """Raise an error; for use where no thread should have to wait."""
    raise OSError("no memory")


class Session:
    """A session in a thread of its own, which computes until `end` is called."""

    def __init__(self, pool: ThreadPoolExecutor, queue: Slots) -> None:
        self.waits, self.computes, self.go_on = (threading.Event() for _ in range(3))
        self.future: Future[None] = pool.submit(queue.compute, self._work, self._look, 1)

    def _look(self, done: int, total: int) -> None:
        self.waits.set()

    def _work(self, progress: Progress) -> None:
        self.computes.set()
        assert self.go_on.wait(PATIENCE)

    def end(self) -> None:
        """End the job, and wait for its end."""
        self.go_on.set()
        self.future.result(PATIENCE)


def free_slots(queue: Slots) -> int:
    """How many more sessions get a slot at once."""

    def count() -> int:
        try:
            with queue.hold(fail):
                return 1 + free_slots(queue)
        except OSError:
            return 0

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(count).result(PATIENCE)
