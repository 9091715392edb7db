"""A student brings a table and weights: both are read in the browser's own way, and neither is in the link."""

import pytest
from playwright.sync_api import Page, expect

from benchmarks.browser import settled
from initlab.own_examples import example_table, example_weights
from tests.browser.conftest import NewPage


def upload(page: Page, label: str, name: str, data: bytes) -> None:
    page.get_by_test_id("stFileUploader").filter(has_text=label).locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )


def test_a_table_and_weights_are_uploaded_probed_and_forgotten(new_page: NewPage) -> None:
    page = new_page("/own?width=16&depth=4", width=1280)
    expect(page.get_by_text("the example table (standardized)")).to_be_visible()
    upload(page, "Your data", "<img src=x onerror=alert(1)>.csv", example_table().replace(b"kind", b"<b>kind</b>"))
    expect(page.get_by_text("Target '<b>kind</b>': 3 classes")).to_be_visible()
    expect(page.get_by_role("heading", name="The signal vanishes")).to_be_visible()
    upload(page, "Your weights", "weights.npz", example_weights())
    expect(page.get_by_role("heading", name="The gradient vanishes")).to_be_visible()
    expect(page.get_by_text("180 rows of your table (standardized), in float32")).to_be_visible()
    settled(page)
    assert "kind" not in page.url
    upload(page, "Your weights", "weights.npz", example_weights()[:5000])
    expect(page.get_by_role("alert")).to_contain_text("These weights cannot be used. A .npz is a ZIP archive; received")
    page.reload()
    expect(page.get_by_text("the example table (standardized)")).to_be_visible()


@pytest.mark.stress
def test_the_examples_can_be_downloaded_and_uploaded_again(new_page: NewPage) -> None:
    page = new_page("/own?width=16&depth=4", width=390)
    with page.expect_download() as download:
        page.get_by_role("button", name="Example (.csv)").click()
    upload(page, "Your data", "t.csv", download.value.path().read_bytes())
    expect(page.get_by_text("180 rows of your table (standardized)")).to_be_visible()
