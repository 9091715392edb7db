"""One layer from close by: the five histograms on their own edges."""

from typing import Final

import plotly.graph_objects as go

from initlab.figures import theme
from initlab.measurement import Probe

QUANTITIES: Final = (
    ("preactivation", "pre-activation z", "forward"),
    ("activation", "activation", "forward"),
    ("weight", "weight", "neutral"),
    ("gradient", "∂loss/∂z", "backward"),
    ("weight_gradient", "∂loss/∂W", "backward"),
)
GAP: Final = 0.035


def inspection_figure(probe: Probe, layer: int, dark: bool) -> go.Figure:
    """Pre-activation, activation, weight, gradient and weight gradient of layer `layer` (from 1), side by side."""
    look, figure = theme.palette(dark), theme.figure(dark, 230)
    colours = {"forward": look.forward, "backward": look.backward, "neutral": look.theory}
    width = (1 - GAP * (len(QUANTITIES) - 1)) / len(QUANTITIES)
    for index, (name, label, direction) in enumerate(QUANTITIES):
        stats, suffix = getattr(probe, name), str(index + 1) if index else ""
        edges, counts = stats.edges[layer - 1], stats.counts[layer - 1]
        figure.add_bar(
            x=(edges[1:] + edges[:-1]) / 2, y=counts, width=edges[1] - edges[0], marker={"color": colours[direction]},
            marker_line_width=0, xaxis=f"x{suffix}", yaxis=f"y{suffix}",
            hovertemplate="%{x:.3g}: %{y} values<extra></extra>",
        )  # fmt: skip
        left = index * (width + GAP)
        title = {"text": label, "standoff": 6, "font": {"size": 13}}
        figure.layout[f"xaxis{suffix}"] = {
            "domain": [left, left + width], "title": title, "nticks": 3, "anchor": f"y{suffix}", "zeroline": False,
            "gridcolor": look.grid, "tickfont": {"size": 11, "color": look.muted}, "exponentformat": "power",
        }  # fmt: skip
        figure.layout[f"yaxis{suffix}"] = {"showticklabels": False, "showgrid": False, "anchor": f"x{suffix}"}
    figure.update_layout(margin={**theme.MARGIN, "l": 12}, bargap=0)
    return figure
