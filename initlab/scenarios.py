"""The situations one click away, each with one line on what to look for; tests check every claim against probes."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from initlab.findings import Kind
from initlab.spec import NetworkSpec


@dataclass(frozen=True, slots=True)
class Scenario:
    """A short button label, its spec, what to look for, and the kinds its findings have, worst first."""

    name: str
    spec: NetworkSpec
    look_for: str
    expected: tuple[Kind, ...] = ()


TANH: Final = NetworkSpec(activation="Tanh", depth=10)
RELU: Final = NetworkSpec(activation="ReLU", depth=30)

TABLE: Final = (
    Scenario(
        "Too small",
        TANH.with_init("Random normal", stddev=0.01),
        "Each layer keeps about a ninth of the signal: by layer 4 less than 1 % of layer 1's is left.",
        ("vanishing signal", "vanishing gradient"),
    ),
    Scenario(
        "Zeros",
        TANH.with_init("Zeros"),
        "Every activation and every gradient of a hidden layer is exactly 0: its 128 units are one, and learn nothing.",
        ("symmetry",),
    ),
    Scenario(  # softmax errors would cancel behind equal outgoing weights: every unit gets the same random row instead
        "Constant",
        NetworkSpec(activation="Tanh", depth=10, output="One row repeated").with_init("Constant", value=0.01),
        "All 128 units of a layer are one: same output, same gradient, and that gradient is not 0. Each has the same "
        "row of random output weights, without which the gradient would cancel.",
        ("symmetry",),
    ),
    Scenario(
        "N(0, 1)",
        TANH.with_init("Random normal", stddev=1.0),
        "Most outputs sit close to -1 or 1, and yet the gradient grows: more than a thousandfold on its way down.",
        ("exploding gradient", "saturation"),
    ),
    Scenario(
        "U(0, 1)",
        TANH.with_init("Random uniform", minval=0.0, maxval=1.0),
        "All weights push one way: from layer 5 on the outputs are -1 or 1, and all 128 units of a layer agree on it.",
        ("symmetry", "saturation"),
    ),
    Scenario(
        "Too large",
        NetworkSpec(activation="ReLU", depth=20).with_init("Random normal", stddev=0.5),
        "Each layer makes the signal about four times larger: more than ten billion times in 20 layers.",
        ("exploding signal", "exploding gradient"),
    ),
    Scenario(
        "Glorot on sigmoid",
        NetworkSpec(activation="Sigmoid", depth=10).with_init("Glorot normal"),
        "Almost nothing saturates, and yet each layer passes on only about a quarter of the gradient.",
        ("vanishing gradient", "input collapse"),
    ),
    Scenario(
        "Glorot on deep ReLU",
        RELU.with_init("Glorot normal"),
        "ReLU drops half of the power and Glorot does not make up for it: each layer passes on about 71 %, and after "
        "30 layers less than a thousandth is left.",
        ("vanishing signal", "vanishing gradient"),
    ),
    Scenario(
        "He on deep ReLU",
        RELU.with_init("He normal"),
        "Layer 30 is as large as layer 1, give or take a factor of three. In some layer more than a quarter of the "
        "units are silent on all these digits, which is no fault.",
    ),
    Scenario(
        "SELU",
        NetworkSpec(activation="SELU", depth=30).with_init("LeCun normal"),
        "The mean stays near 0 and the standard deviation near 1 in all 30 layers, without any normalization.",
    ),
    Scenario(
        "Shallow N(0, 1)",
        NetworkSpec(activation="ReLU", depth=2).with_init("Random normal", stddev=1.0),
        "Two layers are too few to explode in. Only the loss betrays the start: more than 100, where guessing would "
        "cost ln 10 = 2.3.",
    ),
)

SCENARIOS: Final[Mapping[str, Scenario]] = MappingProxyType({entry.name: entry for entry in TABLE})
DEFAULT: Final = TABLE[0].spec
