"""Two small files of the kind that can be uploaded, generated: a table of measures, and a deep network."""

import io
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

import numpy as np

from initlab.draws import Draws
from initlab.network import Network
from initlab.spec import NetworkSpec
from initlab.start import build

KINDS: Final = ("A", "B", "C")
ROWS: Final = 60  # of each kind
COLUMNS: Final = {  # mean of each kind and deviation within a kind, in units of very different size
    "length_mm": ((48.0, 57.0, 66.0), 4.0), "width_m": ((0.018, 0.024, 0.021), 0.003),
    "mass_mg": ((5200.0, 7400.0, 9900.0), 900.0), "temperature_C": ((21.0, 19.5, 22.5), 1.5),
}  # fmt: skip
DEPTH: Final = 10
WIDTH: Final = 32
ACTIVATION: Final = "Tanh"
SHOWN: Final[Mapping[str, str]] = MappingProxyType({  # which of the two, and what to look for
    "Data": "Four measures in very different units, and the network of the sidebar. Take the remedy, then set the "
    "scaling of the inputs to Raw, under More: the largest column alone saturates layer 1.",
    "Weights": "Ten tanh layers with PyTorch's default start: the activations settle on what the biases give, and the "
    "gradient loses about half in every layer.",
    "Both": "The example weights on the example table: the verdict is the weights', not that of one data set.",
})  # fmt: skip


@cache
def example_table() -> bytes:
    """A CSV with four measures in different units, and the kind that is to be told from them."""
    rng = np.random.default_rng(0)
    lines = [",".join((*COLUMNS, "kind"))]
    for kind, name in enumerate(KINDS):
        drawn = [rng.normal(means[kind], deviation, ROWS) for means, deviation in COLUMNS.values()]
        lines += [",".join([*(f"{value:.4g}" for value in row), name]) for row in zip(*drawn, strict=True)]
    return "\n".join([*lines, ""]).encode()


@cache
def example_weights() -> bytes:
    """A .npz as numpy.savez writes a PyTorch network of linear layers: its default start, ten layers deep, for tables
    such as `example_table`."""
    spec = NetworkSpec("PyTorch default", activation=ACTIVATION, depth=DEPTH, width=WIDTH, dataset="Iris")
    return saved(build(spec, draws=Draws(spec.seed)))


def saved(network: Network) -> bytes:
    """The weights of a network under the names and in the orientation of a PyTorch Sequential, as .npz."""
    tensors = {}
    for layer, (weight, bias) in enumerate(zip(network.weights, network.biases, strict=True)):
        tensors[f"{2 * layer}.weight"] = weight.T  # an activation stands in between
        tensors[f"{2 * layer}.bias"] = bias
    target = io.BytesIO()
    np.savez_compressed(target, **tensors)
    return target.getvalue()
