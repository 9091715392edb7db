"""Starts with the findings a lecturer would give them, each with the reason in a few words.

The labels were set from theory, a definition or published behaviour before any run; four were corrected after one and
say why. sigma_w is sqrt(N Var[W]). Digits, 32 rows, depth 10 and width 64 unless said otherwise.
"""

from typing import Any, Final, NamedTuple

from initlab.findings import Kind
from initlab.spec import NetworkSpec


class Situation(NamedTuple):
    """What must be found, nothing more and nothing less; `why` is the reason in a few words."""

    why: str
    spec: NetworkSpec
    kinds: frozenset[Kind]


def _s(why: str, kinds: str, init: str, activation: str, depth: int = 10, width: int = 64, **fields: Any) -> Situation:
    """`kinds` abbreviated and separated by blanks; an initializer's parameters are passed in `p`."""
    params = tuple(sorted(fields.pop("p", {}).items()))
    fields = {"batch": 32, "depth": depth, "width": width, **fields}
    spec = NetworkSpec(init=init, init_params=params, activation=activation, **fields)
    return Situation(why, spec, frozenset(KINDS[kind] for kind in kinds.split()))


KINDS: Final[dict[str, Kind]] = {
    "over": "overflow", "sym": "symmetry", "sig-": "vanishing signal", "sig+": "exploding signal",
    "grad-": "vanishing gradient", "grad+": "exploding gradient", "sat": "saturation", "dead": "dead units",
    "alike": "input collapse",
}  # fmt: skip
DOWN, UP = "sig- grad-", "sig+ grad+"
NORMAL, UNIFORM = "Random normal", "Random uniform"
GLOROT, HE, LECUN, ORTHOGONAL = "Glorot normal", "He normal", "LeCun normal", "Orthogonal"
TORCH, SKLEARN, ROW = "PyTorch default", "scikit-learn default", "One row repeated"
U01 = {"minval": 0.0, "maxval": 1.0}


def sd(value: float) -> dict[str, float]:
    return {"stddev": value}


SYMMETRY = (
    _s("no weights: units alike, no gradient", "sym", "Zeros", "Tanh"),
    _s("silent ReLUs are alike, not dead", "sym", "Zeros", "ReLU"),
    _s("sigmoid of 0 is 1/2 everywhere", "sym", "Zeros", "Sigmoid"),
    _s("a random output moves only the top layer", "sym", "Zeros", "Tanh", output=LECUN),
    _s("no weights, whatever the depth", "sym", "Zeros", "SELU", 50),
    _s("N(0, 0) is zeros by another name", "sym", NORMAL, "Tanh", p=sd(0.0)),
    _s("gain 0 is zeros by another name", "sym", HE, "ReLU", gain=0.0),
    _s("one unit copied; 64 x .015 = 1 keeps the sum", "sym", "Constant", "Tanh", p={"value": 0.015}, output=ROW),
    _s("softmax errors cancel behind equal weights", "sym", "Constant", "Tanh", p={"value": 0.015}),
    _s("copies; ReLU keeps 64 x .0156 = 1 of a shared sum", "sym", "Constant", "ReLU", p={"value": 0.0156}, output=ROW),
    _s(
        "copies, each layer sums 128 of .1",
        "sym sig+ grad+",
        "Constant",
        "ReLU",
        width=128,
        p={"value": 0.1},
        output=ROW,
    ),
    _s("gradient cancels, so only the signal explodes", "sym sig+", "Ones", "ReLU"),
    _s("copies beyond tanh's range, gradient 0", "sym sat", "Ones", "Tanh"),
    _s("trap 6: two findings", "sym sat", UNIFORM, "Tanh", width=128, p=U01),
    _s("trap 6 in float64", "sym sat", UNIFORM, "Tanh", width=128, p=U01, precision="float64"),
    _s("all sigmoids at 1 for every input", "sym sat alike", UNIFORM, "Sigmoid", width=128, p=U01),
    _s(
        "copies stuck at 1: not the slope's fault",
        "sym grad- sat alike",
        "Constant",
        "Sigmoid",
        p={"value": 0.2},
        output=ROW,
    ),
    _s("a random output tells depth-1 units apart", "", "Constant", "Tanh", 1, p={"value": 0.015}, output=LECUN),
    _s("the lower layers stay copies", "sym", "Constant", "Tanh", 4, p={"value": 0.015}, output=LECUN),
    _s("copies in a wide funnel", "sym", "Constant", "Tanh", 4, shape="Funnel", p={"value": 0.02}, output=ROW),
    _s("half of the SELUs rest on their floor by chance: not copies", UP, NORMAL, "SELU", 40, 32, p=sd(1.0)),
    _s("half of the ELUs rest on their floor by chance: not copies", UP, NORMAL, "ELU", 40, p=sd(1.0)),
)
TOO_SMALL = (
    _s("sigma_w .08", DOWN, NORMAL, "Tanh", p=sd(0.01)),
    _s("the app's opening", DOWN, NORMAL, "Tanh", width=128, batch=256, p=sd(0.01)),
    _s("Keras's default stddev at width 64: sigma_w .4", DOWN, NORMAL, "Tanh", p=sd(0.05)),
    _s("Keras's default interval: sigma_w .23", DOWN, UNIFORM, "Tanh"),
    _s("cut and not corrected: sigma_w .35", DOWN, "Truncated normal", "Softsign", p=sd(0.05)),
    _s("sigma_w .08, a half of it lost to ReLU", DOWN, NORMAL, "ReLU", p=sd(0.01)),
    _s("sigma_w .08, no units to blame", DOWN, NORMAL, "Linear", p=sd(0.01)),
    _s("Martens's sparse weights with stddev .01", DOWN, "Sparse", "Tanh"),
    _s("x1,000 lost in the first layer alone", "sig-", NORMAL, "Tanh", 1, p=sd(0.0001)),
    _s("small but shallow does no harm", "", NORMAL, "Tanh", 2, p=sd(0.01)),
    _s("small but shallow does no harm", "", NORMAL, "ReLU", 2, p=sd(0.01)),
    _s("one layer has no trend", "", NORMAL, "ReLU", 1, p=sd(0.01)),
    _s("underflow: exactly 0 in float32", DOWN, NORMAL, "Tanh", 50, p=sd(0.0001)),
    _s("underflow takes longer in float64", DOWN, NORMAL, "Tanh", 50, p=sd(0.0001), precision="float64"),
    _s("gain .3 on Glorot: .3 a layer", DOWN, GLOROT, "Tanh", gain=0.3),
    _s("gain .7 on He: .7^29", DOWN, HE, "ReLU", 30, 128, gain=0.7),
    _s("gain .9 for 100 layers", DOWN, ORTHOGONAL, "Linear", 100, gain=0.9),
    _s("He et al.: variance 1/n halves ReLU's power, 30 layers", DOWN, LECUN, "ReLU", 30, 128),
    _s("Glorot for a deep ReLU", DOWN, GLOROT, "ReLU", 30, 128),
    _s("a rotation halves ReLU's power just the same", DOWN, ORTHOGONAL, "ReLU", 30),
    _s("GELU passes half of a small signal", DOWN, GLOROT, "GELU", 20),
    _s("SiLU passes half of a small signal", DOWN, LECUN, "SiLU", 20),
    _s("Mish passes .6 of a small signal", DOWN, GLOROT, "Mish", 20),
    _s("Glorot for a deep ReLU that narrows and widens", DOWN, GLOROT, "ReLU", 30, 128, shape="Hourglass"),
)
TOO_LARGE = (
    _s("sigma_w 8 / sqrt 2 a layer", UP, NORMAL, "ReLU", p=sd(1.0)),
    _s("sigma_w 8 a layer", UP, NORMAL, "Linear", p=sd(1.0)),
    _s("sums of 64 positive terms", UP, UNIFORM, "ReLU", p=U01),
    _s("trap 3: inf by layer 19 at width 256", "over sig+", UNIFORM, "ReLU", 20, 256, p=U01),
    _s("trap 3: float64 hides it", UP, UNIFORM, "ReLU", 20, 256, p=U01, precision="float64"),
    _s("30 sigma_w a layer leave float32", "over sig+", NORMAL, "Leaky ReLU", 40, gain=8.0, p=sd(1.0)),
    _s("gain 3 on He", UP, HE, "ReLU", gain=3.0),
    _s("gain 3 on He, leaky", UP, HE, "Leaky ReLU", gain=3.0),
    _s("He without a half to make up for", UP, HE, "Linear", 20),
    _s("gain 1.3 for 50 layers", UP, ORTHOGONAL, "Linear", 50, gain=1.3),
    _s("N(0, 1) bypasses GELU's bend", UP, NORMAL, "GELU", p=sd(1.0)),
    _s("N(0, 1) bypasses softplus's bend", UP, NORMAL, "Softplus", p=sd(1.0)),
    _s("trap 7: saturates, yet grows x930", "sat grad+", NORMAL, "Tanh", p=sd(1.0)),
    _s("trap 7: x28,000 at width 256", "sat grad+", NORMAL, "Tanh", width=256, p=sd(1.0)),
    _s("trap 7 in float64", "sat grad+", NORMAL, "Tanh", p=sd(1.0), precision="float64"),
    _s("sigma_w 8 on erf", "sat grad+", NORMAL, "Erf", p=sd(1.0)),
    _s("sigma_w 8 on hard tanh", "sat grad+", NORMAL, "Hard tanh", p=sd(1.0)),
    _s("sigma_w 4: .56 of tanh saturated, chi 2.6", "sat grad+", GLOROT, "Tanh", 20, 128, gain=4.0),
    _s("trap 7: sigmoid saturates, nothing moves", "sat", NORMAL, "Sigmoid", width=128, p=sd(1.0)),
    _s("saturated but shallow", "sat", NORMAL, "Tanh", 2, p=sd(1.0)),
    _s("shallow homework net", "", NORMAL, "ReLU", 2, p=sd(1.0)),
    _s("raw pixels up to 16 saturate the first layer", "sat", GLOROT, "Tanh", scaling="Raw"),
    _s("forward gain 5/3: gradient x13,000 over 100 layers", "grad+", GLOROT, "Tanh", 100, 128, gain=5 / 3),
    _s("SiLU's own gain: gradient x2,600, signal along with it", UP, LECUN, "SiLU", 50, 128, gain=1.67653),
    _s("chaotic tanh, sigma_w^2 2, chi 1.2", "grad+", HE, "Tanh", 200, 128),
    _s("LSUV on tanh for 100 layers: chi 1.18", "grad+", "LSUV", "Tanh", 100, 128),
    _s("He on hard tanh, half clipped is the limit", "grad+", HE, "Hard tanh", 60, 128),
)
SLOPES = (
    _s("sigmoid passes a quarter", "grad- alike", GLOROT, "Sigmoid"),
    _s("sigmoid passes a quarter, deeper", "grad- alike", GLOROT, "Sigmoid", 30),
    _s("delta_1 / delta_L = .003, inputs fade as fast", "grad- alike", GLOROT, "Sigmoid", 5),
    _s("Glorot sigmoid of depth 3: x18, textbook", "", GLOROT, "Sigmoid", 3, 128),
    _s("He on sigmoid passes a third", "grad- alike", HE, "Sigmoid", 20),
    _s("softplus passes a half", "grad- alike", GLOROT, "Softplus", 20),
    _s("LeCun on softplus passes a half", "grad- alike", LECUN, "Softplus", 30),
    _s("PyTorch on sigmoid passes a seventh", "grad- alike", TORCH, "Sigmoid"),
    _s("trap 10: LSUV holds sigmoid's variance, not its input", "grad- alike", "LSUV", "Sigmoid"),
)
BIASED = (
    _s("n Var = 1/3, biases drown the inputs", "grad- alike", TORCH, "Tanh", 20),
    _s("n Var = 1/3, biases drown the inputs", "grad- alike", TORCH, "ReLU", 20),
    _s("n Var = 1/3, biases drown the inputs", "grad- alike", TORCH, "Linear", 20, 128),
    _s("biases hold ReLU's signal, not its gradient", "grad- alike", SKLEARN, "ReLU", 30, 128),
    _s("PyTorch, textbook depth", "", TORCH, "Tanh", 3),
    _s("scikit-learn, textbook depth", "", SKLEARN, "ReLU", 3),
    _s("scikit-learn on tanh stays near critical", "", SKLEARN, "Tanh", 10),
    _s("ordered: sigma_w .5, sigma_b 1", "grad- alike", GLOROT, "Tanh", 20, 128, gain=0.5, bias_stddev=1.0),
    _s("only biases: same output for all rows, no way down", "grad- alike", "Zeros", "Tanh", 4, bias_stddev=1.0),
    _s("small biases leave He healthy", "", HE, "ReLU", 10, 128, bias_stddev=0.1),
)
HEALTHY = (
    _s("He on ReLU", "", HE, "ReLU"),
    _s("He on ReLU, 28-38 % silent", "", HE, "ReLU", 20, 128, batch=256),
    _s("He on ReLU, 41-61 % silent", "", HE, "ReLU", 50, 128, batch=256),
    _s("He on ReLU, float64", "", HE, "ReLU", 20, precision="float64"),
    _s("He uniform on ReLU", "", "He uniform", "ReLU", 20),
    _s("He on leaky ReLU", "", HE, "Leaky ReLU", 30, 128),
    _s("the general rule with scale 2", "", "Variance scaling", "ReLU", 20, p={"scale": 2.0}),
    _s("He in a funnel", "", HE, "ReLU", 20, 128, shape="Funnel"),
    _s("He in an hourglass", "", HE, "ReLU", 20, 128, shape="Hourglass"),
    _s("Glorot keeps a shallow ReLU: .7^4", "", GLOROT, "ReLU", 5),
    _s("Glorot on tanh", "", GLOROT, "Tanh"),
    _s("Glorot on tanh, critical", "", GLOROT, "Tanh", 100),
    _s("Glorot on tanh, float64", "", GLOROT, "Tanh", 30, precision="float64"),
    _s("Glorot uniform on tanh", "", "Glorot uniform", "Tanh", 20),
    _s("Glorot in an hourglass", "", GLOROT, "Tanh", 20, 128, shape="Hourglass"),
    _s("gain 5/3 at a usual depth, .17 saturated", "", GLOROT, "Tanh", 20, 128, gain=5 / 3),
    _s("He on tanh at a usual depth", "", HE, "Tanh", 20, 128),
    _s("Glorot on hard tanh, .16 clipped", "", GLOROT, "Hard tanh", 30),
    _s("Glorot on erf", "", GLOROT, "Erf", 30),
    _s("Glorot on softsign", "", GLOROT, "Softsign", 10),
    _s("rotation of a linear net: isometry at any depth", "", ORTHOGONAL, "Linear", 200),
    _s("rotation on tanh", "", ORTHOGONAL, "Tanh", 50),
    _s("Glorot on a linear net", "", GLOROT, "Linear", 50, 128),
    _s("identity on ReLU copies what is positive", "", "Identity", "ReLU", 50),
    _s("SELU's fixed point", "", LECUN, "SELU", 50, 128),
    _s("ELU with Glorot", "", GLOROT, "ELU", 30),
    _s("GELU with He", "", HE, "GELU", 10),
    _s("SiLU with He", "", HE, "SiLU", 10),
    _s("Mish with He", "", HE, "Mish", 20, 128),
    _s("softplus with He, shallow", "", HE, "Softplus", 5),
    _s("one wide layer", "", GLOROT, "Tanh", 1, 512),
    _s("LSUV on ReLU finds He's factor by itself", "", "LSUV", "ReLU", 20, 128),
    _s("LSUV on tanh: variance 1 is chaotic, chi 1.18", "", "LSUV", "Tanh", 20, 128),
    _s("codes that rebuild their inputs know them", "", "Greedy pre-training", "Sigmoid", 3, scaling="0-1"),
)
NORMALIZED = (
    _s("batch norm ReLU, 50 layers: gradient explodes", "grad+", HE, "ReLU", 50, 128, normalization="Batch"),
    _s("batch norm saves small weights, 10 layers", "", NORMAL, "ReLU", normalization="Batch", p=sd(0.05)),
    _s("layer norm saves large weights, 10 layers", "", NORMAL, "ReLU", normalization="Layer", p=sd(1.0)),
    _s("layer norm, tanh at a usual depth", "", GLOROT, "Tanh", 10, normalization="Layer"),
    _s("batch norm sigmoid, shallow", "", GLOROT, "Sigmoid", 3, normalization="Batch"),
    _s("residual He: sqrt 2.6 a block, and positive parts align", UP + " alike", HE, "ReLU", 50, 128, residual=True),
    _s("residual with small weights: almost the identity", "", NORMAL, "ReLU", 20, residual=True, p=sd(0.01)),
    _s("residual of zeros: identity on the data, no copies", "", "Zeros", "Tanh", 10, residual=True, output=LECUN),
)
DEAD = (
    _s("two units wide, 40 layers, one is surely silent", "dead sig- grad-", HE, "ReLU", 40, 2),
    _s("mean -.5 switches positive inputs off", "dead sig- grad-", NORMAL, "ReLU", 4, p={"mean": -0.5, "stddev": 0.05}),
    _s("a tenth of the units silent is no fault", "", HE, "ReLU", 5, 128, batch=16),
)
DATA = (
    _s("two features", "", HE, "ReLU", 10, dataset="Moons"),
    _s("two features, tanh", "", GLOROT, "Tanh", 10, dataset="Spirals"),
    _s("regression", "", GLOROT, "Tanh", 10, dataset="Diabetes"),
    _s("regression, small weights", DOWN, NORMAL, "Tanh", 10, dataset="Diabetes", p=sd(0.01)),
    _s("no target", "", HE, "ReLU", 10, dataset="Gaussian noise"),
    _s("no target, large weights", UP, NORMAL, "ReLU", 10, dataset="Gaussian noise", p=sd(1.0)),
    _s("squared error on classes", "", GLOROT, "Tanh", 10, loss="Mean squared error"),
    _s("pixels from 0 to 1", "", HE, "ReLU", 10, scaling="0-1"),
    _s("four features, three classes", "", HE, "ReLU", 10, dataset="Iris"),
    _s(
        "proline in the thousands: stuck at +1 or -1, no copies",
        "sat",
        GLOROT,
        "Tanh",
        1,
        dataset="Wine",
        scaling="Raw",
    ),
    _s("proline in the thousands does not bother a ReLU", "", HE, "ReLU", 3, dataset="Wine", scaling="Raw"),
)

SITUATIONS: Final = (
    *SYMMETRY, *TOO_SMALL, *TOO_LARGE, *SLOPES, *BIASED, *HEALTHY, *NORMALIZED, *DEAD, *DATA,
)  # fmt: skip
