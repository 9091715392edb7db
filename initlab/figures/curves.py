"""RMS against depth for several starts at once, each named at the end of its line."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

import numpy as np
import plotly.graph_objects as go

from initlab.arrays import Array
from initlab.figures import theme
from initlab.figures.depth import expected_bands, expected_lines, layer_axis, limits, log10, thinned
from initlab.figures.ends import LETTER, LINE, ROW, named, spread
from initlab.figures.theme import Direction, Json
from initlab.theory import Expected

HEIGHT: Final = 340
MARKERS: Final = 12  # on a line, however deep
THEORY: Final = 25  # layers of a theory line, which is smooth
SHAPE: Final = 60  # layers of a band, finer than which the picture could not show
HALO: Final = 5.0  # pixels; theory shows on both sides of the line that it lies behind


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One start: RMS a layer `(L,)` of this draw, the 10 %, 50 % and 90 % of other draws `(3, L)` once measured, and
    what theory expects where it applies.

    What is not finite is not drawn; `note` says why a line ends early or is missing.
    """

    label: str
    rms: Array
    quantiles: Array | None = None
    note: str = ""
    expected: Expected | None = None


def curves_figure(
    curves: Sequence[Curve], direction: Direction, dark: bool, span: tuple[float, float] | None = None
) -> go.Figure:
    """On a log axis: markers are this draw, lines the median of the others and bands their 10 to 90 %; behind them
    theory's lines and bands, grey.

    The names stand where the journey ends, at the last layer or at the first; the axis is on the other side. `span` in
    powers of ten is what it shows, where the curves alone do not decide.
    """
    look, depth = theme.palette(dark), len(curves[0].rms)
    colours = theme.OKABE_ITO[dark]
    theory = _theory([curve.expected for curve in curves if curve.expected is not None], look)
    bands = [_band(c.quantiles, colours[k]) for k, c in enumerate(curves) if c.quantiles is not None]
    lines = [_line(curve, colours[k], tuple(theme.SYMBOLS)[k]) for k, curve in enumerate(curves)]
    low, high = span or limits(np.concatenate([trace["y"] for trace in (*theory, *bands, *lines)]))
    texts = [[*wrap(curve.label, LINE), *wrap(curve.note, LINE)] for curve in curves]
    sizes = [ROW * len(text) + 4 for text in texts]
    height = max(HEIGHT, sum(sizes) + theme.MARGIN["t"] + theme.MARGIN["b"])
    pixel = (high - low) / (height - theme.MARGIN["t"] - theme.MARGIN["b"])
    step = 1 if direction == "forward" else -1
    ends = [_end(line["y"][:depth][::step], line["y"][depth:][::step], low) for line in lines]
    places = spread(ends, [size * pixel for size in sizes], low, high)
    xaxis = layer_axis(depth)
    side: Json = {"x": xaxis["range"][step > 0], "xanchor": "left" if step > 0 else "right"}
    names = [
        theme.label(named(k, text, dark, step), look.ink, y=y, align=side["xanchor"], **side)
        for k, (text, y) in enumerate(zip(texts, places, strict=True))
    ]
    room, other = round(30 + LETTER * max(len(line) for text in texts for line in text)), 58
    left, right = (other, room) if step > 0 else (room, other)
    yaxis: Json = {"title": "RMS, log scale", "range": [low, high], "side": "left" if step > 0 else "right"}
    return theme.figure(
        dark, height, [*theory, *bands, *lines], xaxis, {**yaxis, **theme.decade_ticks(low, high, 5)},
        annotations=names, margin={**theme.MARGIN, "l": left, "r": right},
    )  # fmt: skip


def _line(curve: Curve, colour: str, symbol: str) -> Json:
    """The median as a line and this draw as markers, in one trace; without other draws this one is the line too."""
    depth = len(curve.rms)
    layers, here = np.arange(1.0, depth + 1), log10(curve.rms)
    line = here if curve.quantiles is None else log10(curve.quantiles[1])
    marked = np.unique(np.linspace(0, depth - 1, min(depth, MARKERS)).round().astype(int))
    apart = np.full(2 * len(marked), np.nan)  # a gap before each marker keeps them unconnected
    x, y = apart.copy(), apart.copy()
    x[1::2], y[1::2] = layers[marked], here[marked]
    sizes = np.append(np.zeros(depth, np.uint8), np.full(2 * len(marked), 9, np.uint8))
    return {
        "type": "scatter", "mode": "lines+markers", "x": np.append(layers, x), "y": np.append(line, y),
        "line": {"color": colour, "width": 2.2},
        "marker": {"symbol": symbol, "size": sizes, "opacity": 1, "line": {"width": 0}},  # else: a bubble chart's
        "hovertemplate": f"{curve.label}, layer %{{x}}<br>RMS 10^%{{y:.2f}}<extra></extra>",
    }  # fmt: skip


def _theory(expected: list[Expected], look: theme.Palette) -> list[Json]:
    """One trace for all bands and one for all lines, these wide enough to be seen behind a line that agrees."""
    lines = expected_lines(expected, look, THEORY)
    for line in lines:
        line["line"] = {**line["line"], "width": HALO}
    return [*expected_bands(expected, look, THEORY), *lines]


def _band(quantiles: Array, colour: str) -> Json:
    """10 to 90 % as a closed shape, over the layers where both are finite."""
    low, high = log10(quantiles[0]), log10(quantiles[2])
    drawn = thinned(np.flatnonzero(np.isfinite(low) & np.isfinite(high)), SHAPE)
    return {
        "type": "scatter", "mode": "lines", "line": {"width": 0}, "fill": "toself", "hoverinfo": "skip",
        "x": np.append(drawn, drawn[::-1]) + 1.0, "y": np.append(high[drawn], low[drawn[::-1]]),
        "fillcolor": theme.translucent(colour, 0.18),
    }  # fmt: skip


def _end(line: Array, markers: Array, low: float) -> float:
    """Where a line, or else its markers, ends; at the foot of the picture if there is neither."""
    for values in (line, markers):
        finite = values[np.isfinite(values)]
        if finite.size:
            return float(finite[-1])
    return low
