"""Numbers and layers as people write them: 2·10⁻¹⁰, 11 %, layers 3 to 7."""

import math
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

SUPERSCRIPTS: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
PLAIN: Final = (1e-4, 1e5)  # magnitudes written out; beyond them a power of ten is easier to read than to count zeros
RUNS: Final = 3  # more separate groups of layers than this are counted, not listed


def number(x: float, digits: int = 2) -> str:
    """`x` to so many significant digits, whole from 100 on: 0.072, 1,234, 2·10⁻¹⁰."""
    if not math.isfinite(x):
        return "not a number" if math.isnan(x) else "−∞" if x < 0 else "∞"
    rounded = f"{abs(x):.{digits - 1}e}"  # above the largest float, where that is rounded up
    sign, magnitude = ("−" if x < 0 else ""), float(rounded)
    if magnitude == 0:
        return "0"
    if not PLAIN[0] <= magnitude < PLAIN[1]:
        return sign + _power(rounded)
    if magnitude >= 100:
        return f"{sign}{abs(x):,.0f}"
    return sign + f"{magnitude:.{digits + 4}f}".rstrip("0").rstrip(".")


def _power(rounded: str) -> str:
    mantissa, exponent = rounded.split("e")
    factor = f"{float(mantissa):g}"
    return power(int(exponent)) if factor == "1" else f"{factor}·{power(int(exponent))}"


def power(exponent: int) -> str:
    """A power of ten: 10⁻⁶, and 1 for exponent 0."""
    return "10" + str(exponent).translate(SUPERSCRIPTS) if exponent else "1"


def percent(share: float) -> str:
    """A share as 11 %; neither 0 % nor 100 % unless it is exactly that."""
    value = 100 * share
    if not math.isfinite(value):
        return number(value)
    if 99 < value < 100:
        return f"{min(99.9, math.floor(10 * value) / 10):g} %"
    return f"{number(value)} %"


def capitalized(text: str) -> str:
    """A sentence's beginning, the rest as it is."""
    return text[:1].upper() + text[1:]


def counted(count: float, thing: str) -> str:
    """1 epoch, 2.5 epochs."""
    return f"{number(count)} {thing}{'' if count == 1 else 's'}"


def listed(words: Sequence[str]) -> str:
    """A, B and C."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def layers_in_words(layers: Iterable[int]) -> str:
    """`layer 4`, `layers 1 to 3 and 7`, or how many there are where a list would be long."""
    ordered = sorted(set(layers))
    if not ordered:
        return "no layer"
    runs = [[layer for _, layer in run] for _, run in groupby(enumerate(ordered), lambda pair: pair[1] - pair[0])]
    if len(runs) > RUNS:
        return f"{len(ordered)} layers between {ordered[0]} and {ordered[-1]}"
    words = [_run(run) for run in runs]
    return f"{'layer' if len(ordered) == 1 else 'layers'} {listed(words)}"


def _run(run: list[int]) -> str:
    if len(run) == 1:
        return str(run[0])
    return f"{run[0]} and {run[-1]}" if len(run) == 2 else f"{run[0]} to {run[-1]}"
