"""Histograms layer by layer: ridges for a few layers, a heat map for many."""

from itertools import groupby
from typing import Final

import numpy as np
import plotly.graph_objects as go

from initlab.arrays import Array, Integers
from initlab.figures import theme
from initlab.figures.histograms import Axis, Profile, axis_range, profile, resampled
from initlab.figures.theme import Direction
from initlab.tally import LayerStats
from initlab.wording import layers_in_words

MAX_RIDGES: Final = 12
OVERLAP: Final = 1.6  # rows a peak is high
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
    layers = shown_layers(len(stats.mean)) if ridges else np.arange(len(stats.mean))
    profiles = [profile(stats, int(layer), axis) for layer in layers]
    low, high = axis_range(profiles, axis)
    figure = theme.figure(dark, theme.ROW * (MAX_RIDGES + 2) + theme.MARGIN["b"])
    look = theme.palette(dark)
    if ridges:
        _add_ridges(figure, profiles, look.of(direction))
        rows, names = np.arange(1, len(layers) + 1), [str(layer + 1) for layer in layers]
        figure.update_yaxes(range=[len(layers) + 0.4, 1 - OVERLAP - 0.15], tickvals=rows, ticktext=names)
    else:
        _add_heat_map(figure, profiles, low, high, look.background, look.of(direction))
        figure.update_yaxes(range=[len(layers) + 0.5, 0.5], tickvals=theme.layer_ticks(len(layers)))
    _name_the_undrawn(figure, stats, layers, (low + high) / 2, look.alarm)
    figure.update_yaxes(title="layer", showgrid=False)
    figure.update_xaxes(title=TITLES[direction][axis], range=[low, high])
    if axis == "Log magnitude":
        figure.update_xaxes(**theme.decade_ticks(low, high))
    return figure


def shown_layers(depth: int) -> Integers:
    """Indices of at most twelve layers, evenly spread."""
    return np.unique(np.linspace(0, depth - 1, min(depth, MAX_RIDGES)).round().astype(int))


def _add_ridges(figure: go.Figure, profiles: list[Profile], colour: str) -> None:
    """One filled trace for all ridges, separated by gaps."""
    x: list[Array] = []
    y: list[Array] = []
    for row, p in enumerate(profiles, start=1):
        part = p.visible
        if not part.stop:
            continue
        centres = (p.edges[1:] + p.edges[:-1])[part] / 2
        x += [p.edges[[part.start]], centres, p.edges[[part.stop]], p.edges[[part.start]], [np.nan]]
        y += [[row], row - OVERLAP * p.heights[part], [row], [row], [np.nan]]
    if not x:
        return
    figure.add_scatter(
        x=np.concatenate(x).astype(np.float32), y=np.concatenate(y).astype(np.float32), mode="lines", fill="toself",
        line={"color": colour, "width": 1.4}, fillcolor=theme.translucent(colour, 0.33), hoverinfo="skip",
    )  # fmt: skip


def _add_heat_map(
    figure: go.Figure, profiles: list[Profile], low: float, high: float, background: str, colour: str
) -> None:
    step = (high - low) / resampled([], low, high).shape[1]
    figure.add_heatmap(
        z=resampled(profiles, low, high).astype(np.uint8), x0=low + step / 2, dx=step, y0=1, dy=1, zmin=0, zmax=255,
        colorscale=[[0, background], [0.5, theme.translucent(colour, 0.6)], [1, colour]], showscale=False,
        hoverinfo="skip",
    )  # fmt: skip


def _name_the_undrawn(figure: go.Figure, stats: LayerStats, layers: Integers, x: float, colour: str) -> None:
    """Neighbouring rows that are all zero, or not all finite, say so in their midst."""
    states = [_state(stats, int(layer)) for layer in layers]
    for state, run in groupby(enumerate(states), lambda pair: pair[1]):
        rows = [row for row, _ in run]
        if state:
            text = f"{layers_in_words(layers[rows] + 1)}: {state}"
            figure.add_annotation(
                x=x, y=1 + (rows[0] + rows[-1]) / 2, text=text, showarrow=False, font={"color": colour, "size": 13}
            )


def _state(stats: LayerStats, layer: int) -> str:
    """Why a row shows nothing, or not everything; empty where it does."""
    if stats.finite_share[layer] == 0:
        return "overflow, no number left"
    if stats.finite_share[layer] < 1:
        return "overflow, partly inf or NaN"
    return "all exactly 0" if stats.zeros[layer] == stats.size[layer] else ""
