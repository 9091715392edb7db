"""Losses on the linear outputs: each returns its value and dLoss/dOutputs, the loss being the mean over the batch."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

import numpy as np
from scipy import special

from initlab.arrays import Array, Integers
from initlab.errors import invalid, unknown

Targets: TypeAlias = Integers | Array | None
LOSS_NAMES: Final = ("Auto", "Cross-entropy", "Mean squared error", "Random cotangent")


def resolve(name: str, targets: Targets) -> str:
    """What "Auto" means for these targets; ValueError where a loss does not fit them."""
    if name not in LOSS_NAMES:
        raise unknown("loss", name, LOSS_NAMES)
    if targets is None:
        if name in ("Auto", "Random cotangent"):
            return "Random cotangent"
        raise invalid(f"{name} needs targets", "data without targets", "choose Auto or Random cotangent")
    classes = np.issubdtype(targets.dtype, np.integer)
    if name == "Cross-entropy" and not classes:
        raise invalid("Cross-entropy needs classes", "a continuous target", "choose Auto or Mean squared error")
    return name if name != "Auto" else "Cross-entropy" if classes else "Mean squared error"


def loss_and_gradient(name: str, outputs: Array, targets: Targets) -> tuple[float, Array]:
    """The loss and its gradient `(B, C)` in the outputs' precision."""
    with np.errstate(over="ignore", invalid="ignore"):
        value, gradient = LOSSES[resolve(name, targets)](outputs.astype(float), targets)
        return value, gradient.astype(outputs.dtype)


def _cross_entropy(outputs: Array, targets: Targets) -> tuple[float, Array]:
    """Softmax cross-entropy of class indices."""
    log_p = special.log_softmax(outputs, axis=1)
    hot = _one_hot(targets, outputs.shape[1])
    return float(-(log_p[hot > 0]).mean()), (np.exp(log_p) - hot) / len(outputs)


def _mean_squared_error(outputs: Array, targets: Targets) -> tuple[float, Array]:
    """Mean over the batch and the outputs; classes are one-hot."""
    assert targets is not None  # noqa: S101  resolve() has checked it
    classes = np.issubdtype(targets.dtype, np.integer)
    wanted = _one_hot(targets, outputs.shape[1]) if classes else targets.reshape(len(outputs), -1)
    if wanted.shape != outputs.shape:
        raise invalid("a target has one number for each output", targets.shape, f"use {outputs.shape}")
    error = outputs - wanted
    return float((error**2).mean()), error * (2 / error.size)


def _random_cotangent(outputs: Array, targets: Targets) -> tuple[float, Array]:
    """The mean over rows of outputs . u with a random unit vector u a row: a loss for data without targets."""
    u = np.random.default_rng(0).standard_normal(outputs.shape)
    u /= np.linalg.norm(u, axis=1, keepdims=True) * len(u)
    return float((outputs * u).sum()), u


def _one_hot(targets: Targets, classes: int) -> Array:
    assert targets is not None  # noqa: S101
    if targets.min() < 0 or targets.max() >= classes:
        rule = f"a class is a whole number from 0 to {classes - 1}, one for each output"
        raise invalid(rule, f"{targets.min()} to {targets.max()}", "widen the output layer or renumber the classes")
    return (np.asarray(targets)[:, None] == np.arange(classes)).astype(float)


LOSSES: Final[Mapping[str, Callable[[Array, Targets], tuple[float, Array]]]] = MappingProxyType(
    {
        "Cross-entropy": _cross_entropy,
        "Mean squared error": _mean_squared_error,
        "Random cotangent": _random_cotangent,
    }
)
