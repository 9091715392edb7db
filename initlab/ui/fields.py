"""The parameters of a link: name, default, and what a text from a stranger may become.

`parse` returns the nearest valid value and raises ValueError where there is none; `text` is its inverse.
"""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

Value: TypeAlias = str | int | float | bool
LONGEST: Final = 40  # characters of a number or a name that are worth reading


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    name: str
    default: str
    options: tuple[str, ...]

    def parse(self, text: str) -> str:
        if text not in self.options:
            raise ValueError(f"is not one of {len(self.options)} choices")
        return text

    def text(self, value: Value) -> str:
        return str(value)


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no, in the two words that a link has for it: no first."""

    name: str
    default: bool
    words: tuple[str, str] = ("False", "True")

    def parse(self, text: str) -> bool:
        if text not in self.words:
            raise ValueError(f"is neither {self.words[1]} nor {self.words[0]}")
        return text == self.words[1]

    def text(self, value: Value) -> str:
        return self.words[bool(value)]


@dataclass(frozen=True, slots=True)
class Subset:
    """Any of a few words, each once, with commas between them; none unless given."""

    name: str
    options: tuple[str, ...]
    default: str = ""

    def parse(self, text: str) -> str:
        given = set(text[: self.longest].split(","))
        found = [word for word in self.options if word in given]
        if text.strip() and not found:
            raise ValueError(f"is none of {len(self.options)} choices")
        return ",".join(found)

    def text(self, value: Value) -> str:
        return str(value)

    @property
    def longest(self) -> int:
        """Characters worth reading: as many as all the words take."""
        return len(",".join(self.options))


@dataclass(frozen=True, slots=True)
class Grid:
    """One of a few numbers, for sliders whose steps are not equal."""

    name: str
    default: float
    values: tuple[float, ...]
    logarithmic: bool = True

    @property
    def bounds(self) -> tuple[float, float]:
        return self.values[0], self.values[-1]

    def parse(self, text: str) -> float:
        wanted = min(max(_number(text), self.values[0]), self.values[-1])
        if self.logarithmic and wanted > 0:
            return min(self.values, key=lambda value: abs(math.log(value / wanted)) if value > 0 else math.inf)
        return min(self.values, key=lambda value: abs(value - wanted))

    def text(self, value: Value) -> str:
        return f"{value:.12g}"


@dataclass(frozen=True, slots=True)
class Steps:
    """A number from minimum to maximum in equal steps; an int where the step is a whole int."""

    name: str
    default: float
    minimum: float
    maximum: float
    step: float

    @property
    def bounds(self) -> tuple[float, float]:
        return self.minimum, self.maximum

    def parse(self, text: str) -> float:
        wanted = min(max(_number(text), self.minimum), self.maximum)
        if isinstance(self.step, int):
            return self.minimum + round((wanted - self.minimum) / self.step) * self.step
        return self.on_grid(wanted)

    def on_grid(self, value: float) -> float:
        """The nearest step, free of binary dust."""
        steps = round((value - self.minimum) / self.step)
        return min(round(self.minimum + steps * self.step, 9), self.maximum)

    def text(self, value: Value) -> str:
        return f"{value:.12g}"


@dataclass(frozen=True, slots=True)
class Coded:
    """A text with a grammar of its own: `mend` writes it as we would, and says what had to be changed."""

    name: str
    default: str
    mend: Callable[[str], tuple[str, tuple[str, ...]]]

    def parse(self, text: str) -> str:
        return self.mend(text)[0]

    def text(self, value: Value) -> str:
        return str(value)


Field: TypeAlias = Choice | Flag | Subset | Grid | Steps | Coded


def nearest(field: Choice | Grid | Steps | Flag | Subset, text: str) -> tuple[Value, str]:
    """What the text becomes, the default where nothing is near, and why it is not what was written, if it is not."""
    try:
        value = field.parse(text)
    except ValueError as error:
        return field.default, str(error)
    if isinstance(field, Steps | Grid) and abs(float(value) - float(text)) > 1e-9 * abs(float(value)):
        low, high = field.bounds
        outside = not low <= float(text) <= high
        return value, f"lies outside {low:g} to {high:g}" if outside else "lies between the steps of its slider"
    if isinstance(field, Subset) and set(text.split(",")) != set(str(value).split(",")):
        return value, "names what is not among its choices"
    return value, ""


def shown(text: str) -> str:
    """A stranger's text made harmless for a sentence in Markdown."""
    safe = re.sub(r"[^\w.+\- ]", "", text)[:24].strip()
    return f"`{safe}`" if safe else "(unreadable)"


def literal(text: str) -> str:
    """A sentence that quotes a stranger, for Markdown: every character stands for itself, and no address is a link."""
    escaped = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
    return re.sub(r"(?<=[:@])(?=\S)|(?<=www)(?=\\\.)", "\N{WORD JOINER}", escaped, flags=re.IGNORECASE)


def _number(text: str) -> float:
    try:
        value = float(text[:LONGEST] if len(text) <= LONGEST else "nan")
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError("is not a finite number")
    return value


def table(fields: Iterable[Field]) -> dict[str, Field]:
    """By name; the first of several fields with one name counts (initializers share parameters)."""
    found: dict[str, Field] = {}
    for field in fields:
        found.setdefault(field.name, field)
    return found
