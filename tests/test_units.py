"""Units compared in one pass: cosines, which of them differ by now, and gradients that are 0 but for rounding."""

from dataclasses import replace

import numpy as np
import pytest

from initlab import NetworkSpec, build
from initlab.arrays import Array, Flags
from initlab.datasets import Batch, load
from initlab.training import dropout_masks
from initlab.units import Pass, cosines

CONSTANT = NetworkSpec("Constant", activation="Tanh", depth=3, width=37, batch=64, precision="float64")
DIGITS = load("Digits", rows=64)


def passed(spec: NetworkSpec, batch: Batch = DIGITS) -> Pass:
    return Pass.through(build(spec), batch, spec.loss)


def moved(spec: NetworkSpec, layer: int, where: tuple[int, int], by: float) -> Pass:
    """The pass after one weight of `layer` (from 0) has been changed."""
    network = build(spec)
    weights = [w.copy() for w in network.weights]
    weights[layer][where] += by
    return Pass.through(replace(network, weights=tuple(weights)), DIGITS, spec.loss)


@pytest.mark.parametrize("shape", [(7, 5), (1, 3), (64, 40)])
@pytest.mark.parametrize("size", [1e-200, 1.0, 1e200])
def test_the_cosine_of_each_pair_is_their_product_over_their_lengths(shape: tuple[int, int], size: float) -> None:
    columns = np.random.default_rng(0).standard_normal(shape)
    lengths = np.linalg.norm(columns, axis=0)
    expected = columns.T @ columns / np.outer(lengths, lengths)
    np.testing.assert_allclose(cosines(size * columns, 64), expected, atol=1e-6)
    np.testing.assert_allclose(cosines(size * columns, 3), expected[:3, :3], atol=1e-6)


def test_a_column_of_zeros_or_of_no_numbers_has_no_direction() -> None:
    columns = np.array([[1.0, 0.0, -2.0, np.nan], [0.0, 0.0, 0.0, 1.0]])
    nan = np.nan
    np.testing.assert_array_equal(
        cosines(columns, 9), [[1, nan, -1, nan], [nan] * 4, [-1, nan, 1, nan], [nan] * 4]
    )  # fmt: skip


@pytest.mark.parametrize("activation", ["Tanh", "ReLU", "Sigmoid"])
@pytest.mark.parametrize("width", [1, 2, 37, 128])
def test_softmax_errors_cancel_behind_equal_output_weights(activation: str, width: int) -> None:
    spec = replace(CONSTANT, activation=activation, width=width)
    found = passed(spec)
    assert found.idle == [True] * 3
    assert found.cause() == "cancelled"
    gradients = found.parameter_gradients()
    assert not any(g.any() for g in (*gradients[:3], *gradients[4:7]))
    assert gradients[3].any()
    assert gradients[7].any()


@pytest.mark.parametrize(
    "change",
    [
        {"loss": "Mean squared error"},
        {"output": "LeCun normal"},
        {"output": "One row repeated"},
        {"dataset": "Diabetes"},
    ],
    ids=str,
)
def test_other_errors_and_other_output_weights_do_not_cancel(change: dict[str, str]) -> None:
    spec = replace(CONSTANT, **change)
    found = passed(spec, load(spec.dataset, rows=64))
    assert found.idle == [False] * 3
    assert found.cause() == ""


@pytest.mark.parametrize("by", [1e-3, 1e-9])
def test_the_least_difference_between_the_output_weights_ends_it(by: float) -> None:
    found = moved(CONSTANT, 3, (0, 0), by)
    assert found.idle == [False] * 3


def test_dropout_does_not_make_softmax_errors_count() -> None:
    network = build(CONSTANT)
    masks = dropout_masks(np.random.default_rng(0), network, 64, 0.5)
    assert Pass.through(network, DIGITS, "Auto", masks).idle == [True] * 3


def test_zero_output_weights_pass_nothing_down_and_a_flat_top_lets_nothing_through() -> None:
    zeros = replace(CONSTANT, init="Zeros", init_params=())
    assert (passed(zeros).idle, passed(zeros).cause()) == ([True] * 3, "zero weights")
    dead = passed(replace(zeros, activation="ReLU", output="LeCun normal"))
    assert (dead.idle, dead.cause()) == ([True] * 3, "flat")


@pytest.mark.parametrize("width", [2, 37, 96, 128])
def test_layer_normalization_takes_away_what_is_the_same_for_all_units(width: int) -> None:
    spec = replace(CONSTANT, width=width, normalization="Layer", output="One row repeated", activation="Sigmoid")
    assert passed(spec).idle == [True] * 3
    random = replace(spec, init="LeCun normal", init_params=(), output="Same")
    assert passed(random).idle == [False] * 3


def test_a_residual_connection_carries_nothing_on_where_nothing_arrives() -> None:
    assert passed(replace(CONSTANT, residual=True)).idle == [True] * 3
    assert passed(replace(CONSTANT, residual=True, output="LeCun normal")).idle == [False] * 3


@pytest.mark.parametrize("init", ["Random normal", "He normal", "Glorot uniform"])
@pytest.mark.parametrize("depth", [3, 60])
def test_a_small_gradient_is_not_taken_for_none(init: str, depth: int) -> None:
    found = passed(NetworkSpec(init, activation="Tanh", depth=depth, width=40, batch=64, precision="float64"))
    assert not any(found.idle)


def by_pairs(found: Pass, layer: int) -> int:
    """Classes of units that have equal weights, or equal outputs and gradients."""

    def agree(values: Array, tolerance: float) -> Flags:
        return np.abs(values[:, :, None] - values[:, None, :]).max(axis=0) <= tolerance * np.abs(values).max()

    same = agree(found.forward.activations[layer], 1e-6) & agree(found.deltas[layer], 1e-5)
    pair = agree(found.incoming(layer), 1e-6) | same
    return len(np.unique(pair.argmax(axis=1)))


@pytest.mark.parametrize(
    ("spec", "counts"),
    [
        (replace(CONSTANT, output="One row repeated"), [1, 1, 1]),
        (replace(CONSTANT, output="LeCun normal"), [1, 1, 1]),
        (replace(CONSTANT, init="He normal", init_params=()), [37, 37, 37]),
        (replace(CONSTANT, output="LeCun normal", normalization="Batch"), [1, 1, 1]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_distinct_units_are_the_classes_of_all_pairs(spec: NetworkSpec, counts: list[int]) -> None:
    found = passed(spec)
    assert [found.distinct(layer) for layer in range(3)] == counts
    assert [by_pairs(found, layer) for layer in range(3)] == counts


def test_one_changed_weight_makes_one_more_distinct_unit_in_its_layer_alone() -> None:
    found = moved(replace(CONSTANT, output="One row repeated"), 1, (4, 7), 1e-3)
    assert [found.distinct(layer) for layer in range(3)] == [1, 2, 1]
    assert [found.distinct_weights(layer) for layer in range(3)] == [1, 2, 1]


def test_units_of_other_weights_that_say_the_same_are_copies_by_output() -> None:
    spec = NetworkSpec(
        "Random uniform", (("maxval", 1.0), ("minval", 0.0)), activation="Tanh", depth=6, precision="float64"
    )
    found = passed(spec)
    assert found.distinct(5) == 1
    assert found.distinct_weights(5) == 128


def test_a_unit_that_differs_in_scale_or_shift_is_its_own() -> None:
    network = build(replace(CONSTANT, normalization="Batch", output="One row repeated"))
    scales = [s.copy() for s in network.scales]
    scales[1][3] = 2.0
    found = Pass.through(replace(network, scales=tuple(scales)), DIGITS, "Auto")
    assert [found.distinct(layer) for layer in range(3)] == [1, 2, 1]


def test_overflow_is_no_crash_and_no_copy() -> None:
    spec = NetworkSpec("Random normal", (("stddev", 2.0),), 10.0, depth=200, width=16, batch=8, precision="float64")
    found = passed(spec, load("Digits", rows=8))
    assert not np.isfinite(found.loss)
    assert found.distinct(0) == 16
    assert len(found.pictures(8)[1]) == 200


def test_outputs_too_small_for_a_normal_number_are_counted_without_a_warning() -> None:
    spec = NetworkSpec(activation="ReLU", depth=1, width=4, batch=8, precision="float64")
    batch = load(spec.dataset, spec.scaling, spec.rows)
    network = build(spec, batch.inputs)
    tiny = np.zeros_like(network.weights[0])
    tiny[:, :2] = 5e-324
    ones = np.abs(batch.inputs) + 1
    found = Pass.through(replace(network, weights=(tiny, network.weights[1])), Batch(ones, batch.targets), spec.loss)
    with np.errstate(all="raise", under="ignore"):
        assert found.distinct(0) == 4 - 2
