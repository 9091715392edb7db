"""The state of one visitor: link in, widgets, link out.

The URL is read before any widget is drawn and written once at the end of a run, so one action is one history entry. A
run in which a widget or a button changed something ignores the URL, because the browser may not have caught up with
what was last written; a page change arrives with an empty query and keeps the state.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

import streamlit as st

from initlab.spec import NetworkSpec
from initlab.ui import link, pace, state
from initlab.ui.fields import Value

WRITTEN: Final = "_written"  # the query last written to, or read from, the URL
STATE: Final = "_state"  # the whole state at the end of the last run
PAGE: Final = "_page"
NOTES: Final = "_notes"
_now: ContextVar[dict[str, Value] | None] = ContextVar("values in this run of a page", default=None)


@contextmanager
def run(page: str, opening: Mapping[str, Value]) -> Generator[dict[str, Value]]:
    """A run of a page, from link to link. What it starts with is looked up once: no widget changes anything before the
    next, in whose callbacks all is looked up anew."""
    token = _now.set(_looked_up())
    try:
        _read(page, opening)
        yield values()
    finally:
        _now.reset(token)
    _write()


def _read(page: str, opening: Mapping[str, Value]) -> None:
    """Bring the URL into the session; `page` is the url_path being drawn, `opening` what a visit starts with there."""
    query, first = st.query_params.to_dict(), WRITTEN not in st.session_state
    if first or (query and query != st.session_state[WRITTEN] and _untouched()):  # Back, Forward, an edited address
        values, notes = link.decode({name: st.query_params.get_all(name) for name in query})
        apply(values if query else {**values, **opening})
        st.session_state[NOTES] = notes
        st.session_state[WRITTEN] = {} if first else link.encode(values)
    elif not _untouched():
        st.session_state[NOTES] = _mend()
    if st.session_state.get(PAGE) != page:
        st.session_state[WRITTEN] = {} if not query else st.session_state[WRITTEN]
        st.session_state[PAGE] = page
        pace.opened()


def _write() -> None:
    """Put the whole state into the URL, where it differs from what the URL already says."""
    state = link.encode(values())
    st.session_state[STATE] = state
    if state != st.session_state[WRITTEN]:
        st.query_params.from_dict(state)
        st.session_state[WRITTEN] = state


def values() -> dict[str, Value]:
    """Every field's current value, drawn or not."""
    return dict(_now.get() or _looked_up())


def _looked_up() -> dict[str, Value]:
    held = st.session_state.to_dict()  # one look at all is ten times as fast as one at each
    return {name: held.get(name, field.default) for name, field in state.FIELDS.items()}


def value(name: str) -> Value:
    """The current value of one field."""
    return st.session_state.get(name, state.FIELDS[name].default)


def apply(new: Mapping[str, Value]) -> None:
    """Set fields; only before their widgets are drawn, which is where callbacks run."""
    for name, value in new.items():
        st.session_state[name] = value
    if (now := _now.get()) is not None:
        now.update(new)


def apply_spec(spec: NetworkSpec) -> None:
    """Callback of every button that opens another experiment."""
    apply(link.values_of(spec))


def notes() -> list[str]:
    """What had to be changed in the link that opened this state."""
    return st.session_state[NOTES]


def _mend() -> list[str]:
    """Put right what no control of ours can have sent, as if it had come in a link; what had to be changed."""
    before, notes = st.session_state.get(STATE, {}), list[str]()
    for name, text in link.encode(values()).items():
        if text != before.get(name):
            valid, complaints = link.decode({name: [text]})
            if complaints:
                apply({name: valid[name]})
                notes += complaints
    return notes


def _untouched() -> bool:
    return link.encode(values()) == st.session_state.get(STATE)
