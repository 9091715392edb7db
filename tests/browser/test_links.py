"""Links in a real Chromium: the frozen corpus, and the first link that anyone opens on a fresh server."""

from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from link_corpus import CORPUS
from playwright.sync_api import Browser, Page
from sampling import sampled

from benchmarks.browser import ROOT, Server, serving, settled
from initlab.ui.link import decode, encode
from initlab.ui.navigation import PAGES
from initlab.ui.state import RESERVED
from tests.browser.conftest import NewPage

WRITTEN = """state => {
  const query = new URLSearchParams(location.search);
  return document.querySelector('.stApp')?.dataset.testScriptState === 'notRunning'
    && document.querySelector('.st-key-verdict')
    && Object.entries(state).every(([name, text]) => query.getAll(name).join('|') === text);
}"""
RED = "[data-testid=stException], [role=dialog]"


def written(query: str) -> dict[str, str]:
    """What the address bar has to say once a link is opened."""
    return encode(decode(parse_qs(query, keep_blank_values=True))[0])


def stays_calm(page: Page, server: Server) -> bool:
    return not page.locator(RED).count() and "Traceback" not in server.log.read_text()


@pytest.mark.stress
def test_every_saved_link_opens_and_writes_its_valid_state(new_page: NewPage, server: Server) -> None:
    page = new_page("/")
    for link in CORPUS:
        state = written(link.query)
        page.goto(f"{server.url}/?{link.query}", wait_until="commit")
        page.wait_for_function(WRITTEN, arg=state)
        assert stays_calm(page, server), link.query
        names = {name for name, _ in parse_qsl(urlsplit(page.url).query, keep_blank_values=True)}
        assert names - {*RESERVED} == state.keys() - {*RESERVED}, link.query


@pytest.mark.stress
@pytest.mark.parametrize("path", sampled((page.url_path for page in PAGES), 3, len(PAGES)))
def test_the_first_link_on_a_fresh_server_opens_its_page(browser: Browser, tmp_path: Path, path: str) -> None:
    with serving(ROOT / "app.py", tmp_path / "app.log") as fresh, browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{fresh.url}/{path}?depth=3")
        settled(page).wait_for_url("**depth=3&**")
        assert urlsplit(page.url).path == f"/{path}"
        assert stays_calm(page, fresh)
