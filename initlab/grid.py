"""What a sweep measures: one network at every depth and gain of a map, the cost of that, and its parts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from initlab.data_driven import LSUV
from initlab.errors import invalid
from initlab.spec import NetworkSpec
from initlab.work import MAX_BYTES, Work, start_operations, work

DEPTHS: Final = tuple(range(1, 31))
MOST_DEPTHS: Final = 30
PER_DECADE: Final = 40  # gains, as on the gain slider
REACH: Final = 3  # decades of gain on either side of 1
SPANS: Final = {"Two decades": 2, "One decade": 1}  # of every map's 41 gains
BLOCK: Final = 2 * 10**9  # operations between two results: 30 to 100 ms
CALLS: Final = 10**6  # operations in the time that the Python around one layer takes
LIMIT: Final = Work(10**12, MAX_BYTES)  # half a minute on one core: a map is a thousand networks
FEWEST_ROWS: Final = 16  # below this a map rather loses its deepest rows


def gain(step: int) -> float:
    """The gain so many fortieths of a decade above 1, three digits of it."""
    return float(f"{10 ** (step / PER_DECADE):.3g}")


def gains_around(centre: float, decades: int) -> tuple[float, ...]:
    """41 gains over so many decades about `centre`, or about 1 where that is no number."""
    furthest = PER_DECADE * REACH - PER_DECADE // 2 * decades
    step = round(PER_DECADE * math.log10(centre)) if centre > 0 else 0
    middle = min(max(step, -furthest), furthest)
    return tuple(gain(middle + decades * k) for k in range(-PER_DECADE // 2, PER_DECADE // 2 + 1))


def depths_to(deepest: int) -> tuple[int, ...]:
    """At most thirty depths in equal steps, `deepest` the last."""
    step = -(-deepest // MOST_DEPTHS)
    return tuple(range(deepest, 0, -step)[::-1])


ALL_GAINS: Final = tuple(gain(step) for step in range(-PER_DECADE * REACH, PER_DECADE * REACH + 1))
GAINS: Final = gains_around(1.0, 2)


@dataclass(frozen=True, slots=True)
class Grid:
    """A network at rising depths and gains; its own depth and gain play no part. ValueError says what is wrong."""

    spec: NetworkSpec
    depths: tuple[int, ...] = DEPTHS
    gains: tuple[float, ...] = GAINS

    def __post_init__(self) -> None:
        for what, values in (("depths", self.depths), ("gains", self.gains)):
            if not values or any(a >= b for a, b in pairwise(values)):
                raise invalid(f"{what} rise, and there is at least one", values, "sort them and leave doubles out")
        for depth in (self.depths[0], self.depths[-1]):
            replace(self.spec, depth=depth)
        for gain in (self.gains[0], self.gains[-1]):
            replace(self.spec, gain=gain)

    @property
    def cells(self) -> int:
        return len(self.depths) * len(self.gains)

    @property
    def shares_prefixes(self) -> bool:
        """Whether a shallow network is the beginning of a deep one: not where widths look ahead."""
        return self.spec.shape == "Constant"

    @property
    def own_outputs(self) -> bool:
        """Whether each depth has an output layer of its own: LSUV sizes it to what arrives there."""
        return isinstance(self.spec.law, LSUV) and self.spec.output == "Same"

    @property
    def work(self) -> Work:
        """The whole map, estimated from above."""
        deepest = replace(self.spec, depth=self.depths[-1])
        stack = 3 * 8 * len(self.depths) * self.spec.rows * self.spec.width
        at_one = 8 * self.depths[-1] * self.spec.width**2  # the weights before their gain
        outputs = sum(work(replace(self.spec, depth=depth)).operations for depth in self.depths) * self.own_outputs
        built = self.depths[-1:] if self.shares_prefixes else self.depths
        starts = sum(start_operations(replace(self.spec, depth=depth)) for depth in built)
        operations = len(self.gains) * self._column(self.depths) + outputs + starts
        return Work(operations, work(deepest).bytes + stack + at_one)

    @property
    def affordable(self) -> bool:
        return self.work.operations <= LIMIT.operations and self.work.bytes <= LIMIT.bytes

    def fitting(self) -> "Grid":
        """The nearest affordable map: fewer rows first, the next power of two, then without the deepest networks."""
        grid = self
        while not grid.affordable:
            rows = grid.spec.rows
            if rows > FEWEST_ROWS or (rows > 1 and len(grid.depths) == 1):
                grid = replace(grid, spec=replace(grid.spec, batch=2 ** ((rows - 1).bit_length() - 1)))
            elif len(grid.depths) > 1:
                grid = replace(grid, depths=grid.depths[: max(1, len(grid.depths) * 3 // 4)])
            else:
                grid = replace(grid, gains=grid.gains[: max(1, len(grid.gains) // 2)])
        return grid

    def require_affordable(self) -> None:
        """ValueError with the numbers and what would fit, where the budget is exceeded."""
        if not self.affordable:
            fit = self.fitting()
            remedy = f"{len(fit.depths)} depths up to {fit.depths[-1]} with batch {fit.spec.rows} fit"
            raise invalid(f"a sweep may take at most {LIMIT}", self.work, remedy)

    def part(self, rows: slice, columns: slice) -> "Grid":
        """The map of these rows and columns alone."""
        return replace(self, depths=self.depths[rows], gains=self.gains[columns])

    def blocks(self) -> list[tuple[slice, slice]]:
        """Rows and columns of the parts that are computed in one go; those of one gain together where it helps."""
        groups, count = self._row_groups(), len(self.gains)
        if self.shares_prefixes and len(groups) > 1:
            return [(rows, slice(at, at + 1)) for at in range(count) for rows in groups]
        found = []
        for rows in groups:
            step = max(1, BLOCK // self._column(self.depths[rows]))
            found += [(rows, slice(at, min(at + step, count))) for at in range(0, count, step)]
        return found

    def _row_groups(self) -> list[slice]:
        """As many depths together as one gain may take: the more, the fewer forward passes."""
        groups, start = [], 0
        for stop in range(1, len(self.depths) + 1):
            if stop == len(self.depths) or self._column(self.depths[start : stop + 1]) > BLOCK:
                groups.append(slice(start, stop))
                start = stop
        return groups

    def _column(self, depths: Sequence[int]) -> int:
        """Operations of one gain at these depths."""
        if not self.shares_prefixes:
            return sum(work(replace(self.spec, depth=depth)).operations + CALLS * depth for depth in depths)
        forward = replace(self.spec, depth=depths[-1])
        rows, width = self.spec.rows, self.spec.width
        a_step = 2 * rows * width * width + 4 * rows * width
        return work(forward).operations + CALLS * depths[-1] + sum(depths) * a_step
