"""What one layer does to the size of the signal and to the likeness of two inputs: map, diagonal and staircase."""

from typing import Final, NamedTuple

import numpy as np
import plotly.graph_objects as go

from initlab.figures import theme
from initlab.figures.theme import Json
from initlab.point import Curve

HEIGHT: Final = 320


class Words(NamedTuple):
    """Titles of the axes and the name of the fixed point."""

    below: str
    above: str
    fixed: str


VARIANCE: Final = Words("q, mean square of z in a layer", "q in the next layer", "q*")
CORRELATION: Final = Words("c, correlation of two inputs in a layer", "c in the next layer", "c*")


def map_figure(curve: Curve, fixed: float, words: Words, dark: bool) -> go.Figure:
    """y = f(x) over the diagonal, layers as a staircase, the fixed point where the two cross."""
    look, end = theme.palette(dark), float(curve.x[-1])
    top = max(end, min(float(curve.y.max()), 2 * end))
    traces: list[Json] = [
        _line([0, end], [0, end], {"color": look.theory, "dash": "dash", "width": 2}),
        _line(curve.stairs_x, curve.stairs_y, {"color": look.muted, "width": 1.5}),
        _line(curve.x, curve.y, {"color": look.forward, "width": 3}),
    ]  # fmt: skip
    annotations = []
    if fixed <= end:
        ring = {"symbol": "circle-open", "size": 13, "color": look.ink, "line": {"width": 3}}
        point = {"type": "scatter", "mode": "markers", "x": [fixed], "y": [fixed], "marker": ring, "cliponaxis": False}
        traces.append({**point, "hovertemplate": f"{words.fixed} = %{{x:.4g}}<extra></extra>"})
        right = fixed < 0.7 * end
        shift = {"xanchor": "left", "xshift": 12, "yshift": -10} if right else {"xanchor": "right", "xshift": -12}
        annotations.append(theme.label(words.fixed, look.ink, x=fixed, y=fixed, **shift))
    xaxis = {"title": words.below, "range": [0, end]}
    yaxis = {"title": words.above, "range": [0, 1.04 * top]}
    legend = _legend(look)
    return theme.figure(dark, HEIGHT, traces, xaxis, yaxis, annotations=[*annotations, legend], margin=MARGIN)


MARGIN: Final = {**theme.MARGIN, "t": 30, "l": 56}


def _line(x: object, y: object, line: Json) -> Json:
    return {
        "type": "scatter", "mode": "lines", "x": np.asarray(x, np.float32), "y": np.asarray(y, np.float32),
        "line": line, "hovertemplate": "%{x:.4g} → %{y:.4g}<extra></extra>",
    }  # fmt: skip


def _legend(look: theme.Palette) -> Json:
    text = (
        f'<span style="color:{look.forward}">━ one layer</span>   '
        f'<span style="color:{look.theory}">– – no change</span>   '
        f'<span style="color:{look.muted}">┘ layer by layer</span>'
    )
    return theme.label(text, look.ink, xref="paper", yref="paper", x=0, y=1.02, xanchor="left", yanchor="bottom")
