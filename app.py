"""The entry of the app: `streamlit run app.py`. It only combines the parts of `linreg.ui`."""

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from linreg.ui.browser.assets import asset_routes
from linreg.ui.server.board_first import BoardFirst
from linreg.ui.server.board_routes import board_routes
from linreg.ui.server.early_pictures import picture_routes
from linreg.ui.server.first_page import FirstPage
from linreg.ui.server.lifespan import lifespan
from linreg.ui.server.security_headers import PageHeaders
from linreg.ui.server.static_cache import StaticCache

board = board_routes()
app = st.App(
    "linreg/ui/main.py",
    lifespan=lifespan,
    routes=[*asset_routes(), *board, *picture_routes()],
    middleware=[
        Middleware(BoardFirst, routes=board),
        Middleware(PageHeaders),
        Middleware(StaticCache),
        Middleware(GZipMiddleware, compresslevel=6),
        Middleware(FirstPage),
    ],
)
