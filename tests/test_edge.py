"""Where a measured map keeps its size, where theory puts that edge, and the sentences about both."""

from dataclasses import replace

import numpy as np
import pytest

from initlab import ACTIVATIONS, NetworkSpec, meanfield, sweep
from initlab.arrays import Array
from initlab.edge import KEEPS, cell_reading, level_gains, reading, stable_gains, sweep_table, theory
from initlab.grid import GAINS, Grid
from initlab.sweep import Ends, Sweep

RELU = NetworkSpec("He normal", batch=32)
TANH = NetworkSpec("Random normal", (("stddev", 0.01),), activation="Tanh", batch=32)


def with_change(change: list[list[float]]) -> Sweep:
    """A map whose gradient changes by these decades."""
    decades = np.array(change, float)
    grid = Grid(RELU, tuple(range(1, len(decades) + 1)), tuple(float(10**k) for k in range(decades.shape[1])))
    with np.errstate(all="ignore"):
        one = np.ones(decades.shape)
        return Sweep(grid, Ends(one, one, 10**decades, one))


def test_the_level_gain_lies_between_the_cells_where_the_change_crosses_none() -> None:
    found = level_gains(with_change([[-1, 1, 2], [-3, -1, 3], [1, 2, 3], [-np.inf, -2, 2]]), "Gradient")
    np.testing.assert_allclose(found[[0, 1, 3]], [10**0.5, 10**1.25, 10**1.5])
    assert np.isnan(found[2])


def test_the_stable_gains_are_the_longest_run_within_a_factor_of_thirty() -> None:
    assert round(10**KEEPS, 9) == 30
    found = stable_gains(with_change([[0, 2, 1, -1], [9, 9, 9, 9], [np.nan, 0, 2, -np.inf]]), "Gradient")
    np.testing.assert_array_equal(found, [[100, 1000], [np.nan, np.nan], [10, 10]])


@pytest.mark.parametrize(
    ("spec", "gain"),
    [
        (RELU, 1.0),
        (TANH, (128 * 1e-4) ** -0.5),
        (replace(TANH, init="Glorot normal", init_params=()), 1.0),
        (NetworkSpec("LeCun normal", activation="Sigmoid"), 103.00755**0.5),
        (replace(TANH, bias_stddev=0.05**0.5), (1.760955 / (128 * 1e-4)) ** 0.5),  # facts: sigma_b^2 = 0.05
    ],
)
def test_the_critical_gain_is_where_the_published_weight_variance_is(spec: NetworkSpec, gain: float) -> None:
    found = theory(spec, 0.1, 10)
    assert found.critical_gain == pytest.approx(gain, rel=1e-6)
    assert not found.doubts


def test_a_law_with_biases_of_its_own_is_critical_with_them() -> None:
    """PyTorch's biases have the variance of its weights, 1/(3 N), at every gain."""
    found = theory(NetworkSpec("PyTorch default", activation="Tanh"), 0.1, 10)
    assert meanfield.chi("Tanh", found.critical_gain**2 / 3, 1 / 384) == pytest.approx(1, abs=1e-7)


def test_at_six_xi_the_gradient_of_a_linear_network_has_changed_twentyfold() -> None:
    """Second road: a linear network's gradient changes by its gain a layer, whatever the theory."""
    found = theory(NetworkSpec("LeCun normal", activation="Linear"), 0.1, 10)
    off = np.abs(np.log(found.gains)) > 0.01
    np.testing.assert_allclose(found.gains[off] ** (np.sign(np.log(found.gains[off])) * found.reach[off]), np.exp(3))


def test_the_measured_edge_of_a_wide_network_is_where_theory_has_it() -> None:
    """He on ReLU: Var ln|d|^2 is about 5 m/N; three sigma of ln RMS is 1.5 sqrt(5 m/N), shared by m layers."""
    spec, depth = NetworkSpec("He normal", width=256, batch=32), 20
    measured = level_gains(sweep(spec, (depth,), GAINS), "Gradient")[0]
    tolerance = (1.5 * np.sqrt(5 * depth / 256) + 1.25 * depth / 256) / depth
    assert abs(np.log(measured / theory(spec, 0.1, 10).critical_gain)) < tolerance


@pytest.mark.parametrize(
    ("change", "doubt"),
    [
        ({"init": "Constant", "init_params": (("value", 0.1),)}, "mean 0.1"),
        ({"init": "Zeros", "init_params": ()}, "all weights are 0"),
        ({"init": "Identity", "init_params": ()}, "not random"),
        ({"normalization": "Batch"}, "batch normalization"),
        ({"residual": True}, "residual"),
        ({"shape": "Funnel"}, "differ in width"),
    ],
)
def test_where_theory_has_no_say_it_gives_the_reason(change: dict[str, object], doubt: str) -> None:
    found = theory(replace(RELU, **change), 0.1, 10)
    assert np.isnan(found.critical_gain)
    assert np.isnan(found.reach).all()
    assert doubt in found.doubts[0]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_has_a_theory_or_a_doubt(activation: str) -> None:
    found = theory(NetworkSpec(activation=activation, width=16), 0.01, 100)
    assert (found.reach[np.isfinite(found.reach)] >= 0).all()
    assert "narrow" in found.doubts[-1]
    assert np.isfinite(found.critical_gain) or activation in found.doubts[0]


def test_the_reading_names_the_stable_gains_and_how_far_theory_is_off() -> None:
    spec = replace(TANH, init="Glorot normal", init_params=())
    found = sweep(spec)
    low, high = stable_gains(found, "Gradient")[-1]
    words = reading(found, "Gradient", theory(spec, 0.1, 10))
    assert f"at depth 30 gains from {low:.2g} to {high:.2g} keep it" in words
    assert "Theory's critical gain (χ₁ = 1) is 1; measured, at depth 30 it keeps its size exactly at gain 1." in words
    assert "% above it" in words
    assert "measured" not in reading(found, "Signal", theory(spec, 0.1, 10))


def test_readings_of_maps_without_an_edge_say_so() -> None:
    nothing = sweep(NetworkSpec("Zeros", batch=16, width=16), (1, 4), (0.5, 1.0, 2.0))
    words = reading(nothing, "Gradient", theory(nothing.grid.spec, 0.5, 2))
    assert words == (
        "At depths 1 and 4 the gradient is exactly 0 in layer 1 at every gain of this map. "
        "Theory names no critical gain: all weights are 0."
    )
    signal = reading(nothing, "Signal", theory(nothing.grid.spec, 0.5, 2))
    assert signal == "At depths 1 and 4 the signal is exactly 0 in the last layer at every gain of this map."
    alone = reading(with_change([[0.0], [0.0]]), "Gradient", theory(RELU, 1, 1))
    assert "gain 1 alone keeps" in alone


def test_a_row_without_any_number_is_not_said_to_miss_a_gain() -> None:
    none = theory(NetworkSpec("Zeros"), 1, 10)
    words = reading(with_change([[9.0, 8.0], [np.nan, np.nan]]), "Gradient", none)
    assert words.startswith("At depth 1 no gain of this map keeps the gradient within a factor of 30")
    assert "at depth 2 it overflows at every gain of this map." in words
    assert reading(with_change([[9.0, 8.0], [-np.inf, -np.inf]]), "Gradient", theory(RELU, 1, 10)).endswith(
        "at depth 2 it is exactly 0 in layer 1 at every gain of this map. Theory's critical gain (χ₁ = 1) is 1."
    )
    single = reading(with_change([[np.nan, np.nan]]), "Gradient", none)
    assert single.startswith("At depth 1 the gradient overflows at every gain of this map. Theory names")
    mixed = reading(with_change([[-np.inf, 8.0]]), "Gradient", none)
    assert mixed.startswith("At depth 1 no gain of this map keeps the gradient within a factor of 30.")


def test_the_sentence_about_a_cell_has_its_numbers() -> None:
    found = with_change([[-1.0, 2.0], [np.nan, -np.inf]])
    assert cell_reading(found, 0, 1).startswith("Depth 1, gain 10: the activations' RMS is 1 in layer 1; the ")
    assert "the gradients' overflows" in cell_reading(found, 1, 0)
    assert cell_reading(found, 1, 1).endswith("the gradients' goes from 1 in layer 2 to 0 in layer 1.")


def test_the_table_has_a_row_a_cell() -> None:
    found = with_change([[-1.0, 2.0], [0.0, 1.0]])
    table = sweep_table(found)
    expected: Array = np.array([-1.0, 2.0, 0.0, 1.0])
    np.testing.assert_array_equal(table["depth"], [1, 1, 2, 2])
    np.testing.assert_array_equal(table["gain"], [1, 10, 1, 10])
    np.testing.assert_allclose(table["gradient change log10"], expected)
