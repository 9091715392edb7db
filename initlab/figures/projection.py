"""Rows on a plane, each written as its class or coloured by its target."""

from typing import Final

import numpy as np
import plotly.graph_objects as go

from initlab.arrays import Array
from initlab.figures import theme
from initlab.losses import Targets

HEIGHT: Final = 320


def projection_figure(points: Array, targets: Targets, dark: bool) -> go.Figure:
    """Points `(B, 2)`: classes as coloured numbers, which need no legend; a regression's targets on a colour scale."""
    look = theme.palette(dark)
    base = {"type": "scatter", "x": points[:, 0], "y": points[:, 1]}
    if targets is None:
        trace = {**base, "mode": "markers", "marker": {"color": look.forward, "size": 6}, "hoverinfo": "skip"}
    elif np.issubdtype(targets.dtype, np.integer):
        colours = theme.OKABE_ITO[dark]
        trace = {
            **base, "mode": "text", "text": [str(t) for t in targets.tolist()], "hoverinfo": "skip",
            "textfont": {"size": 12, "color": [colours[int(t) % len(colours)] for t in targets.tolist()]},
        }  # fmt: skip
    else:
        bar = {"thickness": 12, "outlinewidth": 0, "title": {"text": "target", "side": "right"}}
        marker = {"color": targets, "colorscale": "Viridis", "size": 7, "colorbar": bar}
        trace = {
            **base,
            "mode": "markers",
            "marker": marker,
            "hovertemplate": "target %{marker.color:.3g}<extra></extra>",
        }
    return theme.figure(
        dark, HEIGHT, [trace], {"title": "first principal axis"}, {"title": "second principal axis"}
    )  # fmt: skip
