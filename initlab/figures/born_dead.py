"""The share of ReLU networks that are dead before the first step, against depth."""

from typing import Final

import numpy as np
import plotly.graph_objects as go

from initlab.arrays import Array, Integers
from initlab.born_dead import BornDead, Deaths
from initlab.figures import theme
from initlab.figures.theme import Json

HEIGHT: Final = 300
DOTS: Final = 20  # however deep


def born_dead_figure(found: BornDead, dark: bool) -> go.Figure:
    """The formula as a dashed line, drawn networks as markers with bars of one standard error: circles for one input,
    diamonds for a whole batch."""
    look, layers = theme.palette(dark), np.arange(1, len(found.expected) + 1)
    traces: list[Json] = [
        {
            "type": "scatter", "mode": "lines", "x": layers, "y": 100 * found.expected,
            "line": {"color": look.theory, "dash": "dash", "width": 2},
            "hovertemplate": "%{x} layers: %{y:.3~g} % by the formula<extra></extra>",
        }
    ]  # fmt: skip
    legend = [("– – formula", look.theory)]
    at = np.unique(np.linspace(1, len(layers), min(len(layers), DOTS)).round().astype(int))
    if found.one:
        traces.append(_dots(found.one, at, look.forward, "circle"))
        legend.append(("● one input", look.forward))
    if found.batch and found.batch.rows > 1:
        traces.append(_dots(found.batch, at, look.backward, "diamond"))
        legend.append((f"◆ {found.batch.rows} rows", look.backward))
    words = "   ".join(f'<span style="color:{colour}">{text}</span>' for text, colour in legend)
    names = theme.label(words, look.ink, xref="paper", yref="paper", x=0, y=1, xanchor="left", yanchor="bottom")
    room = 0.03 * len(layers) + 0.3
    xaxis = {
        "title": "hidden layers",
        "tickvals": theme.layer_ticks(len(layers)),
        "range": [1 - room, len(layers) + room],
    }
    yaxis = {"title": "dead at the start, %", "range": [-3, 103]}
    return theme.figure(dark, HEIGHT, traces, xaxis, yaxis, annotations=[names], margin={**theme.MARGIN, "t": 30})


def _dots(found: Deaths, at: Integers, colour: str, symbol: str) -> Json:
    share, error = 100 * _at(found.share, at), 100 * _at(found.error, at)
    return {
        "type": "scatter", "mode": "markers", "x": at, "y": share,
        "marker": {"color": colour, "symbol": symbol, "size": 8},
        "error_y": {"type": "data", "array": error, "color": colour, "thickness": 1.5, "width": 4},
        "customdata": error,
        "hovertemplate": f"%{{x}} layers: %{{y:.3~g}} ± %{{customdata:.2~g}} % of {found.networks:,}<extra></extra>",
    }  # fmt: skip


def _at(values: Array, layers: Integers) -> Array:
    return values[layers - 1]
