"""Every question of every lesson is answered by the core, on any draw, and as its text says."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from asked import QUICK, STEPS, named, step_of, told_on
from sampling import sampled
from states import not_offered

from initlab.lesson import Lesson, Shown, letter, settings, told
from initlab.lessons import CHAPTERS, LESSONS, MOST_STEPS, following
from initlab.situations import Contest, found
from initlab.ui import link, state
from initlab.ui.lessons import PLACES, destination
from initlab.ui.navigation import PAGES

SIGMAS = 3.0  # how far a draw of another seed may stray from the mean of those tried
each_step = pytest.mark.parametrize("asked", STEPS, ids=named)


def margin(values: Sequence[float], edges: tuple[float, ...]) -> float:
    """The distance of the nearest edge from the mean of the values, in their standard deviations; in logarithms where
    the edges are factors."""
    scaled = [np.log(x) if min(edges) > 0 and min(values) > 0 else np.asarray(x, float) for x in (values, edges)]
    found, limits = scaled
    return float(np.abs(found.mean() - limits).min() / max(float(found.std(ddof=1)), 1e-9))


def test_there_is_a_lesson_on_every_subject_and_each_takes_five_to_ten_minutes() -> None:
    assert len(LESSONS) >= 15
    assert {lesson.slug for chapter in CHAPTERS for lesson in chapter.lessons} == set(LESSONS)
    assert sum(len(chapter.lessons) for chapter in CHAPTERS) == len(LESSONS)
    for lesson in LESSONS.values():
        assert 5 <= lesson.minutes <= 10
        assert 2 <= len(lesson.steps) <= MOST_STEPS <= 4
        assert re.fullmatch(r"[a-z0-9-]+", lesson.slug)
        assert lesson.remember
        assert len(lesson.misconceptions) >= 1
        assert len(lesson.discuss) == 2
    assert len({lesson.title for lesson in LESSONS.values()}) == len(LESSONS)


def test_one_lesson_follows_the_other_until_the_last() -> None:
    slugs = list(LESSONS)
    assert [one.slug for slug in slugs if (one := following(slug))] == slugs[1:]
    assert following(slugs[-1]) is None


@each_step
def test_the_choices_are_ranges_that_cover_the_line_once(asked: tuple[Lesson, int]) -> None:
    step = step_of(*asked)
    assert 3 <= len(step.choices) <= 4
    assert len(step.edges) == len(step.choices) - 1
    assert all(low < high for low, high in pairwise(step.edges))
    assert len(set(step.choices)) == len(step.choices)
    assert 0 <= step.answer < len(step.choices)
    assert step.question.endswith("?")


def test_no_choice_is_right_more_often_than_not() -> None:
    answers = [step_of(*asked).answer for asked in STEPS]
    assert max(answers.count(choice) for choice in range(4)) < len(answers) / 2


@each_step
def test_the_core_gives_the_answer_that_the_text_explains(asked: tuple[Lesson, int]) -> None:
    said = told_on(*asked)
    assert math.isfinite(said.value)
    assert said.right == step_of(*asked).answer
    assert said.usual
    assert re.search(r"\d", said.measured)
    assert re.search(r"\d|½", said.formula)
    for text in (said.measured, said.formula, said.why):
        assert text
        assert not re.search(r"[{}$]|\bnan\b|not a number", text)


@each_step
def test_texts_are_short_enough_to_be_read_aloud(asked: tuple[Lesson, int]) -> None:
    step, said = step_of(*asked), told_on(*asked)
    assert len(step.setting) < 330
    assert len(step.question) < 130
    assert max(map(len, step.choices)) < 60
    assert len(said.measured) < 90
    assert len(said.formula) < 130
    assert 90 < len(said.why) < 420


@pytest.mark.parametrize("asked", sampled(((one,) for one in QUICK), 0, 5), ids=named)
def test_other_draws_have_the_same_answer(asked: tuple[Lesson, int]) -> None:
    others = [told_on(*asked, seed) for seed in (1, 2)]
    assert {one.right for one in others} == {step_of(*asked).answer}


@pytest.mark.stress
@each_step
def test_twelve_draws_have_the_same_answer_with_a_margin(asked: tuple[Lesson, int]) -> None:
    values = [told_on(*asked, seed).value for seed in (*range(10), 12345, 2**31 - 1)]
    step = step_of(*asked)
    assert {sum(value >= edge for edge in step.edges) for value in values} == {step.answer}
    assert margin(values, step.edges) > SIGMAS


@each_step
def test_its_way_into_the_app_is_a_link_without_a_word_of_mending(asked: tuple[Lesson, int]) -> None:
    situation = step_of(*asked).situation
    page, changes = destination(situation, step_of(*asked).picture)
    assert page in PLACES
    assert PLACES[page] in {one.title for one in PAGES if one.url_path == page}
    assert not not_offered(changes)
    values, notes = link.decode({name: [text] for name, text in link.encode({**state.DEFAULTS, **changes}).items()})
    assert not notes
    spec, mended = link.spec_of(values)
    assert not mended
    if page in ("explore", "symmetry", "isometry"):
        assert spec == situation.specs[0]


@each_step
def test_the_settings_say_what_it_takes_to_build_it_again(asked: tuple[Lesson, int]) -> None:
    situation = step_of(*asked).situation
    said, spec = settings(situation), situation.specs[0]
    for part in (f"{spec.depth} hidden layer", f"{spec.width} {spec.activation} units", spec.dataset, "seed 0"):
        assert part in said
    assert ("batch normalization" in said) == (spec.normalization == "Batch")
    assert ("epoch" in said) >= isinstance(situation, Contest)


def test_an_unusual_draw_is_told_from_a_usual_one() -> None:
    lesson = LESSONS["too-small"]
    step = replace(lesson.steps[0], answer=2)
    odd = told(step, found(step.situation))
    assert (odd.right, odd.usual) == (0, False)


def test_numbers_format_themselves_as_people_write_them() -> None:
    assert f"{Shown(0.1131)} {Shown(0.1131):3} {Shown(0.25):%} {Shown(3e-9)}" == "0.11 0.113 25 % 3·10⁻⁹"
    assert [letter(choice) for choice in range(4)] == ["A", "B", "C", "D"]
