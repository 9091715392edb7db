"""What a lesson is made of: steps that ask before they show, and answers that are computed.

The choices of a question are ranges of one quantity, in ascending order, so that exactly one is right; which one, the
computation decides. Texts hold {names} that are filled with this network's numbers.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from initlab import isometry
from initlab.comparison import Start, labels
from initlab.quantities import Quantity
from initlab.situations import Births, Contest, Copies, Directions, Found, Situation
from initlab.spec import NetworkSpec
from initlab.wording import counted, listed, number, percent

Picture: TypeAlias = Literal[
    "signal and gradient", "signals", "gradients", "two gradients", "saturated", "silent", "alike inputs", "copies",
    "accuracy", "test loss", "singular values", "born dead",
]  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A question about a situation. Choice k is right where edges[k - 1] <= asked < edges[k].

    `measured` says the quantity as a headline, `formula` what it should be, `why` why; the last speaks of choice
    `answer` (from 0). `facts` are the numbers by name; `asked` is one of them under the name "asked".
    """

    situation: Situation
    picture: Picture
    setting: str
    question: str
    choices: tuple[str, ...]
    edges: tuple[float, ...]
    asked: Quantity
    answer: int
    measured: str
    formula: str
    why: str
    facts: Mapping[str, Quantity] = field(default_factory=dict[str, Quantity])


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """Some steps in order. `slug` is in links for ever; `misconceptions` and `discuss` are for the teacher."""

    slug: str
    title: str
    line: str
    minutes: int
    steps: tuple[Step, ...]
    remember: str
    misconceptions: tuple[str, ...]
    discuss: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """Lessons on one subject, with the sentence that sums it up."""

    title: str
    line: str
    lessons: tuple[Lesson, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A step's answer: the quantity, the right choice (from 0), whether it is the usual one, and the texts, filled."""

    value: float
    right: int
    usual: bool
    measured: str
    formula: str
    why: str


class Shown(float):
    """A number that formats itself as people write it: two digits, {x:4} four, {x:%} a share."""

    def __format__(self, form: str) -> str:
        if form == "%":
            return percent(float(self))
        return number(float(self), int(form or 2))


def told(step: Step, found: Found) -> Told:
    """What this computation answers."""
    value = step.asked(found)
    numbers = {name: Shown(quantity(found)) for name, quantity in {**step.facts, "asked": step.asked}.items()}
    right = bisect_right(step.edges, value)
    texts = (text.format_map(numbers) for text in (step.measured, step.formula, step.why))
    return Told(value, right, right == step.answer, *texts)


def letter(choice: int) -> str:
    """Choices are called A, B, C: what a room can call out."""
    return "ABCDEFGH"[choice]


def settings(situation: Situation) -> str:
    """The situation in words, complete enough to build it again."""
    specs = situation.specs
    spec, names = specs[0], labels([Start.of(one) for one in specs])
    if isinstance(situation, Directions):
        names = tuple(isometry.name(one) for one in specs)
    parts = [_architecture(spec), f"weights: {listed(names)}", *_more(spec), *_training(situation)]
    return f"{'; '.join(parts)}; {_rows(situation)}{spec.dataset} ({spec.scaling.lower()}), seed {spec.seed}."


def _rows(situation: Situation) -> str:
    match situation:
        case Contest():
            return ""
        case Directions():
            return "one row of "
        case _:
            return f"{situation.specs[0].rows} rows of "


def _architecture(spec: NetworkSpec) -> str:
    return f"{counted(spec.depth, 'hidden layer')} of {counted(spec.width, f'{spec.activation} unit')}"


def _more(spec: NetworkSpec) -> list[str]:
    """What is not as usual."""
    said = [f"{spec.normalization.lower()} normalization"] if spec.normalization != "None" else []
    said += ["residual connections"] if spec.residual else []
    said += [f"output layer: {spec.output}"] if spec.output != "Same" else []
    return said + ([f"biases of {number(spec.bias_stddev)}"] if spec.bias_stddev else [])


def _training(situation: Situation) -> list[str]:
    match situation:
        case Copies(_, trial, steps):
            noise = f"noise of {number(trial.noise)} on every weight, " if trial.noise else ""
            return [f"{noise}{counted(steps, 'full-batch step')} of {trial.optimizer} at {number(trial.rate)}"]
        case Contest(_, how):
            labels = f", {how.labels} labels" if how.labels else ""
            said = f"{counted(how.epochs, 'epoch')} of {how.optimizer} at {number(how.rate)}"
            return [f"{said}, minibatches of {how.batch}{labels}"]
        case Births():
            return ["thousands of networks drawn anew"]
        case _:
            return []
