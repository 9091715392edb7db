"""The statistics of a layer against plain NumPy in double precision, on kind and on hostile values."""

import math

import numpy as np
import pytest
from tallied import check, check_log_histogram, check_own_histogram, tally

from initlab.arrays import Array
from initlab.tally import BINS, Tally, Workspace

NORMAL = np.random.default_rng(0).standard_normal((40, 30))
LONG = np.random.default_rng(1).standard_normal((200, 500))
KINDS: dict[str, Array] = {
    "normal": NORMAL,
    "far from zero": NORMAL + 100,
    "one-sided": np.maximum(NORMAL, 0),
    "two values": np.sign(NORMAL),
    "constant": np.full((5, 7), 0.3),
    "negative constant": np.full((5, 7), -2.5),
    "zeros": np.zeros((5, 7)),
    "one element": np.array([[1.75]]),
    "heavy tail": np.exp(4 * NORMAL),
    "tiny spread around a large mean": 1000 + 1e-3 * NORMAL,
    "small": NORMAL * 1e-25,
    "denormal": NORMAL * 1e-40,
    "huge": NORMAL * 1e37,
    "one outlier": np.append(np.zeros(999), 1e6)[None],
    "longer than a block": LONG - 1,
}
DOUBLE_ONLY = {
    "denormal in double": NORMAL * 1e-310,
    "huge in double": NORMAL * 1e305,
    "tinier spread": 1000 + 1e-10 * NORMAL,
    "very small": NORMAL * 1e-200,
}
CASES = [pytest.param(values.astype(np.float32), id=f"{name}, single") for name, values in KINDS.items()]
CASES += [pytest.param(values, id=f"{name}, double") for name, values in {**KINDS, **DOUBLE_ONLY}.items()]
each_case = pytest.mark.parametrize("values", CASES)
each_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@each_case
def test_statistics_are_those_of_numpy_in_double_precision(values: Array) -> None:
    check(tally({0: values}), 0, values)


@pytest.mark.parametrize("name", ["normal", "one-sided", "heavy tail", "longer than a block"])
@each_dtype
def test_the_own_histogram_is_numpys_but_for_values_on_an_edge(name: str, dtype: type) -> None:
    values = KINDS[name].astype(dtype)
    found = tally({0: values})
    numpys = np.histogram(values.astype(float), BINS)[0]
    # within 2^-20 of the span of an edge lie 64 * 2 * 2^-20 of evenly spread values; a heavy tail crowds the first bin
    moved = np.abs(np.cumsum(found.counts[0] - numpys)).max()
    assert moved <= 2 + 5e-4 * values.size


@each_dtype
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("share", [0.001, 0.5])
def test_values_that_are_not_finite_are_counted_and_left_out(dtype: type, bad: float, share: float) -> None:
    values = NORMAL.astype(dtype)
    spoilt = np.random.default_rng(2).random(values.shape) < share
    spoilt[0, 0] = True
    values[spoilt] = bad
    found, finite = tally({0: values}), values[~spoilt]
    assert found.finite_share[0] == pytest.approx(1 - spoilt.mean(), abs=1e-12)
    assert found.size[0] == values.size
    assert found.mean[0] == pytest.approx(finite.mean(dtype=float), abs=1e-6)
    assert found.std[0] == pytest.approx(finite.std(dtype=float), rel=1e-6)
    assert (found.minimum[0], found.maximum[0]) == (finite.min(), finite.max())
    check_log_histogram(found.log_counts[0], found.log_edges, finite.astype(float))


@each_dtype
@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_the_finite_values_beside_an_overflow_are_all_in_the_own_histogram(dtype: type, bad: float) -> None:
    smallest = np.array([[1, -1e16, bad]], dtype)
    assert tally({0: smallest}).counts[0].sum() == 2
    for seed in range(20):
        finite = np.random.default_rng(seed).standard_normal(500).astype(dtype)
        found = tally({0: np.append(finite, dtype(bad))[None]})
        check_own_histogram(found.counts[0], found.edges[0], finite.astype(float), float(np.finfo(dtype).eps))


@each_dtype
def test_a_layer_without_any_finite_value_has_no_moments_and_empty_histograms(dtype: type) -> None:
    found = tally({0: np.full((3, 4), np.nan, dtype), 1: NORMAL.astype(dtype)})
    assert found.finite_share.tolist() == [0, 1]
    for moment in (found.mean, found.std, found.rms, found.minimum, found.maximum):
        assert np.isnan(moment).tolist() == [True, False]
    assert found.counts[0].sum() == found.log_counts[0].sum() == found.zeros[0] == 0
    check(found, 1, NORMAL.astype(dtype))


@each_dtype
def test_layers_of_mixed_sizes_and_kinds_may_come_in_any_order(dtype: type) -> None:
    names = list(KINDS)
    sizes = [KINDS[name].astype(dtype) for name in names] + [NORMAL[:n, :7].astype(dtype) for n in (1, 2, 2, 2, 9, 2)]
    for order in (range(len(sizes)), reversed(range(len(sizes))), np.random.default_rng(3).permutation(len(sizes))):
        found = tally({int(layer): sizes[layer] for layer in order})
        for layer, values in enumerate(sizes):
            check(found, layer, values)


@each_dtype
@pytest.mark.parametrize("layers", [2, 16, 17, 50])
@pytest.mark.parametrize("size", [1, 3, 1000, 2**14, 2**14 + 1])
def test_many_layers_of_one_size_share_nothing(dtype: type, layers: int, size: int) -> None:
    rng, layers = np.random.default_rng(4), min(layers, 2**18 // size)
    values = {layer: (rng.standard_normal(size) * (layer + 1) - layer).astype(dtype) for layer in range(layers)}
    values[0] = np.full(size, 3, dtype)  # constants go another way than their neighbours
    found = tally(values)
    assert found.mean.shape == (len(values),)
    for layer in values:
        check(found, layer, values[layer])


def test_two_tallies_with_one_workspace_do_not_mix() -> None:
    space = Workspace(np.float64)
    first, second = Tally(space), Tally(space)
    for layer in range(3):
        first.add(layer, NORMAL + layer)
        second.add(layer, -NORMAL * (layer + 1))
    for layer in range(3):
        check(first.stats(), layer, NORMAL + layer)
        check(second.stats(), layer, -NORMAL * (layer + 1))


@each_dtype
def test_log_edges_are_shared_fixed_and_four_to_an_octave(dtype: type) -> None:
    found = tally({0: np.array([[1.0, 2.0]], dtype), 1: np.array([[2.0**-7, 100.0]], dtype)})
    steps = 10**found.log_edges
    whole = steps[np.isclose(steps, 2 ** np.round(np.log2(steps)), rtol=1e-9)]
    np.testing.assert_allclose(whole[1:] / whole[:-1], 2)
    np.testing.assert_allclose(steps[4:] / steps[:-4], 2)
    assert found.log_counts.shape == (2, len(found.log_edges) - 1)
    assert steps[0] == pytest.approx(2.0**-7)
    assert steps[-2] <= 100 < steps[-1]


@each_dtype
def test_the_smallest_denormal_and_the_largest_float_lie_within_the_log_edges(dtype: type) -> None:
    info = np.finfo(dtype)
    values = np.array([[0, info.smallest_subnormal, info.tiny, 1, info.max, -info.max]], dtype)
    found = tally({0: values})
    assert found.zeros[0] == 1
    assert found.log_counts[0].sum() == 5
    check_log_histogram(found.log_counts[0], found.log_edges, values.ravel().astype(float))


@each_dtype
def test_values_are_read_only_to_it_whatever_their_memory_order(dtype: type) -> None:
    values = np.asfortranarray(NORMAL.astype(dtype))
    values.setflags(write=False)
    check(tally({0: values}), 0, values)
    check(tally({0: values[::2, 1::3]}), 0, values[::2, 1::3])


@pytest.mark.parametrize("others", [[math.nan], [math.inf], []])
def test_values_one_rounding_apart_are_no_error_next_to_an_overflow_or_far_from_one(others: list[float]) -> None:
    size = 1.0 if others else 1e-150  # both are read the careful way
    values = np.array([[size, np.nextafter(size, 2 * size), *others]])
    assert tally({0: values}).counts[0].sum() == 2


def test_a_span_beyond_the_largest_double_still_has_finite_edges() -> None:
    largest = float(np.finfo(float).max)
    found = tally({0: np.array([[-largest, 0.0, largest]])})
    assert np.isfinite(found.edges).all()
