"""The plane of weight and bias variance: chi_1 as colour, the edge, lines of equal depth, and who lives where."""

from typing import Final, NamedTuple

import numpy as np
import plotly.graph_objects as go

from initlab.arrays import Array
from initlab.figures import theme
from initlab.figures.theme import Json, Palette
from initlab.landmarks import Landmark, Place
from initlab.phase import EDGE_ROWS, Line, Picks, Plane, Window

HEIGHT: Final = 560
FURTHEST: Final = 3.0  # chi_1 beyond which, and 1/3 below which, the colour stays
LEVELS: Final = 127  # of colour on either side of 1
PHONE: Final = 290  # pixels of the narrowest plane: labels that keep apart there do so everywhere
LABEL: Final = 19  # pixels from one line of upright labels to the next
LONG: Final = 32  # characters of such a line: less than half the height of the plane
VEIL: Final = 0.92  # behind upright labels, which may stand on a line
LIFT: Final = 30  # pixels from a marker to its label
HIGH: Final = 0.6  # of the axis: from here on labels hang below their marker
ROOM: Final = 0.2  # of the axis that a region needs for its name
SAME: Final = 0.005  # of both axes: markers closer than this share a label
CLOSE: Final = 0.07  # of the axis: depths closer than this stand one below the other


WEIGHT: Final = "σ<sub>w</sub>² = inputs × variance of a weight"
BIAS: Final = "σ<sub>b</sub>² = variance of a bias"
SCALE: Final = "gradient <b>vanishes</b> ←  χ₁ = 1 keeps it  → it <b>explodes</b>"
POINT: Final = "σ<sub>w</sub>² = %{customdata[0]:.3g}, σ<sub>b</sub>² = %{y:.3g}"


class Marks(NamedTuple):
    """What is marked: `here` is None where the network has no place, `sure` False where its place means little."""

    landmarks: tuple[Landmark, ...]
    here: Place | None
    sure: bool
    chosen: Place


def plane_figure(plane: Plane, marks: Marks, picks: Picks, dark: bool) -> go.Figure:
    """Everything of the plane in one picture, weights from left to right, biases upwards."""
    look, window = theme.palette(dark), plane.window
    traces = [
        _colours(plane, look, dark), *_unbounded(plane, look), _depth_lines(plane, look), _edge(plane, look),
        _picks(window, picks), *_markers(window, marks, look),
    ]  # fmt: skip
    annotations = [
        *_regions(plane, look), *_depths(plane.lines, window, look), *_edge_label(plane, look),
        *_names(window, marks, look),
    ]  # fmt: skip
    low, high = x_of(window, window.weight[[0, -1]])
    ticks = theme.decade_ticks(low, high) if window.logarithmic else {}
    xaxis = {"title": WEIGHT, "range": [low, high], "showgrid": False, **ticks}
    yaxis = {"title": BIAS, "range": [0, window.bias[-1]], "showgrid": False}
    margin = {**theme.MARGIN, "t": 66, "l": 58, "r": 28}
    return theme.figure(dark, HEIGHT, traces, xaxis, yaxis, annotations=annotations, margin=margin)


def x_of(window: Window, weight: Array) -> Array:
    """Where a weight variance stands on the axis; NaN where that is nowhere."""
    weight = np.asarray(weight, float)
    if not window.logarithmic:
        return weight
    return np.log10(np.where(weight > 0, weight, np.nan))


def _colours(plane: Plane, look: Palette, dark: bool) -> Json:
    """chi_1 in 255 steps of its logarithm: a quarter of the bytes of numbers."""
    steps = np.log(np.clip(plane.chi, 1 / FURTHEST, FURTHEST)) / np.log(FURTHEST)
    x = x_of(plane.window, plane.window.weight)
    colours = theme.DIVERGING[dark]
    words = ("⅓ or less", "0.58", "1", "1.73", "3 or more")
    return {
        "type": "heatmap", "z": np.round(LEVELS * (1 + steps)).astype(np.uint8), "zmin": 0, "zmax": 2 * LEVELS,
        "x0": x[0], "dx": x[1] - x[0], "y0": 0, "dy": plane.window.bias[1], "zsmooth": "fast", "hoverinfo": "skip",
        "colorscale": [[i / 4, colour] for i, colour in enumerate(colours)],
        "colorbar": {
            "orientation": "h", "x": 0.5, "y": 1, "yref": "container", "yanchor": "top", "len": 1.0, "thickness": 10,
            "outlinewidth": 0, "xpad": 0, "ypad": 0, "ticklabeloverflow": "allow", "ticks": "",
            "tickvals": [LEVELS * i / 2 for i in range(len(words))], "ticktext": words,
            "tickfont": {"size": 12, "color": look.muted},
            "title": {"text": SCALE, "side": "top", "font": {"size": 13}},
        },
    }  # fmt: skip


def _unbounded(plane: Plane, look: Palette) -> list[Json]:
    """The region in which the signal grows without bound, hatched, with a dotted border."""
    rows = np.flatnonzero(np.isfinite(plane.diverging))
    if not rows.size:
        return []
    x, y = x_of(plane.window, plane.diverging[rows]), plane.window.bias[rows]
    end = float(x_of(plane.window, plane.window.weight[-1]))
    hatch: Json = {
        "type": "scatter", "mode": "lines", "x": np.array([*x, end, end]), "y": np.array([*y, y[-1], y[0]]),
        "line": {"width": 0}, "fill": "toself", "fillcolor": "rgba(0,0,0,0)", "hoverinfo": "skip",
        "fillpattern": {"shape": "/", "size": 12, "solidity": 0.08, "fgcolor": look.ink, "fillmode": "overlay"},
    }  # fmt: skip
    return [hatch, _line(x, y, {"color": look.ink, "width": 2, "dash": "dot"})]


def _depth_lines(plane: Plane, look: Palette) -> Json:
    parts = [(x_of(plane.window, line.weight), line.bias) for line in plane.lines]
    x = np.concatenate([[np.nan], *(np.append(x, np.nan) for x, _ in parts)])
    y = np.concatenate([[np.nan], *(np.append(y, np.nan) for _, y in parts)])
    return _line(x, y, {"color": look.muted, "width": 1.3, "dash": "dash", "shape": "spline"})


def _edge(plane: Plane, look: Palette) -> Json:
    """The line chi_1 = 1; where it is a single point, a ring."""
    alone = np.isfinite(plane.edge).sum() == 1
    edge = _line(x_of(plane.window, plane.edge), EDGE_ROWS, {"color": look.ink, "width": 3})
    ring = {"symbol": "circle-open", "size": 16, "color": look.ink, "line": {"width": 3}}
    return {**edge, "mode": "lines+markers", "marker": ring, "cliponaxis": False} if alone else edge


def _line(x: Array, y: Array, line: Json) -> Json:
    return {
        "type": "scatter", "mode": "lines", "x": np.asarray(x, np.float32), "y": np.asarray(y, np.float32),
        "line": line, "hoverinfo": "skip",
    }  # fmt: skip


def _picks(window: Window, picks: Picks) -> Json:
    """Invisible points: what the pointer reads and a click chooses."""
    unseen = {"marker": {"opacity": 0}}
    return {
        "type": "scatter", "mode": "markers", "x": x_of(window, picks.weight).astype(np.float32),
        "y": picks.bias.astype(np.float32), "customdata": np.stack([picks.weight, picks.chi], 1).astype(np.float32),
        "marker": {"opacity": 0, "size": 12}, "selected": unseen, "unselected": unseen,
        "hovertemplate": f"{POINT}<br>χ₁ = %{{customdata[1]:.3g}}<extra></extra>",
    }  # fmt: skip


def _markers(window: Window, marks: Marks, look: Palette) -> list[Json]:
    """Landmarks as diamonds, this network as a star, hollow where it means little, the chosen point as a cross."""
    seen = [mark for mark in marks.landmarks if _inside(window, mark.place)]
    named = [f"{', '.join(mark.names)}<br>{_numbers(mark.place)}" for mark in seen]
    traces = [_points(window, [mark.place for mark in seen], named, look, "diamond", 11)]
    if marks.here is not None:
        at = nearest_inside(window, marks.here)
        traces.append(_points(window, [at], ["this network"], look, "star" if marks.sure else "star-open", 19))
    if _inside(window, marks.chosen):
        traces.append(_points(window, [marks.chosen], ["chosen point"], look, "circle-cross-open", 16))
    return traces


def _points(window: Window, places: list[Place], texts: list[str], look: Palette, symbol: str, size: int) -> Json:
    full = {"opacity": 1}
    border = {"color": look.ink if symbol.endswith("open") else look.background, "width": 2}
    return {
        "type": "scatter", "mode": "markers", "x": x_of(window, np.array([p.weight for p in places], float)),
        "y": [p.bias for p in places], "text": texts, "hovertemplate": "%{text}<extra></extra>", "cliponaxis": False,
        "marker": {"symbol": symbol, "size": size, "color": look.ink, "line": border, **full},
        "selected": {"marker": full}, "unselected": {"marker": full},
    }  # fmt: skip


def _inside(window: Window, place: Place) -> bool:
    return window.weight[0] <= place.weight <= window.weight[-1] and place.bias <= window.bias[-1]


def nearest_inside(window: Window, place: Place) -> Place:
    """The place, or the nearest on the border of the picture."""
    low, high = window.weight[[0, -1]]
    return Place(float(np.clip(place.weight, low, high)), float(min(place.bias, window.bias[-1])))


def _names(window: Window, marks: Marks, look: Palette) -> list[Json]:
    """Upright labels with leaders that keep out of each other's way, from left to right."""
    labels: list[tuple[float, float, str]] = []
    for mark in marks.landmarks:
        if not _inside(window, mark.place):
            continue
        x, y, text = float(x_of(window, np.array(mark.place.weight))), mark.place.bias, ", ".join(mark.names)
        if labels and _same(window, labels[-1], x, y):
            labels[-1] = (*labels[-1][:2], f"{labels[-1][2]}, {text}")
        else:
            labels.append((x, y, text))
    if marks.here is not None:
        at = nearest_inside(window, marks.here)
        away = "" if at == marks.here else f": {_numbers(marks.here)}"
        labels.append((float(x_of(window, np.array(at.weight))), at.bias, f"<b>this network</b>{away}"))
    return _upright(window, sorted(labels, key=lambda label: label[0]), look)


def _same(window: Window, label: tuple[float, float, str], x: float, y: float) -> bool:
    low, high = x_of(window, window.weight[[0, -1]])
    return abs(x - label[0]) <= SAME * (high - low) and abs(y - label[1]) <= SAME * window.bias[-1]


def _upright(window: Window, labels: list[tuple[float, float, str]], look: Palette) -> list[Json]:
    low, high = x_of(window, window.weight[[0, -1]])
    pixels = [PHONE * (x - low) / (high - low) for x, _, _ in labels]
    found, free = [], 0.0
    for at, (x, y, text) in zip(pixels, labels, strict=True):
        up, lines = y <= HIGH * window.bias[-1], _lines(text)
        half = LABEL * len(lines) / 2
        stands = min(max(at, free + half), PHONE - half)
        free = stands + half
        found.append({
            "x": x, "y": y, "text": "<br>".join(lines), "textangle": -90, "align": "left" if up else "right",
            "showarrow": True, "arrowhead": 0, "arrowwidth": 1, "arrowcolor": look.ink, "standoff": 5,
            "ax": stands - at, "ay": -LIFT if up else LIFT, "xanchor": "left" if up else "right", "yanchor": "middle",
            "borderpad": 1, "font": {"size": 13, "color": look.ink},
            "bgcolor": theme.translucent(look.background, VEIL),
        })  # fmt: skip
    return found


def _lines(text: str) -> list[str]:
    """Names in lines as long as there is room for, none broken in two; the network's own label is one."""
    lines = [""]
    for name in [text] if text.startswith("<b>") else text.split(", "):
        if lines[-1] and len(lines[-1]) + len(name) + 2 > LONG:
            lines.append("")
        lines[-1] += f"{', ' if lines[-1] else ''}{name}"
    return [f"{line}," for line in lines[:-1]] + lines[-1:]


def _regions(plane: Plane, look: Palette) -> list[Json]:
    """The sides' names in their middle, as far as there is room for them."""
    found = []
    low, high = x_of(plane.window, plane.window.weight[[0, -1]])
    for name, words, height in (
        ("ordered", "inputs become alike,<br>gradient vanishes", 0.7),
        ("chaotic", "inputs drift apart,<br>gradient explodes", 0.5),
        ("q* diverges", "the signal grows<br>without bound", 0.7),
    ):
        left, right = _extent(plane, name, int(height * len(plane.window.bias)))
        if right - left >= ROOM * (high - low):
            y = height * plane.window.bias[-1]
            text = f"<b>{name}</b><br>{words}"
            found.append(_on_plane(text, look, x=(left + right) / 2, y=y, font={"size": 14, "color": look.ink}))
    return found


def _extent(plane: Plane, region: str, row: int) -> tuple[float, float]:
    """Both ends of a region in a row, on the axis."""
    edge = np.interp(plane.window.bias[row], EDGE_ROWS, plane.edge)  # NaN beside a row that has none
    low, high, edge, bound = x_of(plane.window, np.array([*plane.window.weight[[0, -1]], edge, plane.diverging[row]]))
    bound = float(high if np.isnan(bound) else bound)
    edge = bound if np.isnan(edge) else min(float(edge), bound)
    return {"ordered": (float(low), edge), "chaotic": (edge, bound), "q* diverges": (bound, float(high))}[region]


def _edge_label(plane: Plane, look: Palette) -> list[Json]:
    rows = np.flatnonzero(np.isfinite(plane.edge))
    if not rows.size:
        return []
    row = rows[int(0.67 * len(rows))]
    text, height = ("χ₁ = 1", float(EDGE_ROWS[row]))
    if rows.size == 1:
        text, height = "χ₁ = 1 only at σ<sub>b</sub>² = 0", 0.8 * float(plane.window.bias[-1])  # above all names
    x = float(x_of(plane.window, plane.edge[row]))
    return [_on_plane(text, look, x=x, y=height, font={"size": 14, "color": look.ink})]


def _depths(lines: tuple[Line, ...], window: Window, look: Palette) -> list[Json]:
    """The number of layers near the upper end of each line, lower where others stand close by."""
    low, high = x_of(window, window.weight[[0, -1]])
    found, before = [], np.full(4, -np.inf)  # where the last number of each height stands
    for index, line in enumerate(sorted(lines, key=_upper_end)):
        drawn = np.isfinite(line.weight)
        x, y = x_of(window, line.weight[drawn]), line.bias[drawn]
        free = np.flatnonzero((x[-1] - before) / (high - low) >= CLOSE)
        level = int(free[0] if free.size else before.argmin())
        before[level] = float(x[-1])
        height = min(float(y[-1]), (0.97 - 0.06 * level) * window.bias[-1])
        text, side = (f"{line.depth} layers", "right") if index == 0 else (str(line.depth), "center")
        at = float(np.interp(height, y, x))
        found.append(_on_plane(text, look, x=at, y=height, xanchor=side, font={"size": 12, "color": look.ink}))
    return found


def _upper_end(line: Line) -> float:
    return float(line.weight[np.isfinite(line.weight)][-1])


def _on_plane(text: str, look: Palette, **place: object) -> Json:
    return theme.label(text, look.ink, bgcolor=theme.translucent(look.background, 0.7), borderpad=1, **place)


def _numbers(place: Place) -> str:
    return f"σ<sub>w</sub>² = {place.weight:.3g}, σ<sub>b</sub>² = {place.bias:.3g}"
