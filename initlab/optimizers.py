"""Optimizers: pure (init, update) pairs, declared once in `OPTIMIZERS`.

`init(parameters)` is the state before the first step. `update(gradients, state, rate)` gives the changes to be added to
the parameters, and the next state. Sequences of arrays in and out; nothing given is changed, unless the state has room.
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
    """Steps taken so far, and the running means an optimizer keeps: one array a parameter in each of them.

    `room`, one array a parameter, is for a loop that keeps no state but the last: an update writes the changes there
    and the next means over these, and may use it for what lies between.
    """

    steps: int
    means: tuple[Sequence[Array], ...]
    room: Sequence[Array] = ()

    def with_room(self, room: Sequence[Array]) -> "State":
        """A copy whose update writes there."""
        return State(self.steps, tuple([mean.copy() for mean in kept] for kept in self.means), room)

    def writable(self, gradients: Sequence[Array]) -> "State":
        """This state if it has room, else a copy that does."""
        return self if self.room else self.with_room([np.empty_like(g) for g in gradients])


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
    own = state.writable(gradients)
    for g, change in zip(gradients, own.room, strict=True):
        np.multiply(g, -rate, out=change)
    return own.room, State(state.steps + 1, (), state.room)


def _momentum(gradients: Sequence[Array], state: State, rate: float, mu: float) -> tuple[Sequence[Array], State]:
    """v <- mu v - rate g, w <- w + v: Sutskever et al. 2013, equations 1 and 2.

    Also scikit-learn's; PyTorch's v <- mu v + g, w <- w - rate v is the same while the rate stays.
    """
    own = state.writable(gradients)
    (velocity,) = own.means
    for g, v, step in zip(gradients, velocity, own.room, strict=True):
        v *= mu
        v -= np.multiply(g, rate, out=step)
    return velocity, State(state.steps + 1, own.means, state.room)


def _adam(
    gradients: Sequence[Array], state: State, rate: float, beta1: float, beta2: float, epsilon: float
) -> tuple[Sequence[Array], State]:
    """m / (sqrt(v) + epsilon) of bias-corrected running means: Kingma & Ba 2015, algorithm 1.

    Also PyTorch's. scikit-learn and Keras take the variant that the paper mentions at the end of its section 2, where
    epsilon is added before v is corrected: on digits that moves a loss curve by up to .003 in fifty steps.
    """
    own, count = state.writable(gradients), state.steps + 1
    root = math.sqrt(1 - beta2**count)  # corrects v, taken out of the square root and the fraction multiplied by it
    step, added = rate * root / (1 - beta1**count), epsilon * root
    for g, m, v, change in zip(gradients, *own.means, own.room, strict=True):
        m *= beta1
        m += np.multiply(g, 1 - beta1, out=change)
        v *= beta2
        np.multiply(g, g, out=change)
        change *= 1 - beta2
        v += change
        np.sqrt(v, out=change)
        change += added
        np.divide(m, change, out=change)
        change *= -step
    return own.room, State(count, own.means, state.room)


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
