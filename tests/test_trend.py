"""When a change of size is a finding, and when it is chance, slow, or borderline."""

import math

import numpy as np
import pytest

from initlab.trend import Trend


def trend(factor: float, layers: int, width: int = 10**6) -> Trend:
    """An even journey through `layers` layers whose RMS changes by `factor` in all."""
    rms = factor ** np.linspace(0, 1, layers)
    return Trend(rms, tuple(range(1, layers + 1)), (width,) * layers)


@pytest.mark.parametrize("factor", [31, 1 / 31, 300, 1e-9])
def test_a_change_beyond_thirty_is_a_trend(factor: float) -> None:
    assert trend(factor, 10).exceeds(30)


@pytest.mark.parametrize("factor", [29, 1 / 29, 1])
def test_a_change_below_thirty_is_none(factor: float) -> None:
    assert not trend(factor, 10).exceeds(30)


def test_a_slow_change_counts_only_beyond_three_hundred() -> None:
    assert not trend(1.049**99, 100).exceeds(30)
    assert trend(1.051**99, 100).exceeds(30)
    assert not trend(299, 200).exceeds(30)
    assert trend(301, 200).exceeds(30)


def test_what_draws_explain_is_no_trend() -> None:
    """m/N = 1: upwards exp(1.5 sqrt 5) = 28.6, downwards exp(-1.5 sqrt 5 - 1.25) = 1/100."""
    assert trend(40, 65, 64).exceeds(30)
    assert not trend(1 / 99, 65, 64).exceeds(30)
    assert trend(1 / 101, 65, 64).exceeds(30)


def test_every_layer_adds_noise_by_its_own_width() -> None:
    mixed = Trend(np.ones(3), (1, 2, 3), (2, 4, 8))
    assert mixed.noise == 1 / 4 + 1 / 8


def test_an_rms_of_zero_is_a_fall_without_end() -> None:
    falling = Trend(np.array([1.0, 0.5, 0.0, 0.0]), (1, 2, 3, 4), (64,) * 4)
    assert falling.log_ratio == -math.inf
    assert falling.exceeds(30)
    assert falling.concerned == (3, 4)
    assert falling.journey() == "falls from 1 in layer 1 to exactly 0 in layer 3"


def test_one_layer_has_no_trend() -> None:
    assert not trend(1, 1).exceeds(30)
    assert not Trend(np.zeros(1), (1,), (64,)).exceeds(30)


@pytest.mark.parametrize(("factor", "borderline"), [(14, False), (16, True), (31, True), (59, True), (61, False)])
def test_borderline_is_within_a_factor_of_two(factor: float, borderline: bool) -> None:
    assert trend(factor, 5).borderline is borderline
    assert trend(1 / factor, 5).borderline is borderline


def test_the_rate_says_whether_it_is_an_average() -> None:
    assert trend(0.1**9, 10).rate() == "Each layer passes on 10 % of what it receives: "
    assert trend(2.5**9, 10).rate() == "Each layer multiplies what it receives by 2.5: "
    sudden = Trend(np.array([1.0, 1.0, 1e-6]), (1, 2, 3), (64,) * 3)
    assert sudden.rate() == "On average each layer passes on 0.1 % of what it receives: "


def test_the_gradient_travels_downwards() -> None:
    falling = Trend(np.array([1e-4, 1e-2, 1.0]), (3, 2, 1), (64,) * 3)
    assert falling.log_ratio < 0
    assert falling.concerned == (1, 2)
    assert falling.journey() == "falls from 1 in layer 3 to 0.0001 in layer 1"
