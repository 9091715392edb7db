"""Ten draws of a race in a real Chromium: a change on the way begins another race, and its JSON can be downloaded."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from benchmarks.browser import settled
from tests.browser.conftest import NewPage

SHORT = "/race?v=1&dataset=Iris&depth=2&width=16&race_starts=Zeros;Glorot+normal&race_epochs=5"
LONG = "/race?v=1&depth=3&width=64&race_starts=Zeros;Glorot+normal&race_epochs=20&race_draws=True"
DRAWING = re.compile(r"^Draw \d+ of 10")
CHARTS = "[class*=st-key-race_draws_] .js-plotly-plot"


def open_long(page: Page) -> None:
    page.goto(page.url.split("/race")[0] + LONG)
    page.get_by_text(DRAWING).wait_for()


@pytest.mark.stress
def test_a_change_among_the_draws_begins_another_race_and_its_draws_follow(new_page: NewPage) -> None:
    page = new_page(SHORT)
    open_long(page)
    assert not page.locator(CHARTS).count()
    page.get_by_role("slider", name="Learning rate").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => location.search.includes('race_rate=0.1&')")
    page.get_by_text("learning rate 0.1,").wait_for()
    page.get_by_text("10 draws", exact=True).first.click()
    settled(page)
    assert "race_draws=False" in page.url
    assert not page.locator(CHARTS).count()
    assert not page.locator("[data-testid=stException]").count()


@pytest.mark.stress
def test_ten_draws_fit_a_phone_and_the_race_is_downloaded_as_json(new_page: NewPage) -> None:
    page = new_page(SHORT + "&race_draws=True", width=390)
    assert page.locator(CHARTS).count() == 4
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download JSON").first.click()
    found = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert [one["label"] for one in found["contestants"]] == ["Zeros", "Glorot normal"]
    assert len(found["contestants"][1]["training_loss"]) == found["steps"]
