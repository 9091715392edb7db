"""What a visitor does on the Compare page, in a real Chromium: ask a question, share it, change the set by keyboard."""

from typing import Any

import pytest
from playwright.sync_api import Page

from benchmarks.browser import settled
from tests.browser.conftest import NewPage

CHARTS = """() => [...document.querySelectorAll('.js-plotly-plot')].map(chart => [
  chart._fullData.map(trace => trace.z ? [...trace.z].flatMap(row => [...row]) : Array.from(trace.y)),
  chart._fullLayout.annotations.map(note => note.text)])"""
WIDE = (
    "() => [document.scrollingElement, document.querySelector('[data-testid=stMain]')]"
    ".map(e => e.scrollWidth - e.clientWidth)"
)


def drawn(page: Page) -> Any:
    return page.evaluate(CHARTS)


def chips(page: Page) -> list[str]:
    return page.locator(".st-key-compare_starts_chip button").all_inner_texts()


@pytest.mark.stress
def test_a_preset_a_link_to_it_and_a_start_removed_by_keyboard(new_page: NewPage) -> None:
    page = new_page("/compare")
    assert len(chips(page)) == 6
    page.get_by_text("Which library default?", exact=True).click()
    page.wait_for_url("**compare_starts=Glorot+uniform%3BPyTorch+default**")
    expected = drawn(settled(page))
    assert len(expected) == 4
    other = new_page("/compare" + page.url[page.url.index("?") :])
    assert drawn(other) == expected
    assert (
        chips(other)
        == chips(page)
        == ["● Glorot uniform", "■ PyTorch default", "◆ LeCun normal", "▲ scikit-learn default"]
    )

    chip = page.locator(".st-key-compare_starts_chip button").nth(1)
    chip.focus()
    chip.press("Enter")
    settled(page)
    remove = page.locator(".st-key-compare_starts_remove button")
    remove.focus()
    remove.press("Enter")
    page.wait_for_url("**compare_starts=Glorot+uniform%3BLeCun+normal**")
    assert chips(settled(page)) == ["● Glorot uniform", "■ LeCun normal", "◆ scikit-learn default"]
    page.go_back()
    page.wait_for_url("**PyTorch+default**")
    settled(page)
    assert len(chips(page)) == 4


@pytest.mark.stress
def test_the_links_between_explore_and_compare_are_one_back_each(new_page: NewPage) -> None:
    page = new_page("/?v=1&depth=4&width=16&batch=16")
    explored = page.url
    page.locator(".st-key-compare_with a").first.click()
    page.get_by_text("Which start carries the signal?").wait_for()
    settled(page)
    compared = page.url
    page.locator(".st-key-compare_starts_chip button").nth(1).click()
    settled(page)
    button, opening = (page.locator(f".st-key-compare_starts_{name}").bounding_box() for name in ("remove", "open"))
    assert button
    assert opening
    assert (opening["y"], opening["height"]) == (button["y"], button["height"])
    page.locator(".st-key-compare_starts_open a").first.click()
    page.get_by_text("Does the signal survive?").wait_for()
    settled(page)
    assert "/explore?v=1&init=Glorot+normal&" in page.url
    page.go_back()
    page.get_by_text("Which start carries the signal?").wait_for()
    settled(page)
    assert page.url == compared
    assert len(chips(page)) == 3
    page.go_back()
    page.get_by_text("Does the signal survive?").wait_for()
    settled(page)
    assert page.url == explored


@pytest.mark.stress
def test_a_phone_shows_the_comparison_without_scrolling_sideways(new_page: NewPage) -> None:
    page = new_page("/compare", width=390, height=844)
    assert max(page.evaluate(WIDE)) <= 0
    assert page.locator("[data-testid=stException]").count() == 0
