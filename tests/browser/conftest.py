"""The running app and a real Chromium for every test in this folder.

A test asks for `new_page` (or for `page`, the default page at 1440 px) and, after each action, for
`benchmarks.browser.settled(page)`. Without a Chromium the tests fail and say what to do; they are never skipped.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, WebSocket

from benchmarks.browser import Server, settled


class NewPage(Protocol):
    """Opens `path` in a context of its own, as another visitor would, and waits until it has settled."""

    def __call__(
        self,
        path: str = "/",
        *,
        width: int = 1440,
        height: int = 1080,
        color_scheme: Literal["light", "dark"] = "light",
    ) -> Page: ...


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def new_page(browser: Browser, server: Server) -> Iterator[NewPage]:
    """At the end no page has asked anything of another machine, nor wanted what its own server forbids."""
    contexts: list[BrowserContext] = []
    foreign_requests: list[str] = []
    refused: list[str] = []

    def hear(said: ConsoleMessage) -> None:
        if "Content Security Policy" in said.text:
            refused.append(said.text)

    def note(request: Request | WebSocket) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname not in ("127.0.0.1", "localhost"):
            foreign_requests.append(request.url)

    def opened(
        path: str = "/",
        *,
        width: int = 1440,
        height: int = 1080,
        color_scheme: Literal["light", "dark"] = "light",
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=color_scheme, reduced_motion="reduce"
        )  # the shimmer of Streamlit's placeholders takes a quarter of what a page costs without a graphics card
        contexts.append(context)
        context.on("request", note)
        page = context.new_page()
        page.on("websocket", note)
        page.on("console", hear)
        page.goto(server.url + path)
        return settled(page)

    yield opened
    for context in contexts:
        context.close()
    assert not foreign_requests, "a page asks something of another machine"
    assert not refused, "the page loads what its own server forbids"


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """The default page on a laptop, in light colours."""
    return new_page()
