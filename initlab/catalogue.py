"""Which initializers answer to a search, how they compare at given fans, and what is drawn of one."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from initlab.arrays import Array
from initlab.data_driven import LSUV, Pretraining
from initlab.dialects import calls, dialects
from initlab.draws import draws_from
from initlab.initializers import INITIALIZERS, Recipe, recipe
from initlab.law_marginal import Marginal, marginal
from initlab.law_words import in_words
from initlab.laws import Identity, Law, Orthogonal
from initlab.wording import counted, number, percent

FANS: Final = (1, 2, 4, 8, 10, 16, 32, 64, 128, 256, 512)
ANY: Final = "Any"
LONGEST: Final = 40  # characters of a search


def mended(text: str) -> tuple[str, tuple[str, ...]]:
    """A search as we keep it: printable, single spaces, not long; and what had to be changed."""
    kept = re.sub(r"\s+", " ", "".join(sign if sign.isprintable() else " " for sign in text[: 4 * LONGEST])).strip()
    short = kept[:LONGEST].strip()
    return short, (f"only the first {LONGEST} characters are searched for",) if len(text.strip()) > LONGEST else ()


def matching(search: str, made_for: str = ANY) -> tuple[str, ...]:
    """Names, in menu order, of what has every word of the search somewhere, and is made for that activation."""
    words = [word for word in re.split(r"[\W_]+", search.casefold()) if word]
    return tuple(
        name
        for name, entry in INITIALIZERS.items()
        if all(_has(entry, word) for word in words) and (made_for == ANY or made_for in entry.made_for)
    )


def _has(entry: Recipe, word: str) -> bool:
    """Whether a word of what is said of it begins like this one, or is it where that is short: he, not the."""
    return any(found == word or (len(word) > 2 and found.startswith(word)) for found in _words(entry))


def _words(entry: Recipe) -> list[str]:
    """All that is said of an initializer, what other libraries call it included."""
    others = [dialect.function for dialect in dialects(entry.name).values() if dialect]
    parts = [entry.name, entry.about, entry.paper, *entry.made_for, *others]
    return re.split(r"[\W_]+", " ".join(parts).casefold())


def overview(names: Sequence[str], laws: Sequence[Law], fan_in: int, fan_out: int) -> dict[str, list[str] | Array]:
    """One row an initializer; the variance is NaN where weights follow no single law or depend on data."""
    variances = [law.moments(fan_in, fan_out)[1] for law in laws]
    return {
        "initializer": list(names),
        "law": [in_words(law) for law in laws],
        "variance": np.array([np.nan if v is None else v for v in variances]),
        "fan_in·variance": np.array([np.nan if v is None else v * fan_in for v in variances]),
        "made for": [", ".join(recipe(name).made_for) or "–" for name in names],
        "source": [recipe(name).paper or "–" for name in names],
    }


def drawn(law: Law, fan_in: int, fan_out: int, seed: int) -> Array:
    """Weights `(fan_in, fan_out)` of that law."""
    return law.weights(draws_from(np.random.default_rng(seed), fan_in, fan_out))


def reading(law: Law, fan_in: int, fan_out: int) -> str:
    """What the picture of one draw shows, and what it cannot."""
    count, of = fan_in * fan_out, marginal(law, fan_in, fan_out)
    layer = f"a layer with {counted(fan_in, 'input')} and {counted(fan_out, 'unit')}"
    return f"{counted(count, 'weight')} of {layer}: {_said(law, of)}"


def _said(law: Law, of: Marginal) -> str:
    spread = f"standard deviation {number(of.variance**0.5, 3)}."
    match law:
        case LSUV():
            return f"{spread} This is the orthonormal start; how far it is divided, only the data say."
        case Orthogonal() if of.spread:
            return (
                f"{spread} The dashed line is how a single entry of such a matrix is distributed, a beta law that is "
                "nearly normal in wide layers; that rows or columns are orthonormal no histogram shows."
            )
        case Orthogonal():
            return "it is 1 or -1, each half of the time."
        case Pretraining():
            return f"{spread} This is the start; pre-training moves it."
        case Identity():
            return f"{percent(dict(of.atoms)[1.0])} are 1, the others 0."
        case _ if of.spread is None:
            return f"every one is {number(of.atoms[0][0], 3)}."
        case _ if of.atoms:
            return f"{spread} {percent(of.atoms[0][1])} are 0; bars and line are the others."
        case _:
            return f"{spread} The dashed line is the law's density."


def spoken(name: str, values: dict[str, float | str]) -> list[tuple[str, str | None, str]]:
    """Library, the call as one writes it, and where its law differs."""
    notes = {library: found.note if found else "" for library, found in dialects(name).items()}
    return [(library, call, notes[library]) for library, call in calls(name, values).items()]
