"""A lecturer shares what she sees: the link, the code on the wall that says it, and one chart at a time by remote."""

import io
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from benchmarks.browser import settled
from tests.browser.conftest import NewPage


def choose(page: Page, entry: str) -> None:
    page.locator(".st-key-take button").click()
    page.get_by_role("menuitem", name=entry).click()
    settled(page)


@pytest.mark.stress
def test_the_code_on_the_wall_opens_the_same_without_what_is_hidden(new_page: NewPage, server) -> None:
    page = new_page("/explore?depth=7&gain=2&width=16", width=1280)
    choose(page, "Link and QR code")
    page.get_by_role("combobox", name="Hide from those who open it").fill("Gain")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    said = page.get_by_test_id("stCode").locator("code")
    expect(said).to_contain_text("hide=gain")
    settled(page).wait_for_function("() => [...document.images].every(image => image.complete)")
    picture = Image.open(io.BytesIO(page.get_by_alt_text("QR code of the link").screenshot()))
    (code,) = zxingcpp.read_barcodes(np.asarray(picture.convert("L")))
    assert code.text == said.inner_text()
    other = new_page(code.text.removeprefix(server.url))
    expect(other.get_by_role("slider", name="Depth")).to_have_value("7")
    expect(other.get_by_role("slider", name="Gain")).to_be_hidden()
    assert "gain=2&" in other.url


@pytest.mark.stress
def test_a_remote_control_leafs_through_the_charts_and_the_report_is_one_file(
    new_page: NewPage, tmp_path: Path
) -> None:
    page = new_page("/explore?width=16&depth=4", width=1280)
    choose(page, "Report")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download report").click()
    kept = tmp_path / "report.html"
    download.value.save_as(kept)
    page.goto(kept.as_uri())
    expect(page.locator(".js-plotly-plot")).to_have_count(3)
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    expect(page.get_by_text("The signal vanishes")).to_be_visible()
    expect(page.get_by_role("heading", name="initlab-layers")).to_be_visible()
    expect(page.get_by_role("table").last.get_by_role("row")).to_have_count(1 + 4)

    page = new_page("/explore?width=16&depth=4&present=1", width=1280)
    expect(page.get_by_text("Activations", exact=True)).to_be_visible()
    page.keyboard.press("PageDown")
    expect(page.get_by_text("Back-propagated gradients", exact=True)).to_be_visible()
    expect(page.get_by_text("Activations", exact=True)).to_have_count(0)
