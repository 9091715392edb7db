"""What several draws of a race ended with: a dot a draw, how good it was and how well it knew its training rows."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Final

import numpy as np
import plotly.graph_objects as go

from initlab.arrays import Array, Integers
from initlab.figures import theme
from initlab.figures.depth import limits, log10
from initlab.figures.ends import LETTER, LINE, ROW, named, spread
from initlab.figures.theme import Json

HEIGHT: Final = 340
COLUMN: Final = 10  # characters of a name under its column
NAME_ROW: Final = 14  # pixels a line of it
ASIDE: Final = 0.22  # of a column, by which the first and the last draw lie left and right of its middle
REACH: Final = 3.0  # decades that who has learned least may be away from the middle of all and still set an axis


def dots_figure(
    labels: Sequence[str], values: Array, retired: Integers, title: str, dark: bool, *, log: bool = False
) -> go.Figure:
    """`values` `(D, K)` in K columns of D dots, the first draw at the left of each, a bar at the median.

    A cross is a draw in which the contestant left the race; it lies at the edge of the picture that is worst.
    """
    look, contestants = theme.palette(dark), len(labels)
    heights = _finite(log10(values) if log else values)
    low, high = _reach(heights) if log else (-3.0, 103.0)
    heights = np.where(retired > 0, high if log else 0.0, np.clip(heights, low, high))
    aside = np.linspace(-ASIDE, ASIDE, len(values)) if len(values) > 1 else np.zeros(1)
    columns = [
        _column(k + aside, heights[:, k], values[:, k], retired[:, k], label, k, dark) for k, label in enumerate(labels)
    ]
    medians = np.median(heights, axis=0)
    bars: Json = {
        "type": "scatter", "mode": "lines", "hoverinfo": "skip", "line": {"color": look.ink, "width": 3},
        "x": np.add.outer(np.arange(contestants), [-0.34, 0.34, np.nan]).reshape(-1),
        "y": np.stack([medians, medians, np.full(contestants, np.nan)], axis=1).reshape(-1),
    }  # fmt: skip
    texts = [wrap(label, COLUMN) for label in labels]
    room = 18 + NAME_ROW * (1 + max(len(text) for text in texts))
    xaxis: Json = {
        "tickvals": list(range(contestants)), "range": [-0.5, contestants - 0.5], "showgrid": False, "tickangle": 0,
        "ticktext": ["<br>".join([theme.mark(k, dark), *text]) for k, text in enumerate(texts)],
    }  # fmt: skip
    ticks = theme.decade_ticks(low, high, 5) if log else {}
    return theme.figure(
        dark, HEIGHT + room - 46, [*columns, bars], xaxis, {"title": title, "range": [low, high], **ticks},
        margin={**theme.MARGIN, "l": 58, "b": room},
    )  # fmt: skip


def gap_figure(labels: Sequence[str], training: Array, test: Array, dark: bool) -> go.Figure:
    """Test loss against training loss `(D, K)`, both on log axes, a dot a draw; dashed: as good on either.

    A draw in which the contestant left the race has no dot.
    """
    look, contestants = theme.palette(dark), range(len(labels))
    x, y = _finite(log10(training)), _finite(log10(test))
    (left, right), (low, high) = _reach(x), _reach(y)
    x, y = np.clip(x, left, right), np.clip(y, low, high)
    dots = [
        {
            "type": "scatter", "mode": "markers", "x": x[:, k], "y": y[:, k],
            "marker": {"color": theme.OKABE_ITO[dark][k], "symbol": tuple(theme.SYMBOLS)[k], "size": 9},
            "customdata": np.stack([training[:, k], test[:, k]], axis=1),
            "hovertemplate": f"{labels[k]}<br>training loss %{{customdata[0]:.3g}}<br>"
            "test loss %{customdata[1]:.3g}<extra></extra>",
        }
        for k in contestants
    ]  # fmt: skip
    start, stop = max(left, low), min(right, high)
    equal: list[Json] = [] if start >= stop else [{
        "type": "line", "x0": start, "y0": start, "x1": stop, "y1": stop, "layer": "below",
        "line": {"color": look.theory, "dash": "dash", "width": 2},
    }]  # fmt: skip
    beside: Json = (
        {"xanchor": "left", "xshift": 18} if start < (left + right) / 2 else {"xanchor": "right", "xshift": -8}
    )
    said = [theme.label("as good on both", look.muted, x=start, y=start, yanchor="bottom", **beside)]
    names, room = _names(labels, y, (low, high), dark)
    return theme.figure(
        dark, HEIGHT, dots,
        {"title": "Training loss, log scale", "range": [left, right], **theme.decade_ticks(left, right, 5)},
        {"title": "Test loss, log scale", "range": [low, high], **theme.decade_ticks(low, high, 5)},
        annotations=[*names, *(said if equal else [])], shapes=equal,
        margin={**theme.MARGIN, "l": 58, "r": room},
    )  # fmt: skip


def _names(labels: Sequence[str], y: Array, bounds: tuple[float, float], dark: bool) -> tuple[list[Json], int]:
    """Each beside the picture at the height of its middle dot, and the pixels they need."""
    low, high = bounds
    texts = [wrap(label, LINE) for label in labels]
    pixel = (high - low) / (HEIGHT - theme.MARGIN["t"] - theme.MARGIN["b"])
    seen = [column[np.isfinite(column)] for column in y.T]
    wanted = [float(np.median(column)) if column.size else low for column in seen]
    places = spread(wanted, [(ROW * len(text) + 4) * pixel for text in texts], low, high)
    ink, beside = theme.palette(dark).ink, {"xref": "paper", "x": 1, "align": "left", "xanchor": "left", "xshift": 4}
    names = [
        theme.label(named(k, text, dark), ink, y=place, **beside)
        for k, (text, place) in enumerate(zip(texts, places, strict=True))
    ]
    return names, round(30 + LETTER * max(len(line) for text in texts for line in text))


def _column(
    x: Array, y: Array, values: Array, out: Integers, label: str, index: int, dark: bool
) -> Json:  # fmt: skip
    symbol = tuple(theme.SYMBOLS)[index]
    return {
        "type": "scatter", "mode": "markers", "x": x, "y": y, "customdata": values,
        "marker": {
            "color": theme.OKABE_ITO[dark][index], "size": 9,
            "symbol": ["x" if gone else symbol for gone in out.tolist()],
        },
        "hovertemplate": f"{label}: %{{customdata:.4g}}<extra></extra>",
    }  # fmt: skip


def _finite(values: Array) -> Array:
    return np.where(np.isfinite(values), values, np.nan)


def _reach(heights: Array) -> tuple[float, float]:
    """Bounds of a log axis: one that explodes may not flatten the others."""
    finite = heights[np.isfinite(heights)]
    if not finite.size:
        return 0.0, 1.0
    middle = float(np.median(finite))
    return limits(np.clip(finite, middle - 2 * REACH, middle + REACH))
