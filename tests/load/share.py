"""What does a run of a page cost the server where nothing has to be computed? `python -m tests.load.share [page ...]`.

Every page is opened, warmed, and run again unchanged by one visitor: milliseconds of the server's CPU time a run, the
helper process apart, and of the clock until the last message.
"""

import asyncio
import sys
from collections.abc import Sequence
from statistics import median
from typing import Final

import psutil

from initlab.ui.navigation import PAGES
from tests.load.__main__ import one
from tests.load.visitor import Visitor

WARM_UP: Final = 3
RUNS: Final = 40


async def shares(url: str, server: psutil.Process, pages: Sequence[str]) -> None:
    for page in pages:
        async with Visitor(url) as visitor:
            if errors := (await visitor.open(page)).errors:
                raise SystemExit(f"{page}: {errors}")
            for _ in range(WARM_UP):
                await visitor.run()
            before = server.cpu_times()
            seconds = [(await visitor.run()).seconds for _ in range(RUNS)]
            after = server.cpu_times()
        cpu = (after.user + after.system - before.user - before.system) / RUNS
        print(f"{page:16}{1e3 * cpu:8.0f} ms of CPU{1e3 * median(seconds):8.0f} ms of the clock", flush=True)


if __name__ == "__main__":
    with one() as running:
        asyncio.run(
            shares(running.url, psutil.Process(running.process.pid), sys.argv[1:] or [page.url_path for page in PAGES])
        )
