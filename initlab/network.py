"""A dense network: forward with every intermediate, backward with every gradient.

The block: z = h W + b is the pre-activation, before any normalization; h' = phi(norm(z)); with residual,
h' = phi(norm(z)) + h where the shapes match. The last weight is the linear output layer. `gradient` is
dLoss/dz (Glorot's delta). Overflow is carried along as inf and NaN, never raised.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, get_args

import numpy as np

from initlab.activations import Activation, activation
from initlab.arrays import Array, Parameters
from initlab.errors import invalid, unknown
from initlab.normalization import Kind, Normalized, normalize, normalize_backward


@dataclass(frozen=True, slots=True, eq=False)
class Forward:
    """One forward pass; a list holds one `(B, N)` array a hidden layer. `arguments` is what phi was applied to, `masks`
    what dropout multiplied its values by."""

    inputs: Array
    preactivations: list[Array]
    arguments: list[Array]
    activations: list[Array]
    outputs: Array
    normalized: list[Normalized]
    masks: Sequence[Array] = ()

    def below(self, layer: int) -> Array:
        """What layer `layer` (from 0) receives."""
        return self.activations[layer - 1] if layer else self.inputs


class LayerGradients(NamedTuple):
    """What back-propagation leaves at one layer; scale and shift are None without normalization."""

    layer: int
    gradient: Array  # dLoss/dz (B, N)
    weight: Array
    bias: Array
    scale: Array | None = None
    shift: Array | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Backward:
    """All gradients: `gradients` one a hidden layer, `weight_gradients` and `bias_gradients` one a weight."""

    gradients: list[Array]
    weight_gradients: list[Array]
    bias_gradients: list[Array]
    scale_gradients: list[Array]
    shift_gradients: list[Array]


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Weights `(fan_in, fan_out)` that chain, the last one linear; scales and shifts default to 1 and 0."""

    weights: Sequence[Array]
    biases: Sequence[Array]
    activation: str = "ReLU"
    activation_params: Parameters = ()
    normalization: str = "None"
    residual: bool = False
    scales: Sequence[Array] = ()
    shifts: Sequence[Array] = ()

    def __post_init__(self) -> None:
        if self.normalization not in get_args(Kind):
            raise unknown("normalization", self.normalization, get_args(Kind))
        _ = self.phi  # names what is wrong with the activation or its parameters
        weights, biases = _precise(self.weights), _precise(self.biases)
        _check_chain(weights, biases)
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "biases", biases)
        if self.normalization != "None" and not self.scales:
            hidden = weights[:-1]
            object.__setattr__(self, "scales", tuple(np.ones(w.shape[1], w.dtype) for w in hidden))
            object.__setattr__(self, "shifts", tuple(np.zeros(w.shape[1], w.dtype) for w in hidden))

    @property
    def depth(self) -> int:
        """Hidden layers."""
        return len(self.weights) - 1

    @property
    def phi(self) -> Activation:
        return activation(self.activation, **{name: float(value) for name, value in self.activation_params})

    def forward(self, x: Array, masks: Sequence[Array] = ()) -> Forward:
        """Propagate `x` (B, features) in the precision of the weights.

        `masks`, one `(B, N)` a hidden layer, multiply phi(norm(z)): dropout, drawn by whoever trains.
        """
        inputs = self.accepted(x)
        run = Forward(inputs, [], [], [], inputs, [], masks)
        phi, h = self.phi, inputs
        with np.errstate(all="ignore"):
            for layer in range(self.depth):
                z = self._affine(h, layer)
                argument = self._normalized(z, layer, run.normalized)
                a = phi(argument)
                if masks:
                    a = a * masks[layer]
                if self.skips(layer):
                    a = a + h
                run.preactivations.append(z)
                run.arguments.append(argument)
                run.activations.append(a)
                h = a
            outputs = self._affine(h, self.depth)
        return Forward(inputs, run.preactivations, run.arguments, run.activations, outputs, run.normalized, masks)

    def accepted(self, x: Array) -> Array:
        """`x` (B, features) in the precision of the weights; ValueError where it is no such table."""
        inputs = np.ascontiguousarray(x, self.weights[0].dtype)
        if inputs.ndim != 2 or inputs.shape[1] != self.weights[0].shape[0]:
            raise invalid("inputs must be (rows, features)", inputs.shape, f"use {self.weights[0].shape[0]} features")
        return inputs

    def passed_on(self, z: Array, below: Array, layer: int) -> Array:
        """What layer `layer` (from 0) hands on where it received `below` and its pre-activations are `z`."""
        with np.errstate(all="ignore"):
            a = self.phi(self._normalized(z, layer, []))
            return a + below if self.skips(layer) else a

    def backward(self, forward: Forward, output_gradient: Array) -> Backward:
        """All gradients from dLoss/dOutputs (B, C)."""
        layers = list(self.backpropagate(forward, output_gradient))[::-1]
        return Backward(
            [found.gradient for found in layers[:-1]],
            [found.weight for found in layers],
            [found.bias for found in layers],
            [found.scale for found in layers if found.scale is not None],
            [found.shift for found in layers if found.shift is not None],
        )

    def backpropagate(self, forward: Forward, output_gradient: Array) -> Iterator[LayerGradients]:
        """The gradients from the output layer down, one layer at a time, so that none need be kept."""
        ones = np.ones(len(forward.inputs), forward.inputs.dtype)
        for layer, delta, scale, shift in self.deltas(forward, output_gradient):
            with np.errstate(all="ignore"):
                weight, bias = forward.below(layer).T @ delta, ones @ delta
            yield LayerGradients(layer, delta, weight, bias, scale, shift)

    def deltas(
        self, forward: Forward, output_gradient: Array
    ) -> Iterator[tuple[int, Array, Array | None, Array | None]]:
        """Layer, dLoss/dz, dLoss/dscale and dLoss/dshift, from the output layer down."""
        yield self.depth, output_gradient, None, None
        phi, delta, past_skip = self.phi, output_gradient, None
        for layer in reversed(range(self.depth)):
            with np.errstate(all="ignore"):
                arriving = delta @ self.weights[layer + 1].T  # dLoss/dh, from above
                if past_skip is not None:
                    arriving += past_skip
                delta = arriving * self.slope(forward, layer, phi)
                delta, scale, shift = self.before_normalization(delta, forward, layer)
            past_skip = arriving if self.skips(layer) else None
            yield layer, delta, scale, shift

    def _affine(self, h: Array, layer: int) -> Array:
        z = h @ self.weights[layer]
        if self.biases[layer].any():
            z += self.biases[layer]
        return z

    def skips(self, layer: int) -> bool:
        """Whether layer `layer` (from 0) adds what it receives to what it gives."""
        fan_in, fan_out = self.weights[layer].shape
        return self.residual and fan_in == fan_out

    def _normalized(self, z: Array, layer: int, kept: list[Normalized]) -> Array:
        if self.normalization == "None":
            return z
        kept.append(normalize(z, self.normalization))
        return kept[-1].standardized * self.scales[layer] + self.shifts[layer]

    def slope(self, forward: Forward, layer: int, phi: Activation) -> Array:
        """phi' at what phi was applied to, times dropout's mask where there is one."""
        argument = forward.arguments[layer]
        changed = self.skips(layer) or forward.masks  # phi's own output is no longer there to take the slope from
        slope = phi.derivative(argument) if changed else phi.derivative_from(argument, forward.activations[layer])
        return slope * forward.masks[layer] if forward.masks else slope

    def before_normalization(
        self, delta: Array, forward: Forward, layer: int
    ) -> tuple[Array, Array | None, Array | None]:
        """dLoss/dz, dLoss/dscale and dLoss/dshift from dLoss/dnorm(z), one (B, N) or a stack of them."""
        if self.normalization == "None":
            return delta, None, None
        return normalize_backward(delta, self.scales[layer], forward.normalized[layer], self.normalization)


def _precise(arrays: Sequence[Array]) -> tuple[Array, ...]:
    """Whole numbers become float64: what goes through them must not be rounded."""
    found = [np.asarray(a) for a in arrays]
    return tuple(a if np.issubdtype(a.dtype, np.floating) else a.astype(float) for a in found)


def _check_chain(weights: Sequence[Array], biases: Sequence[Array]) -> None:
    if len(weights) < 2 or len(weights) != len(biases):
        raise invalid(
            "a network needs one bias for each weight and at least two weights",
            f"{len(weights)} weights and {len(biases)} biases", "add a hidden layer or the missing biases",
        )  # fmt: skip
    if len({w.dtype for w in weights}) > 1:
        names = ", ".join(str(w.dtype) for w in weights)
        raise invalid("all weights have one precision", names, "use float32 or float64 throughout")
    for index, (w, b) in enumerate(zip(weights, biases, strict=True)):
        if w.ndim != 2 or b.shape != w.shape[1:] or (index and weights[index - 1].shape[1] != w.shape[0]):
            before = weights[index - 1].shape if index else "the inputs"
            raise invalid(
                "weights are (fan_in, fan_out), biases (fan_out,), and each weight takes what the one before gives",
                f"weight {index + 1} of shape {w.shape} with bias {b.shape} after {before}", "reshape it",
            )  # fmt: skip
