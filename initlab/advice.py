"""When to use an initializer and when not, in a sentence each; the tests compute what is claimed."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple


class Advice(NamedTuple):
    """`use` is what it is good for, `avoid` where it fails and why."""

    use: str
    avoid: str


_GLOROT: Final = Advice(
    "Tanh and its kin in networks of some depth, and layers whose two fans differ: it weighs forward against backward.",
    "Deep ReLU networks, where each square layer halves the mean square; deep sigmoid ones, whose gradient still "
    "vanishes.",
)
_HE: Final = Advice(
    "ReLU and leaky ReLU at any depth: it makes up for the half that they drop.",
    "Deep tanh networks: they are past their edge of chaos with it, and the gradient grows from layer to layer.",
)
_LECUN: Final = Advice(
    "SELU, which is built for it, and linear layers: a layer hands on the variance that it receives.",
    "Deep ReLU networks: every layer halves the mean square.",
)
_ALIKE: Final = "Whatever is to learn: all units of a layer compute the same and go on doing so."

ADVICE: Final[Mapping[str, Advice]] = MappingProxyType({
    "Zeros": Advice(
        "Biases.", "Weights: nothing passes through them, neither a signal nor a gradient, and all units are copies."
    ),
    "Constant": Advice("Seeing what symmetry does to a network.", _ALIKE),
    "Random normal": Advice(
        "Seeing a signal vanish or explode: one standard deviation cannot suit every number of inputs.",
        "Deep networks: at 0.05 only layers of 400 inputs hand on the variance they receive.",
    ),
    "Random uniform": Advice(
        "The same as Random normal, with a largest weight.",
        "The interval from 0 to 1, above all: weights with a mean make units alike and the signal explode.",
    ),
    "Glorot uniform": _GLOROT,
    "Glorot normal": _GLOROT,
    "He uniform": _HE,
    "He normal": _HE,
    "Greedy pre-training": Advice(
        "Deep sigmoid networks with many rows and few labels: every layer has learned before labels come.",
        "Networks that train at once with ReLU or a normalization: it costs a training for each layer.",
    ),
    "Ones": Advice("Scales of a normalization.", _ALIKE),
    "Truncated normal": Advice(
        "Random normal without its few large weights.",
        "Deep networks, like Random normal: it ignores the fans. Its real standard deviation is smaller than stated.",
    ),
    "Variance scaling": Advice(
        "Activations whose critical scale is known: it contains Glorot's, He's and LeCun's laws.",
        "Scales that were not worked out: a tenth too much or too little is to the power of the depth.",
    ),
    "LeCun normal": _LECUN,
    "LeCun uniform": _LECUN,
    "Orthogonal": Advice(
        "Deep linear networks, and tanh ones near their critical gain: all directions are stretched alike.",
        "Doing the same for ReLU: its silent units take their directions with them, whatever the weights.",
    ),
    "Identity": Advice(
        "Square ReLU layers that are to start by handing on what is positive, recurrent ones above all.",
        "Layers wider than their input: the further units see nothing.",
    ),
    "Sparse": Advice(
        "Wide layers: units stay different, each listening to a few inputs of its own.",
        "Deep networks at its usual 0.01: with ten weights a unit the signal falls by a factor of thirty a layer.",
    ),
    "LSUV": Advice(
        "Activations and architectures for which no gain has been worked out; it takes a batch of the data.",
        "Deep sigmoid networks: the variance is 1 everywhere, but what depends on the input is lost.",
    ),
    "PyTorch default": Advice(
        "Shallow networks, and deep ones with normalization.",
        "Deep networks without: n times the variance is 1/3, so signal and gradient fall from layer to layer.",
    ),
    "scikit-learn default": Advice(
        "The shallow networks that scikit-learn is for.",
        "Deep networks of logistic units: their interval is √3 times smaller still than Glorot's.",
    ),
})  # fmt: skip
