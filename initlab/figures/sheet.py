"""Panels beside each other: where each lies and what stands above it.

They lie on one pair of axes whose horizontal unit is the panel and whose vertical unit is the pixel, so that a figure
has few traces, whatever the number of panels. Three a row are what a phone can show.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from initlab.arrays import Array
from initlab.figures import theme
from initlab.figures.theme import Json

PANEL: Final = 170  # pixels a panel is high
ROW: Final = 16  # pixels a line of a heading is high
FOOT: Final = 22  # below it: the numbers of its axis
TILE: Final = 13  # parts of a panel's width to one of the gap between two
GAP: Final = 1 / (TILE + 1)  # of the distance from panel to panel
LINE: Final = 14  # characters of a heading that fit above a panel on a phone
PEAK: Final = 240  # 255 would be slashes in base64, each of which JSON writes with six characters
BOTTOM: Final = 30
TITLE_SHIFT: Final = -35  # pixels left of the axis, beyond its numbers
BARE: Final = {"showgrid": False, "showline": False}


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a panel."""

    label: str
    verdict: str = ""
    healthy: bool = True
    mark: int | None = None  # which symbol it has, where that is not its place

    @property
    def lines(self) -> int:
        return len(wrap(self.label, LINE) + wrap(self.verdict, LINE))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a panel is drawn: the column of its left edge, the pixel of its upper one, and whether it is the lowest."""

    left: int
    top: int
    columns: int  # panels in a row
    lowest: bool

    def across(self, share: Array) -> Array:
        """Shares of its width as positions in the figure, whose end rounding may not pass: nothing is drawn there."""
        return np.minimum(self.left + share * (1 - GAP), self.columns - GAP)


def columns_for(count: int) -> int:
    """Panels in a row: as even as can be, and no more than a phone can show."""
    return 2 if count in (2, 4) else min(count, 3)


def places(headings: Sequence[Heading], panel: int = PANEL) -> list[Place]:
    """Row by row from the upper left, below the longest heading; each `panel` pixels high."""
    count, columns = len(headings), columns_for(len(headings))
    head = ROW * max(heading.lines for heading in headings) + 8
    pitch = head + panel + FOOT
    return [
        Place(index % columns, head + (index // columns) * pitch, columns, index + columns >= count)
        for index in range(count)
    ]


def sheet_figure(
    places: Sequence[Place], traces: list[Json], title: str, yaxis: Json, words: list[Json], dark: bool,
    panel: int = PANEL,
) -> go.Figure:  # fmt: skip
    """Traces and words that were put in their places, on axes of this sheet."""
    height = places[-1].top + panel + FOOT
    return theme.figure(
        dark, height + BOTTOM + theme.MARGIN["t"], traces,
        {"title": title, "range": [0, places[0].columns - GAP], "showticklabels": False, **BARE},
        {"range": [height, 0], **BARE, **yaxis},
        annotations=words, hovermode=False, margin={**theme.MARGIN, "b": BOTTOM},
    )  # fmt: skip


def heads(headings: Sequence[Heading], places: Sequence[Place], dark: bool) -> list[Json]:
    """Above each panel its symbol, its label and its verdict."""
    look, words = theme.palette(dark), []
    for index, (heading, place) in enumerate(zip(headings, places, strict=True)):
        colour = look.muted if heading.healthy else look.alarm
        label, verdict = ("<br>".join(wrap(part, LINE)) for part in (heading.label, heading.verdict))
        below = f'<br><span style="color:{colour}">{verdict}</span>' if verdict else ""
        where = {"x": place.left, "y": place.top - 3, "xanchor": "left", "yanchor": "bottom", "align": "left"}
        mark = theme.mark(index if heading.mark is None else heading.mark, dark)
        words.append(small(f"{mark} {label}{below}", look.ink, **where))
    return words


def row_titles(text: str, places: Sequence[Place], dark: bool, panel: int = PANEL) -> list[Json]:
    """Beside the middle of every row of panels; an axis has one title only, which would stand between two rows."""
    look = theme.palette(dark)
    return [
        theme.label(text, look.ink, xref="paper", x=0, y=place.top + panel / 2, xshift=TITLE_SHIFT, textangle=-90)
        for place in places
        if place.left == 0
    ]


def tiles(places: Sequence[Place], pictures: Sequence[Array], panel: int = PANEL) -> list[Json]:
    """Pictures `(rows, cells)` of one size, 0 to 255, each in its place, as a heat map a row of panels.

    `cells` is a multiple of `TILE`, so that the gaps between panels are whole cells: where all cells are of one size
    Plotly paints them several times as fast.
    """
    rows, cells = pictures[0].shape
    gap = cells // TILE
    pitch = cells + gap
    strips = {
        place.top: np.zeros((rows, places[0].columns * pitch - gap), np.uint8) for place in places if place.left == 0
    }
    for place, picture in zip(places, pictures, strict=True):
        strips[place.top][:, place.left * pitch : place.left * pitch + cells] = picture * (PEAK / 255)
    return [
        {
            "type": "heatmap", "z": z, "zmin": 0, "zmax": PEAK, "showscale": False,
            "x0": 0.5 / pitch, "dx": 1 / pitch, "y0": top + panel * 0.5 / rows, "dy": panel / rows,
        }
        for top, z in strips.items()
    ]  # fmt: skip


def small(text: str, colour: str, **place: Any) -> Json:
    """A word in the type of a sheet."""
    return {**theme.label(text, colour, **place), "font": {"color": colour, "size": 12}}
