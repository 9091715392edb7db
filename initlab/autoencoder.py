"""One layer as an auto-encoder: a code phi(x W + b), and how well its inputs are had again from it.

Plain NumPy whose step reads as the algorithm. As in `training`, all parameters lie in one vector, weights and biases
being views of it, and a step moves it in place.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import special

from initlab.activations import Activation
from initlab.arrays import Array
from initlab.optimizers import Optimizer
from initlab.pretrain_spec import PretrainSpec, Reconstruction


@dataclass(frozen=True, slots=True, eq=False)
class Decoder:
    """From a code `(B, N)` back to the inputs: linear, or through a logistic function where cross-entropy compares.

    `low` and `span` bring inputs to the range in which they are compared, column by column.
    """

    weights: Array  # (N, features)
    bias: Array
    reconstruction: Reconstruction
    low: Array
    span: Array

    def __call__(self, code: Array) -> Array:
        """The inputs `(B, features)` that this code stands for."""
        with np.errstate(all="ignore"):
            outputs = code @ self.weights + self.bias
            if self.reconstruction == "Cross-entropy":
                outputs = special.expit(outputs)
            return outputs * self.span + self.low

    def compared(self, inputs: Array) -> Array:
        """The inputs as they are compared."""
        return (inputs - self.low) / self.span

    def error(self, code: Array, inputs: Array) -> float:
        """Mean over the rows, in float64: the cross-entropy summed over features, or half the squared distance."""
        with np.errstate(all="ignore"):
            outputs = (code @ self.weights + self.bias).astype(float)
            wanted = self.compared(inputs.astype(float))
            if self.reconstruction == "Squared error":
                return float(0.5 * ((outputs - wanted) ** 2).sum(axis=1).mean())
            return float((np.logaddexp(0, outputs) - wanted * outputs).sum(axis=1).mean())


def spans(inputs: Array, reconstruction: Reconstruction) -> tuple[Array, Array]:
    """What to take off each column and what to divide it by: nothing, unless cross-entropy needs it brought to 0-1."""
    features = inputs.shape[1]
    low, high = inputs.min(axis=0), inputs.max(axis=0)
    if reconstruction == "Squared error" or (low.min() >= 0 and high.max() <= 1):
        return np.zeros(features, inputs.dtype), np.ones(features, inputs.dtype)
    return low, np.where(high > low, high - low, 1).astype(inputs.dtype)


class Autoencoder:
    """An auto-encoder in training. Weights and biases are views of `vector`, and their gradients of `gradient`."""

    def __init__(self, weights: Array, bias: Array, phi: Activation, how: PretrainSpec, optimizer: Optimizer) -> None:
        self._how, self._optimizer, self._phi, self._tied = how, optimizer, phi, how.weights == "Tied"
        self._encode: Final[Callable[[Array], Array]] = phi.in_place or phi
        self._logistic = how.reconstruction == "Cross-entropy"
        shapes = [weights.shape, bias.shape, weights.shape[:1], *([] if self._tied else [weights.shape[::-1]])]
        self.vector, self.gradient = np.zeros((2, sum(int(np.prod(s)) for s in shapes)), weights.dtype)
        self.weights, self.bias, self.decoder_bias, *free = _views(self.vector, shapes)
        self.weights[:], self.bias[:] = weights, bias
        self._slopes = _views(self.gradient, shapes)
        self.decoder_weights = free[0] if free else self.weights.T
        self.decoder_weights[:] = self.weights.T  # free weights start where tied ones do
        self._state = optimizer.init([self.vector])

    def encode(self, inputs: Array) -> Array:
        """The code `(B, N)` of these inputs."""
        return self._phi(inputs @ self.weights + self.bias)

    def epoch(self, inputs: Array, wanted: Array, share: float, rng: np.random.Generator) -> Iterator[None]:
        """Once through all rows in a new order, a step on each minibatch; stops after each. `share` of the inputs is
        masked; `wanted` is what they are compared with."""
        order, rows = rng.permutation(len(inputs)), self._how.batch
        seen, wanted = inputs[order], wanted[order]
        if share:
            seen *= rng.random(seen.shape, np.float32) >= share
        for start in range(0, len(seen), rows):
            with np.errstate(all="ignore"):  # not around the yield: who goes on may be another thread
                self.slope(seen[start : start + rows], wanted[start : start + rows])
                self.move()
            yield

    def slope(self, seen: Array, wanted: Array) -> None:
        """The gradient of the mean reconstruction error of a minibatch, left in `gradient`."""
        argument = seen @ self.weights
        argument += self.bias
        code = self._encode(argument)
        error = code @ self.decoder_weights
        error += self.decoder_bias
        if self._logistic:
            special.expit(error, out=error)
        error -= wanted  # both kinds of error have this derivative
        error *= np.asarray(1 / len(seen), error.dtype)
        back = self._phi.derivative_from(argument, code)
        back *= error @ self.decoder_weights.T
        ones = np.ones(len(seen), error.dtype)
        encoder, bias, decoder_bias, *free = self._slopes
        np.matmul(seen.T, back, out=encoder)
        np.matmul(ones, back, out=bias)
        np.matmul(ones, error, out=decoder_bias)
        if free:
            np.matmul(code.T, error, out=free[0])
        else:
            encoder += error.T @ code

    def move(self) -> None:
        """One step of the optimizer along `gradient`."""
        (change,), self._state = self._optimizer.update([self.gradient], self._state, self._how.rate)
        self.vector += change

    def decoder(self, low: Array, span: Array) -> Decoder:
        """What decodes now, as numbers of its own."""
        weights, bias = self.decoder_weights.copy(), self.decoder_bias.copy()
        return Decoder(weights, bias, self._how.reconstruction, low, span)


def _views(vector: Array, shapes: list[tuple[int, ...]]) -> list[Array]:
    """Its parts, one after the other, in these shapes."""
    ends = np.cumsum([np.prod(shape) for shape in shapes]).astype(int)
    parts = np.split(vector, ends[:-1])
    return [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]
