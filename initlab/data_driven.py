"""Laws whose final weights need data: they declare where they start from; the algorithm runs on the built network."""

import math
from dataclasses import dataclass
from typing import Final

from initlab.arrays import Array
from initlab.draws import LayerDraws
from initlab.laws import Law, Orthogonal, interval, number
from initlab.pretrain_spec import PretrainSpec, of_parameters

CALIBRATION_ROWS: Final = 512  # that LSUV looks at, at most: enough to know a variance of 1 to some 2 %


@dataclass(frozen=True, slots=True)
class LSUV(Law):
    """Orthonormal start, then each layer divided by the deviation of its output on data (Mishkin & Matas 2015).

    It is divided until the variance is less than `tolerance` away from 1, at most `iterations` times. The paper's own
    code has 0.02 and 20; 0.1 and 10 are what most others use.
    """

    tolerance: float = 0.1
    iterations: int = 10

    def moments(self, fan_in: int, fan_out: int) -> tuple[float, None]:
        return 0.0, None

    def formula(self, fan_in: int, fan_out: int) -> str:
        until = rf"\text{{until }} |\operatorname{{Var}} z - 1| < {number(self.tolerance)}"
        return rf"{Orthogonal().formula(fan_in, fan_out)},\ W \leftarrow W / \operatorname{{sd}}(z)\ {until}"

    def weights(self, draws: LayerDraws) -> Array:
        return Orthogonal().weights(draws)


@dataclass(frozen=True, slots=True)
class Pretraining(Law):
    """Auto-encoders, one layer after the other, from the uniform law of Glorot & Bengio 2010, section 4.2.2: four times
    as wide for sigmoid units, U(+-4 sqrt(6/(fan_in + fan_out))), because they are four times as flat as tanh ones."""

    how: PretrainSpec
    activation: str

    def moments(self, fan_in: int, fan_out: int) -> tuple[float, None]:
        return 0.0, None

    def formula(self, fan_in: int, fan_out: int) -> str:
        bound = self.bound(fan_in, fan_out)
        return interval(-bound, bound) + r"\ \text{before pre-training}"

    def weights(self, draws: LayerDraws) -> Array:
        return draws.uniform() * self.bound(draws.fan_in, draws.fan_out)

    def bound(self, fan_in: int, fan_out: int) -> float:
        """Half the interval that its start is drawn from."""
        return (4 if self.activation == "Sigmoid" else 1) * math.sqrt(6 / (fan_in + fan_out))


def pretraining(activation: str | None = None, **values: float | str) -> Pretraining:
    """The law with the values of `pretrain_spec.PARAMETERS`."""
    return Pretraining(of_parameters(values), activation or "Sigmoid")


DATA_DRIVEN = (LSUV, Pretraining)
