"""A race: who learns, who crawls, who retires; the same numbers every time, and the same as of a single run."""

import re
import sys
import time
from dataclasses import replace
from itertools import pairwise, zip_longest

import numpy as np
import pytest
from scipy.optimize import minimize

from initlab import NetworkSpec, TrainSpec, build, race, train
from initlab.datasets import DATASETS, Batch
from initlab.draws import Draws
from initlab.losses import prepared
from initlab.race import Runner, Snapshot, guessing, retirement
from initlab.recording import GRID
from initlab.schedule import minibatches, split
from initlab.training import begin, dropout_masks, evaluated

SMALL = NetworkSpec("Glorot uniform", activation="Tanh", depth=3, width=24, dataset="Iris")
ONE = TrainSpec(epochs=4, batch=32, rate=0.1)
STARTS = [
    SMALL, SMALL.with_init("He normal"), SMALL.with_init("Random normal", stddev=0.01), SMALL.with_init("Zeros"),
    SMALL.with_init("Constant", value=0.1), SMALL.with_init("Orthogonal"),
]  # fmt: skip


def finish(specs: list[NetworkSpec], how: TrainSpec) -> Snapshot:
    *_, last = race(specs, how)
    return last


def same(one: Runner, other: Runner) -> None:
    """Bit for bit."""
    np.testing.assert_array_equal(one.losses, other.losses)
    assert [m.step for m in one.marks] == [m.step for m in other.marks]
    for a, b in zip(one.marks, other.marks, strict=True):
        np.testing.assert_array_equal([a.test_loss, a.accuracy], [b.test_loss, b.accuracy])
        np.testing.assert_array_equal(a.activation.counts, b.activation.counts)
        np.testing.assert_array_equal(a.gradient.edges, b.gradient.edges)
        np.testing.assert_array_equal(a.update_ratio, b.update_ratio)


@pytest.mark.parametrize(
    "how", [ONE, replace(ONE, optimizer="Adam", rate=0.01, dropout=0.3, weight_decay=0.01, clip=1)]
)
@pytest.mark.parametrize("normalization", ["None", "Batch"])
def test_a_race_repeats_itself_and_each_of_its_six_is_as_it_would_be_alone(how: TrainSpec, normalization: str) -> None:
    specs = [replace(spec, normalization=normalization) for spec in STARTS]
    first, again = finish(specs, how), finish(specs, how)
    assert first.finished
    for spec, one, other in zip(specs, first.runners, again.runners, strict=True):
        same(one, other)
        *_, alone = train(spec, how)
        same(one, alone.runners[0])


def test_the_losses_are_those_of_the_loop_one_would_write() -> None:
    spec = replace(SMALL, normalization="Batch", precision="float64")
    how = replace(ONE, optimizer="Momentum", rate=0.05, dropout=0.2, weight_decay=0.01, clip=0.5)
    found = finish([spec], how).runners[0]
    fit, test = split(spec, how)
    assert fit.targets is not None
    training, loss, losses = begin(build(spec), "Momentum"), prepared("Auto", 3, fit.targets), []
    for step, pick in enumerate(minibatches(how, len(fit.inputs))):
        masks = dropout_masks(Draws(how.seed).dropout(step), training.network, len(pick), 0.2)
        losses.append(training.slope(Batch(fit.inputs[pick], fit.targets[pick]), loss, masks))
        training.clip(0.5)
        training.decay(0.01)
        training.move(0.05)
    np.testing.assert_array_equal(found.losses, losses)
    outputs = evaluated(training.network, training.running).forward(test.inputs).outputs
    assert found.marks[-1].accuracy == (outputs.argmax(axis=1) == test.targets).mean()
    assert found.marks[-1].test_loss == pytest.approx(loss(outputs, test.targets)[0])


def test_good_starts_learn_and_zeros_and_tiny_weights_do_not() -> None:
    last = finish(STARTS, replace(ONE, epochs=20, rate=0.2))
    by_label = {runner.label: runner.marks[-1] for runner in last.runners}
    assert list(by_label) == [
        "Glorot uniform", "He normal", "Random normal 0.01", "Zeros", "Constant 0.1", "Orthogonal",
    ]  # fmt: skip
    for label in ("Glorot uniform", "He normal", "Orthogonal"):
        assert by_label[label].accuracy > 0.85
    for label in ("Zeros", "Random normal 0.01"):
        assert by_label[label].test_loss == pytest.approx(np.log(3), abs=0.05)


def test_whoever_overflows_retires_with_a_sentence_while_the_others_go_on() -> None:
    digits = NetworkSpec("He normal", depth=4, width=32)
    last = finish([digits, digits.with_init("Zeros")], TrainSpec(rate=10, epochs=3, optimizer="Momentum"))
    lost, zeros = last.runners
    assert re.fullmatch(
        r"He normal at learning rate 10: loss became (NaN|infinite) at step \d+; "
        r"(largest weight .+|a weight is NaN) in (layer [1-4]|the output layer)",
        lost.retired,
    )
    assert not np.isfinite(lost.losses[-1])
    assert np.isfinite(lost.losses[:-1]).all()
    assert f"step {lost.step};" in lost.retired
    assert lost.marks[-1].step == lost.step < last.steps
    assert (zeros.retired, zeros.step) == ("", last.steps)
    assert last.finished


def test_a_race_in_which_everybody_has_retired_is_over() -> None:
    spec = NetworkSpec(depth=30, width=256).with_init("Random uniform", minval=0.0, maxval=1.0)  # inf at layer 19
    last = finish([spec], TrainSpec(epochs=5))
    assert (last.step, last.finished) == (1, True)
    assert "at step 1; largest weight 1 in" in last.runners[0].retired


def test_only_the_last_snapshot_is_finished_and_nobody_is_missing_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["initlab.race"], "PATIENCE", 0.0)  # a snapshot at every moment that allows one
    spec = NetworkSpec(depth=30, width=256).with_init("Random uniform", minval=0.0, maxval=1.0)
    *before, last = race([spec, spec], TrainSpec(epochs=5))
    assert any(all(runner.retired for runner in snapshot.runners) for snapshot in before)
    assert not any(snapshot.finished for snapshot in before)
    assert [runner.marks[-1].step for runner in last.runners] == [1, 1]


def test_the_sentence_names_the_largest_weight_and_where_it_is() -> None:
    network = build(SMALL)
    network.weights[1][3, 3] = 2e19
    said = retirement("He normal", 3.0, float("nan"), 41, network)
    assert said == "He normal at learning rate 3: loss became NaN at step 41; largest weight 2·10¹⁹ in layer 2"
    network.weights[-1][0, 0] = np.nan
    assert retirement("Zeros", 3.0, np.inf, 1, network).endswith(
        "infinite at step 1; a weight is NaN in the output layer"
    )


def test_a_batch_larger_than_the_data_is_all_of_them() -> None:
    last = finish([SMALL], replace(ONE, batch=2048))
    assert (last.steps, last.batch, last.training_rows, last.test_rows) == (4, 120, 120, 30)


def test_snapshots_come_before_anything_has_moved_and_at_least_ten_times_a_second() -> None:
    specs = [replace(spec, dataset="Digits", width=128, depth=8) for spec in STARTS]
    clock, gaps = time.process_time(), []
    previous = -1
    for snapshot in race(specs, TrainSpec(epochs=1, batch=128)):
        gaps.append(time.process_time() - clock)
        assert snapshot.step >= previous
        assert previous >= 0 or (snapshot.step, snapshot.runners[0].losses.size) == (0, 0)
        previous, clock = snapshot.step, time.process_time()
    assert np.median(gaps) < 0.1
    assert len(gaps) > 3


def test_an_earlier_snapshot_stays_as_it_was() -> None:
    seen = [(s, [runner.losses.copy() for runner in s.runners]) for s in race(STARTS[:2], ONE)]
    for snapshot, losses in seen:
        for runner, kept in zip(snapshot.runners, losses, strict=True):
            np.testing.assert_array_equal(runner.losses, kept)
            assert not runner.losses.flags.writeable
    assert all(a.step <= b.step for (a, _), (b, _) in pairwise(seen))


@pytest.mark.parametrize("dataset", [name for name in DATASETS if name != "Gaussian noise"])
def test_every_data_set_with_something_to_predict_can_be_trained_on(dataset: str) -> None:
    spec = replace(SMALL, dataset=dataset, depth=1, width=4)
    mark = finish([spec], replace(ONE, epochs=1)).runners[0].marks[-1]
    assert np.isfinite(mark.test_loss)
    assert np.isnan(mark.accuracy) == (dataset == "Diabetes")
    assert mark.decision.shape == ((GRID, GRID) if DATASETS[dataset].features == 2 else (0, 0))


@pytest.mark.parametrize(
    ("specs", "message"),
    [
        ([], "a race is of 1 to 6 contestants; received 0"),
        ([SMALL] * 7, "a race is of 1 to 6 contestants; received 7"),
        ([SMALL, replace(SMALL, dataset="Wine")], "all contestants train on the same data; received several"),
        ([replace(SMALL, dataset="Gaussian noise")], "something to predict; received Gaussian noise; choose another"),
    ],
)
def test_what_is_no_race_is_refused_before_it_begins(specs: list[NetworkSpec], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        race(specs, ONE)


def test_two_races_at_once_do_not_disturb_each_other() -> None:
    alone = finish(STARTS[:2], ONE)
    both = list(zip_longest(race(STARTS[:2], ONE), race(STARTS[:2], ONE)))  # a snapshot of each in turn
    for side in zip(*both, strict=True):
        last = [snapshot for snapshot in side if snapshot][-1]
        for runner, expected in zip(last.runners, alone.runners, strict=True):
            same(runner, expected)


@pytest.mark.parametrize("loss", ["Auto", "Mean squared error"])
@pytest.mark.parametrize("dataset", ["Diabetes", "Wine"])
def test_nobody_who_answers_all_rows_alike_loses_less_than_is_said_to_be_the_least(dataset: str, loss: str) -> None:
    spec = replace(SMALL, dataset=dataset, loss=loss)
    rows, _ = split(spec, ONE)
    outputs = spec.widths[-1]
    of = prepared(loss, outputs, rows.targets)
    found = minimize(lambda answer: of(np.tile(answer, (len(rows.inputs), 1)), rows.targets)[0], np.zeros(outputs))
    assert guessing(loss, rows.targets) == pytest.approx(found.fun, rel=1e-6)
    assert finish([spec, spec.with_init("Zeros")], replace(ONE, epochs=1)).guess == guessing(loss, rows.targets)
