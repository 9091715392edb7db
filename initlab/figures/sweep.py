"""The map of depth and gain: how much is left at the end of the journey, as colour, and the theory's edge on top."""

from typing import Any, Final, NamedTuple

import numpy as np
import plotly.graph_objects as go

from initlab.arrays import Array, Flags
from initlab.edge import Theory
from initlab.figures import theme
from initlab.figures.theme import Json, Palette
from initlab.grid import Grid
from initlab.sweep import Quantity, Sweep
from initlab.wording import power

HEIGHT: Final = 520
CLIP: Final = 4  # decades beyond which the colour stays
STEPS: Final = 25  # shades a decade
WORD: Final = 12  # cells that a word needs under it
LEGEND: Final = (  # place, its side, words
    (0.0, "left", f"vanishes: ÷ {power(CLIP)}"), (0.5, "center", "keeps its size"),
    (1.0, "right", f"explodes: × {power(CLIP)}"),
)  # fmt: skip


class Mark(NamedTuple):
    """A place on the map."""

    depth: float
    gain: float


def sweep_figure(sweep: Sweep, quantity: Quantity, theory: Theory, here: Mark, picked: Mark, dark: bool) -> go.Figure:
    """Depth upwards, gain to the right; `here` is the sidebar's network, `picked` the cell that is spelled out."""
    look, grid, change = theme.palette(dark), sweep.grid, sweep.change(quantity)
    across, up = _range(np.log10(grid.gains)), _range(np.array(grid.depths, float))
    odd, words = _odd(grid, change, look)
    traces = [
        _colours(grid, change, dark), *odd, *_edge(theory, up, look), _cells(grid, change, quantity),
        _mark(picked, look, "square-open", 21), _mark(_inside(here, across, up), look, "star", 14),
    ]  # fmt: skip
    xaxis: Json = {
        "title": "gain, log scale",
        "range": across,
        "showgrid": False,
        **theme.decade_ticks(across[0], across[1], most=2),
    }
    yaxis: Json = {"title": "depth, hidden layers", "range": up, "showgrid": False}
    names = [*_legend(look), *words, *_names(theory, across, up, here, look)]
    return theme.figure(
        dark,
        HEIGHT,
        traces,
        xaxis,
        yaxis,
        annotations=names,
        margin={**theme.MARGIN, "t": 62},
        clickmode="event+select",
    )


def _range(values: Array) -> list[float]:
    """Half a cell beyond the first and the last one."""
    low, high = float(values[0]), float(values[-1])
    room = (high - low) / (2 * max(len(values) - 1, 1)) or 0.5
    return [low - room, high + room]


def _colours(grid: Grid, change: Array, dark: bool) -> Json:
    """Change in shades on either side of none; what is exactly 0 or no number is left to `_odd`."""
    shades = np.clip(np.nan_to_num(change, nan=0.0, neginf=-CLIP, posinf=CLIP), -CLIP, CLIP)
    z = np.round(shades * STEPS).astype(np.int8)
    colours = theme.DIVERGING[dark]
    return {
        "type": "heatmap", "x": np.log10(grid.gains).astype(np.float32), "y": np.array(grid.depths, np.uint8), "z": z,
        "zmin": -CLIP * STEPS, "zmax": CLIP * STEPS, "hoverinfo": "skip",
        "colorscale": [[index / (len(colours) - 1), colour] for index, colour in enumerate(colours)],
        "colorbar": {
            "orientation": "h", "x": 0.5, "y": 1.0, "yanchor": "bottom", "len": 1.0, "thickness": 10, "outlinewidth": 0,
            "showticklabels": False, "ticks": "", "xpad": 0, "ypad": 6,
        },
    }  # fmt: skip


def _legend(look: Palette) -> list[Json]:
    """What the colours mean, above their bar."""
    above = {"xref": "paper", "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 22}
    return [theme.label(words, look.ink, x=x, xanchor=side, **above) for x, side, words in LEGEND]


def _odd(grid: Grid, change: Array, look: Palette) -> tuple[list[Json], list[Json]]:
    """Cells without a ratio in colours of their own, and the word for them in their midst."""
    zero, over = np.isneginf(change), np.isnan(change)
    words = [
        theme.label(word, look.background, **_midst(grid, cells))
        for word, cells in (("exactly 0", zero), ("overflow", over)) if cells.sum() >= WORD
    ]  # fmt: skip
    if not (zero | over).any():
        return [], words
    trace = {
        "type": "heatmap", "x": np.log10(grid.gains).astype(np.float32), "y": np.array(grid.depths, np.uint8),
        "z": np.where(zero, 0, np.where(over, 1, np.nan)).astype(np.float32), "zmin": 0, "zmax": 1,
        "colorscale": [[0, look.theory], [1, look.alarm]], "showscale": False, "hoverinfo": "skip",
    }  # fmt: skip
    return [trace], words


def _midst(grid: Grid, cells: Flags) -> Json:
    """The middle of the longest run of such cells in the middle row of all that have any."""
    rows = np.flatnonzero(cells.any(axis=1))
    row = int(rows[len(rows) // 2])
    columns = np.flatnonzero(cells[row])
    runs = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
    longest = max(runs, key=len)
    return {"x": float(np.log10(grid.gains)[longest].mean()), "y": float(grid.depths[row])}


def _edge(theory: Theory, up: list[float], look: Palette) -> list[Json]:
    """chi_1 = 1 upright and 6 xi on both sides, as one dashed line on a halo of the background."""
    x, y = [np.empty(0)], [np.empty(0)]
    if np.isfinite(theory.critical_gain):
        x.append(np.log10([theory.critical_gain, theory.critical_gain, np.nan]))
        y.append(np.array([*up, np.nan]))
    seen = np.where(theory.reach <= up[1], theory.reach, np.nan)
    x.append(np.log10(theory.gains))
    y.append(seen)
    line: Json = {
        "type": "scatter", "mode": "lines", "x": np.concatenate(x).astype(np.float32),
        "y": np.concatenate(y).astype(np.float32), "hoverinfo": "skip", "connectgaps": False,
    }  # fmt: skip
    halo = {"color": theme.translucent(look.background, 0.7), "width": 5}
    return [{**line, "line": halo}, {**line, "line": {"color": look.theory, "width": 2.5, "dash": "dash"}}]


def _cells(grid: Grid, change: Array, quantity: Quantity) -> Json:
    """Invisible points: what the pointer reads and a click picks."""
    gains, depths = np.meshgrid(grid.gains, grid.depths)
    unseen: dict[str, Any] = {"marker": {"opacity": 0}}
    said = f"{quantity.lower()} × 10^%{{customdata[1]:.1f}}"
    return {
        "type": "scatter", "mode": "markers", "x": np.log10(gains.ravel()).astype(np.float32),
        "y": depths.ravel().astype(np.uint8),
        "customdata": np.stack([gains.ravel(), change.ravel()], axis=1).astype(np.float32),
        "marker": {"opacity": 0, "size": 14, "symbol": "square"}, "selected": unseen, "unselected": unseen,
        "hovertemplate": f"depth %{{y}}, gain %{{customdata[0]:.3g}}<br>{said}<extra></extra>",
    }  # fmt: skip


def _mark(mark: Mark, look: Palette, symbol: str, size: int) -> Json:
    outline = {"color": look.ink if symbol.endswith("open") else look.background, "width": 2}
    return {
        "type": "scatter", "mode": "markers", "x": [float(np.log10(mark.gain))], "y": [mark.depth],
        "marker": {"symbol": symbol, "size": size, "color": look.ink, "line": outline}, "hoverinfo": "skip",
        "cliponaxis": False,
    }  # fmt: skip


def _inside(mark: Mark, across: list[float], up: list[float]) -> Mark:
    """On the rim where the network itself lies outside."""
    return Mark(_between(mark.depth, up), 10 ** _between(float(np.log10(mark.gain)), across))


def _between(value: float, ends: list[float]) -> float:
    return min(max(value, ends[0]), ends[1])


def _names(theory: Theory, across: list[float], up: list[float], here: Mark, look: Palette) -> list[Json]:
    """What the lines and the star are."""
    at = _inside(here, across, up)
    word = "you are here" if at.depth == here.depth and np.isclose(at.gain, here.gain) else "you are further out"
    names = [_beside(word, float(np.log10(at.gain)), at.depth, across, look, 12)]
    critical = float(np.log10(theory.critical_gain))
    if across[0] < critical < across[1]:
        names.append(_beside("χ₁ = 1", critical, up[0], across, look, 5) | {"yanchor": "bottom"})
    seen = np.flatnonzero((theory.reach <= up[1]) & (theory.reach > 0.6 * up[1]))
    if seen.size:
        at_line = float(np.log10(theory.gains[seen[0]])), float(theory.reach[seen[0]])
        names.append(_beside("6 ξ", *at_line, across, look, 5) | {"xanchor": "right", "xshift": -5})
    return names


def _beside(text: str, x: float, y: float, across: list[float], look: Palette, away: int) -> Json:
    """A word on a veil, on the side of the point that has more room."""
    left = x > sum(across) / 2
    place = {"xanchor": "right" if left else "left", "xshift": -away if left else away}
    return theme.label(text, look.ink, x=x, y=y, bgcolor=theme.translucent(look.background, 0.75), borderpad=2, **place)
