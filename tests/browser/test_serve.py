"""A first visit over the wire: what it weighs, what may frame it, and what a failure looks like."""

import subprocess
import sys
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser

from benchmarks.browser import ROOT, Server, settled

HEAVIEST: Final = 3.5e6  # bytes of a first visit


def test_a_first_visit_weighs_little_and_breaks_no_rule_of_its_server(browser: Browser, server: Server) -> None:
    said: list[str] = []
    weights: list[float] = []

    def weigh(event: dict[str, Any]) -> None:
        weights.append(event["encodedDataLength"])

    with browser.new_context() as context:
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", weigh)
        page.goto(server.url)
        settled(page)
    assert len(weights) > 50
    assert sum(weights) < HEAVIEST
    assert not [text for text in said if "Security Policy" in text]


def test_the_server_says_what_may_be_loaded_and_who_may_frame_it(server: Server) -> None:
    with urlopen(Request(server.url, headers={"Accept-Encoding": "gzip"})) as answer:  # noqa: S310  our own server
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_what_is_not_there_is_a_page_with_a_way_home(server: Server) -> None:
    with pytest.raises(HTTPError) as found:
        urlopen(f"{server.url}/media/<b>.png")  # noqa: S310  our own server
    assert found.value.code == 404
    body = found.value.read().decode()
    assert 'href="/"' in body
    assert "<b>" not in body


def test_a_wrong_list_of_frames_is_refused_at_the_start() -> None:
    run = subprocess.run(
        [sys.executable, "-c", "import serve"], cwd=ROOT, capture_output=True, text=True,
        env={"INITLAB_FRAME_ANCESTORS": "moodle;*", "PATH": ""},
    )  # fmt: skip
    assert run.returncode
    assert "frame ancestors are origins with blanks between them, got 'moodle;*'" in run.stderr
