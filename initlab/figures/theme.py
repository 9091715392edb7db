"""Colours, margins and the template of every figure, light and dark.

Forward is always blue with circles, backward always orange with diamonds, theory a grey dash: the marker or the dash is
the second channel for those who do not see the colour.
"""

import re
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import plotly.graph_objects as go

from initlab.arrays import Array
from initlab.figures.sent import Json, Plain, parts
from initlab.wording import number, power

Direction: TypeAlias = Literal["forward", "backward"]


@dataclass(frozen=True, slots=True)
class Palette:
    """One appearance."""

    background: str
    ink: str
    muted: str
    grid: str
    forward: str
    backward: str
    alarm: str
    theory: str

    def of(self, direction: Direction) -> str:
        return self.forward if direction == "forward" else self.backward


LIGHT: Final = Palette("#FFFFFF", "#1E232B", "#5B616A", "#E6E8E3", "#0072B2", "#C8510A", "#A0306E", "#6B7078")
DARK: Final = Palette("#14171C", "#E8EAED", "#A4AAB3", "#2A2F37", "#4FA3D9", "#F08A4B", "#E08CBC", "#9AA0A8")
DIVERGING: Final = {  # from too small through as it should be to too large: purple to orange, ColorBrewer's PuOr
    False: ("#5E3C99", "#B2ABD2", "#F7F7F7", "#FDB863", "#E66101"),
    True: ("#B7A3F5", "#6C5B9E", "#23272E", "#8F5A1E", "#F5A04C"),
}
MARKERS: Final[dict[Direction, str]] = {"forward": "circle", "backward": "diamond"}
SYMBOLS: Final = {  # of things to be told apart, and how each is written in a text
    "circle": "●", "square": "■", "diamond": "◆", "triangle-up": "▲", "triangle-down": "▼", "star": "★",
}  # fmt: skip
OKABE_ITO: Final = {  # without what is too pale for the background
    False: ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#1E232B"),
    True: ("#56B4E9", "#D55E00", "#009E73", "#CC79A7", "#F0E442", "#E8EAED"),
}
WRITTEN_OUT: Final = 4  # decades; an axis that spans more is labelled in powers of ten throughout
ROW: Final = 26  # pixels a ridge
MARGIN: Final = {"l": 48, "r": 14, "t": 8, "b": 46}
CONFIG: Final[dict[str, Any]] = {"displaylogo": False, "displayModeBar": "hover"}


PROJECTED: Final = {"font": 1.7, "line": 2.0, "marker": 1.6, "margin": 1.7}  # how much larger on the wall of a hall
TALLEST: Final = 620  # pixels of a chart there, which leave room for what is said about it


def config(name: str) -> Json:
    """Plotly's own settings of a chart; its menu saves it as an SVG of that name."""
    words = "-".join(re.findall(r"[a-z0-9]+", name.lower()))
    return {**CONFIG, "toImageButtonOptions": {"format": "svg", "filename": f"initlab-{words}"}}


def projected(figure: go.Figure) -> go.Figure:
    """The same figure for the back row: larger type and marks, thicker lines, a taller frame."""
    plain = parts(figure)
    data, layout = _larger(plain["data"], ""), _larger(plain["layout"], "")
    layout["height"] = max(int(layout.get("height") or 0), TALLEST)
    return Plain({"data": data, "layout": layout})


def _larger(part: Any, owner: str) -> Any:
    """A part of a figure with the sizes of its type, lines and marks multiplied; `owner` is what they belong to."""
    if isinstance(part, list | tuple):
        return [_larger(item, owner) for item in part]
    if not isinstance(part, dict):
        return part
    return {name: _grown(name, value, owner) for name, value in part.items()}


def _grown(name: str, value: Any, owner: str) -> Any:
    of = "font" if owner.endswith("font") else owner
    if of in PROJECTED and (name in ("size", "width") or of == "margin"):
        return np.multiply(value, PROJECTED[of]).tolist()
    return _larger(value, name)


def palette(dark: bool) -> Palette:
    return DARK if dark else LIGHT


def figure(
    dark: bool, height: int, traces: list[Json], xaxis: Json, yaxis: Json, *,
    annotations: list[Json] | None = None, shapes: list[Json] | None = None, **layout: Any,
) -> go.Figure:  # fmt: skip
    """A figure in our dress, from plain dictionaries.

    Plotly's validation takes twenty times as long as the rest and would run on every step of a slider: tests do it
    once instead. An empty template spares its default one, 6 kB of other colours.
    """
    look = palette(dark)
    base = {
        "template": {"layout": {}}, "height": height, "margin": MARGIN, "showlegend": False, "dragmode": False,
        "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)", "hoverlabel": {"font": {"size": 13}},
        "font": {"family": "Source Sans, sans-serif", "size": 13, "color": look.ink},
        "xaxis": axis(look, **xaxis), "yaxis": axis(look, **yaxis),
        "annotations": annotations or [], "shapes": shapes or [],
    }  # fmt: skip
    return Plain({"data": traces, "layout": {**base, **layout}})


def axis(look: Palette, title: str = "", **more: Any) -> Json:
    """An axis with quiet lines and a title in our type."""
    return {
        "gridcolor": look.grid, "zeroline": False, "linecolor": look.grid, "ticks": "", "fixedrange": True,
        "ticklabeloverflow": "allow",  # to look for labels to hide, each is measured, which costs as much as to draw it
        "title": {"text": title, "standoff": 8, "font": {"size": 13}}, "tickfont": {"size": 12, "color": look.muted},
        **more,
    }  # fmt: skip


def label(text: str, colour: str, **place: Any) -> Json:
    """A word in the picture, without an arrow; in the middle of it unless placed."""
    middle = {} if "x" in place else {"xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5}
    return {"text": text, "showarrow": False, "font": {"color": colour, "size": 13}, **middle, **place}


def translucent(colour: str, opacity: float) -> str:
    """A hex colour as rgba."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def mark(index: int, dark: bool) -> str:
    """The coloured symbol of the `index`-th of several things, for a heading or a label."""
    return f'<span style="color:{OKABE_ITO[dark][index]}">{tuple(SYMBOLS.values())[index]}</span>'


def decade_ticks(low: float, high: float, most: int = 7) -> dict[str, Any]:
    """Ticks for an axis in log10: every so many decades as powers of ten, or 1, 2, 5 within one or two decades."""
    step = max(1, int(np.ceil((high - low) / most)))
    exponents = np.arange(np.ceil(low / step) * step, high + 1e-9, step)
    values: Array = exponents
    digits = 2
    if len(exponents) < 3:
        fine = np.add.outer(np.arange(np.floor(low), high + 1), np.log10([1, 2, 5])).reshape(-1)
        values = fine[(fine >= low) & (fine <= high)]
    if len(values) < 2:
        values, digits = np.linspace(low, high, 4), 3
    text = [power(int(v)) for v in values] if high - low > WRITTEN_OUT else [number(10.0**v, digits) for v in values]
    return {"tickmode": "array", "tickvals": values, "ticktext": text}


def layer_ticks(depth: int, most: int = 12) -> list[int]:
    """Round layer numbers, the first and the last always among them."""
    if depth <= most:
        return list(range(1, depth + 1))
    step = next(s for s in (2, 5, 10, 20, 25, 50, 100) if depth / s <= most - 1)
    middle = [layer for layer in range(step, depth, step) if depth - layer >= step / 2 and layer > step / 2]
    return [1, *middle, depth]
