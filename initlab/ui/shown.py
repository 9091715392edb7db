"""What a page has shown in this run: the report prints it, and the presenter leafs through its charts.

It stands in the session, because a chart in a fragment may be drawn again without the rest of its page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import pandas as pd
import streamlit as st

from initlab.figures import Figure

KEY: Final = "_shown"
Columns: TypeAlias = pd.DataFrame | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart: its title, its figure and its one-sentence reading."""

    title: str
    figure: Figure
    reading: str


@dataclass(slots=True, eq=False)
class Shown:
    """A page's verdict (the headline first), and its charts and tables in its order; a chart that presenter mode passes
    over is None."""

    verdict: list[str] = field(default_factory=list[str])
    charts: dict[str, Drawn | None] = field(default_factory=dict[str, Drawn | None])
    tables: dict[str, Callable[[], Columns]] = field(default_factory=dict[str, Callable[[], Columns]])


def begin() -> None:
    """A new run of a page."""
    st.session_state[KEY] = Shown()


def now() -> Shown:
    return st.session_state[KEY]


def verdict(*words: str) -> None:
    """The headline and its evidence; the last to be said counts."""
    now().verdict[:] = words


def place(name: str) -> int:
    """Where on the page the chart of that name stands, from 1; a new name is the last."""
    now().charts.setdefault(name)
    return list(now().charts).index(name) + 1


def chart(name: str, drawn: Drawn) -> None:
    """Note a chart, or its next drawing under the same name."""
    now().charts[name] = drawn


def table(name: str, numbers: Callable[[], Columns]) -> None:
    """Note a table, made when it is asked for: its panel may be closed."""
    now().tables[name] = numbers
