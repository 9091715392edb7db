"""Several starts beside each other: histograms as small multiples, RMS against depth as one line each.

A figure is one trace of small multiples, whatever the number of starts: the panels lie side by side on one pair of axes
whose vertical unit is the pixel. Three panels a row are what a phone can show.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import floor, log10
from textwrap import wrap
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from initlab.arrays import Array, Integers
from initlab.figures import theme
from initlab.figures.histograms import Axis, Profile, axis_range, profile, resampled
from initlab.figures.layers import MAX_RIDGES, OVERLAP, TITLES, shown_layers, undrawn_state
from initlab.figures.theme import Direction, Json
from initlab.tally import LayerStats
from initlab.wording import layers_in_words, number

PANEL: Final = 170  # pixels from the first layer to the last
ROW: Final = 16  # pixels a line of a heading is high
FOOT: Final = 22  # below it: the numbers of its axis
GAP: Final = 0.07  # between panels, of the width of one
LINE: Final = 14  # characters of a heading that fit above a panel on a phone
MOST_ROWS: Final = 100  # of layers in a panel: more would be thinner than two pixels
CELLS: Final = 35_000  # of a heat map, a byte each before base64
MOST_COLUMNS, RIDGE_COLUMNS = 64, 56
LAYER_TICKS, AXIS_TICKS = 6, 3
PEAK: Final = 240  # 255 would be slashes in base64, each of which JSON writes with six characters
BOTTOM: Final = 30
TITLE_SHIFT: Final = -35  # pixels left of the axis, beyond the numbers of the layers
BARE: Final = {"showgrid": False, "showline": False}


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a panel."""

    label: str
    verdict: str
    healthy: bool


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One start's histograms and where they are drawn: the column of its left edge, the pixel of its upper one."""

    stats: LayerStats
    heading: Heading
    profiles: list[Profile]
    left: int
    top: int
    columns: int  # panels in a row
    pitch: int  # pixels from one row of panels to the next
    range: tuple[float, float]
    numbered: bool  # whether its axis has numbers: on the same axis for all, those below it have them

    def across(self, values: Array) -> Array:
        """Values of its own axis as positions in the figure."""
        low, high = self.range
        return self.left + (values - low) / (high - low) * (1 - GAP)


def multiples_figure(
    stats: Sequence[LayerStats], headings: Sequence[Heading], direction: Direction, axis: Axis,
    *, same: bool, ridges: bool, dark: bool,
) -> go.Figure:  # fmt: skip
    """Every start's histograms, input at the top; on the `same` axis for all, or on their own."""
    look, colour = theme.palette(dark), theme.palette(dark).of(direction)
    depth = len(stats[0].mean)
    layers = shown_layers(depth, MAX_RIDGES if ridges else MOST_ROWS)
    panels = _panels(stats, headings, layers, axis, same=same)
    columns, height = panels[-1].columns, panels[-1].top + PANEL + FOOT
    data = _ridges(panels, colour) if ridges else _heat_map(panels, colour)
    words = [word for index, panel in enumerate(panels) for word in _words(panel, index, layers, axis, dark)]
    words += [_layer_title(panel, look) for panel in panels if panel.left == 0]
    return theme.figure(
        dark, height + BOTTOM + theme.MARGIN["t"], [_grid(panels, axis, look), data],
        {"title": TITLES[direction][axis], "range": [0, columns - GAP], "showticklabels": False, **BARE},
        {"range": [height, 0], **BARE, **_layer_ticks(panels, layers, ridges=ridges)},
        annotations=words, hovermode=False, margin={**theme.MARGIN, "b": BOTTOM},
    )  # fmt: skip


def columns_for(count: int) -> int:
    """Panels in a row: as even as can be, and no more than a phone can show."""
    return 2 if count in (2, 4) else 3


def _panels(
    stats: Sequence[LayerStats], headings: Sequence[Heading], layers: Integers, axis: Axis, *, same: bool
) -> list[Panel]:
    profiles = [[profile(one, int(layer), axis) for layer in layers] for one in stats]
    shared = axis_range([p for one in profiles for p in one], axis)
    columns = columns_for(len(stats))
    head = ROW * max(len(wrap(h.label, LINE) + wrap(h.verdict, LINE)) for h in headings) + 8
    pitch = head + PANEL + FOOT
    return [
        Panel(
            one, heading, mine, index % columns, head + (index // columns) * pitch, columns, pitch,
            shared if same else axis_range(mine, axis), numbered=not same or index + columns >= len(stats),
        )
        for index, (one, heading, mine) in enumerate(zip(stats, headings, profiles, strict=True))
    ]  # fmt: skip


def _ridges(panels: Sequence[Panel], colour: str) -> Json:
    """One filled trace for all ridges of all panels, separated by gaps."""
    x: list[Array] = []
    y: list[Array] = []
    for panel in panels:
        heights = resampled(panel.profiles, *panel.range, columns=RIDGE_COLUMNS) / 255
        across = panel.left + (np.arange(RIDGE_COLUMNS) + 0.5) / RIDGE_COLUMNS * (1 - GAP)
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


def _heat_map(panels: Sequence[Panel], colour: str) -> Json:
    """One trace: the panels' cells, with transparent ones between them."""
    rows, across = len(panels[0].profiles), panels[0].columns
    cells = max(8, min(MOST_COLUMNS, CELLS // (rows * len(panels))))
    tops = sorted({panel.top for panel in panels})
    z = np.zeros((len(tops) * (rows + 1) - 1, across * (cells + 1) - 1), np.uint8)
    for index, panel in enumerate(panels):
        top, left = (index // across) * (rows + 1), panel.left * (cells + 1)
        z[top : top + rows, left : left + cells] = resampled(panel.profiles, *panel.range, columns=cells) * (PEAK / 255)
    x = [column + np.linspace(0, 1 - GAP, cells + 1) for column in range(across)]
    y = [top + np.linspace(0, PANEL, rows + 1) for top in tops]
    return {
        "type": "heatmap", "z": z, "zmin": 0, "zmax": PEAK, "x": np.concatenate(x), "y": np.concatenate(y),
        "showscale": False,
        "colorscale": [[0, theme.translucent(colour, 0)], [0.5, theme.translucent(colour, 0.6)], [1, colour]],
    }  # fmt: skip


def _baselines(panel: Panel, rows: int) -> Array:
    """Where the ridges stand: the peak of the first one reaches the panel's upper edge."""
    pitch = PANEL / (rows + OVERLAP - 1)
    return panel.top + pitch * (np.arange(rows) + OVERLAP)


def _grid(panels: Sequence[Panel], axis: Axis, look: theme.Palette) -> Json:
    """A floor and a few upright lines for every panel, as one trace."""
    x: list[float] = []
    y: list[float] = []
    for panel in panels:
        bottom = panel.top + PANEL
        x += [panel.left, panel.left + 1 - GAP, np.nan]
        y += [bottom, bottom, np.nan]
        for at, _ in _ticks(panel, axis):
            x += [at, at, np.nan]
            y += [panel.top, bottom, np.nan]
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


def _words(panel: Panel, index: int, layers: Integers, axis: Axis, dark: bool) -> list[Json]:
    """Its heading, the numbers of its axis, and what cannot be drawn."""
    look = theme.palette(dark)
    colour = look.muted if panel.heading.healthy else look.alarm
    label, verdict = ("<br>".join(wrap(part, LINE)) for part in (panel.heading.label, panel.heading.verdict))
    text = f'{theme.mark(index, dark)} {label}<br><span style="color:{colour}">{verdict}</span>'
    place = {"x": panel.left, "y": panel.top - 3, "xanchor": "left", "yanchor": "bottom", "align": "left"}
    words = [_small(text, look.ink, **place)]
    for at, figures in _ticks(panel, axis) if panel.numbered else ():
        words.append(_small(figures, look.muted, x=at, y=panel.top + PANEL + 2, yanchor="top"))
    middle = panel.left + (1 - GAP) / 2
    states = [undrawn_state(panel.stats, int(layer)).split(",")[0] for layer in layers]  # no room for how much of it
    for state, run in groupby(enumerate(states), lambda pair: pair[1]):
        rows = [row for row, _ in run]
        if state:
            where = "" if len(rows) == len(layers) else f"{layers_in_words(layers[rows] + 1)}: "
            y = panel.top + PANEL * (1 + rows[0] + rows[-1]) / 2 / len(layers)
            words.append(_small("<br>".join(wrap(where + state, LINE)), look.alarm, x=middle, y=y))
    return words


def _layer_title(panel: Panel, look: theme.Palette) -> Json:
    """Beside the middle of every row of panels; an axis has one title only, which would stand between two rows."""
    place = {"xref": "paper", "x": 0, "y": panel.top + PANEL / 2}
    return theme.label("layer", look.ink, **place, xshift=TITLE_SHIFT, textangle=-90)


def _small(text: str, colour: str, **place: Any) -> Json:
    return {**theme.label(text, colour, **place), "font": {"color": colour, "size": 12}}


def _layer_ticks(panels: Sequence[Panel], layers: Integers, *, ridges: bool) -> Json:
    """Layer numbers left of the first panel of every row."""
    rows = len(layers)
    named = [layer - 1 for layer in theme.layer_ticks(rows, LAYER_TICKS)]
    tops = [panel for panel in panels if panel.left == 0]
    at = [
        _baselines(panel, rows)[named] if ridges else panel.top + PANEL * (np.array(named) + 0.5) / rows
        for panel in tops
    ]
    return {"tickvals": np.concatenate(at), "ticktext": [str(layers[row] + 1) for row in named] * len(tops)}
