"""The entry of the app: `streamlit run app.py`. It only puts the pieces together."""

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from linreg.ui.assets import asset_routes
from linreg.ui.kept_files import KeptFiles
from linreg.ui.lifespan import lifespan
from linreg.ui.page_headers import PageHeaders

app = st.App(
    "linreg/ui/main.py",
    lifespan=lifespan,
    routes=asset_routes(),
    middleware=[
        Middleware(PageHeaders),
        Middleware(KeptFiles),
        Middleware(GZipMiddleware, compresslevel=6),
    ],
)
