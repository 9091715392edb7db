"""What a network refuses: weights that do not chain, inputs of another width, names it does not know."""

from typing import Any

import numpy as np
import pytest

from initlab import Network

GOOD = ([np.ones((3, 4)), np.ones((4, 2))], [np.zeros(4), np.zeros(2)])


@pytest.mark.parametrize(
    ("weights", "biases", "received"),
    [
        ([np.ones((3, 4))], [np.zeros(4)], "1 weights and 1 biases"),
        ([], [], "0 weights and 0 biases"),
        (GOOD[0], [np.zeros(4)], "2 weights and 1 biases"),
        ([np.ones((3, 4)), np.ones((5, 2))], GOOD[1], r"weight 2 of shape \(5, 2\) .* after \(3, 4\)"),
        (GOOD[0], [np.zeros(4), np.zeros(3)], r"weight 2 of shape \(4, 2\) with bias \(3,\)"),
        ([np.ones(3), np.ones((4, 2))], GOOD[1], r"weight 1 of shape \(3,\)"),
    ],
)
def test_weights_that_do_not_chain_are_refused_with_their_shapes(weights, biases, received: str) -> None:
    with pytest.raises(ValueError, match=received):
        Network(weights, biases)


@pytest.mark.parametrize("shape", [(5, 2), (3,), (5, 3, 1), (5, 4)])
def test_inputs_of_another_shape_are_refused_with_the_right_one(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"inputs must be \(rows, features\); received .*; use 3 features"):
        Network(*GOOD).forward(np.ones(shape))


def test_an_unknown_activation_is_refused_with_the_choices() -> None:
    with pytest.raises(ValueError, match="unknown activation 'tanh'; choose one of Linear, ReLU"):
        Network(*GOOD, activation="tanh")


@pytest.mark.parametrize("dtype", [int, np.float32])
def test_inputs_may_be_of_any_number_type_and_memory_order(dtype: type) -> None:
    x: Any = np.arange(15).reshape(5, 3)
    expected = Network(*GOOD).forward(x.astype(float)).outputs
    np.testing.assert_array_equal(Network(*GOOD).forward(x.astype(dtype)).outputs, expected)
    np.testing.assert_array_equal(Network(*GOOD).forward(np.asfortranarray(x)).outputs, expected)


def test_an_unknown_normalization_is_refused_with_the_choices() -> None:
    with pytest.raises(ValueError, match="unknown normalization 'batch'; choose one of None, Batch, Layer"):
        Network(*GOOD, normalization="batch")


def test_parameters_of_another_activation_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown parameter of Tanh 'slope'"):
        Network(*GOOD, activation="Tanh", activation_params=(("slope", 0.1),))


def test_whole_numbers_as_weights_do_not_round_the_inputs() -> None:
    weights = [w.astype(int) for w in GOOD[0]]
    np.testing.assert_array_equal(Network(weights, GOOD[1]).forward(np.full((2, 3), 0.5)).outputs, 6)


def test_weights_of_two_precisions_are_refused() -> None:
    with pytest.raises(ValueError, match="precision"):
        Network([GOOD[0][0].astype(np.float32), GOOD[0][1]], GOOD[1])
