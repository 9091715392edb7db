"""The three starts that are fine-tuned, and what is said of their test errors."""

import math
from dataclasses import replace

import numpy as np
import pytest

from initlab import NetworkSpec, TrainSpec, finetuning
from initlab.arrays import Array
from initlab.comparison import Start
from initlab.race import race
from initlab.repeats import Repeats, repeated

PLAIN = NetworkSpec(activation="Sigmoid", depth=2, width=8, scaling="0-1", dataset="Iris")
SPEC = PLAIN.with_init("Greedy pre-training", pretrain_epochs=1)
HOW = TrainSpec(epochs=2, batch=16, labels=60)


@pytest.fixture(scope="module")
def found() -> Repeats:
    *_, last = repeated(finetuning.contestants(SPEC), HOW, 3)
    return last


def ending(found: Repeats, errors: Array) -> Repeats:
    """The same races with these shares of the test rows wrong at the end `(draws, contestants)`."""
    blank = found.outcomes[0][0]
    outcomes = [[blank._replace(accuracies=np.full(len(found.marks), 1 - each)) for each in row] for row in errors]
    return replace(found, draws=len(errors), outcomes=tuple(map(tuple, outcomes)))


def test_the_contestants_differ_in_their_start_alone() -> None:
    pre, glorot, small = finetuning.contestants(replace(SPEC, seed=4))
    assert pre == replace(SPEC, seed=4)
    assert (Start.of(glorot).init, Start.of(small).init) == ("Glorot uniform", "Random normal")
    assert dict(small.init_params)["stddev"] == 0.01
    for one in (glorot, small):
        assert replace(one, init=pre.init, init_params=pre.init_params) == pre


def test_errors_are_the_rows_that_are_wrong_at_the_end(found: Repeats) -> None:
    np.testing.assert_allclose(finetuning.errors(found), 1 - found.accuracies[:, :, -1])
    one, three = finetuning.spread(finetuning.errors(found)[:1]), finetuning.spread(finetuning.errors(found))
    assert np.isnan(one[1]).all(), "a single draw has no spread"
    np.testing.assert_allclose(three[1], finetuning.errors(found).std(axis=0, ddof=1))


def test_the_table_is_one_row_a_start(found: Repeats) -> None:
    table, wrong = finetuning.summary(found), finetuning.errors(found)
    assert [row["start"] for row in table] == list(found.labels)
    for k, row in enumerate(table):
        assert row["test error, mean"] == wrong[:, k].mean()
        assert (row["best draw"], row["worst draw"], row["draws"]) == (wrong[:, k].min(), wrong[:, k].max(), 3)


def test_who_is_ahead_in_all_of_ten_draws_is_ahead_and_a_smaller_spread_is_said(found: Repeats) -> None:
    wide = np.linspace(0.3, 0.5, 10)
    said = finetuning.reading(ending(found, np.stack([wide / 10, wide, wide + 0.3], axis=1)))
    assert said.startswith(
        "Test rows wrong, mean and standard deviation of 10 draws: 4.0 % ± 0.7 with Greedy pre-train"
    )
    assert "Pre-training is ahead of Glorot uniform in 10 of 10 draws" in said
    assert said.endswith("and spreads 10 times less. Bars are medians.")
    level = finetuning.verdict(ending(found, np.stack([wide - 0.2, wide, wide + 0.3], axis=1)))
    assert "spreads" not in level


def test_where_it_does_not_help_that_is_said(found: Repeats) -> None:
    wide = np.linspace(0.3, 0.5, 10)
    said = finetuning.verdict(ending(found, np.stack([wide, wide + 0.1, wide / 2], axis=1)))
    assert said.startswith("Pre-training does not help here: Random normal 0.01 is ahead in 10 of 10 draws")


def test_what_a_coin_might_have_done_shows_no_difference(found: Repeats) -> None:
    wide = np.linspace(0.3, 0.5, 10)
    near = wide + np.where(np.arange(10) % 2, 0.05, -0.04)
    said = finetuning.verdict(ending(found, np.stack([wide, near, wide + 0.3], axis=1)))
    assert said.startswith("Pre-training is ahead of Glorot uniform in 5 of 10 draws and behind in 5: ")
    assert said.endswith("so no difference is shown.")


def test_a_regression_is_judged_by_its_test_loss() -> None:
    *_, last = repeated(finetuning.contestants(replace(SPEC, dataset="Diabetes")), HOW, 2)
    np.testing.assert_array_equal(finetuning.errors(last), last.test_losses[:, :, -1])
    assert finetuning.reading(last).startswith("Test loss, mean and standard deviation of 2 draws: ")
    assert "test loss, mean" in finetuning.summary(last)[0]
    assert "%" not in finetuning.reading(last).split(". Pre-training")[0]


def test_the_source_says_how_many_have_labels_and_who_has_left() -> None:
    *_, last = race(finetuning.contestants(SPEC), HOW)
    assert finetuning.source(last).startswith("60 training rows with labels; 30 to test on. Minibatches of 16, ")
    *_, last = race(finetuning.contestants(SPEC), replace(HOW, labels=500))
    assert finetuning.source(last).startswith("120 training rows with labels, all there are; 30 ")
    *_, last = race(finetuning.contestants(replace(SPEC, activation="Linear")), replace(HOW, rate=10.0, epochs=40))
    gone = [runner.retired for runner in last.runners if runner.retired]
    assert gone
    assert finetuning.source(last).endswith(" ".join(f"{one}." for one in gone))


def test_the_layers_are_compared_before_and_after() -> None:
    *_, last = race(finetuning.contestants(SPEC), HOW)
    said = finetuning.layers_reading(last)
    for runner in last.runners:
        before, after = (float(runner.marks[k].activation.std[-1]) for k in (0, -1))
        assert runner.label in said
        assert f"{before:.2g} to {after:.2g} with" in said
    assert math.isfinite(last.runners[0].marks[-1].activation.std[-1])
