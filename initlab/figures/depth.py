"""One number a layer against depth: RMS of signal and gradient, shares of saturated or dead units."""

from typing import Any, Final, NamedTuple

import numpy as np
import plotly.graph_objects as go

from initlab.arrays import Array
from initlab.figures import theme
from initlab.figures.theme import Direction
from initlab.measurement import Probe
from initlab.tally import LayerStats

NAMES: Final[dict[Direction, str]] = {"forward": "activations", "backward": "gradients"}
HEIGHT: Final = 320


class Band(NamedTuple):
    """RMS of activations and gradients `(seeds, L)` over several draws."""

    activation: Array
    gradient: Array


def rms_figure(probe: Probe, band: Band | None, dark: bool) -> go.Figure:
    """RMS against layer on a log axis: this draw as lines, the range over other draws as a band behind."""
    look, figure = theme.palette(dark), theme.figure(dark, HEIGHT)
    lines: dict[Direction, Array] = {
        "forward": _log10(finite_rms(probe.activation)), "backward": _log10(finite_rms(probe.gradient)),
    }  # fmt: skip
    bands = {"forward": band.activation, "backward": band.gradient} if band else {}
    values = [*lines.values()]
    for direction, draws in bands.items():
        values += _add_band(figure, _log10(draws), look.of(direction))  # type: ignore[arg-type]
    for direction, line in lines.items():
        colour = look.of(direction)
        figure.add_scatter(
            x=np.arange(1, probe.depth + 1), y=line, mode="lines+markers", line={"color": colour, "width": 2.5},
            marker={"symbol": theme.MARKERS[direction], "size": 8 if probe.depth <= 60 else 4},
            text=[f"layer {layer}, {NAMES[direction]}" for layer in range(1, probe.depth + 1)],
            hovertemplate="%{text}<br>RMS 10^%{y:.2f}<extra></extra>",
        )  # fmt: skip
    low, high = _limits(np.concatenate([np.asarray(v).reshape(-1) for v in values]))
    figure.update_yaxes(title="RMS, log scale", range=[low, high], **theme.decade_ticks(low, high, 5))
    figure.update_xaxes(title="layer", tickvals=theme.layer_ticks(probe.depth), range=_layer_range(probe.depth))
    figure.update_layout(margin={**theme.MARGIN, "l": 62}, annotations=_labels(lines, look))
    _name_the_missing(figure, probe, lines, look)
    return figure


def finite_rms(stats: LayerStats) -> Array:
    """RMS a layer, NaN where not every value is finite: what is left would look harmless."""
    return np.where(stats.finite_share == 1, stats.rms, np.nan)


def shares_figure(shares: Array, threshold: float, name: str, dark: bool) -> go.Figure:
    """A share of units or outputs a layer as bars, with the level from which the verdict calls it a fault."""
    look, figure = theme.palette(dark), theme.figure(dark, 220)
    depth = len(shares)
    figure.add_bar(
        x=np.arange(1, depth + 1), y=100 * shares, marker={"color": look.forward, "line": {"width": 0}},
        hovertemplate="layer %{x}: %{y:.1f} %<extra></extra>",
    )  # fmt: skip
    figure.add_hline(
        y=100 * threshold, line={"color": look.theory, "dash": "dash"},
        annotation={"text": f"a fault from {100 * threshold:.0f} %", "font": {"color": look.muted, "size": 12}},
    )  # fmt: skip
    figure.update_yaxes(title=f"{name}, %", range=[0, 105])
    figure.update_xaxes(title="layer", tickvals=theme.layer_ticks(depth), range=_layer_range(depth))
    return figure


def _name_the_missing(figure: go.Figure, probe: Probe, lines: dict[Direction, Array], look: theme.Palette) -> None:
    """Shade the layers that overflowed; say why an empty chart is empty."""
    odd = np.flatnonzero(probe.activation.finite_share < 1)
    if odd.size:
        figure.add_vrect(
            x0=odd[0] + 0.5, x1=probe.depth + 0.5, fillcolor=theme.translucent(look.alarm, 0.1), line_width=0,
            annotation={"text": "overflow", "font": {"color": look.alarm}},
        )  # fmt: skip
    elif not np.isfinite([*lines.values()]).any():
        figure.add_annotation(text="every RMS is exactly 0", showarrow=False, font={"color": look.alarm, "size": 13})


def _log10(values: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log10(values)
    return np.where(np.isfinite(logs), logs, np.nan)


def _add_band(figure: go.Figure, draws: Array, colour: str) -> list[Array]:
    """Lowest to highest draw as one closed shape; layers without a finite value are left out."""
    drawn = np.flatnonzero(np.isfinite(draws).any(axis=0))
    if not drawn.size:
        return []
    low, high = np.nanmin(draws[:, drawn], axis=0), np.nanmax(draws[:, drawn], axis=0)
    figure.add_scatter(
        x=np.append(drawn, drawn[::-1]) + 1, y=np.append(high, low[::-1]), mode="lines", line={"width": 0},
        fill="toself", fillcolor=theme.translucent(colour, 0.2), hoverinfo="skip",
    )  # fmt: skip
    return [low, high]


def _limits(values: Array) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    if not finite.size:
        return -3.0, 0.5
    low, high = float(finite.min()), float(finite.max())
    room = max(0.12 * (high - low), 0.35)
    return low - room, high + room


def _layer_range(depth: int) -> list[float]:
    return [1 - 0.03 * depth - 0.3, depth + 0.03 * depth + 0.3]


def _labels(lines: dict[Direction, Array], look: theme.Palette) -> list[dict[str, Any]]:
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
        labels.append({
            "x": at + 1, "y": float(line[at]), "text": NAMES[direction], "showarrow": False,
            "xanchor": "left" if 2 * at < len(line) else "right",
            "yshift": 16 if above else -16, "font": {"color": look.of(direction), "size": 14},
        })  # fmt: skip
    return labels
