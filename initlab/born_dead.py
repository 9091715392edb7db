"""How many ReLU networks are dead before the first step? The exact probability, and networks that are drawn and asked.

A unit with weights of a law that is symmetric around 0, and no bias, is silent for half of all draws, whatever arrives.
A layer of N such units is silent as a whole with probability 2^-N, and nothing passes it: for one input a network of
layers of N_1, N_2, ... units is born dead with probability 1 - prod(1 - 2^-N_l) (Lu, Shin, Su & Karniadakis 2019).
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from initlab.arrays import Array, Integers
from initlab.data_driven import LSUV
from initlab.draws import LayerDraws
from initlab.initializers import recipe
from initlab.laws import Law, Sparse
from initlab.spec import NetworkSpec
from initlab.wording import SUPERSCRIPTS, number, percent

NETWORKS: Final = 4000  # for one input: a standard error of at most 0.8 %
FOR_A_BATCH: Final = 1000
NUMBERS: Final = 2 * 10**7  # weights drawn in all, for one input and for a batch: a third of a second each
AT_ONCE: Final = 4 * 10**6  # numbers of one layer of all networks
MATRICES: Final = 10**5  # drawn, or multiplied, one by one inside NumPy
FALLBACK: Final = "He normal"


@dataclass(frozen=True, slots=True, eq=False)
class Deaths:
    """Of `networks`, the share that has a silent layer among the first 1..L `(L,)`, on `rows` at once."""

    rows: int
    networks: int
    share: Array

    @property
    def error(self) -> Array:
        """Standard error `(L,)` of the share; Laplace's rule keeps it above 0 where all or none are dead."""
        smooth = (self.share * self.networks + 1) / (self.networks + 2)
        return np.sqrt(smooth * (1 - smooth) / self.networks)


@dataclass(frozen=True, slots=True, eq=False)
class BornDead:
    """What is expected for one input of networks of 1..L layers, and what was found with weights of `init`.

    Both findings are None where the probability is so small that no drawn network could be expected to be dead.
    """

    init: str
    widths: tuple[int, ...]
    expected: Array
    one: Deaths | None = None
    batch: Deaths | None = None

    @property
    def table(self) -> dict[str, Array | Integers]:
        """One row a depth: the formula, and what was drawn."""
        columns: dict[str, Array | Integers] = {
            "hidden layers": np.arange(1, len(self.expected) + 1), "formula, one input": self.expected
        }  # fmt: skip
        for name, deaths in (("one input", self.one), ("all rows", self.batch)):
            if deaths:
                columns |= {f"drawn, {name}": deaths.share, f"standard error, {name}": deaths.error}
        return columns

    @property
    def reading(self) -> str:
        """The probability, and how far what was drawn is from it."""
        chance = number(float(self.expected[-1]), 3)
        said = (
            f"{_layers(self.widths)} is born dead for one input with probability {chance}, {_formula(self.widths)}: "
            "chance silences a whole layer."
        )
        if self.one is None or self.batch is None:
            return f"{said} No feasible number of draws would show it; with 2 to 5 units a layer it is common."
        said += f" Of {self.one.networks:,} networks drawn with {self.init}, {_share(self.one)} are."
        if self.batch.rows == 1:
            return said
        return (
            f"{said} On all {self.batch.rows} rows at once {_share(self.batch)} of {self.batch.networks:,} are: a "
            "layer that is silent for one row may answer to another, so the formula is an upper bound there."
        )


def _layers(widths: tuple[int, ...]) -> str:
    layers = f"{len(widths)} layer{'s' if len(widths) > 1 else ''}"
    few, many = min(widths), max(widths)
    units = f"{few} unit{'s' if few > 1 else ''}" if few == many else f"{few} to {many} units"
    return f"A ReLU network of {layers} of {units}"


def _formula(widths: tuple[int, ...]) -> str:
    if len(set(widths)) > 1:
        return "one minus the product of 1 − 2⁻ᴺ over its layers"
    units, layers = (f"{exponent}".translate(SUPERSCRIPTS) for exponent in (-widths[0], len(widths)))
    return f"1 − (1 − 2{units}){layers}"


def _share(found: Deaths) -> str:
    return f"{percent(float(found.share[-1]))} ± {percent(float(found.error[-1]))}"


def probability(widths: tuple[int, ...]) -> Array:
    """Of a silent layer among the first 1..L, for one input; exact also where it is tiny."""
    return -np.expm1(np.cumsum(np.log1p(-np.exp2(-np.array(widths, float)))))


def born_dead(spec: NetworkSpec, inputs: Array) -> BornDead:
    """Networks of the spec's widths, without biases, normalization and skips, asked with the first row of `inputs` that
    is not 0, and with all rows at once. A law that is not symmetric gives way to He normal."""
    init = spec.init if is_symmetric(spec) else FALLBACK
    widths = spec.widths[1:-1]
    expected = probability(widths)
    one = int(np.argmax(inputs.any(axis=1)))
    counts = [networks(spec.widths[:-1], rows) for rows in (1, len(inputs))]
    if not drawn(spec, len(inputs)):
        return BornDead(init, widths, expected, None, None)
    law = spec.law if init == spec.init else recipe(init).bound()
    found = [
        Deaths(len(rows), count, _shares(law, spec, rows, count))
        for rows, count in zip((inputs[one : one + 1], inputs), counts, strict=True)
    ]
    return BornDead(init, widths, expected, *found)


def drawn(spec: NetworkSpec, rows: int) -> int:
    """How many weights are drawn to find out; 0 where none of so many networks could be expected to be dead."""
    one, batch = (networks(spec.widths[:-1], count) for count in (1, rows))
    expected = float(probability(spec.widths[1:-1])[-1])
    return (one + batch) * sum(a * b for a, b in pairwise(spec.widths[:-1])) if expected * one >= 1 else 0


def is_symmetric(spec: NetworkSpec) -> bool:
    """Whether a weight is as likely negative as positive and never exactly 0. LSUV only scales such weights."""
    law = spec.law
    if isinstance(law, LSUV):
        return True
    mean, variance = law.moments(spec.width, spec.width)
    return mean == 0 and bool(variance) and not isinstance(law, Sparse)


def networks(widths: tuple[int, ...], rows: int) -> int:
    """How many networks of these widths, the inputs' first, are drawn for so many rows."""
    weights = [a * b for a, b in pairwise(widths)]
    largest = max(*weights, rows * max(widths[1:]))
    fits = min(NUMBERS // sum(weights), AT_ONCE // largest, MATRICES // len(weights))
    return max(1, min(NETWORKS if rows == 1 else FOR_A_BATCH, fits))


def _shares(law: Law, spec: NetworkSpec, inputs: Array, count: int) -> Array:
    """The share `(L,)` of networks that are dead by then."""
    h = np.broadcast_to(inputs.astype(np.float32), (count, *inputs.shape))
    dead, found = np.zeros(count, bool), []
    for layer, fans in enumerate(pairwise(spec.widths[:-1])):
        seed = np.random.SeedSequence(spec.seed, spawn_key=(layer,))
        weights = law.weights(LayerDraws(seed, *fans, networks=count)).astype(np.float32, copy=False)
        h = np.maximum(h @ weights, 0)
        largest = h.max(axis=(1, 2), keepdims=True)
        dead |= largest[:, 0, 0] == 0
        h /= np.where(largest > 0, largest, 1)  # no sign depends on the size, and deep products would leave float32
        found.append(dead.mean())
    return np.array(found)
