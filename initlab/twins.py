"""Units that do the same: the count of distinct units behind the finding "symmetry".

Two units are twins if their gradient columns agree and either their incoming weights or their (not all zero) activation
columns agree. Different outgoing weights make gradients differ, which breaks the symmetry at the first step; a
dead unit has no gradient but weights of its own. Comparing all pairs would cost more than the pass itself, so units
are first sorted by a short signature that twins must share.
"""

from typing import Final

import numpy as np

from initlab.arrays import Array, Flags, Integers

GRADIENT_TOLERANCE: Final = 1e-5  # of the layer's largest value
COLUMN_TOLERANCE: Final = 1e-6
SIGNATURE_ROWS: Final = 8


def twins(gradient: Array | None, activation: Array, weight: Array, bias: Array) -> tuple[int, int]:
    """Number of distinct units, and number of units with at least one twin, in a layer of N units.

    `gradient` and `activation` are `(B, N)`, `weight` `(fan_in, N)`; without a gradient (overflow) the others decide.
    """
    units = activation.shape[1]
    candidates = np.arange(units) if gradient is None else _neighbours(gradient)
    if candidates.size < 2:
        return units, 0
    columns = np.vstack([weight[:, candidates], bias[candidates]])
    chosen = None if gradient is None else gradient[:, candidates]
    same_weights = _groups(chosen, columns, np.zeros(candidates.size, bool))
    same_outputs = _groups(chosen, activation[:, candidates], np.logical_not(activation[:, candidates].any(axis=0)))
    paired = np.union1d(_paired(same_weights), _paired(same_outputs))
    distinct = min(np.unique(same_weights).size, np.unique(same_outputs).size)
    return units - candidates.size + distinct, paired.size


def _signature(columns: Array) -> tuple[Array, float]:
    """A sum of a few rows, one number a column, and how far apart twins may lie, per unit of tolerance."""
    rows = columns[:: max(1, len(columns) // SIGNATURE_ROWS)]
    return rows.sum(axis=0), float(len(rows) * np.abs(columns).max())


def _neighbours(gradient: Array) -> Integers:
    """The columns whose signature has another one within the tolerance."""
    signature, reach = _signature(gradient)
    order = np.argsort(signature)
    close = np.diff(signature[order]) <= GRADIENT_TOLERANCE * reach
    return np.sort(order[np.append(close, False) | np.append(False, close)])


def _groups(gradient: Array | None, columns: Array, alone: Flags) -> Integers:
    """A group number a column: gradient and column agree with those of the group's first; `alone` ones never do."""
    signature, reach = _signature(columns)
    if gradient is not None:
        key, spread = _signature(gradient)
        first = _runs(key, GRADIENT_TOLERANCE * spread)
    else:
        first = np.zeros(len(signature), int)
    order = np.lexsort((signature, first))
    new = (np.diff(first[order]) != 0) | (np.diff(signature[order]) > COLUMN_TOLERANCE * reach)
    group = np.empty(order.size, int)
    group[order] = np.append(0, np.cumsum(new))
    return _verified(group, gradient, columns, alone)


def _runs(values: Array, gap: float) -> Integers:
    """Number the runs of sorted values that are no further apart than `gap`."""
    order = np.argsort(values)
    run = np.empty(order.size, int)
    run[order] = np.append(0, np.cumsum(np.diff(values[order]) > gap))
    return run


def _verified(group: Integers, gradient: Array | None, columns: Array, alone: Flags) -> Integers:
    """Compare every column with its group's first in full; those that differ get groups of their own."""
    leader = np.unique(group, return_index=True)[1][group]
    agrees = _agree(columns, leader, COLUMN_TOLERANCE) & ~alone & ~alone[leader]
    if gradient is not None:
        agrees &= _agree(gradient, leader, GRADIENT_TOLERANCE)
    agrees[np.unique(leader)] = True
    return np.where(agrees, leader, np.arange(group.size))


def _agree(columns: Array, leader: Integers, tolerance: float) -> Flags:
    scale = np.abs(columns).max()
    return np.abs(columns - columns[:, leader]).max(axis=0) <= tolerance * scale


def _paired(group: Integers) -> Integers:
    """The columns whose group has more than one member."""
    return np.flatnonzero(np.bincount(group)[group] > 1)
