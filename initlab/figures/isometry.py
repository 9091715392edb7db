"""Singular values against depth: where they lie as ridges, their extremes, and how far their squares spread.

Two networks are compared in every figure: the start in blue with circles, its partner in green with squares.
"""

from typing import Final

import numpy as np
import plotly.graph_objects as go

from initlab.arrays import Array
from initlab.figures import theme
from initlab.figures.depth import limits
from initlab.figures.theme import Json
from initlab.isometry import Isometry, Spectrum
from initlab.isometry_readings import Sides

BINS: Final = 64
PEAK: Final = 0.9  # of a row: counts are few and their steps must not cross
ROW: Final = 28  # pixels
FEWEST_ROWS: Final = 9  # a picture of fewer layers is as high
HEIGHT: Final = 300
COLOURS: Final = {False: ("#0072B2", "#00795A"), True: ("#4FA3D9", "#3FBF94")}  # blue and bluish green
SYMBOLS: Final = ("circle", "square")


def colour(index: int, dark: bool) -> str:
    """Of the start (0) or its partner (1)."""
    return COLOURS[dark][index]


def relative(spectrum: Spectrum) -> Array:
    """log10 of the singular values over their root mean square: the shape, whatever the scale."""
    return spectrum.values - spectrum.mean_square / 2


def _span(sides: Sides) -> tuple[float, float]:
    """What the axis of relative singular values spans, the same for both."""
    every = [relative(s)[[0, -1]] for side in sides for s in side.found.spectra if len(s.values)]
    low, high = (float(np.min(every)), float(np.max(every))) if every else (-1.0, 1.0)
    low, high = min(low, -0.5), max(high, 0.5)
    return low - 0.04 * (high - low), high + 0.04 * (high - low)


def ridges_figure(sides: Sides, index: int, dark: bool) -> go.Figure:
    """The distribution after each layer shown, the one nearest to the input at the top; both share their axes."""
    look, side, across = theme.palette(dark), sides[index], _span(sides)
    layers = max(([s.layer for s in each.found.spectra] for each in sides), key=len)
    labels = [theme.label(text, look.alarm, x=sum(across) / 2, y=row) for row, text in _undrawn(side.found)]
    return theme.figure(
        dark, ROW * (max(len(layers), FEWEST_ROWS) + 1) + theme.MARGIN["b"],
        [_ridges(side.found.spectra, across, colour(index, dark))],
        {"title": "singular value / root mean square, log scale", "range": list(across), **theme.decade_ticks(*across)},
        {
            "title": "layer", "range": [max(len(layers), 1) + 0.3, 1 - PEAK - 0.2], "showgrid": False,
            "tickvals": np.arange(1, len(layers) + 1), "ticktext": [str(layer) for layer in layers],
        },
        annotations=labels,
    )  # fmt: skip


def _ridges(spectra: tuple[Spectrum, ...], across: tuple[float, float], ink: str) -> Json:
    """One filled trace for all ridges, separated by gaps."""
    edges = np.linspace(*across, BINS + 1)
    x, y = [np.empty(0)], [np.empty(0)]
    for row, spectrum in enumerate(spectra, start=1):
        if not len(spectrum.values):
            continue
        counts = np.histogram(relative(spectrum), edges)[0]
        seen = np.flatnonzero(counts)
        part = slice(int(seen[0]), int(seen[-1]) + 1)
        x += [np.repeat(edges[part.start : part.stop + 1], 2), [edges[part.start], np.nan]]
        heights = np.repeat(PEAK * counts[part] / counts.max(), 2)
        y += [row - np.concatenate([[0.0], heights, [0.0]]), [row, np.nan]]
    return {
        "type": "scatter", "mode": "lines", "fill": "toself", "hoverinfo": "skip",
        "x": np.concatenate(x).astype(np.float32), "y": np.concatenate(y).astype(np.float32),
        "line": {"color": ink, "width": 1.4}, "fillcolor": theme.translucent(ink, 0.33),
    }  # fmt: skip


def _undrawn(found: Isometry) -> list[tuple[int, str]]:
    """The row from which on nothing can be drawn, and why."""
    empty = [row for row, s in enumerate(found.spectra, start=1) if not len(s.values)]
    if empty:
        more = " from here on" if len(empty) > 1 else ""
        size = found.spectra[empty[0] - 1].size
        return [(empty[0], f"{f'all {size} are' if size > 1 else 'the only one is'} 0{more}")]
    return [] if found.overflow is None else [(len(found.spectra) + 1, f"layer {found.overflow} overflows in float64")]


def extremes_figure(sides: Sides, dark: bool) -> go.Figure:
    """Largest, median and smallest singular value against layer; theory's root mean square as a grey dash."""
    look = theme.palette(dark)
    traces: list[Json] = []
    for index, side in enumerate(sides):
        ink, spectra = colour(index, dark), [s for s in side.found.spectra if len(s.values)]
        layers = np.array([s.layer for s in spectra])
        low, high = np.array([s.extremes for s in spectra]).reshape(-1, 2).T
        around = {"x": np.append(layers, layers[::-1]), "y": np.append(high, low[::-1])}
        edges = {"x": [*layers, np.nan, *layers], "y": [*high, np.nan, *low]}
        base: Json = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
        shade = {"line": {"width": 0}, "fill": "toself", "fillcolor": theme.translucent(ink, 0.16)}
        traces += [base | around | shade, base | edges | {"line": {"width": 1, "color": ink}}]
        traces.append(_line(layers, np.array([s.median for s in spectra]), index, dark, "median 10^%{y:.2f}"))
    law = next((side for side in sides if side.law is not None and side.found.spectra), None)
    if law is not None and law.law is not None:
        traces.append(_theory(law.found, law.law.mean_square / 2, look.theory))
    low, high = _limits(traces)
    yaxis = {"title": "singular value, log scale", "range": [low, high], **theme.decade_ticks(low, high, 5)}
    return _against_layer(sides, traces, yaxis, dark)


def variance_figure(sides: Sides, dark: bool) -> go.Figure:
    """Variance of the squared singular values, their mean made 1, against layer, with theory's line for each."""
    look = theme.palette(dark)
    traces: list[Json] = []
    for index, side in enumerate(sides):
        spectra = [s for s in side.found.spectra if len(s.values)]
        layers, variance = np.array([s.layer for s in spectra]), np.array([s.variance for s in spectra])
        if side.law is not None and side.found.spectra:
            traces.append(_theory(side.found, side.law.variance, look.theory))
        traces.append(_line(layers, variance, index, dark, "variance %{y:.3g}"))
    high = max(_limits(traces)[1], 1.0)
    return _against_layer(
        sides, traces, {"title": "variance of squares, mean made 1", "range": [-0.06 * high, 1.06 * high]}, dark
    )


def _against_layer(sides: Sides, traces: list[Json], yaxis: Json, dark: bool) -> go.Figure:
    look, found = theme.palette(dark), sides[0].found
    room = 0.03 * (found.reached - found.below) + 0.3
    xaxis = {
        "title": "layer", "tickvals": theme.layer_ticks(found.reached),
        "range": [found.below + 1 - room, found.reached + room],
    }  # fmt: skip
    labels = [] if any(len(t["x"]) for t in traces) else [theme.label(_why_empty(sides), look.alarm)]
    odd = min((side.found.overflow for side in sides if side.found.overflow is not None), default=None)
    if odd is not None and not labels:
        labels = [theme.label(f"overflow in layer {odd}", look.alarm, xref="paper", yref="paper", x=0.98, y=0.96)]
    return theme.figure(dark, HEIGHT, traces, xaxis, yaxis, annotations=labels, margin={**theme.MARGIN, "l": 62})


def _why_empty(sides: Sides) -> str:
    return "overflow before the first layer" if sides[0].found.overflow else "every singular value is 0"


def _line(layers: Array, values: Array, index: int, dark: bool, hover: str) -> Json:
    return {
        "type": "scatter", "mode": "lines+markers", "x": layers, "y": values,
        "line": {"color": colour(index, dark), "width": 2.5}, "marker": {"symbol": SYMBOLS[index], "size": 8},
        "hovertemplate": f"layer %{{x}}: {hover}<extra></extra>",
    }  # fmt: skip


def _theory(found: Isometry, values: Array, ink: str) -> Json:
    drawn = np.isfinite(values)
    return {
        "type": "scatter", "mode": "lines", "x": (np.arange(len(values)) + found.below + 1)[drawn], "y": values[drawn],
        "line": {"color": ink, "dash": "dash", "width": 2}, "hovertemplate": "theory %{y:.3g}<extra></extra>",
    }  # fmt: skip


def _limits(traces: list[Json]) -> tuple[float, float]:
    return limits(np.concatenate([np.asarray(trace["y"], float) for trace in traces] or [np.empty(0)]))


def legend(sides: Sides, dark: bool) -> str:
    """Symbol and name of each, in its colour, for a line of text."""
    marks = ("●", "■")
    return " &ensp; ".join(
        f'<span style="color:{colour(i, dark)}">{marks[i]} {side.name}</span>' for i, side in enumerate(sides)
    )
