"""Nothing has to be written at run time: without a home and on a full disk pages open, tables are uploaded and reports
are made."""

import json

import pytest
from limits import limited

from initlab.ui.navigation import PAGES

SECONDS = 120


@pytest.mark.stress
@pytest.mark.parametrize(
    "pages", [("race",), pytest.param([page.url_path for page in PAGES], marks=pytest.mark.stress)], ids=["some", "all"]
)
def test_pages_uploads_and_the_report_need_no_disk(pages: tuple[str, ...]) -> None:
    found = json.loads(limited(["tests/visited_without_a_disk.py", *pages], SECONDS).splitlines()[-1])
    assert found["full"], "the limit holds"
    assert found["exceptions"] == []
    assert found["charts"].keys() == set(pages)
    assert sum(found["charts"].values()) >= 3
    assert found["report"] > 10**6
    assert any("32 rows of your table" in caption for caption in found["uploaded"])
