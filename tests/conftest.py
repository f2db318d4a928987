"""How many examples Hypothesis tries: few by default, more where CI is set, many by hand.

A test that needs relatively more or fewer says so with `tests.support.examples`.
"""

import os

from hypothesis import settings

settings.register_profile("quick", max_examples=20, deadline=None)
settings.register_profile("ci", settings.get_profile("ci"), max_examples=50, deadline=None)
settings.register_profile("deep", max_examples=1000, deadline=None)
settings.load_profile("ci" if "CI" in os.environ else "quick")
