"""A layer's statistics as they must be: plain NumPy in double precision, with the errors that rounding allows."""

import math
from collections.abc import Mapping

import numpy as np
import pytest

from initlab.arrays import Array
from initlab.tally import BINS, LayerStats, Tally, Workspace


def tally(layers: Mapping[int, Array]) -> LayerStats:
    """One quantity's statistics, its layers added in the mapping's order; silent as inside `measure`."""
    with np.errstate(all="ignore"):
        gathered = Tally(Workspace(next(iter(layers.values())).dtype))
        for layer, values in layers.items():
            gathered.add(layer, values)
        return gathered.stats()


def expected_moments(values: Array) -> tuple[float, float, float]:
    """Mean, deviation and RMS in double precision, scaled first so that no square overflows or vanishes."""
    finite = values[np.isfinite(values)].astype(float)
    exponent = int(np.frexp(np.abs(finite).max())[1])
    scaled = np.ldexp(finite, -exponent)
    mean, std, rms = scaled.mean(), scaled.std(), math.sqrt(np.vecdot(scaled, scaled) / scaled.size)
    mean, std, rms = np.ldexp([mean, std, rms], exponent)
    return float(mean), float(std), float(rms)


def check(found: LayerStats, row: int, values: Array) -> None:
    """Everything `found` says about `values`, which are finite."""
    flat = values.ravel().astype(float)
    low, high = flat.min(), flat.max()
    mean, std, rms = expected_moments(values)
    # A difference from the minimum is rounded to the layer's precision: by eps/2 of the span. A sum of n squares in
    # double precision may be off by n * 1.1e-16 of n spans squared, which moves the deviation by half of that over std.
    # What is 1e-300 of the largest value may be lost, and denormals come in steps of the smallest one.
    eps, span = float(np.finfo(values.dtype).eps), high - low
    largest = max(abs(low), abs(high))
    rounding = span * eps + 1.2e-16 * flat.size * (span + largest) + float(np.nextafter(0, 1))
    summing = flat.size * 1.2e-16 * span * (span / std) if std else 0.0
    assert (found.minimum[row], found.maximum[row]) == pytest.approx((low, high), rel=0, abs=1e-300 * largest)
    assert found.mean[row] == pytest.approx(mean, rel=0, abs=rounding)
    assert found.std[row] == pytest.approx(std, rel=4 * eps, abs=rounding + summing)
    assert found.rms[row] == pytest.approx(rms, rel=4 * eps, abs=rounding + summing)
    assert found.finite_share[row] == 1
    assert found.size[row] == flat.size
    assert found.zeros[row] == np.count_nonzero(flat == 0)
    check_own_histogram(found.counts[row], found.edges[row], flat, eps)
    check_log_histogram(found.log_counts[row], found.log_edges, flat)


def check_own_histogram(counts: Array, edges: Array, flat: Array, eps: float) -> None:
    low, high = flat.min(), flat.max()
    assert counts.shape == (BINS,)
    assert edges.shape == (BINS + 1,)
    assert counts.sum() == flat.size
    if low == high:
        assert edges[0] <= low <= edges[-1]
        assert np.count_nonzero(counts) == 1
        return
    ends = pytest.approx((low, high), rel=0, abs=4e-16 * (abs(low) + high - low))
    assert (edges[0], edges[-1]) == ends
    # Only a value closer to an edge than its rounding may be counted beside it: so up to any edge the counts lie
    # between those of two slightly moved edges. 2^-20 of the span is the shrinkage that keeps the maximum inside.
    slack = (high - low) * (2.0**-20 + 4 * eps)
    below = np.cumsum(counts)[:-1]
    ordered = np.sort(flat)
    assert (below >= np.searchsorted(ordered, edges[1:-1] - slack)).all()
    assert (below <= np.searchsorted(ordered, edges[1:-1] + slack, side="right")).all()


def check_log_histogram(counts: Array, edges: Array, flat: Array) -> None:
    magnitudes = np.sort(np.log10(np.abs(flat[flat != 0])))
    assert counts.sum() == magnitudes.size
    below = np.cumsum(counts)[:-1]
    assert (below >= np.searchsorted(magnitudes, edges[1:-1] - 1e-12)).all()
    assert (below <= np.searchsorted(magnitudes, edges[1:-1] + 1e-12, side="right")).all()
    if magnitudes.size:
        assert edges[0] - 1e-12 <= magnitudes[0]
        assert magnitudes[-1] <= edges[-1] + 1e-12
