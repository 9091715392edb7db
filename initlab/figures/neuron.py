"""One neuron's sums against the normal curve that theory expects."""

from typing import Final

import numpy as np
import plotly.graph_objects as go
from scipy import stats

from initlab.arrays import Array
from initlab.figures import theme
from initlab.figures.theme import Json
from initlab.neuron import NeuronSums

REACH: Final = 4.0  # the axis, in standard deviations of one input: fixed, so that the spread is what moves
BINS: Final = 81
POINTS: Final = 801  # of a curve: the narrow one must not look jagged beside a wide one


def neuron_figure(found: NeuronSums, dark: bool) -> go.Figure:
    """Histogram of the sums, the input's own N(0, 1) and the normal curve of variance n E[w^2]."""
    look = theme.palette(dark)
    reach = REACH * max(1.0, float(np.sqrt(found.variance or 1.0)))
    edges = np.linspace(-reach, reach, BINS + 1)
    density = np.histogram(found.sums, edges)[0] / (found.sums.size * (edges[1] - edges[0]))
    centres, x = (edges[1:] + edges[:-1]) / 2, np.linspace(-reach, reach, POINTS)
    traces: list[Json] = [
        {"type": "bar", "x": centres, "y": density, "marker": {"color": theme.translucent(look.forward, 0.55)}}
    ]
    if found.variance:
        curve = stats.norm.pdf(x, 0, np.sqrt(found.variance))
        traces.append(_curve(x, curve, {"color": look.theory, "dash": "dash", "width": 2}))
    traces.append(_curve(x, stats.norm.pdf(x), {"color": look.muted, "dash": "dot", "width": 1.5}))
    xaxis = {"title": "Σ wᵢxᵢ for inputs xᵢ of standard deviation 1", "range": [-reach, reach]}
    yaxis = {"title": "density", "range": [0, 1.15 * max(float(density.max()), 0.4)], "showticklabels": False}
    return theme.figure(
        dark, 280, traces, xaxis, yaxis, annotations=[_legend(look, curves=len(traces) - 1)], bargap=0, hovermode=False
    )


def _curve(x: Array, y: Array, line: Json) -> Json:
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line}


def _legend(look: theme.Palette, curves: int) -> Json:
    theory = f'<span style="color:{look.theory}">– – normal, variance n·E[w²]</span>   ' if curves > 1 else ""
    text = (
        f'<span style="color:{look.forward}">▇ the sums</span>   {theory}'
        f'<span style="color:{look.muted}">··· one input</span>'
    )
    return theme.label(text, look.ink, xref="paper", yref="paper", x=0, y=1, xanchor="left")
