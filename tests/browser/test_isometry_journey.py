"""The Isometry page in a real Chromium: a preset becomes a link, and the link the same picture elsewhere."""

import pytest
from playwright.sync_api import Page

from benchmarks.browser import settled
from tests.browser.conftest import NewPage

CHARTS = """() => [...document.querySelectorAll('.js-plotly-plot')].map(
  chart => chart._fullData.map(trace => [Array.from(trace.x), Array.from(trace.y)]))"""
WIDE = (
    "() => [document.scrollingElement, document.querySelector('[data-testid=stMain]')]"
    ".map(e => e.scrollWidth - e.clientWidth)"
)


def headline(page: Page) -> str:
    return page.locator(".st-key-isometry_verdict h2").inner_text()


@pytest.mark.stress
def test_a_preset_becomes_a_link_that_shows_another_visitor_the_same(new_page: NewPage) -> None:
    page = new_page("/isometry")
    assert "Random normal does not" in headline(page)
    page.get_by_text("ReLU", exact=True).last.click()
    page.wait_for_url("**activation=ReLU**")
    page.get_by_text("Neither treats all directions alike").wait_for()
    settled(page)
    page.get_by_role("slider", name="Input row").press("ArrowRight")
    page.wait_for_url("**isometry_row=2**")
    expected = settled(page).evaluate(CHARTS)
    assert len(expected) == 4
    other = new_page("/isometry" + page.url[page.url.index("?") :])
    assert headline(other) == headline(page)
    assert other.evaluate(CHARTS) == expected


@pytest.mark.stress
@pytest.mark.parametrize("query", ["", "?v=1&init=Zeros", "?v=1&width=1&depth=1"])
def test_a_phone_never_scrolls_sideways(new_page: NewPage, query: str) -> None:
    page = new_page("/isometry" + query, width=390, height=844)
    assert max(page.evaluate(WIDE)) <= 0
    assert page.locator("[data-testid=stException]").count() == 0
