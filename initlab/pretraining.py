"""Greedy layer-wise pre-training: each layer learns to reconstruct what it receives, then freezes and feeds the next.

Layer by layer an auto-encoder is trained on the frozen codes of the layers below, without labels; its encoder stays and
its decoder is used no more (Bengio et al. 2007, section 2.3; denoising: Vincent et al. 2010, section 3). What comes out
is a network to be fine-tuned as a whole. Overflow is carried along and ends the training where it happens.
"""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from initlab.arrays import Array
from initlab.autoencoder import Autoencoder, Decoder, spans
from initlab.draws import Draws
from initlab.errors import invalid
from initlab.network import Network
from initlab.optimizers import optimizer
from initlab.pretrain_spec import PretrainSpec
from initlab.wording import counted, number

PATIENCE: Final = 0.05  # seconds of work after which there is something to look at: half of what a page may wait
WATCHED: Final = 256  # rows whose reconstruction is judged after every epoch, unmasked


@dataclass(frozen=True, slots=True, eq=False)
class Pretrained:
    """A network so far: layers below `layer` (from 0) are trained and frozen, those above are as they were drawn.

    `errors` are the mean reconstruction errors of the watched rows, before the first epoch and after each, one array a
    layer begun; `decoders` go with them. `share` of the work is done. `broken` says why it ended early.
    """

    how: PretrainSpec
    rows: int
    layer: int
    network: Network
    errors: tuple[Array, ...]
    decoders: tuple[Decoder, ...]
    share: float
    broken: str = ""

    @property
    def finished(self) -> bool:
        return self.layer == self.network.depth or bool(self.broken)

    @property
    def epoch(self) -> int:
        """Rounds the layer in training has behind it."""
        return len(self.errors[self.layer]) - 1 if self.layer < len(self.errors) else 0


def pretrained(network: Network, how: PretrainSpec, inputs: Array, draws: Draws) -> Iterator[Pretrained]:
    """The network after every few steps and every layer, from the first, still untrained, to the last.

    `network` has the weights encoders start from; `inputs` (B, features) are the rows to learn from. ValueError where
    they are no table of this network's features, or have no row.
    """
    below = network.accepted(inputs)
    if not len(below):
        raise invalid("pre-training needs data", "no row", "give at least one")
    now = Pretrained(how, len(below), 0, network, (), (), 0.0)
    for layer in range(network.depth):
        for seen in _layer(now, below, draws):
            now = seen
            yield now
        if now.broken:
            return
        below = codes(now.network, below, layer)


def codes(network: Network, below: Array, layer: int) -> Array:
    """What layer `layer` (from 0) of the network makes of its inputs `(B, fan_in)`."""
    with np.errstate(all="ignore"):
        return network.passed_on(below @ network.weights[layer] + network.biases[layer], below, layer)


def reconstructed(network: Network, decoders: Sequence[Decoder], inputs: Array) -> Array:
    """The inputs `(B, features)` up through as many layers as there are decoders, and down again."""
    found = inputs
    for layer in range(len(decoders)):
        found = codes(network, found, layer)
    for decoder in reversed(decoders):
        found = decoder(found)
    return found


def _layer(before: Pretrained, below: Array, draws: Draws) -> Iterator[Pretrained]:
    """One auto-encoder from its start until it is frozen."""
    how, layer = before.how, before.layer
    training = _Layer.of(before, below)
    rng = draws.layer(layer, *before.network.weights[layer].shape).generator("mask")
    yield training.judged()
    due = time.perf_counter() + PATIENCE
    for epoch in range(how.epochs):
        for _ in training.epoch(how.masked(layer), rng):
            if time.perf_counter() > due:
                yield training.seen()
                due = time.perf_counter() + PATIENCE
        now = training.judged(frozen=epoch + 1 == how.epochs)
        if now.broken or now.layer > layer:
            yield now
            return


@dataclass(slots=True, eq=False)
class _Layer:
    """The auto-encoder of one layer as it is trained, and what was reached before it."""

    before: Pretrained
    coder: Autoencoder
    below: Array
    low: Array
    span: Array
    wanted: Array
    errors: tuple[float, ...] = ()
    steps: int = 0

    @classmethod
    def of(cls, before: Pretrained, below: Array) -> "_Layer":
        how, network, layer = before.how, before.network, before.layer
        low, span = spans(below, how.reconstruction)
        coder = Autoencoder(
            network.weights[layer], network.biases[layer], network.phi, how, optimizer(how.optimizer)
        )  # fmt: skip
        with np.errstate(all="ignore"):
            return cls(before, coder, below, low, span, (below - low) / span)

    def epoch(self, masked: float, rng: np.random.Generator) -> Iterator[None]:
        for _ in self.coder.epoch(self.below, self.wanted, masked, rng):
            self.steps += 1
            yield

    def judged(self, *, frozen: bool = False) -> Pretrained:
        """What was reached, with the error of the watched rows; what is not finite leaves no trace in the network."""
        watched = self.below[:WATCHED]
        with np.errstate(all="ignore"):
            error = self.coder.decoder(self.low, self.span).error(self.coder.encode(watched), watched)
        self.errors = (*self.errors, error)
        if math.isfinite(error):
            now, layer = self.seen(), self.before.layer
            return replace(now, layer=layer + 1, share=(layer + 1) / now.network.depth) if frozen else now
        broken = _said(self.before.layer, self.before.how, self.errors)
        return replace(self.seen(), network=self.before.network, broken=broken)

    def seen(self) -> Pretrained:
        before, how = self.before, self.before.how
        steps = how.epochs * -(-before.rows // how.batch) + 1  # the last is to be judged, and then it is frozen
        return replace(
            before, network=_encoded(before.network, self.coder, before.layer),
            errors=(*before.errors, np.array(self.errors)),
            decoders=(*before.decoders, self.coder.decoder(self.low, self.span)),
            share=(before.layer + self.steps / steps) / before.network.depth,
        )  # fmt: skip


def _encoded(network: Network, coder: Autoencoder, layer: int) -> Network:
    """The network with this encoder in its layer, in numbers of its own."""
    weights, biases = list(network.weights), list(network.biases)
    weights[layer], biases[layer] = coder.weights.copy(), coder.bias.copy()
    return replace(network, weights=tuple(weights), biases=tuple(biases))


def _said(layer: int, how: PretrainSpec, errors: Sequence[float]) -> str:
    """Layer 2 at learning rate 5: the reconstruction error became NaN after 1 epoch; ..."""
    became = "NaN" if math.isnan(errors[-1]) else "infinite"
    return (
        f"Layer {layer + 1} at learning rate {number(how.rate)}: the reconstruction error became {became} after "
        f"{counted(len(errors) - 1, 'epoch')}; this layer and those above keep the weights they started with"
    )
