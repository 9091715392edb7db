"""Several starts beside each other: histograms as small multiples."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from textwrap import wrap
from typing import Final, TypeAlias

import numpy as np
import plotly.graph_objects as go

from initlab.arrays import Array, Integers
from initlab.figures import theme
from initlab.figures.histograms import Axis, Profile, axis_range, profile, resampled
from initlab.figures.layers import MAX_RIDGES, OVERLAP, TITLES, shown_layers, undrawn_runs, undrawn_state
from initlab.figures.sheet import (
    GAP,
    LINE,
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
from initlab.wording import layers_in_words, number

MOST_ROWS: Final = 100  # of layers in a panel: more would be thinner than two pixels
CELLS: Final = 35_000  # of a heat map, a byte each before base64
MOST_COLUMNS, RIDGE_COLUMNS = 65, 56
LAYER_TICKS, AXIS_TICKS = 6, 3
Span: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One start's histograms and where they are drawn."""

    stats: LayerStats
    profiles: list[Profile]
    place: Place
    range: Span
    numbered: bool  # whether its axis has numbers: on the same axis for all, those below it have them

    def across(self, values: Array) -> Array:
        """Values of its own axis as positions in the figure."""
        low, high = self.range
        return self.place.across((values - low) / (high - low))


def multiples_figure(
    stats: Sequence[LayerStats], headings: Sequence[Heading], direction: Direction, axis: Axis,
    *, same: bool, ridges: bool, dark: bool, ranges: Sequence[Span] | None = None, cells: int = CELLS,
) -> go.Figure:  # fmt: skip
    """Every start's histograms, input at the top; on the `same` axis for all, or on their own. `ranges` are the axes
    where the histograms alone do not decide."""
    look, colour = theme.palette(dark), theme.palette(dark).of(direction)
    layers = drawn_layers(len(stats[0].mean), ridges=ridges)
    profiles = [[profile(one, int(layer), axis) for layer in layers] for one in stats]
    ranges = ranges or _ranges(profiles, axis, same=same)
    panels = [
        Panel(one, mine, place, span, numbered=not same or place.lowest)
        for one, mine, place, span in zip(stats, profiles, places(headings), ranges, strict=True)
    ]
    data = [_ridges(panels, colour)] if ridges else _heat_map(panels, colour, cells)
    at = [panel.place for panel in panels]
    words = heads(headings, at, dark)
    words += [word for panel in panels for word in _words(panel, layers, axis, look)]
    words += row_titles("layer", at, dark)
    yaxis = _layer_ticks(panels, layers, ridges=ridges)
    return sheet_figure(at, [_grid(panels, axis, look), *data], TITLES[direction][axis], yaxis, words, dark)


def drawn_layers(depth: int, *, ridges: bool) -> Integers:
    """Indices of the layers that a panel has room for."""
    return shown_layers(depth, MAX_RIDGES if ridges else MOST_ROWS)


def _ranges(profiles: Sequence[list[Profile]], axis: Axis, *, same: bool) -> list[Span]:
    """What each panel's axis has to span, one panel a list; the `same` for all, or its own."""
    shared = axis_range([p for one in profiles for p in one], axis)
    return [shared if same else axis_range(mine, axis) for mine in profiles]


def _ridges(panels: Sequence[Panel], colour: str) -> Json:
    """One filled trace for all ridges of all panels, separated by gaps."""
    x: list[Array] = []
    y: list[Array] = []
    for panel in panels:
        heights = resampled(panel.profiles, *panel.range, columns=RIDGE_COLUMNS) / 255
        across = panel.place.across((np.arange(RIDGE_COLUMNS) + 0.5) / RIDGE_COLUMNS)
        base = _baselines(panel, len(panel.profiles))
        pitch = PANEL / (len(base) + OVERLAP - 1)
        for row, height in zip(base, heights, strict=True):
            seen = np.flatnonzero(height)
            if seen.size:
                part = slice(max(seen[0] - 1, 0), seen[-1] + 2)  # from the ground up, and down to it
                x += [across[part], across[part][[-1, 0]], np.array([np.nan])]
                y += [row - OVERLAP * pitch * height[part], np.array([row, row, np.nan])]
    return {
        "type": "scatter", "mode": "lines", "fill": "toself", "line": {"color": colour, "width": 1.2},
        "fillcolor": theme.translucent(colour, 0.33),
        "x": np.concatenate([np.empty(0), *x]).astype(np.float32),
        "y": np.concatenate([np.empty(0), *y]).astype(np.float32),
    }  # fmt: skip


def _heat_map(panels: Sequence[Panel], colour: str, cells: int) -> list[Json]:
    """The panels' cells, with transparent ones between them."""
    most = min(MOST_COLUMNS, cells // (len(panels[0].profiles) * len(panels)))
    columns = max(1, most // TILE) * TILE
    pictures = [resampled(panel.profiles, *panel.range, columns=columns) for panel in panels]
    scale = [[0, theme.translucent(colour, 0)], [0.5, theme.translucent(colour, 0.6)], [1, colour]]
    return [{**trace, "colorscale": scale} for trace in tiles([panel.place for panel in panels], pictures)]


def _baselines(panel: Panel, rows: int) -> Array:
    """Where the ridges stand: the peak of the first one reaches the panel's upper edge."""
    pitch = PANEL / (rows + OVERLAP - 1)
    return panel.place.top + pitch * (np.arange(rows) + OVERLAP)


def _grid(panels: Sequence[Panel], axis: Axis, look: theme.Palette) -> Json:
    """A floor and a few upright lines for every panel, as one trace."""
    x: list[float] = []
    y: list[float] = []
    for panel in panels:
        bottom = panel.place.top + PANEL
        x += [panel.place.left, panel.place.left + 1 - GAP, np.nan]
        y += [bottom, bottom, np.nan]
        for at, _ in _ticks(panel, axis):
            x += [at, at, np.nan]
            y += [panel.place.top, bottom, np.nan]
    line, at = {"color": look.grid, "width": 1}, (np.array(values, np.float32) for values in (x, y))
    return {"type": "scatter", "mode": "lines", **dict(zip("xy", at, strict=True)), "line": line}


def _ticks(panel: Panel, axis: Axis) -> list[tuple[float, str]]:
    """At most three positions in the figure and the numbers that belong there."""
    low, high = panel.range
    if axis == "Log magnitude":
        found = theme.decade_ticks(low, high, AXIS_TICKS)
        step = -(-len(found["ticktext"]) // AXIS_TICKS)
        values, text = np.asarray(found["tickvals"], float)[::step], found["ticktext"][::step]
        decades = np.arange(np.ceil(low), high)
        if 2 <= len(decades) <= 2 * AXIS_TICKS:  # powers of ten read better than every so many of 1, 2, 5
            values = decades[:: -(-len(decades) // AXIS_TICKS)]
            text = [number(10.0**v) for v in values]
    else:
        reach = max(abs(low), abs(high)) / 1.2
        scale = 10.0 ** floor(log10(reach))
        far = next(scale * leap for leap in (5, 2, 1) if scale * leap <= reach * (1 + 1e-9))
        values = np.array([v for v in (-far, 0.0, far) if low <= v <= high])
        text = [number(float(v)) for v in values]
    return list(zip(panel.across(values).tolist(), text, strict=True))


def _words(panel: Panel, layers: Integers, axis: Axis, look: theme.Palette) -> list[Json]:
    """The numbers of its axis, and what cannot be drawn."""
    words, place = [], panel.place
    for at, figures in _ticks(panel, axis) if panel.numbered else ():
        words.append(small(figures, look.muted, x=at, y=place.top + PANEL + 2, yanchor="top"))
    middle, depth = place.left + (1 - GAP) / 2, len(panel.stats.mean)
    states = [undrawn_state(panel.stats, layer).split(",")[0] for layer in range(depth)]  # no room for how much of it
    for run in undrawn_runs(states, layers):
        where = "" if len(run.layers) == depth else f"{layers_in_words(run.layers)}: "
        y = place.top + PANEL * (run.middle + 0.5) / len(layers)
        words.append(small("<br>".join(wrap(where + run.state, LINE)), look.alarm, x=middle, y=y))
    return words


def _layer_ticks(panels: Sequence[Panel], layers: Integers, *, ridges: bool) -> Json:
    """Layer numbers left of the first panel of every row."""
    rows = len(layers)
    named = [layer - 1 for layer in theme.layer_ticks(rows, LAYER_TICKS)]
    tops = [panel for panel in panels if panel.place.left == 0]
    at = [
        _baselines(panel, rows)[named] if ridges else panel.place.top + PANEL * (np.array(named) + 0.5) / rows
        for panel in tops
    ]
    return {"tickvals": np.concatenate(at), "ticktext": [str(layers[row] + 1) for row in named] * len(tops)}
