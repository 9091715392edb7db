"""All lessons, in the order in which they build on each other: a lesson is one entry in its chapter's file."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from initlab import lessons_depth, lessons_laws, lessons_scale, lessons_symmetry, lessons_training
from initlab.lesson import Chapter, Lesson

CHAPTERS: Final[tuple[Chapter, ...]] = (
    lessons_symmetry.CHAPTER, lessons_scale.CHAPTER, lessons_laws.CHAPTER, lessons_depth.CHAPTER,
    lessons_training.CHAPTER,
)  # fmt: skip
LESSONS: Final[Mapping[str, Lesson]] = MappingProxyType(
    {lesson.slug: lesson for chapter in CHAPTERS for lesson in chapter.lessons}
)
MOST_STEPS: Final = max(len(lesson.steps) for lesson in LESSONS.values())


def following(slug: str) -> Lesson | None:
    """The lesson after this one."""
    slugs = list(LESSONS)
    place = slugs.index(slug) + 1
    return LESSONS[slugs[place]] if place < len(slugs) else None
