"""Numbers in, Plotly figures out: usable in a notebook as they are.

Every figure says in its subtitle what it shows now. Nothing here trains or imports PyTorch, and
nothing here knows Streamlit.
"""

from linreg.figures.losses import loss_figure
from linreg.figures.predictions import predictions_figure
from linreg.figures.surface import surface_end_figure, surface_figure

__all__ = ["loss_figure", "predictions_figure", "surface_end_figure", "surface_figure"]
