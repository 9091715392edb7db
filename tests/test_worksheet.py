"""A worksheet is one escaped page on which the answers stand apart."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from asked import told_on

from initlab.lesson import Lesson
from initlab.lessons import LESSONS
from initlab.worksheet import Answered, worksheet

ADDRESS = "http://localhost/lessons?lesson=too-small&seed=0"


class Reader(HTMLParser):
    """The text before and after the answers begin, and every tag and address."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.parts = ["", ""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        if ("class", "answers") in attrs:
            self.parts.append("")

    def handle_data(self, data: str) -> None:
        self.parts[-1] += data


def sheet(lesson: Lesson) -> str:
    steps = [Answered(step, step.situation, told_on(lesson, k)) for k, step in enumerate(lesson.steps, start=1)]
    return worksheet(lesson, steps, ADDRESS)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


@pytest.mark.parametrize("slug", ["too-small", "equal-weights", "isometry"])
def test_questions_and_choices_come_first_and_answers_on_a_page_apart(slug: str) -> None:
    lesson = LESSONS[slug]
    html = sheet(lesson)
    *_, questions, answers = read(html).parts
    assert ".answers {break-before: page}" in html
    for number, step in enumerate(lesson.steps, start=1):
        told = told_on(lesson, number)
        assert f"Question {number}" in questions
        assert step.question in questions
        assert all(choice in questions for choice in step.choices)
        assert told.why not in questions
        assert told.why in answers
        assert told.measured in answers
        assert step.choices[told.right] in answers
    assert ADDRESS in questions
    assert lesson.remember in answers


def test_it_needs_nothing_from_outside() -> None:
    reader = read(sheet(LESSONS["too-small"]))
    assert not reader.addresses
    assert not {"script", "img", "link", "iframe"} & set(reader.tags)


def test_every_text_is_escaped() -> None:
    bad = "<script>alert('&')</script>"
    lesson = LESSONS["too-small"]
    step = replace(lesson.steps[0], question=bad, setting=bad, choices=(bad, bad, bad, bad), edges=(1, 2, 3))
    told = replace(told_on(lesson, 1), measured=bad, formula=bad, why=bad)
    evil = replace(lesson, title=bad, line=bad, remember=bad, steps=(step,))
    html = worksheet(evil, [Answered(step, step.situation, told)], bad)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 12
