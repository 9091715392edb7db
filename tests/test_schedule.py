"""Rows to train on, rows to test on, and the order of the minibatches."""

from dataclasses import replace

import numpy as np
import pytest

from initlab import NetworkSpec, TrainSpec
from initlab.schedule import minibatches, split, steps_in_all

IRIS = NetworkSpec(dataset="Iris", depth=1, width=4)


def test_every_row_is_on_one_side_and_every_class_on_both_by_its_share() -> None:
    fit, test = split(IRIS, TrainSpec(test_share=0.2))
    assert fit.targets is not None
    assert test.targets is not None
    assert np.bincount(fit.targets).tolist() == [40, 40, 40]
    assert np.bincount(test.targets).tolist() == [10, 10, 10]


def test_the_split_depends_on_the_share_alone() -> None:
    one = split(IRIS, TrainSpec(seed=1, batch=7))[0]
    other = split(replace(IRIS, seed=5, init="Zeros"), TrainSpec(seed=2, rate=1.0))[0]
    np.testing.assert_array_equal(one.inputs, other.inputs)


@pytest.mark.parametrize(("rows", "batch"), [(100, 32), (96, 32), (5, 64), (1, 1)])
def test_every_epoch_goes_through_all_rows_in_an_order_of_its_own(rows: int, batch: int) -> None:
    how = TrainSpec(batch=batch, epochs=3)
    picks = list(minibatches(how, rows))
    assert len(picks) == steps_in_all(how, rows)
    epochs = np.concatenate(picks).reshape(3, rows)
    assert (np.sort(epochs, axis=1) == np.arange(rows)).all()
    assert rows < 10 or not np.array_equal(epochs[0], epochs[1])
    again = list(minibatches(replace(how, epochs=2), rows))
    for one, other in zip(picks, again, strict=False):
        np.testing.assert_array_equal(one, other)
    assert rows < 10 or not np.array_equal(next(minibatches(replace(how, seed=1), rows)), picks[0])
