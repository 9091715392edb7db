"""What goes wrong around an open page: its server is started anew, it is reloaded in the middle, a tab is beside it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.browser import ROOT, free_port, serving, settled
from tests.browser.conftest import NewPage

LONG = "/race?v=1&depth=6&width=256&race_starts=Zeros;Glorot+normal;He+normal&race_epochs=200"  # until it is stopped
RUNNING = re.compile(r"^Step [\d,]+ of [\d,]+, epoch")
AWAKE = (
    "() => document.querySelector('.stApp').dataset.testScriptState === 'running'"  # a server's first run takes long
)
DISCONNECTED = "() => document.querySelector('.stApp').dataset.testConnectionState !== 'CONNECTED'"


def verdict(page: Page) -> str:
    return page.locator(".st-key-verdict").inner_text()


def press(page: Page) -> None:
    """One layer more."""
    page.get_by_role("slider", name="Depth").focus()
    page.keyboard.press("ArrowRight")


def calm(page: Page) -> bool:
    return not page.locator("[data-testid=stException]").count()


@pytest.mark.stress  # two servers
def test_an_open_page_comes_back_as_it_was_when_its_server_is_started_anew(browser: Browser, tmp_path: Path) -> None:
    port, script = free_port(), ROOT / "app.py"
    with browser.new_context() as context:
        page = context.new_page()
        with serving(script, tmp_path / "first.log", port) as first:
            page.goto(f"{first.url}/explore?depth=5&width=16&batch=32&init=Orthogonal&seed=9")
            press(settled(page))
            page.wait_for_url("**depth=6&**")
            before = verdict(settled(page)), page.url
        page.wait_for_function(DISCONNECTED)
        with serving(script, tmp_path / "second.log", port) as second:
            assert (verdict(settled(page)), page.url) == before
            press(page)  # the new server's first run of the page takes all from its link, and this press is lost
            page.wait_for_function(AWAKE)
            assert (verdict(settled(page)), page.url) == before
            press(page)
            page.wait_for_url("**depth=7&**")
            assert calm(settled(page))
            assert "Traceback" not in second.log.read_text()


@pytest.mark.stress
def test_a_race_reloaded_in_the_middle_begins_anew_and_leaves_the_tab_beside_it_alone(new_page: NewPage) -> None:
    other = new_page("/explore?depth=4&width=16&batch=32")
    before = verdict(other), other.url
    race = other.context.new_page()
    race.goto(other.url.split("/explore")[0] + LONG)
    race.get_by_text(RUNNING).wait_for()
    race.reload()
    race.get_by_text(RUNNING).wait_for()
    press(other)
    other.wait_for_url("**depth=5&**")
    settled(other)
    expect(race.get_by_text(RUNNING)).to_be_visible()
    race.locator(".st-key-race_stop button").click()
    race.get_by_text(re.compile(r"Stopped after step [\d,]+ of")).wait_for()
    assert "depth=6&" in settled(race).url, "the tab beside it has changed its own depth"
    other.go_back()
    other.wait_for_url(before[1])
    assert verdict(settled(other)) == before[0]
    assert calm(race)
    assert calm(other)
