"""Messages about progress are few, and between them a changed control is heard."""

import itertools

from streamlit.testing.v1 import AppTest

from initlab.ui import pace
from initlab.ui.pace import EVERY, LONGEST, NEW, SELDOM, SHARE, TIMES, Pace


def test_the_first_message_goes_through_and_the_next_after_a_while(monkeypatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: clock[0])
    some = Pace()
    assert some.due()
    assert not some.due()
    clock[0] += 0.9 * EVERY
    assert not some.due()
    clock[0] += 0.2 * EVERY
    assert some.due()


def test_messages_that_take_long_are_seldom_but_not_too_seldom(monkeypatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: clock[0])
    for took, silence in ((0.8 * EVERY, TIMES * 0.8 * EVERY), (5.0, 5.0), (0.9 * SELDOM, SELDOM)):
        some = Pace()
        assert some.due()
        clock[0] += took
        assert some.due() == (took >= silence)
        clock[0] += silence - took + 0.01
        assert some.due() == (took < silence)


def messages(clock: list[float], seconds: float) -> int:
    """How many go through in so much time."""
    some, until = Pace(), clock[0] + seconds
    sent = 0
    while clock[0] < until:
        sent += some.due()
        clock[0] += 0.01
    return sent


def test_a_page_that_was_just_opened_is_left_alone_until_its_controls_are_there(monkeypatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(pace.st, "session_state", {})
    usual = messages(clock, 2 * LONGEST)
    pace.opened()
    assert messages(clock, 2 * LONGEST) <= 2 < usual
    clock[0] += NEW
    assert messages(clock, 2 * LONGEST) == usual


def test_work_that_goes_on_and_on_is_told_ever_more_seldom(monkeypatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(pace.st, "session_state", {})
    some, told = Pace(), list[float]()
    while clock[0] < 200:
        if some.due():
            told.append(clock[0])
        clock[0] += 0.01
    pauses = [later - before for before, later in itertools.pairwise(told)]
    assert pauses[0] < 1.1 * EVERY
    assert max(pauses) < 1.1 * LONGEST < 2 * SHARE * (told[-1] - told[0])
    assert pauses[-2] > 0.9 * LONGEST


def page() -> None:
    import streamlit as st
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    from initlab.ui.pace import Pace

    some = Pace()
    st.write(f"first: {some.due()}")
    context = get_script_run_ctx()
    assert context is not None
    looked: list[int] = []
    object.__setattr__(context.session_state, "_yield_callback", lambda: looked.append(1))
    st.write(f"second: {some.due()}, looked: {len(looked)}")


def test_a_page_that_says_nothing_still_looks_for_what_the_visitor_wants(monkeypatch) -> None:
    monkeypatch.setattr(pace, "EVERY", float("inf"))  # however slowly the page's lines are run
    app = AppTest.from_function(page).run()
    assert not app.exception
    assert [text.value for text in app.markdown] == ["first: True", "second: False, looked: 1"]
