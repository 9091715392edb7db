"""Values that no control of the page could send, sent over the websocket all the same."""

from random import Random
from typing import Any, Final

import pytest
from asked_over import finished
from sampling import sampled

from benchmarks.browser import Server
from initlab.ui.navigation import PAGES
from tests.load.visitor import VALUES, Run, Visitor, Widget

WORDS: Final = (
    "", "nan", "-1", "He", "<script>alert(1)</script>", "x" * 5000, "\x00", "𝕏", "../../etc/passwd", "{}", "None",
    "Zeros;Zeros", "1e400",
)  # fmt: skip
NUMBERS: Final = (float("nan"), float("inf"), -float("inf"), -1.0, 0.0, 1e308, 5e-324, 2.0**63, 0.3)
FORGERIES: Final = 80  # a page; a thousand in all
LONGEST: Final = 60.0  # seconds of one run: the work budget holds


def forged(widget: Widget, rng: Random) -> Any:
    match VALUES[widget.kind]:
        case "double_array_value":
            return rng.choices(NUMBERS, k=rng.choice((0, 1, 1, 2, 50)))
        case "string_array_value":
            return rng.choices(WORDS, k=rng.choice((0, 1, 1, 2, 50)))
        case "double_value":
            return rng.choice(NUMBERS)
        case "bool_value":
            return rng.random() < 0.5
        case "trigger_value":
            return True
        case _:
            return rng.choice(WORDS)


async def forge(url: str, page: str, times: int) -> list[tuple[str, Any, Run]]:
    """The page after each of so many forgeries; what it was like before is put back by a fresh visit now and then."""
    rng, found = Random(page), list[tuple[str, Any, Run]]()  # noqa: S311  not a secret
    async with Visitor(url) as visitor:
        run = await visitor.open(page)
        for count in range(times):
            if count % 8 == 7:
                run = await visitor.open(page)
            widget = rng.choice(run.widgets)
            value = forged(widget, rng)
            run = await visitor.move(widget, value)
            found.append((widget.label, value, run))
    return found


@pytest.mark.parametrize("page", sampled([page.url_path for page in PAGES], every=len(PAGES)))
def test_no_forged_value_breaks_a_page_or_the_work_budget(server: Server, page: str) -> None:
    before = len(server.log.read_text())
    found = finished(forge(server.url, page, FORGERIES))
    assert not [(label, value, run.errors) for label, value, run in found if run.errors]
    assert len(found) == FORGERIES
    assert max(run.seconds for *_, run in found) < LONGEST
    assert "Traceback" not in server.log.read_text()[before:]


@pytest.mark.parametrize("sent", [b"", b"\xff\xfe", b"\x00" * 1000])
def test_what_is_no_message_ends_its_own_connection_alone(server: Server, sent: bytes) -> None:
    async def both() -> Run:
        async with Visitor(server.url) as quiet, Visitor(server.url) as broken:
            await quiet.open("lessons")
            assert broken.socket
            await broken.socket.send(sent)
            return await quiet.open("lessons")

    assert not finished(both()).errors
