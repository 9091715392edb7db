"""A race in a real Chromium: curves move while it runs, a change begins another, and a link has the same end."""

import re

import pytest
from playwright.sync_api import Page

from benchmarks.browser import settled
from tests.browser.conftest import NewPage

LONG = "/race?v=1&depth=6&width=128&race_starts=Zeros;Glorot+normal;He+normal&race_epochs=100"
QUICK = "/race?v=1&depth=3&width=16&race_starts=Zeros;Glorot+normal&race_epochs=2"
RUNNING = re.compile(r"^Step [\d,]+ of [\d,]+, epoch")
POINTS = "() => document.querySelector('[class*=st-key-race_loss] .js-plotly-plot')?.data?.[1].x.length ?? 0"
FEWEST = f"""() => {{
  window.fewest = Infinity;
  setInterval(() => {{ window.fewest = Math.min(window.fewest, ({POINTS})() || Infinity); }}, 10);
}}"""

FILM = "document.querySelector('[class*=st-key-race_] .js-plotly-plot:has(.updatemenu-button)')"


def points(page: Page) -> int:
    """How far the second contestant's line is drawn."""
    return page.evaluate(POINTS)


def test_curves_move_a_change_begins_another_race_and_stop_ends_it(new_page: NewPage) -> None:
    page = new_page("/race?v=1&race_epochs=1&depth=1&width=8&race_starts=Zeros;Zeros")
    page.goto(page.url.split("/race")[0] + LONG)
    page.get_by_text(RUNNING).wait_for()
    page.wait_for_function(f"() => ({POINTS})() > 9")
    page.wait_for_function(f"() => ({POINTS})() > 30")  # of 120: so many that no slow browser misses the shorter line
    before = points(page)
    page.evaluate(FEWEST)
    page.get_by_role("slider", name="Learning rate").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"() => fewest < {before}")
    page.locator(".st-key-race_stop button").click()
    page.get_by_text(re.compile(r"Stopped after step [\d,]+ of")).wait_for()
    settled(page)
    page.get_by_text("learning rate 0.1,").wait_for()
    assert "race_rate=0.1&" in page.url
    assert not page.locator("[data-testid=stException]").count()


@pytest.mark.stress
def test_a_link_to_a_race_has_the_same_end_for_everyone(new_page: NewPage) -> None:
    first, second = new_page(QUICK), new_page(QUICK, width=390, color_scheme="dark")
    said = [page.locator(".st-key-verdict").inner_text() for page in (first, second)]
    assert said[0] == said[1]
    assert "after 2 epochs" in said[0]
    assert second.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    first.reload()
    settled(first)
    assert first.locator(".st-key-verdict").inner_text() == said[0]


@pytest.mark.stress
def test_a_race_is_played_again_without_the_server(new_page: NewPage) -> None:
    page = new_page(f"{QUICK}&race_picture=RMS+a+layer")
    moments = page.evaluate(f"{FILM}._transitionData._frames.length")
    page.get_by_role("slider", name="Open after step").focus()
    for key, moment in (("End", moments - 1), ("Home", 0)):
        page.keyboard.press(key)
        page.wait_for_function(f"() => {FILM}?._fullLayout?.sliders[0].active === {moment}")
    settled(page)
    page.evaluate(
        f"window.film = {FILM}; window.played = 0; film.on('plotly_animatingframe', () => {{ played += 1; }})"
    )
    page.context.set_offline(True)
    play, _, back, on = page.locator(".st-key-race_rms .updatemenu-button").all()
    play.dispatch_event("click")
    page.wait_for_function(f"() => played === {moments} && film._fullLayout.sliders[0].active === {moments - 1}")
    for button, moment in ((back, moments - 2), (back, moments - 3), (on, moments - 2)):
        button.dispatch_event("click")
        page.wait_for_function(f"() => film._fullLayout.sliders[0].active === {moment}")
    page.locator(".st-key-race_rms .slider-rail-touch-rect").click(position={"x": 2, "y": 4}, force=True)
    page.wait_for_function("() => film._fullLayout.sliders[0].active === 0")
    assert page.evaluate("film.isConnected"), "it is still the same chart"
