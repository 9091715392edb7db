"""Twins against the rule applied to every pair of units, on structured and on random layers."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from initlab import NetworkSpec, probe
from initlab.arrays import Array, Flags
from initlab.twins import all_agree, told_apart, twins

ROWS, UNITS, FAN_IN = 20, 12, 9


class Layer(NamedTuple):
    gradient: Array
    activation: Array
    weight: Array
    bias: Array


def agree(values: Array, tolerance: float) -> Flags:
    """Whether two columns are one to this tolerance of the largest value, for every pair."""
    return np.abs(values[:, :, None] - values[:, None, :]).max(axis=0) <= tolerance * np.abs(values).max()


def by_pairs(layer: Layer) -> tuple[int, int]:
    """Distinct units and units with a twin: the gradient columns agree to 1e-5 of the layer's largest, and the incoming
    weights with the bias agree to 1e-6, or the activation columns do and are not all zero."""
    alive = (layer.activation != 0).any(axis=0)
    by_output = agree(layer.activation, 1e-6) & alive & alive[:, None]
    pair = agree(np.vstack([layer.weight, layer.bias]), 1e-6) | by_output
    if np.isfinite(layer.gradient).all():
        pair &= agree(layer.gradient, 1e-5)
    first = pair.argmax(axis=1)  # the classes are equivalent here: the first unit each agrees with names its class
    return len(np.unique(first)), int((pair.sum(axis=1) > 1).sum())


def random_layer(seed: int = 0, units: int = UNITS, rows: int = ROWS, dtype: type = np.float64) -> Layer:
    rng = np.random.default_rng(seed)
    shapes = [(rows, units), (rows, units), (FAN_IN, units), (units,)]
    return Layer(*(rng.standard_normal(shape).astype(dtype) for shape in shapes))


def copied(layer: Layer, groups: list[list[int]], *parts: str) -> Layer:
    """In the named parts, the units of a group all get the columns of its first."""
    changed = {name: getattr(layer, name).copy() for name in parts}
    for group in groups:
        for array in changed.values():
            array[..., group] = array[..., group[:1]]
    return layer._replace(**changed)


GROUPS = [[0, 3, 7], [1, 2], [5, 11]]
EVERYTHING = ("gradient", "activation", "weight", "bias")
ALL = [list(range(UNITS))]
RANDOM = random_layer()
STRUCTURED: dict[str, tuple[Layer, tuple[int, int]]] = {
    "all different": (RANDOM, (12, 0)),
    "all the same": (copied(RANDOM, ALL, *EVERYTHING), (1, 12)),
    "three groups": (copied(RANDOM, GROUPS, *EVERYTHING), (8, 7)),
    "equal weights, other gradients": (copied(RANDOM, ALL, "activation", "weight", "bias"), (12, 0)),
    "equal gradients alone": (copied(RANDOM, ALL, "gradient"), (12, 0)),
    "equal gradients and weights": (copied(RANDOM, GROUPS, "gradient", "weight", "bias"), (8, 7)),
    "equal gradients and weights, another bias": (copied(RANDOM, GROUPS, "gradient", "weight"), (12, 0)),
    "equal gradients and outputs": (copied(RANDOM, GROUPS, "gradient", "activation"), (8, 7)),
    "no gradient anywhere, equal weights": (
        copied(RANDOM, GROUPS, "weight", "bias")._replace(gradient=np.zeros((ROWS, UNITS))), (8, 7)
    ),
    "no gradient anywhere, weights of their own": (RANDOM._replace(gradient=np.zeros((ROWS, UNITS))), (12, 0)),
    "dead, weights of their own": (
        RANDOM._replace(gradient=np.zeros((ROWS, UNITS)), activation=np.zeros((ROWS, UNITS))), (12, 0)
    ),
    "saturated alike without a gradient": (
        RANDOM._replace(gradient=np.zeros((ROWS, UNITS)), activation=np.ones((ROWS, UNITS))), (1, 12)
    ),
    "zeros everywhere": (Layer(*(np.zeros_like(part) for part in RANDOM)), (1, 12)),
    "overflowed gradient, equal weights": (
        copied(RANDOM, GROUPS, "weight", "bias")._replace(gradient=np.full((ROWS, UNITS), np.nan)), (8, 7)
    ),
    "overflowed gradient, all different": (RANDOM._replace(gradient=np.full((ROWS, UNITS), np.inf)), (12, 0)),
    "mirrored weights": (
        RANDOM._replace(weight=np.hstack([RANDOM.weight[:, :6], -RANDOM.weight[:, :6]])), (12, 0)
    ),
}  # fmt: skip


def found(layer: Layer) -> tuple[int, int]:
    with np.errstate(all="ignore"):  # as inside `measure`
        return twins(*layer)


@pytest.mark.parametrize("name", STRUCTURED)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_structured_layers_are_counted_as_the_rule_says(name: str, dtype: type) -> None:
    layer, expected = STRUCTURED[name]
    layer = Layer(*(part.astype(dtype) for part in layer))
    with np.errstate(invalid="ignore"):
        assert by_pairs(layer) == expected, "the rule itself"
    assert found(layer) == expected


@pytest.mark.parametrize(("part", "tolerance"), [("gradient", 1e-5), ("weight", 1e-6), ("bias", 1e-6)])
@pytest.mark.parametrize(("factor", "expected"), [(0.9, (11, 2)), (1.1, (12, 0))])
def test_the_tolerance_is_a_share_of_the_layers_largest_value(
    part: str, tolerance: float, factor: float, expected: tuple[int, int]
) -> None:
    layer = copied(RANDOM, [[4, 8]], "gradient", "weight", "bias")
    largest = np.abs(np.vstack([layer.weight, layer.bias]) if part != "gradient" else layer.gradient).max()
    moved = getattr(layer, part).copy()
    moved[(3, 8) if moved.ndim == 2 else 8] += factor * tolerance * largest
    layer = layer._replace(**{part: moved})
    assert by_pairs(layer) == found(layer) == expected


@pytest.mark.parametrize("row", [0, 1, 7, ROWS - 1])
@pytest.mark.parametrize("part", ["gradient", "activation"])
def test_one_row_that_differs_is_enough(part: str, row: int) -> None:
    layer = copied(RANDOM, [[4, 8]], "gradient", "activation")
    moved = getattr(layer, part).copy()
    moved[row, 8] += 1
    assert found(layer._replace(**{part: moved})) == (12, 0)


@pytest.mark.parametrize("units", [1, 2, 3, 300])
@pytest.mark.parametrize("rows", [1, 2, 300])
def test_any_shape_of_layer_is_counted(units: int, rows: int) -> None:
    layer = random_layer(units=units, rows=rows)
    assert found(layer) == (units, 0)
    same = copied(layer, [list(range(units))], *EVERYTHING)
    assert found(same) == (1, units if units > 1 else 0)


def test_nothing_given_is_changed() -> None:
    layer = copied(RANDOM, GROUPS, *EVERYTHING)
    for part in layer:
        part.setflags(write=False)
    assert found(layer) == (8, 7)


def test_twins_by_weights_and_twins_by_outputs_are_counted_together() -> None:
    layer = copied(RANDOM, [[0, 1], [2, 3]], "gradient")
    by_weights = copied(layer, [[0, 1]], "weight", "bias")  # two dead units, say, and two saturated alike
    layer = copied(by_weights, [[2, 3]], "activation")
    assert by_pairs(layer) == (10, 4)
    assert found(layer) == (10, 4)


@pytest.mark.parametrize("part", ["gradient", "weight", "activation"])
@pytest.mark.parametrize("rows", [2, 16, 33])
def test_a_unit_that_differs_in_a_row_few_look_at_does_not_hide_twins(rows: int, part: str) -> None:
    same = np.ones((rows, 5))
    layer = Layer(same, same, same if part != "activation" else random_layer(units=5).weight, np.zeros(5))
    for row in range(rows):
        for impostor in (0, 2, 4):
            values = getattr(layer, part).copy()
            values[row, impostor] -= 1
            values[row - 1, impostor] += 1  # a sum of the column does not show it
            changed = layer._replace(**{part: values})
            assert found(changed) == by_pairs(changed) == ((2, 4) if part != "weight" else (1, 5))


@pytest.mark.parametrize("kind", ["heard once", "saturated"])
def test_twins_are_found_among_units_whose_largest_values_or_sums_are_alike(kind: str) -> None:
    rng, units, rows = np.random.default_rng(5), 60, 64
    layer = random_layer(units=units, rows=rows, dtype=np.float32)._replace(
        gradient=np.zeros((rows, units), np.float32)
    )
    if kind == "saturated":  # every largest value is 1
        activation = np.sign(rng.standard_normal((rows, units)))
    else:  # one small value a unit beside one loud unit: sums over all rows lie within their reach
        activation = np.zeros((rows, units))
        activation[rng.integers(rows, size=units), np.arange(units)] = 1e-5 * (1 + rng.random(units))
        activation[:, 0] = 1
    layer = layer._replace(activation=activation.astype(np.float32))
    for groups in ([], GROUPS, [[10, 20], [30, 31, 59]]):
        changed = copied(layer, groups, "activation")
        assert found(changed) == by_pairs(changed)
        assert found(changed)[1] >= sum(map(len, groups))


def test_the_units_of_a_wide_identity_without_an_input_are_twins() -> None:
    found = probe(NetworkSpec("Identity", depth=1, width=128))  # 64 pixels, 64 units that see none of them
    assert (found.distinct_units[0], found.twin_share[0]) == (65, 0.5)


@st.composite
def layers(draw: st.DrawFn, dtype: type = np.float64) -> Layer:
    """A random layer in which random groups share everything, or all that one of the two clauses needs."""
    units = draw(st.integers(1, 40))
    layer = random_layer(draw(st.integers(0, 2**20)), units, draw(st.sampled_from([1, 2, 8, 9, 40])), dtype)
    clause = draw(st.sampled_from([EVERYTHING, ("gradient", "weight", "bias"), ("gradient", "activation")]))
    names = draw(st.lists(st.integers(0, 6), min_size=units, max_size=units))
    groups = [[unit for unit in range(units) if names[unit] == name] for name in set(names)]
    if draw(st.booleans()):
        layer = layer._replace(gradient=np.zeros_like(layer.gradient))
    if draw(st.booleans()):
        layer = layer._replace(bias=np.zeros_like(layer.bias))
    if draw(st.booleans()):  # a rectifier: half of the values are zero, some whole columns
        layer = layer._replace(activation=np.maximum(layer.activation - draw(st.sampled_from([0, 2])), 0))
    return copied(layer, [group for group in groups if draw(st.booleans())], *clause)


@given(layers())
def test_any_layer_is_counted_as_the_rule_applied_to_every_pair(layer: Layer) -> None:
    assert found(layer) == by_pairs(layer)


@given(layers(), st.sampled_from(["activation", "weight"]))
def test_a_short_look_never_says_what_all_pairs_deny(layer: Layer, name: str) -> None:
    columns = getattr(layer, name)
    pairs = agree(columns, 1e-6)
    assert all_agree(columns, 1e-6) == pairs[0].all()
    assert not (told_apart(columns, 1e-6) and (pairs.sum(axis=0) > 1).any())


def test_a_short_look_is_enough_for_random_columns_and_never_for_overflowed_ones() -> None:
    columns = random_layer(units=100, rows=50).activation
    assert told_apart(columns, 1e-6)
    columns[3, 4] = np.inf
    with np.errstate(all="ignore"):
        assert not told_apart(columns, 1e-6)
        assert not all_agree(columns, 1e-6)


@pytest.mark.stress
@settings(max_examples=3000)
@given(layers(), st.sampled_from([np.float32, np.float64]))
def test_any_layer_is_counted_as_the_rule_applied_to_every_pair_at_length(layer: Layer, dtype: type) -> None:
    layer = Layer(*(part.astype(dtype) for part in layer))
    assert found(layer) == by_pairs(layer)
