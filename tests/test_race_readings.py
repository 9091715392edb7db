"""What a race says, checked against the numbers of the race."""

import math
from dataclasses import replace

import numpy as np
import pytest

from initlab import race_readings as readings
from initlab.comparison import specs, start
from initlab.race import Snapshot, race
from initlab.race_presets import PRESETS
from initlab.spec import NetworkSpec
from initlab.train_spec import TrainSpec
from initlab.wording import percent

SPEC = NetworkSpec(activation="Tanh", depth=3, width=16)
LINEUP = (start("Zeros"), start("Glorot normal"), start("Random normal", stddev=0.001))
HOW = TrainSpec(rate=0.2, epochs=5)


def raced(spec: NetworkSpec = SPEC, lineup=LINEUP, how: TrainSpec = HOW) -> list[Snapshot]:
    return list(race(specs(spec, lineup), how))


def test_the_winner_and_who_learned_nothing_are_named_with_their_numbers() -> None:
    last = raced()[-1]
    assert readings.headline(last) == "Glorot normal wins"
    said = readings.evidence(last)
    assert percent(last.runners[1].marks[-1].accuracy) in said
    assert "Zeros and Random normal 0.001 have learned next to nothing." in said
    assert "after 5 epochs" in said


def test_before_the_first_step_nobody_is_ahead() -> None:
    first = raced()[0]
    assert first.step == 0
    assert readings.headline(first) == "Nobody has taken a step yet"
    assert readings.loss_reading(first) == "Training losses, before the first step."
    assert readings.first_losses(first) == ""
    assert len(readings.summary(first)) == 3


def test_what_has_not_been_looked_at_yet_has_no_numbers() -> None:
    first = raced()[0]
    bare = replace(first, runners=tuple(replace(runner, marks=()) for runner in first.runners))
    assert all(math.isnan(row["test loss"]) for row in readings.summary(bare))
    assert readings.headline(bare) == "Nobody has taken a step yet"
    assert readings.test_reading(bare, readings.JUDGED[0]) == "Test rows, before anybody has seen them."
    half = replace(bare, runners=(first.runners[0], *bare.runners[1:]))
    assert readings.test_reading(half, readings.JUDGED[0]).endswith("% with Zeros.")


def test_equal_starts_learn_alike() -> None:
    last = raced(lineup=(start("Glorot normal"),) * 2)[-1]
    assert readings.headline(last) == "All of them learn alike"


def test_who_has_learned_nothing_is_not_level_with_who_has() -> None:
    last = raced(lineup=(start("Zeros"), start("Glorot normal")))[-1]
    chance = last.runners[0].marks[-1].accuracy
    level = ended(last, 1, accuracy=chance)
    assert readings.learned(level.runners[1], level), "its loss says so"
    assert readings.headline(level) == "Glorot normal wins"
    assert readings.evidence(level).startswith("Glorot normal: ")


def test_nobody_learns_where_no_gradient_arrives() -> None:
    last = raced(lineup=(start("Zeros"), start("Zeros")))[-1]
    assert readings.headline(last) == "Nobody has learned anything"


def test_who_overflows_is_out_and_quoted() -> None:
    last = raced(replace(SPEC, activation="ReLU"), (start("He normal", gain=10.0),) * 2, TrainSpec(rate=10))[-1]
    assert readings.headline(last) == "Nobody is still in the race"
    assert "at learning rate 10: loss became" in readings.evidence(last)
    assert all(row["retired"] for row in readings.summary(last))


def test_a_course_is_the_mean_of_the_minibatches_it_stands_for() -> None:
    last = raced(how=replace(HOW, epochs=20))[-1]
    runner, together = last.runners[1], last.steps // readings.POINTS
    times, means = readings.loss_course(runner, last)
    assert together > 1
    assert times[-1] == pytest.approx(20)
    np.testing.assert_allclose(means[0], runner.losses[:together].mean())
    np.testing.assert_allclose(means[1], runner.losses[together : 2 * together].mean())
    assert len(means) == math.ceil(last.steps / together)


def test_the_first_loss_expected_of_equal_chances_is_the_logarithm_of_the_classes() -> None:
    last = raced()[-1]
    assert readings.expected_first_loss(last) == pytest.approx(math.log(10))
    assert "2.3 with Zeros" in readings.first_losses(last)
    assert "2.3 is expected" in readings.first_losses(last)
    squared = raced(replace(SPEC, loss="Mean squared error"))[-1]
    assert readings.expected_first_loss(squared) is None
    assert readings.first_losses(squared) == ""


def test_zeros_learn_the_class_prior_and_the_page_says_so() -> None:
    last = raced(how=replace(HOW, epochs=50))[-1]
    prior = last.prior
    assert prior < math.log(10)
    assert f"{prior:.5f}" in readings.zero_note(last)
    assert last.runners[0].losses[-23:].mean() == pytest.approx(prior, abs=3e-3)
    assert readings.zero_note(raced(lineup=LINEUP[1:])[-1]) == ""


def test_classes_that_are_equally_frequent_leave_zeros_nothing_to_learn() -> None:
    last = raced(replace(SPEC, dataset="Iris"), LINEUP[:2], replace(HOW, epochs=1))[-1]
    assert readings.zero_note(last).endswith("and its loss, ln 3 = 1.09861, can fall no further.")


@pytest.mark.parametrize("other", [{"activation": "Sigmoid"}, {"residual": True, "width": 64}])
def test_zeros_that_pass_something_on_are_not_said_to_learn_the_prior_alone(other: dict[str, object]) -> None:
    last = raced(replace(SPEC, **other), LINEUP[:2])[-1]
    assert readings.zero_note(last) == ""
    if "residual" in other:
        assert last.runners[0].marks[-1].accuracy > 0.5, "it is a linear model"


def test_the_largest_update_is_that_of_the_whole_race() -> None:
    last = raced()[-1]
    table = readings.summary(last)
    ratios = np.array([mark.update_ratio for mark in last.runners[1].marks])
    assert table[1]["largest update:data"] == np.nanmax(ratios)
    assert np.nanmax(ratios) > np.nanmax(ratios[-1])
    assert math.isnan(table[0]["largest update:data"])


def test_the_table_of_steps_has_every_minibatch_and_gaps_for_who_is_out() -> None:
    spec = replace(SPEC, activation="ReLU")
    last = raced(spec, (start("He normal", gain=10.0), start("Zeros")), TrainSpec(rate=1, epochs=1))[-1]
    table = readings.step_table(last)
    assert len(table["step"]) == last.runners[1].step
    out, going = (np.array(table[runner.label]) for runner in last.runners)
    assert np.isfinite(going).all()
    assert np.isnan(out[last.runners[0].step :]).all()


def test_a_regression_is_told_by_its_test_loss() -> None:
    last = raced(replace(SPEC, dataset="Diabetes"), LINEUP[:2], TrainSpec(epochs=5))[-1]
    assert "test loss" in readings.evidence(last)
    assert "rows right" not in readings.evidence(last)
    assert readings.test_reading(last, readings.JUDGED[1]).startswith("Test loss:")
    assert "test accuracy" not in readings.summary(last)[0]


def test_who_learns_the_training_rows_by_heart_has_not_learned_nothing() -> None:
    preset = PRESETS["Random weights overfit"]
    lineup = (start("Zeros"), start("Glorot normal"))
    last = raced(preset.spec, lineup, replace(preset.how, epochs=100))[-1]
    zeros, glorot = last.runners
    assert not readings.learned(glorot, last)
    assert readings.memorizes(glorot, last)
    assert not readings.memorizes(zeros, last)
    said = readings.evidence(last)
    assert "Glorot normal fits the training rows better and better, and the test rows no better." in said
    assert "Zeros has learned next to nothing." in said
    assert readings.headline(last) == "Nobody has learned more than the training rows"


def test_who_only_gives_up_a_wrong_opinion_has_learned_nothing() -> None:
    spec = NetworkSpec(activation="Tanh", depth=1, width=1, dataset="Circles")
    last = raced(spec, (start("Zeros"), start("He normal")), TrainSpec(epochs=5))[-1]
    losses = last.runners[1].losses
    assert losses[-13:].mean() < 0.8 * losses[:13].mean()
    assert losses[-13:].mean() > last.guess
    assert readings.headline(last) == "Nobody has learned anything"


def test_who_comes_down_to_the_mean_of_a_regression_has_learned_nothing() -> None:
    last = raced(replace(SPEC, dataset="Diabetes"), LINEUP[:2], TrainSpec(epochs=1))[-1]
    wild = ended(last, 1, test_loss=1.01 * last.guess)
    first = replace(wild.runners[1].marks[0], test_loss=30.0)
    runner = replace(wild.runners[1], marks=(first, *wild.runners[1].marks[1:]))
    assert not readings.learned(runner, wild)


def ended(last: Snapshot, index: int, **numbers: float) -> Snapshot:
    """The race, had this contestant ended with other test numbers."""
    runners = list(last.runners)
    marks = runners[index].marks
    runners[index] = replace(runners[index], marks=(*marks[:-1], replace(marks[-1], **numbers)))
    return replace(last, runners=tuple(runners))


def test_who_has_more_rows_right_has_learned_whatever_its_loss() -> None:
    last = ended(raced()[-1], 1, accuracy=0.55, test_loss=30.0)
    assert readings.learned(last.runners[1], last)
    assert readings.headline(last) == "Glorot normal wins"
    assert "Zeros and Random normal 0.001 have learned next to nothing." in readings.evidence(last)


def test_who_knows_only_how_frequent_the_classes_are_has_learned_nothing() -> None:
    last = raced(replace(SPEC, dataset="Breast cancer"), how=TrainSpec(epochs=3))[-1]
    assert last.most_frequent == pytest.approx(0.627, abs=1e-3)
    start_at = replace(last.runners[1].marks[0], accuracy=0.37, test_loss=9.0)
    runner = replace(last.runners[1], marks=(start_at, last.runners[1].marks[-1]))
    changed = replace(last, runners=(last.runners[0], runner, last.runners[2]))
    assert not readings.learned(ended(changed, 1, accuracy=0.64, test_loss=0.66).runners[1], changed)
    assert readings.learned(ended(changed, 1, accuracy=0.64, test_loss=0.5).runners[1], changed)


def test_a_first_epoch_that_blew_up_is_not_learned_by_heart_afterwards() -> None:
    last = ended(raced()[-1], 0, accuracy=0.1, test_loss=2.44)
    losses = np.full(last.steps, 2.44)
    losses[0], losses[1:20] = 2.303, 1e9
    zeros = replace(last.runners[0], losses=losses)
    assert not readings.memorizes(zeros, last)


def test_one_epoch_is_one_epoch() -> None:
    assert "after 1 epoch;" in readings.evidence(raced(how=replace(HOW, epochs=1))[-1])
