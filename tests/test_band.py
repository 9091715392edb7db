"""The band over other draws: the same numbers as full probes of those seeds, in any number of instalments."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from probed import batch, probed

from initlab.arrays import Array
from initlab.band import SEEDS, Profile, all_profiles, profiles_aside, rms, seed_profiles
from initlab.scenarios import SCENARIOS
from initlab.spec import NetworkSpec

SPECS: dict[str, NetworkSpec] = {
    "plain": NetworkSpec("Glorot normal", activation="Tanh", depth=4, width=24, batch=32, seed=5),
    "batch normalization": NetworkSpec("He normal", depth=4, width=24, batch=32, normalization="Batch"),
    "layer normalization": NetworkSpec("He normal", depth=4, width=24, batch=32, normalization="Layer", residual=True),
    "biases": NetworkSpec("PyTorch default", activation="GELU", depth=4, width=24, batch=32, bias_stddev=0.3),
    "float64": NetworkSpec("LeCun uniform", activation="SELU", depth=4, width=24, batch=32, precision="float64"),
    "no targets": NetworkSpec("Orthogonal", activation="Erf", depth=4, width=24, batch=32, dataset="Gaussian noise"),
    "a funnel": NetworkSpec("He uniform", depth=4, width=24, batch=32, shape="Funnel", output="LeCun normal"),
}


def profiles(spec: NetworkSpec, start: int = 0, seeds: int = SEEDS) -> list[Profile]:
    data = batch(spec.dataset, spec.scaling, spec.rows)
    return list(seed_profiles(spec, data.inputs, data.targets, start, seeds))


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_each_profile_is_the_probe_of_the_next_seed(spec: NetworkSpec) -> None:
    found = profiles(spec, seeds=3)
    assert len(found) == 3
    for step, profile in enumerate(found, start=1):
        probe = probed(replace(spec, seed=spec.seed + step))
        np.testing.assert_allclose(profile.activation, probe.activation.rms, rtol=2e-5)
        np.testing.assert_allclose(profile.gradient, probe.gradient.rms, rtol=2e-5)


def test_a_band_in_one_go_is_the_same_whatever_was_drawn_before() -> None:
    for spec in (*SPECS.values(), SPECS["plain"], replace(SPECS["plain"], depth=6), replace(SPECS["plain"], gain=1.5)):
        data = batch(spec.dataset, spec.scaling, spec.rows)
        found = all_profiles(spec, data.inputs, data.targets, 1, 4)
        np.testing.assert_array_equal(found, profiles(spec, 1, 4))


@pytest.mark.parametrize("at_once", [1, 3, 100])
def test_a_band_from_the_process_beside_is_the_same_however_it_is_cut(at_once: int) -> None:
    spec = SPECS["plain"]
    data = batch(spec.dataset, spec.scaling, spec.rows)
    found = profiles_aside(spec, data.inputs, data.targets, start=2, seeds=SEEDS, at_once=at_once)
    np.testing.assert_array_equal(list(found), profiles(spec, 2))


def test_an_interrupted_band_goes_on_where_it_stopped() -> None:
    whole = profiles(SPECS["plain"])
    rest = profiles(SPECS["plain"], start=4)
    assert len(whole) == SEEDS
    np.testing.assert_array_equal(rest, whole[4:])
    assert profiles(SPECS["plain"], start=SEEDS) == []


def test_after_the_last_seed_comes_the_first() -> None:
    last = replace(SPECS["plain"], seed=2**31 - 1)
    first = probed(replace(last, seed=0))
    np.testing.assert_allclose(profiles(last, seeds=2)[0].activation, first.activation.rms, rtol=2e-5)


def test_an_overflow_is_infinite_or_no_number_and_nothing_is_raised() -> None:
    found = profiles(replace(SCENARIOS["Too large"].spec, gain=10.0, depth=40, width=32, batch=16), seeds=2)[0]
    assert np.isfinite(found.activation[:10]).all()
    assert not np.isfinite(found.activation[-1])
    assert not np.isfinite(found.gradient[0])


def test_nothing_passed_on_is_exactly_zero() -> None:
    found = profiles(replace(SCENARIOS["Zeros"].spec, width=16, batch=16), seeds=2)[0]
    assert not found.activation.any()
    assert not found.gradient.any()


@given(arrays(np.float64, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.floats(-1e4, 1e4, width=32)))
def test_the_rms_is_the_root_of_the_mean_square(values: Array) -> None:
    assert rms(values) == pytest.approx(float(np.sqrt(np.mean(values**2))), rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("scale", [1e-320, 1e-200, 1e200, 1.7e308])
def test_squares_that_would_leave_the_range_do_no_harm(scale: float) -> None:
    assert rms(np.array([[scale, -scale], [scale, scale]])) == pytest.approx(scale, rel=1e-12)


@pytest.mark.parametrize(
    ("odd", "expected"), [(np.inf, np.isposinf), (-np.inf, np.isposinf), (np.nan, np.isnan), (0.0, lambda x: x == 0)]
)
def test_what_is_not_finite_stays_so(odd: float, expected: Callable[[float], bool]) -> None:
    values = np.zeros((3, 4), np.float32)
    values[1, 2] = odd
    assert expected(rms(values))


def test_single_precision_is_summed_in_double() -> None:
    assert rms(np.full((1000, 1000), 0.1, np.float32)) == pytest.approx(float(np.float32(0.1)), rel=1e-12)
