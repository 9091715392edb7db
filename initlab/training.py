"""What training makes of a network: gradient steps, one after the other.

Plain and general: any network, loss, optimizer and batches. All parameters of a network in training lie in one vector,
weights and biases being views of it, so that an optimizer is a handful of operations however deep the network is.
A `Training` moves in place, because a race takes thousands of steps; the functions below it change nothing that is
given, every step leaves a new network. Overflow is carried along as inf and NaN. Products are `np.dot`: `@` takes a
microsecond longer to find the same routine, which is a twentieth of a small step.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np

from initlab.arrays import Array
from initlab.datasets import Batch
from initlab.errors import out_of_range
from initlab.losses import Loss, prepared
from initlab.network import Network
from initlab.normalization import EPSILON, Normalized, Running, normalize, normalize_backward
from initlab.optimizers import Optimizer, optimizer
from initlab.parameters import finite_number
from initlab.quiet import quietly

BLOCK: Final = 2**17  # numbers an optimizer works on at a time: fewer cost calls, more leave the cache


def joined(arrays: Sequence[Array]) -> Array:
    """One vector of them all."""
    return np.concatenate([a.reshape(-1) for a in arrays])


def views(vector: Array, like: Sequence[Array]) -> list[Array]:
    """The parts of the vector in the shapes of the arrays it was joined from."""
    ends = accumulate(a.size for a in like)
    return [vector[end - a.size : end].reshape(a.shape) for a, end in zip(like, ends, strict=True)]


def blocks(vector: Array) -> list[Array]:
    """The vector in pieces that fit the cache."""
    return [vector[start : start + BLOCK] for start in range(0, vector.size, BLOCK)]


class Kept(NamedTuple):
    """What the way back needs of the way forward: one array a layer."""

    below: list[Array]  # what it received, the output layer too
    arguments: list[Array]  # what phi was applied to, or phi of it where that suffices
    values: list[Array]  # phi of it, before dropout and skip
    normalized: list[Normalized]


class Training:
    """A network in training. Its weights and biases are views of `vector`, and their gradients of `gradient`."""

    def __init__(self, network: Network, optimizer: Optimizer) -> None:
        arrays = parameters(network)
        self.vector, self.optimizer = joined(arrays), optimizer
        self._pieces = blocks(self.vector)
        room = np.empty_like(self._pieces[0])
        self.states = [optimizer.init([piece])._replace(room=[room[: piece.size]]) for piece in self._pieces]
        self.network = with_parameters(network, views(self.vector, arrays))
        self.running = before_any_batch(network)
        self.gradient = np.empty_like(self.vector)
        self._slopes = blocks(self.gradient)
        self.gradients = with_parameters(network, views(self.gradient, arrays))
        self._phi = network.phi
        self._in_place = self._phi.in_place or self._phi
        self._ones = np.ones(0, self.vector.dtype)  # as many as a batch has rows
        self._skips = [network.skips(layer) for layer in range(network.depth)]

    def copy(self) -> "Training":
        """Another one that is as far and goes its own way."""
        other = Training(self.network, self.optimizer)
        other.states = [mine.with_room(its.room) for mine, its in zip(self.states, other.states, strict=True)]
        other.running = self.running  # not changed, only followed by another
        return other

    def like(self, vector: Array) -> Network:
        """Another vector of as many numbers, read as this network's parameters."""
        return with_parameters(self.network, views(vector, parameters(self.network)))

    @quietly
    def slope(self, batch: Batch, loss: Loss, masks: Sequence[Array] = ()) -> float:
        """The mean loss of a batch; its gradient by every parameter is left in `gradient`."""
        outputs, kept = self._forward(batch.inputs, masks)
        value, delta = loss(outputs, batch.targets)
        self._backward(delta.astype(outputs.dtype), kept, masks)
        return value

    @quietly
    def decay(self, share: float) -> None:
        """Add `share` times each weight to its gradient, as a penalty of share/2 times their squares does.

        Biases, scales and shifts are spared. In scikit-learn's words share is alpha / rows of the batch.
        """
        if share:
            weights = sum(w.size for w in self.network.weights)
            self.gradient[:weights] += self.vector[:weights] * share

    @quietly
    def clip(self, largest: float) -> None:
        """Shorten the whole gradient to this length where it is longer, as Pascanu et al. 2013 do."""
        if not largest:
            return
        length = float(np.linalg.norm(self.gradient.astype(float)))
        if length > largest:
            self.gradient *= largest / length

    @quietly
    def move(self, rate: float) -> None:
        """One step of the optimizer along `gradient`."""
        for index, (piece, slopes) in enumerate(zip(self._pieces, self._slopes, strict=True)):
            (change,), self.states[index] = self.optimizer.update([slopes], self.states[index], rate)
            piece += change

    def _forward(self, h: Array, masks: Sequence[Array]) -> tuple[Array, Kept]:
        """The outputs, and what the way back needs."""
        network, phi, kept = self.network, self._in_place, Kept([], [], [], [])
        for layer, (w, b) in enumerate(zip(network.weights[:-1], network.biases, strict=False)):
            argument = np.dot(h, w)
            argument += b
            if network.scales:
                normalized = normalize(argument, network.normalization)
                self.running = self.running.after(layer, normalized, len(h))
                argument = normalized.standardized * network.scales[layer] + network.shifts[layer]
                kept.normalized.append(normalized)
            value = phi(argument)
            kept.below.append(h)
            kept.arguments.append(argument)
            kept.values.append(value)
            below, h = h, value * masks[layer] if masks else value
            if self._skips[layer]:
                h = h + below
        kept.below.append(h)
        outputs = np.dot(h, network.weights[-1])
        outputs += network.biases[-1]
        return outputs, kept

    def _backward(self, delta: Array, kept: Kept, masks: Sequence[Array]) -> None:
        """From dLoss/dOutputs down: `delta` is dLoss/dz of a layer, `arriving` dLoss/dh of what it gives."""
        network, found, past_skip = self.network, self.gradients, None
        if len(self._ones) != len(delta):
            self._ones = np.ones(len(delta), delta.dtype)
        ones = self._ones
        for layer in reversed(range(len(kept.below))):
            if layer < network.depth:
                arriving = np.dot(delta, network.weights[layer + 1].T)
                if past_skip is not None:
                    arriving += past_skip
                past_skip = arriving if self._skips[layer] else None
                delta = self._phi.derivative_from(kept.arguments[layer], kept.values[layer])
                delta *= arriving
                if masks:
                    delta *= masks[layer]
                if network.scales:
                    delta = self._before_normalization(delta, layer, kept.normalized[layer])
            np.dot(kept.below[layer].T, delta, out=found.weights[layer])
            np.dot(ones, delta, out=found.biases[layer])

    def _before_normalization(self, delta: Array, layer: int, saved: Normalized) -> Array:
        """dLoss/dz from dLoss/dnorm(z)."""
        scale, found, kind = self.network.scales[layer], self.gradients, self.network.normalization
        delta, found.scales[layer][:], found.shifts[layer][:] = normalize_backward(delta, scale, saved, kind)
        return delta


def before_any_batch(network: Network) -> Running:
    """Mean 0 and variance 1 a unit; nothing without batch normalization."""
    if network.normalization != "Batch":
        return Running()
    shapes = [scale.shape for scale in network.scales]
    return Running(tuple(np.zeros(shape) for shape in shapes), tuple(np.ones(shape) for shape in shapes))


def evaluated(network: Network, running: Running) -> Network:
    """The network as it is judged: batch normalization by its running means is a scale and a shift of each unit, and
    goes into weights and biases."""
    if network.normalization != "Batch":
        return network
    weights, biases = list(network.weights), list(network.biases)
    with np.errstate(all="ignore"):
        for layer, (mean, variance) in enumerate(zip(running.means, running.variances, strict=True)):
            factor = network.scales[layer] / np.sqrt(variance + EPSILON)
            weights[layer] = (weights[layer] * factor).astype(weights[layer].dtype)
            shifted = (biases[layer] - mean) * factor + network.shifts[layer]
            biases[layer] = shifted.astype(biases[layer].dtype)
    return replace(network, weights=tuple(weights), biases=tuple(biases), normalization="None", scales=(), shifts=())


def begin(network: Network, name: str = "SGD") -> Training:
    """Before the first step; ValueError names the choices of optimizer."""
    return Training(network, optimizer(name))


def step(
    training: Training, batch: Batch, rate: float, loss: str = "Auto", masks: Sequence[Array] = ()
) -> Training:  # fmt: skip
    """One step down the mean loss of `batch`, on a copy; `masks` are dropout's, one a hidden layer."""
    after, network = training.copy(), training.network
    inputs = np.ascontiguousarray(batch.inputs, after.vector.dtype)
    chosen = prepared(loss, network.weights[-1].shape[1], batch.targets)
    after.slope(Batch(inputs, batch.targets), chosen, masks)
    after.move(rate)
    return after


def follow(training: Training, gradients: Sequence[Array], rate: float) -> Training:
    """One step along gradients that are at hand already, in the order of `parameters`; on a copy."""
    after = training.copy()
    after.gradient[:] = joined(gradients)
    after.move(rate)
    return after


def steps(
    network: Network, batches: Iterable[Batch], optimizer: str = "SGD", rate: float = 0.1, *,
    loss: str = "Auto", dropout: float = 0.0, rng: np.random.Generator | None = None,
) -> Iterator[Network]:  # fmt: skip
    """The network after a step on each of `batches`; `rng` draws what `dropout` silences."""
    training = begin(network, optimizer)
    for batch in batches:
        masks = dropout_masks(rng, network, len(batch.inputs), dropout) if rng is not None and dropout else ()
        training = step(training, batch, rate, loss, masks)
        yield training.network


def dropout_masks(rng: np.random.Generator, network: Network, rows: int, share: float) -> list[Array]:
    """For each hidden layer `(rows, N)` zeros with probability `share`, the others 1 / (1 - share).

    Inverted dropout, as in PyTorch and Keras: the mean stays, so that nothing need be scaled when it is switched off
    (Srivastava et al. 2014 scale the weights instead).
    """
    if not 0 <= finite_number("dropout", share, 0, 1) < 1:
        raise out_of_range("dropout (below 1)", share, 0, 1)
    hidden = network.weights[:-1]
    kept = [rng.random((rows, w.shape[1]), np.float32) >= share for w in hidden]
    return [mask.astype(w.dtype) / np.asarray(1 - share, w.dtype) for mask, w in zip(kept, hidden, strict=True)]


def parameters(network: Network) -> list[Array]:
    """All that is trained: weights, biases, scales, shifts."""
    return [*network.weights, *network.biases, *network.scales, *network.shifts]


def with_parameters(network: Network, values: Sequence[Array]) -> Network:
    """The same network with other values, in the order of `parameters`."""
    layers, normalized = len(network.weights), len(network.scales)
    ends = [layers, 2 * layers, 2 * layers + normalized]
    return replace(
        network, weights=tuple(values[: ends[0]]), biases=tuple(values[ends[0] : ends[1]]),
        scales=tuple(values[ends[1] : ends[2]]), shifts=tuple(values[ends[2] :]),
    )  # fmt: skip
