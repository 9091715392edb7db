"""Units that do the same: the count of distinct units behind the finding "symmetry".

Two units are twins if their gradient columns agree and either their incoming weights or their (not all zero) activation
columns agree. Different outgoing weights make gradients differ, which breaks the symmetry at the first step; a
dead unit has no gradient but weights of its own. Comparing all pairs would cost more than the pass itself, so units
are first sorted by a short signature that twins must share.
"""

import math
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final, TypeAlias

import numpy as np
from scipy import sparse

from initlab.arrays import Array, Flags, Integers

Signature: TypeAlias = tuple[Array, float]
GRADIENT_TOLERANCE: Final = 1e-5  # of the layer's largest value
COLUMN_TOLERANCE: Final = 1e-6
SIGNATURE_ROWS: Final = 8


def twins(gradient: Array, activation: Array, weight: Array, bias: Array) -> tuple[int, int]:
    """Number of distinct units, and number of units with at least one twin, in a layer of N units.

    `gradient` and `activation` are `(B, N)`, `weight` `(fan_in, N)`; where the gradient overflowed the others decide.
    """
    units = activation.shape[1]
    everyone = np.arange(units)
    step = _Columns(gradient, GRADIENT_TOLERANCE)
    if not math.isfinite(step.reach):
        step, candidates = None, everyone
    else:
        candidates, _ = _together(everyone, step.glances())
    if candidates.size < 2:
        return units, 0
    incoming = np.vstack([weight, bias]) if bias.any() else weight
    by_weights = _firsts(units, candidates, step, _Columns(incoming, COLUMN_TOLERANCE))
    outputs = _Columns(activation, COLUMN_TOLERANCE)
    by_outputs = _firsts(units, candidates[outputs.sound()[candidates]], step, outputs)
    if (by_weights == everyone).all() and (by_outputs == everyone).all():
        return units, 0
    links = np.concatenate([everyone, everyone]), np.concatenate([by_weights, by_outputs])
    graph = sparse.coo_array((np.ones(2 * units), links), (units, units))
    distinct, group = sparse.csgraph.connected_components(graph, directed=False)
    return int(distinct), int(np.count_nonzero(np.bincount(group)[group] > 1))


def told_apart(values: Array, tolerance: float) -> bool:
    """Whether a look at a few rows is enough to tell each column from every other."""
    columns = _Columns(values, tolerance)
    return math.isfinite(columns.reach) and not _together(np.arange(values.shape[1]), columns.glances())[0].size


def all_agree(values: Array, tolerance: float) -> bool:
    """Whether every column agrees with the first."""
    columns = _Columns(values, tolerance)
    return math.isfinite(columns.reach) and bool(np.abs(values - values[:, :1]).max() <= columns.reach)


class _Columns:
    """Columns that agree where they differ by at most `tolerance` of the largest value of the layer.

    A signature is one number a column and how far apart the numbers of agreeing columns may lie.
    """

    def __init__(self, values: Array, tolerance: float) -> None:
        self.values = values
        self.reach = tolerance * float(max(values.max(), -values.min()))

    def sound(self) -> Flags:
        """Which columns hold anything but zeros."""
        return (self.values.max(axis=0) != 0) | (self.values.min(axis=0) != 0)

    def glances(self) -> Iterator[Signature]:
        """At a few rows: cheap, and enough to tell most columns apart."""
        step = max(1, len(self.values) // SIGNATURE_ROWS)
        yield self._sums(0, step)
        yield self._sums(1, step)

    def looks(self) -> Iterator[Signature]:
        """At all rows: where units are nearly silent, a few are all zero."""
        yield self.values.max(axis=0), self.reach  # tells nearly silent units apart, which sums do not
        yield self._sums(0, 1)

    def close_looks(self) -> Iterator[Signature]:
        """At the rows in which units differ most: no sum tells apart what nearly agrees."""
        spread = self.values.max(axis=1) - self.values.min(axis=1)
        for row in np.argsort(spread)[-SIGNATURE_ROWS:]:
            yield self.values[row], self.reach
        yield from self.looks()

    def agree(self, these: Integers, others: Integers) -> Flags:
        """Whether column by column `these` and `others` agree in full."""
        return np.abs(self.values[:, these] - self.values[:, others]).max(axis=0) <= self.reach

    def _sums(self, start: int, step: int) -> Signature:
        rows = self.values[start::step]
        factors = np.cos(np.arange(1, len(rows) + 1, dtype=rows.dtype))  # unlike ones: 1 - 1 must not pass for 0
        return factors @ rows, len(rows) * self.reach


def _together(units: Integers, signatures: Iterable[Signature]) -> tuple[Integers, Integers]:
    """Those of `units` that no signature tells apart from all others, and the number of the group each is in."""
    group = np.zeros(units.size, int)
    for signature, reach in signatures:
        if units.size < 2:
            break
        values = signature[units]
        ordered = np.sort(values)
        if (ordered[1:] - ordered[:-1] > reach).all():  # the usual case; NaN tells nothing apart
            return units[:0], group[:0]
        order = np.lexsort((values, group))
        before, after = order[:-1], order[1:]
        apart = (group[after] != group[before]) | (values[after] - values[before] > reach)
        group[order[0]], group[after] = 0, np.cumsum(apart)
        company = np.bincount(group)[group] > 1
        units, group = units[company], group[company]
    return units, group


def _firsts(count: int, units: Integers, step: _Columns | None, columns: _Columns) -> Integers:
    """For each unit of a layer the first of `units` it agrees with, by gradient and by column; itself if none."""
    found, closely = np.arange(count), False
    units, group = _together(units, chain(columns.looks(), step.glances() if step else ()))
    while units.size > 1:
        leader = np.empty(count, int)
        leader[group[::-1]] = units[::-1]  # the first of each group is written last
        follows = leader[group] != units
        these, leaders, group = units[follows], leader[group[follows]], group[follows]
        agrees = columns.agree(these, leaders)
        if step is not None:
            agrees &= step.agree(these, leaders)
        found[these[agrees]] = leaders[agrees]
        units, group = these[~agrees], group[~agrees]  # alike at a look: they may still have each other
        if not closely:
            units, group = _together(units, chain(columns.close_looks(), step.glances() if step else ()))
            closely = True
    return found
