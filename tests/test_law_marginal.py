"""How one weight is distributed: against what is drawn, and against the declared moments."""

from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from initlab.arrays import Array
from initlab.catalogue import drawn
from initlab.initializers import INITIALIZERS, recipe
from initlab.law_marginal import Marginal, marginal
from initlab.laws import Law

FANS = [(64, 48), (3, 5), (1, 1)]
SIGNIFICANCE = 1e-4
PARAMETERS: dict[str, list[dict[str, Any]]] = {
    "Random normal": [{}, {"mean": 0.3, "stddev": 1.0}, {"stddev": 0.0}],
    "Random uniform": [{}, {"minval": 0.0, "maxval": 1.0}, {"minval": 0.5, "maxval": 0.5}],
    "Truncated normal": [{}, {"mean": -0.3, "stddev": 1.0}, {"stddev": 0.0}],
    "Variance scaling": [
        *({"scale": 2.5, "distribution": law} for law in ("truncated_normal", "untruncated_normal", "uniform")),
        {"scale": 0.0},
    ],
    "Sparse": [{}, {"sparsity": 0.0, "stddev": 1.0}, {"sparsity": 1.0}],
}
LAWS: list[tuple[str, Law]] = [
    (f"{name} {values}", recipe(name).bound(recipe(name).complete(values), "Sigmoid"))
    for name in INITIALIZERS
    for values in PARAMETERS.get(name, [{}])
]
each_law = pytest.mark.parametrize(("name", "law"), LAWS, ids=lambda v: v if isinstance(v, str) else "")
each_layer = pytest.mark.parametrize("fans", FANS, ids=str)


def of_many(law: Law, fans: tuple[int, int], enough: int = 400) -> Array:
    """Weights of as many layers as it takes; of an orthogonal matrix one a layer, since its others depend on it."""
    layers = -(-enough // (fans[0] * fans[1]))
    return np.array([drawn(law, *fans, seed).ravel() for seed in range(layers)]).ravel()


@each_law
@each_layer
def test_density_and_single_values_make_one(name: str, law: Law, fans: tuple[int, int]) -> None:
    found = marginal(law, *fans)
    total = sum(share for _, share in found.atoms)
    if found.spread:
        low, high = found.spread.support()
        ends = max(low, -20.0), min(high, 20.0)
        middle = [p for p in found.spread.ppf([1e-6, 0.5, 1 - 1e-6]) if ends[0] < p < ends[1]]
        total += integrate.quad(found.density, *ends, points=middle, limit=200)[0]
    assert total == pytest.approx(1, abs=1e-6)
    low, high = found.reach
    assert found.cdf(np.array([low - 1, high + 1])) == pytest.approx([0, 1], abs=1e-4)


@each_law
@each_layer
def test_what_is_drawn_follows_it(name: str, law: Law, fans: tuple[int, int]) -> None:
    found, values = marginal(law, *fans), of_many(law, fans)
    for value, share in found.atoms:
        here = np.isclose(values, value, rtol=1e-9, atol=1e-12)
        chance = share * (1 - share) if fans == (1, 1) and _dependent(law) else 0.0  # else the number is exact
        error = 5 * np.sqrt(chance / values.size) + 1e-9
        assert here.mean() == pytest.approx(share, abs=error)
        values = values[~here] if found.spread else values
    if found.spread and values.size:
        values = values if not _dependent(law) else np.array([drawn(law, *fans, seed)[0, 0] for seed in range(200)])
        assert stats.kstest(values, found.spread.cdf).pvalue > SIGNIFICANCE


def _dependent(law: Law) -> bool:
    """Whether the entries of a matrix depend on each other, as they do where it is orthogonal."""
    return type(law).__name__ in ("Orthogonal", "LSUV")


@each_law
@each_layer
def test_its_variance_is_the_declared_one(name: str, law: Law, fans: tuple[int, int]) -> None:
    declared = law.moments(*fans)[1]
    if declared is not None:
        assert marginal(law, *fans).variance == pytest.approx(declared, rel=1e-9, abs=1e-15)


def test_the_comparison_tells_neighbouring_laws_apart() -> None:
    values = of_many(recipe("He normal").bound(), (64, 48))
    for other in ("He uniform", "LeCun normal"):
        assert stats.kstest(values, marginal(recipe(other).bound(), 64, 48).spread.cdf).pvalue < SIGNIFICANCE


def test_both_parts_count_in_what_lies_below() -> None:
    mixed = Marginal(stats.uniform(-1, 2), ((0.0, 0.5),))
    np.testing.assert_allclose(mixed.cdf(np.array([-2, -0.5, -1e-9, 0, 0.5, 2])), [0, 0.125, 0.25, 0.75, 0.875, 1])
    assert mixed.share == 0.5
    assert mixed.variance == pytest.approx(1 / 6)
