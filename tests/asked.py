"""Lessons with their steps, computed once for all tests that ask for them."""

from functools import cache
from typing import Final

from initlab.lesson import Lesson, Step, Told, told
from initlab.lessons import LESSONS
from initlab.situations import Directions, Found, Networks, drawn, found

STEPS: Final = [(lesson, number) for lesson in LESSONS.values() for number in range(1, len(lesson.steps) + 1)]
QUICK: Final = [
    (lesson, number)
    for lesson, number in STEPS
    if isinstance(lesson.steps[number - 1].situation, Networks | Directions)
]


def step_of(lesson: Lesson, number: int) -> Step:
    return lesson.steps[number - 1]


def named(lesson_and_number: object) -> str:
    """For the ids of parametrized tests."""
    lesson, number = lesson_and_number  # type: ignore[misc]
    return f"{lesson.slug}-{number}"


@cache
def _found(slug: str, number: int, seed: int) -> Found:
    return found(drawn(LESSONS[slug].steps[number - 1].situation, seed))


def told_on(lesson: Lesson, number: int, seed: int = 0) -> Told:
    return told(step_of(lesson, number), _found(lesson.slug, number, seed))
