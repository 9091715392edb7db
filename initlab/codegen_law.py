"""A law as code says it: which draw, between or around which numbers, and what is computed of the fans before."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

from initlab.data_driven import LSUV, Pretraining
from initlab.dialects import literal
from initlab.laws import (
    TRUNCATED_STD,
    Constant,
    Identity,
    Law,
    Normal,
    Orthogonal,
    PyTorchDefault,
    ScikitLearnDefault,
    Sparse,
    TruncatedNormal,
    Uniform,
    VarianceScaling,
)

Kind: TypeAlias = Literal["constant", "normal", "truncated", "uniform", "orthogonal", "identity", "sparse"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Expressions in Python, the same in every framework.

    `numbers` are the value of a constant, mean and standard deviation of a normal law, the latter before the cut of a
    truncated one, low and high of a uniform one, zeros a unit and standard deviation of a sparse one. `setup` computes
    what they name. `bias_bound` is that of the law's own uniform biases.
    """

    kind: Kind
    numbers: tuple[str, ...] = ()
    setup: str = ""
    bias_bound: str = ""

    @property
    def text(self) -> str:
        """All of it, to see which fans it needs."""
        return " ".join((*self.numbers, self.setup))


def pattern(law: Law) -> Pattern:
    """What draws this law; a data-driven one's start."""
    match law:
        case Constant(value):
            return Pattern("constant", (literal(value),))
        case Normal(mean, stddev):
            return _around(mean, stddev, "normal")
        case TruncatedNormal(mean, stddev):
            return _around(mean, stddev, "truncated")
        case Uniform(low, high):
            if low == high:
                return Pattern("constant", (literal(low),))
            return Pattern("uniform", (literal(low), literal(high)))
        case VarianceScaling():
            return _scaled(law) if law.scale else Pattern("constant", ("0",))
        case PyTorchDefault():
            return _within("fan_in ** -0.5", biases=True)
        case ScikitLearnDefault(activation):
            return _within(f"({2 if activation == 'Sigmoid' else 6} / (fan_in + fan_out)) ** 0.5", biases=True)
        case Pretraining(_, activation):
            return _within(f"{'4 * ' if activation == 'Sigmoid' else ''}(6 / (fan_in + fan_out)) ** 0.5")
        case Sparse(sparsity, stddev):
            # rounded as in the law: 0.07 of 100 is a little more than 7 to a computer
            return Pattern(
                "sparse", ("zeros", literal(stddev)), f"zeros = ceil(round({literal(sparsity)} * fan_in, 6))"
            )
        case Orthogonal() | LSUV():
            return Pattern("orthogonal")
        case Identity():
            return Pattern("identity")
        case _:
            raise TypeError(f"no code for {law!r}")


def _around(mean: float, stddev: float, kind: Literal["normal", "truncated"]) -> Pattern:
    if not stddev:  # no library cuts a normal law without width
        return Pattern("constant", (literal(mean),))
    return Pattern(kind, (literal(mean), literal(stddev)))


def _within(bound: str, *, biases: bool = False) -> Pattern:
    return Pattern("uniform", ("-bound", "bound"), f"bound = {bound}", bound if biases else "")


def _scaled(law: VarianceScaling) -> Pattern:
    scale, fan = (2 * law.scale, "(fan_in + fan_out)") if law.mode == "fan_avg" else (law.scale, law.mode)
    match law.distribution:
        case "uniform":
            return _within(f"({literal(3 * scale)} / {fan}) ** 0.5")
        case "untruncated_normal":
            return Pattern("normal", ("0", "std"), f"std = ({literal(scale)} / {fan}) ** 0.5")
        case "truncated_normal":
            corrected = (
                f"std = ({literal(scale)} / {fan}) ** 0.5 / {TRUNCATED_STD}  # the cut takes what is divided here"
            )
            return Pattern("truncated", ("0", "std"), corrected)
        case _:
            assert_never(law.distribution)
