"""One point of the plane: published numbers, maps whose staircases end at their fixed points, and every edge case."""

import math

import numpy as np
import pytest

from initlab import meanfield
from initlab.activations import ACTIVATIONS
from initlab.point import SAMPLES, correlation_curve, point, variance_curve


@pytest.mark.parametrize(("weight", "q", "chi", "c", "depth_scale"), [
    (1.0, 0.19359, 0.75903, 1.0, 3.627),
    (2.0, 0.72176, 1.04767, 0.74408, 25.21),
    (4.0, 2.19549, 1.34240, 0.16506, 6.980),
])  # fmt: skip
def test_tanh_with_biases_has_the_published_fixed_points(
    weight: float, q: float, chi: float, c: float, depth_scale: float
) -> None:
    found = point("Tanh", weight, 0.05)
    assert (found.q, found.chi, found.correlation) == pytest.approx((q, chi, c), abs=1e-5)
    assert found.depth_scale == pytest.approx(depth_scale, rel=1e-3)
    assert found.reach == pytest.approx(6 * depth_scale, rel=1e-3)
    assert found.depth_scale == pytest.approx(float(meanfield.depth_scale("Tanh", weight, 0.05)), rel=1e-9)


@pytest.mark.parametrize(("name", "weight", "bias", "phase"), [
    ("Tanh", 0.5, 0.0, "ordered"), ("Tanh", 1.0, 0.0, "critical"), ("Tanh", 3.0, 0.0, "chaotic"),
    ("ReLU", 1.0, 0.1, "ordered"), ("ReLU", 2.0, 0.0, "critical"), ("ReLU", 2.0, 0.1, "diverging"),
    ("Linear", 1.1, 0.0, "diverging"), ("Sigmoid", 2.0, 0.0, "ordered"), ("Sigmoid", 200.0, 0.0, "chaotic"),
])  # fmt: skip
def test_every_phase_has_its_name(name: str, weight: float, bias: float, phase: str) -> None:
    assert point(name, weight, bias).phase == phase


def test_on_the_edge_information_survives_at_any_depth_and_without_weights_at_none() -> None:
    assert point("ReLU", 2.0, 0.0).reach == math.inf
    assert point("Tanh", 1.0, 0.0).reach == math.inf
    assert point("Tanh", 0.0, 0.0).reach == point("Tanh", 0.0, 0.1).reach == 0


@pytest.mark.parametrize("name", ["ReLU", "Linear", "Tanh", "GELU"])
def test_the_variance_map_crosses_the_diagonal_at_the_fixed_point_it_leads_to(name: str) -> None:
    at = point(name, 1.2 if name == "Tanh" else 0.9, 0.1)
    curve = variance_curve(name, at, 200)
    assert np.interp(at.q, curve.x, curve.y) == pytest.approx(at.q, rel=1e-3)
    assert curve.stairs_x[0] == 1
    assert curve.stairs_x[-1] == pytest.approx(at.q, rel=0.02)


def test_relus_maps_are_the_closed_forms_of_the_arc_cosine_kernel() -> None:
    at = point("ReLU", 1.5, 0.2)
    size, likeness = variance_curve("ReLU", at, 10), correlation_curve("ReLU", at, 10)
    np.testing.assert_allclose(size.y, 1.5 * size.x / 2 + 0.2)
    angle = np.arccos(likeness.x)
    kernel = (np.sin(angle) + (np.pi - angle) * np.cos(angle)) / (2 * np.pi)
    np.testing.assert_allclose(likeness.y, (1.5 * at.q * kernel + 0.2) / at.q, atol=1e-9)


@pytest.mark.parametrize(("weight", "start", "end"), [(4.0, 0.98, 0.16506), (1.0, 0.0, 1.0)])
def test_the_staircase_of_the_correlation_shows_the_phase(weight: float, start: float, end: float) -> None:
    curve = correlation_curve("Tanh", point("Tanh", weight, 0.05), 200)
    assert curve.stairs_x[0] == start
    assert curve.stairs_x[-1] == pytest.approx(end, abs=5e-3)  # what 50 layers leave of the way


@pytest.mark.parametrize("depth", [1, 7, 200])
def test_a_staircase_has_a_step_for_every_layer_up_to_fifty(depth: int) -> None:
    curve = correlation_curve("Tanh", point("Tanh", 2.0, 0.04), depth)
    assert len(curve.stairs_x) == len(curve.stairs_y) == 2 * min(depth, 50) + 1
    rises = np.arange(1, len(curve.stairs_x), 2)
    mapped = meanfield.correlation_map("Tanh", curve.stairs_x[rises], 2.0, 0.04)
    np.testing.assert_allclose(curve.stairs_y[rises], mapped, rtol=1e-9)
    np.testing.assert_array_equal(curve.stairs_x[2::2], curve.stairs_y[2::2])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_no_corner_of_the_plane_has_a_hole_in_its_maps(name: str) -> None:
    for weight, bias in ((0.0, 0.0), (0.0, 0.04), (1.0, 0.0), (2.0, 0.0), (1000.0, 4.0)):
        at = point(name, weight, bias)
        for curve in (variance_curve(name, at, 3), correlation_curve(name, at, 3)):
            assert len(curve.x) == len(curve.y) == SAMPLES
            assert all(np.isfinite(part).all() for part in curve)
        assert 0 <= at.correlation <= 1
        assert at.reach >= 0
