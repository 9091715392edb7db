"""Weight initializers: small frozen laws, and recipes that declare them once in `INITIALIZERS`.

A law answers three questions. `variance` says how large a weight should be (theory reads this), `weights` shapes the
unit draws (simulation reads this), `formula` writes it with the numbers of the current fans filled in. Names and
parameters have Keras's meaning. One entry in the table is all it takes to appear in every page, link and test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final, get_args

import numpy as np

from initlab import data_driven, laws
from initlab.arrays import Array, Parameters
from initlab.draws import LayerDraws, draws_from
from initlab.errors import invalid, unknown
from initlab.laws import Law
from initlab.parameters import Parameter, complete, finite_number, whole_number
from initlab.pretrain_spec import PARAMETERS as PRETRAINING

GAIN_RANGE: Final = (0.0, 1000.0)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an initializer is made and described."""

    name: str
    law: Callable[..., Law]
    about: str
    paper: str = ""
    made_for: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    needs_activation: bool = False

    def complete(self, given: Mapping[str, object]) -> Parameters:
        """The parameters as sorted pairs: validated, with Keras's defaults for what is not given."""
        values = complete(self.name, self.parameters, given)
        low, high = (dict(values).get(name, 0.0) for name in ("minval", "maxval"))
        if float(low) > float(high):
            raise invalid(f"{self.name}: minval must not exceed maxval", f"{low} and {high}", "swap them")
        return values

    def bound(self, values: Parameters = (), activation: str | None = None) -> Law:
        """The law with these parameter values, for this activation where the law depends on it."""
        extra = {"activation": activation} if self.needs_activation else {}
        return self.law(**dict(values), **extra)

    def variance(self, fan_in: int, fan_out: int, activation: str | None = None, **params: object) -> float | None:
        """Var[W], or None where the weights follow no single law."""
        return self.bound(self.complete(params), activation).moments(fan_in, fan_out)[1]

    def formula(self, fan_in: int, fan_out: int, activation: str | None = None, **params: object) -> str:
        """The law in LaTeX with the numbers of these fans."""
        return self.bound(self.complete(params), activation).formula(fan_in, fan_out)


def recipe(name: str) -> Recipe:
    """The recipe of that name; ValueError names the choices."""
    if not isinstance(name, str) or name not in INITIALIZERS:
        raise unknown("initializer", name, INITIALIZERS)
    return INITIALIZERS[name]


def draw(
    name: str, rng: np.random.Generator, fan_in: int, fan_out: int,
    gain: float = 1.0, activation: str | None = None, **params: object,
) -> Array:  # fmt: skip
    """Weights `(fan_in, fan_out)`, float64, of the named initializer times `gain`.

    `activation` matters only to laws that depend on it; a data-driven recipe draws its starting weights.
    """
    law = recipe(name).bound(recipe(name).complete(params), activation)
    return law.weights(_draws(rng, fan_in, fan_out)) * finite_number("gain", gain, *GAIN_RANGE)


def draw_bias(
    name: str, rng: np.random.Generator, fan_in: int, fan_out: int, activation: str | None = None, **params: object
) -> Array:
    """Biases `(fan_out,)`, float64: zeros unless the law has biases of its own."""
    law = recipe(name).bound(recipe(name).complete(params), activation)
    return law.biases(_draws(rng, fan_in, fan_out))


def _draws(rng: np.random.Generator, fan_in: int, fan_out: int) -> LayerDraws:
    return draws_from(rng, whole_number("fan_in", fan_in, 1, 2**20), whole_number("fan_out", fan_out, 1, 2**20))


VALUE = Parameter("value", 0.1, "Every weight has this value", -2.0, 2.0, 0.01)
MEAN = Parameter("mean", 0.0, "Centre of the normal law", -1.0, 1.0, 0.01)
STDDEV = Parameter("stddev", 0.05, "Width of the normal law", 0.0, 2.0, 0.01)
MINVAL = Parameter("minval", -0.05, "Smallest weight", -2.0, 2.0, 0.01)
MAXVAL = Parameter("maxval", 0.05, "Largest weight", -2.0, 2.0, 0.01)
SCALE = Parameter("scale", 1.0, "n times the variance of a weight", 0.0, 10.0, 0.1)
MODE = Parameter("mode", "fan_in", "Which fan is n", choices=get_args(laws.Mode))
DISTRIBUTION = Parameter("distribution", "truncated_normal", "Shape of the law", choices=get_args(laws.Distribution))
SPARSITY = Parameter("sparsity", 0.9, "Share of a unit's incoming weights that are zero", 0.0, 1.0, 0.01)
SPARSE_STDDEV = Parameter("stddev", 0.01, "Width of the normal law of the others", 0.0, 2.0, 0.01)
TOLERANCE = Parameter("tolerance", 0.1, "How far the variance of a layer may stay from 1", 0.01, 0.5, 0.01)
ITERATIONS = Parameter("iterations", 10, "Divisions a layer at most", 1, 30, 1)

SIGMOIDAL = ("Tanh", "Sigmoid", "Softsign", "Hard tanh", "Erf")
RECTIFIERS = ("ReLU", "Leaky ReLU", "ELU", "GELU", "SiLU", "Mish")
GLOROT, HE, LECUN = "Glorot & Bengio 2010", "He et al. 2015", "LeCun et al. 1998"


def _scaling(scale: float, mode: laws.Mode, distribution: laws.Distribution) -> Callable[..., Law]:
    return partial(laws.VarianceScaling, scale=scale, mode=mode, distribution=distribution)


INITIALIZERS: Final[Mapping[str, Recipe]] = MappingProxyType({entry.name: entry for entry in (
    Recipe("Zeros", partial(laws.Constant, value=0.0), "every weight is 0"),
    Recipe("Constant", laws.Constant, "every weight has one value", parameters=(VALUE,)),
    Recipe("Random normal", laws.Normal, "one width for every layer, whatever its size", parameters=(MEAN, STDDEV)),
    Recipe("Random uniform", laws.Uniform, "one interval for every layer", parameters=(MINVAL, MAXVAL)),
    Recipe("Glorot uniform", _scaling(1, "fan_avg", "uniform"), "level forward and backward", GLOROT, SIGMOIDAL),
    Recipe("Glorot normal", _scaling(1, "fan_avg", "truncated_normal"), "level both ways", GLOROT, SIGMOIDAL),
    Recipe("He uniform", _scaling(2, "fan_in", "uniform"), "makes up for the half ReLU drops", HE, RECTIFIERS),
    Recipe("He normal", _scaling(2, "fan_in", "truncated_normal"), "makes up for the half ReLU drops", HE, RECTIFIERS),
    Recipe(
        "Greedy pre-training", data_driven.pretraining, "each layer an auto-encoder of the one below",
        "Hinton et al. 2006; Bengio et al. 2007", SIGMOIDAL, PRETRAINING, needs_activation=True,
    ),
    Recipe("Ones", partial(laws.Constant, value=1.0), "every weight is 1"),
    Recipe("Truncated normal", laws.TruncatedNormal, "a normal law cut at two widths", parameters=(MEAN, STDDEV)),
    Recipe(
        "Variance scaling", laws.VarianceScaling, "the general rule: variance scale / n", HE,
        SIGMOIDAL + RECTIFIERS, (SCALE, MODE, DISTRIBUTION),
    ),
    Recipe("LeCun normal", _scaling(1, "fan_in", "truncated_normal"), "level forward", LECUN, ("SELU", *SIGMOIDAL)),
    Recipe("LeCun uniform", _scaling(1, "fan_in", "uniform"), "level forward", LECUN, ("SELU", *SIGMOIDAL)),
    Recipe("Orthogonal", laws.Orthogonal, "a random rotation", "Saxe et al. 2013", ("Linear", *SIGMOIDAL)),
    Recipe("Identity", laws.Identity, "each unit copies one input", "Le et al. 2015", ("Linear", "ReLU")),
    Recipe("Sparse", laws.Sparse, "few incoming weights a unit", "Martens 2010", (), (SPARSITY, SPARSE_STDDEV)),
    Recipe(
        "LSUV", data_driven.LSUV, "orthonormal, then every layer brought to variance 1 on the data",
        "Mishkin & Matas 2015", RECTIFIERS, (TOLERANCE, ITERATIONS),
    ),
    Recipe("PyTorch default", laws.PyTorchDefault, "what torch.nn.Linear does, biases too", GLOROT),
    Recipe(
        "scikit-learn default", laws.ScikitLearnDefault, "what MLPClassifier does, biases too", GLOROT, SIGMOIDAL,
        needs_activation=True,
    ),
)})  # fmt: skip
