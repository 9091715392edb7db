"""Small pictures side by side: rows of data, what is made of them, and the weights of units as pictures."""

from collections.abc import Sequence
from math import ceil, isqrt, sqrt
from typing import Final

import numpy as np
import plotly.graph_objects as go

from initlab.arrays import Array
from initlab.figures import theme
from initlab.figures.theme import Json

MOST: Final = 64  # pictures of one figure
HEIGHT: Final = 320
ROW: Final = 96  # pixels of a row of data and its name
LEFT: Final = 12
HEAD: Final = 6  # pixels of data above a line of pictures


def side_of(features: int) -> int:
    """Pixels a side, where so many features are a square picture; else 0."""
    side = isqrt(features)
    return side if side > 2 and side * side == features else 0


def mosaic(pictures: Array, side: int, columns: int) -> Array:
    """Pictures `(K, side * side)` in rows of so many, one empty pixel (NaN) between them."""
    rows, pitch = ceil(len(pictures) / columns), side + 1
    found = np.full((rows * pitch - 1, columns * pitch - 1), np.nan)
    for k, picture in enumerate(pictures):
        top, left = (k // columns) * pitch, (k % columns) * pitch
        found[top : top + side, left : left + side] = picture.reshape(side, side)
    return found


def digits_figure(rows: Sequence[Array], names: Sequence[str], dark: bool) -> go.Figure:
    """A line of pictures for each of `rows` `(K, features)`, its name above; no ink and most ink as in the first."""
    look, side = theme.palette(dark), side_of(rows[0].shape[1])
    lines = [mosaic(each, side, len(each)) for each in rows]
    space = np.full((HEAD, lines[0].shape[1]), np.nan)
    together = np.concatenate([part for line in lines for part in (space, line)])
    words = [
        theme.label(name, look.muted, x=-0.5, y=index * (side + HEAD) + HEAD / 2, xanchor="left")
        for index, name in enumerate(names)
    ]
    span = float(rows[0].min()), float(rows[0].max())
    trace = _picture(together, span, [[0, look.background], [1, look.ink]])
    return _square(trace, together.shape, ROW * len(rows), words, dark)


def rows_figure(rows: Sequence[Array], names: Sequence[str], dark: bool) -> go.Figure:
    """The same of rows that are no pictures: a column a feature, a line a row."""
    look, count = theme.palette(dark), len(rows[0])
    space = np.full((2, rows[0].shape[1]), np.nan)
    together = np.concatenate([part for each in rows for part in (space, each)])
    largest = max(float(np.abs(rows[0]).max()), np.finfo(float).tiny)
    scale = [[k / 4, colour] for k, colour in enumerate(theme.DIVERGING[dark])]
    words = [
        theme.label(name, look.muted, x=0, y=index * (count + 2) + 0.4, xref="paper", xanchor="left")
        for index, name in enumerate(names)
    ]
    trace = {**_picture(together, (-largest, largest), scale), "x0": 1}
    return theme.figure(
        dark, HEIGHT, [trace], {**_counted(rows[0].shape[1]), "title": "feature"},
        {"visible": False, "range": [len(together) - 0.5, -0.5]}, annotations=words, hovermode=False,
    )  # fmt: skip


def filters_figure(weights: Array, dark: bool) -> go.Figure:
    """The incoming weights of up to 64 units as pictures, each on its own scale: negative, zero, positive."""
    side, shown = side_of(len(weights)), weights.T[:MOST]
    largest = np.maximum(np.abs(shown).max(axis=1, keepdims=True), np.finfo(float).tiny)
    together = mosaic(shown / largest, side, ceil(sqrt(len(shown))))
    low, *middle, high = theme.DIVERGING[dark]
    scale = [[k / 4, colour] for k, colour in enumerate((low, *middle, high))]
    return _square(_picture(together, (-1.0, 1.0), scale), together.shape, HEIGHT, [], dark)


def weights_figure(weights: Array, dark: bool) -> go.Figure:
    """Incoming weights `(features, units)` that are no pictures: a column a unit."""
    largest = max(float(np.abs(weights).max()), np.finfo(float).tiny)
    scale = [[k / 4, colour] for k, colour in enumerate(theme.DIVERGING[dark])]
    trace = {**_picture(weights[:, :MOST], (-largest, largest), scale), "x0": 1, "y0": 1}
    return theme.figure(
        dark, HEIGHT, [trace], {**_counted(min(weights.shape[1], MOST)), "title": "unit"},
        {**_counted(len(weights)), "title": "input", "autorange": "reversed"},
    )  # fmt: skip


def _counted(things: int) -> Json:
    """An axis along things that are numbered from 1."""
    every = ceil(things / 8)
    return {"tick0": every, "dtick": every, "showgrid": False}


def _picture(z: Array, span: tuple[float, float], scale: list[list[float | str]]) -> Json:
    return {
        "type": "heatmap", "z": np.round(z, 2).astype(np.float32), "zmin": span[0], "zmax": span[1],
        "colorscale": scale, "showscale": False, "hoverinfo": "skip",
    }  # fmt: skip


def _square(trace: Json, shape: tuple[int, ...], height: int, words: list[Json], dark: bool) -> go.Figure:
    """Pixels as high as they are wide."""
    bare: Json = {"visible": False, "showgrid": False, "constrain": "domain"}
    return theme.figure(
        dark, height, [trace], {**bare, "range": [-0.5, shape[1] - 0.5]},
        {**bare, "range": [shape[0] - 0.5, -0.5], "scaleanchor": "x"},
        annotations=words, margin={"l": LEFT, "r": 8, "t": 4, "b": 4}, hovermode=False,
    )  # fmt: skip
