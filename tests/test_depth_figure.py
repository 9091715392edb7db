"""RMS and shares against depth: the lines are the probe's numbers, the band is its draws, gaps are named."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pictures import layout, traces, words
from probed import probed

from initlab.figures import theme
from initlab.figures.depth import Band, finite_rms, rms_figure, shares_figure
from initlab.scenarios import SCENARIOS
from initlab.spec import NetworkSpec
from initlab.theory import Theory, expect

SMALL = SCENARIOS["Too small"].spec
OVERFLOW = NetworkSpec("Random normal", (("stddev", 2.0),), 10.0, depth=30, width=32, batch=16)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_two_lines_are_the_rms_of_every_layer(name: str) -> None:
    probe = probed(SCENARIOS[name].spec)
    forward, backward = traces(rms_figure(probe, None, dark=False))
    for line, stats in ((forward, probe.activation), (backward, probe.gradient)):
        assert list(line.x) == list(range(1, probe.depth + 1))
        expected = np.where(stats.rms > 0, stats.rms, np.nan)
        np.testing.assert_allclose(10**line.y, expected)
    assert (forward.line.color, backward.line.color) == (theme.LIGHT.forward, theme.LIGHT.backward)
    assert (forward.marker.symbol, backward.marker.symbol) == ("circle", "diamond")


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_axis_spans_the_lines_and_says_so_in_ticks(name: str) -> None:
    figure = rms_figure(probed(SCENARIOS[name].spec), None, dark=False)
    axis = layout(figure).yaxis
    low, high = axis.range
    values = np.concatenate([line.y for line in traces(figure)])
    values = values[np.isfinite(values)]
    assert all(low < value < high for value in values)
    assert axis.title.text == "RMS, log scale"
    assert len(axis.tickvals) >= 2


def test_the_band_reaches_from_the_lowest_to_the_highest_draw() -> None:
    probe = probed(SMALL)
    rng = np.random.default_rng(0)
    band = Band(*(s.rms * 10 ** rng.uniform(-1, 1, (10, probe.depth)) for s in (probe.activation, probe.gradient)))
    figure = rms_figure(probe, band, dark=False)
    found = traces(figure)
    assert len(found) == 4
    for shape, draws in zip(found[:2], band, strict=True):
        assert shape.fill == "toself"
        for layer in range(1, probe.depth + 1):
            edges = 10 ** shape.y[shape.x == layer]
            np.testing.assert_allclose(sorted(edges), [draws[:, layer - 1].min(), draws[:, layer - 1].max()])
    low, high = layout(figure).yaxis.range
    assert low < np.log10(min(d.min() for d in band)) < np.log10(max(d.max() for d in band)) < high


def test_draws_that_overflow_leave_a_band_of_the_others_and_layers_without_any_are_left_out() -> None:
    probe = probed(SMALL)
    draws = np.ones((10, probe.depth))
    draws[3, 4:] = np.inf
    draws[:, 8:] = np.nan
    found = traces(rms_figure(probe, Band(draws, np.full((10, probe.depth), np.nan)), dark=False))
    assert set(found[0].x) == set(range(1, 9))
    assert not len(found[1].x)
    assert np.isfinite(found[0].y).all()


def test_the_names_stand_beside_their_lines_in_their_colour() -> None:
    figure = rms_figure(probed(SMALL), None, dark=False)
    forward, backward = traces(figure)
    labels = {label.text: label for label in layout(figure).annotations}
    assert list(labels) == ["activations", "gradients"]
    for line, label in zip((forward, backward), labels.values(), strict=True):
        assert label.font.color == line.line.color
        assert label.y == line.y[int(label.x) - 1]


def test_where_one_number_of_a_layer_is_not_finite_there_is_no_point() -> None:
    probe = probed(OVERFLOW)
    stats = probe.activation
    first = int(np.flatnonzero(stats.finite_share < 1)[0])
    assert 0 < stats.finite_share[first] < 1
    shown = finite_rms(stats)
    assert np.isfinite(shown[:first]).all()
    assert np.isnan(shown[first])


def test_overflowed_layers_are_shaded_and_named() -> None:
    probe = probed(OVERFLOW)
    figure = rms_figure(probe, None, dark=False)
    (shade,) = layout(figure).shapes
    first = int(np.flatnonzero(probe.activation.finite_share < 1)[0]) + 1
    assert (shade.x0, shade.x1) == (first - 0.5, probe.depth + 0.5)
    assert "overflow" in words(figure)


def test_an_empty_chart_says_why_it_is_empty() -> None:
    figure = rms_figure(probed(SCENARIOS["Zeros"].spec), None, dark=False)
    assert list(words(figure)) == ["every RMS is exactly 0"]


@pytest.mark.parametrize("depth", [1, 2, 5, 30, 200])
def test_any_depth_has_its_ticks_and_room_at_both_ends(depth: int) -> None:
    figure = rms_figure(probed(replace(SMALL, depth=depth, width=8, batch=8)), None, dark=False)
    axis: Any = layout(figure).xaxis
    assert axis.range[0] < 1
    assert axis.range[1] > depth
    assert list(axis.tickvals) == theme.layer_ticks(depth)


def test_shares_are_bars_in_percent_with_the_level_of_a_fault() -> None:
    shares = np.array([0.0, 0.25, 1.0])
    figure = shares_figure(shares, 1 / 3, "saturated outputs", dark=True)
    (bars,) = traces(figure)
    np.testing.assert_array_equal(bars.y, [0, 25, 100])
    assert list(bars.x) == [1, 2, 3]
    (rule,) = layout(figure).shapes
    assert rule.y0 == rule.y1 == pytest.approx(100 / 3)
    assert list(words(figure)) == ["a fault from 33 %"]
    assert layout(figure).yaxis.title.text == "saturated outputs, %"
    assert layout(figure).yaxis.range[1] > 100


def theory_of(spec: NetworkSpec) -> Theory:
    return expect(spec, np.array([0.5, 1.0, 2.0]), float(probed(spec).gradient.rms[-1]))


@pytest.mark.parametrize("name", ["Too small"])
def test_theory_adds_one_dashed_trace_and_one_grey_band_for_both_directions(name: str) -> None:
    spec = SCENARIOS[name].spec
    theory = theory_of(spec)
    assert theory.forward is not None
    assert theory.backward is not None
    figure = rms_figure(probed(spec), None, dark=False, theory=theory)
    band, _, _, line = traces(figure)
    depth = spec.depth
    np.testing.assert_allclose(10.0 ** line.y[:depth], theory.forward.rms)
    np.testing.assert_allclose(10.0 ** line.y[depth + 1 : -1], theory.backward.rms)
    assert np.isnan(line.y[[depth, -1]]).all()
    assert (line.line.dash, line.line.color) == ("dash", theme.LIGHT.theory)
    np.testing.assert_allclose(10.0 ** band.y[:depth], theory.forward.high)
    np.testing.assert_allclose(10.0 ** band.y[depth : 2 * depth][::-1], theory.forward.low)
    assert band.fill == "toself"
    (label,) = [word for word in layout(figure).annotations if word.text == "theory"]
    assert label.y == pytest.approx(np.log10(theory.forward.rms[int(label.x) - 1]))
    others = [word.x for word in layout(figure).annotations if word.text != "theory"]
    assert min(abs(label.x - x) for x in others) >= depth / 6


def test_where_theory_has_nothing_to_say_nothing_is_added() -> None:
    spec = replace(SMALL, normalization="Batch")
    theory = theory_of(spec)
    assert theory.broken
    assert len(traces(rms_figure(probed(spec), None, dark=False, theory=theory))) == 2
    assert "theory" not in words(rms_figure(probed(spec), None, dark=False, theory=theory))


@pytest.mark.parametrize("depth", [1, 2, 40])
def test_theory_of_a_network_that_overflows_or_is_shallow_is_drawn_as_far_as_it_goes(depth: int) -> None:
    spec = replace(OVERFLOW, depth=depth)
    figure = rms_figure(probed(spec), None, dark=True, theory=theory_of(spec))
    drawn = traces(figure)[-1].y
    assert np.isfinite(drawn).any()
    assert ("theory" in words(figure)) == (depth > 1)  # a single layer has no line to name
