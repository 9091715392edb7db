"""Normalization: standardized over the right axis, finite on constants, and its gradient against JAX."""

import jax
import jax.numpy as jnp
import numpy as np
import oracles
import pytest

from initlab.normalization import AXES, EPSILON, normalize, normalize_backward

each_kind = pytest.mark.parametrize("kind", AXES)


def values(rows: int = 7, units: int = 5, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(1.5, 3.0, (rows, units))


@each_kind
def test_values_are_standardized_over_the_rows_for_batch_and_over_the_units_for_layer(kind: str) -> None:
    z, axis = values(), {"Batch": 0, "Layer": 1}[kind]
    found = normalize(z, kind)
    np.testing.assert_allclose(found.standardized.mean(axis=axis), 0, atol=1e-14)
    variance = z.var(axis=axis)
    np.testing.assert_allclose(found.standardized.var(axis=axis), variance / (variance + EPSILON), rtol=1e-12)
    np.testing.assert_allclose(found.inverse_std.ravel(), (variance + EPSILON) ** -0.5, rtol=1e-12)


@each_kind
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(7, 5), (1, 1)])
def test_forward_and_all_three_gradients_are_those_of_jax(kind: str, dtype: type, shape: tuple[int, int]) -> None:
    z, gradient = values(*shape), values(*shape, seed=1)
    scale, shift = values(1, shape[1], seed=2)[0], values(1, shape[1], seed=3)[0]

    def norm(z, scale, shift):
        return oracles.normalized(kind, z) * scale + shift

    expected, backward = jax.vjp(norm, jnp.asarray(z), jnp.asarray(scale), jnp.asarray(shift))
    saved = normalize(z.astype(dtype), kind)
    found = normalize_backward(gradient.astype(dtype), scale.astype(dtype), saved, kind)
    assert [part.dtype for part in (*saved, *found)] == [dtype] * 6
    # sums over at most 7 terms of size 10, a few roundings each; a lone value is divided by sqrt(EPSILON) = 1/316
    precision = 500 * np.finfo(dtype).eps * (316 if 1 in shape else 1)
    np.testing.assert_allclose(saved.standardized * scale + shift, expected, atol=precision)
    for mine, theirs in zip(found, backward(jnp.asarray(gradient)), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=precision)


@each_kind
def test_the_gradient_does_not_see_a_shift_or_a_stretch_of_what_was_normalized(kind: str) -> None:
    z, axis = values(), AXES[kind]
    gradient = normalize_backward(values(seed=1), np.ones(5), normalize(z, kind), kind)[0]
    np.testing.assert_allclose(gradient.sum(axis=axis), 0, atol=1e-13)
    centred = z - z.mean(axis=axis, keepdims=True)  # a stretch changes norm(z) through epsilon alone
    np.testing.assert_allclose((gradient * centred).sum(axis=axis), 0, atol=20 * EPSILON)


@each_kind
@pytest.mark.parametrize("value", [0.0, 3.0, -1e6])
def test_a_constant_becomes_zero(kind: str, value: float) -> None:
    found = normalize(np.full((4, 3), value), kind)
    np.testing.assert_array_equal(found.standardized, 0)
    assert np.isfinite(found.inverse_std).all()


@each_kind
def test_a_tiny_signal_is_not_blown_up_beyond_epsilon(kind: str) -> None:
    found = normalize(values() * 1e-12, kind)
    np.testing.assert_allclose(found.inverse_std, EPSILON**-0.5, rtol=1e-12)


@each_kind
def test_the_argument_is_left_alone(kind: str) -> None:
    z = values()
    z.setflags(write=False)
    before = z.copy()
    normalize(z, kind)
    np.testing.assert_array_equal(z, before)
