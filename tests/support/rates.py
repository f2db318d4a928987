"""Learning rates for tests and benchmarks of sweeps."""

import numpy as np


def log_spaced(count: int = 64) -> tuple[float, ...]:
    """Return `count` rates from 0.0001 to 10, evenly spaced on a log scale, with 3 digits."""
    return tuple(float(f"{rate:.3g}") for rate in np.geomspace(1e-4, 10, count).tolist())
