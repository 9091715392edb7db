"""Where in depth and gain can a network live? Both ends of every cell of a map, each from an exact pass.

A network of depth d is a prefix of one of depth d + 1, and all gains share their unit draws: one forward pass serves a
whole column. Every depth has an output layer and a loss of its own, so gradients do not share; but below the shallower
of two networks they pass through the same weights, and go down as one stack.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np

from initlab.arrays import Array
from initlab.band import rms, rms_profile
from initlab.datasets import load
from initlab.draws import Draws
from initlab.grid import DEPTHS, GAINS, Grid
from initlab.losses import Targets, loss_and_gradient, resolve
from initlab.network import Forward, Network
from initlab.parallel import in_order
from initlab.spec import NetworkSpec
from initlab.start import build, cut, scaled

Quantity: TypeAlias = Literal["Gradient", "Signal"]
BUILT_BYTES: Final = 2**26  # of networks that are kept for the next gain
QUANTITIES: Final[tuple[Quantity, ...]] = ("Gradient", "Signal")


class Ends(NamedTuple):
    """RMS in the first and in the last hidden layer of some cells, each `(depths, gains)`; inf or NaN past overflow."""

    first_activation: Array
    last_activation: Array
    first_gradient: Array
    last_gradient: Array


class Block(NamedTuple):
    """A part of the map: these rows and columns."""

    rows: slice
    columns: slice
    ends: Ends


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """A measured map; cells that were not measured are NaN."""

    grid: Grid
    ends: Ends

    def change(self, quantity: Quantity) -> Array:
        """log10 of end over start of each journey `(depths, gains)`: signals go up to layer d, gradients down to 1.

        -inf where nothing arrives (exactly 0), NaN where a value is not finite.
        """
        first, last = self.ends[:2] if quantity == "Signal" else self.ends[:1:-1]
        with np.errstate(all="ignore"):
            ratio = np.where(last == 0, -np.inf, np.log10(last) - np.log10(first))
        return np.where(np.isfinite(first) & np.isfinite(last), ratio, np.nan)


def sweep(
    spec: NetworkSpec, depths: Sequence[int] = DEPTHS, gains: Sequence[float] = GAINS,
    inputs: Array | None = None, targets: Targets = None,
) -> Sweep:  # fmt: skip
    """The whole map at once, on the spec's own data unless inputs are given; ValueError beyond the work budget."""
    if inputs is None:
        batch = load(spec.dataset, spec.scaling, spec.rows)
        inputs, targets = batch.inputs, batch.targets
    grid = Grid(spec, tuple(depths), tuple(gains))
    return assembled(grid, sweep_blocks(grid, inputs, targets))


def assembled(grid: Grid, blocks: Iterable[Block]) -> Sweep:
    """One map from its blocks."""
    ends = Ends(*np.full((4, len(grid.depths), len(grid.gains)), np.nan))
    for block in blocks:
        for whole, part in zip(ends, block.ends, strict=True):
            whole[block.rows, block.columns] = part
    return Sweep(grid, ends)


def sweep_blocks(
    grid: Grid, inputs: Array, targets: Targets, draws: Draws | None = None, start: int = 0, address: str | None = None
) -> Iterator[Block]:
    """The map block by block, without the first `start`; each takes a moment, and a cluster computes several at once.

    A worker makes the draws anew, the same numbers, so that only their seed travels. `address` as in `in_order`.
    """
    grid.require_affordable()
    source = Source(grid, draws or Draws(grid.spec.seed))
    parts = grid.blocks()[start:]
    tasks = ((source, grid.part(*part), inputs, targets) for part in parts)
    for (rows, columns), ends in zip(parts, in_order(measured, tasks, grid.work.operations, address), strict=True):
        yield Block(rows, columns, ends)


class Source:
    """Makes the networks of one map; where they share prefixes, the deepest is drawn once and the rest is cut from it.

    It travels to a cluster before it has made any, and is small.
    """

    def __init__(self, grid: Grid, draws: Draws) -> None:
        self._draws, self._deepest = draws, replace(grid.spec, depth=grid.depths[-1], gain=1.0)
        self._shares, self._own_outputs = grid.shares_prefixes, grid.own_outputs
        self._drawn: Network | None = None
        self._built: dict[int, Network] = {}  # by depth, where nothing is shared and data are read; gain 1
        self._outputs: dict[int, Array] = {}  # by depth, where each has its own: the output weights before their gain
        self._scaled: tuple[float, Network] | None = None  # the gain asked for last: its blocks come together

    def network(self, depth: int, gain: float, inputs: Array) -> Network:
        """The network of this depth and gain, number for number the one that `build` makes."""
        if not self._shares:
            return self._one_by_one(replace(self._deepest, depth=depth, gain=gain), inputs)
        if self._drawn is None:
            self._drawn = build(self._deepest, inputs, self._draws)
        if self._scaled is None or self._scaled[0] != gain:
            self._scaled = gain, cut(self._drawn, replace(self._deepest, gain=gain))
        found = cut(self._scaled[1], replace(self._deepest, depth=depth))
        return replace(found, weights=(*found.weights[:-1], self.outputs(depth, gain, inputs)))

    def _one_by_one(self, spec: NetworkSpec, inputs: Array) -> Network:
        """A network of its own; where reading the data makes it dear, once for all gains, which come last."""
        if not spec.needs_data:
            return build(spec, inputs, self._draws)
        if spec.depth not in self._built:
            self._built[spec.depth] = build(replace(spec, gain=1.0), inputs, self._draws)
            while len(self._built) > 1 and sum(map(_weight_bytes, self._built.values())) > BUILT_BYTES:
                del self._built[next(iter(self._built))]
        return cut(self._built[spec.depth], spec)

    def outputs(self, depth: int, gain: float, inputs: Array) -> Array:
        """The output weights of the network of this depth and gain, once `network` was asked for that gain."""
        assert self._scaled  # noqa: S101
        if not self._own_outputs:
            return self._scaled[1].weights[-1]
        if depth not in self._outputs:
            self._outputs[depth] = build(replace(self._deepest, depth=depth), inputs, self._draws).weights[-1]
        return scaled(self._deepest, self._outputs[depth], gain)


def _weight_bytes(network: Network) -> int:
    return sum(w.nbytes for w in network.weights)


def measured(source: Source, grid: Grid, inputs: Array, targets: Targets) -> Ends:
    """All cells of a small map in one go: a column at a time where networks share prefixes, else one by one."""
    ends, loss = np.empty((4, len(grid.depths), len(grid.gains))), grid.spec.loss
    for column, gain in enumerate(grid.gains):
        if grid.shares_prefixes:
            network = source.network(grid.depths[-1], gain, inputs)
            outputs = [source.outputs(depth, gain, inputs) for depth in grid.depths]
            ends[:, :, column] = _column(network, grid.depths, outputs, inputs, targets, loss)
            continue
        for row, depth in enumerate(grid.depths):
            ends[:, row, column] = _cell(source.network(depth, gain, inputs), inputs, targets, loss)
    return Ends(*ends)


def _cell(network: Network, inputs: Array, targets: Targets, loss: str) -> Array:
    """The four ends of a network that has nothing in common with others."""
    signal, gradient = rms_profile(network, inputs, targets, loss)
    return np.array([signal[0], signal[-1], gradient[0], gradient[-1]])


def _column(
    network: Network, depths: Sequence[int], weights: Sequence[Array], inputs: Array, targets: Targets, loss: str
) -> Array:
    """The four ends `(4, depths)` of a network cut at each of these depths, with those weights of the output layer."""
    forward = network.forward(inputs)
    tops = [forward.activations[depth - 1] for depth in depths]
    with np.errstate(all="ignore"):
        outputs = np.array([top @ w + network.biases[-1] for top, w in zip(tops, weights, strict=True)])
        arriving = zip(depths, weights, _output_gradients(loss, outputs, targets), strict=True)
        first, last = _backwards(network, forward, depths, list(arriving))
        return np.array([[rms(forward.activations[0])] * len(depths), [rms(top) for top in tops], first, last])


def _output_gradients(loss: str, outputs: Array, targets: Targets) -> Array:
    """dLoss/dOutputs of each of these outputs, both `(depths, B, C)`."""
    if resolve(loss, targets) == "Random cotangent":  # whatever the outputs are
        return np.broadcast_to(loss_and_gradient(loss, outputs[0], targets)[1], outputs.shape)
    assert targets is not None  # noqa: S101  resolve() has said so
    count = 1 << (len(outputs) - 1).bit_length()  # dividing by a power of two, and multiplying again, rounds nothing
    together_targets: Targets = np.concatenate([targets] * count)  # pyright: ignore[reportAssignmentType]
    together = np.resize(outputs, (count * outputs.shape[1], outputs.shape[2]))
    gradient = loss_and_gradient(loss, together, together_targets)[1]
    scaled_back = gradient * np.asarray(count, gradient.dtype)  # each loss is a mean over its own rows
    return scaled_back[: len(outputs) * outputs.shape[1]].reshape(outputs.shape)


def _backwards(
    network: Network, forward: Forward, depths: Sequence[int], waiting: list[tuple[int, Array, Array]]
) -> tuple[Array, Array]:
    """RMS of dLoss/dz in layer 1 and in each network's last layer.

    `waiting` are depth, output weights and dLoss/dOutputs of each.

    The deepest networks are on top of the stack; each joins where its last layer is.
    """
    rows, width = forward.activations[0].shape
    delta, arriving = np.empty((2, len(depths), rows, width), waiting[0][2].dtype)
    last, past, active, phi = [], None, 0, network.phi
    for layer in reversed(range(depths[-1])):
        if active:
            weights, flat = network.weights[layer + 1].T, (active * rows, width)
            np.matmul(delta[:active].reshape(flat), weights, out=arriving[:active].reshape(flat))
            if past is not None:
                arriving[:active] += past
        joins = waiting[-1][0] == layer + 1 if waiting else False
        if joins:
            _, weights, gradient = waiting.pop()
            arriving[active] = gradient @ weights.T
            active += 1
        past = arriving[:active].copy() if network.skips(layer) else None
        arriving[:active] *= network.slope(forward, layer, phi)
        if network.normalization != "None":
            arriving[:active] = network.before_normalization(arriving[:active], forward, layer)[0]
        delta, arriving = arriving, delta
        if joins:
            last.append(rms(delta[active - 1]))
    return np.array([rms(each) for each in delta[::-1]]), np.array(last[::-1])
