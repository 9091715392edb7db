"""A recorded race as pictures: histograms and RMS at every moment, all moments at once, decisions on the plane."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from initlab.arrays import Array, Integers
from initlab.figures import theme
from initlab.figures.curves import Curve, curves_figure
from initlab.figures.depth import finite_rms, limits, log10
from initlab.figures.film import film
from initlab.figures.histograms import Axis, Profile, axis_range, profile, resampled
from initlab.figures.layers import MAX_RIDGES, shown_layers
from initlab.figures.multiples import drawn_layers, multiples_figure
from initlab.figures.sheet import (
    PANEL,
    TILE,
    Heading,
    Place,
    heads,
    places,
    row_titles,
    sheet_figure,
    small,
    tiles,
)
from initlab.figures.theme import Direction, Json
from initlab.tally import LayerStats
from initlab.wording import number

FILM_BYTES: Final = 2**20  # of all moments' cells, a byte each; a third more as text
STRIP: Final = 24  # bins of a layer's strip, and pixels it is high
SQUARE: Final = 220  # pixels a decision is high
DOTS: Final = 40  # training rows drawn over a decision


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One quantity of every contestant at every moment, each named by its step."""

    moments: Sequence[Sequence[LayerStats]]
    steps: Sequence[int]
    labels: Sequence[str]
    going: Sequence[bool]  # whether a contestant is still in the race
    direction: Direction

    @property
    def deciding(self) -> list[LayerStats]:
        """Those that set an axis: who has left the race has grown beyond all bounds, and may not flatten the others.

        Unless there is nothing to see of the others.
        """
        everybody = [(one, goes) for found in self.moments for one, goes in zip(found, self.going, strict=True)]
        still = [one for one, goes in everybody if goes and (one.maximum > one.minimum).any()]
        return still or [one for one, _ in everybody]

    @property
    def headings(self) -> list[Heading]:
        return [Heading(label) for label in self.labels]


def histogram_film(scene: Scene, axis: Axis, dark: bool) -> go.Figure:
    """Every contestant's histograms, on one axis for all and for the whole race."""
    layers = drawn_layers(len(scene.moments[0][0].mean), ridges=False)
    span = axis_range([profile(one, int(layer), axis) for one in scene.deciding for layer in layers], axis)
    pictures = [
        multiples_figure(
            found, scene.headings, scene.direction, axis, same=True, ridges=False, dark=dark,
            ranges=[span] * len(found), cells=FILM_BYTES // len(scene.moments),
        )
        for found in scene.moments
    ]  # fmt: skip
    return film(pictures, scene.steps, dark)


def rms_film(scene: Scene, dark: bool) -> go.Figure:
    """Every contestant's RMS against layer, on one axis for the whole race."""
    span = limits(np.concatenate([log10(finite_rms(one)) for one in scene.deciding]))
    pictures = []
    for found in scene.moments:
        curves = [Curve(label, _within(one, span)) for label, one in zip(scene.labels, found, strict=True)]
        pictures.append(curves_figure(curves, scene.direction, dark, span))
    return film(pictures, scene.steps, dark)


def _within(stats: LayerStats, span: tuple[float, float]) -> Array:
    """RMS a layer, at the edge of the picture where it lies beyond."""
    rms = finite_rms(stats)
    return np.where(rms > 0, np.clip(rms, 10 ** span[0], 10 ** span[1]), rms)


def strips_figure(scene: Scene, axis: Axis, dark: bool) -> go.Figure:
    """The whole race at once: a strip a layer, a column a moment, bright where values are frequent; each contestant on
    an axis of its own, whose ends stand above it."""
    layers, look = shown_layers(len(scene.moments[0][0].mean), MAX_RIDGES), theme.palette(dark)
    courses = [
        [[profile(one, int(layer), axis) for layer in layers] for one in course]
        for course in zip(*scene.moments, strict=True)
    ]
    spans = [axis_range([p for found in course for p in found], axis) for course in courses]
    ends = [_ends(course, span, axis) for course, span in zip(courses, spans, strict=True)]
    headings = [Heading(label, text) for label, text in zip(scene.labels, ends, strict=True)]
    panel = max(PANEL, STRIP * len(layers))
    at = places(headings, panel)
    pictures = [_strips(course, *span) for course, span in zip(courses, spans, strict=True)]
    middles = (np.arange(len(layers)) + 0.5) / len(layers) * panel
    rows = [place.top for place in at if place.left == 0]
    yaxis = {
        "tickvals": np.concatenate([top + middles for top in rows]),
        "ticktext": [str(layer + 1) for layer in layers] * len(rows),
    }  # fmt: skip
    last = len(scene.steps) - 1
    along = {0.0: str(scene.steps[0]), 0.5: str(scene.steps[last // 2]), 1.0: str(scene.steps[last])}
    words = [*heads(headings, at, dark), *row_titles("layer", at, dark, panel), *_foot(at, along, panel, look)]
    data = [{**trace, "colorscale": _bright()} for trace in tiles(at, pictures, panel)]
    return sheet_figure(at, data, "step, in recorded moments", yaxis, words, dark, panel)


def _ends(course: Sequence[Sequence[Profile]], span: tuple[float, float], axis: Axis) -> str:
    """What a strip spans, unless nothing can be drawn in it: all is 0, or not finite."""
    if not any(p.visible.stop for found in course for p in found):
        return "nothing to draw"
    low, high = (10.0**end if axis == "Log magnitude" else end for end in span)
    return f"{number(low)} to {number(high)}"


def _foot(at: Sequence[Place], texts: Mapping[float, str], panel: int, look: theme.Palette) -> list[Json]:
    """What stands below the lowest panels, by the share of their width at which it does; the ends stay within."""
    anchors = {0.0: "left", 1.0: "right"}
    return [
        small(
            text, look.muted, x=place.across(np.array(share)).item(), y=place.top + panel + 2, yanchor="top",
            xanchor=anchors.get(share, "center"),
        )
        for place in at
        if place.lowest
        for share, text in texts.items()
    ]  # fmt: skip


def _strips(course: Sequence[list[Profile]], low: float, high: float) -> Array:
    """`(layers * bins, cells)`: large values above small ones, a gap below each strip, moments side by side."""
    heights = np.stack([resampled(profiles, low, high, STRIP) for profiles in course], axis=-1)  # layers, bins, moments
    heights = np.sqrt(heights[:, ::-1] / 255) * 255  # tails are seen
    heights[:, -1] = 0
    cells = -(-len(course) // TILE) * TILE
    return heights.reshape(-1, len(course))[:, np.arange(cells) * len(course) // cells]


def _bright() -> list[list[Any]]:
    """Viridis, and nothing where there is nothing."""
    colours = ("#440154", "#3B528B", "#21918C", "#5EC962", "#FDE725")
    return [[0, "rgba(0,0,0,0)"], *([max(k / 4, 0.004), colour] for k, colour in enumerate(colours))]


def decision_film(
    moments: Sequence[Sequence[Integers]], steps: Sequence[int], labels: Sequence[str], points: Array,
    classes: Integers, corners: Array, dark: bool,
) -> go.Figure:  # fmt: skip
    """What each contestant takes the plane for, at every moment; `points` are training rows `(B, 2)`, `corners` the
    lowest and the highest point of the plane `(2, 2)`."""
    at = places(headings := [Heading(label) for label in labels], SQUARE)
    look, dots = theme.palette(dark), _dots(at, points[:DOTS], classes[:DOTS], corners, dark)
    ends = dict(zip((0.0, 1.0), map(number, corners[:, 0]), strict=True))
    words = [*heads(headings, at, dark), *row_titles("feature 2", at, dark, SQUARE), *_foot(at, ends, SQUARE, look)]
    rows = [place.top for place in at if place.left == 0]
    yaxis = {
        "tickvals": np.concatenate([[top, top + SQUARE] for top in rows]),
        "ticktext": [number(value) for value in corners[::-1, 1]] * len(rows),
    }  # fmt: skip
    pictures = []
    for found in moments:
        shown = [1 + picture[::-1] * (254 / 255) for picture in found]
        data = [{**trace, "colorscale": _undecided(look)} for trace in tiles(at, shown, SQUARE)]
        pictures.append(sheet_figure(at, [*data, *dots], "feature 1", yaxis, words, dark, SQUARE))
    return film(pictures, steps, dark)


def _undecided(look: theme.Palette) -> list[list[Any]]:
    """One class, undecided, the other; nothing between panels."""
    colours = (look.forward, look.background, look.backward)
    return [[0, "rgba(0,0,0,0)"], *([max(k / 2, 0.004), colour] for k, colour in enumerate(colours))]


def _dots(at: Sequence[Place], points: Array, classes: Integers, corners: Array, dark: bool) -> list[Json]:
    """Training rows of either class, in all panels at once."""
    look, share = theme.palette(dark), (points - corners[0]) / (corners[1] - corners[0])
    marks = ((look.forward, theme.MARKERS["forward"]), (look.backward, theme.MARKERS["backward"]))
    return [
        {
            "type": "scatter", "mode": "markers",
            "x": np.concatenate([place.across(share[classes == k, 0]) for place in at]),
            "y": np.concatenate([place.top + SQUARE * (1 - share[classes == k, 1]) for place in at]),
            "marker": {"color": colour, "symbol": symbol, "size": 5, "line": {"color": look.ink, "width": 0.7}},
        }
        for k, (colour, symbol) in enumerate(marks)
    ]  # fmt: skip
