"""From a spec to a network: the one place that matches on the kind of recipe."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from initlab.arrays import Array
from initlab.data_driven import DATA_DRIVEN
from initlab.draws import OUTPUT_LAYER, Draws, LayerDraws
from initlab.errors import invalid
from initlab.initializers import recipe
from initlab.laws import Law
from initlab.network import Network
from initlab.spec import NetworkSpec
from initlab.work import require_affordable


def build(spec: NetworkSpec, inputs: Array | None = None, draws: Draws | None = None) -> Network:
    """The network of `spec`. `inputs` serve data-driven starts; `draws` lets several networks share unit draws.

    Raises ValueError where the work budget is exceeded, NotImplementedError for a start whose algorithm is not there.
    """
    require_affordable(spec)
    if isinstance(spec.law, DATA_DRIVEN):
        raise NotImplementedError(
            f"{spec.init} is declared but cannot be computed yet; draw() gives its starting weights"
        )
    draws = draws or Draws(spec.seed, max_bytes=0)
    if draws.seed != spec.seed:
        raise invalid(
            "the draws have the seed of the spec", f"seed {draws.seed} for {spec.seed}", "pass Draws(spec.seed)"
        )
    fans = list(pairwise(spec.widths))
    law = spec.law
    hidden = [_hidden(spec, law, draws.layer(index, *fan)) for index, fan in enumerate(fans[:-1])]
    layers = [*hidden, _output(spec, law, draws.layer(OUTPUT_LAYER, *fans[-1]))]
    draws.trim()
    return Network(
        tuple(w for w, _ in layers), tuple(b for _, b in layers), spec.activation, spec.activation_params,
        spec.normalization, spec.residual,
    )  # fmt: skip


def cut(network: Network, spec: NetworkSpec) -> Network:
    """The network of `spec`, number for number, from a deeper one that was built with gain 1 and the same widths."""
    hidden = [_scaled(spec, weights, spec.gain) for weights in network.weights[: spec.depth]]
    output = _scaled(spec, network.weights[-1], spec.gain if spec.output == "Same" else 1.0)
    biases = (*network.biases[: spec.depth], network.biases[-1])
    return replace(network, weights=(*hidden, output), biases=biases, scales=(), shifts=())


def _hidden(spec: NetworkSpec, law: Law, draws: LayerDraws) -> tuple[Array, Array]:
    biases = draws.bias_normal() * spec.bias_stddev if spec.bias_stddev else law.biases(draws)
    return _scaled(spec, law.weights(draws), spec.gain), biases.astype(spec.precision, copy=False)


def _output(spec: NetworkSpec, law: Law, draws: LayerDraws) -> tuple[Array, Array]:
    """Same law as below; or LeCun normal; or one LeCun row for every hidden unit, which breaks no symmetry."""
    if spec.output == "Same":
        return _hidden(spec, law, draws)
    weights = recipe("LeCun normal").bound().weights(draws)
    if spec.output == "One row repeated":
        weights = np.repeat(weights[:1], draws.fan_in, axis=0)
    return _scaled(spec, weights, 1.0), np.zeros(draws.fan_out, spec.precision)


def _scaled(spec: NetworkSpec, weights: Array, gain: float) -> Array:
    """In the spec's precision, times the gain; a law that merely handed out its draws keeps them untouched."""
    precise = weights.astype(spec.precision, copy=False)
    return precise if gain == 1.0 else precise * np.asarray(gain, spec.precision)
