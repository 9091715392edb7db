"""Messages about progress are few, and between them a changed control is heard."""

from streamlit.testing.v1 import AppTest

from initlab.ui import pace
from initlab.ui.pace import EVERY, SELDOM, TIMES, Pace


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
