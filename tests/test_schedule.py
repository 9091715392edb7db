"""Rows to train on, rows to test on, and the order of the minibatches."""

from dataclasses import replace

import numpy as np
import pytest

from initlab import NetworkSpec, TrainSpec
from initlab.schedule import labelled, minibatches, parted, split, steps_in_all

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


def test_data_without_anything_to_predict_are_parted_but_not_split() -> None:
    noise = NetworkSpec(dataset="Gaussian noise", depth=1, width=4)
    fit, test = parted(noise, TrainSpec())
    assert (fit.targets, test.targets) == (None, None)
    assert len(fit.inputs) == 4 * len(test.inputs) - 1
    with pytest.raises(ValueError, match="something to predict"):
        split(noise, TrainSpec())
    for one, other in zip(parted(IRIS, TrainSpec()), split(IRIS, TrainSpec()), strict=True):
        np.testing.assert_array_equal(one.inputs, other.inputs)


def test_rows_with_labels_are_training_rows_of_every_class_by_its_share() -> None:
    how = TrainSpec(labels=30)
    fit, _ = split(IRIS, how)
    known = labelled(fit, how)
    assert fit.targets is not None
    assert known.targets is not None
    assert np.bincount(known.targets).tolist() == [10, 10, 10]
    rows = {(*row, target) for row, target in zip(fit.inputs.tolist(), fit.targets.tolist(), strict=True)}
    assert {(*row, target) for row, target in zip(known.inputs.tolist(), known.targets.tolist(), strict=True)} <= rows


def test_other_seeds_label_other_rows_and_one_seed_the_same() -> None:
    how = TrainSpec(labels=30)
    fit, _ = split(IRIS, how)
    np.testing.assert_array_equal(labelled(fit, how).inputs, labelled(fit, replace(how, rate=1.0, epochs=3)).inputs)
    assert not np.array_equal(labelled(fit, how).inputs, labelled(fit, replace(how, seed=1)).inputs)


@pytest.mark.parametrize("labels", [0, 120, 500])
def test_labels_for_all_rows_or_more_leave_them_as_they_are(labels: int) -> None:
    fit, _ = split(IRIS, TrainSpec())
    assert labelled(fit, TrainSpec(labels=labels)) is fit


@pytest.mark.parametrize("dataset", ["Diabetes", "Iris"])
def test_fewer_labels_than_classes_and_labels_of_a_regression_are_as_many_as_asked_for(dataset: str) -> None:
    how = TrainSpec(labels=2)
    known = labelled(split(replace(IRIS, dataset=dataset), how)[0], how)
    assert known.targets is not None
    assert len(known.inputs) == len(known.targets) == 2
