"""The units of a layer compared in pairs, and the count of distinct units against layer and against step."""

from typing import Final

import numpy as np
import plotly.graph_objects as go

from initlab.arrays import Array, Integers
from initlab.figures import theme
from initlab.figures.theme import Direction, Json

SIDE: Final = 340
HEIGHT: Final = 320
MOST_TICKS: Final = 12
MARGIN: Final = {**theme.MARGIN, "t": 30}  # room for names above
COLOURBAR: Final = {"thickness": 12, "outlinewidth": 0, "len": 1.0, "tickfont": {"size": 12}}


def cosines_figure(cosine: Array, direction: Direction, why_empty: str, dark: bool) -> go.Figure:
    """The cosine between any two units, -1 in ink, 0 as the background, 1 in the colour of the direction."""
    look, units = theme.palette(dark), len(cosine)
    colour = look.of(direction)
    trace: Json = {
        "type": "heatmap", "z": np.round(cosine, 3), "x0": 1, "dx": 1, "y0": 1, "dy": 1, "zmin": -1, "zmax": 1,
        "colorscale": [[0, look.ink], [0.5, look.background], [1, colour]], "hoverongaps": False,
        "colorbar": {**COLOURBAR, "tickvals": [-1, 0, 1], "ticktext": ["−1", "0", "1"], "title": _side("cosine")},
        "hovertemplate": "units %{x} and %{y}<br>cosine %{z:.3f}<extra></extra>",
    }  # fmt: skip
    ticks, ends = theme.layer_ticks(units, 6), [0.5, units + 0.5]
    empty = [] if np.isfinite(cosine).any() else [theme.label(why_empty, look.alarm)]
    return theme.figure(
        dark, SIDE, [trace], {"title": "unit", "tickvals": ticks, "range": ends, "showgrid": bool(empty)},
        {"title": "unit", "tickvals": ticks, "range": ends[::-1], "showgrid": bool(empty)}, annotations=empty,
    )  # fmt: skip


def layers_figure(before: Integers, after: Integers, widths: Integers, steps: int, dark: bool) -> go.Figure:
    """Distinct units against layer: at the start, after the steps, and how many there are."""
    look, x = theme.palette(dark), np.arange(1, len(before) + 1)
    traces = [
        _line(x, widths, "in all", look.theory, None),
        _line(x, before, "at the start", look.muted, {"symbol": "circle-open", "size": 11}),
        _line(x, after, f"after {_steps(steps)}", look.forward, {"symbol": "circle", "size": 7}),
    ]
    top, room = float(widths.max()), 0.03 * len(before) + 0.3
    xaxis = {"title": "layer", "tickvals": theme.layer_ticks(len(before)), "range": [1 - room, len(before) + room]}
    yaxis = {"title": "units", "range": [-0.04 * top, 1.06 * top], **_counts(top)}
    legend = [("– – in all", look.theory), ("○ at the start", look.muted), (f"● after {_steps(steps)}", look.forward)]
    return theme.figure(dark, HEIGHT, traces, xaxis, yaxis, annotations=[_legend(legend, look)], margin=MARGIN)


def steps_figure(counts: Integers, widths: Integers, dark: bool) -> go.Figure:
    """Distinct units `(k + 1, L)` against step and layer, as a share of the layer's units."""
    steps, depth = counts.shape
    trace: Json = {
        "type": "heatmap", "z": np.round(100 * counts.T / widths[:, None], 1), "x0": 0, "dx": 1, "y0": 1, "dy": 1,
        "zmin": 0, "zmax": 100, "colorscale": "Viridis", "customdata": counts.T,
        "hovertemplate": "step %{x}, layer %{y}<br>%{customdata} distinct<extra></extra>",
        "xgap": 1 if steps <= 60 else 0, "ygap": 1 if depth <= 30 else 0,
        "colorbar": {**COLOURBAR, "tickvals": [0, 50, 100], "title": _side("distinct, % of units")},
    }  # fmt: skip
    xaxis = {
        "title": "step",
        "range": [-0.5, steps - 0.5],
        "showgrid": False,
        "tickvals": _from_zero(steps - 1),
        "tickangle": 0,
    }
    yaxis = {"title": "layer", "range": [depth + 0.5, 0.5], "showgrid": False, "tickvals": theme.layer_ticks(depth)}
    return theme.figure(dark, HEIGHT, [trace], xaxis, yaxis)


def correlation_figure(correlation: Array, data: float, theory: Array | None, dark: bool) -> go.Figure:
    """Mean cosine between different inputs: in the data (layer 0), then in each layer, with what theory expects."""
    look, x = theme.palette(dark), np.arange(len(correlation) + 1)
    measured = np.append(data, correlation)
    measured = np.where(np.isfinite(measured), measured, np.nan)
    marker = {"symbol": "circle", "size": 8 if len(x) <= 60 else 4}
    traces = [_line(x, measured, "measured", look.forward, marker)]
    if theory is not None:
        traces.append(_line(x[1:], theory, "by theory", look.theory, None))
    low = float(np.nanmin([0.0, *measured])) - 0.06
    room = 0.03 * len(x)
    xaxis = {
        "title": "layer (0: the data)", "tickvals": _from_zero(len(correlation)), "tickangle": 0,
        "range": [-room - 0.1, len(correlation) + room + 0.1],
    }  # fmt: skip
    legend = [("● measured", look.forward), ("– – mean field", look.theory)][: len(traces)]
    yaxis = {"title": "mean cosine between inputs", "range": [low, 1.06]}
    return theme.figure(dark, HEIGHT, traces, xaxis, yaxis, annotations=[_legend(legend, look)], margin=MARGIN)


def _line(x: Array | Integers, y: Array | Integers, name: str, colour: str, marker: Json | None) -> Json:
    """A line with its markers, or a dashed one without any."""
    look = {"mode": "lines+markers", "marker": marker} if marker else {"mode": "lines"}
    return {
        "type": "scatter", "x": x, "y": y, **look, "hovertemplate": f"layer %{{x}}: %{{y:.4~g}} {name}<extra></extra>",
        "line": {"color": colour, "width": 2, "dash": "solid" if marker else "dash"},
    }  # fmt: skip


def _legend(entries: list[tuple[str, str]], look: theme.Palette) -> Json:
    """Names in the colour of their lines, above them."""
    words = "   ".join(f'<span style="color:{colour}">{text}</span>' for text, colour in entries)
    return theme.label(words, look.ink, xref="paper", yref="paper", x=0, y=1, xanchor="left", yanchor="bottom")


def _side(text: str) -> Json:
    return {"text": text, "side": "right", "font": {"size": 13}}


def _steps(count: int) -> str:
    return f"{count} step{'s' if count != 1 else ''}"


def _from_zero(last: int) -> list[int]:
    """Ticks of an axis that begins at 0, where a 1 would stand too close among many."""
    ticks = theme.layer_ticks(last) if last else []
    return [0, *(tick for tick in ticks if tick > 1 or last < MOST_TICKS)]


def _counts(top: float) -> Json:
    """Whole numbers on the axis even where there are few units."""
    return {"dtick": 1, "tickformat": "d"} if top <= 5 else {"tickformat": "d"}
