"""Ridges and heat map: every layer's peak lies where the layer's numbers lie, and what cannot be drawn is named."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest
from pictures import layout, polygons, traces, words
from probed import probed
from tallied import tally

from initlab.arrays import Array
from initlab.figures import theme
from initlab.figures.histograms import AXES, COLUMNS, Axis
from initlab.figures.layers import MAX_RIDGES, OVERLAP, layers_figure, shown_layers, undrawn_runs
from initlab.scenarios import SCENARIOS
from initlab.spec import NetworkSpec

RNG = np.random.default_rng(0)
CENTRES = (2.0, -1.0, 0.5)  # of three layers of N(c, 0.1)
BUMPS: Mapping[int, Array] = {k: RNG.normal(c, 0.1, 8000).astype(np.float32) for k, c in enumerate(CENTRES)}
LARGEST = [float(np.abs(BUMPS[k]).max()) for k in range(3)]
PLACES: dict[Axis, list[float]] = {
    "Shared": list(CENTRES),
    "Own": [c / m for c, m in zip(CENTRES, LARGEST, strict=True)],
    "Log magnitude": [float(np.log10(abs(c))) for c in CENTRES],
}


def drawn(values: Mapping[int, Array], axis: Axis, *, ridges: bool) -> go.Figure:
    return layers_figure(tally(values), "forward", axis, ridges, dark=False)


@pytest.mark.parametrize("axis", AXES)
def test_every_ridge_has_its_peak_where_its_layer_lies(axis: Axis) -> None:
    found = polygons(drawn(BUMPS, axis, ridges=True))
    assert len(found) == 3
    for row, ((x, y), place) in enumerate(zip(found, PLACES[axis], strict=True), start=1):
        assert y.max() == row
        assert y.min() == pytest.approx(row - OVERLAP)
        assert x[np.argmin(y)] == pytest.approx(place, abs=0.09)  # a deviation is 0.1, and 0.087 decades around 0.5


@pytest.mark.parametrize("axis", AXES)
def test_every_row_of_the_heat_map_has_its_peak_where_its_layer_lies(axis: Axis) -> None:
    figure = drawn(BUMPS, axis, ridges=False)
    (trace,) = traces(figure)
    assert trace.z.shape == (3, COLUMNS)
    assert (trace.y0, trace.dy, trace.zmin, trace.zmax) == (1, 1, 0, 255)
    centres = trace.x0 + trace.dx * np.arange(COLUMNS)
    assert (centres[0] - trace.dx / 2, centres[-1] + trace.dx / 2) == pytest.approx(tuple(layout(figure).xaxis.range))
    for row, place in zip(trace.z, PLACES[axis], strict=True):
        assert row.max() == 255
        assert centres[np.argmax(row)] == pytest.approx(place, abs=max(0.09, trace.dx))


@pytest.mark.parametrize("axis", AXES)
def test_the_axis_spans_every_ridge(axis: Axis) -> None:
    figure = drawn(BUMPS, axis, ridges=True)
    low, high = layout(figure).xaxis.range
    assert all(low <= x.min() <= x.max() <= high for x, _ in polygons(figure))


def test_on_the_shared_axis_a_ridge_ends_where_its_layer_ends() -> None:
    for (x, _), values in zip(polygons(drawn(BUMPS, "Shared", ridges=True)), BUMPS.values(), strict=True):
        assert values.min() - 0.02 <= x.min() < x.max() <= values.max() + 0.02


@pytest.mark.parametrize("ridges", [True, False])
def test_the_input_is_at_the_top(ridges: bool) -> None:
    bottom, top = layout(drawn(BUMPS, "Shared", ridges=ridges)).yaxis.range
    assert bottom > 3 > 1 > top


@pytest.mark.parametrize("depth", [1, 2, 12, 13, 57, 200])
def test_at_most_twelve_layers_are_ridges_the_first_and_the_last_among_them(depth: int) -> None:
    layers = shown_layers(depth)
    assert len(layers) == min(depth, MAX_RIDGES)
    assert (layers[0], layers[-1]) == (0, depth - 1)
    steps = np.diff(layers)
    assert depth == 1 or steps.max() - steps.min() <= 1
    figure = drawn({k: RNG.normal(size=30).astype(np.float32) for k in range(depth)}, "Shared", ridges=True)
    assert list(layout(figure).yaxis.ticktext) == [str(layer + 1) for layer in layers]
    assert len(polygons(figure)) == len(layers)


def test_layers_that_are_all_zero_say_so_in_their_midst() -> None:
    values = {**BUMPS, 3: np.zeros(50, np.float32), 4: np.zeros(50, np.float32), 5: BUMPS[0]}
    for ridges in (True, False):
        assert words(drawn(values, "Log magnitude", ridges=ridges)) == {"layers 4 and 5: all exactly 0": 4.5}


def test_overflowed_layers_say_how_much_is_left() -> None:
    partly = np.where(np.arange(8000) < 3, np.inf, BUMPS[0]).astype(np.float32)
    values = {**BUMPS, 3: partly, 4: np.full(50, np.nan, np.float32), 5: np.full(50, np.inf, np.float32)}
    for ridges in (True, False):
        assert words(drawn(values, "Shared", ridges=ridges)) == {
            "layer 4: overflow, partly inf or NaN": 4, "layers 5 and 6: overflow, no number left": 5.5,
        }  # fmt: skip


def test_a_ridge_speaks_for_the_layers_that_are_left_out() -> None:
    zero, bump = np.zeros(50, np.float32), BUMPS[0][:50]
    values = {k: zero if 30 <= k < 57 else bump for k in range(100)}
    drawn_of = shown_layers(100)
    rows = np.flatnonzero((drawn_of >= 30) & (drawn_of < 57))
    assert words(drawn(values, "Shared", ridges=True)) == {
        "layers 31 to 57: all exactly 0": pytest.approx(1 + rows.mean())
    }


def test_a_run_ends_where_the_next_one_begins() -> None:
    states = ["", "zero", "zero", "", "zero", "over", "zero", "over", "over", "over"]
    runs = undrawn_runs(states, np.array([0, 2, 4, 7, 9]))
    assert [(run.state, run.layers.tolist(), run.middle) for run in runs] == [
        ("zero", [2, 3, 5, 7], 1.5), ("over", [6, 8, 9, 10], 3.5),
    ]  # fmt: skip


@pytest.mark.parametrize("axis", AXES)
def test_a_healthy_picture_has_no_words_in_it(axis: Axis) -> None:
    assert words(drawn(BUMPS, axis, ridges=True)) == {}


def test_zeros_on_their_own_axis_stay_at_zero() -> None:
    figure = drawn({0: np.zeros(50, np.float32)}, "Own", ridges=True)
    assert all((np.abs(x) <= 1).all() for x, _ in polygons(figure))


def test_what_only_float64_can_hold_is_drawn_where_it_is() -> None:
    ((x, y),) = polygons(drawn({0: RNG.normal(5e60, 1e58, 4000)}, "Shared", ridges=True))
    assert x[np.argmin(y)] == pytest.approx(5e60, rel=0.01)


def test_ticks_of_the_log_axis_are_powers_of_ten_and_the_title_has_the_unit() -> None:
    probe = probed(SCENARIOS["Too small"].spec)
    figure = layers_figure(probe.gradient, "backward", "Log magnitude", ridges=True, dark=False)
    assert layout(figure).xaxis.title.text == "|∂loss/∂z|, log scale"
    assert "10⁻¹⁰" in layout(figure).xaxis.ticktext
    assert layout(figure).yaxis.title.text == "layer"


@pytest.mark.parametrize("axis", AXES)
def test_titles_tell_the_axes_and_the_directions_apart(axis: Axis) -> None:
    stats = probed(SCENARIOS["SELU"].spec).activation
    forward, backward = (layers_figure(stats, d, axis, ridges=False, dark=False) for d in ("forward", "backward"))
    assert layout(forward).xaxis.title.text != layout(backward).xaxis.title.text
    assert traces(forward)[0].colorscale[-1][1] == theme.LIGHT.forward
    assert traces(backward)[0].colorscale[-1][1] == theme.LIGHT.backward


def test_the_peaks_of_a_real_probe_shrink_layer_by_layer() -> None:
    spec = replace(SCENARIOS["Too small"].spec, depth=6)
    figure = layers_figure(probed(spec).activation, "forward", "Log magnitude", ridges=True, dark=False)
    peaks = [float(x[np.argmin(y)]) for x, y in polygons(figure)]
    steps = np.diff(peaks)
    assert np.all((steps < -0.7) & (steps > -1.2))  # a ninth a layer is 0.95 decades


def test_a_network_without_any_number_left_is_still_a_picture() -> None:
    spec = NetworkSpec("Random normal", (("stddev", 2.0),), 10.0, depth=60, width=32, batch=16)
    gradient = probed(spec).gradient
    assert not gradient.finite_share.any()
    for axis in AXES:
        for ridges in (True, False):
            figure = layers_figure(gradient, "backward", axis, ridges, dark=True)
            rows = 12 if ridges else 60
            assert list(words(figure).values()) == [(1 + rows) / 2]
