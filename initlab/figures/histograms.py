"""A layer's histogram on one of three axes, ready to be drawn: positions and heights, nothing of plotly.

"Log magnitude" is log10 |x| on edges that all layers share, "Shared" the value itself with each layer's own edges at
their true place, "Own" the value divided by the largest magnitude of its layer.
"""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from initlab.arrays import Array
from initlab.tally import LayerStats

Axis: TypeAlias = Literal["Log magnitude", "Shared", "Own"]
AXES: Final[tuple[Axis, ...]] = ("Log magnitude", "Shared", "Own")
INVISIBLE: Final = 0.003  # of the peak: lower than a pixel
COLUMNS: Final = 96
EMPTY_RANGE: Final = (-3.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """One layer's density: bin edges and heights relative to the peak; empty if nothing can be drawn."""

    edges: Array
    heights: Array

    @property
    def visible(self) -> slice:
        """From the first to the last bin that shows."""
        shown = np.flatnonzero(self.heights > INVISIBLE)
        return slice(int(shown[0]), int(shown[-1]) + 1) if shown.size else slice(0, 0)


def profile(stats: LayerStats, layer: int, axis: Axis) -> Profile:
    """The density of layer `layer` (from 0) on that axis."""
    if axis == "Log magnitude":
        edges, density = stats.log_edges, stats.log_counts[layer] / np.diff(stats.log_edges)
    else:  # bins of equal width, which may be too narrow a denormal to divide by
        edges, density = stats.edges[layer], stats.counts[layer].astype(float)
        if axis == "Own":
            edges = edges / (max(abs(stats.minimum[layer]), abs(stats.maximum[layer])) or 1.0)
    peak = density.max(initial=0.0)
    return Profile(edges, density / peak if peak > 0 else density)


def axis_range(profiles: list[Profile], axis: Axis) -> tuple[float, float]:
    """What the x axis has to span."""
    if axis == "Own":
        return -1.05, 1.05
    ends = [p.edges[[p.visible.start, p.visible.stop]] for p in profiles if p.visible.stop]
    if not ends:
        return EMPTY_RANGE if axis == "Log magnitude" else (-1.0, 1.0)
    low, high = float(np.min(ends)), float(np.max(ends))
    margin = 0.04 * (high - low) or 0.5
    return low - margin, high + margin


def resampled(profiles: list[Profile], low: float, high: float, columns: int = COLUMNS) -> Array:
    """Heights `(L, columns)` on common columns, 0 to 255, areas kept, each row relative to its own peak."""
    edges = np.linspace(low, high, columns + 1)
    rows = np.zeros((len(profiles), columns))
    for row, p in zip(rows, profiles, strict=True):
        if p.visible.stop:
            mass = np.append(0, np.cumsum(p.heights * np.diff(p.edges)))
            row[:] = np.diff(np.interp(edges, p.edges, mass))
            row /= max(row.max(), np.finfo(float).tiny)
    return np.round(rows * 255)
