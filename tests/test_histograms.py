"""A layer's histogram on the three axes: the right bins in the right place, whatever magnitudes the layer has."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tallied import tally

from initlab.arrays import Array
from initlab.figures.histograms import AXES, COLUMNS, Axis, Profile, axis_range, profile, resampled
from initlab.tally import LayerStats

RNG = np.random.default_rng(0)
BUMP = RNG.normal(3.0, 0.25, 20_000).astype(np.float32)
LOGNORMAL = (RNG.choice((-1.0, 1.0), 20_000) * 10 ** RNG.normal(-5.0, 0.3, 20_000)).astype(np.float32)


def one(values: Array) -> LayerStats:
    return tally({0: values})


def peak(found: Profile) -> float:
    """Where the density is highest: the middle of its bin."""
    at = int(np.argmax(found.heights))
    return float(found.edges[at] / 2 + found.edges[at + 1] / 2)


def density_peak(values: Array, bins: int) -> float:
    heights, edges = np.histogram(values, bins)
    at = int(np.argmax(heights))
    return float(edges[at] + edges[at + 1]) / 2


def test_on_the_shared_axis_values_stand_where_they_are() -> None:
    found = profile(one(BUMP), 0, "Shared")
    assert (found.edges[0], found.edges[-1]) == pytest.approx((BUMP.min(), BUMP.max()), rel=1e-6)
    assert peak(found) == pytest.approx(density_peak(BUMP, 64), abs=0.05)
    assert found.heights.max() == 1


def test_on_its_own_axis_a_layer_ends_at_its_largest_magnitude() -> None:
    found = profile(one(BUMP - 4), 0, "Own")
    largest = float(np.abs(BUMP - 4).max())
    assert found.edges[0] == pytest.approx(-1, abs=1e-6)
    assert peak(found) == pytest.approx(density_peak(BUMP - 4, 64) / largest, abs=0.03)


def test_on_the_log_axis_magnitudes_stand_at_their_logarithm() -> None:
    found = profile(one(LOGNORMAL), 0, "Log magnitude")
    assert peak(found) == pytest.approx(-5, abs=0.15)
    inside = found.heights[(found.edges[:-1] > -5.3) & (found.edges[1:] < -4.7)]
    assert (inside > 0.4).all()  # one deviation off, a normal density is .61 of its peak: bins differ in width


def test_zeros_are_no_magnitude() -> None:
    found = profile(one(np.zeros(100, np.float32)), 0, "Log magnitude")
    assert not found.heights.any()
    assert found.visible == slice(0, 0)


@pytest.mark.parametrize("axis", AXES)
def test_a_layer_without_a_finite_value_is_empty(axis: Axis) -> None:
    found = profile(one(np.full(50, np.nan, np.float32)), 0, axis)
    assert not found.heights.any()
    assert axis_range([found], axis)[0] < axis_range([found], axis)[1]
    assert not resampled([found], *axis_range([found], axis)).any()


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(data=st.data())
def test_any_values_have_a_profile_of_height_one_inside_the_range(axis: Axis, dtype: type, data: st.DataObject) -> None:
    width = 32 if dtype is np.float32 else 64
    drawn = st.floats(width=width, allow_nan=True, allow_infinity=True)
    layers = [data.draw(arrays(dtype, 40, elements=drawn)) for _ in range(3)]
    stats = tally(dict(enumerate(layers)))
    found = [profile(stats, layer, axis) for layer in range(3)]
    low, high = axis_range(found, axis)
    assert low < high
    for values, p in zip(layers, found, strict=True):
        drawable = np.isfinite(values) & ((values != 0) | (axis != "Log magnitude"))
        assert p.heights.max() == (1 if drawable.any() else 0)
        assert p.heights.min() >= 0
        if p.visible.stop:
            assert low <= p.edges[p.visible.start] <= p.edges[p.visible.stop] <= high


def test_the_range_leaves_a_little_room_and_exists_without_data() -> None:
    p = Profile(np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.5]))
    assert axis_range([p], "Shared") == pytest.approx((0.92, 3.08))
    assert axis_range([p], "Own") == (-1.05, 1.05)
    assert axis_range([], "Log magnitude") == (-3, 0)
    assert axis_range([], "Shared") == (-1, 1)


def test_bins_too_low_to_see_do_not_widen_the_range() -> None:
    p = Profile(np.linspace(0, 5, 6), np.array([0.002, 0.1, 1.0, 0.0, 0.002]))
    assert p.visible == slice(1, 3)


def test_columns_keep_the_areas_and_every_row_its_own_peak() -> None:
    flat = Profile(np.array([0.0, 1.0, 2.0]), np.array([1.0, 1.0]))
    steps = Profile(np.array([0.0, 1.0, 2.0]), np.array([0.25, 1.0]))
    rows = resampled([flat, steps], 0, 2)
    assert rows.shape == (2, COLUMNS)
    assert (rows[0] == 255).all()
    assert (rows[1, : COLUMNS // 2] == 64).all()
    assert (rows[1, COLUMNS // 2 :] == 255).all()


def test_a_layer_narrower_than_a_column_is_one_column() -> None:
    spike = Profile(np.array([0.5001, 0.5002]), np.array([1.0]))
    (row,) = resampled([spike], 0, 1)
    assert list(np.flatnonzero(row)) == [COLUMNS // 2]
    assert row.max() == 255


def test_the_axes_offered_are_the_axes_there_are() -> None:
    assert get_args(Axis) == AXES
