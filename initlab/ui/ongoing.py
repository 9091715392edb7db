"""Long work of one visitor: begun once, kept between reruns, and gone on with until its last result is there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st

from initlab.ui import desk, gate
from initlab.ui.pace import Pace

Item = TypeVar("Item")


@dataclass(slots=True, eq=False)
class Ongoing(Generic[Item]):
    """What the work is of, how it goes on, and how far it has come."""

    of: object
    steps: Iterator[Item]
    now: Item
    over: bool = False


def finished(
    key: str, of: object, begin: Callable[[], Iterator[Item]], said: Callable[[Item], tuple[float, str]],
    operations: float,
) -> Item:  # fmt: skip
    """The last of what `begin` gives, which is at least one, unless the visitor changes anything meanwhile; so many
    `operations` in all.

    A rerun for another reason goes on where the work was; what it is `of` decides whether it is the same. `said` is the
    share that is done and what the progress line says of it.
    """
    kept: Ongoing[Item] | None = st.session_state.get(key)
    if kept is None or kept.of != of:
        steps = desk.steps(begin())
        kept = st.session_state[key] = Ongoing(of, steps, next(steps))
    line, pace = st.empty(), Pace()
    with gate.place(kept, heavy=not kept.over and gate.is_heavy(operations)):
        for now in kept.steps:
            kept.now, (share, words) = now, said(now)
            left = pace.left(share)
            if pace.due():
                line.progress(share, f"{words}{left}")
        kept.over = True
    line.empty()
    return kept.now
