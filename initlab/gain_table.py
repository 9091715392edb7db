"""The gains of every activation, and what becomes of a deep network that takes its own."""

import math
from typing import Final, NamedTuple

import numpy as np

from initlab import meanfield, moments
from initlab.activations import ACTIVATIONS
from initlab.arrays import Array
from initlab.wording import number

DEEP: Final = 100  # layers
REFUSED: Final = float("nan")  # PyTorch's calculate_gain raises


class Gain(NamedTuple):
    """Of one activation at z ~ N(0, 1), and what an infinitely wide network of `DEEP` layers with weights of variance
    forward²/n does on data of mean square 1: chi_1 in its last layer, and the growth of a gradient on its way through
    all of them."""

    torch: float
    forward: float
    backward: float
    mean: float
    chi: float
    growth: float

    @property
    def decades(self) -> float:
        """The growth in powers of ten."""
        return round(math.log10(self.growth), 9) + 0.0  # rounding would make ReLU shrink


def gain_of(name: str) -> Gain:
    """`torch` is NaN where PyTorch refuses."""
    phi = ACTIVATIONS[name]
    chi, growth = deep(name, phi.gain)
    torch = REFUSED if phi.torch_gain is None else phi.torch_gain
    return Gain(torch, phi.gain, phi.backward_gain, round(float(moments.mean(name, 1.0)), 12), chi, growth)


def deep(name: str, gain: float, depth: int = DEEP) -> tuple[float, float]:
    """chi_1 in the last layer and the growth of a gradient's size, for weights of variance gain²/n.

    Followed layer by layer, because the mean square of 1 that a gain is made for may be one that the slightest push
    leaves for ever (GELU, SiLU and Mish).
    """
    q, chi, growth = gain**2, 1.0, 1.0
    for _ in range(depth - 1):
        chi = float(meanfield.chi(name, gain**2, q=q))
        q, growth = float(meanfield.variance_map(name, q, gain**2)), growth * math.sqrt(chi)
    return chi, growth


def gain_table() -> dict[str, list[str] | Array]:
    """Column name to one value an activation."""
    rows = {name: gain_of(name) for name in ACTIVATIONS}
    columns = {
        "PyTorch's calculate_gain": "torch", "forward 1/√E[φ²]": "forward", "backward 1/√E[φ'²]": "backward",
        "E[φ]": "mean", f"χ₁ in layer {DEEP}": "chi", f"gradient over {DEEP} layers, powers of ten": "decades",
    }  # fmt: skip
    found = {title: np.array([getattr(row, field) for row in rows.values()]) for title, field in columns.items()}
    return {"activation": list(rows), **found}


def gain_reading() -> str:
    """Why no gain of this table makes a deep network critical, with three of its numbers."""
    torch = ACTIVATIONS["Tanh"].torch_gain
    assert torch is not None  # noqa: S101
    chi, growth = deep("Tanh", torch)
    own, own_growth = deep("SiLU", ACTIVATIONS["SiLU"].gain)
    flat, _ = deep("Sigmoid", ACTIVATIONS["Sigmoid"].gain)
    return (
        "A gain holds the size of the signal in one layer whose inputs are N(0, 1); it does not make a deep network "
        f"critical. Tanh at PyTorch's {number(torch, 3)} ends with χ₁ = {number(chi, 3)}: its gradient grows "
        f"{number(growth)} times over {DEEP} layers. SiLU at its own forward gain ends with {number(own, 3)}, because "
        f"the signal grows too, and the gradient {number(own_growth)} times. Sigmoid at its own has {number(flat)}."
    )
