"""The block: forward against a plain loop, every gradient against JAX and differences, overflow carried along."""

from itertools import pairwise
from typing import Any

import numpy as np
import oracles
import pytest

from initlab import ACTIVATIONS, Network
from initlab.arrays import Array

NORMALIZATIONS = ("None", "Batch", "Layer")
MIXED = (5, 5, 4, 7, 7, 3)  # skips over the first and the fourth hidden layer only
SQUARE = (5, 5, 5, 3)
each_activation = pytest.mark.parametrize("activation", ACTIVATIONS)
each_normalization = pytest.mark.parametrize("normalization", NORMALIZATIONS)
each_residual = pytest.mark.parametrize("residual", [False, True])


def network(widths: tuple[int, ...] = MIXED, dtype: type = np.float64, size: float = 1.0, **parts: Any) -> Network:
    """Weights, biases, scales and shifts all drawn, so that no gradient is trivially 0 or 1."""
    rng = np.random.default_rng(1)
    weights = [rng.normal(0, size * a**-0.5, (a, b)).astype(dtype) for a, b in pairwise(widths)]
    biases = [rng.normal(0, 0.5, b).astype(dtype) for b in widths[1:]]
    if parts.get("normalization", "None") != "None":
        parts["scales"] = [rng.normal(1, 0.3, b).astype(dtype) for b in widths[1:-1]]
        parts["shifts"] = [rng.normal(0, 0.3, b).astype(dtype) for b in widths[1:-1]]
    return Network(weights, biases, **parts)


def batch(features: int, rows: int = 6, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=(rows, features))


def close(mine: Array, theirs: Array) -> None:
    """Equal but for rounding: some hundred roundings of the largest value, 2e-16 each, amplified by a few layers."""
    assert mine.shape == theirs.shape
    np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-11 * max(0.1, np.abs(theirs).max(initial=0)))


@each_residual
@each_normalization
@pytest.mark.parametrize("activation", ["ReLU", "Tanh", "Mish"])
def test_forward_is_the_plain_loop_of_the_design(activation: str, normalization: str, residual: bool) -> None:
    net, x = network(activation=activation, normalization=normalization, residual=residual), batch(5)
    run, h, phi = net.forward(x), x, ACTIVATIONS[activation]
    for layer in range(net.depth):
        z = h @ net.weights[layer] + net.biases[layer]
        close(run.preactivations[layer], z)
        if normalization != "None":
            axis = {"Batch": 0, "Layer": 1}[normalization]
            z = (z - z.mean(axis, keepdims=True)) / np.sqrt(z.var(axis, keepdims=True) + 1e-5)
            z = z * net.scales[layer] + net.shifts[layer]
        h = phi(z) + h if residual and z.shape == h.shape else phi(z)
        close(run.activations[layer], h)
        close(net.passed_on(run.preactivations[layer], run.below(layer), layer), h)
    close(run.outputs, h @ net.weights[-1] + net.biases[-1])
    assert len(run.preactivations) == len(run.activations) == net.depth == 4


def check_gradients(net: Network, x: Array, *, compiled: bool = False) -> None:
    run, cotangent = net.forward(x), batch(net.weights[-1].shape[1], len(x), seed=2)
    found, expected = net.backward(run, cotangent), oracles.gradients(net, x, cotangent, compiled=compiled)
    pairs = {
        "weights": found.weight_gradients, "biases": found.bias_gradients, "nudges": found.gradients,
        "scales": found.scale_gradients, "shifts": found.shift_gradients,
    }  # fmt: skip
    for name, mine in pairs.items():
        for one, other in zip(mine, expected[name], strict=True):
            close(one, other)


@each_residual
@each_normalization
@each_activation
def test_every_gradient_is_that_of_automatic_differentiation(
    activation: str, normalization: str, residual: bool
) -> None:
    check_gradients(network(SQUARE, activation=activation, normalization=normalization, residual=residual), batch(5))


@pytest.mark.parametrize(
    ("widths", "rows", "normalization"),
    [
        pytest.param(MIXED, 6, "None", id="mixed widths"),
        pytest.param(MIXED, 6, "Batch", id="mixed widths, normalized over the batch"),
        pytest.param(MIXED, 6, "Layer", id="mixed widths, normalized over the layer"),
        pytest.param(SQUARE, 1, "Batch", id="one row, normalized over the batch"),
        pytest.param((4, 6, 2), 6, "Batch", id="one hidden layer"),
        pytest.param((1, 1, 1, 1), 6, "Layer", id="one unit a layer, normalized over the layer"),
    ],
)
def test_gradients_hold_for_every_shape(widths: tuple[int, ...], rows: int, normalization: str) -> None:
    net = network(widths, activation="Tanh", normalization=normalization, residual=True)
    check_gradients(net, batch(widths[0], rows), compiled=True)


@each_normalization
@each_activation
def test_gradients_are_central_differences_along_a_random_direction(activation: str, normalization: str) -> None:
    parts = {"activation": activation, "normalization": normalization, "residual": True}
    net, x, rng = network(**parts), batch(5), np.random.default_rng(3)
    cotangent, step = batch(3, seed=2), 1e-6
    found = net.backward(net.forward(x), cotangent)
    names = ("weights", "biases", "scales", "shifts")
    gradients = (found.weight_gradients, found.bias_gradients, found.scale_gradients, found.shift_gradients)
    direction = [[rng.normal(size=part.shape) for part in getattr(net, name)] for name in names]

    def loss(sign: int) -> float:
        moved = {
            name: [p + sign * step * d for p, d in zip(getattr(net, name), parts, strict=True)]
            for name, parts in zip(names, direction, strict=True)
        }
        return float((Network(**moved, **parts).forward(x).outputs * cotangent).sum())

    slope = sum((g * d).sum() for gs, ds in zip(gradients, direction, strict=True) for g, d in zip(gs, ds, strict=True))
    # third derivatives times step^2 and 1e-14 / step, both below 1e-7; slopes here are of size 1 to 100
    assert (loss(1) - loss(-1)) / (2 * step) == pytest.approx(slope, rel=1e-6, abs=1e-6)


@each_residual
@each_normalization
def test_single_precision_agrees_with_double(normalization: str, residual: bool) -> None:
    parts = {"activation": "Tanh", "normalization": normalization, "residual": residual}
    runs = []
    for dtype in (np.float32, np.float64):
        net = network(dtype=dtype, **parts)
        run = net.forward(batch(5))
        back = net.backward(run, batch(3, seed=2).astype(dtype))
        everything = [*run.activations, run.outputs, *back.gradients, *back.weight_gradients, *back.bias_gradients]
        assert {array.dtype for array in everything} == {np.dtype(dtype)}
        runs.append(everything)
    for single, double in zip(*runs, strict=True):  # some hundred roundings of 6e-8 on values up to 10
        np.testing.assert_allclose(single, double, rtol=0, atol=1e-5 * max(1.0, np.abs(double).max()))


def test_a_skip_needs_matching_shapes() -> None:
    plain, skipping = (network(activation="Linear", residual=residual).forward(batch(5)) for residual in (False, True))
    close(skipping.activations[0], plain.activations[0] + batch(5))  # 5 units on 5 features
    assert not np.array_equal(skipping.activations[3], skipping.preactivations[3])
    for layer in (1, 2):  # 4 units on 5, 7 on 4
        np.testing.assert_array_equal(skipping.activations[layer], skipping.preactivations[layer])


@pytest.mark.parametrize("activation", ["Leaky ReLU", "ELU"])
def test_activation_parameters_reach_both_passes(activation: str) -> None:
    name = "slope" if activation == "Leaky ReLU" else "alpha"
    net, x = network(activation=activation, activation_params=((name, 0.5),)), batch(5)
    run, direction, step = net.forward(x), batch(5, seed=4), 1e-6
    below = run.preactivations[0] < 0
    expected = 0.5 * (run.preactivations[0] if name == "slope" else np.expm1(run.preactivations[0]))
    close(run.activations[0][below], expected[below])
    arriving = net.backward(run, np.ones((6, 3))).gradients[0] @ net.weights[0].T
    change = (net.forward(x + step * direction).outputs - net.forward(x - step * direction).outputs).sum() / (2 * step)
    assert change == pytest.approx((arriving * direction).sum(), rel=1e-6)


@each_normalization
@each_activation
def test_overflow_is_carried_along_never_raised(activation: str, normalization: str) -> None:
    for size in (1e12, 1e30):
        net = network((5, 6, 6, 6, 6, 6, 3), np.float32, size, activation=activation, normalization=normalization)
        run = net.forward(batch(5))
        back = net.backward(run, np.ones((6, 3), np.float32))
        assert len(back.gradients) == 5
    if activation == "ReLU" and normalization == "None":
        assert np.isinf(run.preactivations[1]).any(), "1e30 twice is beyond single precision"
        assert not np.isfinite(run.outputs).all()


@pytest.mark.parametrize(("size", "cotangent"), [(3e38, 1.0), (1e30, 1e20), (1.0, np.inf)])
def test_a_gradient_that_overflows_at_the_output_layer_is_carried_along_too(size: float, cotangent: float) -> None:
    weights = [np.ones((2, 3), np.float32), np.full((3, 3), size, np.float32)]
    net = Network(weights, [np.zeros(3, np.float32)] * 2, activation="Linear")
    signs = np.array([cotangent, cotangent, -cotangent], np.float32)
    back = net.backward(net.forward(np.ones((4, 2))), np.tile(signs, (4, 1)))
    assert not np.isfinite(back.gradients[0]).all()


def test_walking_through_the_gradients_leaves_the_callers_warnings_on() -> None:
    net, before = network(), np.geterr()
    for _ in net.backpropagate(net.forward(batch(5)), np.ones((6, 3))):
        assert np.geterr() == before


def test_scales_are_ones_and_shifts_zeros_until_trained() -> None:
    weights, biases = [np.ones((3, 4)), np.ones((4, 2))], [np.zeros(4), np.zeros(2)]
    net = Network(weights, biases, normalization="Layer")
    np.testing.assert_array_equal(net.scales, np.ones((1, 4)))
    np.testing.assert_array_equal(net.shifts, np.zeros((1, 4)))
    assert Network(weights, biases).scales == ()


def test_nothing_given_is_changed() -> None:
    net, x, cotangent = network(normalization="Batch", residual=True, activation="Linear"), batch(5), batch(3)
    for array in (*net.weights, *net.biases, *net.scales, *net.shifts, x, cotangent):
        array.setflags(write=False)  # a write would raise
    run = net.forward(x)
    kept = [array.copy() for array in (*run.preactivations, *run.activations, run.outputs)]
    net.backward(run, cotangent)
    for array, before in zip((*run.preactivations, *run.activations, run.outputs), kept, strict=True):
        np.testing.assert_array_equal(array, before)
