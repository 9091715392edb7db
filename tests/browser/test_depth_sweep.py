"""A cell of the map is clicked, and Explore opens there; one Back undoes it."""

import re

from playwright.sync_api import Page

from benchmarks.browser import settled
from tests.browser.conftest import NewPage

QUICK = "/depth-sweep?v=1&init=He+normal&activation=ReLU&width=16&batch=16&sweep_deepest=10"
AT = """([gain, depth]) => {
  const chart = document.querySelector('.st-key-sweep_map .js-plotly-plot');
  const {xaxis, yaxis} = chart._fullLayout, box = chart.getBoundingClientRect();
  return [box.x + xaxis._offset + xaxis.l2p(Math.log10(gain)), box.y + yaxis._offset + yaxis.l2p(depth)];
}"""


def click_cell(page: Page, gain: float, depth: int) -> None:
    page.locator(".st-key-sweep_map").scroll_into_view_if_needed()
    page.mouse.move(*page.evaluate(AT, [gain, depth]))
    page.wait_for_selector(".st-key-sweep_map .hovertext")
    page.mouse.click(*page.evaluate(AT, [gain, depth]))


def test_a_clicked_cell_opens_in_explore_and_one_back_undoes_it(new_page: NewPage) -> None:
    page = new_page(QUICK)
    click_cell(page, 2.0, 7)
    page.wait_for_url("**sweep_depth=7&sweep_gain=2**")
    page.get_by_text("Depth 7, gain 2:").wait_for()
    settled(page)
    before = page.url
    page.locator(".st-key-sweep_open a").first.click()
    page.wait_for_url(re.compile(r"depth=7&.*gain=2&"))
    page.get_by_text("Does the signal survive?").wait_for()
    settled(page)
    assert "depth=7&" in page.url.split("?")[1]
    assert "/explore?" in page.url
    page.go_back()
    page.get_by_text("At which depth and gain can a network live?").wait_for()
    settled(page)
    assert page.url == before
