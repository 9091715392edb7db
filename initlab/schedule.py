"""Which rows train, which test, and in what order: the same for every contestant, whatever its weights."""

from collections.abc import Iterator
from functools import lru_cache
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
    """Rows to train on and rows to test on, each class in both by its share where it has rows enough; ValueError where
    there is nothing to predict."""
    found = parted(spec, train)
    if found[0].targets is None:
        raise invalid("training needs something to predict", spec.dataset, "choose another data set")
    return found


def parted(spec: NetworkSpec, train: TrainSpec) -> tuple[Batch, Batch]:
    """The same of any data, for what learns without targets. Nobody may write into them."""
    return _parts(spec.dataset, spec.scaling, train.test_share)


@lru_cache(maxsize=8)
def _parts(dataset: str, scaling: str, test_share: float) -> tuple[Batch, Batch]:
    data = load(dataset, scaling)
    rows, tested = len(data.inputs), round(len(data.inputs) * test_share)
    classes = data.targets if data.targets is not None and _can_be_stratified(data.targets, tested) else None
    found: tuple[Integers, Integers] = train_test_split(
        np.arange(rows), test_size=tested, random_state=SPLIT, stratify=classes
    )  # pyright: ignore[reportAssignmentType]
    one, other = (Batch(np.ascontiguousarray(data.inputs[part]), rows_of(data.targets, part)) for part in found)
    for array in (one.inputs, one.targets, other.inputs, other.targets):
        if array is not None:
            array.setflags(write=False)
    return one, other


def labelled(fit: Batch, train: TrainSpec) -> Batch:
    """Those of the training rows that may be learned from with their labels."""
    rows = len(fit.inputs)
    if not 0 < train.labels < rows or fit.targets is None:
        return fit
    classes = fit.targets if _can_be_stratified(fit.targets, train.labels) else None
    found: tuple[Integers, Integers] = train_test_split(
        np.arange(rows), train_size=train.labels, random_state=train.seed, stratify=classes
    )  # pyright: ignore[reportAssignmentType]
    return Batch(fit.inputs[found[0]], fit.targets[found[0]])


def _can_be_stratified(targets: Array | Integers, apart: int) -> bool:
    """Each class needs a row on both sides."""
    if not np.issubdtype(targets.dtype, np.integer):
        return False
    counts = np.unique(targets, return_counts=True)[1]
    return bool(counts.min() >= 2 and len(counts) <= min(apart, len(targets) - apart))


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
