"""What a page of the deepest usual network sends: every figure small, and all of a rerun together."""

from typing import Final

import pytest
from asked_over import finished

from benchmarks.browser import Server
from initlab.ui.navigation import PAGES
from tests.load.visitor import Run, Visitor

FIGURE: Final = 60_000  # bytes
PAGE: Final = 200_000
LIVE: Final = ("race", "pretraining")  # draw again and again while they compute; their films have a size of their own


async def moved(url: str, page: str) -> Run:
    """A rerun with the depth at 100, for another reason where a page has no depth of its own."""
    async with Visitor(url) as visitor:
        opened = await visitor.open(page, depth=99, chooser_depth=100)
        deeper = [widget for widget in opened.widgets if (widget.label, widget.kind) == ("Depth", "slider")]
        return await (visitor.move(deeper[0], [100.0]) if deeper else visitor.run())


@pytest.mark.parametrize("page", [page.url_path for page in PAGES if page.url_path not in LIVE])
def test_a_rerun_at_depth_100_is_small_and_so_is_every_figure(server: Server, page: str) -> None:
    run = finished(moved(server.url, page))
    assert not run.errors
    assert max(run.figure_bytes, default=0) <= FIGURE
    assert run.bytes <= PAGE
