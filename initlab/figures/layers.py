"""Histograms layer by layer: ridges for a few layers, a heat map for many."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final, NamedTuple

import numpy as np
import plotly.graph_objects as go

from initlab.arrays import Array, Integers
from initlab.figures import theme
from initlab.figures.histograms import COLUMNS, Axis, Profile, axis_range, profile, resampled
from initlab.figures.theme import Direction, Json
from initlab.tally import LayerStats
from initlab.wording import layers_in_words

MAX_RIDGES: Final = 12
OVERLAP: Final = 1.6  # rows a peak is high
HEIGHT: Final = theme.ROW * (MAX_RIDGES + 2) + theme.MARGIN["b"]
TITLES: Final[dict[Direction, dict[Axis, str]]] = {
    "forward": {
        "Log magnitude": "|activation|, log scale",
        "Shared": "activation",
        "Own": "activation / largest of its layer",
    },
    "backward": {
        "Log magnitude": "|∂loss/∂z|, log scale",
        "Shared": "∂loss/∂z",
        "Own": "∂loss/∂z / largest of its layer",
    },
}


def layers_figure(stats: LayerStats, direction: Direction, axis: Axis, ridges: bool, dark: bool) -> go.Figure:
    """Every layer's histogram, input at the top; as ridges at most twelve layers, first and last among them."""
    depth, look = len(stats.mean), theme.palette(dark)
    layers = shown_layers(depth) if ridges else np.arange(depth)
    profiles = [profile(stats, int(layer), axis) for layer in layers]
    low, high = axis_range(profiles, axis)
    xaxis: Json = {"title": TITLES[direction][axis], "range": [low, high]}
    if axis == "Log magnitude":
        xaxis |= theme.decade_ticks(low, high)
    if ridges:
        trace = _ridges(profiles, look.of(direction))
        rows: Json = {"tickvals": np.arange(1, len(layers) + 1), "ticktext": [str(layer + 1) for layer in layers]}
        span = [len(layers) + 0.4, 1 - OVERLAP - 0.15]
    else:
        trace = _heat_map(profiles, low, high, look.background, look.of(direction))
        rows, span = {"tickvals": theme.layer_ticks(depth)}, [depth + 0.5, 0.5]
    return theme.figure(
        dark, HEIGHT, [trace], xaxis, {"title": "layer", "range": span, "showgrid": False, **rows},
        annotations=_undrawn(stats, layers, (low + high) / 2, look.alarm),
    )  # fmt: skip


def shown_layers(depth: int, most: int = MAX_RIDGES) -> Integers:
    """Indices of at most so many layers, evenly spread."""
    return np.unique(np.linspace(0, depth - 1, min(depth, most)).round().astype(int))


def _ridges(profiles: list[Profile], colour: str) -> Json:
    """One filled trace for all ridges, separated by gaps."""
    x: list[Array] = [np.empty(0)]
    y: list[Array] = [np.empty(0)]
    for row, p in enumerate(profiles, start=1):
        part = p.visible
        if part.stop:
            centres = (p.edges[1:] / 2 + p.edges[:-1] / 2)[part]
            x += [p.edges[[part.start]], centres, p.edges[[part.stop]], p.edges[[part.start]], np.array([np.nan])]
            y += [np.array([row]), row - OVERLAP * p.heights[part], np.array([row, row, np.nan])]
    across = np.concatenate(x)
    fits = np.nanmax(np.abs(across), initial=0) < np.finfo(np.float32).max  # what float64 reaches need not
    return {
        "type": "scatter", "mode": "lines", "fill": "toself", "hoverinfo": "skip",
        "x": across.astype(np.float32) if fits else across, "y": np.concatenate(y).astype(np.float32),
        "line": {"color": colour, "width": 1.4}, "fillcolor": theme.translucent(colour, 0.33),
    }  # fmt: skip


def _heat_map(profiles: list[Profile], low: float, high: float, background: str, colour: str) -> Json:
    step = (high - low) / COLUMNS
    return {
        "type": "heatmap", "z": resampled(profiles, low, high).astype(np.uint8), "zmin": 0, "zmax": 255,
        "x0": low + step / 2, "dx": step, "y0": 1, "dy": 1, "showscale": False, "hoverinfo": "skip",
        "colorscale": [[0, background], [0.5, theme.translucent(colour, 0.6)], [1, colour]],
    }  # fmt: skip


def _undrawn(stats: LayerStats, layers: Integers, x: float, colour: str) -> list[Json]:
    """Neighbouring rows that are all zero, or not all finite, say so in their midst."""
    states = [undrawn_state(stats, layer) for layer in range(len(stats.mean))]
    return [
        theme.label(f"{layers_in_words(run.layers)}: {run.state}", colour, x=x, y=1 + run.middle)
        for run in undrawn_runs(states, layers)
    ]


class Undrawn(NamedTuple):
    """Rows beside each other that share a state: the layers that are in it, from 1, and the middle row, from 0."""

    state: str
    layers: Integers
    middle: float


def undrawn_runs(states: Sequence[str], drawn: Integers) -> list[Undrawn]:
    """The runs of the `drawn` layers that share a state, with all layers up to the next run that are in it.

    `states` are those of all layers: a row stands for more than itself where layers are left out.
    """
    runs = [[row for row, _ in run] for _, run in groupby(enumerate(drawn), lambda pair: states[pair[1]])]
    found = []
    for rows in runs:
        state = states[int(drawn[rows[0]])]
        after = drawn[rows[0] - 1] + 1 if rows[0] else 0
        before = drawn[rows[-1] + 1] if rows[-1] + 1 < len(drawn) else len(states)
        if state:
            layers = [layer + 1 for layer in range(after, before) if states[layer] == state]
            found.append(Undrawn(state, np.array(layers), (rows[0] + rows[-1]) / 2))
    return found


def undrawn_state(stats: LayerStats, layer: int) -> str:
    """Why a row shows nothing, or not everything; empty where it does."""
    if stats.finite_share[layer] == 0:
        return "overflow, no number left"
    if stats.finite_share[layer] < 1:
        return "overflow, partly inf or NaN"
    return "all exactly 0" if stats.zeros[layer] == stats.size[layer] else ""
