"""A network that has to read the data first, in a real Chromium: its cost is announced, a changed control stops it."""

import pytest
from playwright.sync_api import expect

from benchmarks.browser import settled
from tests.browser.conftest import NewPage


@pytest.mark.stress
def test_a_large_lsuv_announces_its_cost_and_gives_way_to_another_choice(new_page: NewPage) -> None:
    page = new_page("/?init=LSUV&activation=ReLU&depth=30&width=512")
    announced = page.get_by_text("LSUV reads the data: about 71.5 billion operations, about 8 s")
    page.get_by_role("slider", name="Width").press("ArrowRight")
    announced.wait_for()
    page.get_by_role("slider", name="Depth").press("Home")
    page.wait_for_url("**depth=1&**")
    settled(page)
    expect(announced).to_have_count(0)
    page.goto(page.url.replace("depth=1&", "depth=30&"))  # a visit that finds it begun
    announced.wait_for()
    expect(announced).to_have_count(0, timeout=60_000)
    page.get_by_text("How LSUV got there").click()
    page.get_by_text("LSUV brings all layers within 0.1 of variance 1").wait_for()
