"""What do Keras, PyTorch, JAX and scikit-learn call a law, and where is theirs another one under the same name?

One entry a framework and initializer in `DIALECTS`; None where the framework has no such function.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from initlab.initializers import recipe
from initlab.laws import TRUNCATED_STD

LIBRARIES: Final = ("Keras", "PyTorch", "JAX", "scikit-learn")


@dataclass(frozen=True, slots=True)
class Dialect:
    """A function and its arguments, in braces the parameters under the names that initlab has for them.

    `same` says whether weights drawn by this call have our law; `note` where they have not, or what else differs.
    `spelling` are words that are written otherwise there. JAX's `zeros` is an initializer and not a function that
    makes one: its `arguments` are None.
    """

    function: str
    arguments: str | None = ""
    note: str = ""
    same: bool = True
    spelling: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The last word of the function's."""
        return self.function.rpartition(".")[2]

    def call(self, values: Mapping[str, float | str], *more: str) -> str:
        """As one writes it, with these values of the initializer's parameters and `more` arguments."""
        if self.arguments is None:
            return self.function
        words = dict(self.spelling)
        shown = {k: f'"{words.get(v, v)}"' if isinstance(v, str) else literal(v) for k, v in values.items()}
        return f"{self.function}({', '.join(filter(None, [self.arguments.format(**shown), *more]))})"

    def says(self, init: str, values: Mapping[str, float | str]) -> bool:
        """Whether the call has our law with these values too: what it cannot say must have its default."""
        defaults = {p.name: p.default for p in recipe(init).parameters}
        unsaid = (value == defaults[name] for name, value in values.items() if f"{{{name}}}" not in self.written)
        return self.same and all(unsaid)

    @property
    def written(self) -> str:
        return self.arguments or ""


def literal(x: float) -> str:
    """A number as one writes it in code, exact: 0.05, 2, 1e-07."""
    return short if float(short := f"{x:g}") == x else repr(float(x))


def dialects(init: str) -> dict[str, Dialect | None]:
    """Library to what it calls the initializer, in the order of `LIBRARIES`."""
    return {library: dialect(init, library) for library in LIBRARIES}


def dialect(init: str, library: str) -> Dialect | None:
    """What that library calls it; None too where nobody has said so yet."""
    return DIALECTS.get(init, {}).get(library)


def calls(init: str, values: Mapping[str, float | str] | None = None) -> dict[str, str | None]:
    """Library to the call as one writes it, with these values of the parameters, else the defaults."""
    complete = {p.name: p.default for p in recipe(init).parameters} | dict(values or {})
    return {library: found and found.call(complete) for library, found in dialects(init).items()}


def _keras(name: str, arguments: str = "", note: str = "", *, same: bool = True) -> Dialect:
    return Dialect(f"keras.initializers.{name}", arguments, note, same)


def _torch(name: str, arguments: str = "", note: str = "", *, same: bool = True) -> Dialect:
    return Dialect(f"nn.init.{name}", f"w, {arguments}".rstrip(", "), note, same)


def _jax(name: str, arguments: str | None = "", note: str = "", *, same: bool = True) -> Dialect:
    return Dialect(f"jax.nn.initializers.{name}", arguments, note, same)


def _row(keras: Dialect | None, torch: Dialect | None, jax: Dialect | None, scikit: Dialect | None = None):
    found = zip(LIBRARIES, (keras, torch, jax, scikit), strict=True)
    return MappingProxyType({library: dialect for library, dialect in found if dialect is not None})


NOT_CUT: Final = (
    f"Same variance, but the normal law is not cut; here it ends at {2 / TRUNCATED_STD:.2f} standard deviations."
)
UNCORRECTED: Final = f"Not corrected for the cut, as here: the real deviation is {TRUNCATED_STD:.2f} times the stated."
ZERO_BIASES: Final = "Only the weights are the same: its layers start their biases at 0."
ONE_LAW: Final = "The only start there is, and √2 replaces √6 for logistic units; biases come from the same interval."
LOGISTIC: Final = "The same weights except for Sigmoid, whose bound has √2 instead of √6; biases start at 0."

DIALECTS: Final[Mapping[str, Mapping[str, Dialect]]] = MappingProxyType({
    "Zeros": _row(_keras("Zeros"), _torch("zeros_"), _jax("zeros", None)),
    "Constant": _row(
        _keras("Constant", "{value}", "Its default is 0."), _torch("constant_", "{value}"),
        _jax("constant", "{value}"),
    ),
    "Random normal": _row(
        _keras("RandomNormal", "mean={mean}, stddev={stddev}"),
        _torch("normal_", "mean={mean}, std={stddev}", "Its default standard deviation is 1."),
        _jax("normal", "{stddev}", "Its mean is always 0, and its default standard deviation 0.01."),
    ),
    "Random uniform": _row(
        _keras("RandomUniform", "minval={minval}, maxval={maxval}"),
        _torch("uniform_", "{minval}, {maxval}", "Its default interval is 0 to 1."),
        _jax("uniform", "{maxval}", "One-sided: from 0 to its scale, 0.01 by default: its mean is not 0.", same=False),
    ),
    "Glorot uniform": _row(
        _keras("GlorotUniform"), _torch("xavier_uniform_"), _jax("glorot_uniform"),
        Dialect("MLPClassifier", 'activation="tanh"', ONE_LAW),
    ),
    "Glorot normal": _row(
        _keras("GlorotNormal"), _torch("xavier_normal_", note=NOT_CUT, same=False), _jax("glorot_normal")
    ),
    "He uniform": _row(
        _keras("HeUniform"),
        _torch("kaiming_uniform_", 'nonlinearity="relu"', "The call in nn.Linear has a=√5: a sixth of the variance."),
        _jax("he_uniform"),
    ),
    "He normal": _row(
        _keras("HeNormal"), _torch("kaiming_normal_", 'nonlinearity="relu"', NOT_CUT, same=False), _jax("he_normal")
    ),
    "Greedy pre-training": _row(None, None, None),
    "Ones": _row(_keras("Ones"), _torch("ones_"), _jax("ones", None)),
    "Truncated normal": _row(
        _keras("TruncatedNormal", "mean={mean}, stddev={stddev}", UNCORRECTED),
        _torch(
            "trunc_normal_", "mean={mean}, std={stddev}",
            "Cuts at −2 and 2 themselves, not at two standard deviations: a narrow law is not cut at all.", same=False,
        ),
        _jax("truncated_normal", "{stddev}", f"{UNCORRECTED} Its mean is always 0."),
    ),
    "Variance scaling": _row(
        _keras(
            "VarianceScaling", "scale={scale}, mode={mode}, distribution={distribution}",
            'Its "normal" means the cut one.',
        ),
        None,
        Dialect(
            "jax.nn.initializers.variance_scaling", "{scale}, {mode}, {distribution}",
            'Its "normal" is the one that is not cut; it has the mode fan_geo_avg, √(fan_in·fan_out), too.',
            spelling=(("untruncated_normal", "normal"),),
        ),
    ),
    "LeCun normal": _row(
        _keras("LecunNormal"), _torch("kaiming_normal_", 'nonlinearity="linear"', NOT_CUT, same=False),
        _jax("lecun_normal"),
    ),
    "LeCun uniform": _row(
        _keras("LecunUniform"), _torch("kaiming_uniform_", 'nonlinearity="linear"'), _jax("lecun_uniform")
    ),
    "Orthogonal": _row(_keras("Orthogonal"), _torch("orthogonal_"), _jax("orthogonal")),
    "Identity": _row(
        _keras("Identity"), _torch("eye_"),
        Dialect("jnp.eye", "fan_in, fan_out", "A matrix, not an initializer."),
    ),
    "Sparse": _row(
        None,
        _torch(
            "sparse_", "{sparsity}, std={stddev}",
            "Its zeros are counted for each input, as nn.Linear keeps (fan_out, fan_in), here for each unit: give it "
            "w.T.", same=False,
        ),
        None,
    ),
    "LSUV": _row(None, None, None),
    "PyTorch default": _row(
        _keras("VarianceScaling", 'scale=1 / 3, mode="fan_in", distribution="uniform"', ZERO_BIASES),
        Dialect("nn.Linear", "fan_in, fan_out", "What a layer starts with where nothing else is said."),
        _jax("variance_scaling", '1 / 3, "fan_in", "uniform"', ZERO_BIASES),
    ),
    "scikit-learn default": _row(
        _keras("GlorotUniform", note=LOGISTIC, same=False), _torch("xavier_uniform_", note=LOGISTIC, same=False),
        _jax("glorot_uniform", note=LOGISTIC, same=False),
        Dialect("MLPClassifier", 'activation="tanh"', "It has no other."),
    ),
})  # fmt: skip
