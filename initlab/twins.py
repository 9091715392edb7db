"""Units that do the same: the count of distinct units behind the finding "symmetry".

Two units are twins if their gradient columns agree and either their incoming weights or their (not all zero) activation
columns agree. Different outgoing weights make gradients differ, which breaks the symmetry at the first step; a
dead unit has no gradient but weights of its own. Comparing all pairs would cost more than the pass itself, so units
are first sorted by a short signature that twins must share.
"""

import math
from typing import Final

import numpy as np
from scipy import sparse

from initlab.arrays import Array, Flags, Integers

GRADIENT_TOLERANCE: Final = 1e-5  # of the layer's largest value
COLUMN_TOLERANCE: Final = 1e-6
SIGNATURE_ROWS: Final = 8


def twins(gradient: Array, activation: Array, weight: Array, bias: Array) -> tuple[int, int]:
    """Number of distinct units, and number of units with at least one twin, in a layer of N units.

    `gradient` and `activation` are `(B, N)`, `weight` `(fan_in, N)`; where the gradient overflowed the others decide.
    """
    units = activation.shape[1]
    step = _Columns(gradient, GRADIENT_TOLERANCE)
    if not math.isfinite(step.reach):
        step, candidates = None, np.arange(units)
    else:
        candidates = _neighbours(step)
    if candidates.size < 2:
        return units, 0
    silent = np.logical_not(activation[:, candidates].any(axis=0))
    incoming = _Columns(np.vstack([weight, bias]) if bias.any() else weight, COLUMN_TOLERANCE)
    by_weights = _firsts(units, candidates, step, incoming)
    by_outputs = _firsts(units, candidates[~silent], step, _Columns(activation, COLUMN_TOLERANCE))
    everyone = np.arange(units)
    links = np.concatenate([everyone, everyone]), np.concatenate([by_weights, by_outputs])
    graph = sparse.coo_array((np.ones(2 * units), links), (units, units))
    distinct, group = sparse.csgraph.connected_components(graph, directed=False)
    return int(distinct), int(np.count_nonzero(np.bincount(group)[group] > 1))


class _Columns:
    """Columns that agree where they differ by at most `tolerance` of the largest value of the layer."""

    def __init__(self, values: Array, tolerance: float) -> None:
        self.values = values
        self.reach = tolerance * float(max(values.max(), -values.min()))
        self.step = max(1, len(values) // SIGNATURE_ROWS)
        self.signature, self.signature_reach = self.sums(0, self.step)

    def sums(self, start: int, step: int) -> tuple[Array, float]:
        """A weighted sum of a few rows, one number a column, and how far apart agreeing columns may lie."""
        rows = self.values[start::step]
        factors = np.cos(np.arange(1, len(rows) + 1, dtype=rows.dtype))  # unlike ones: 1 - 1 must not pass for 0
        return factors @ rows, len(rows) * self.reach

    def agree(self, these: Integers, others: Integers) -> Flags:
        """Whether column by column `these` and `others` agree in full."""
        return np.abs(self.values[:, these] - self.values[:, others]).max(axis=0) <= self.reach


def _neighbours(columns: _Columns) -> Integers:
    """The columns whose signature has another one within reach; chance pairs are told apart by a second signature."""
    order = columns.signature.argsort()
    ordered = columns.signature[order]
    close = ordered[1:] - ordered[:-1] <= columns.signature_reach
    if not close.any():
        return order[:0]
    beside = np.zeros(order.size, bool)
    if not (close[1:] & close[:-1]).any():  # pairs only
        other, reach = columns.sums(1, columns.step)
        ordered = other[order]
        close &= np.abs(ordered[1:] - ordered[:-1]) <= reach
    beside[:-1] |= close
    beside[1:] |= close
    return np.sort(order[beside])


def _firsts(count: int, units: Integers, step: _Columns | None, columns: _Columns) -> Integers:
    """For each unit of a layer the first of `units` it agrees with, by gradient and by column; itself if none."""
    found = np.arange(count)
    signature, reach = columns.sums(0, 1)  # of all rows: where units are nearly silent, a few rows are all zero
    while units.size > 1:
        these, leaders = _alike(units, step, signature[units], reach)
        if not these.size:
            break
        agrees = columns.agree(these, leaders)
        if step is not None:
            agrees &= step.agree(these, leaders)
        found[these[agrees]] = leaders[agrees]
        units = these[~agrees]  # alike in the signature alone: they may still have each other
    return found


def _alike(units: Integers, step: _Columns | None, signature: Array, reach: float) -> tuple[Integers, Integers]:
    """The units whose signatures are those of an earlier one, and that earlier one for each."""
    run = np.zeros(units.size, int) if step is None else _runs(step.signature[units], step.signature_reach)
    order = np.lexsort((signature, run))
    new = (np.diff(run[order]) != 0) | (np.diff(signature[order]) > reach)
    group = np.empty(units.size, int)
    group[order] = np.append(0, np.cumsum(new))
    first = units[np.unique(group, return_index=True)[1][group]]
    follows = first != units
    return units[follows], first[follows]


def _runs(values: Array, gap: float) -> Integers:
    """Number the runs of sorted values that are no further apart than `gap`."""
    order = np.argsort(values)
    run = np.empty(order.size, int)
    run[order] = np.append(0, np.cumsum(np.diff(values[order]) > gap))
    return run
