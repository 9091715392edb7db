"""What a law draws: the histogram of one draw against the density, single values as bars of their own."""

from typing import Final

import numpy as np
import plotly.graph_objects as go

from initlab.arrays import Array
from initlab.figures import theme
from initlab.figures.theme import Json
from initlab.law_marginal import Marginal
from initlab.wording import number, percent

HEIGHT: Final = 300
BINS: Final = (8, 60)  # fewest and most; in between the root of the number of weights
POINTS: Final = 401


def law_figure(weights: Array, law: Marginal, dark: bool) -> go.Figure:
    """Bars for what was drawn, a dashed line for the density; a value with a probability of its own as a stem."""
    look, values = theme.palette(dark), weights.ravel().astype(float)
    low, high = _span(law)
    traces: list[Json] = []
    for value, _ in law.atoms:
        values = values[values != np.float64(value)]
    peak = 1.0
    if law.spread:
        traces, peak = _spread(values, weights.size, law, (low, high), look)
    traces += [_stem(value, peak, look) for value, _ in law.atoms]
    labels = [_share(value, share, peak, look) for value, share in law.atoms]
    return theme.figure(
        dark, HEIGHT, traces, {"title": "weight", "range": [low, high]},
        {"title": "density" if law.spread else "share", "range": [0, 1.2 * peak], "showticklabels": False},
        annotations=[*labels, *([_legend(look)] if law.spread else [])], bargap=0, hovermode=False,
        margin={**theme.MARGIN, "l": 30},
    )  # fmt: skip


def _span(law: Marginal) -> tuple[float, float]:
    low, high = law.reach
    room = 0.08 * (high - low) or max(abs(high), 1.0)
    return low - room, high + room


def _spread(
    values: Array, count: int, law: Marginal, span: tuple[float, float], look: theme.Palette
) -> tuple[list[Json], float]:
    """Histogram and density, and how high they reach; both have the area that single values leave."""
    edges = np.linspace(*law.reach, int(np.clip(count**0.5, *BINS)) + 1)
    bars = np.histogram(values, edges)[0] / (count * (edges[1] - edges[0]))
    x = np.linspace(*span, POINTS)
    low, high = law.spread.support()
    x = np.unique(np.concatenate([x, [e for e in (low, high) if np.isfinite(e) and span[0] < e < span[1]]]))
    density = law.density(x)
    histogram: Json = {
        "type": "bar", "x": (edges[1:] + edges[:-1]) / 2, "y": bars,
        "marker": {"color": theme.translucent(look.forward, 0.55)},
    }  # fmt: skip
    line: Json = {
        "type": "scatter", "mode": "lines", "x": x, "y": density,
        "line": {"color": look.theory, "dash": "dash", "width": 2},
    }  # fmt: skip
    return [histogram, line], float(max(np.quantile(bars, 0.98), density[np.isfinite(density)].max()))


def _stem(value: float, peak: float, look: theme.Palette) -> Json:
    return {
        "type": "scatter", "mode": "lines+markers", "x": [value, value], "y": [0, peak],
        "line": {"color": look.forward, "width": 3}, "marker": {"size": [0, 9], "opacity": 1, "line": {"width": 0}},
    }  # fmt: skip


def _share(value: float, share: float, peak: float, look: theme.Palette) -> Json:
    text = f"{percent(share)} are {number(value, 3)}"
    return theme.label(text, look.ink, x=value, y=peak, yanchor="bottom", yshift=8)


def _legend(look: theme.Palette) -> Json:
    text = f'<span style="color:{look.forward}">▇ drawn</span>   <span style="color:{look.theory}">– – the law</span>'
    return theme.label(text, look.ink, xref="paper", yref="paper", x=0, y=1, xanchor="left")
