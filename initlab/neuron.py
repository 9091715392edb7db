"""Why sqrt(n)? One neuron: how the spread of its sum of n weighted inputs depends on n under a law."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from initlab.arrays import Array
from initlab.draws import LayerDraws
from initlab.spec import NetworkSpec
from initlab.wording import number

FANS: Final = tuple(2**k for k in range(11))
NEURONS: Final = 512  # at least; each sees INPUTS rows of its own
INPUTS: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class NeuronSums:
    """Sums of w_i x_i over n independent inputs x_i ~ N(0, 1), and what theory says of them.

    `variance` is n E[w^2]: the variance of the sum over weights and inputs. None where the law declares none. `reader`
    names the start whose weights these are before it has read any data, if they are.
    """

    fan_in: int
    sums: Array
    weight_mean: float
    weight_variance: float | None
    reader: str = ""

    @property
    def variance(self) -> float | None:
        if self.weight_variance is None:
            return None
        return self.fan_in * (self.weight_variance + self.weight_mean**2)

    @property
    def reading(self) -> str:
        """One sentence with the numbers."""
        spread = number(float(self.sums.std()))
        if self.reader:
            return (
                f"The weights that {self.reader} starts from, before it has read any data: with n = {self.fan_in} "
                f"inputs the sums spread by {spread}. How large they are at last, the data decide."
            )
        if self.variance is None or self.weight_variance is None:
            return f"With n = {self.fan_in} inputs the sums spread by {spread}; this law declares no single variance."
        second = "Var(w)" if self.weight_mean == 0 else "E[w²]"
        size = number(self.variance / self.fan_in)
        verdict = (
            "the sum is as large as one input: the signal keeps its size" if abs(self.variance - 1) < 0.02
            else f"the sum {'shrinks' if self.variance < 1 else 'grows'} to {number(self.variance**0.5)} times an input"
        )  # fmt: skip
        return (
            f"n·{second} = {self.fan_in} × {size} = {number(self.variance)}, so {verdict}; "
            f"measured spread {spread} over {self.sums.size:,} sums."
        )


def neuron_sums(spec: NetworkSpec, fan_in: int) -> NeuronSums:
    """Neurons with `fan_in` inputs, in a layer as wide as its input, drawn by the spec's law and gain, and fed."""
    law, matrices = spec.law, -(-NEURONS // fan_in)
    rng = np.random.default_rng(spec.seed)
    sums = []
    for index in range(matrices):
        draws = LayerDraws(np.random.SeedSequence(spec.seed, spawn_key=(index,)), fan_in, fan_in, np.float64)
        weights = law.weights(draws)[:, : -(-NEURONS // matrices)] * spec.gain
        sums.append(np.einsum("ijk,jk->ik", rng.standard_normal((INPUTS, *weights.shape)), weights))
    mean, variance = law.moments(fan_in, fan_in)
    scaled = None if variance is None else variance * spec.gain**2
    reader = spec.init if spec.needs_data else ""
    return NeuronSums(fan_in, np.concatenate([s.reshape(-1) for s in sums]), mean * spec.gain, scaled, reader)
