"""What is in a figure: traces, words, colours. Plotly's own types do not say which trace has which field."""

import re
from base64 import b64decode
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go

from initlab.arrays import Array


def traces(figure: go.Figure) -> list[Any]:
    return list(figure.data)


def layout(figure: go.Figure) -> Any:
    return figure.layout


def matrix(values: Any) -> Array:
    """An array as it is sent: plain, or its bytes in base64."""
    if not isinstance(values, dict):
        return np.asarray(values)
    flat = np.frombuffer(b64decode(values["bdata"]), values["dtype"])
    return flat.reshape([int(size) for size in str(values.get("shape", flat.size)).split(",")])


def words(figure: go.Figure) -> dict[str, float]:
    """The annotations and the height at which each stands."""
    return {label.text: label.y for label in layout(figure).annotations}


def polygons(figure: go.Figure) -> list[tuple[Array, Array]]:
    """The closed shapes of the only trace, apart at its gaps."""
    (trace,) = traces(figure)
    gaps = np.flatnonzero(np.isnan(trace.x))
    parts = [slice(a + 1, b) for a, b in pairwise([-1, *gaps])]
    return [(trace.x[part], trace.y[part]) for part in parts]


def colours(figure: go.Figure) -> set[tuple[int, ...]]:
    """Every colour that can be seen, as red, green and blue."""
    text = figure.to_json() or ""
    translucent = {tuple(map(int, rgb)) for rgb in re.findall(r"rgba\((\d+),(\d+),(\d+),(?!0\))", text)}
    return translucent | {tuple(bytes.fromhex(code)) for code in re.findall(r"#([0-9A-Fa-f]{6})\b", text)}
