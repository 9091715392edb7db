"""The statistics of any values at all: whatever bits a layer holds, they are summarized without an error."""

import warnings

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from tallied import check, tally

from initlab.arrays import Array

NORMAL = np.random.default_rng(0).standard_normal((40, 30))
each_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def hostile(dtype: type) -> st.SearchStrategy[Array]:
    """Any bits at all, with some runs of ordinary values so that ties and constants occur."""
    width = 32 if dtype is np.float32 else 64
    anything = st.floats(width=width, allow_nan=True, allow_infinity=True)
    largest = float(np.finfo(dtype).max) / 4  # a larger span is the case above
    ordinary = st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, 1e-30, largest])
    shape = arrays.array_shapes(min_dims=2, max_dims=2, max_side=12)
    return arrays.arrays(dtype, shape, elements=anything.filter(lambda x: not abs(x) > largest) | ordinary)


def check_hostile(values: Array) -> None:
    finite = values[np.isfinite(values)].astype(float)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = tally({3: NORMAL.astype(values.dtype), 1: values})
    assert found.finite_share[0] == pytest.approx(finite.size / values.size)
    assert found.counts[0].sum() == finite.size
    assert found.log_counts[0].sum() + found.zeros[0] == finite.size
    check(found, 1, NORMAL.astype(values.dtype))
    if finite.size == values.size:
        check(found, 0, values)


@each_dtype
@settings(max_examples=40)
@given(data=st.data())
def test_any_values_at_all_are_summarized(dtype: type, data: st.DataObject) -> None:
    values = data.draw(hostile(dtype))
    check_hostile(values)


@pytest.mark.stress
@each_dtype
@settings(max_examples=1500)
@given(data=st.data())
def test_any_values_at_all_are_summarized_at_length(dtype: type, data: st.DataObject) -> None:
    check_hostile(data.draw(hostile(dtype)))


@given(arrays.arrays(float, st.integers(1, 60), elements=st.floats(-1e6, 1e6)), st.integers(-300, 300))
@example(np.array([1.0, 2.0, 3.0]), -280)
def test_scaling_by_a_power_of_two_scales_every_moment_exactly(values: Array, exponent: int) -> None:
    if (values != 0).any() and np.abs(values[values != 0]).min() < 1e-150:
        return
    plain, scaled = tally({0: values[None]}), tally({0: np.ldexp(values, exponent)[None]})
    for name in ("mean", "std", "rms", "minimum", "maximum"):
        expected = np.ldexp(getattr(plain, name), exponent)
        slack = 1e-12 * np.ldexp(np.abs(values).max(), exponent)
        np.testing.assert_allclose(getattr(scaled, name), expected, rtol=1e-12, atol=slack)
