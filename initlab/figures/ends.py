"""The names of lines, where the lines end: one below the other, whatever the lines do."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from initlab.figures import theme

LINE: Final = 15  # characters of a label
LETTER: Final = 6.6  # pixels
ROW: Final = 16  # pixels a line of a label is high


def named(index: int, text: list[str], dark: bool, step: int = 1) -> str:
    """The lines of a label with the symbol next to the line's end, which is at its left unless `step` is negative."""
    first, *more = text
    mark = theme.mark(index, dark)
    return "<br>".join([f"{mark} {first}" if step > 0 else f"{first} {mark}", *more])


def spread(wanted: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Heights as near as may be to the wanted ones, in their order, so that labels of these sizes do not overlap."""
    order = np.argsort(wanted, kind="stable")
    places, half = np.array(wanted, float)[order], np.array(sizes)[order] / 2
    floor = low
    for k in range(len(places)):
        places[k] = max(places[k], floor + half[k])
        floor = places[k] + half[k]
    ceiling = high
    for k in reversed(range(len(places))):
        places[k] = min(places[k], ceiling - half[k])
        ceiling = places[k] - half[k]
    found = np.empty(len(places))
    found[order] = places
    return found.tolist()
