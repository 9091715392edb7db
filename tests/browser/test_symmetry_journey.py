"""What a visitor does on the symmetry page, in a real Chromium: raise the noise, watch the count, share the link."""

from typing import Any

import pytest
from playwright.sync_api import Page

from benchmarks.browser import settled
from tests.browser.conftest import NewPage

COUNTS = """() => Array.from(document.querySelector('.st-key-symmetry_layers .js-plotly-plot')._fullData[2].y)"""
LINK = "/symmetry?init=Constant&value=0.01&output=One+row+repeated&depth=4&width=32&symmetry_steps=3"


def headline(page: Page) -> str:
    return page.locator(".st-key-symmetry_verdict h2").inner_text()


def counts(page: Page) -> Any:
    return page.evaluate(COUNTS)


@pytest.mark.stress
def test_noise_raised_by_keyboard_breaks_the_copies_and_the_link_shows_another_the_same(new_page: NewPage) -> None:
    page = new_page(LINK)
    assert "Copies stay copies" in headline(page)
    assert counts(page) == [1, 1, 1, 1]
    noise = page.get_by_role("slider", name="Noise ε on the weights")
    for _ in range(12):
        noise.press("ArrowRight")
    page.wait_for_url("**symmetry_noise=0.0003&**")
    page.get_by_text("The symmetry is broken").wait_for()
    settled(page)
    assert counts(page) == [32, 32, 32, 32]
    other = new_page(page.url[page.url.index("/symmetry") :])
    assert counts(other) == [32, 32, 32, 32]
    assert headline(other) == headline(page)
    page.go_back()
    page.wait_for_url(lambda url: "symmetry_noise=0.0003&" not in url)  # presses in a row may be one entry


@pytest.mark.stress
def test_a_start_without_symmetry_offers_one_and_a_phone_never_scrolls_sideways(new_page: NewPage) -> None:
    page = new_page("/symmetry?init=Glorot+normal", width=390, height=844)
    assert "Every unit is its own" in headline(page)
    page.get_by_role("button", name="Open a start of copies").click()
    page.wait_for_url("**init=Constant**")
    page.get_by_text("Copies stay copies").wait_for()
    settled(page)
    assert page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth") <= 0
