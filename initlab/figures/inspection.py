"""One layer from close by: the five histograms on their own edges."""

from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from initlab.figures import theme
from initlab.figures.theme import Json
from initlab.measurement import Probe

QUANTITIES: Final = (
    ("preactivation", "pre-activation z", "forward"),
    ("activation", "activation", "forward"),
    ("weight", "weight", "neutral"),
    ("gradient", "∂loss/∂z", "backward"),
    ("weight_gradient", "∂loss/∂W", "backward"),
)
GAP: Final = 0.035
FEW_TICKS: Final = {"nticks": 3, "exponentformat": "power"}


def inspection_figure(probe: Probe, layer: int, dark: bool) -> go.Figure:
    """Pre-activation, activation, weight, gradient and weight gradient of layer `layer` (from 1), side by side."""
    look = theme.palette(dark)
    colours = {"forward": look.forward, "backward": look.backward, "neutral": look.theory}
    width = (1 - GAP * (len(QUANTITIES) - 1)) / len(QUANTITIES)
    traces: list[Json] = []
    axes: Json = {}
    for index, (name, title, direction) in enumerate(QUANTITIES):
        stats, suffix = getattr(probe, name), str(index + 1) if index else ""
        edges, counts, left = stats.edges[layer - 1], stats.counts[layer - 1], index * (width + GAP)
        traces.append({
            "type": "bar", "x": edges[1:] / 2 + edges[:-1] / 2, "y": counts,
            "width": float(np.nan_to_num(edges[1] - edges[0])),
            "marker": {"color": colours[direction], "line": {"width": 0}}, "xaxis": f"x{suffix}", "yaxis": f"y{suffix}",
            "hovertemplate": "%{x:.3g}: %{y} values<extra></extra>",
        })  # fmt: skip
        axes[f"x{suffix}"] = {"title": title, "domain": [left, left + width], "anchor": f"y{suffix}", **FEW_TICKS}
        axes[f"y{suffix}"] = {"showticklabels": False, "showgrid": False, "anchor": f"x{suffix}"}
    first = axes.pop("x"), axes.pop("y")
    others: Any = {f"{name[0]}axis{name[1:]}": theme.axis(look, **settings) for name, settings in axes.items()}
    return theme.figure(dark, 230, traces, *first, bargap=0, margin={**theme.MARGIN, "l": 12}, **others)
