"""PyTorch learns a straight line, and a lesson shows how.

Reading order, which is also the order of imports: `formatting`, `settings`, `core` (the five
steps), `engines`, `own_data`, `walkthrough`, `lesson_code`, `hardware`, `analysis`, `sharing`,
`files`, `mistakes`, `lesson`, `api`, `figures`, `ui`. A folder imports only from those before it.
`api` lists the public names.

The first use of a public name imports `api`, and PyTorch with it. That takes seconds; a server
can listen first.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linreg.api import *  # noqa: F403
else:

    def __getattr__(name: str) -> Any:
        """Return a module of the package, or a public name."""
        if name == "__all__" or (name.isidentifier() and not name.startswith("_")):
            if find_spec(f"{__name__}.{name}") is not None:
                return import_module(f"{__name__}.{name}")
            api = import_module(f"{__name__}.api")
            if name == "__all__" or name in api.__all__:
                return getattr(api, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__getattr__("__all__")})
