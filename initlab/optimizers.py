"""Optimizers: pure (init, update) pairs, declared once in `OPTIMIZERS`.

`init(parameters)` is the state before the first step. `update(gradients, state, rate)` gives the changes to be added to
the parameters, and the next state. Sequences of arrays in and out; nothing given is changed.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np

from initlab.arrays import Array
from initlab.errors import unknown


class State(NamedTuple):
    """Steps taken so far, and the running means an optimizer keeps: one array a parameter in each of them."""

    steps: int
    means: tuple[Sequence[Array], ...]


@dataclass(frozen=True, slots=True)
class Optimizer:
    """How gradients become changes of the parameters."""

    name: str
    init: Callable[[Sequence[Array]], State]
    update: Callable[[Sequence[Array], State, float], tuple[Sequence[Array], State]]
    about: str


def optimizer(name: str) -> Optimizer:
    """The optimizer of that name; ValueError names the choices."""
    if name not in OPTIMIZERS:
        raise unknown("optimizer", name, OPTIMIZERS)
    return OPTIMIZERS[name]


def _no_means(parameters: Sequence[Array]) -> State:
    return State(0, ())


def _zero_means(parameters: Sequence[Array], kept: int) -> State:
    return State(0, tuple([np.zeros_like(p) for p in parameters] for _ in range(kept)))


def _sgd(gradients: Sequence[Array], state: State, rate: float) -> tuple[Sequence[Array], State]:
    """w <- w - rate g."""
    return [g * _like(g, -rate) for g in gradients], State(state.steps + 1, ())


def _momentum(gradients: Sequence[Array], state: State, rate: float, mu: float) -> tuple[Sequence[Array], State]:
    """v <- mu v - rate g, w <- w + v: Sutskever et al. 2013, equations 1 and 2.

    Also scikit-learn's; PyTorch's v <- mu v + g, w <- w - rate v is the same while the rate stays.
    """
    (velocity,) = state.means
    velocity = [v * _like(g, mu) - g * _like(g, rate) for v, g in zip(velocity, gradients, strict=True)]
    return velocity, State(state.steps + 1, (velocity,))


def _adam(
    gradients: Sequence[Array], state: State, rate: float, beta1: float, beta2: float, epsilon: float
) -> tuple[Sequence[Array], State]:
    """m / (sqrt(v) + epsilon) of bias-corrected running means: Kingma & Ba 2015, algorithm 1.

    Also PyTorch's. scikit-learn and Keras take the variant that the paper mentions at the end of its section 2, where
    epsilon is added before v is corrected: on digits that moves a loss curve by up to .003 in fifty steps.
    """
    count = state.steps + 1
    root = math.sqrt(1 - beta2**count)  # corrects v, taken out of the square root and the fraction multiplied by it
    step, added = rate * root / (1 - beta1**count), epsilon * root
    found = [_adam_of(g, m, v, beta1, beta2, step, added) for g, m, v in zip(gradients, *state.means, strict=True)]
    changes, first, second = zip(*found, strict=True)
    return changes, State(count, (first, second))


def _adam_of(
    g: Array, m: Array, v: Array, beta1: float, beta2: float, step: float, epsilon: float
) -> tuple[Array, Array, Array]:
    """The change of one array, and its next two means."""
    m, v = m * _like(g, beta1), v * _like(g, beta2)
    m += g * _like(g, 1 - beta1)
    square = g * g
    square *= _like(g, 1 - beta2)
    v += square
    root = np.sqrt(v, out=square)
    root += _like(g, epsilon)
    change = m * _like(g, -step)
    change /= root
    return change, m, v


def _like(array: Array, number: float) -> Array:
    """The number in the array's precision, so that float32 stays float32 even where the number would overflow it."""
    return np.asarray(number, array.dtype)


TABLE: Final = (
    Optimizer("SGD", _no_means, _sgd, "each parameter against its gradient"),
    Optimizer(
        "Momentum", partial(_zero_means, kept=1), partial(_momentum, mu=0.9), "SGD that keeps 0.9 of its last change"
    ),
    Optimizer(
        "Adam", partial(_zero_means, kept=2), partial(_adam, beta1=0.9, beta2=0.999, epsilon=1e-8),
        "each parameter by its own recent gradients: first step of size rate, however small the gradient",
    ),
)  # fmt: skip

OPTIMIZERS: Final[Mapping[str, Optimizer]] = MappingProxyType({entry.name: entry for entry in TABLE})
