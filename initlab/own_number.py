"""What is written in a cell: a number with a decimal point, one with a decimal comma, or nothing?"""

import re
from typing import Final

import numpy as np

from initlab.arrays import Array

EXPONENT: Final = r"(?:[eE][+-]?\d{1,5})?"
# No digit can be taken in two ways: a long row of them that is no number would else take the square of its length.
POINT: Final = re.compile(rf"[+-]?(?:\d+(?:\.\d*)?|\.\d+){EXPONENT}", re.ASCII)
WITH_POINT: Final = re.compile(rf"[+-]?\d*\.\d+{EXPONENT}", re.ASCII)
WITH_COMMA: Final = re.compile(rf"[+-]?\d*,\d+{EXPONENT}", re.ASCII)
UNKNOWN: Final = frozenset(("", "?", "na", "n/a", "#n/a", "nan", "-nan", "null"))  # of a text, too
MISSING: Final = UNKNOWN | {"-", ".", "none", "nil", "missing"}
BOUND: Final = 1e30  # float32 holds it, and the square of it has room in float64


def is_number(cell: str) -> bool:
    """Whether the cell is a number, with a point or a comma; inf and NaN are none."""
    return bool(POINT.fullmatch(cell) or WITH_COMMA.fullmatch(cell))


def is_missing(cell: str) -> bool:
    """Whether the cell says that its number is not known."""
    return cell.lower() in MISSING


def numbers(cells: list[str]) -> Array:
    """Cells that are numbers; those too small for float32 to be told from 0 are 0."""
    found = np.array([*map(float, " ".join(cells).replace(",", ".").split(" "))])
    return np.where(np.abs(found) < 1 / BOUND, 0.0, found)
