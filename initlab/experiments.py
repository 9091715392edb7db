"""The symmetry experiments one click away, each with one line on what to look for; tests check every claim."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from initlab.spec import NetworkSpec
from initlab.symmetry import Trial

DEFAULT_TRIAL: Final = Trial()


@dataclass(frozen=True, slots=True)
class Experiment:
    """A short button label, the network, what is done to it for how many steps, and the layer to look at."""

    name: str
    spec: NetworkSpec
    look_for: str
    trial: Trial = DEFAULT_TRIAL
    steps: int = 10
    layer: int = 5


TANH: Final = NetworkSpec(activation="Tanh", depth=10)
CONSTANT: Final = TANH.with_init("Constant", value=0.01)
COPIES: Final = replace(CONSTANT, output="One row repeated")
ZEROS: Final = TANH.with_init("Zeros")

TABLE: Final = (
    Experiment(
        "One row repeated", COPIES,
        "All 128 units of a layer have the same weights in and out, so each gets the same gradient, which is not 0: "
        "ten steps move them all alike.",
    ),
    Experiment(
        "Constant and softmax", CONSTANT,
        "No gradient at all in the first step: softmax errors sum to 0, and equal output weights pass on that sum. "
        "One step later the gradients are there, and equal.",
        steps=0,
    ),
    Experiment(
        "Zeros, tanh", ZEROS,
        "Fifty steps and not one weight has moved: only the output bias learns how frequent each class is.",
        Trial(rate=2.0), 50,
    ),
    Experiment(
        "Zeros, sigmoid", replace(ZEROS, activation="Sigmoid", depth=3),
        "Units that say 1/2 have something to weigh: the output weights move first, all rows alike, then one layer "
        "below the other. Each layer stays one unit.",
        Trial(rate=1.0), 10, 3,
    ),
    Experiment(
        "Random output layer", replace(CONSTANT, output="LeCun normal"),
        "One step parts the units of the top hidden layer. The nine layers below cannot follow: each of their units "
        "still feeds all units above equally.",
        steps=1, layer=10,
    ),
    Experiment(
        "Random output, one layer", replace(CONSTANT, output="LeCun normal", depth=1),
        "With one hidden layer, the top one is the only one: the network simply trains.",
        steps=30, layer=1,
    ),
    Experiment(
        "Zeros, random output", replace(ZEROS, output="LeCun normal"),
        "Only the biases of the top hidden layer move, each its own way. No hidden weight ever does: what it would "
        "weigh is 0.",
        Trial(rate=1.0), 30, 10,
    ),
    Experiment(
        "Broken by noise", COPIES,
        "Noise of a thousandth on weights of a hundredth, and no two units of any layer are alike.",
        Trial(noise=1e-3),
    ),
    Experiment(
        "Broken by dropout", COPIES,
        "Dropout silences other units in every row: one step, and no two units of any layer are alike.",
        Trial(dropout=0.5), 1,
    ),
    Experiment(
        "U(0, 1) and tanh", TANH.with_init("Random uniform", minval=0.0, maxval=1.0),
        "Here no two units have the same weights, and yet from layer 4 on they all say the same: tanh is at -1 or 1, "
        "its slope is 0, and no step can part them.",
    ),
    Experiment(
        "He normal", NetworkSpec("He normal", depth=10),
        "Random weights: every unit is its own before the first step, and stays so.",
    ),
    Experiment(
        "Inputs become one", replace(TANH, activation="Sigmoid").with_init("Glorot normal"),
        "The second symmetry: every unit is its own, and yet in the last layer all rows of the data look the same to "
        "them. See the last chart.",
    ),
)  # fmt: skip

EXPERIMENTS: Final[Mapping[str, Experiment]] = MappingProxyType({entry.name: entry for entry in TABLE})
