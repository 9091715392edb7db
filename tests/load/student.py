"""What a student does: thinks, moves a control a little, now and then opens another page. A seed gives a class."""

import asyncio
import time
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from tests.load.visitor import Run, Visitor, Widget, shown

PAGES: Final = {  # how often a class opens each; races and sweeps are the business of `eager`
    "explore": 8, "compare": 2, "symmetry": 2, "phase-diagram": 2, "isometry": 1, "own": 1, "lessons": 2, "article": 1,
    "chooser": 1, "catalogue": 2,
}  # fmt: skip
LINKS: Final = {  # what a lecturer has prepared: an experiment a page, else its defaults
    "explore": [{}, {"init": "Zeros"}, {"init": "He normal", "activation": "ReLU", "depth": 20}, {"stddev": 1}],
    "compare": [{}, {"activation": "ReLU"}],
    "symmetry": [{"init": "Zeros"}, {"init": "Constant"}],
    "phase-diagram": [{}, {"activation": "ReLU"}],
}  # fmt: skip
TURN: Final = 0.3  # of all actions open a page
FAR: Final = 3  # steps of a slider at most
HANDS_OFF: Final = ("Share", "Hide from those who open it", "Greedy pre-training")


@dataclass(slots=True)
class Diary:
    """What a class has seen: seconds until the first chart of an answer came, and until all of it was there."""

    joins: list[float] = field(default_factory=list[float])
    seconds: list[float] = field(default_factory=list[float])
    first: list[float] = field(default_factory=list[float])
    pages: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    bytes: list[int] = field(default_factory=list[int])
    errors: list[str] = field(default_factory=list[str])
    lost: int = 0

    def note(self, page: str, run: Run, *, joined: bool = False) -> None:
        if joined:
            self.joins.append(run.first_chart)
        else:
            self.first.append(run.first_chart)
            self.seconds.append(run.seconds)
        self.pages.setdefault(page, []).append(run.seconds)
        self.bytes.append(run.bytes)
        self.errors += [f"{page}: {error}" for error in run.errors]


async def student(url: str, diary: Diary, rng: Random, *, arrives: float, think: float, stay: float, follows: bool
) -> None:  # fmt: skip
    """Comes after `arrives` seconds and acts every `think` seconds on average until `stay` seconds are over.

    Who `follows` the lecturer opens prepared links, and then moves controls; others take their own network along from
    page to page, so that each soon has one that nobody else has.
    """
    await asyncio.sleep(arrives)
    leaves, page = time.monotonic() + stay, _page(rng)
    try:
        async with Visitor(url) as visitor:
            run = await visitor.open(page, **_link(page, rng, follows=follows))
            diary.note(page, run, joined=True)
            while time.monotonic() < leaves:
                await asyncio.sleep(rng.expovariate(1 / think))
                if rng.random() < TURN or not (widgets := movable(run)):
                    page = _page(rng)
                    run = await visitor.open(page, **_link(page, rng, follows=follows))
                else:
                    widget = rng.choice(widgets)
                    run = await visitor.move(widget, moved(widget, rng))
                diary.note(page, run)
    except Exception as error:
        diary.lost += 1
        diary.errors.append(f"{page}: {error!r}")


async def eager(url: str, diary: Diary, rng: Random, stay: float) -> None:
    """Races and sweeps without a pause, each time with another seed, so that nothing is remembered."""
    leaves = time.monotonic() + stay
    async with Visitor(url) as visitor:
        while time.monotonic() < leaves:
            for page in ("race", "depth-sweep"):
                diary.note(page, await visitor.open(page, seed=rng.randrange(10**6)))


def _link(page: str, rng: Random, *, follows: bool) -> dict[str, object]:
    return {"v": 1, **rng.choice(LINKS.get(page, [{}]))} if follows else {}


def _page(rng: Random) -> str:
    return rng.choices(list(PAGES), list(PAGES.values()))[0]


def movable(run: Run) -> list[Widget]:
    """The controls a hand goes to."""
    kinds = ("slider", "select_slider", "selectbox", "button_group", "checkbox")
    return [widget for widget in run.widgets if widget.kind in kinds and widget.label not in HANDS_OFF]


def moved(widget: Widget, rng: Random) -> Any:
    """Another value of the control, near the one it has where values have an order."""
    drawn = widget.drawn
    match widget.kind:
        case "slider":
            now = (shown(widget) or list(drawn.default))[0]
            by = rng.choice((-1, 1)) * rng.randint(1, FAR) * drawn.step
            return [min(max(now + by, drawn.min), drawn.max)]
        case "select_slider":
            options = list(drawn.options)
            now = options.index((shown(widget) or [options[len(options) // 2]])[0])
            return [options[min(max(now + rng.choice((-1, 1)), 0), len(options) - 1)]]
        case "selectbox":
            return rng.choice([option for option in drawn.options if option not in HANDS_OFF])
        case "button_group":
            return [rng.choice([option.content for option in drawn.options])]
        case _:
            return not drawn.value
