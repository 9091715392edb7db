"""The Phase diagram in a browser: a click chooses a point, a link carries it, and Explore opens there."""

from typing import Any

import pytest
from playwright.sync_api import Page

from benchmarks.browser import settled
from tests.browser.conftest import NewPage

PLANE = ".st-key-phase_plane .js-plotly-plot"
# Where a point of the plane lies on the screen.
PIXELS = """(chart, [x, y]) => {
  const {xaxis, yaxis} = chart._fullLayout, box = chart.getBoundingClientRect();
  return [box.x + xaxis._offset + xaxis.l2p(x), box.y + yaxis._offset + yaxis.l2p(y)];
}"""
DRAWN = """() => [...document.querySelectorAll('.js-plotly-plot')].map(
  chart => chart._fullData.map(trace => [Array.from(trace.x || []), Array.from(trace.y || [])]))"""


def drawn(page: Page) -> Any:
    return page.evaluate(DRAWN)


def click(page: Page, weight: float, bias: float) -> None:
    page.mouse.click(*page.locator(PLANE).evaluate(PIXELS, [weight, bias]))


@pytest.mark.stress
def test_a_clicked_point_is_in_the_link_and_opens_in_explore(new_page: NewPage) -> None:
    page = new_page("/phase-diagram")
    assert "Information survives about 1.4 of 10 layers" in page.locator(".st-key-phase_verdict h2").inner_text()
    click(page, 2.0, 0.0625)
    page.wait_for_url("**phase_weight=2&phase_bias=0.0625**")
    expected = drawn(settled(page))

    other = new_page("/phase-diagram" + page.url[page.url.index("?") :])
    assert drawn(other) == expected

    before = page.url
    page.locator(".st-key-phase_open a").first.click()
    page.wait_for_url("**init=Variance+scaling**")
    page.get_by_text("Does the signal survive?").wait_for()
    settled(page)
    for part in ("scale=2&", "mode=fan_in&", "distribution=untruncated_normal&", "bias=0.25&", "gain=1&"):
        assert part in page.url
    assert "phase-diagram" not in page.url
    assert page.locator("[data-testid=stException]").count() == 0
    page.go_back()
    page.get_by_text("Where can a deep network live?").wait_for()
    settled(page)
    assert page.url == before


@pytest.mark.stress
def test_a_point_can_be_clicked_again_after_a_slider_was_moved_and_back_returns_to_it(new_page: NewPage) -> None:
    page = new_page("/phase-diagram?activation=ReLU")
    click(page, 1.5, 0.04)
    page.wait_for_url("**phase_weight=1.5&phase_bias=0.04**")
    settled(page)
    page.get_by_role("slider", name="σ_w², scatter of the weights").press("ArrowRight")
    page.wait_for_url("**phase_weight=1.55&**")
    settled(page)
    click(page, 1.5, 0.04)
    page.wait_for_url("**phase_weight=1.5&**")
    settled(page)
    page.go_back()
    page.wait_for_url("**phase_weight=1.55&**")


@pytest.mark.stress
def test_the_plane_fits_a_phone(new_page: NewPage) -> None:
    page = new_page("/phase-diagram", width=390, height=844)
    wide = "[...document.querySelectorAll('[data-testid=stMain]')].map(e => e.scrollWidth - e.clientWidth)"
    assert max(page.evaluate(wide)) <= 0
