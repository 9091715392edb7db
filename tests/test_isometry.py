"""Singular values of whole networks: Saxe, Pennington, zeros, overflow, where the Jacobian starts, and the budget."""

import math
from dataclasses import replace

import numpy as np
import pytest

from initlab.datasets import load
from initlab.isometry import (
    GAUSSIAN,
    MAX_SPECTRA,
    Isometry,
    Spectrum,
    fitting,
    isometry,
    layers_below,
    measured,
    name,
    operations,
    partner,
    shown_layers,
)
from initlab.network import Network
from initlab.spec import NetworkSpec
from initlab.spectral_law import moments, spread
from initlab.start import build

TANH = NetworkSpec(*GAUSSIAN, 1.5, "Tanh", depth=17, width=192, precision="float64")
RELU = replace(TANH, activation="ReLU", gain=2**0.5)
DIGITS = load("Digits", "Standardized", 256).inputs


def of(spec: NetworkSpec, row: int = 0, layers: tuple[int, ...] | None = None) -> Isometry:
    return isometry(build(spec), DIGITS[: spec.rows], row, layers)


def last(spec: NetworkSpec, row: int = 0) -> Spectrum:
    found = of(spec, row, (spec.depth,)).last
    assert found is not None
    return found


def test_saxe_orthogonal_linear_layers_keep_all_singular_values_at_the_gain_and_gaussian_ones_do_not() -> None:
    spec = replace(TANH, activation="Linear", depth=61, width=64, gain=1.1)
    orthogonal, gaussian = last(partner(spec)), last(spec)
    np.testing.assert_allclose(orthogonal.values, 61 * np.log10(1.1), atol=1e-10)  # 64 digit pixels: square throughout
    assert orthogonal.condition < 1e-10
    assert gaussian.condition > 60


@pytest.mark.parametrize("spec", [TANH, partner(TANH), RELU, partner(RELU)], ids=lambda s: f"{s.activation} {s.init}")
def test_pennington_the_measured_spread_of_few_draws_lies_about_the_law(spec: NetworkSpec) -> None:
    # Four layers: the law's variance is far below the width, and its estimate's own follows from the draws.
    shallow = replace(spec, depth=5)
    found = [of(replace(shallow, seed=seed), seed, (5,)) for seed in range(8)]
    variances = np.array([one.spectra[-1].variance for one in found])
    laws = [spread(shallow, one.argument, 4) for one in found]
    expected = np.array([law.variance[-1] for law in laws if law is not None])
    standard_error = (variances - expected).std(ddof=1) / len(found) ** 0.5
    finite_width = expected.mean() ** 2 / spec.width  # the moment ratio of N values is biased by its own order 1/N
    assert abs((variances - expected).mean()) < 3.5 * standard_error + finite_width


@pytest.mark.stress
@pytest.mark.parametrize(
    ("spec", "published"),
    [(TANH, 23.6), (partner(TANH), 7.6), (RELU, 32.0), (partner(RELU), 16.0)],
    ids=["tanh Gaussian", "tanh orthogonal", "ReLU Gaussian", "ReLU orthogonal"],
)
def test_pennington_sixteen_layers_approach_the_published_spread(spec: NetworkSpec, published: float) -> None:
    wide, q = replace(spec, width=512, batch=32), 1.0
    for _ in range(200):
        q = spec.gain**2 * moments(spec.phi, q).square  # q*; for ReLU any q is one
    variances = np.array([at_rest(replace(wide, seed=seed), seed, q) for seed in range(12)])
    standard_error = variances.std(ddof=1) / len(variances) ** 0.5
    assert abs(variances.mean() - published) < 3.5 * standard_error + published**2 / 512 + 0.05


def at_rest(spec: NetworkSpec, row: int, q: float) -> float:
    """The spread behind an input scaled so that layer 1 sees z of mean square q, as theory then has every layer do."""
    network = build(spec)
    x = DIGITS[row : row + 1]
    scaled = x * np.sqrt(q / np.mean((x @ network.weights[0]) ** 2))
    (found,) = isometry(network, scaled, 0, (spec.depth,)).spectra
    return found.variance


def test_uniform_weights_spread_like_gaussian_ones() -> None:
    # Universality: only the variance counts. Eight draws of each; both means scatter, hence the difference of errors.
    pair = [replace(TANH, depth=5, gain=1.5).with_init(init) for init in ("LeCun uniform", "LeCun normal")]
    found = np.array([[last(replace(s, seed=seed)).variance for seed in range(8)] for s in pair])
    error = np.sqrt((found.var(axis=1, ddof=1) / 8).sum())
    assert abs(np.diff(found.mean(axis=1))[0]) < 3.5 * error


def test_relu_loses_half_of_the_directions_whatever_the_weights() -> None:
    for spec in (RELU, partner(RELU)):
        found = last(spec)
        assert found.condition == math.inf
        assert 0.4 < found.zeros / found.size < 0.8
        assert len(found.values) + found.zeros == 192


def test_the_statistics_of_a_spectrum_are_those_of_its_numbers() -> None:
    squares = np.array([4.0, 1.0, 0.25, 0.0])
    found = Spectrum(3, np.log10(np.sqrt(squares[:3])), 4)
    assert found.zeros == 1
    assert found.extremes == pytest.approx((np.log10(0.5), np.log10(2)))
    assert found.median == pytest.approx(0)
    assert found.condition == math.inf
    assert 10**found.mean_square == pytest.approx(squares.mean())
    assert found.variance == pytest.approx(squares.var() / squares.mean() ** 2)
    assert Spectrum(3, found.values, 3).condition == pytest.approx(np.log10(4))


def test_a_spectrum_of_zeros_has_no_size_and_no_spread() -> None:
    found = Spectrum(1, np.zeros(0), 5)
    assert found.zeros == 5
    assert found.extremes == (-math.inf, -math.inf)
    assert found.median == found.mean_square == -math.inf
    assert found.condition == math.inf
    assert math.isnan(found.variance)


def test_values_hundreds_of_decades_apart_are_no_trouble() -> None:
    found = Spectrum(1, np.array([400.0, 0.0, -400.0]), 3)
    assert found.mean_square == pytest.approx(800 + np.log10(1 / 3))
    assert found.variance == pytest.approx(2)


def test_zero_weights_leave_nothing_and_every_layer_says_so() -> None:
    found = of(TANH.with_init("Zeros"))
    assert all(s.zeros == s.size == 192 for s in found.spectra)
    assert found.spectra[-1].layer == 17


def test_overflow_is_named_and_what_lies_before_it_is_kept() -> None:
    spec = replace(TANH, activation="Linear", gain=1000.0, depth=200, width=16)
    found = of(spec)
    assert found.overflow is not None
    assert 90 < found.overflow < 120  # a layer multiplies by a thousand, float64 ends at 10³⁰⁸
    assert found.spectra
    assert found.last is not None
    assert found.last.layer < found.overflow
    assert found.reached == 200


def test_two_hundred_layers_that_shrink_or_grow_by_far_too_much_still_have_a_shape() -> None:
    for gain in (1e-3, 30.0):
        spec = replace(TANH, activation="Linear", gain=gain, depth=200, width=64)
        wanted = last(replace(spec, gain=1.0))
        found = last(spec)
        np.testing.assert_allclose(found.values, wanted.values + 200 * np.log10(gain), atol=1e-6)
        assert found.variance == pytest.approx(wanted.variance, rel=1e-6)


def test_the_precision_of_the_network_does_not_matter() -> None:
    single = build(replace(TANH, precision="float32", depth=4))
    double = replace(
        single, weights=[w.astype(float) for w in single.weights], biases=[b.astype(float) for b in single.biases]
    )
    found, expected = (isometry(net, DIGITS, 3).last for net in (single, double))
    assert found is not None
    assert expected is not None
    np.testing.assert_array_equal(found.values, expected.values)


def test_the_jacobian_starts_where_the_layers_are_square() -> None:
    assert layers_below((64, 128, 128)) == 1
    assert layers_below((64, 64, 64)) == 0
    assert layers_below((64, 128)) == 0, "the only layer there is"
    assert [s.layer for s in of(replace(TANH, depth=5)).spectra] == [2, 3, 4, 5]
    assert [s.layer for s in of(replace(TANH, depth=3, width=64)).spectra] == [1, 2, 3]
    only = of(replace(TANH, depth=1)).spectra
    assert [(s.layer, s.size) for s in only] == [(1, 64)]


def test_an_hourglass_passes_on_no_more_directions_than_its_waist() -> None:
    found = last(replace(TANH, shape="Hourglass", depth=9, width=64))
    assert (found.size, found.zeros) == (64, 48)


@pytest.mark.parametrize("width", [1, 2, 3])
@pytest.mark.parametrize("normalization", ["None", "Batch", "Layer"])
def test_the_narrowest_networks_are_measured_like_any_other(width: int, normalization: str) -> None:
    found = of(replace(TANH, width=width, depth=4, normalization=normalization))
    assert all(s.size == width for s in found.spectra)
    if width == 1 and normalization == "Layer":
        assert all(s.zeros == 1 for s in found.spectra), "one unit minus its mean is nothing"


def test_rows_differ_where_the_activation_bends_and_agree_where_it_does_not() -> None:
    assert last(TANH, 0).mean_square != last(TANH, 1).mean_square
    linear = replace(TANH, activation="Linear", depth=4)
    np.testing.assert_allclose(last(linear, 0).values, last(linear, 1).values, atol=1e-12)


def test_without_batch_normalization_a_row_does_not_depend_on_the_others() -> None:
    network = build(replace(TANH, depth=4))
    alone, among = isometry(network, DIGITS[5:6], 0).last, isometry(network, DIGITS, 5).last
    assert alone is not None
    assert among is not None
    np.testing.assert_array_equal(alone.values, among.values)


def test_every_step_is_one_layer() -> None:
    steps = [found.reached for found in measured(build(replace(TANH, depth=6)), DIGITS)]
    assert steps == [2, 3, 4, 5, 6]


@pytest.mark.parametrize("depth", [1, 2, 16, 17, 18, 200])
def test_at_most_sixteen_layers_are_shown_first_and_last_among_them(depth: int) -> None:
    for below in (0, 1) if depth > 1 else (0,):
        layers = shown_layers(below, depth)
        assert len(layers) == min(depth - below, MAX_SPECTRA)
        assert (layers[0], layers[-1]) == (below + 1, depth)
        assert list(layers) == sorted(set(layers))


@pytest.mark.parametrize("init", ["Random normal", "He uniform", "PyTorch default", "Glorot normal"])
def test_the_partner_has_the_variance_of_the_start_and_the_other_law(init: str) -> None:
    spec = replace(TANH, width=128, gain=1.3).with_init(init)
    other = partner(spec)
    assert other.init == "Orthogonal"
    start, matched = build(spec).weights[3], build(other).weights[3]
    assert matched.std() == pytest.approx(start.std(), rel=0.02)
    back = partner(other)
    assert name(back) == "Gaussian"
    assert build(back).weights[3].std() == pytest.approx(matched.std(), rel=0.02)


@pytest.mark.parametrize("init", ["Zeros", "Ones", "Identity", "Constant"])
def test_a_start_without_a_variance_meets_a_partner_of_variance_one_over_n(init: str) -> None:
    assert partner(replace(TANH, gain=1.0).with_init(init)).gain == pytest.approx(1)


def test_lsuv_is_orthogonal_but_for_its_size_so_it_meets_gaussian_weights() -> None:
    other = partner(replace(TANH, gain=2.0).with_init("LSUV"))
    assert name(other) == "Gaussian"
    assert other.gain == pytest.approx(2)


def test_a_start_can_be_compared_with_its_own_kind() -> None:
    spec = replace(partner(TANH), seed=3)
    assert partner(spec, "Orthogonal") == spec
    assert partner(TANH, "Gaussian") == TANH


@pytest.mark.parametrize("init", ["He normal", "Orthogonal"])
def test_what_does_not_fit_the_budget_loses_spectra_first_and_then_layers(init: str) -> None:
    big = NetworkSpec(init, depth=200, width=1024, batch=16)
    depth, spectra = fitting(big, partner(big))
    assert 2 <= depth < 200
    assert spectra == 4
    small = NetworkSpec(init, depth=200, width=128, batch=16)
    assert fitting(small, partner(small)) == (200, MAX_SPECTRA)
    assert operations(replace(big, depth=depth), spectra) < operations(big, MAX_SPECTRA)


def test_equal_columns_of_a_user_s_own_network_are_one_direction() -> None:
    weights = [np.full((4, 4), 0.5), np.eye(4), np.ones((4, 1))]
    found = isometry(Network(weights, [np.zeros(4), np.zeros(4), np.zeros(1)], "Linear"), np.ones((1, 4))).last
    assert found is not None
    assert (found.size, found.zeros) == (4, 3)
    assert 10.0 ** found.extremes[1] == pytest.approx(2)
