"""The last thing made of each kind, in the session: for what a visitor uploads, which no cache shares with others."""

from collections.abc import Callable, Hashable
from typing import Final, TypeVar

import streamlit as st

KEY: Final = "_kept"
T = TypeVar("T")


def kept(kind: str, made_of: Hashable, make: Callable[[], T]) -> T:
    """What `make` returns, made anew only where what it is made of has changed."""
    things = st.session_state.setdefault(KEY, {})
    if kind not in things or things[kind][0] != made_of:
        things[kind] = made_of, make()
    return things[kind][1]


def origin(kind: str) -> Hashable:
    """What the last thing of that kind was made of; None where there is none yet."""
    return st.session_state.get(KEY, {}).get(kind, (None,))[0]
