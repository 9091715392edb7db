"""What a visitor does on the Explore page, in a real Chromium: move, open, cure, go back, share."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from benchmarks.browser import Server, settled
from tests.browser.conftest import NewPage

CHARTS = """() => [...document.querySelectorAll('.js-plotly-plot')].map(
  chart => chart._fullData.map(trace => [Array.from(trace.x), Array.from(trace.y), trace.line.color]))"""
WIDE = (
    "() => [document.scrollingElement, document.querySelector('[data-testid=stMain]')]"
    ".map(e => e.scrollWidth - e.clientWidth)"
)


def headline(page: Page) -> str:
    return page.locator(".st-key-verdict h2").inner_text()


def drawn(page: Page) -> Any:
    return page.evaluate(CHARTS)


@pytest.mark.stress
def test_a_slider_moved_by_keyboard_changes_the_link_and_the_picture(page: Page) -> None:
    before = drawn(page)
    page.get_by_role("slider", name="Depth").press("ArrowRight")
    page.wait_for_url("**depth=11**")
    settled(page)
    (before_x, _, _), (x, _, _) = before[0][0], drawn(page)[0][0]
    assert len(before_x) > 100
    assert x != before_x


def test_one_back_undoes_the_remedy_and_forward_applies_it_again(page: Page) -> None:
    page.get_by_text("Too large", exact=True).click()
    page.wait_for_url("**stddev=0.5&**")
    settled(page)
    assert "The signal explodes" in headline(page)
    page.locator(".st-key-remedy button").first.click()
    page.wait_for_url("**init=He+normal**")
    settled(page)
    assert "Healthy" in headline(page)
    page.go_back()
    page.wait_for_url("**init=Random+normal**")
    page.get_by_text("The signal explodes").first.wait_for()
    settled(page)
    page.go_forward()
    page.wait_for_url("**init=He+normal**")
    page.get_by_text("Healthy at the start").wait_for()


def test_a_shared_link_and_a_reload_show_the_same_picture(page: Page, new_page: NewPage) -> None:
    page.get_by_role("slider", name="Depth").press("ArrowRight")
    page.wait_for_url("**depth=11**")
    expected = drawn(settled(page))
    page.reload()
    assert drawn(settled(page)) == expected
    other = new_page("/" + page.url[page.url.index("?") :])
    assert drawn(other) == expected


@pytest.mark.stress
def test_a_bad_link_opens_the_nearest_state_and_says_so(new_page: NewPage, server: Server) -> None:
    page = new_page("/explore?depth=1e9&gain=nan&init=%3Cscript%3E&activation=Tanh&width=5&foo=1")
    assert "depth=200" in page.url
    assert "1e9" in page.get_by_text("lies outside 1 to 200").inner_text()
    assert page.locator("[data-testid=stException]").count() == 0
    assert "Traceback" not in server.log.read_text()


@pytest.mark.stress
def test_the_dark_theme_is_dark_in_page_and_picture(new_page: NewPage) -> None:
    page = new_page(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor") == "rgb(20, 23, 28)"
    assert drawn(page)[0][0][2] == "#4FA3D9"


def test_a_phone_never_scrolls_sideways(new_page: NewPage) -> None:
    page = new_page(width=390, height=844)
    assert max(page.evaluate(WIDE)) <= 0


def test_the_panels_open_and_the_numbers_are_one_table(page: Page) -> None:
    for title in ("Inspect one layer", "Why √n? One neuron", "All numbers"):
        page.get_by_text(title, exact=True).click()
        settled(page)
    expect(page.locator("[data-testid=stDataFrame]")).to_have_count(2)
    with page.expect_download() as download:
        page.locator(".st-key-table_csv button").first.click()
    text = download.value.path().read_text().splitlines()
    assert text[0].startswith("layer,width,activation rms")
    assert len(text) == 11


@pytest.mark.parametrize(
    "query", ["?v=1&init=Zeros", "?v=1&init=Random+uniform&minval=0&maxval=1&activation=ReLU&depth=30"]
)
@pytest.mark.stress
def test_what_cannot_be_drawn_is_named(new_page: NewPage, query: str) -> None:
    page = new_page("/" + query)
    words = page.locator(".st-key-activations .annotation-text").all_text_contents()
    assert any("all exactly 0" in word or "overflow" in word for word in words)
