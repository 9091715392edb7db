"""Laws whose final weights need data: they declare where they start from; the algorithm runs on the built network."""

import math
from dataclasses import dataclass

from initlab.arrays import Array
from initlab.draws import LayerDraws
from initlab.laws import Law, Orthogonal, interval


@dataclass(frozen=True, slots=True)
class LSUV(Law):
    """Orthonormal start, then each layer divided by the deviation of its output on data (Mishkin & Matas 2015)."""

    def moments(self, fan_in: int, fan_out: int) -> tuple[float, None]:
        return 0.0, None

    def formula(self, fan_in: int, fan_out: int) -> str:
        return r"W^\top W = I,\ \text{then}\ W \leftarrow W / \operatorname{sd}(z)"

    def weights(self, draws: LayerDraws) -> Array:
        return Orthogonal().weights(draws)


@dataclass(frozen=True, slots=True)
class Pretraining(Law):
    """U(+-4 sqrt(6/(fan_in + fan_out))), the classic start of stacked auto-encoders, then one layer after the other."""

    def moments(self, fan_in: int, fan_out: int) -> tuple[float, None]:
        return 0.0, None

    def formula(self, fan_in: int, fan_out: int) -> str:
        bound = self._bound(fan_in, fan_out)
        return interval(-bound, bound) + r"\ \text{before training}"

    def weights(self, draws: LayerDraws) -> Array:
        return draws.uniform() * self._bound(draws.fan_in, draws.fan_out)

    @staticmethod
    def _bound(fan_in: int, fan_out: int) -> float:
        return 4 * math.sqrt(6 / (fan_in + fan_out))


DATA_DRIVEN = (LSUV, Pretraining)
