"""Losses on the linear outputs: each returns its value and dLoss/dOutputs, the loss being the mean over the batch."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

import numpy as np

from initlab.arrays import Array, Integers
from initlab.errors import invalid, unknown

Targets: TypeAlias = Integers | Array | None
Loss: TypeAlias = Callable[[Array, Targets], tuple[float, Array]]  # of outputs (B, C), in float64 whatever theirs
LARGEST: Final = float(np.finfo(float).max)
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
    loss = prepared(name, outputs.shape[1], targets)
    with np.errstate(all="ignore"):
        value, gradient = loss(outputs, targets)
        return value, gradient.astype(outputs.dtype)


def prepared(name: str, outputs: int, targets: Targets) -> Loss:
    """The loss for so many outputs, these targets and any rows of them; ValueError where it cannot compare the two."""
    chosen = resolve(name, targets)
    if targets is not None and chosen != "Random cotangent":
        if np.issubdtype(targets.dtype, np.integer):
            _check_classes(targets, outputs)
        elif targets.size != len(targets) * outputs:
            raise invalid("a target has one number for each output", targets.shape, f"use {(len(targets), outputs)}")
    return LOSSES[chosen]


def _check_classes(targets: Integers | Array, outputs: int) -> None:
    if targets.min() < 0 or targets.max() >= outputs:
        rule = f"a class is a whole number from 0 to {outputs - 1}, one for each output"
        raise invalid(rule, f"{targets.min()} to {targets.max()}", "widen the output layer or renumber the classes")


def _cross_entropy(outputs: Array, targets: Targets) -> tuple[float, Array]:
    """Softmax cross-entropy of class indices. One column a row of the batch: NumPy reduces short rows slowly."""
    rows = len(outputs)
    columns = outputs.T.astype(float, order="C")
    columns -= np.minimum(np.maximum.reduce(columns), LARGEST)  # the largest becomes 0, so that exp stays finite
    flat, right = columns.reshape(-1), np.asarray(targets, np.intp) * rows + np.arange(rows)
    chosen = flat[right]
    np.exp(columns, out=columns)
    total = np.add.reduce(columns)
    value = np.add.reduce(np.log(total) - chosen) / rows
    columns /= total * rows
    flat[right] -= 1 / rows
    return float(value), columns.T


def _mean_squared_error(outputs: Array, targets: Targets) -> tuple[float, Array]:
    """Mean over the batch and the outputs; classes are one-hot."""
    assert targets is not None  # noqa: S101  resolve() has checked it
    classes = np.issubdtype(targets.dtype, np.integer)
    wanted = np.eye(outputs.shape[1])[np.asarray(targets, np.intp)] if classes else targets.reshape(outputs.shape)
    error = outputs.astype(float) - wanted
    return float((error**2).mean()), error * (2 / error.size)


def _random_cotangent(outputs: Array, targets: Targets) -> tuple[float, Array]:
    """The mean over rows of outputs . u with a random unit vector u a row: a loss for data without targets."""
    u = np.random.default_rng(0).standard_normal(outputs.shape)
    u /= np.linalg.norm(u, axis=1, keepdims=True) * len(u)
    return float((outputs.astype(float) * u).sum()), u


LOSSES: Final[Mapping[str, Loss]] = MappingProxyType(
    {
        "Cross-entropy": _cross_entropy,
        "Mean squared error": _mean_squared_error,
        "Random cotangent": _random_cotangent,
    }
)
