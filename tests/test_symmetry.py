"""Copies over steps of training: which starts have them, what keeps them, and what breaks them where."""

from dataclasses import replace

import numpy as np
import pytest
from walked import walked

from initlab import INITIALIZERS, NetworkSpec, build
from initlab.datasets import load
from initlab.symmetry import (
    MARKS,
    STEP_OPERATIONS,
    WALK_BYTES,
    WALK_OPERATIONS,
    Trial,
    drawn_units,
    fitted,
    start,
    walk_bytes,
)
from initlab.work import work

TANH = NetworkSpec("Constant", (("value", 0.05),), activation="Tanh", depth=4, width=24, batch=64)
COPIES = replace(TANH, output="One row repeated")
RANDOM_TOP = replace(TANH, output="LeCun normal")
ZEROS = replace(TANH, init="Zeros", init_params=())
SGD, FAST = Trial(), Trial(rate=1.0)
ONE, ALL = [1] * 4, [24] * 4
STARTS = list(INITIALIZERS)


def counts(spec: NetworkSpec, trial: Trial = SGD, steps: int = 3) -> list[list[int]]:
    """Distinct units a layer before the first step and after each."""
    return [moment.distinct.tolist() for moment in walked(spec, trial, steps).moments]


@pytest.mark.parametrize("init", STARTS)
@pytest.mark.parametrize("activation", ["Tanh", "ReLU", "Sigmoid"])
def test_constant_starts_are_one_unit_a_layer_and_random_ones_all_their_own(init: str, activation: str) -> None:
    spec = replace(TANH, init=init, init_params=(), activation=activation)
    expected = ONE if init in ("Zeros", "Constant", "Ones") else ALL
    assert counts(spec, steps=0) == [expected]


def test_a_wide_identity_has_one_unit_for_each_input_and_one_for_none() -> None:
    # 36 units no input reaches, and those the output layer weighs with 0: nothing will tell them apart
    assert counts(replace(TANH, init="Identity", init_params=(), width=100), steps=3) == [[65, 100, 100, 100]] * 4


@pytest.mark.parametrize("change", [{"init": "Random normal", "init_params": (("stddev", 0.0),)}], ids=str)
def test_a_random_law_without_spread_is_a_constant(change: dict[str, object]) -> None:
    assert counts(replace(TANH, **change), steps=0) == [ONE]  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("optimizer", ["SGD", "Momentum", "Adam"])
def test_equal_weights_in_and_out_stay_one_unit_over_a_hundred_steps(optimizer: str) -> None:
    spec = replace(COPIES, width=37, depth=3)  # in float32 two units after a hundred steps
    found = walked(spec, Trial(optimizer, 0.01), 100)
    assert all(moment.distinct.tolist() == [1] * 3 for moment in found.moments)
    assert found.moments[-1].moved.all()
    assert found.moments[-1].loss < found.moments[0].loss


@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
def test_softmax_stops_all_hidden_gradients_for_one_step_and_then_they_are_equal(optimizer: str) -> None:
    first, second, third = walked(TANH, Trial(optimizer, 0.05), 2).moments
    assert (first.idle.all(), first.cause) == (True, "cancelled")
    assert second.moved.tolist() == [False] * 4 + [True], "only the output layer has moved"
    assert not second.idle.any()
    assert third.moved.all()
    for cosines in second.gradients:
        np.testing.assert_allclose(cosines, 1, atol=1e-6)
    assert counts(TANH, Trial(optimizer, 0.05), 30)[-1] == ONE


@pytest.mark.parametrize("activation", ["Tanh", "ReLU", "Sigmoid"])
def test_a_random_output_layer_breaks_the_top_hidden_layer_after_one_step_and_none_below_ever(activation: str) -> None:
    found = counts(replace(RANDOM_TOP, activation=activation), Trial(rate=0.02), 30)
    assert found == [ONE] + [[1, 1, 1, 24]] * 30


@pytest.mark.parametrize("activation", ["Tanh", "ReLU", "Sigmoid"])
def test_adams_first_step_knows_signs_alone_so_that_it_takes_a_few_to_part_all_units(activation: str) -> None:
    found = counts(replace(RANDOM_TOP, activation=activation), Trial("Adam", 0.02), 30)
    assert found[0] == ONE
    assert 1 < found[1][-1] < 24
    assert found[-1] == [1, 1, 1, 24]
    assert all(row[:-1] == [1, 1, 1] for row in found)


def test_at_depth_one_a_random_output_layer_simply_trains() -> None:
    spec = replace(RANDOM_TOP, depth=1, width=32, batch=128)
    found = walked(spec, Trial(rate=0.3), 60)
    assert [moment.distinct.tolist() for moment in found.moments[:2]] == [[1], [32]]
    copies = walked(replace(spec, output="One row repeated"), Trial(rate=0.3), 60)
    assert found.moments[-1].loss < 0.3
    assert copies.moments[-1].loss > 1.5, "one unit cannot tell ten digits apart"


@pytest.mark.parametrize("activation", ["Tanh", "ReLU"])
def test_zeros_teach_the_output_bias_alone_which_settles_at_the_shares_of_the_classes(activation: str) -> None:
    spec = replace(ZEROS, activation=activation, depth=2, width=4, batch=2048)
    last = walked(spec, Trial(rate=5.0), 30).moments[-1]
    assert last.idle.all()
    assert not last.moved.any()
    assert last.distinct.tolist() == [1, 1]
    assert last.loss == pytest.approx(2.30248, abs=5e-6)
    assert np.log(10) - last.loss > 1e-4


def test_zeros_with_sigmoid_move_from_the_top_down_as_one_unit() -> None:
    moments = walked(replace(ZEROS, activation="Sigmoid", depth=3), FAST, 20).moments
    moved = [moment.moved.tolist() for moment in moments[:5]]
    assert moved == [[False] * (4 - step) + [True] * step for step in range(5)]
    assert moments[0].cause == "zero weights"
    assert [moment.distinct.tolist() for moment in moments] == [[1] * 3] * 21
    network = walked(replace(ZEROS, activation="Sigmoid", depth=3), FAST, 20).training.network
    last = network.weights[-1]
    np.testing.assert_allclose(last, last[:1].repeat(24, axis=0), rtol=1e-9)


@pytest.mark.parametrize("depth", [2, 4])
def test_zeros_with_a_random_output_never_move_a_hidden_weight_of_a_deep_tanh_net(depth: int) -> None:
    last = walked(replace(ZEROS, output="LeCun normal", depth=depth), FAST, 50).moments[-1]
    assert last.moved.tolist() == [False] * depth + [True]
    assert last.distinct.tolist() == [1] * (depth - 1) + [24], "by their biases alone"
    assert last.idle.tolist() == [True] * (depth - 1) + [False]


def test_zeros_with_a_random_output_and_one_hidden_layer_of_tanh_learn() -> None:
    last = walked(replace(ZEROS, output="LeCun normal", depth=1), FAST, 50).moments[-1]
    assert last.moved.all()


@pytest.mark.parametrize("noise", [1e-4, 1e-2])
def test_noise_on_the_weights_breaks_every_layer_at_once(noise: float) -> None:
    found = walked(COPIES, Trial(noise=noise), 3)
    assert found.before.tolist() == ONE
    assert [moment.distinct.tolist() for moment in found.moments] == [ALL] * 4


def test_noise_too_small_to_see_beside_the_weights_is_none() -> None:
    assert counts(COPIES, Trial(noise=1e-9), 20) == [ONE] * 21


def test_noise_is_the_shared_unit_draws_times_its_size() -> None:
    found = walked(COPIES, Trial(noise=1e-2), 0)
    normal = build(replace(COPIES, init="Random normal", init_params=(("stddev", 1.0),), output="Same"))
    for w, drawn in zip(found.start.weights[:-1], normal.weights, strict=False):
        np.testing.assert_allclose(w, 0.05 + 1e-2 * drawn, rtol=1e-5)


def test_dropout_breaks_every_layer_in_one_step_and_behind_softmax_in_two() -> None:
    dropout = Trial(dropout=0.5)
    assert counts(COPIES, dropout, 1) == [ONE, ALL]
    assert counts(TANH, dropout, 2) == [ONE, ONE, ALL]


def test_dropout_cannot_break_zeros_under_tanh_and_breaks_them_layer_by_layer_under_sigmoid() -> None:
    assert counts(ZEROS, Trial(rate=1.0, dropout=0.5), 10)[-1] == ONE
    found = counts(replace(ZEROS, activation="Sigmoid"), Trial(rate=1.0, dropout=0.5), 6)
    first = [next(step for step, row in enumerate(found) if row[layer] > 1) for layer in range(4)]
    assert first == [5, 4, 3, 2]


def test_saturated_units_of_other_weights_stay_alike_because_no_gradient_is_left() -> None:
    spec = replace(TANH, init="Random uniform", init_params=(("maxval", 1.0), ("minval", 0.0)), width=128, depth=6)
    found = walked(spec, Trial(), 5)
    assert found.before_weights.tolist() == [128] * 6
    assert found.before.tolist()[3:] == [1] * 3
    assert found.moments[-1].idle.all()
    assert (found.moments[-1].distinct == found.before).all()


def test_the_same_seed_gives_the_same_walk_and_another_seed_another() -> None:
    trial = Trial("Adam", 0.01, 1e-3, 0.5)
    one, again, other = (start(replace(COPIES, seed=seed), trial).further().further() for seed in (3, 3, 4))
    for a, b, c in zip(
        one.training.network.weights, again.training.network.weights, other.training.network.weights, strict=True
    ):
        np.testing.assert_array_equal(a, b)
        assert not np.array_equal(a, c)


def test_a_walk_that_is_continued_is_the_walk_that_was_never_stopped() -> None:
    trial = Trial("Momentum", 0.05, 0.0, 0.3)
    halfway = walked(COPIES, trial, 4)
    on = halfway.further().further()
    straight = walked(COPIES, trial, 6)
    assert len(halfway.moments) == 5
    for a, b in zip(on.training.network.weights, straight.training.network.weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_pictures_are_kept_at_the_marks_and_show_units_in_pairs() -> None:
    found = walked(RANDOM_TOP, Trial(), 10)
    for moment in found.moments:
        assert bool(moment.weights) == bool(moment.gradients) == (moment.step in MARKS)
    below, top = found.moments[1].gradients[0], found.moments[1].gradients[3]
    np.testing.assert_allclose(below, 1, atol=1e-6)
    assert top.min() < 0
    np.testing.assert_allclose(np.diag(top), 1, atol=1e-6)
    assert np.isnan(walked(TANH, Trial(), 1).moments[0].gradients[2]).all()


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_steps_are_taken_in_float64_whatever_the_spec_says(precision: str) -> None:
    found = walked(replace(COPIES, precision=precision), Trial(), 1)
    assert {w.dtype for w in found.training.network.weights} == {np.dtype(float)}
    other = walked(replace(COPIES, precision="float64"), Trial(), 1)
    np.testing.assert_array_equal(found.training.network.weights[0], other.training.network.weights[0])


def test_a_walk_out_of_the_range_of_numbers_stops_where_it_left() -> None:
    found = start(replace(TANH, init="He normal", init_params=(), activation="ReLU"), Trial(rate=1e300))
    for _ in range(6):
        found = found.further()
    assert not found.moments[-1].finite
    assert all(moment.finite for moment in found.moments[:-1])
    assert len(found.moments) < 7


@pytest.mark.parametrize(
    "spec",
    [
        TANH, replace(TANH, depth=200, width=1024, batch=2048), replace(TANH, depth=200, width=128),
        replace(TANH, depth=3, width=1024, batch=2048), replace(TANH, depth=1, width=1, batch=1),
    ],
    ids=lambda s: f"{s.depth} x {s.width}",
)  # fmt: skip
@pytest.mark.parametrize("steps", [0, 1, 100])
def test_every_walk_is_brought_within_the_budget(spec: NetworkSpec, steps: int) -> None:
    fit, taken = fitted(spec, steps)
    assert taken * work(fit).operations <= WALK_OPERATIONS
    assert walk_bytes(fit) <= WALK_BYTES
    assert work(fit).operations <= STEP_OPERATIONS or fit.rows == 8
    assert taken in MARKS
    if spec is TANH:
        assert (fit, taken) == (replace(TANH, precision="float64"), steps)


@pytest.mark.parametrize("depth", [1, 10, 50, 200])
def test_the_pictures_of_a_deep_network_show_fewer_units(depth: int) -> None:
    units = drawn_units(depth)
    assert 24 <= units <= 64
    assert 2 * 4 * units**2 * depth * len(MARKS) <= 2**24
    assert (units == 64) == (depth <= 39)


@pytest.mark.parametrize(
    "change",
    [
        {"normalization": "Batch"}, {"normalization": "Layer"}, {"residual": True}, {"dataset": "Diabetes"},
        {"dataset": "Gaussian noise"}, {"width": 1}, {"depth": 1}, {"batch": 1}, {"shape": "Hourglass"},
    ],
    ids=str,
)  # fmt: skip
def test_copies_stay_copies_in_every_kind_of_network(change: dict[str, object]) -> None:
    spec = replace(COPIES, **change)  # pyright: ignore[reportArgumentType]
    found = walked(spec, Trial("Adam", 0.01), 10)
    assert found.moments[-1].distinct.tolist() == [1] * spec.depth
    assert found.moments[-1].finite


def test_the_data_of_the_spec_are_used_unless_given() -> None:
    data = load(TANH.dataset, TANH.scaling, TANH.rows)
    assert start(TANH, Trial(), data).moments[0].loss == start(TANH, Trial()).moments[0].loss
