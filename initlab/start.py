"""From a spec to a network: the one place that matches on the kind of recipe."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from initlab.arrays import Array
from initlab.calibration import Calibrated, Calibration, calibrate
from initlab.data_driven import LSUV, Pretraining
from initlab.datasets import load
from initlab.draws import OUTPUT_LAYER, Draws, LayerDraws
from initlab.errors import invalid
from initlab.initializers import recipe
from initlab.laws import Law
from initlab.network import Network
from initlab.pretrain_spec import PretrainSpec, parameters_of
from initlab.pretraining import Pretrained, pretrained
from initlab.spec import NetworkSpec
from initlab.work import require_affordable


class Stage(NamedTuple):
    """How far a network is on its way: the share of the work that is done, and the network where that is all of it.

    `calibrated` is what LSUV has done so far.
    """

    share: float
    network: Network | None = None
    calibrated: tuple[Calibrated, ...] = ()


def build(spec: NetworkSpec, inputs: Array | None = None, draws: Draws | None = None) -> Network:
    """The network of `spec`. `inputs` serve data-driven starts; `draws` lets several networks share unit draws.

    Data-driven starts without `inputs` read the spec's own. Raises ValueError where the work budget is exceeded.
    """
    (*_, last) = stages(spec, inputs, draws)
    assert last.network  # noqa: S101  the last stage has one
    return last.network


def stages(spec: NetworkSpec, inputs: Array | None = None, draws: Draws | None = None) -> Iterator[Stage]:
    """The same a moment at a time, a tenth of a second at most in common sizes, so that a page can say how far it is.

    The errors of `build` come with the first stage.
    """
    require_affordable(spec, None if inputs is None else len(inputs))
    draws = draws or Draws(spec.seed, max_bytes=0)
    if draws.seed != spec.seed:
        raise invalid(
            "the draws have the seed of the spec", f"seed {draws.seed} for {spec.seed}", "pass Draws(spec.seed)"
        )
    match spec.law:
        case LSUV() as law:
            yield from _calibrated(spec, law, inputs, draws)
        case Pretraining():
            for now in pretrain(spec, None, inputs, draws):
                yield Stage(now.share, now.network if now.finished else None)
        case _:
            yield Stage(1.0, _drawn(spec, draws))
    draws.trim()


def _drawn(spec: NetworkSpec, draws: Draws) -> Network:
    """The law's weights times the gain."""
    fans = list(pairwise(spec.widths))
    return _network(spec, [_layer(spec, draws, index, *fan) for index, fan in enumerate(fans)])


def _calibrated(spec: NetworkSpec, law: LSUV, inputs: Array | None, draws: Draws) -> Iterator[Stage]:
    """Orthonormal weights, each layer brought to variance 1, and the gain at the end: gain 1 is LSUV itself."""
    inputs = _inputs(spec, inputs)
    plain, outputs = replace(spec, gain=1.0), spec.output == "Same"
    fans, layers = list(pairwise(spec.widths)), []
    steps = len(fans) + spec.depth + outputs + 1
    for index, fan in enumerate(fans):
        layers.append(_layer(plain, draws, index, *fan))
        yield Stage((index + 1) / steps)
    drawn = _network(plain, layers)
    found = Calibration(drawn, ())
    for found in calibrate(drawn, inputs, law, draws, outputs=outputs):
        yield Stage((len(fans) + len(found.layers)) / steps, None, found.layers)
    yield Stage(1.0, cut(found.network, spec), found.layers)


def pretrain(
    spec: NetworkSpec, how: PretrainSpec | None = None, inputs: Array | None = None, draws: Draws | None = None
) -> Iterator[Pretrained]:  # fmt: skip
    """The network of `spec` pre-trained layer by layer on `inputs`, the spec's own unless they are given.

    `how` is what the spec says of it, the classic settings if it has another start. The last one is finished; its
    network is to be fine-tuned. ValueError, with the first one, where the work budget is exceeded.
    """
    if how or not isinstance(spec.law, Pretraining):
        spec = spec.with_init("Greedy pre-training", **parameters_of(how or PretrainSpec()))
    law, draws, inputs = spec.law, draws or Draws(spec.seed, max_bytes=0), _inputs(spec, inputs)
    assert isinstance(law, Pretraining)  # noqa: S101
    require_affordable(spec, len(inputs))
    for now in pretrained(_drawn(replace(spec, gain=1.0), draws), law.how, inputs, draws):
        yield replace(now, network=cut(now.network, spec)) if now.finished else now


def _inputs(spec: NetworkSpec, inputs: Array | None) -> Array:
    """What a data-driven start reads: the spec's own rows unless others are given."""
    return load(spec.dataset, spec.scaling, spec.rows).inputs if inputs is None else inputs


def _network(spec: NetworkSpec, layers: Sequence[tuple[Array, Array]]) -> Network:
    return Network(
        tuple(w for w, _ in layers), tuple(b for _, b in layers), spec.activation, spec.activation_params,
        spec.normalization, spec.residual,
    )  # fmt: skip


def cut(network: Network, spec: NetworkSpec) -> Network:
    """The network of `spec`, number for number, from a deeper one that was built with gain 1 and the same widths.

    Not so its output layer where LSUV has calibrated it: that depends on the depth.
    """
    hidden = [scaled(spec, weights, spec.gain) for weights in network.weights[: spec.depth]]
    output = scaled(spec, network.weights[-1], spec.gain if spec.output == "Same" else 1.0)
    biases = (*network.biases[: spec.depth], network.biases[-1])
    return replace(network, weights=(*hidden, output), biases=biases, scales=(), shifts=())


def _layer(spec: NetworkSpec, draws: Draws, index: int, fan_in: int, fan_out: int) -> tuple[Array, Array]:
    """Weights and biases of layer `index` (from 0; the output layer is the last)."""
    if index < spec.depth:
        return _hidden(spec, spec.law, draws.layer(index, fan_in, fan_out))
    return _output(spec, spec.law, draws.layer(OUTPUT_LAYER, fan_in, fan_out))


def _hidden(spec: NetworkSpec, law: Law, draws: LayerDraws) -> tuple[Array, Array]:
    biases = draws.bias_normal() * spec.bias_stddev if spec.bias_stddev else law.biases(draws)
    return scaled(spec, law.weights(draws), spec.gain), biases.astype(spec.precision, copy=False)


def _output(spec: NetworkSpec, law: Law, draws: LayerDraws) -> tuple[Array, Array]:
    """Same law as below, of a linear layer; or LeCun normal; or one LeCun row for every hidden unit, which breaks no
    symmetry."""
    if isinstance(law, Pretraining):
        law = replace(law, activation="Linear")
    if spec.output == "Same":
        return _hidden(spec, law, draws)
    weights = recipe("LeCun normal").bound().weights(draws)
    if spec.output == "One row repeated":
        weights = np.repeat(weights[:1], draws.fan_in, axis=0)
    return scaled(spec, weights, 1.0), np.zeros(draws.fan_out, spec.precision)


def scaled(spec: NetworkSpec, weights: Array, gain: float) -> Array:
    """In the spec's precision, times the gain; a law that merely handed out its draws keeps them untouched."""
    precise = weights.astype(spec.precision, copy=False)
    return precise if gain == 1.0 else precise * np.asarray(gain, spec.precision)
