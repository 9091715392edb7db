"""What is kept of a race: marks, their histograms and ratios, and the bounds on its size."""

from dataclasses import replace

import numpy as np
import pytest

from initlab import NetworkSpec, TrainSpec, build, measure, train
from initlab.datasets import Batch
from initlab.losses import prepared
from initlab.recording import (
    LOG_BINS,
    MOST_MARKS,
    OBSERVED,
    RECORD_BYTES,
    Observer,
    accuracy,
    compact,
    judged_rows,
    mark_bytes,
    marks,
    observed_rows,
    record_bytes,
    square,
)
from initlab.schedule import split
from initlab.tally import Tally, Workspace
from initlab.training import begin

SPEC = NetworkSpec("Glorot normal", activation="Tanh", depth=4, width=32)
HOW = TrainSpec(epochs=1, batch=256, rate=0.1)


@pytest.mark.parametrize("normalization", ["None", "Batch"])
def test_the_first_mark_is_what_a_probe_of_the_same_rows_says(normalization: str) -> None:
    spec = replace(SPEC, normalization=normalization)
    first = next(train(spec, HOW)).runners[0].marks[0]
    fit, _ = split(spec, HOW)
    assert fit.targets is not None
    probe = measure(build(spec), fit.inputs[:OBSERVED], fit.targets[:OBSERVED])
    for found, stats in ((first.activation, probe.activation), (first.gradient, probe.gradient)):
        np.testing.assert_array_equal(found.counts, stats.counts)
        np.testing.assert_array_equal(found.log_counts.sum(axis=1), stats.log_counts.sum(axis=1))
        for name in ("edges", "rms", "zeros", "finite_share"):
            np.testing.assert_array_equal(getattr(found, name), getattr(stats, name))
    np.testing.assert_array_equal(first.saturated_share, probe.saturated_share)
    assert np.isnan(first.update_ratio).all()


def test_the_ratios_of_plain_sgd_are_its_rate_apart_and_those_of_its_last_step() -> None:
    for mark in [m for s in train(SPEC, HOW) for m in s.runners[0].marks if m.step][:3]:
        np.testing.assert_allclose(mark.update_ratio / mark.gradient_ratio, HOW.rate, rtol=1e-4)
        assert mark.update_ratio.shape == (5,)
    network = build(SPEC)
    fit, test = split(SPEC, HOW)
    loss = prepared("Auto", 10, fit.targets)
    observer = Observer.of(network, fit, test, loss)
    training, before = begin(network), begin(network).vector
    training.slope(Batch(fit.inputs.astype(np.float32), fit.targets), loss)
    training.move(0.3)
    *_, mark = observer.mark(1, training, before)
    assert mark is not None
    for layer, (new, old) in enumerate(zip(training.network.weights, network.weights, strict=True)):
        expected = np.sqrt(np.mean((new - old) ** 2) / np.mean(new**2))
        assert mark.update_ratio[layer] == pytest.approx(expected, rel=1e-5)


def test_relu_has_no_saturation_and_a_layer_of_zeros_no_ratio() -> None:
    *_, last = train(replace(SPEC, init="Zeros", activation="ReLU"), HOW)
    mark = last.runners[0].marks[-1]
    assert np.isnan(mark.saturated_share).all()
    assert np.isnan(mark.update_ratio[:-1]).all()
    assert (mark.activation.rms == 0).all()


def test_bins_are_joined_where_a_signal_spans_many_decades_and_nothing_is_lost() -> None:
    tally = Tally(Workspace(np.dtype(np.float64)))
    values = np.concatenate([10.0 ** np.linspace(-250, 250, 3000), np.zeros(7)])
    tally.add(0, values)
    stats, found = tally.stats(), compact(tally.stats())
    assert found.log_counts.shape[1] <= LOG_BINS < stats.log_counts.shape[1]
    assert found.log_counts.sum() == 3000
    assert (found.log_edges[0], found.log_edges[-1]) == (stats.log_edges[0], stats.log_edges[-1])
    expected = np.histogram(np.log10(values[:3000]), found.log_edges)[0]
    assert np.abs(found.log_counts[0] - expected.astype(int)).max() <= 1
    assert found.zeros == stats.zeros == 7


@pytest.mark.parametrize("steps", [1, 2, 7, 50, 1000, 100_000])
@pytest.mark.parametrize("depth", [1, 20, 200])
def test_marks_include_both_ends_and_are_bounded(steps: int, depth: int) -> None:
    specs = [replace(SPEC, depth=depth)] * 6
    found = marks(specs, steps)
    assert found[0] == 0
    assert found[-1] == steps
    assert list(found) == sorted(set(found))
    assert len(found) <= MOST_MARKS + 2
    assert len(found) * mark_bytes(specs) <= RECORD_BYTES * 1.2
    assert steps > (7 if depth < 200 else 2) or found == tuple(range(steps + 1))


@pytest.mark.parametrize("dataset", ["Digits", "Moons"])
@pytest.mark.parametrize("depth", [1, 12])
def test_a_race_keeps_no_more_bytes_than_it_says(dataset: str, depth: int) -> None:
    spec = replace(SPEC, dataset=dataset, depth=depth, width=8)
    *_, last = train(spec, replace(HOW, batch=64))
    assert 0.3 * record_bytes([spec], last.steps) < last.nbytes <= record_bytes([spec], last.steps)


def test_a_row_that_overflowed_is_wrong_even_where_its_class_is_the_largest() -> None:
    outputs = np.array([[1.0, 0.0], [np.inf, 0.0], [np.nan, 0.0], [0.0, 1.0]])
    assert accuracy(outputs, Batch(outputs, np.array([0, 0, 0, 0]))) == 0.25


def test_a_decision_is_the_chance_of_the_last_class_row_by_row_from_below() -> None:
    spec = replace(SPEC, dataset="Moons", depth=1)
    *_, last = train(spec, replace(HOW, epochs=3))
    picture = last.runners[0].marks[-1].decision
    fit, _ = split(spec, HOW)
    points = square(fit.inputs)
    assert points[0].tolist() == points.min(axis=0).tolist()
    assert points[1, 0] > points[0, 0]
    assert points[1, 1] == points[0, 1]
    assert picture[0].mean() > picture[-1].mean(), "the second moon lies below the first"


def test_of_a_large_network_fewer_rows_are_looked_at_and_judged_at_once() -> None:
    small, large = ([np.broadcast_to(np.float32(0), (n, n))] * 20 for n in (64, 1024))
    assert (observed_rows(small), observed_rows(large)) == (OBSERVED, 31)
    assert judged_rows(small) > 1797 > judged_rows(large) == 95


def test_test_rows_judged_in_pieces_give_the_same_mark() -> None:
    fit, test = split(SPEC, HOW)
    loss, training = prepared("Auto", 10, fit.targets), begin(build(SPEC))
    whole = Observer.of(training.network, fit, test, loss)
    parts = replace(whole, pieces=[slice(start, start + 50) for start in range(0, len(test.inputs), 50)])
    *_, one = whole.mark(0, training, None)
    *_, other = parts.mark(0, training, None)
    assert one is not None
    assert other is not None
    assert other.accuracy == one.accuracy
    assert other.test_loss == pytest.approx(one.test_loss, rel=1e-6)
