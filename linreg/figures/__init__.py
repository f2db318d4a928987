"""Numbers in, Plotly figures out: usable in a notebook as they are.

Every figure says in its subtitle what it shows now. Nothing here trains, and nothing here knows
Streamlit or PyTorch.
"""

from linreg.figures.losses import loss_figure
from linreg.figures.predictions import predictions_figure

__all__ = ["loss_figure", "predictions_figure"]
