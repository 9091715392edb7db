"""Pre-training in a real Chromium: a layer a step, curves that move, a change that begins anew, one end for all."""

import pytest
from playwright.sync_api import Page

from benchmarks.browser import settled
from tests.browser.conftest import NewPage

LINK = "/pretraining?v=1&activation=Sigmoid&scaling=0-1&depth=3&width=32&pretrain_epochs=2&pretraining_tune_epochs=1"
END = "3 layers learned without a single label"
OTHER = "said => !['', said].includes(document.querySelector('.st-key-verdict')?.innerText ?? '')"


def verdict(page: Page) -> str:
    return settled(page).locator(".st-key-verdict").inner_text()


@pytest.mark.stress
def test_a_walk_goes_layer_by_layer_holds_when_told_and_has_one_end_for_all(new_page: NewPage) -> None:
    page = new_page(LINK)
    end, address = verdict(page), page.url
    assert END in end
    page.get_by_role("button", name="Rewind").click()
    page.get_by_text("Layer 1 of 3 learns to rebuild what it receives").wait_for()
    page.get_by_role("button", name="Next layer").click()
    page.get_by_text("Layer 2 of 3 learns to rebuild what it receives").wait_for()
    assert settled(page).url == address
    page.get_by_role("slider", name="Epochs a layer").focus()
    page.keyboard.press("End")  # 200: a walk that takes a while begins anew
    page.get_by_text("Layer 1 of 3, epoch").wait_for()
    page.wait_for_function(OTHER, arg=verdict_now(page))
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Play").wait_for()
    held = verdict(page)
    assert "learns to rebuild" in held
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(OTHER, arg=held)
    page.get_by_role("slider", name="Epochs a layer").focus()
    page.keyboard.press("Home")
    page.get_by_text(END).wait_for()
    page.keyboard.press("ArrowRight")
    page.get_by_text(end.splitlines()[-1]).wait_for()
    assert (verdict(page), page.url) == (end, address)
    assert not page.locator("[data-testid=stException]").count()


def verdict_now(page: Page) -> str:
    """While the page still works."""
    return page.locator(".st-key-verdict").inner_text()


@pytest.mark.stress
def test_the_page_fits_a_phone(new_page: NewPage) -> None:
    page = new_page(LINK, width=390, color_scheme="dark")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
