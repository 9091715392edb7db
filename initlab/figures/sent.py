"""Figures of plain dictionaries, and the form in which one goes to the browser: written out once, and drawn there once.

Plotly's own objects take longer to make, and to copy again, than all the numbers in them.
"""

import math
import threading
from base64 import b64encode
from typing import Any, Final, TypeAlias

import numpy as np
import plotly.graph_objects as go

from initlab.arrays import Array

Json: TypeAlias = dict[str, Any]
MAKING: Final = threading.RLock()


class Plain(go.Figure):
    """A figure whose `parts` are plain data, layout and frames, none of which Plotly need validate.

    It is any other figure to whoever looks into it or changes it: Plotly's objects are made at the first such look.
    """

    def __init__(self, parts: Json) -> None:
        self._parts: Json | None = parts

    def __getattr__(self, name: str) -> Any:
        with MAKING:
            parts = self.__dict__.get("_parts")
            if parts is not None:
                self._parts = None
                super().__init__(parts, _validate=False)
                if "template" not in parts["layout"]:
                    self.layout.template = None
            elif name not in self.__dict__:
                raise AttributeError(name)
        return getattr(self, name)

    @property
    def untouched(self) -> Json | None:
        """The parts, unless somebody has looked into the figure: they may have changed it."""
        return self._parts


class Sent(Plain):
    """A figure in its last form, whose parts hold no arrays: what the browser gets."""

    def to_dict(self) -> Json:
        """The parts as they are, for reading only."""
        return parts(self)


def parts(figure: go.Figure) -> Json:
    """Data, layout and frames of any figure, for reading only."""
    if isinstance(figure, Plain) and figure.untouched:
        return figure.untouched
    drawn: Any = figure  # Plotly declares too little of its own types
    data, layout = [trace.to_plotly_json() for trace in drawn.data], drawn.layout.to_plotly_json()
    frames = {"frames": [frame.to_plotly_json() for frame in drawn.frames]} if drawn.frames else {}
    return {"data": data, "layout": layout, **frames}


def drawn_once(figure: go.Figure) -> go.Figure:
    """The same figure in a form that the browser draws once.

    Streamlit hands every new figure to Plotly twice, before and after it has measured its place. The second drawing is
    spared where Plotly can see that nothing has changed. That takes a `datarevision`, lists for arrays and no template,
    because it compares typed arrays and templates by identity; a matrix may be an array, since its rows are compared
    in a list. A changed figure is a new chart in the page, so its first revision is its last.
    """
    if isinstance(figure, Sent):
        return figure
    plain = parts(figure)
    layout = {name: value for name, value in plain["layout"].items() if name != "template"}
    return Sent({"data": _listed(plain["data"]), "layout": {**_listed(layout), "datarevision": 1}})


def _listed(part: Any) -> Any:
    """Vectors as lists, as exact as float32."""
    if isinstance(part, dict):
        return {name: _listed(value) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [_listed(value) for value in part]
    if not isinstance(part, np.ndarray):
        return part
    if part.ndim > 1:
        return encoded(part)
    if part.dtype.kind == "f":
        return [float(f"{value:.9g}") if math.isfinite(value) else None for value in part.tolist()]
    return part.tolist()


def encoded(part: Any) -> Any:
    """Arrays as their bytes in base64, which is how Plotly takes them."""
    if isinstance(part, dict):
        return {name: encoded(value) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [encoded(value) for value in part]
    return _typed(part) if isinstance(part, np.ndarray) else part


def _typed(array: Array) -> Any:
    if array.dtype.kind in "iu" and array.dtype.itemsize == 8 and array.size:  # no browser takes them in bytes
        array = array.astype(np.result_type(*(np.min_scalar_type(end) for end in (array.min(), array.max()))))
    if array.dtype.kind not in "iuf" or (array.dtype.kind != "f" and array.dtype.itemsize == 8) or not array.size:
        return array.tolist()
    found = {"dtype": array.dtype.str[1:], "bdata": b64encode(array.tobytes()).decode("ascii")}
    return found | ({"shape": ", ".join(map(str, array.shape))} if array.ndim > 1 else {})
