"""A well-known article on weight initialization, claim by claim: confirmed, half true, or not decided at the start?

A claim names a situation, the quantities that decide it, and the test they must pass; the app computes them before it
repeats the ruling. The article's techniques are claims too: each promises something of the networks it starts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from initlab.lesson import Picture, Shown
from initlab.pretrain_spec import PretrainSpec, parameters_of
from initlab.quantities import (
    Quantity,
    accuracy,
    difference,
    distinct_after,
    final_loss,
    first_over_last,
    last_over_first,
    loss,
    per_layer,
    rms,
    root,
    saturated,
    weight_variance,
)
from initlab.situations import Contest, Copies, Found, Networks, Situation
from initlab.spec import NetworkSpec
from initlab.train_spec import TrainSpec

Ruling: TypeAlias = Literal["Confirmed", "Half true", "Not decided at the start"]
ICONS: Final[Mapping[Ruling, str]] = {
    "Confirmed": "check_circle", "Half true": "contrast", "Not decided at the start": "block",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """What the article says, the ruling, and what it rests on.

    `finding` is the evidence in words, with {names} of `measured` filled in; `holds` is the test that the ruling stands
    by, of the same numbers by name. `slug` is in links for ever. `init` is the start whose code line is shown, if the
    claim is about one.
    """

    slug: str
    title: str
    says: str
    ruling: Ruling
    situation: Situation
    picture: Picture
    measured: Mapping[str, Quantity]
    finding: str
    holds: Callable[[Mapping[str, float]], bool]
    init: str = ""
    params: Mapping[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True, slots=True)
class Told:
    """The numbers by name, the finding with them in it, and whether they bear the ruling out."""

    numbers: Mapping[str, float]
    finding: str
    holds: bool


def told(claim: Claim, found: Found) -> Told:
    """What this computation says of the claim."""
    numbers = {name: Shown(quantity(found)) for name, quantity in claim.measured.items()}
    return Told(numbers, claim.finding.format_map(numbers), bool(claim.holds(numbers)))


def change(what: Literal["signal", "gradient"], network: int = 0) -> Quantity:
    """The factor between the first layer on the way and the last: upwards for a signal, downwards for a gradient."""
    return last_over_first("activation", network) if what == "signal" else first_over_last("gradient", network)


TANH: Final = NetworkSpec(activation="Tanh", depth=10)
RELU: Final = NetworkSpec(activation="ReLU", depth=30)
HALF: Final = NetworkSpec(activation="ReLU", depth=20).with_init("Random normal", stddev=0.5)
ROW: Final = NetworkSpec(activation="Tanh", depth=5, width=64, output="One row repeated")
SMALL: Final = TANH.with_init("Random normal", stddev=0.01)
UNIT: Final = TANH.with_init("Random normal", stddev=1.0)
DEEP: Final = NetworkSpec(activation="Tanh", depth=5, width=64)
SHALLOW: Final = NetworkSpec("Glorot normal", activation="Tanh", depth=1, width=64)
OVERFIT: Final = NetworkSpec(activation="Tanh", depth=2, width=64, dataset="Diabetes")
STACK: Final = NetworkSpec(activation="Sigmoid", depth=3, width=48, scaling="0-1").with_init(
    "Greedy pre-training", **parameters_of(PretrainSpec(epochs=10))
)
FEW: Final = TrainSpec(rate=0.1, batch=16, epochs=50, labels=100)


def _starts(spec: NetworkSpec, *names: str) -> tuple[NetworkSpec, ...]:
    return tuple(spec.with_init(name) for name in names)


TECHNIQUES: Final = (
    Claim(
        "zeros", "Zeros", "With all weights zero every unit of a layer learns the same.", "Confirmed",
        Copies(DEEP.with_init("Zeros"), steps=10),
        "copies",
        {"units": distinct_after(1), "top": distinct_after(-1)},
        "Ten steps on, {units} unit is left of the 64 in layer 1, and {top} in the last layer. With tanh it is worse "
        "than the claim: no hidden weight moves at all, because what it would weigh is 0.",
        lambda x: x["units"] == x["top"] == 1, "Zeros",
    ),
    Claim(
        "constant", "Any constant", "Any other constant has the same fault.", "Confirmed",
        Copies(ROW.with_init("Constant", value=0.1), steps=10),
        "copies",
        {"units": distinct_after(1), "top": distinct_after(-1)},
        "Ten steps on, the 64 units of layer 1 are still {units}, those of the last layer {top}. Their gradients are "
        "not 0, only equal; here each unit has the same row of random output weights, without which they would cancel.",
        lambda x: x["units"] == x["top"] == 1, "Constant", {"value": 0.1},
    ),
    Claim(
        "random-normal", "Random normal, deviation 1", "Random weights break the symmetry, but may be too large.",
        "Confirmed",
        Networks((UNIT,)),
        "saturated",
        {"saturated": saturated(-1), "gradient": change("gradient"), "loss": loss()},
        "All units differ, and {saturated:%} of the last layer's outputs are saturated. The gradient does not vanish "
        "for that: it grows {gradient} times on its way down. The loss starts at {loss}, where guessing costs 2.3.",
        lambda x: x["saturated"] > 1 / 3 and x["gradient"] > 30, "Random normal", {"stddev": 1.0},
    ),
    Claim(
        "random-uniform", "Random uniform, 0 to 1", "Uniform random weights break the symmetry as well.", "Half true",
        Copies(DEEP.with_init("Random uniform", minval=0.0, maxval=1.0), steps=10),
        "copies",
        {"units": distinct_after(1), "top": distinct_after(-1)},
        "No two units have the same weights, but all weights push one way: ten steps on, {units} of 64 units of layer "
        "1 differ and {top} of the last layer. They all sit at −1 or 1, and no step can part them.",
        lambda x: x["units"] > 32 and x["top"] <= 2, "Random uniform", {"minval": 0.0, "maxval": 1.0},
    ),
    Claim(
        "glorot-uniform", "Xavier, or Glorot uniform", "It keeps the signal level on its way up and on its way back.",
        "Confirmed",
        Networks((*_starts(TANH, "Glorot uniform"), SMALL)),
        "gradients",
        {"signal": change("signal"), "gradient": change("gradient"), "small": change("gradient", 1)},
        "Over ten layers of tanh the signal changes × {signal} and the gradient × {gradient}, where weights of 0.01 "
        "leave {small} of it. For sigmoid units it is not enough: see Glorot for sigmoid.",
        lambda x: 0.1 < x["signal"] < 2 and 0.1 < x["gradient"] < 10 and x["small"] < 1e-6, "Glorot uniform",
    ),
    Claim(
        "glorot-normal", "“Normalized” Glorot (normal)", "The same with normal weights.", "Confirmed",
        Networks(_starts(TANH, "Glorot normal", "Glorot uniform")),
        "signals",
        {"normal": change("signal"), "uniform": change("signal", 1), "variance": weight_variance()},
        "Normal or uniform makes no difference that counts: over ten layers of tanh the signal changes × {normal} and "
        "× {uniform}. What counts is the variance, {variance} / fan_in for both.",
        lambda x: 0.5 < x["normal"] / x["uniform"] < 2, "Glorot normal",
    ),
    Claim(
        "he-uniform", "He uniform", "It is made for ReLU.", "Confirmed",
        Networks(_starts(RELU, "He uniform", "Glorot uniform")),
        "signals",
        {"he": change("signal"), "glorot": change("signal", 1), "rate": per_layer(change("signal", 1), 1)},
        "Through 30 layers of ReLU the signal changes × {he} from He's weights, and from Glorot's it shrinks to "
        "{glorot} of itself: × {rate} a layer, because ReLU drops half of the power.",
        lambda x: 0.1 < x["he"] < 10 and x["glorot"] < 1e-3, "He uniform",
    ),
    Claim(
        "he-normal", "He normal", "It is made for ReLU, with normal weights.", "Confirmed",
        Networks(_starts(RELU, "He normal", "Glorot normal")),
        "gradients",
        {"he": change("gradient"), "glorot": change("gradient", 1), "variance": weight_variance()},
        "Through 30 layers the gradient changes × {he} on its way down, from Glorot's weights it shrinks to {glorot} "
        "of itself. Each weight has a variance of {variance} / fan_in.",
        lambda x: 0.1 < x["he"] < 10 and x["glorot"] < 1e-3, "He normal",
    ),
    Claim(
        "pre-training", "Greedy layer-wise pre-training",
        "Layers trained one by one without labels, those below frozen, then all fine-tuned: a better start.",
        "Half true",
        Contest((STACK, STACK.with_init("Glorot uniform"), STACK.with_init("Random normal", stddev=0.01)), FEW),
        "accuracy",
        {"pretrained": accuracy(0), "glorot": accuracy(1), "small": accuracy(2)},
        "With sigmoid units, a hundred labels and plain SGD, much better: {pretrained:%} of the test rows right after "
        "50 epochs, against {glorot:%} from Glorot's weights and {small:%} from small ones. With tanh or Adam little "
        "of that lead is left: the page Pre-training shows how little.",
        lambda x: x["pretrained"] > 0.7 and x["glorot"] < 0.5, "Greedy pre-training",
    ),
)  # fmt: skip
CLAIMS: Final = (
    Claim(
        "strength", "Weights are strengths", "A weight sets how much say an input has.", "Confirmed",
        Networks((SHALLOW, replace(SHALLOW, gain=2.0))),
        "signals",
        {"one": rms("preactivation", 1), "two": rms("preactivation", 1, 1), "weight": rms("weight", 1)},
        "A pre-activation is the sum of 64 inputs times their weights: from weights of RMS {weight:3} the sums have "
        "RMS {one:3}, with every weight doubled {two:3}.",
        lambda x: abs(x["two"] / x["one"] - 2) < 1e-5,
    ),
    Claim(
        "symmetry", "Equal weights, equal units", "With equal weights all units of a layer learn the same feature.",
        "Confirmed",
        Copies(ROW.with_init("Constant", value=0.01), steps=20),
        "copies",
        {"units": distinct_after(1)},
        "Twenty steps on, the 64 units of layer 1 are still {units}: equal in, equal out, equal gradient. Training "
        "alone never tells them apart.",
        lambda x: x["units"] == 1,
    ),
    Claim(
        "random-breaks", "Random weights break the symmetry", "Random weights make units differ.", "Confirmed",
        Copies(DEEP.with_init("Random normal", stddev=0.01), steps=10),
        "copies",
        {"units": distinct_after(1), "top": distinct_after(-1)},
        "Even weights as small as 0.01 do: {units} of 64 units of layer 1 differ, and {top} of the last layer.",
        lambda x: x["units"] == x["top"] == 64,
    ),
    Claim(
        "too-small", "Too small: vanishing", "Weights that are too small make the signal vanish.", "Confirmed",
        Networks((SMALL,)),
        "signal and gradient",
        {"signal": change("signal"), "rate": per_layer(change("signal")), "gradient": change("gradient")},
        "From weights of 0.01 each layer of 128 tanh units keeps {rate:%} of the signal: × {signal} after ten, and × "
        "{gradient} for the gradient on its way back.",
        lambda x: x["signal"] < 1e-6 and x["gradient"] < 1e-6,
    ),
    Claim(
        "too-large", "Too large: exploding", "Weights that are too large make the signal explode.", "Half true",
        Networks((HALF, HALF.with_init("He normal"))),
        "signals",
        {"half": change("signal"), "rate": per_layer(change("signal")), "he": change("signal", 1)},
        "With ReLU they do: from weights of 0.5 each layer multiplies the signal by {rate}, which makes {half} in 20 "
        "layers; from He's it is × {he}. Outputs of tanh cannot explode. They saturate, and the gradient explodes "
        "instead: see Random normal.",
        lambda x: x["half"] > 1e6 and 0.1 < x["he"] < 10,
    ),
    Claim(
        "glorot-sigmoid", "Glorot for sigmoid", "Glorot's start is the one for sigmoid units.", "Half true",
        Networks(_starts(NetworkSpec(activation="Sigmoid", depth=10), "Glorot normal")),
        "signal and gradient",
        {"saturated": saturated(-1), "gradient": change("gradient"), "alike": root(difference(-1))},
        "It keeps a sigmoid from saturating ({saturated:%} in layer 10), but each layer still passes on at most a "
        "quarter: the gradient of layer 1 is {gradient} of layer 10's, and what depends on the input is down to "
        "{alike} of the signal.",
        lambda x: x["saturated"] < 0.05 and x["gradient"] < 1e-4,
    ),
    Claim(
        "he-relu", "He for ReLU", "He's start is the one for ReLU.", "Confirmed",
        Networks(_starts(NetworkSpec(activation="ReLU", depth=100), "He normal", "Glorot normal")),
        "signals",
        {"he": change("signal"), "glorot": change("signal", 1)},
        "A hundred layers: × {he} from He's weights, × {glorot} from Glorot's.",
        lambda x: 0.02 < x["he"] < 50 and x["glorot"] < 1e-10,
    ),
    Claim(
        "faster", "A better start trains faster", "With a better start a network learns faster.", "Confirmed",
        Contest((*_starts(DEEP, "Glorot normal"), DEEP.with_init("Random normal", stddev=0.01)), TrainSpec(epochs=5)),
        "accuracy",
        {"glorot": accuracy(0), "small": accuracy(1)},
        "Five epochs of five layers: {glorot:%} of the test rows right from Glorot's weights, {small:%} from weights "
        "of 0.01, which is guessing.",
        lambda x: x["glorot"] > 0.7 and x["small"] < 0.3,
    ),
    Claim(
        "accurate", "A better start ends more accurate", "It also ends at a better accuracy.", "Half true",
        Contest(
            (SHALLOW, SHALLOW.with_init("Random normal", stddev=0.05),
             SHALLOW.with_init("PyTorch default")), TrainSpec(epochs=30),
        ),
        "accuracy",
        {"glorot": accuracy(0), "small": accuracy(1), "torch": accuracy(2)},
        "Only where the worse start has not arrived yet. One hidden layer has time enough in 30 epochs: {glorot:%} "
        "right from Glorot's weights, {small:%} from N(0, 0.05²), {torch:%} from PyTorch's default.",
        lambda x: max(x.values()) - min(x.values()) < 0.05 and min(x.values()) > 0.85,
    ),
    Claim(
        "overfit", "Random weights overfit", "Random weights may overfit.", "Not decided at the start",
        Contest(
            (OVERFIT.with_init("Random normal", stddev=0.05), OVERFIT.with_init("Random normal", stddev=1.0)),
            TrainSpec(rate=0.02, batch=32, epochs=100),
        ),
        "test loss",
        {"small": final_loss(0), "large": final_loss(1)},
        "What overfits is the size, not the chance: N(0, 1) ends with a test loss of {large}, N(0, 0.05²), as random, "
        "with {small}, where predicting the mean costs about 1. How long one trains, and on how many rows, decides "
        "the rest.",
        lambda x: x["large"] > 1.5 * x["small"] and x["small"] < 1.2,
    ),
)  # fmt: skip
ALL: Final[Mapping[str, Claim]] = MappingProxyType({claim.slug: claim for claim in (*TECHNIQUES, *CLAIMS)})
