"""One pass through a network, measured layer by layer: the probe behind every picture and verdict."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from initlab.arrays import Array, Flags, Integers
from initlab.losses import Targets, loss_and_gradient
from initlab.network import Network
from initlab.spec import NetworkSpec
from initlab.tally import LayerStats, Tally, Workspace, unseen
from initlab.twins import twins

SAFE: Final = (1e-12, 1e12)
CLOSE: Final = 1e-3  # below this, 1 - c is computed without cancellation
Detail: TypeAlias = Literal["all", "signal", "findings"]  # all; activations and gradients in full; no histograms


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """What one forward and one backward pass looked like; the first axis of every array is hidden layer 1..L.

    Shares are of units (dead) or of outputs (saturated). `input_correlation` is the mean cosine between the
    pre-activations of different rows, NaN for a single row; `1 - input_correlation` is exact where it is tiny, so it is
    kept as `input_difference`. Where the `Detail` is less than all, the weight gradient is of no layer and other
    quantities have no histograms; everything else is the same, and so are the findings.
    """

    activation: LayerStats
    preactivation: LayerStats
    gradient: LayerStats
    weight: LayerStats
    weight_gradient: LayerStats
    saturated_share: Array
    dead_share: Array
    distinct_units: Integers
    twin_share: Array  # of units with at least one twin
    alike: Flags  # layers whose units all say the same of every row, whether or not their gradients agree
    input_difference: Array
    inputs: LayerStats  # of the data themselves: one layer
    data_difference: float  # 1 - mean cosine between the data rows
    widths: tuple[int, ...]
    rows: int
    loss: float
    finite_outputs: bool
    phi: str
    precision: str
    spec: NetworkSpec | None = None

    @property
    def input_correlation(self) -> Array:
        return 1 - self.input_difference

    @property
    def depth(self) -> int:
        return len(self.widths)


def measure(
    network: Network, inputs: Array, targets: Targets = None, loss: str = "Auto", spec: NetworkSpec | None = None, *,
    detail: Detail = "all",
) -> Probe:  # fmt: skip
    """Send `inputs` forward and the loss back through any network. Non-finite values are counted, never fatal."""
    _keep_freed_pages()
    with np.errstate(all="ignore"):
        return _Pass(network, inputs, detail).probe(targets, loss, spec)


def _keep_freed_pages() -> None:
    """Freeing one large untouched block makes glibc keep memory for the next pass: fresh pages cost more than sums."""
    np.empty(2**25 - 2**16, np.uint8)


class _Pass:
    """The tallies of one pass; weight gradients are reduced one layer at a time."""

    def __init__(self, network: Network, inputs: Array, detail: Detail) -> None:
        depth, workspace = network.depth, Workspace(network.weights[0].dtype)
        self.network, self.forward, self.closely = network, network.forward(inputs), detail == "all"
        self.activation, self.gradient, self.data = (Tally(workspace, brief=detail == "findings") for _ in range(3))
        self.preactivation, self.weight, self.weight_gradient = (
            Tally(workspace, brief=not self.closely) for _ in range(3)
        )
        self.saturated, self.dead, self.difference, self.twin_share = np.zeros((4, depth))
        self.distinct = np.zeros(depth, np.int64)

    def probe(self, targets: Targets, loss: str, spec: NetworkSpec | None) -> Probe:
        network, forward = self.network, self.forward
        value, output_gradient = loss_and_gradient(loss, forward.outputs, targets)
        self._measure_forward()
        self._measure_backward(output_gradient)
        self.data.add(0, forward.inputs)
        difference, weight = mean_difference(forward.inputs), self.weight.stats()
        equal = (weight.minimum == weight.maximum) & [b.min() == b.max() for b in network.biases[:-1]]
        weight_gradient = self.weight_gradient.stats() if self.closely else unseen()
        return Probe(
            self.activation.stats(), self.preactivation.stats(), self.gradient.stats(), weight, weight_gradient,
            self.saturated, self.dead, self.distinct, self.twin_share,
            equal | (self.distinct == 1), self.difference, self.data.stats(), difference,
            tuple(w.shape[1] for w in network.weights[:-1]), len(forward.inputs), value,
            bool(np.isfinite(forward.outputs).all()), network.activation, str(forward.inputs.dtype), spec,
        )  # fmt: skip

    def _measure_forward(self) -> None:
        phi, forward = self.network.phi, self.forward
        for layer in range(self.network.depth):
            z, argument = forward.preactivations[layer], forward.arguments[layer]
            self.preactivation.add(layer, z)
            self.activation.add(layer, forward.activations[layer])
            self.weight.add(layer, self.network.weights[layer])
            self.difference[layer] = mean_difference(z)
            if phi.saturates_beyond is not None:
                beyond = np.abs(argument) >= phi.saturates_beyond
                self.saturated[layer] = np.count_nonzero(beyond) / z.size
            if phi.dies:
                self.dead[layer] = np.count_nonzero(argument.max(axis=0) <= 0) / z.shape[1]

    def _measure_backward(self, output_gradient: Array) -> None:
        network, forward = self.network, self.forward
        for layer, delta, _, _ in network.deltas(forward, output_gradient):
            if layer == network.depth:
                continue
            self.gradient.add(layer, delta)
            if self.closely:
                self.weight_gradient.add(layer, forward.below(layer).T @ delta)
            self.distinct[layer], paired = twins(
                delta, forward.activations[layer], network.weights[layer], network.biases[layer]
            )
            self.twin_share[layer] = paired / delta.shape[1]


def mean_difference(z: Array) -> float:
    """1 minus the mean cosine over pairs of different rows of `z` (B, N); NaN for one row or non-finite values.

    A zero row has no direction; it counts as orthogonal to every other.
    """
    rows = len(z)
    if rows < 2:
        return float("nan")
    largest = float(max(z.max(), -z.min()))
    if not SAFE[0] < largest < SAFE[1]:  # squares would leave the range of float32; NaN and inf end here too
        z = z / largest if largest else z
    norms = np.sqrt(np.vecdot(z, z))
    inverse = np.where(norms > 0, 1 / norms, 0)
    mean = inverse @ z / rows
    square = float(mean @ mean)
    zeros = 1 - np.count_nonzero(norms) / rows
    difference = rows / (rows - 1) * (1 - zeros - square) + zeros
    if difference > CLOSE:
        return difference
    u = (z * inverse[:, None]).astype(float)
    u -= u.mean(axis=0)
    return float(rows / (rows - 1) * np.vecdot(u, u).mean()) + zeros
