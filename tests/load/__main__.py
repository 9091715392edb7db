"""Whole classes on one or two processes, and what they had to wait: `python -m tests.load [30 100 two eager soak]`.

Clients and servers share the machine, so the figures are the worse for it. Nothing here is asserted in the tests.
"""

import asyncio
import sys
import tempfile
import threading
import time
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Any, Final

import psutil

from benchmarks.browser import ROOT, Server, serving
from tests.load.proxy import proxied
from tests.load.student import Diary, eager, student

FILLING: Final = 300  # seconds
HEADING: Final = (
    f"{'seconds until the first chart; all':36}{'actions':>8}{'median':>8}{'p95':>8}{'median':>8}{'p95':>8}"
    f"{'join p95':>10}{'errors':>8}{'lost':>6}"
)


def row(name: str, diary: Diary) -> str:
    """One line of the table; seconds."""
    figures = [at(seconds, percent) for seconds in (diary.first, diary.seconds) for percent in (50, 95)]
    words = "".join(f"{figure:8.2f}" for figure in figures)
    return f"{name:36}{len(diary.first):8}{words}{at(diary.joins, 95):10.2f}{len(diary.errors):8}{diary.lost:6}"


def at(seconds: Sequence[float], percent: int) -> float:
    return quantiles(seconds, n=100)[percent - 1] if len(seconds) > 1 else max(seconds, default=0.0)


async def lesson(
    url: str, size: int, *, think: float, stay: float, within: float, also: bool = False, follows: bool = True
) -> Diary:  # fmt: skip
    """A class of that size that arrives `within` so many seconds; with one eager student if `also`."""
    diary, apart, rng = Diary(), Diary(), Random(0)  # noqa: S311  a class, not a secret
    coming: list[Coroutine[Any, Any, None]] = [
        student(url, diary, Random(n), arrives=rng.uniform(0, within), think=think, stay=stay, follows=follows)  # noqa: S311
        for n in range(size)
    ]
    if also:
        coming.append(eager(url, apart, rng, stay))
    await asyncio.gather(*coming)
    if also:
        print(f"  the eager one meanwhile: {len(apart.seconds)} runs, {len(apart.errors)} errors")
    return diary


@contextmanager
def one() -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder, serving(ROOT / "serve.py", Path(folder) / "app.log") as server:
        yield server
        complaints = [line for line in server.log.read_text().splitlines() if "Traceback" in line or "rror" in line]
        print(f"  the server's log: {len(complaints)} complaints", *complaints[:3])


def report(name: str, server: Server, size: int, **how: Any) -> Diary:
    diary = asyncio.run(lesson(server.url, size, **how))
    print(row(name, diary), flush=True)
    for page, seconds in sorted(diary.pages.items(), key=lambda entry: -at(entry[1], 95)):
        print(f"    {page:16}{len(seconds):6} runs, median {at(seconds, 50):.2f} s, p95 {at(seconds, 95):.2f} s")
    for error in diary.errors[:5]:
        print(f"    {error[:200]}")
    return diary


def thirty() -> None:
    with one() as server:
        report("30 students, think 5 s", server, 30, think=5, stay=90, within=10)
        report("30 students, each on his own", server, 30, think=5, stay=60, within=10, follows=False)


def hundred() -> None:
    with one() as server:
        report("100 students, think 5 s, burst 15 s", server, 100, think=5, stay=60, within=15)


def two() -> None:
    with proxied(2) as server:
        report("200 students on two, think 10 s", server, 200, think=10, stay=60, within=30)


def full_tilt() -> None:
    with one() as server:
        report("30 students again, alone", server, 30, think=5, stay=45, within=10)
        report("30 students and an eager one", server, 30, think=5, stay=45, within=10, also=True)


def soak(minutes: float = 30) -> None:
    """Memory before, while and after a class has been there for half an hour; the caches are filled first."""
    with one() as server, ExitStack() as stack:
        process = psutil.Process(server.process.pid)
        report("a first class, to fill the caches", server, 30, think=2, stay=FILLING, within=5, follows=False)
        seen, done = [process.memory_info().rss], threading.Event()
        stack.callback(done.set)

        def watch() -> None:
            while not done.wait(60):
                seen.append(process.memory_info().rss)

        threading.Thread(target=watch, daemon=True).start()
        report(f"30 students for {minutes:g} minutes", server, 30, think=5, stay=60 * minutes, within=10)
        done.set()
        time.sleep(150)  # Streamlit keeps the session of a lost connection for two minutes
        megabytes = [round(rss / 2**20) for rss in (*seen, process.memory_info().rss)]
        print(f"  memory, MB, every minute, and two and a half minutes after: {megabytes}; "
              f"{(max(megabytes) - megabytes[0]) / 30:.2f} a session at most")  # fmt: skip


CLASSES: Final = {"30": thirty, "100": hundred, "two": two, "eager": full_tilt, "soak": soak}

if __name__ == "__main__":
    print(HEADING)
    for name in sys.argv[1:] or ("30", "100", "two", "eager"):
        CLASSES[name]()
