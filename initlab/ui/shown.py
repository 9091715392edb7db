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
    """The page's title, its verdict (the headline first), and its charts and tables in the order of the page."""

    title: str
    verdict: list[str] = field(default_factory=list[str])
    charts: dict[str, Drawn] = field(default_factory=dict[str, Drawn])
    tables: dict[str, Callable[[], Columns]] = field(default_factory=dict[str, Callable[[], Columns]])


def begin(title: str) -> None:
    """A new run of the page of that title."""
    st.session_state[KEY] = Shown(title)


def now() -> Shown:
    return st.session_state[KEY]


def verdict(*words: str) -> None:
    """The headline and its evidence; the last to be said counts."""
    now().verdict[:] = words


def chart(name: str, drawn: Drawn) -> int:
    """Note a chart, or its next drawing under the same name; its place on the page, from 1."""
    now().charts[name] = drawn
    return list(now().charts).index(name) + 1


def table(name: str, numbers: Callable[[], Columns]) -> None:
    """Note a table, made when it is asked for: its panel may be closed."""
    now().tables[name] = numbers
