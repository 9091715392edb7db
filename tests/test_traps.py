"""Where an honest program looks wrong and a wrong one looks right: the traps a probe must walk into openly."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from initlab import NetworkSpec, build, probe
from initlab.datasets import load
from initlab.losses import loss_and_gradient

UNIT_INTERVAL = (("maxval", 1.0), ("minval", 0.0))
UNIT_NORMAL = (("mean", 0.0), ("stddev", 1.0))
SYMMETRIC = NetworkSpec("Constant", activation="ReLU", depth=4, width=64, precision="float64")


def backward(spec: NetworkSpec):
    batch, net = load(spec.dataset, spec.scaling, spec.rows), build(spec)
    run = net.forward(batch.inputs)
    return net.backward(run, loss_and_gradient(spec.loss, run.outputs, batch.targets)[1])


@pytest.mark.parametrize("activation", ["Tanh", "ReLU", "Sigmoid"])
@pytest.mark.parametrize(("precision", "rounding"), [("float64", 1e-15), ("float32", 2e-7)])
def test_constant_weights_with_softmax_give_hidden_gradients_of_zero_not_merely_equal_ones(
    activation: str, precision: str, rounding: float
) -> None:
    # sum over k of (p_k - y_k) = 0 times the constant .1: what is left is ten roundings of a number below 1 / 256 rows
    found = backward(replace(SYMMETRIC, activation=activation, precision=precision))
    assert max(np.abs(gradient).max() for gradient in found.gradients) < rounding
    assert np.abs(found.weight_gradients[-1]).max() > 1e-4, "the output layer itself learns"


@pytest.mark.parametrize("activation", ["Tanh", "ReLU", "Sigmoid"])
def test_one_output_row_repeated_shows_equal_gradients_that_are_not_zero(activation: str) -> None:
    spec = replace(SYMMETRIC, activation=activation, output="One row repeated")
    found = backward(spec)
    for gradient, weight_gradient in zip(found.gradients, found.weight_gradients, strict=False):
        size = np.abs(gradient).max()
        assert size > 1e-11
        np.testing.assert_allclose(gradient, gradient[:, :1].repeat(64, axis=1), rtol=0, atol=1e-11 * size)
        columns = weight_gradient[:, :1].repeat(64, axis=1)
        np.testing.assert_allclose(weight_gradient, columns, rtol=0, atol=1e-11 * np.abs(weight_gradient).max())
    assert probe(spec).distinct_units.tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize("activation", ["Tanh", "ReLU", "Sigmoid"])
def test_a_random_output_layer_breaks_the_symmetry_of_the_top_hidden_layer_alone(activation: str) -> None:
    spec = replace(SYMMETRIC, activation=activation, output="LeCun normal")
    assert probe(spec).distinct_units.tolist() == [1, 1, 1, 64]
    assert probe(replace(spec, depth=1)).distinct_units.tolist() == [64]


@pytest.mark.parametrize("init", ["He normal", "Glorot uniform", "Orthogonal"])
def test_random_weights_make_every_unit_its_own(init: str) -> None:
    assert probe(replace(SYMMETRIC, init=init, init_params=(), activation="Tanh")).distinct_units.tolist() == [64] * 4


@pytest.mark.parametrize("activation", ["Tanh", "ReLU"])
def test_with_zero_weights_only_the_output_bias_learns_at_first(activation: str) -> None:
    found = backward(NetworkSpec("Zeros", activation=activation, depth=3, width=20))
    assert not any(gradient.any() for gradient in (*found.weight_gradients, *found.bias_gradients[:-1]))
    assert found.bias_gradients[-1].all()


def test_with_zero_weights_a_sigmoid_net_learns_its_last_weights_first_all_rows_alike() -> None:
    found = backward(NetworkSpec("Zeros", activation="Sigmoid", depth=3, width=20, precision="float64"))
    assert not any(gradient.any() for gradient in found.weight_gradients[:-1])
    last = found.weight_gradients[-1]
    assert last.any()
    np.testing.assert_allclose(last, last[:1].repeat(20, axis=0), rtol=1e-12)


def test_with_zero_weights_but_a_random_output_a_deep_tanh_net_has_no_hidden_gradient_below_the_top() -> None:
    found = backward(NetworkSpec("Zeros", activation="Tanh", depth=3, width=20, output="LeCun normal"))
    assert not any(gradient.any() for gradient in found.weight_gradients[1:])
    assert found.gradients[-1].any()


@pytest.mark.parametrize(
    ("width", "precision", "layer"), [(256, "float32", 19), (128, "float32", 22), (256, "float64", 147)]
)
def test_all_positive_weights_overflow_where_the_precision_says(width: int, precision: str, layer: int) -> None:
    spec = NetworkSpec("Random uniform", UNIT_INTERVAL, depth=layer + 2, width=width, precision=precision, batch=8)
    share = probe(spec).activation.finite_share
    assert (share[: layer - 1] == 1).all()
    assert share[layer - 1] < 1


def test_a_probe_survives_values_whose_squares_overflow() -> None:
    spec = NetworkSpec("Random uniform", UNIT_INTERVAL, depth=18, width=256, batch=64)
    found, single = probe(spec), build(spec).forward(load("Digits", rows=64).inputs).activations[-1]
    with np.errstate(over="ignore"):
        assert not np.isfinite(np.std(single)), "what a naive program reports"
    assert found.activation.std[-1] == pytest.approx(single.astype(float).std(), rel=1e-6)


def test_all_positive_weights_saturate_tanh_and_make_its_units_identical() -> None:
    spec = NetworkSpec("Random uniform", UNIT_INTERVAL, activation="Tanh", depth=8, width=256, precision="float64")
    found, run = probe(spec), build(spec).forward(load("Digits", rows=64).inputs)
    assert (found.saturated_share[1:] > 0.9).all()
    # a sum of 256 weights of mean 1/2 is 20 or more but where it changes sign: 1 - tanh(20) is 1e-17
    assert np.median(np.ptp(run.activations[2], axis=1)) < 1e-14
    assert (found.distinct_units[4:] < 256 / 2).all()


@pytest.mark.parametrize(("width", "factor"), [(64, 930), (256, 28_000)])
def test_unit_normal_weights_saturate_tanh_and_explode_its_gradient(width: int, factor: float) -> None:
    spec = NetworkSpec("Random normal", UNIT_NORMAL, activation="Tanh", depth=10, width=width)
    found = [probe(replace(spec, seed=seed)) for seed in range(5)]
    assert min(p.saturated_share.min() for p in found) > 0.5
    growth = np.exp(np.mean([np.log(p.gradient.rms[0] / p.gradient.rms[-1]) for p in found]))
    # nine layers whose gains fluctuate by about sqrt(5/n) each: e^(9 * .5 * 5/n) of drift and their spread over 5 seeds
    assert abs(np.log(growth / factor)) < 9 * 2.5 / width + 4 * 0.5 * np.sqrt(9 * 5 / width / 5)


def test_unit_normal_weights_neither_saturate_a_sigmoid_much_nor_explode_it() -> None:
    found = probe(NetworkSpec("Random normal", UNIT_NORMAL, activation="Sigmoid", depth=10, width=256))
    assert 1 / 30 < found.gradient.rms[0] / found.gradient.rms[-1] < 30


@pytest.mark.parametrize(("depth", "low", "high"), [(20, 0.28, 0.38), (50, 0.41, 0.61)])
def test_a_healthy_he_network_has_many_units_silent_on_this_batch(depth: int, low: float, high: float) -> None:
    worst = [probe(NetworkSpec("He normal", depth=depth, seed=seed)).dead_share.max() for seed in range(4)]
    # each of 128 units is silent or not: a share is known to sqrt(.25 / 128) a seed
    play = 3 * np.sqrt(0.25 / 128 / len(worst))
    assert low - play < np.mean(worst) < high + play


@pytest.mark.parametrize("shape", ["Constant", "Funnel", "Hourglass"])
def test_only_a_changing_width_tells_fan_in_fan_out_and_average_apart(shape: str) -> None:
    lecun, glorot = (NetworkSpec(init, depth=7, width=128, shape=shape) for init in ("LeCun normal", "Glorot normal"))
    ratio = probe(lecun).weight.rms / probe(glorot).weight.rms
    fans = np.array([(a, b) for a, b in pairwise(lecun.widths[:-1])])
    # 1/n_in over 2/(n_in + n_out), of the variance; the draws are the same
    np.testing.assert_allclose(ratio**2, fans.mean(axis=1) / fans[:, 0], rtol=1e-5)
    assert (np.abs(ratio[1:] - 1) > 0.05).all() == (shape != "Constant")
