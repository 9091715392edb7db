"""Which rows train, which test, and in what order: the same for every contestant, whatever its weights."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from sklearn.model_selection import train_test_split

from initlab.arrays import Array, Integers
from initlab.datasets import Batch, load
from initlab.errors import invalid
from initlab.losses import Targets
from initlab.spec import NetworkSpec
from initlab.train_spec import TrainSpec

SPLIT: Final = 0  # the seed of the split: the same rows test whatever else is drawn


def split(spec: NetworkSpec, train: TrainSpec) -> tuple[Batch, Batch]:
    """Rows to train on and rows to test on, each class in both by its share where it has rows enough."""
    data = load(spec.dataset, spec.scaling)
    if data.targets is None:
        raise invalid("training needs something to predict", spec.dataset, "choose another data set")
    rows, tested = len(data.inputs), round(len(data.inputs) * train.test_share)
    classes = data.targets if _can_be_stratified(data.targets, tested) else None
    found: tuple[Integers, Integers] = train_test_split(
        np.arange(rows), test_size=tested, random_state=SPLIT, stratify=classes
    )  # pyright: ignore[reportAssignmentType]
    one, other = (Batch(np.ascontiguousarray(data.inputs[part]), data.targets[part]) for part in found)
    return one, other


def _can_be_stratified(targets: Array | Integers, tested: int) -> bool:
    """Each class needs a row on both sides."""
    if not np.issubdtype(targets.dtype, np.integer):
        return False
    counts = np.unique(targets, return_counts=True)[1]
    return bool(counts.min() >= 2 and len(counts) <= min(tested, len(targets) - tested))


def steps_in_all(train: TrainSpec, rows: int) -> int:
    """Minibatches of all epochs; the last one of an epoch may be smaller."""
    return train.epochs * -(-rows // train.batch)


def minibatches(train: TrainSpec, rows: int) -> Iterator[Integers]:
    """The rows of each step: every epoch goes through all of them in an order of its own."""
    for epoch in range(train.epochs):
        seed = np.random.SeedSequence(train.seed, spawn_key=(epoch,))
        order = np.random.Generator(np.random.SFC64(seed)).permutation(rows)
        for start in range(0, rows, train.batch):
            yield order[start : start + train.batch]


def rows_of(targets: Targets, pick: Integers) -> Targets:
    """The targets of these rows."""
    return None if targets is None else targets[pick]
