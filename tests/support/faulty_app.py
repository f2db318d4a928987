"""The app with a fault: each training at one learning rate fails, as if its device went away.

No picture comes before its page, as in a crowd.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from linreg import Experiment, Run
from linreg.engines.replay import replayed
from linreg.ui.browser.assets import asset_routes, path_of
from linreg.ui.server.early_pictures import PATH
from linreg.ui.server.lifespan import lifespan
from linreg.ui.work import cache

BAD = 0.011
MAIN = Path(__file__).parents[2] / "linreg/ui/main.py"


def _faulty(work: Callable[..., Run]) -> Callable[..., Run]:
    def fail(experiment: Experiment, *rest: Any) -> Run:
        if experiment.lr == BAD:
            raise RuntimeError("CUDA error: device lost\nat /pytorch/c10/CUDAException.cpp:41")
        return work(experiment, *rest)

    return fail


async def _refuse(_request: Request) -> Response:
    return Response(status_code=204)


vars(cache)["replayed"] = _faulty(replayed)
app = st.App(MAIN, lifespan=lifespan, routes=[*asset_routes(), Route(path_of(PATH), _refuse)])
