"""The form in which a figure goes to the browser: drawn there once, and written out here once."""

import math
from typing import Any

import numpy as np
import plotly.graph_objects as go

from initlab.figures.theme import Json


class Sent(go.Figure):
    """A figure that changes no more. What the browser gets of it is made at the first asking, not for every visitor:
    Plotly copies a figure through and through each time, which takes longer than all else about a chart."""

    _written: Json | None = None

    def to_dict(self) -> Json:
        """The same dictionary each time: nobody may change it."""
        if self._written is None:
            self._written = super().to_dict()
        return self._written


def sent(parts: Json) -> Sent:
    """From data, layout and frames, none of which Plotly need validate; without its default template."""
    made = Sent(parts, _validate=False)
    made.layout.template = None
    return made


def drawn_once(figure: go.Figure) -> go.Figure:
    """The same figure in a form that the browser draws once.

    Streamlit hands every new figure to Plotly twice, before and after it has measured its place. The second drawing is
    spared where Plotly can see that nothing has changed. That takes a `datarevision`, lists for arrays and no template,
    because it compares typed arrays and templates by identity. A changed figure is a new chart in the page, so its
    first revision is its last.
    """
    drawn: Any = figure  # Plotly declares too little of its own types
    if drawn.layout.datarevision:
        return figure
    data = [_plain(trace.to_plotly_json()) for trace in drawn.data]
    layout = {**_plain(drawn.layout.to_plotly_json()), "datarevision": 1}
    return sent({"data": data, "layout": layout})


def _plain(part: Any) -> Any:
    """Vectors as lists, as exact as float32; a matrix may stay as it is, since its rows are compared in a list."""
    if isinstance(part, dict):
        return {name: _plain(value) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [_plain(value) for value in part]
    if not isinstance(part, np.ndarray) or part.ndim > 1:
        return part
    if part.dtype.kind == "f":
        return [float(f"{value:.9g}") if math.isfinite(value) else None for value in part.tolist()]
    return part.tolist()
