"""Do units that start alike stay alike? The copies in every hidden layer over steps of training, and what breaks them.

Steps are computed in float64 whatever the spec says: rounding in float32 can split copies that exact arithmetic keeps.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from initlab.arrays import Array, Flags, Integers
from initlab.datasets import Batch, load
from initlab.draws import OUTPUT_LAYER, Draws
from initlab.network import Network
from initlab.spec import NetworkSpec
from initlab.start import build
from initlab.training import Training, begin, dropout_masks, follow
from initlab.units import ROUNDING, Cause, Pass
from initlab.work import work

MARKS: Final = (0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100)  # steps of which pictures are kept
MOST_DRAWN: Final = 64  # units of a picture
PICTURES: Final = 2**24  # bytes of all pictures of one walk; a deep network's show fewer units
STEP_OPERATIONS: Final = 10**9  # about a tenth of a second in float64; above it fewer rows are used
WALK_OPERATIONS: Final = 3 * 10**10
WALK_BYTES: Final = 2**28
FEWEST_ROWS: Final = 8


@dataclass(frozen=True, slots=True)
class Trial:
    """What is done to the copies: noise of this deviation on all weights first, then steps, with dropout if any."""

    optimizer: str = "SGD"
    rate: float = 0.1
    noise: float = 0.0
    dropout: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """The network after so many steps; the first axis of an array is hidden layer 1..L.

    `distinct` counts units that differ by now: not in their gradients alone, which only part them at the next step. A
    layer is `idle` if its gradient is 0 on the whole batch. `weights` and `gradients` are the cosines between units,
    NaN where one of the two is 0: of incoming weights with the bias, and of dLoss/dz over the batch; kept at `MARKS`.
    """

    step: int
    loss: float
    distinct: Integers
    idle: Flags
    cause: Cause  # why the top hidden layer is idle, if it is
    moved: Flags  # whether the layer's weights differ from those at the start; the output layer is the last
    finite: bool
    weights: tuple[Array, ...] = ()
    gradients: tuple[Array, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """A network on its way, and all moments so far.

    `before` and `before_weights` count the units that differ without the noise, and that differ in their weights.
    """

    spec: NetworkSpec
    trial: Trial
    batch: Batch
    before: Integers
    before_weights: Integers
    moments: tuple[Moment, ...]

    @property
    def widths(self) -> Integers:
        """Units of each hidden layer."""
        return np.array(self.spec.widths[1:-1])

    @property
    def copied(self) -> Flags:
        """The layers that have copies before anything is done to them."""
        return self.before < self.widths


@dataclass(frozen=True, slots=True, eq=False)
class Walker(Walk):
    """A walk that can go on: with its network at the start and now, and the gradients that its next step follows."""

    start: Network
    training: Training
    gradients: Sequence[Array] = ()

    def further(self, draws: Draws | None = None) -> "Walker":
        """One step on. Past the range of float64 there is nothing to see: the walk stays where it is."""
        if not self.moments[-1].finite:
            return self
        gradients, step = self.gradients, len(self.moments)
        if self.trial.dropout:
            rng = (draws or Draws(self.spec.seed)).dropout(step)
            network, rows = self.training.network, len(self.batch.inputs)
            masks = dropout_masks(rng, network, rows, self.trial.dropout)
            gradients = Pass.through(network, self.batch, self.spec.loss, masks).parameter_gradients()
        training = follow(self.training, gradients, self.trial.rate)
        return _seen(replace(self, training=training))

    def seen(self, after: int = 0) -> Walk:
        """What there is to see of it, without the first `after` moments."""
        return Walk(self.spec, self.trial, self.batch, self.before, self.before_weights, self.moments[after:])


def start(
    spec: NetworkSpec, trial: Trial, batch: Batch | None = None, draws: Draws | None = None,
    plain: Network | None = None,
) -> Walker:  # fmt: skip
    """Before the first step, the noise added. `batch`, `draws` and the `plain` network in float64, if at hand, need not
    be made again."""
    draws = draws or Draws(spec.seed)
    spec = replace(spec, precision="float64")
    batch = batch or load(spec.dataset, spec.scaling, spec.rows)
    plain = plain or build(spec, batch.inputs, draws)
    found, layers = Pass.through(plain, batch, spec.loss), range(spec.depth)
    before, weights = ([count(layer) for layer in layers] for count in (found.distinct, found.distinct_weights))
    network = _noisy(plain, trial.noise, draws)
    training = begin(network, trial.optimizer)
    walker = Walker(spec, trial, batch, np.array(before), np.array(weights), (), network, training)
    return _seen(walker, found if network is plain else None)


def fitted(spec: NetworkSpec, steps: int) -> tuple[NetworkSpec, int]:
    """The nearest affordable walk: fewer rows where a step takes long, fewer layers, then fewer steps."""
    spec = replace(spec, precision="float64")
    while work(spec).operations > STEP_OPERATIONS and spec.rows > FEWEST_ROWS:
        spec = replace(spec, batch=max(FEWEST_ROWS, 2 ** ((spec.rows - 1).bit_length() - 1)))
    while (walk_bytes(spec) > WALK_BYTES or work(spec).operations > WALK_OPERATIONS) and spec.depth > 1:
        spec = replace(spec, depth=max(1, spec.depth * 3 // 4))
    most = WALK_OPERATIONS // work(spec).operations
    return spec, max(mark for mark in MARKS if mark <= min(steps, max(most, 0)))


def walk_bytes(spec: NetworkSpec) -> int:
    """One pass, and beside its weights those of the start, two means of Adam, the gradients and the changes."""
    weights = sum(a * b for a, b in zip(spec.widths[:-1], spec.widths[1:], strict=True))
    return work(replace(spec, precision="float64")).bytes + 6 * 8 * weights


def seen_bytes(spec: NetworkSpec) -> int:
    """Of all that is seen of the longest walk, and of the data: pictures at `MARKS`, counts and flags at every step."""
    pictures = len(MARKS) * 2 * 4 * drawn_units(spec.depth) ** 2
    return spec.depth * (pictures + 10 * MARKS[-1]) + 2**19 + 8 * spec.rows * (spec.widths[0] + 1)


def drawn_units(depth: int) -> int:
    """How many units of a layer the pictures show at most."""
    return min(MOST_DRAWN, math.isqrt(PICTURES // (2 * 4 * len(MARKS) * depth)))


def _noisy(network: Network, noise: float, draws: Draws) -> Network:
    """The shared unit draws times `noise` on top of every weight; the draws of a random start stretch it."""
    if not noise:
        return network
    indices = [*range(network.depth), OUTPUT_LAYER]
    weights = [w + noise * draws.layer(i, *w.shape).normal() for i, w in zip(indices, network.weights, strict=True)]
    return replace(network, weights=tuple(weights))


def _seen(walker: Walker, found: Pass | None = None) -> Walker:
    """The walk with the moment it has reached, and with the gradients there; a pass that is at hand is not repeated."""
    network, step = walker.training.network, len(walker.moments)
    found = found or Pass.through(network, walker.batch, walker.spec.loss)
    moved = [_moved(w, before) for w, before in zip(network.weights, walker.start.weights, strict=True)]
    finite = math.isfinite(found.loss) and all(np.isfinite(w).all() for w in network.weights)
    distinct = np.array([found.distinct(layer) for layer in range(network.depth)])
    pictures = found.pictures(drawn_units(network.depth)) if step in MARKS else ((), ())
    idle = np.array(found.idle)
    moment = Moment(step, found.loss, distinct, idle, found.cause(), np.array(moved), finite, *pictures)
    return replace(walker, gradients=found.parameter_gradients(), moments=(*walker.moments, moment))


def _moved(weights: Array, before: Array) -> bool:
    """More than rounding would."""
    with np.errstate(invalid="ignore"):
        return bool(np.abs(weights - before).max() > ROUNDING * np.abs(before).max())
