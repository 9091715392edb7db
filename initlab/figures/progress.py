"""One number of several networks while they train: loss, accuracy, how far the weights move."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

import numpy as np
import plotly.graph_objects as go

from initlab.arrays import Array
from initlab.figures import theme
from initlab.figures.depth import limits, log10, thinned
from initlab.figures.ends import LETTER, LINE, ROW, named, spread
from initlab.figures.theme import Json

HEIGHT: Final = 320
POINTS: Final = 160  # of a line; a screen shows no more
MARKERS: Final = 5  # on a line, so that it is known without its colour
SHAPE: Final = 60  # points along a band, finer than which the picture could not show
BEYOND: Final = 1.0  # decades by which a band may stretch a log axis set by the lines
EMPTY: Final = (0.0, 1.0)  # an axis before there is anything to show


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What one contestant has done so far: `values` at `times`; `retired` if it goes no further.

    `band` is the range of other draws, low and high `(2, T)`.
    """

    label: str
    times: Array
    values: Array
    retired: bool = False
    band: Array | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """The axis of the values, and a level to compare them with, if there is one."""

    title: str
    log: bool = False
    bounds: tuple[float, float] | None = None
    guide: float | None = None
    guide_name: str = ""


def progress_figure(courses: Sequence[Course], scale: Scale, end: float, unit: str, dark: bool) -> go.Figure:
    """A line each from 0 to `end`, its name where it is now, and behind it the band of its other draws.

    A cross is where a contestant retired, at the upper edge if that lies beyond it.
    """
    look, heights = theme.palette(dark), [_height(course.values, scale) for course in courses]
    level = None if scale.guide is None else float(np.log10(scale.guide)) if scale.log else scale.guide
    deciding = _deciding(courses, heights)
    near = [*deciding, *_near(courses, deciding, scale), *([np.array([level])] if level is not None else [])]
    low, high = _bounds(near, scale)
    heights = [np.minimum(y, high) for y in heights]
    traces = [
        _band(course, np.array([_height(edge, scale, high) for edge in course.band]), high, theme.OKABE_ITO[dark][k])
        for k, course in enumerate(courses)
        if course.band is not None
    ]
    traces += [
        _line(course, y, theme.OKABE_ITO[dark][k], tuple(theme.SYMBOLS)[k])
        for k, (course, y) in enumerate(zip(courses, heights, strict=True))
    ]
    texts = [wrap(course.label, LINE) for course in courses]
    pixel = (high - low) / (HEIGHT - theme.MARGIN["t"] - theme.MARGIN["b"])
    ends = [_last(y, low, high) for y in heights]
    places = spread(ends, [(ROW * len(text) + 4) * pixel for text in texts], low, high)
    names = [
        theme.label(named(k, text, dark), look.ink, xref="paper", x=1, y=y, align="left", xanchor="left", xshift=4)
        for k, (text, y) in enumerate(zip(texts, places, strict=True))
    ]
    shapes, said = _guide(level, scale, look)
    room = round(30 + LETTER * max(len(line) for text in texts for line in text))
    ticks = theme.decade_ticks(low, high, 5) if scale.log else {}
    return theme.figure(
        dark, HEIGHT, traces, {"title": unit, "range": [0, end]}, {"title": scale.title, "range": [low, high], **ticks},
        annotations=[*names, *said], shapes=shapes, margin={**theme.MARGIN, "l": 58, "r": room},
    )  # fmt: skip


def _height(values: Array, scale: Scale, infinite: float = np.nan) -> Array:
    """Where the values lie on the axis; what is not finite has no place, unless `infinite` is one."""
    y = log10(np.where(np.isfinite(values), values, np.nan)) if scale.log else values
    return np.where(np.isfinite(y), y, np.where(np.isposinf(values), infinite, np.nan))


def _deciding(courses: Sequence[Course], heights: Sequence[Array]) -> list[Array]:
    """Those that set the axis: who retired has grown beyond all bounds, and may not flatten the others."""
    going = [y for course, y in zip(courses, heights, strict=True) if not course.retired]
    return going or list(heights)


def _near(courses: Sequence[Course], deciding: Sequence[Array], scale: Scale) -> list[Array]:
    """The bands as far as they set the axis: one that explodes may not flatten the lines."""
    bands = [_height(course.band, scale).reshape(-1) for course in courses if course.band is not None]
    lines = np.concatenate(deciding) if deciding else np.zeros(0)
    if not bands or not scale.log or not np.isfinite(lines).any():
        return bands
    return [np.clip(band, np.nanmin(lines) - BEYOND, np.nanmax(lines) + BEYOND) for band in bands]


def _band(course: Course, edges: Array, high: float, colour: str) -> Json:
    """A closed shape, over the times at which it has both edges."""
    drawn = thinned(np.flatnonzero(np.isfinite(edges).all(axis=0)), SHAPE)
    low, top = np.minimum(edges[:, drawn], high)
    return {
        "type": "scatter", "mode": "lines", "line": {"width": 0}, "fill": "toself", "hoverinfo": "skip",
        "x": np.append(course.times[drawn], course.times[drawn[::-1]]), "y": np.append(top, low[::-1]),
        "fillcolor": theme.translucent(colour, 0.18),
    }  # fmt: skip


def _bounds(heights: Sequence[Array], scale: Scale) -> tuple[float, float]:
    if scale.bounds is not None:
        return scale.bounds
    together = np.concatenate(heights)
    return limits(together) if np.isfinite(together).any() else EMPTY


def _line(course: Course, y: Array, colour: str, symbol: str) -> Json:
    kept = thinned(np.arange(len(y)), POINTS)
    sizes = np.zeros(len(kept), np.uint8)
    if len(kept):
        sizes[np.linspace(0, len(kept) - 1, MARKERS).round().astype(int)] = 8
    symbols, drawn = [symbol] * len(kept), np.flatnonzero(np.isfinite(y[kept]))
    if course.retired and drawn.size:
        symbols[drawn[-1]], sizes[drawn[-1]] = "x", 11
    return {
        "type": "scatter", "mode": "lines+markers", "x": course.times[kept], "y": y[kept],
        "line": {"color": colour, "width": 2.2},
        "marker": {"symbol": symbols if course.retired else symbol, "size": sizes, "opacity": 1, "line": {"width": 0}},
        "customdata": course.values[kept], "hovertemplate": f"{course.label}: %{{customdata:.4g}}<extra></extra>",
    }  # fmt: skip


def _last(y: Array, low: float, high: float) -> float:
    """Where a line is now, within the picture; at its foot if it is nowhere."""
    finite = y[np.isfinite(y)]
    return min(max(float(finite[-1]), low), high) if finite.size else low


def _guide(level: float | None, scale: Scale, look: theme.Palette) -> tuple[list[Json], list[Json]]:
    if level is None:
        return [], []
    rule: Json = {
        "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": level, "y1": level,
        "line": {"color": look.theory, "dash": "dash", "width": 2},
    }  # fmt: skip
    place = {"xref": "paper", "x": 0.01, "y": level, "xanchor": "left", "yanchor": "bottom"}
    return [rule], [theme.label(scale.guide_name, look.muted, bgcolor=look.background, **place)]
