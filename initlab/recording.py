"""What is kept of a race to be looked at afterwards: marks along the way, each a compact picture of every layer.

A mark keeps a probe's statistics of activations and gradients in as few bytes as can be. What a whole race keeps is
bounded: where networks are deep or many there are fewer marks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy import special

from initlab.arrays import Array, Integers
from initlab.datasets import Batch
from initlab.losses import Loss
from initlab.network import Network
from initlab.quiet import quietly
from initlab.spec import NetworkSpec
from initlab.tally import BINS, LayerStats, Tally, Workspace, unseen
from initlab.training import Training, evaluated

RECORD_BYTES: Final = 2**23  # of the marks of all contestants together
MOST_MARKS, FEWEST_MARKS = 48, 6
LOG_BINS: Final = 128  # at most, shared by all layers: where signals span many decades, bins are joined
LAYER_BYTES: Final = 2 * (2 * BINS + 2 * LOG_BINS + 8 * 8) + 3 * 8  # two quantities, their counts in 16 bits
MARK_BYTES: Final = 2 * 8 * (LOG_BINS + 1) + 1024  # of a mark whatever its depth
AT_ONCE: Final = 4 * 10**9  # operations between two moments at which a page may draw: less than a tenth of a second
OBSERVED: Final = 128  # training rows whose signals and gradients are looked at, the same at every mark; of large
FEWEST: Final = 8  # networks fewer, so that they are looked at in less than a tenth of a second
GRID: Final = 39  # points a side of the picture of a decision
MOST_JUDGED: Final = 24  # moments at which the test rows are judged where nothing else is looked at


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """A contestant after so many steps. Activations and gradients are of a fixed batch of training rows; batch
    normalization goes by the means of that batch.

    `update_ratio` and `gradient_ratio` compare the RMS of the last step's change, and of its gradient, with that of the
    weights, one number a weight layer, the output layer last; NaN before the first step. `decision` is the chance of
    the last class over a square of two-dimensional inputs, as a byte, and empty for other data.
    """

    step: int
    test_loss: float
    accuracy: float  # NaN for a regression
    activation: LayerStats
    gradient: LayerStats
    saturated_share: Array  # NaN where phi never saturates
    update_ratio: Array
    gradient_ratio: Array
    decision: Integers

    @property
    def nbytes(self) -> int:
        arrays = [self.saturated_share, self.update_ratio, self.gradient_ratio, self.decision]
        for stats in (self.activation, self.gradient):
            arrays += [getattr(stats, name) for name in stats.__slots__]
        return sum(array.nbytes for array in arrays)


def mark_bytes(specs: Sequence[NetworkSpec]) -> int:
    """At most this many bytes are kept of all contestants at one mark."""
    pictures = sum(GRID**2 for spec in specs if spec.widths[0] == 2)
    return sum(MARK_BYTES + LAYER_BYTES * spec.depth for spec in specs) + pictures


def marks(specs: Sequence[NetworkSpec], steps: int) -> tuple[int, ...]:
    """The steps after which all contestants are recorded: the first and the last, dense at the beginning."""
    most = min(MOST_MARKS, max(FEWEST_MARKS, RECORD_BYTES // mark_bytes(specs)))
    half = (most - 2) // 2
    early = np.geomspace(1, steps, half).round().astype(int)
    even = np.linspace(0, steps, most - half).round().astype(int)
    return tuple(sorted({0, 1, steps, *early.tolist(), *even.tolist()}))


def judged_after(steps: int, epochs: int) -> tuple[int, ...]:
    """The steps after which all are judged by the test rows alone: at the start and at ends of epochs, the last one
    among them."""
    ends = np.linspace(0, epochs, min(epochs, MOST_JUDGED) + 1).round().astype(int)
    return tuple((ends * (steps // epochs)).tolist())


def record_bytes(specs: Sequence[NetworkSpec], steps: int) -> int:
    """At most this many bytes are kept of a race: its marks, one more where a contestant retires, and its losses."""
    return (len(marks(specs, steps)) + 1) * mark_bytes(specs) + 8 * steps * len(specs)


@dataclass(frozen=True, slots=True, eq=False)
class Observer:
    """What every contestant is looked at with: a few training rows, the test rows, and the loss.

    Without training rows the layers of a mark are empty.
    """

    observed: Batch
    test: Batch
    loss: Loss
    pieces: list[slice]  # of the test rows, as many as are judged at once
    square: Array  # points of the picture of a decision, none unless inputs are two-dimensional

    @classmethod
    def of(cls, network: Network, train: Batch, test: Batch, loss: Loss, *, closely: bool = True) -> "Observer":
        """Only the test rows are judged unless it looks `closely`."""
        train = train if closely else Batch(train.inputs[:0], None)
        seen, size = observed_rows(network.weights), judged_rows(network.weights)
        targets = None if train.targets is None else train.targets[:seen]
        pieces = [slice(start, start + size) for start in range(0, len(test.inputs), size)]
        return cls(Batch(train.inputs[:seen], targets), test, loss, pieces, square(train.inputs))

    @property
    def closely(self) -> bool:
        """Whether layers are looked at."""
        return bool(len(self.observed.inputs))

    def mark(self, step: int, training: Training, before: Array | None) -> Iterator[Mark | None]:
        """The contestant now, after some Nones: moments to do something else. `before` are its parameters before its
        last step."""
        judged, outputs = evaluated(training.network, training.running), []
        layers = self._layers(training.network)
        yield None
        for piece in self.pieces:
            outputs.append(judged.forward(self.test.inputs[piece]).outputs)
            yield None
        found = np.concatenate(outputs)
        with np.errstate(all="ignore"):
            value = self.loss(found, self.test.targets)[0]
            ratios = _ratios(training, before)
            seen = Mark(step, value, accuracy(found, self.test), *layers, *ratios, self._decision(judged))
        yield seen

    @quietly
    def _layers(self, network: Network) -> tuple[LayerStats, LayerStats, Array]:
        if not self.closely:
            return unseen(), unseen(), np.zeros(0)
        forward, beyond = network.forward(self.observed.inputs), network.phi.saturates_beyond
        above = self.loss(forward.outputs, self.observed.targets)[1].astype(forward.outputs.dtype)
        workspace = Workspace(forward.outputs.dtype)
        activation, gradient, saturated = Tally(workspace), Tally(workspace), np.full(network.depth, np.nan)
        for layer, a in enumerate(forward.activations):
            activation.add(layer, a)
            if beyond is not None:
                saturated[layer] = np.count_nonzero(np.abs(forward.arguments[layer]) >= beyond) / a.size
        for layer, delta, _, _ in network.deltas(forward, above):
            if layer < network.depth:
                gradient.add(layer, delta)
        return compact(activation.stats()), compact(gradient.stats()), saturated

    def _decision(self, judged: Network) -> Integers:
        if not len(self.square):
            return np.zeros((0, 0), np.uint8)
        outputs = judged.forward(self.square).outputs.astype(float)
        share = special.softmax(outputs, axis=1)[:, -1]
        return np.nan_to_num(share * 255).round().astype(np.uint8).reshape(GRID, GRID)


def compact(stats: LayerStats) -> LayerStats:
    """The same in fewer bytes: neighbouring log bins joined until they are few, counts in 16 bits."""
    together = -(-stats.log_counts.shape[1] // LOG_BINS)
    first = np.arange(0, stats.log_counts.shape[1], together)
    return replace(
        stats, counts=stats.counts.astype(np.uint16), log_edges=np.append(stats.log_edges[first], stats.log_edges[-1]),
        log_counts=np.add.reduceat(stats.log_counts, first, axis=1).astype(np.uint16),
    )  # fmt: skip


def observed_rows(weights: Sequence[Array]) -> int:
    """How many training rows are looked at: in no layer more values than 16 bits can count."""
    most = np.iinfo(np.uint16).max // max(w.shape[1] for w in weights)
    return max(FEWEST, min(OBSERVED, most, AT_ONCE // (6 * sum(w.size for w in weights))))


def judged_rows(weights: Sequence[Array]) -> int:
    """How many test rows are judged at once."""
    return max(FEWEST, AT_ONCE // (2 * sum(w.size for w in weights)))


def square(inputs: Array) -> Array:
    """Points on a square around two-dimensional data, row by row from below; none for other data."""
    if inputs.shape[1] != 2 or not len(inputs):
        return np.zeros((0, inputs.shape[1]))
    low, high = inputs.min(axis=0), inputs.max(axis=0)
    room = (high - low) / 10
    x, y = (np.linspace(a, b, GRID) for a, b in zip(low - room, high + room, strict=True))
    return np.stack([np.tile(x, GRID), np.repeat(y, GRID)], axis=1)


def accuracy(outputs: Array, data: Batch) -> float:
    """The share of rows whose largest output is their class, none of them overflowed; NaN for a regression."""
    if data.targets is None or not np.issubdtype(data.targets.dtype, np.integer):
        return float("nan")
    right = (outputs.argmax(axis=1) == data.targets) & np.isfinite(outputs).all(axis=1)
    return float(right.mean())


def _ratios(training: Training, before: Array | None) -> tuple[Array, Array]:
    """RMS of change and of gradient over that of the weights, a layer each."""
    weights = training.network.weights
    if before is None:
        return np.full(len(weights), np.nan), np.full(len(weights), np.nan)
    changes = training.like(training.vector - before).weights
    held = np.array([_rms(w) for w in weights])
    moved = np.array([_rms(change) for change in changes])
    slopes = np.array([_rms(g) for g in training.gradients.weights])
    return moved / held, slopes / held


def _rms(values: Array) -> float:
    """In float64, where float32 would overflow."""
    return float(np.sqrt(np.square(values, dtype=float).mean()))
