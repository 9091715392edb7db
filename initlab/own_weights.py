"""Which dense network do these arrays make? Weights ordered by name and chained by shape, biases found by name.

Keras, JAX and scikit-learn save a weight as (in, out), PyTorch as (out, in): whichever way the shapes chain is the one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from initlab.arrays import Array
from initlab.errors import invalid, quoted, unknown
from initlab.network import Network
from initlab.own_tensors import Tensors, written
from initlab.spec import INTEGERS

IN_OUT, OUT_IN = "(in, out)", "(out, in)"
LAYOUTS: Final = ("Auto", IN_OUT, OUT_IN)
WEIGHT_WORDS: Final = frozenset(("w", "weight", "weights", "kernel", "kernels", "coef", "coefs", "theta"))
BIAS_WORDS: Final = frozenset(("b", "bias", "biases", "intercept", "intercepts"))
TOKEN: Final = re.compile(r"[A-Za-z]+|[0-9]+")
MOST_FEATURES: Final = 4096
MOST_UNITS: Final = INTEGERS["width"][1]
MOST_HIDDEN: Final = INTEGERS["depth"][1]
SAID: Final[Mapping[str, str]] = MappingProxyType({
    IN_OUT: "Weights are read as (in, out), as Keras, JAX and scikit-learn save them",
    OUT_IN: "Weights are read as (out, in), as PyTorch saves them, and transposed",
})  # fmt: skip


class Named(NamedTuple):
    """A tensor under the name it has in the file."""

    name: str
    values: NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class OwnWeights:
    """The network, the names of its weights and biases ("" where there was none), and what had to be assumed."""

    network: Network
    names: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]

    @property
    def features(self) -> int:
        return self.network.weights[0].shape[0]

    @property
    def outputs(self) -> int:
        return self.network.weights[-1].shape[1]


def own_weights(tensors: Tensors, activation: str, layout: str = "Auto") -> OwnWeights:
    """The dense network of these tensors with that activation; ValueError names the tensor that is in the way.

    `layout` says how the weights are stored where the shapes fit both ways, and is held to where it is not Auto.
    """
    if layout not in LAYOUTS:
        raise unknown("layout", layout, LAYOUTS)
    orders = [_sorted_out(tensors, names) for names in _orders(list(tensors))]
    weights = orders[0][0]
    if len(weights) < 2:
        names = ", ".join(quoted(one.name) for one in weights) or "none"
        raise invalid("a network needs at least two weights, so that it has a hidden layer", names, "add a layer")
    found, (chain, biases), said = _chained(orders, layout)
    paired = _paired(chain, biases, found)
    matrices = [_turned(one.values, found) for one in chain]
    _require_size(chain, matrices)
    precision = np.result_type(np.float32, *(one.values.dtype for one in (*chain, *biases)))
    network = Network(
        tuple(np.ascontiguousarray(matrix, precision) for matrix in matrices),
        tuple(_bias(one, matrix, precision) for one, matrix in zip(paired, matrices, strict=True)),
        activation,
    )
    names = tuple((one.name, bias.name if bias else "") for one, bias in zip(chain, paired, strict=True))
    return OwnWeights(network, names, (*said, *_about_biases(names), *_about_type(tensors, network)))


def _orders(names: list[str]) -> tuple[list[str], list[str]]:
    """The likelier order of the layers first: that of the names where all are numbered, else that of the file."""
    by_name = sorted(names, key=_natural)
    return (by_name, names) if all(re.search("[0-9]", name) for name in names) else (names, by_name)


def _sorted_out(tensors: Tensors, names: Sequence[str]) -> tuple[list[Named], list[Named]]:
    """The weights and the biases of these names, in their order."""
    weights, biases = [], []
    for name in names:
        values = tensors[name]
        if values.ndim == 1 or (values.ndim == 2 and 1 in values.shape and _kind(name) == "bias"):
            biases.append(Named(name, values.reshape(-1)))
        elif values.ndim == 2:
            weights.append(Named(name, values))
        else:
            rule = "a dense layer has a weight with two axes and a bias with one"
            received = f"{quoted(name)} of shape {written(values.shape)}"
            raise invalid(rule, received, "leave it out: convolutions and counters are not read")
    return weights, biases


def _natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Layer2 before layer10: digits compare as numbers, however many they are, and before letters."""
    parts = re.findall(r"0*([0-9]+)|([^0-9]+)", name)
    return tuple((0, len(digits), digits) if digits else (1, 0, word.lower()) for digits, word in parts)


def _tokens(name: str) -> list[str]:
    return [token.lower() for token in TOKEN.findall(name)]


def _kind(name: str) -> str:
    """What the last word of a name that says so calls it."""
    for token in reversed(_tokens(name)):
        if token in BIAS_WORDS:
            return "bias"
        if token in WEIGHT_WORDS:
            return "weight"
    return ""


def _layer(name: str) -> tuple[str, ...]:
    """The name without the words for weight and bias: what both have in common."""
    return tuple(token for token in _tokens(name) if token not in WEIGHT_WORDS | BIAS_WORDS)


def _turned(values: NDArray[Any], layout: str) -> NDArray[Any]:
    return values.T if layout == OUT_IN else values


def _chained(
    orders: Sequence[tuple[list[Named], list[Named]]], layout: str
) -> tuple[str, tuple[list[Named], list[Named]], tuple[str, ...]]:
    """The layout in which the shapes chain, weights and biases in that order, and what is to be said of it.

    The first of the orders that fits counts: reversed and transposed, every chain is one as well.
    """
    layouts = (IN_OUT, OUT_IN) if layout == "Auto" else (layout,)
    ways = [(order, one) for order in orders for one in layouts if _break(order[0], one) is None]
    if not ways:
        raise _unchained(orders[0][0], layouts)
    ways = [(order, one) for order, one in ways if not any(_misfits(*order, one))] or ways  # biases can tell
    order = ways[0][0]
    fitting = [one for other, one in ways if other is order]
    moved = "" if order is orders[0] else f" Taken in the order {', '.join(quoted(one.name) for one in order[0][:2])}…"
    if len(fitting) == 1:
        return fitting[0], order, (f"{SAID[fitting[0]]}.{moved}",)
    torch = bool(order[1]) and all(_tokens(one.name)[-1:] == ["weight"] for one in order[0])
    chosen, why = (OUT_IN, "their names are PyTorch's") if torch else (IN_OUT, "nothing says otherwise")
    both = f"the shapes fit both ways, and {why}. If that is wrong, change how they are stored."
    return chosen, order, (f"{SAID[chosen]}: {both}{moved}",)


def _break(weights: Sequence[Named], layout: str) -> int | None:
    """The first weight that does not take what the one before gives."""
    shapes = [_turned(one.values, layout).shape for one in weights]
    return next((index for index, (a, b) in enumerate(pairwise(shapes), 1) if a[1] != b[0]), None)


def _unchained(weights: Sequence[Named], layouts: Sequence[str]) -> ValueError:
    """Told in the layout that goes furthest."""
    layout = max(layouts, key=lambda one: _break(weights, one) or 0)
    index = _break(weights, layout) or 1
    before, after = (
        f"{quoted(one.name)} of shape {written(one.values.shape)}" for one in weights[index - 1 : index + 1]
    )
    ways = " or ".join(layouts)
    return invalid(
        f"each weight takes what the one before gives, stored as {ways}", f"{after} after {before}",
        "name the tensors in their order, such as w1, w2, w3, and leave out what is not dense",
    )  # fmt: skip


def _misfits(weights: Sequence[Named], biases: Sequence[Named], layout: str) -> Iterator[Named]:
    """Biases that go with a weight by name and do not fit it in this layout."""
    outputs = {_layer(one.name): _turned(one.values, layout).shape[1] for one in weights}
    yield from (bias for bias in biases if outputs.get(_layer(bias.name), bias.values.size) != bias.values.size)


def _paired(chain: Sequence[Named], biases: Sequence[Named], layout: str) -> list[Named | None]:
    """Every weight's bias: that of the same layer by name, or else, where no name fits, the one at the same place."""
    layers = {_layer(one.name): place for place, one in enumerate(chain)}
    by_name = {_layer(bias.name): bias for bias in biases}
    if not biases:
        return [None] * len(chain)
    if len(layers) == len(chain) and len(by_name) == len(biases) and by_name.keys() <= layers.keys():
        found = [by_name.get(_layer(one.name)) for one in chain]
    elif len(biases) == len(chain) and not by_name.keys() & layers.keys():
        found = list[Named | None](biases)
    else:
        lost = next((bias for bias in biases if _layer(bias.name) not in layers), biases[-1])
        received = f"{quoted(lost.name)} of shape {written(lost.values.shape)}, which belongs to none by its name"
        remedy = "name biases like their weights (w1 and b1); leave normalization out, which is not read"
        raise invalid("every vector is the bias of a weight", received, remedy)
    for one, bias in zip(chain, found, strict=True):
        width = _turned(one.values, layout).shape[1]
        if bias and bias.values.size != width:
            received = f"{quoted(bias.name)} with {bias.values.size:,} for {quoted(one.name)} with {width:,} outputs"
            raise invalid("a bias has one number for each output of its weight", received, "check their shapes")
    return found


def _bias(bias: Named | None, matrix: NDArray[Any], precision: np.dtype[Any]) -> Array:
    return np.zeros(matrix.shape[1], precision) if bias is None else np.ascontiguousarray(bias.values, precision)


def _require_size(chain: Sequence[Named], matrices: Sequence[NDArray[Any]]) -> None:
    if len(chain) > MOST_HIDDEN + 1:
        raise invalid(f"a network has at most {MOST_HIDDEN} hidden layers", f"{len(chain) - 1}", "leave some out")
    if matrices[0].shape[0] > MOST_FEATURES:
        received = f"{matrices[0].shape[0]:,} in {quoted(chain[0].name)}"
        raise invalid(f"a network has at most {MOST_FEATURES:,} inputs", received, "use fewer inputs")
    for one, matrix in zip(chain, matrices, strict=True):
        if matrix.shape[1] > MOST_UNITS:
            received = f"{matrix.shape[1]:,} in {quoted(one.name)} of shape {written(one.values.shape)}"
            raise invalid(f"a layer has at most {MOST_UNITS:,} units", received, "use a narrower layer")


def _about_biases(names: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    lacking = [weight for weight, bias in names if not bias]
    if not lacking:
        return ()
    which = "No biases in the file" if len(lacking) == len(names) else f"No bias for {quoted(lacking[0])}"
    more = f" and {len(lacking) - 1} more" if 1 < len(lacking) < len(names) else ""
    return (f"{which}{more}: zeros are used.",)


def _about_type(tensors: Tensors, network: Network) -> tuple[str, ...]:
    types = sorted({str(values.dtype.newbyteorder("=")) for values in tensors.values()})
    precision = str(network.weights[0].dtype)
    return () if types == [precision] else (f"{', '.join(types)} in the file, computed in {precision}.",)
