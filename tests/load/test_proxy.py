"""Two processes behind HAProxy: links, websockets and downloads go through, and a class outlives one of them."""

import asyncio
from collections.abc import Iterator

import pytest
from asked_over import finished
from playwright.sync_api import Browser, expect
from websockets.exceptions import ConnectionClosed

from benchmarks.browser import settled
from tests.load.proxy import Proxied, proxied
from tests.load.visitor import Run, Visitor

pytestmark = pytest.mark.stress


@pytest.fixture
def hall() -> Iterator[Proxied]:
    with proxied(2) as server:
        yield server


async def lesson(hall: Proxied, place: str, *, interrupted: asyncio.Event, go_on: asyncio.Event) -> Run:
    """One student at `place`, who comes back with his link when the connection is lost."""
    async with Visitor(hall.url, {"Cookie": f"INITLAB={place}"}) as visitor:
        await visitor.open("explore", v=1, depth=7, width=16)
        link = dict(part.split("=", 1) for part in visitor.query.split("&"))
        interrupted.set()
        await go_on.wait()
        try:
            return await visitor.run()
        except ConnectionClosed:
            pass
    async with Visitor(hall.url, {"Cookie": f"INITLAB={place}"}) as visitor:
        return await visitor.open("explore", **{name: link[name] for name in ("v", "depth", "width")})


def test_when_a_process_is_killed_its_students_find_their_state_at_the_other(hall: Proxied) -> None:
    async def all_of_them() -> list[Run]:
        ready, go_on = [asyncio.Event() for _ in range(6)], asyncio.Event()
        students = [
            asyncio.create_task(lesson(hall, f"app{1 + n % 2}", interrupted=event, go_on=go_on))
            for n, event in enumerate(ready)
        ]
        for event in ready:
            await event.wait()
        hall.behind[0].process.kill()
        hall.behind[0].process.wait()
        go_on.set()
        return await asyncio.gather(*students)

    runs = finished(all_of_them())
    assert len(runs) == 6
    for run in runs:
        assert not run.errors
        assert run.widget("Depth").drawn.value[0] == 7


def test_a_deep_link_and_a_download_go_through_the_proxy(hall: Proxied, browser: Browser) -> None:
    with browser.new_context(accept_downloads=True) as context:
        page = context.new_page()
        page.goto(f"{hall.url}/explore?depth=7&width=16")
        settled(page)
        expect(page.get_by_role("slider", name="Depth")).to_have_value("7")
        page.get_by_text("All numbers", exact=True).click()
        settled(page)
        with page.expect_download() as download:
            page.get_by_role("button", name="Download CSV").click()
        assert len(download.value.path().read_text().splitlines()) == 1 + 7
        assert {cookie.get("name") for cookie in context.cookies()} >= {"INITLAB"}
