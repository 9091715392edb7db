"""The Jacobian against automatic differentiation and exact products; its singular values far below 10⁻¹⁶ too."""

import math
from fractions import Fraction
from itertools import product as pairs
from typing import Any

import numpy as np
import pytest
from oracles import EPSILON, PHI, jax, jnp
from sampling import sampled

from initlab.activations import ACTIVATIONS
from initlab.arrays import Array
from initlab.jacobian import Product, factors, identity
from initlab.network import Network

ROW = 2


def network(activation: str, normalization: str, residual: bool, widths: tuple[int, ...] = (7, 7, 5, 5)) -> Network:
    rng = np.random.default_rng(3)
    weights = [rng.normal(0, 1.3 * a**-0.5, (a, b)) for a, b in zip(widths, (*widths[1:], 2), strict=True)]
    biases = [rng.normal(0, 0.3, w.shape[1]) for w in weights]
    if normalization == "None":
        return Network(weights, biases, activation, (), normalization, residual)
    scales = [rng.uniform(0.5, 2, w.shape[1]) for w in weights[:-1]]
    shifts = [rng.normal(0, 0.3, w.shape[1]) for w in weights[:-1]]
    return Network(weights, biases, activation, (), normalization, residual, scales, shifts)


def stack(net: Network, x: Array, row: Any) -> Any:
    """The hidden stack as the design words it, as a function of one row; statistics over rows are constants."""
    h = jnp.asarray(x).at[ROW].set(row)
    for layer in range(net.depth):
        z = h @ net.weights[layer] + net.biases[layer]
        if net.normalization != "None":
            axis = {"Batch": 0, "Layer": 1}[net.normalization]
            mean, variance = jnp.mean(z, axis, keepdims=True), jnp.var(z, axis, keepdims=True)
            if net.normalization == "Batch":
                mean, variance = jax.lax.stop_gradient((mean, variance))
            z = (z - mean) / jnp.sqrt(variance + EPSILON) * net.scales[layer] + net.shifts[layer]
        a = PHI[net.activation](z)
        h = a + h if net.residual and a.shape == h.shape else a
    return h[ROW]


def through(net: Network, x: Array) -> Product:
    """The whole Jacobian, from the inputs."""
    found, forward = identity(x.shape[1]), net.forward(x)
    for layer in range(net.depth):
        for factor in factors(net, forward, layer, ROW):
            found = found.then(factor)
    return found


def multiplied_out(found: Product) -> Array:
    return 10**found.exponent * (found.basis * found.scales) @ found.mixing


@pytest.mark.parametrize("activation", sampled(ACTIVATIONS, every=3))
@pytest.mark.parametrize(("normalization", "residual"), [*pairs(("None", "Batch", "Layer"), (False, True))])
def test_the_jacobian_is_the_one_automatic_differentiation_finds(
    activation: str, normalization: str, residual: bool
) -> None:
    net = network(activation, normalization, residual)
    x = np.random.default_rng(5).standard_normal((6, 7))
    expected = np.asarray(jax.jacobian(lambda row: stack(net, x, row))(jnp.asarray(x[ROW])))
    found = through(net, x)
    np.testing.assert_allclose(multiplied_out(found), expected, rtol=1e-9, atol=1e-10 * np.abs(expected).max())
    singular = np.linalg.svd(expected, compute_uv=False)
    measured = np.append(10 ** found.log10_singular_values(), np.zeros(len(singular) - len(found.scales)))
    np.testing.assert_allclose(measured, singular, rtol=1e-8, atol=1e-9 * singular[0])


def test_a_scale_of_the_weights_moves_all_singular_values_alike_and_loses_none_of_them() -> None:
    rng = np.random.default_rng(0)
    layers = [rng.standard_normal((12, 12)) for _ in range(40)]
    found = {}
    for scale in (1e-150, 1.0, 1e150):
        grown = identity(12)
        for layer in layers:
            grown = grown.then(scale * layer)
        found[scale] = grown.log10_singular_values()
    np.testing.assert_allclose(found[1e-150] + 150 * 40, found[1.0], atol=1e-9)
    np.testing.assert_allclose(found[1e150] - 150 * 40, found[1.0], atol=1e-9)


def exact_determinant(matrix: Array) -> Fraction:
    """By elimination in rational numbers: a float is one, exactly."""
    rows = [[Fraction(x) for x in row] for row in matrix.tolist()]
    value = Fraction(1)
    for k in range(len(rows)):
        pivot = next(i for i in range(k, len(rows)) if rows[i][k])
        rows[k], rows[pivot] = rows[pivot], rows[k]
        value *= rows[k][k] * (-1 if pivot != k else 1)
        for i in range(k + 1, len(rows)):
            ratio = rows[i][k] / rows[k][k]
            rows[i] = [a - ratio * b for a, b in zip(rows[i], rows[k], strict=True)]
    return value


@pytest.mark.parametrize("layers", [5, 60, 200])
def test_singular_values_far_below_the_precision_of_a_product_are_right(layers: int) -> None:
    rng = np.random.default_rng(layers)
    factors = [rng.standard_normal((6, 6)) for _ in range(layers)]
    grown, inverse = identity(6), identity(6)
    for factor in factors:
        grown = grown.then(factor)
    for factor in factors[::-1]:
        inverse = inverse.then(np.linalg.inv(factor))
    logs = grown.log10_singular_values()
    determinant = sum(math.log10(abs(exact_determinant(factor))) for factor in factors)
    assert logs.sum() == pytest.approx(determinant, abs=1e-9)
    np.testing.assert_allclose(logs, -inverse.log10_singular_values()[::-1], atol=1e-6)
    if layers == 200:
        assert logs[0] - logs[-1] > 100, "a product of doubles would have ended sixteen decades down"


def test_the_largest_of_many_layers_is_found_by_exact_multiplication_too() -> None:
    rng = np.random.default_rng(1)
    factors = rng.integers(-5, 6, (40, 4, 4))
    grown, exact = identity(4), np.eye(4, dtype=int).astype(object)
    for factor in factors:
        grown, exact = grown.then(factor.astype(float)), factor.astype(object) @ exact
    frobenius = math.isqrt(int((exact * exact).sum()))  # integers of Python: no rounding
    assert np.log10(np.sqrt((10 ** (2 * (grown.log10_singular_values() - 60))).sum())) + 60 == pytest.approx(
        math.log10(frobenius), abs=1e-9
    )


def test_slopes_that_differ_by_many_decades_lose_nothing() -> None:
    rng = np.random.default_rng(0)
    grown, determinant = identity(64), 0.0
    for _ in range(12):
        slope, layer = 10 ** -rng.uniform(0, 14, 64), rng.standard_normal((64, 64))
        grown = grown.then(slope[:, None] * layer)
        determinant += np.log10(slope).sum() + np.linalg.slogdet(layer)[1] / math.log(10)
    assert grown.log10_singular_values().sum() == pytest.approx(determinant, abs=1e-8)


@pytest.mark.parametrize("silent", [0, 3, 11, 12])
def test_silent_units_cost_exactly_their_number_of_directions(silent: int) -> None:
    rng = np.random.default_rng(2)
    grown = identity(12)
    for _ in range(30):
        slope = np.ones(12)
        slope[rng.permutation(12)[:silent]] = 0.0
        grown = grown.then(slope[:, None] * rng.standard_normal((12, 12)))
    assert len(grown.log10_singular_values()) <= 12 - silent
    if silent == 3:
        assert len(grown.log10_singular_values()) == 9


def test_equal_weights_leave_one_direction_and_zeros_none() -> None:
    constant = identity(9).then(np.full((9, 9), 0.1)).then(np.full((9, 9), 0.1))
    assert 10 ** constant.log10_singular_values() == pytest.approx([0.81])
    nothing = identity(9).then(np.zeros((9, 9)))
    assert nothing.shape == (9, 9)
    assert nothing.then(np.ones((4, 9))).shape == (4, 9)
    assert not nothing.then(np.ones((4, 9))).log10_singular_values().size


def test_saxe_square_orthogonal_layers_keep_every_singular_value_at_one() -> None:
    rng = np.random.default_rng(4)
    grown = identity(32)
    for _ in range(200):
        grown = grown.then(np.linalg.qr(rng.standard_normal((32, 32)))[0])
    np.testing.assert_allclose(grown.log10_singular_values(), 0, atol=1e-12)
    assert grown.log10_singular_values().size == 32


@pytest.mark.parametrize(("scale", "mean"), [(1 / 3, 0.490), (1.0, 0.849)], ids=["standard", "normalized"])
def test_glorot_the_mean_singular_value_of_one_layer(scale: float, mean: float) -> None:
    # Glorot & Bengio 2010 print 0.5 and 0.8; a quarter circle of radius 2 sqrt(scale) has mean 8 sqrt(scale)/(3 pi)
    bound = math.sqrt(3 * scale / 400)
    layer = np.random.default_rng(6).uniform(-bound, bound, (400, 400))
    assert (10 ** identity(400).then(layer).log10_singular_values()).mean() == pytest.approx(mean, abs=2e-3)
