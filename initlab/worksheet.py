"""A lesson on paper: questions with room to answer, and the answers apart on the last page. Text in, HTML out."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from initlab.lesson import Lesson, Step, Told, letter, settings
from initlab.situations import Situation

STYLE: Final = """
@page {size: A4; margin: 18mm 20mm}
* {box-sizing: border-box}
html {color-scheme: light}
body {font: 11.5pt/1.5 Georgia, 'Times New Roman', serif; color: #14171c; background: #fff; max-width: 46rem;
  margin: 2rem auto; padding: 0 1rem}
h1 {font-size: 20pt; line-height: 1.2; margin: 0 0 .2rem}
h2 {font-size: 13pt; line-height: 1.35; margin: .3rem 0}
p {margin: .3rem 0}
.line {font-style: italic}
.name {display: flex; gap: 2rem; margin: 1.2rem 0}
.name span {flex: 1; border-bottom: 1px solid #14171c; padding-bottom: .1rem}
section {break-inside: avoid; margin: 1.4rem 0; padding-top: .7rem; border-top: 1px solid #9aa0a8}
ol.choices {list-style: none; padding: 0; margin: .5rem 0}
ol.choices li::before {content: '\\2610'; margin-right: .6rem}
.number {font-weight: bold; color: #454b54}
.small {font-size: 9pt; color: #454b54}
.because {margin: .6rem 0 0}
.rule {border-bottom: 1px solid #9aa0a8; height: 1.9rem}
.answers {break-before: page}
.formula {font-family: 'DejaVu Serif', Georgia, serif; border-left: 3px solid #9aa0a8; padding-left: .7rem}
@media print {body {max-width: none; margin: 0; padding: 0}}
"""
RULES: Final = 3  # lines to write a reason on


@dataclass(frozen=True, slots=True)
class Answered:
    """A step, its situation on the draws of now, and what that computation answers."""

    step: Step
    situation: Situation
    told: Told


def worksheet(lesson: Lesson, steps: Sequence[Answered], address: str) -> str:
    """One self-contained page; `address` is where the lesson is found in the app. Everything is escaped."""
    questions = "".join(_question(number, one) for number, one in enumerate(steps, start=1))
    answers = "".join(_answer(number, one) for number, one in enumerate(steps, start=1))
    return f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(lesson.title)}: worksheet</title><style>{STYLE}</style></head>
<body>
<main>
<h1>{escape(lesson.title)}</h1>
<p class="line">{escape(lesson.line)}</p>
<div class="name"><span>Name</span><span>Date</span></div>
<p class="small">Predict first; the network answers then. The lesson in the app: {escape(address)}</p>
{questions}
<section class="answers">
<h1>Answers: {escape(lesson.title)}</h1>
<p class="small">Computed from the networks above, not typed. Another seed gives other digits and the same answers.</p>
</section>
{answers}
<section><h2>To remember</h2><p>{escape(lesson.remember)}</p></section>
</main>
</body>
</html>
"""


def _question(number: int, one: Answered) -> str:
    choices = "".join(
        f"<li>{letter(k)}&ensp;{escape(choice)}</li>" for k, choice in enumerate(one.step.choices)
    )  # fmt: skip
    return f"""<section>
<p class="number">Question {number}</p>
<p>{escape(one.step.setting)}</p>
<h2>{escape(one.step.question)}</h2>
<p class="small">{escape(settings(one.situation))}</p>
<ol class="choices">{choices}</ol>
<p class="because">Because</p>{'<div class="rule"></div>' * RULES}
</section>
"""


def _answer(number: int, one: Answered) -> str:
    told = one.told
    return f"""<section>
<h2>{number}. {letter(told.right)}&ensp;{escape(one.step.choices[told.right])}</h2>
<p>{escape(told.measured)}</p>
<p class="formula">{escape(told.formula)}</p>
<p>{escape(told.why if told.usual else "This draw is unusual: the usual answer is another.")}</p>
</section>
"""
