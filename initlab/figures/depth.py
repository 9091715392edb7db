"""One number a layer against depth: RMS of signal and gradient, shares of saturated or dead units."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import plotly.graph_objects as go

from initlab.arrays import Array, Integers
from initlab.figures import theme
from initlab.figures.theme import Direction, Json
from initlab.measurement import Probe
from initlab.tally import LayerStats
from initlab.theory import Expected, Theory

NAMES: Final[dict[Direction, str]] = {"forward": "activations", "backward": "gradients"}
HEIGHT: Final = 320
EVERY: Final = 200  # layers; no network has more


class Band(NamedTuple):
    """RMS of activations and gradients `(seeds, L)` over several draws."""

    activation: Array
    gradient: Array


def rms_figure(probe: Probe, band: Band | None, dark: bool, theory: Theory | None = None) -> go.Figure:
    """RMS against layer on a log axis: this draw as lines, the range over other draws as a band behind, and what theory
    expects dashed in its own grey band."""
    look = theme.palette(dark)
    lines: dict[Direction, Array] = {
        "forward": log10(finite_rms(probe.activation)), "backward": log10(finite_rms(probe.gradient)),
    }  # fmt: skip
    expected = [] if theory is None else [found for found in (theory.forward, theory.backward) if found is not None]
    traces: list[Json] = expected_bands(expected, look)
    if band is not None:
        traces += [_band(log10(band.activation), look.forward), _band(log10(band.gradient), look.backward)]
    traces += [_line(line, direction, look.of(direction)) for direction, line in lines.items()]
    traces += expected_lines(expected, look)
    low, high = limits(np.concatenate([trace["y"] for trace in traces]))
    shapes, missing = _missing(probe, lines, look)
    names = _labels(lines, look)
    return theme.figure(
        dark, HEIGHT, traces, layer_axis(probe.depth),
        {"title": "RMS, log scale", "range": [low, high], **theme.decade_ticks(low, high, 5)},
        annotations=[*names, *_theory_label(expected, names, lines, look), *missing], shapes=shapes,
        margin={**theme.MARGIN, "l": 62},
    )  # fmt: skip


def finite_rms(stats: LayerStats) -> Array:
    """RMS a layer, NaN where not every value is finite: what is left would look harmless."""
    return np.where(stats.finite_share == 1, stats.rms, np.nan)


def shares_figure(shares: Array, threshold: float, name: str, dark: bool) -> go.Figure:
    """A share of units or outputs a layer as bars, with the level from which the verdict calls it a fault."""
    look, depth, level = theme.palette(dark), len(shares), 100 * threshold
    bars: Json = {
        "type": "bar", "x": np.arange(1, depth + 1), "y": 100 * shares, "marker": {"color": look.forward},
        "hovertemplate": "layer %{x}: %{y:.1f} %<extra></extra>",
    }  # fmt: skip
    limit = theme.label(
        f"a fault from {level:.0f} %",
        look.muted,
        xref="paper",
        x=1,
        y=level,
        xanchor="right",
        yanchor="bottom",
        bgcolor=look.background,
    )
    rule = {
        "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": level, "y1": level,
        "line": {"color": look.theory, "dash": "dash", "width": 2},
    }  # fmt: skip
    yaxis = {"title": f"{name}, %", "range": [0, 105]}
    return theme.figure(dark, 220, [bars], layer_axis(depth), yaxis, annotations=[limit], shapes=[rule])


def _missing(probe: Probe, lines: dict[Direction, Array], look: theme.Palette) -> tuple[list[Json], list[Json]]:
    """Shade the layers that overflowed; say why an empty chart is empty."""
    odd = np.flatnonzero(probe.activation.finite_share < 1)
    if odd.size:
        shade = {
            "type": "rect", "yref": "paper", "x0": odd[0] + 0.5, "x1": probe.depth + 0.5, "y0": 0, "y1": 1,
            "fillcolor": theme.translucent(look.alarm, 0.1), "line": {"width": 0},
        }  # fmt: skip
        middle = (odd[0] + 1 + probe.depth) / 2
        return [shade], [theme.label("overflow", look.alarm, yref="paper", x=middle, y=0.9)]
    if not np.isfinite([*lines.values()]).any():
        return [], [theme.label("every RMS is exactly 0", look.alarm)]
    return [], []


def _line(values: Array, direction: Direction, colour: str) -> Json:
    depth = len(values)
    return {
        "type": "scatter", "mode": "lines+markers", "x": np.arange(1, depth + 1), "y": values,
        "line": {"color": colour, "width": 2.5},
        "marker": {"symbol": theme.MARKERS[direction], "size": 8 if depth <= 60 else 4},
        "hovertemplate": f"layer %{{x}}, {NAMES[direction]}<br>RMS 10^%{{y:.2f}}<extra></extra>",
    }  # fmt: skip


def log10(values: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log10(values)
    return np.where(np.isfinite(logs), logs, np.nan)


def _band(draws: Array, colour: str) -> Json:
    """Lowest to highest draw as one closed shape; layers without a finite value are left out."""
    drawn = np.flatnonzero(np.isfinite(draws).any(axis=0))
    low, high = np.nanmin(draws[:, drawn], axis=0), np.nanmax(draws[:, drawn], axis=0)
    return {
        "type": "scatter", "mode": "lines", "line": {"width": 0}, "fill": "toself", "hoverinfo": "skip",
        "x": np.append(drawn, drawn[::-1]) + 1, "y": np.append(high, low[::-1]),
        "fillcolor": theme.translucent(colour, 0.2),
    }  # fmt: skip


def expected_lines(expected: Sequence[Expected], look: theme.Palette, most: int = EVERY) -> list[Json]:
    """The dashed lines as one trace, a gap after each; at most so many layers, since they are smooth."""
    if not expected:
        return []
    lines = [log10(found.rms) for found in expected]
    drawn = [thinned(np.flatnonzero(np.isfinite(line)), most) for line in lines]
    return [{
        "type": "scatter", "mode": "lines", "line": {"color": look.theory, "dash": "dash", "width": 2},
        "x": np.concatenate([np.append(layers + 1.0, np.nan) for layers in drawn]),
        "y": np.concatenate([np.append(line[layers], np.nan) for line, layers in zip(lines, drawn, strict=True)]),
        "hovertemplate": "layer %{x}, theory<br>RMS 10^%{y:.2f}<extra></extra>",
    }]  # fmt: skip


def expected_bands(expected: Sequence[Expected], look: theme.Palette, most: int = EVERY) -> list[Json]:
    """The bands as one trace of closed shapes."""
    x, y = [], []
    for found in expected:
        low, high = log10(found.low), log10(found.high)
        drawn = thinned(np.flatnonzero(np.isfinite(low) & np.isfinite(high)), most)
        x += [np.append(drawn, drawn[::-1]) + 1.0, [np.nan]]
        y += [np.append(high[drawn], low[drawn[::-1]]), [np.nan]]
    if not x:
        return []
    return [{
        "type": "scatter", "mode": "lines", "line": {"width": 0}, "fill": "toself", "hoverinfo": "skip",
        "x": np.concatenate(x), "y": np.concatenate(y), "fillcolor": theme.translucent(look.theory, 0.18),
    }]  # fmt: skip


def thinned(layers: Integers, most: int) -> Integers:
    """Evenly chosen ones, the first and the last among them."""
    if len(layers) <= most:
        return layers
    return layers[np.linspace(0, len(layers) - 1, most).round().astype(int)]


def _theory_label(
    expected: list[Expected], words: list[Json], lines: dict[Direction, Array], look: theme.Palette
) -> list[Json]:
    """The word at its forward line, in the half the other `words` leave free, where the gradients are furthest away."""
    line = log10(expected[0].rms) if expected else np.array([])
    drawn = np.flatnonzero(np.isfinite(line))
    taken_left = any(word["x"] - 1 <= (drawn[0] + drawn[-1]) / 2 for word in words if drawn.size)
    drawn = drawn[(drawn.size + 1) // 2 :] if taken_left else drawn[: drawn.size // 2]
    if not drawn.size:
        return []
    gap = line[drawn] - lines["backward"][drawn]
    inner = drawn.size - 1 if taken_left and drawn.size > 1 else drawn.size  # not at the very edge
    far = int(np.nanargmax(np.abs(gap[:inner]))) if np.isfinite(gap[:inner]).any() else 0
    place = {"x": int(drawn[far]) + 1, "y": float(line[drawn[far]]), "yshift": -18 if gap[far] < 0 else 18}
    return [theme.label("theory", look.theory, **place)]


def limits(values: Array) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    if not finite.size:
        return -3.0, 0.5
    low, high = float(finite.min()), float(finite.max())
    room = max(0.12 * (high - low), 0.35)
    return low - room, high + room


def layer_axis(depth: int) -> Json:
    room = 0.03 * depth + 0.3
    return {"title": "layer", "tickvals": theme.layer_ticks(depth), "range": [1 - room, depth + room]}


def _labels(lines: dict[Direction, Array], look: theme.Palette) -> list[Json]:
    """The lines' names beside them in their colour, where they are furthest apart."""
    forward, backward = lines["forward"], lines["backward"]
    apart = np.abs(forward - backward)
    edge = len(apart) // 6
    apart[:edge] = apart[len(apart) - edge :] = np.nan
    here = int(np.nanargmax(apart)) if np.isfinite(apart).any() else None
    labels = []
    for direction, line in lines.items():
        finite = np.flatnonzero(np.isfinite(line))
        if not finite.size:
            continue
        at = here if here is not None else int(finite[len(finite) // 2])
        other = lines["backward" if direction == "forward" else "forward"][at]
        above = not np.isfinite(other) or line[at] >= other
        step = line[min(at + 1, len(line) - 1)] - line[max(at - 1, 0)]
        side = "right" if (step > 0) == above else "left"  # where the line leads away from the word
        place = {"x": at + 1, "y": float(line[at]), "xanchor": side, "yshift": 16 if above else -16}
        labels.append(theme.label(NAMES[direction], look.of(direction), **place))
    return labels
