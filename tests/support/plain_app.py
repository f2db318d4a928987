"""The Playground's charts as a plain Streamlit app: a slider and three times st.plotly_chart."""

import plotly.graph_objects as go
import streamlit as st

from linreg import SETTINGS, Experiment, train
from linreg.figures import loss_figure, predictions_figure, surface_figure
from linreg.settings.choices import Scale

RATES = SETTINGS["lr"].stops


@st.cache_data
def figures(lr: float) -> list[go.Figure]:
    """Return the three figures of a run."""
    run = train(Experiment(epochs=200, lr=lr))
    drawings = (
        predictions_figure.drawing(run, initial=False),
        loss_figure.drawing(run, scale=Scale.LINEAR, last=None),
        surface_figure.drawing(run),
    )
    return [drawing.figure().update_layout(title_text=f"lr {lr:g}") for drawing in drawings]


st.set_page_config(layout="wide")
chosen = st.select_slider("Learning rate", RATES, 0.01, format_func=lambda lr: f"{lr:g}")
for column, figure in zip(st.columns(3), figures(chosen), strict=True):
    column.plotly_chart(figure)
