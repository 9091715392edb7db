"""Losses: values and gradients against JAX, what "Auto" means, and what does not fit."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from initlab.losses import LOSS_NAMES, LOSSES, loss_and_gradient, resolve

ROWS, CLASSES = 6, 4
OUTPUTS = np.random.default_rng(0).normal(0, 3, (ROWS, CLASSES))
LABELS = np.array([0, 1, 2, 3, 1, 1])
NUMBERS = np.random.default_rng(1).normal(size=(ROWS, CLASSES))
EACH = [
    ("Cross-entropy", LABELS),
    ("Mean squared error", NUMBERS),
    ("Mean squared error", LABELS),
    ("Random cotangent", None),
    ("Random cotangent", LABELS),
]
each_loss = pytest.mark.parametrize(("name", "targets"), EACH)


def cross_entropy(outputs):
    return -jax.nn.log_softmax(outputs)[jnp.arange(ROWS), LABELS].mean()


def squared_error(outputs, wanted: Any = NUMBERS):
    return ((outputs - wanted) ** 2).mean()


@pytest.mark.parametrize(
    ("name", "targets", "oracle"),
    [
        ("Cross-entropy", LABELS, cross_entropy),
        ("Mean squared error", NUMBERS, squared_error),
        ("Mean squared error", LABELS, lambda outputs: squared_error(outputs, jnp.eye(CLASSES)[LABELS])),
    ],
)
def test_values_and_gradients_are_those_of_jax(name: str, targets, oracle) -> None:
    value, gradient = loss_and_gradient(name, OUTPUTS, targets)
    expected, expected_gradient = jax.value_and_grad(oracle)(jnp.asarray(OUTPUTS))
    assert value == pytest.approx(float(expected), rel=1e-14)
    np.testing.assert_allclose(gradient, expected_gradient, rtol=1e-12, atol=1e-16)


@each_loss
def test_gradients_are_central_differences_of_the_value(name: str, targets) -> None:
    step = 1e-5  # error: step^2 times a third derivative below 1, and 1e-15 / step
    _, gradient = loss_and_gradient(name, OUTPUTS, targets)
    for entry in np.ndindex(OUTPUTS.shape):
        nudge = np.zeros_like(OUTPUTS)
        nudge[entry] = step
        above, below = (loss_and_gradient(name, OUTPUTS + sign * nudge, targets)[0] for sign in (1, -1))
        assert (above - below) / (2 * step) == pytest.approx(gradient[entry], abs=1e-9)


@pytest.mark.parametrize(("name", "targets"), EACH[:3])
def test_the_loss_is_a_mean_over_the_batch(name: str, targets) -> None:
    twice = loss_and_gradient(name, np.tile(OUTPUTS, (2, 1)), np.concatenate([targets, targets]))
    value, gradient = loss_and_gradient(name, OUTPUTS, targets)
    assert twice[0] == pytest.approx(value)
    np.testing.assert_allclose(twice[1], np.tile(gradient, (2, 1)) / 2)


def test_a_random_cotangent_is_one_unit_vector_a_row_the_same_every_time() -> None:
    value, gradient = loss_and_gradient("Random cotangent", OUTPUTS, None)
    np.testing.assert_allclose(np.linalg.norm(gradient, axis=1), 1 / ROWS)
    assert value == pytest.approx((OUTPUTS * gradient).sum())
    np.testing.assert_array_equal(loss_and_gradient("Auto", 5 * OUTPUTS, None)[1], gradient)
    assert abs(gradient.sum(axis=0)).max() > 0, "the rows differ"
    assert np.linalg.matrix_rank(gradient) == CLASSES


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_with_equal_outputs_the_first_loss_is_the_logarithm_of_the_number_of_classes(classes: int) -> None:
    value, gradient = loss_and_gradient("Auto", np.full((classes, classes), 7.0), np.arange(classes))
    assert value == pytest.approx(math.log(classes), rel=1e-15)
    np.testing.assert_allclose(gradient, (1 / classes - np.eye(classes)) / classes)


def test_cross_entropy_gradients_of_a_row_add_up_to_zero() -> None:
    _, gradient = loss_and_gradient("Cross-entropy", 100 * OUTPUTS, LABELS)
    np.testing.assert_allclose(gradient.sum(axis=1), 0, atol=1e-16)


def test_a_column_of_targets_may_come_flat() -> None:
    flat = loss_and_gradient("Auto", OUTPUTS[:, :1], NUMBERS[:, 0])
    column = loss_and_gradient("Auto", OUTPUTS[:, :1], NUMBERS[:, :1])
    assert flat[0] == column[0] == pytest.approx(((OUTPUTS[:, 0] - NUMBERS[:, 0]) ** 2).mean())
    np.testing.assert_array_equal(flat[1], column[1])


@each_loss
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gradients_have_the_precision_of_the_outputs_and_leave_them_alone(name: str, targets, dtype: type) -> None:
    outputs = OUTPUTS.astype(dtype)
    outputs.setflags(write=False)
    assert loss_and_gradient(name, outputs, targets)[1].dtype == dtype


@pytest.mark.parametrize("size", [1e4, 1e30, 1e300])
def test_cross_entropy_of_huge_outputs_is_finite(size: float) -> None:
    value, gradient = loss_and_gradient("Cross-entropy", OUTPUTS * size, LABELS)
    wrong = OUTPUTS.argmax(axis=1) != LABELS
    lost = (OUTPUTS.max(axis=1) - OUTPUTS[np.arange(ROWS), LABELS])[wrong].sum() * size / ROWS
    assert value == pytest.approx(lost, rel=1e-9)
    assert np.isfinite(gradient).all()


@each_loss
@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, 1e200])
def test_overflowed_outputs_are_carried_along_without_a_warning(name: str, targets, value: float) -> None:
    outputs = OUTPUTS.copy()
    outputs[2, 1] = value
    loss, gradient = loss_and_gradient(name, outputs, targets)
    assert isinstance(loss, float)
    assert gradient.shape == OUTPUTS.shape
    if value == 1e200:
        return
    # -inf for a wrong class is certainty, not overflow: that row's cross-entropy is finite
    assert math.isfinite(loss) == (value == -math.inf and name == "Cross-entropy")
    assert np.isfinite(np.delete(gradient, 2, axis=0)).all(), "the other rows are judged as before"


def test_a_gradient_beyond_single_precision_overflows_without_a_warning() -> None:
    gradient = loss_and_gradient("Auto", np.full((1, 1), 3e38, np.float32), np.array([-3e38]))[1]
    assert np.isposinf(gradient).all()


@pytest.mark.parametrize(
    ("targets", "meaning"), [(LABELS, "Cross-entropy"), (NUMBERS, "Mean squared error"), (None, "Random cotangent")]
)
def test_auto_follows_the_targets(targets, meaning: str) -> None:
    assert resolve("Auto", targets) == meaning
    assert loss_and_gradient("Auto", OUTPUTS, targets)[0] == loss_and_gradient(meaning, OUTPUTS, targets)[0]


def test_every_name_but_auto_is_a_loss() -> None:
    assert ("Auto", *LOSSES) == LOSS_NAMES


@pytest.mark.parametrize(
    ("name", "targets", "message"),
    [
        ("Hinge", LABELS, "unknown loss 'Hinge'; choose one of Auto, Cross-entropy, Mean squared error, Random cotang"),
        ("Cross-entropy", NUMBERS, "Cross-entropy needs classes; received a continuous target; choose Auto or Mean"),
        ("Cross-entropy", None, "Cross-entropy needs targets; received data without targets; choose Auto or Random"),
        ("Mean squared error", None, "Mean squared error needs targets; received data without targets; choose Auto"),
    ],
)
def test_a_loss_that_does_not_fit_the_targets_is_refused(name: str, targets, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        loss_and_gradient(name, OUTPUTS, targets)


@pytest.mark.parametrize("label", [-1, CLASSES])
def test_a_label_beyond_the_outputs_is_refused(label: int) -> None:
    with pytest.raises(ValueError, match=f"a class is a whole number from 0 to 3, .* received {label} to {label}; "):
        loss_and_gradient("Auto", OUTPUTS, np.full(ROWS, label))


def test_a_target_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match=r"one number for each output; received \(6,\); use \(6, 4\)"):
        loss_and_gradient("Mean squared error", OUTPUTS, NUMBERS[:, 0])
