"""Theory of one network: against many draws of wide ones, its own band, and what it says it does not cover."""

import math
from dataclasses import replace
from typing import Final

import numpy as np
import pytest
from sampling import sampled

from initlab import ACTIVATIONS, INITIALIZERS, meanfield, moments
from initlab.arrays import Array
from initlab.band import Profile, seed_profiles
from initlab.datasets import load
from initlab.measurement import mean_difference
from initlab.network import Network
from initlab.probe import probe
from initlab.spec import NetworkSpec
from initlab.theory import Theory, broken, cautions, correlations, expect, here, mean_correlations, variances

SEEDS: Final = 6
WIDE: Final = NetworkSpec("Glorot normal", activation="Tanh", depth=6, width=256, batch=64)
each_activation = pytest.mark.parametrize("activation", ACTIVATIONS)


def measured(spec: NetworkSpec, seeds: int = SEEDS) -> Profile:
    """RMS of activations and gradients over draws `(seeds, L)`."""
    data = load(spec.dataset, spec.scaling, spec.rows)
    found = list(seed_profiles(spec, data.inputs, data.targets, seeds=seeds))
    return Profile(np.array([p.activation for p in found]), np.array([p.gradient for p in found]))


def expected(spec: NetworkSpec, top: float = 1.0) -> Theory:
    inputs = load(spec.dataset, spec.scaling, spec.rows).inputs.astype(float)
    return expect(spec, (inputs**2).mean(axis=1), top)


def mean_logarithms_agree(draws: Array, low: Array, high: Array) -> None:
    """Draws scatter around the band's middle with a quarter of its width; five standard errors of their mean."""
    middle, deviation = np.log(low * high) / 2, np.log(high / low) / 4
    mean = np.log(draws).mean(axis=0)
    # a spread law is exact to its first order in 1/n only: a quarter of a deviation for what it leaves out
    assert (np.abs(mean - middle) <= (5 / math.sqrt(len(draws)) + 0.25) * deviation + 1e-6).all()


@each_activation
@pytest.mark.parametrize("init", ["Glorot normal", "He normal", "LeCun normal"])
def test_many_draws_of_a_wide_network_lie_around_both_curves(activation: str, init: str) -> None:
    spec = replace(WIDE, init=init, activation=activation)
    draws, theory = measured(spec), expected(spec)
    assert theory.forward is not None
    assert theory.backward is not None
    mean_logarithms_agree(draws.activation, theory.forward.low, theory.forward.high)
    relative = draws.gradient / draws.gradient[:, -1:]
    mean_logarithms_agree(relative[:, :-1], theory.backward.low[:-1], theory.backward.high[:-1])


@pytest.mark.parametrize(
    "spec",
    [
        replace(WIDE, shape="Funnel"),
        replace(WIDE, shape="Hourglass", init="He normal", activation="ReLU"),
        replace(WIDE, bias_stddev=0.5, gain=1.6),
        replace(WIDE, init="PyTorch default"),
        replace(WIDE, init="scikit-learn default", activation="Sigmoid"),
        replace(WIDE, residual=True, depth=12),
        replace(WIDE, activation="Leaky ReLU", activation_params=(("slope", 0.3),)),
        replace(WIDE, dataset="Iris", init="He uniform"),
        replace(WIDE, init="Random normal", init_params=(("stddev", 1.0),)),
        replace(WIDE, init="Orthogonal"),
    ],
    ids=lambda spec: f"{spec.init} {spec.activation} {spec.shape} {spec.dataset} {spec.residual}",
)
def test_shapes_biases_gains_and_skips_are_followed(spec: NetworkSpec) -> None:
    draws, theory = measured(spec), expected(spec)
    assert theory.forward is not None
    assert theory.backward is not None
    mean_logarithms_agree(draws.activation, theory.forward.low, theory.forward.high)
    relative = draws.gradient / draws.gradient[:, -1:]
    mean_logarithms_agree(relative[:, :-1], theory.backward.low[:-1], theory.backward.high[:-1])


@pytest.mark.parametrize(("activation", "a_layer"), [("ReLU", 5), ("Linear", 2)])
def test_the_band_is_the_law_of_a_single_row(activation: str, a_layer: float) -> None:
    """Var ln|x|^2 = 5 l/n and 2 l/n; both directions; the mean falls by half of it."""
    init = "He normal" if activation == "ReLU" else "LeCun normal"
    theory = expected(NetworkSpec(init, activation=activation, depth=30, width=128))
    layers = np.arange(1, 31)
    assert theory.forward is not None
    assert theory.backward is not None
    for found, steps in ((theory.forward, layers), (theory.backward, 30 - layers)):
        spread = (np.log(found.high / found.low) / 2) ** 2
        np.testing.assert_allclose(spread, a_layer * steps / 128, rtol=1e-6, atol=1e-12)
        np.testing.assert_allclose(np.log(found.low * found.high / found.rms**2), -spread / 2, atol=1e-9)


def test_single_rows_of_narrow_networks_lie_in_the_band_as_often_as_it_says() -> None:
    spec = NetworkSpec("He normal", activation="ReLU", depth=8, width=64, dataset="Gaussian noise", batch=1)
    theory, draws = expected(spec), measured(spec, 150)
    assert theory.forward is not None
    inside = (draws.activation >= theory.forward.low) & (draws.activation <= theory.forward.high)
    # 95 %, give or take three deviations of a share over 150 draws, and the tails are not exactly normal
    assert inside.mean(axis=0).min() > 0.95 - 3 * math.sqrt(0.95 * 0.05 / 150) - 0.02


def test_the_gradient_line_starts_from_what_was_measured_on_top() -> None:
    theory = expected(WIDE, 3e-5)
    assert theory.backward is not None
    assert theory.backward.rms[-1] == pytest.approx(3e-5)
    for top in (0.0, math.nan, math.inf):
        assert expected(WIDE, top).backward is None
        assert expected(WIDE, top).forward is not None


@pytest.mark.parametrize(
    ("spec", "word"),
    [
        (replace(WIDE, normalization="Batch"), "Batch normalization"),
        (replace(WIDE, normalization="Layer"), "Layer normalization"),
        (replace(WIDE, init="Zeros"), "equal"),
        (replace(WIDE, init="Constant"), "equal"),
        (replace(WIDE, gain=0.0), "equal"),
        (replace(WIDE, init="Random uniform", init_params=(("minval", 0.0), ("maxval", 1.0))), "mean 0.5"),
        (replace(WIDE, init="Identity"), "no law with a variance"),
        (replace(WIDE, width=16), "fewer than 32"),
        (replace(WIDE, width=64, shape="Funnel"), "fewer than 32"),
        (replace(WIDE, activation="ReLU", residual=True), "Residual"),
    ],
)
def test_where_an_assumption_fails_it_is_named_and_nothing_is_drawn(spec: NetworkSpec, word: str) -> None:
    theory = expected(spec)
    assert theory.forward is None
    assert theory.backward is None
    (sentence,) = theory.broken
    assert word in sentence
    with pytest.raises(ValueError, match="assumptions must hold"):
        correlations(spec, 0.5)


def test_what_widens_or_narrows_the_band_is_said() -> None:
    assert "Orthogonal" in cautions(replace(WIDE, init="Orthogonal"))[0]
    assert "few incoming" in cautions(replace(WIDE, init="Sparse"))[0]
    assert not cautions(WIDE)
    assert not broken(WIDE)


@pytest.mark.parametrize("init", sampled(INITIALIZERS, every=3))
@pytest.mark.parametrize("activation", ["ReLU", "GELU", "Tanh"])
def test_every_start_gives_curves_or_a_reason_and_no_warning(init: str, activation: str) -> None:
    for spec in (
        NetworkSpec(init, activation=activation, depth=200, width=64, gain=1000.0),
        NetworkSpec(init, activation=activation, depth=200, width=64, gain=0.01),
        NetworkSpec(init, activation=activation, depth=1, width=1),
    ):
        theory = expected(spec)
        assert bool(theory.broken) == (theory.forward is None)
        if theory.forward is not None:
            drawn = theory.forward.rms[np.isfinite(theory.forward.rms)]
            limits = np.finfo("float32")
            assert ((drawn >= limits.smallest_subnormal) & (drawn <= limits.max)).all()


def test_the_precision_bounds_what_is_drawn() -> None:
    spec = NetworkSpec("He normal", gain=3.0, depth=200)
    for precision, layers in (("float32", 80), ("float64", 200)):
        theory = expected(replace(spec, precision=precision))
        assert theory.forward is not None
        drawn = np.isfinite(theory.forward.rms)
        assert drawn.sum() == pytest.approx(layers, abs=2)
        assert drawn[: int(drawn.sum())].all()


@each_activation
def test_the_layers_follow_the_variance_map_and_chi(activation: str) -> None:
    spec = replace(WIDE, activation=activation, bias_stddev=0.3)
    weight, bias = here(spec) or (math.nan, math.nan)
    assert weight == pytest.approx(1, rel=1e-12)
    assert bias == pytest.approx(0.09)
    theory = expect(spec, np.ones(1), 1.0)
    found = variances(spec)
    assert theory.forward is not None
    assert theory.backward is not None
    q = np.array(found.weight[0] + found.bias[0])
    for layer in range(spec.depth):
        assert theory.forward.rms[layer] ** 2 == pytest.approx(moments.square(activation, q), rel=1e-9)
        below = q
        q = meanfield.variance_map(activation, q, weight, bias)
        if 0 < layer < spec.depth - 1:
            ratio = theory.backward.rms[layer] ** 2 / theory.backward.rms[layer + 1] ** 2
            assert ratio == pytest.approx(meanfield.chi(activation, weight, bias, below), rel=1e-9)


def test_where_a_network_stands_in_the_phase_diagram() -> None:
    assert here(NetworkSpec("He normal", width=64)) == pytest.approx((2, 0))
    assert here(NetworkSpec("He normal", width=64, gain=0.5, bias_stddev=2.0)) == pytest.approx((0.5, 4))
    assert here(NetworkSpec("PyTorch default", width=50)) == pytest.approx((1 / 3, 1 / 150))
    assert here(NetworkSpec("Random normal", (("stddev", 0.1),), depth=1, width=7)) == pytest.approx((0.64, 0))
    assert here(NetworkSpec("Identity")) is None
    with pytest.raises(ValueError, match="weights need a variance; received Identity"):
        variances(NetworkSpec("Identity"))


@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize(("activation", "gain"), [("Tanh", 1.0), ("Tanh", 2.0), ("Hard tanh", 1.4)])
def test_correlations_are_those_of_two_inputs_in_a_wide_network(
    activation: str, gain: float, *, residual: bool
) -> None:
    spec = NetworkSpec(
        "LeCun normal", activation=activation, gain=gain, depth=8, width=1000, bias_stddev=0.2, residual=residual
    )
    rng, c = np.random.default_rng(5), 0.4
    first, other = np.linalg.qr(rng.standard_normal((64, 2)))[0].T * 8  # mean square 1, at right angles
    x = np.stack([first, c * first + math.sqrt(1 - c * c) * other])
    fans = [(64, 1000), *[(1000, 1000)] * 7, (1000, 10)]
    weights = [rng.normal(0, gain / math.sqrt(fan[0]), fan) for fan in fans]
    biases = [rng.normal(0, 0.2, fan[1]) for fan in fans]
    forward = Network(weights, biases, activation, residual=residual).forward(x)
    found = [float(z[0] @ z[1] / np.linalg.norm(z[0]) / np.linalg.norm(z[1])) for z in forward.preactivations]
    # a cosine of n pairs strays by 1/sqrt(n), and each layer adds its own: four deviations after eight layers
    np.testing.assert_allclose(found, correlations(spec, c), atol=4 * math.sqrt(8 / 1000))


def test_correlations_stay_where_they_start_in_a_linear_network_and_take_many_at_once() -> None:
    spec = NetworkSpec("LeCun normal", activation="Linear", depth=50)
    c = np.array([-1.0, 0.0, 0.3, 1.0])
    np.testing.assert_allclose(correlations(spec, c), np.tile(c, (50, 1)), atol=1e-9)
    relu = correlations(NetworkSpec("He normal", depth=200), c)
    assert relu.shape == (200, 4)
    assert (np.diff(relu[:, :3], axis=0) > 0).all()
    # 1 - c falls as 9 pi^2/(2 (l + l0)^2), so its inverse root grows by sqrt(2)/(3 pi) a layer
    slope = np.diff((1 - relu[[100, 199], 1]) ** -0.5)[0] / 99
    assert slope == pytest.approx(math.sqrt(2) / (3 * math.pi), rel=0.03)


@pytest.mark.parametrize(
    ("activation", "init"), [("ReLU", "He normal"), ("Tanh", "Glorot normal"), ("Sigmoid", "Glorot normal")]
)
def test_the_mean_cosine_between_inputs_is_what_draws_of_wide_networks_have_on_average(
    activation: str, init: str
) -> None:
    spec = replace(WIDE, init=init, activation=activation, scaling="0-1", bias_stddev=0.1)
    inputs = load(spec.dataset, spec.scaling, spec.rows).inputs
    draws = np.array([probe(replace(spec, seed=seed)).input_correlation for seed in range(SEEDS)])
    error = draws.std(axis=0, ddof=1) / math.sqrt(SEEDS)
    np.testing.assert_array_less(np.abs(draws.mean(axis=0) - mean_correlations(spec, inputs)), 5 * error + 0.02)


def test_a_linear_network_keeps_the_mean_cosine_of_the_data_and_one_row_has_none() -> None:
    spec = replace(WIDE, init="LeCun normal", activation="Linear", scaling="0-1")
    inputs = load(spec.dataset, spec.scaling, spec.rows).inputs
    found = mean_correlations(spec, inputs)
    np.testing.assert_allclose(found, 1 - mean_difference(inputs), atol=2e-3)  # sixteen groups stand for 2,016 pairs
    assert np.isnan(mean_correlations(spec, inputs[:1])).all()
    assert np.isnan(mean_correlations(spec, np.zeros((4, 64)))).all()
