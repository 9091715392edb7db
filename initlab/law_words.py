"""A law in plain text, for a comment in code or a cell of a table: U(-b, b), b = √(6/fan_in)."""

from typing import assert_never

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
from initlab.wording import number, percent


def in_words(law: Law) -> str:
    """How its weights are drawn, in one line of plain text."""
    match law:
        case Constant(value):
            return f"every weight is {literal(value)}"
        case Normal(mean, stddev):
            return f"N({literal(mean)}, {literal(stddev)}²)"
        case TruncatedNormal(mean, stddev):
            real = number(TRUNCATED_STD * stddev)
            return f"N({literal(mean)}, {literal(stddev)}²) cut at two standard deviations, which leaves {real}"
        case Uniform(minval, maxval):
            return f"U({literal(minval)}, {literal(maxval)})"
        case VarianceScaling():
            return _scaled(law)
        case Orthogonal():
            return "orthonormal rows or columns, uniform over all such matrices"
        case Identity():
            return "ones on the diagonal, zeros elsewhere"
        case Sparse(sparsity, stddev):
            return f"{percent(sparsity)} of a unit's incoming weights are 0, the others N(0, {literal(stddev)}²)"
        case PyTorchDefault():
            return "U(-b, b), b = 1/√fan_in, for weights and biases"
        case ScikitLearnDefault(activation):
            root = 2 if activation == "Sigmoid" else 6
            return f"U(-b, b), b = √({root}/(fan_in + fan_out)), for weights and biases"
        case LSUV(tolerance, iterations):
            return (
                "orthonormal, then divided by the standard deviation of its pre-activations until their variance is "
                f"within {literal(tolerance)} of 1, {iterations} times at most"
            )
        case Pretraining(_, activation):
            four = "4·" if activation == "Sigmoid" else ""
            return f"U(-b, b), b = {four}√(6/(fan_in + fan_out)), then each layer is trained as an auto-encoder"
        case _:
            raise TypeError(f"no words for {law!r}")


def _scaled(law: VarianceScaling) -> str:
    scale, fan = (2 * law.scale, "(fan_in + fan_out)") if law.mode == "fan_avg" else (law.scale, law.mode)
    match law.distribution:
        case "uniform":
            return f"U(-b, b), b = √({literal(3 * scale)}/{fan})"
        case "untruncated_normal":
            return f"N(0, {literal(scale)}/{fan})"
        case "truncated_normal":
            return f"N(0, s²) cut at two s, which leaves a variance of {literal(scale)}/{fan}"
        case _:
            assert_never(law.distribution)
