"""The plane of weight and bias variance: its cells, its edge, where q* diverges, and the lines of equal depth."""

from functools import cache
from typing import Final

import numpy as np
import pytest

from initlab import meanfield, phase
from initlab.activations import ACTIVATIONS
from initlab.phase import BIASES, EDGE_ROWS, WEIGHTS, Axis
from initlab.ui.state import FIELDS

plane = cache(phase.plane)
PUBLISHED: Final = ((0.01, 1.424205), (0.05, 1.760955), (0.2, 2.285152))  # tanh's critical sigma_b^2 and sigma_w^2
each_activation = pytest.mark.parametrize("name", ACTIVATIONS)


@each_activation
def test_a_cell_holds_what_mean_field_theory_says_of_its_two_variances(name: str) -> None:
    found = plane(name)
    for row, column in ((0, 0), (0, 99), (99, 0), (99, 99), (17, 42), (63, 8)):
        at = float(found.window.weight[column]), float(found.window.bias[row])
        np.testing.assert_allclose(found.q[row, column], meanfield.fixed_point(name, *at), rtol=1e-9)
        np.testing.assert_allclose(found.chi[row, column], meanfield.chi(name, *at), rtol=1e-9)


@pytest.mark.parametrize(("bias", "weight"), PUBLISHED)
def test_the_published_critical_points_of_tanh_lie_on_the_edge(bias: float, weight: float) -> None:
    assert np.interp(bias, EDGE_ROWS, plane("Tanh").edge) == pytest.approx(weight, abs=1e-3)


@pytest.mark.parametrize(("name", "weight"), [("Tanh", 1.0), ("ReLU", 2.0), ("Linear", 1.0), ("Erf", np.pi / 4)])
def test_without_biases_the_edge_lies_where_a_small_signal_keeps_its_size(name: str, weight: float) -> None:
    assert plane(name).edge[0] == pytest.approx(weight, rel=1e-9)


def test_piecewise_linear_units_have_an_edge_without_biases_only_and_softplus_none() -> None:
    assert all(np.isfinite(plane(name).edge).tolist() == [True] + [False] * 99 for name in ("ReLU", "Linear"))
    assert not np.isfinite(plane("Softplus").edge).any()


@each_activation
def test_on_the_edge_the_gradient_keeps_its_size_and_beside_it_it_does_not(name: str) -> None:
    found = plane(name)
    rows = np.flatnonzero(np.isfinite(found.edge))[1::20]
    np.testing.assert_allclose(meanfield.chi(name, found.edge[rows], EDGE_ROWS[rows]), 1, atol=1e-6)
    assert (meanfield.chi(name, 0.97 * found.edge[rows], EDGE_ROWS[rows]) < 1).all()


@each_activation
def test_q_has_a_bound_just_before_it_diverges_and_none_just_after(name: str) -> None:
    found = plane(name)
    rows = np.flatnonzero(np.isfinite(found.diverging))[3::12]
    weight, bias = found.diverging[rows], found.window.bias[rows]
    assert np.isfinite(meanfield.fixed_point(name, weight * (1 - 1e-4), bias)).all()
    assert np.isinf(meanfield.fixed_point(name, weight * (1 + 1e-4), bias)).all()


def test_the_signal_of_bounded_units_never_diverges_and_that_of_relu_does_beyond_2() -> None:
    assert all(np.isnan(plane(name).diverging).all() for name in ("Tanh", "Sigmoid", "Erf", "Hard tanh", "Softsign"))
    np.testing.assert_allclose(plane("ReLU").diverging, 2, rtol=1e-4)


@each_activation
def test_six_depth_scales_are_as_many_layers_as_a_line_says(name: str) -> None:
    found = plane(name)
    assert found.lines
    for line in found.lines:
        drawn = np.flatnonzero(np.isfinite(line.weight))[:: 7 if line.chaotic else 25]
        chi = meanfield.chi(name, line.weight[drawn], line.bias[drawn])
        assert ((chi > 1) == line.chaotic).all()
        rate = np.log(meanfield.chi_at_correlation(name, line.weight[drawn], line.bias[drawn]))
        np.testing.assert_allclose(rate, -phase.REACH / line.depth, atol=0.016)  # half a cell of the steepest row


def test_depth_lines_run_along_both_sides_of_the_edge() -> None:
    lines = {(line.depth, line.chaotic): line.weight[-1] for line in plane("Tanh").lines}
    order = [(10, False), (20, False), (50, False), (100, False), (100, True), (50, True)]
    assert sorted(lines, key=lambda key: lines[key]) == order
    assert lines[100, False] < plane("Tanh").edge[-1] < lines[100, True]


@pytest.mark.parametrize(("name", "axis", "logarithmic"), [
    ("Tanh", "Auto", False), ("Tanh", "Log", True), ("Sigmoid", "Auto", True), ("Sigmoid", "Linear", False),
])  # fmt: skip
def test_an_axis_is_linear_unless_the_edge_lies_far_out_or_it_is_asked_otherwise(
    name: str, axis: Axis, logarithmic: bool
) -> None:
    window = phase.window(name, axis)
    steps = np.diff(np.log(window.weight) if logarithmic else window.weight)
    assert window.logarithmic == logarithmic
    np.testing.assert_allclose(steps, steps[0], rtol=1e-9)


@each_activation
def test_the_default_picture_holds_the_whole_edge_and_room_beyond(name: str) -> None:
    found = plane(name)
    edges = np.concatenate([found.edge[np.isfinite(found.edge)], found.diverging[np.isfinite(found.diverging)]])
    assert edges.max() <= 0.75 * found.window.weight[-1]
    assert found.window.weight[-1] >= 4  # He lies at 2


@pytest.mark.parametrize(
    ("name", "params"), [("ELU", {"alpha": 3.0}), ("ELU", {"alpha": 0.1}), ("Leaky ReLU", {"slope": 0.9})]
)
def test_an_activations_parameters_move_the_edge(name: str, params: dict[str, float]) -> None:
    found = phase.plane(name, "Auto", **params)
    assert found.edge[0] != pytest.approx(plane(name).edge[0], rel=1e-3) or name == "ELU"
    assert found.chi[5, 30] == pytest.approx(
        float(meanfield.chi(name, found.window.weight[30], found.window.bias[5], **params)), rel=1e-9
    )
    assert not np.array_equal(found.chi, plane(name).chi)


@pytest.mark.parametrize("name", ["Tanh", "Sigmoid"])
def test_what_a_click_may_choose_is_on_the_sliders(name: str) -> None:
    picks = phase.picks(name, plane(name).window)
    assert set(picks.weight) <= set(WEIGHTS)
    assert set(picks.bias) <= set(BIASES)
    assert len(set(zip(picks.weight, picks.bias, strict=True))) == len(picks.weight) >= 300
    np.testing.assert_allclose(picks.chi, meanfield.chi(name, picks.weight, picks.bias))


def test_bias_variances_are_squares_of_what_the_sidebar_offers() -> None:
    offered = [FIELDS["bias"].parse(f"{bias**0.5:.12g}") for bias in BIASES]
    np.testing.assert_allclose(np.square([float(value) for value in offered]), BIASES, atol=1e-9)
    assert len(set(offered)) == len(BIASES)


def test_the_sliders_rise_in_steps_of_five_percent_at_most() -> None:
    weights = np.array(WEIGHTS)
    assert (np.diff(weights) > 0).all()
    assert (weights[2:] / weights[1:-1]).max() <= 1.0501
