"""A stack of layers while it is pre-trained: frozen ones below, the one that learns, those that wait."""

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from initlab.figures import theme
from initlab.figures.theme import Json, Palette

HEIGHT: Final = 320
ROOMY: Final = 18  # pixels a layer needs to be written into
LETTER: Final = 0.028  # of the widest box, on a narrow screen
MARGIN: Final = {"l": 8, "r": 8, "t": 8, "b": 8}
REACH: Final = 1.35  # right of the boxes: room for the arrow of what is reconstructed
GAP: Final = 0.2  # of a layer's height


def stack_figure(
    widths: Sequence[int], layer: int, masked: float, dark: bool, *, overflowed: bool = False
) -> go.Figure:  # fmt: skip
    """Inputs at the bottom, then every hidden layer as wide as its units, the outputs on top.

    Hidden layers below `layer` (from 0) are frozen and those above wait; `masked` is the share of its inputs that the
    layer in training does not see, and `overflowed` says that it learns no more.
    """
    look, count, widest = theme.palette(dark), len(widths), max(widths)
    pitch = (HEIGHT - MARGIN["t"] - MARGIN["b"]) / count
    states = [_state(row, layer, count, overflowed=overflowed) for row in range(count)]
    shapes = [_box(look, row, width / widest, states[row]) for row, width in enumerate(widths)]
    roomy = pitch >= ROOMY
    shown = range(count) if roomy else sorted({0, min(layer + 1, count - 1), count - 1})
    words = [
        _words(look, _said(row, widths, states[row]), roomy * widths[row] / widest, row, states[row]) for row in shown
    ]
    if "learns" in states:
        shapes.append(_arrow(look, layer))
        hidden = f", {100 * masked:g} % hidden" if masked else ""
        at = {"x": 0.56, "y": layer + 1, "xanchor": "left", "align": "left"}
        words.append(theme.label(f"reconstructs<br>its input{hidden}", look.backward, **at))
    bare: Json = {"visible": False, "showgrid": False}
    ghost: Json = {"type": "scatter", "mode": "markers", "x": [0], "y": [0], "opacity": 0, "hoverinfo": "skip"}
    return theme.figure(
        dark, HEIGHT, [ghost], {"range": [-0.56, REACH - 0.3], **bare}, {"range": [0, count], **bare},
        annotations=words, shapes=shapes, margin=MARGIN, hovermode=False,
    )  # fmt: skip


def _state(row: int, layer: int, count: int, *, overflowed: bool) -> str:
    """Row 0 are the inputs, the last row the outputs."""
    if row == 0:
        return "data"
    if row - 1 < layer and row < count - 1:
        return "frozen"
    if row - 1 == layer and row < count - 1:
        return "overflowed" if overflowed else "learns"
    return "waits"


def _box(look: Palette, row: int, width: float, state: str) -> Json:
    half = max(0.5 * width, 0.02)
    fill = {
        "data": theme.translucent(look.muted, 0.18), "frozen": theme.translucent(look.forward, 0.28),
        "learns": look.backward, "overflowed": look.alarm, "waits": "rgba(0,0,0,0)",
    }[state]  # fmt: skip
    line = {"frozen": look.forward, "learns": look.backward, "overflowed": look.alarm}.get(state, look.muted)
    return {
        "type": "rect", "x0": -half, "x1": half, "y0": row + GAP / 2, "y1": row + 1 - GAP / 2, "fillcolor": fill,
        "line": {"color": line, "width": 1.5, "dash": "dot" if state == "waits" else "solid"},
    }  # fmt: skip


def _words(look: Palette, said: str, width: float, row: int, state: str) -> Json:
    """On the box where it is as wide as they are, 0 where it is too low, else on a plate of their own before it."""
    place, strong = {"x": 0, "y": row + 0.5}, {"learns": look.backward, "overflowed": look.alarm}
    if len(said) * LETTER <= width:
        return theme.label(said, look.background if state in strong else look.ink, **place)
    return theme.label(said, strong.get(state, look.ink), bgcolor=look.background, **place)


def _said(row: int, widths: Sequence[int], state: str) -> str:
    if row == 0:
        return f"{widths[0]} inputs"
    if row == len(widths) - 1:
        return f"{widths[-1]} output{'s' if widths[-1] > 1 else ''}, later"
    return f"layer {row} · {widths[row]} · {state}"


def _arrow(look: Palette, layer: int) -> Json:
    """From the layer that learns back down to what it received."""
    high, low = layer + 1.5, layer + 0.5
    return {
        "type": "path", "path": f"M 0.5 {high} C 0.58 {high} 0.58 {low} 0.5 {low} L 0.52 {low + 0.09} M 0.5 {low} "
        f"L 0.52 {low - 0.09}",
        "line": {"color": look.backward, "width": 2},
    }  # fmt: skip
