"""What training makes of a network: gradient steps, one after the other.

Plain and general: any network, loss, optimizer and batches. Nothing given is changed, every step leaves a new network;
overflow is carried along as inf and NaN.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from initlab.arrays import Array
from initlab.datasets import Batch
from initlab.errors import out_of_range
from initlab.losses import loss_and_gradient
from initlab.network import Network
from initlab.optimizers import Optimizer, State, optimizer
from initlab.parameters import finite_number


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """A network in training, and what its optimizer remembers."""

    network: Network
    optimizer: Optimizer
    state: State


def begin(network: Network, name: str = "SGD") -> Training:
    """Before the first step; ValueError names the choices of optimizer."""
    chosen = optimizer(name)
    return Training(network, chosen, chosen.init(parameters(network)))


def step(
    training: Training, batch: Batch, rate: float, loss: str = "Auto", masks: Sequence[Array] = ()
) -> Training:  # fmt: skip
    """One step down the mean loss of `batch`; `masks` are dropout's, one a hidden layer."""
    network = training.network
    forward = network.forward(batch.inputs, masks)
    _, output_gradient = loss_and_gradient(loss, forward.outputs, batch.targets)
    found = network.backward(forward, output_gradient)
    gradients = [*found.weight_gradients, *found.bias_gradients, *found.scale_gradients, *found.shift_gradients]
    return follow(training, gradients, rate)


def follow(training: Training, gradients: Sequence[Array], rate: float) -> Training:
    """One step along gradients that are at hand already, in the order of `parameters`."""
    before = parameters(training.network)
    with np.errstate(all="ignore"):
        changes, state = training.optimizer.update(gradients, training.state, rate)
        after = [p + change for p, change in zip(before, changes, strict=True)]
    return Training(with_parameters(training.network, after), training.optimizer, state)


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
