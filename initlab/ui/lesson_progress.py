"""Where a visitor is in the lessons, and what has been predicted; progress and score stay in the session."""

from dataclasses import dataclass
from typing import Final

import streamlit as st

from initlab.lesson import Lesson, Step
from initlab.lessons import LESSONS
from initlab.situations import Situation
from initlab.situations import drawn as on_draws
from initlab.ui import session

PROGRESS: Final = "_lessons"


@dataclass(slots=True)
class Answer:
    """What a visitor predicted (from 0), whether the answer was asked for, and once it is there, whether that is it."""

    choice: int | None = None
    asked: bool = False
    right: bool | None = None


@dataclass(frozen=True, slots=True)
class Here:
    """The lesson, its step (from 1) on the draws of now, and what has been answered there."""

    lesson: Lesson
    number: int
    step: Step
    situation: Situation
    answer: Answer

    @property
    def last(self) -> bool:
        return self.number == len(self.lesson.steps)


def current() -> Here | None:
    """Where the link says; None is the overview. A step beyond the last is the last."""
    values = session.values()
    lesson = LESSONS.get(str(values["lesson"]))
    if lesson is None:
        return None
    number = min(int(values["lesson_step"]), len(lesson.steps))
    step = lesson.steps[number - 1]
    return Here(lesson, number, step, on_draws(step.situation, int(values["seed"])), _answer(lesson.slug, number))


def _answers() -> dict[tuple[str, int], Answer]:
    """By lesson and step; of this session alone."""
    return st.session_state.setdefault(PROGRESS, {})


def _answer(slug: str, number: int) -> Answer:
    return _answers().setdefault((slug, number), Answer())


def score(lesson: Lesson) -> tuple[int, int]:
    """How many predictions were right, and how many there were."""
    given = [_answers().get((lesson.slug, number)) for number in range(1, len(lesson.steps) + 1)]
    shown = [one.right for one in given if one is not None and one.right is not None]
    return sum(shown), len(shown)


def go(slug: str, number: int = 1) -> None:
    """Callback."""
    session.apply({"lesson": slug, "lesson_step": number})


def notes_switch() -> None:
    """What a link can set, too."""
    st.toggle(
        "Teacher's notes", key="lesson_notes", persist_state="session",
        help="Timing, what the room will say, and what to discuss; a link can switch them on",
    )  # fmt: skip
