"""Every figure in every situation: valid to Plotly, small, few traces, in its own theme, silent about NaN."""

import json
from collections.abc import Callable, Mapping
from dataclasses import astuple, replace
from itertools import pairwise
from typing import Final

import numpy as np
import plotly.graph_objects as go
import pytest
from pictures import colours, layout, traces, words
from probed import probed

from initlab.figures.depth import Band, rms_figure, shares_figure
from initlab.figures.histograms import AXES
from initlab.figures.inspection import QUANTITIES, inspection_figure
from initlab.figures.layers import layers_figure
from initlab.figures.neuron import neuron_figure
from initlab.figures.theme import DARK, LIGHT, palette
from initlab.measurement import Probe
from initlab.neuron import FANS, neuron_sums
from initlab.scenarios import SCENARIOS
from initlab.spec import NetworkSpec

BYTES: Final = 60_000
SITUATIONS: Final[Mapping[str, NetworkSpec]] = {
    "vanishing": SCENARIOS["Too small"].spec,
    "healthy and deep": NetworkSpec("He normal", depth=100, width=64, batch=64),
    "all zero": SCENARIOS["Zeros"].spec,
    "one unit, one row, one layer": NetworkSpec("Ones", activation="Tanh", depth=1, width=1, batch=1),
    "overflow of float32": NetworkSpec("Random normal", (("stddev", 2.0),), 10.0, depth=100, width=32, batch=32),
    "beyond float32 in float64": NetworkSpec(
        "Random normal", (("stddev", 2.0),), 10.0, depth=100, width=128, batch=32, precision="float64"
    ),
    "denormals of float64": NetworkSpec(
        "Random normal", (("stddev", 0.01),), 0.5, "Tanh", depth=200, width=8, batch=32, precision="float64"
    ),
    "constant layers": NetworkSpec("Zeros", activation="Sigmoid", depth=5, normalization="Batch"),
}


def spread(probe: Probe) -> Band:
    """A band as the app would measure it: the probe's own RMS, ten times up or down."""
    factors = np.geomspace(0.1, 10, 10)[:, None]
    with np.errstate(over="ignore"):
        return Band(factors * probe.activation.rms, factors * probe.gradient.rms)


def all_figures(spec: NetworkSpec, *, dark: bool) -> dict[str, go.Figure]:
    """Whatever the page can draw of this spec."""
    probe = probed(spec)
    pictures: dict[str, Callable[[], go.Figure]] = {
        "rms": lambda: rms_figure(probe, None, dark),
        "rms and band": lambda: rms_figure(probe, spread(probe), dark),
        "shares": lambda: shares_figure(probe.saturated_share, 1 / 3, "saturated outputs", dark),
        "first layer": lambda: inspection_figure(probe, 1, dark),
        "last layer": lambda: inspection_figure(probe, probe.depth, dark),
        "neuron": lambda: neuron_figure(neuron_sums(spec, 128), dark),
    }
    found = {name: draw() for name, draw in pictures.items()}
    for axis in AXES:
        for ridges in (True, False):
            shape = "ridges" if ridges else "heat map"
            found[f"{shape} {axis} forward"] = layers_figure(probe.activation, "forward", axis, ridges, dark)
            found[f"{shape} {axis} backward"] = layers_figure(probe.gradient, "backward", axis, ridges, dark)
    return found


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("spec", SITUATIONS.values(), ids=SITUATIONS)
def test_every_figure_is_one_that_plotly_accepts_and_that_is_small(spec: NetworkSpec, dark: bool) -> None:
    for name, figure in all_figures(spec, dark=dark).items():
        text = figure.to_json() or ""
        assert len(text) < BYTES, name
        json.loads(text, parse_constant=lambda odd: pytest.fail(f"{odd} in the JSON of {name}"))  # noqa: B023
        parts = [trace.to_plotly_json() for trace in traces(figure)]
        go.Figure(data=parts, layout=layout(figure).to_plotly_json())  # validates: ours are built without


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_figure_wears_the_colours_of_its_theme_only(dark: bool) -> None:
    ours, other = ({tuple(bytes.fromhex(c[1:])) for c in astuple(palette(d))} for d in (dark, not dark))
    for name, figure in all_figures(SCENARIOS["Glorot on sigmoid"].spec, dark=dark).items():
        assert colours(figure) <= ours, name
        assert not colours(figure) & other, name
        assert layout(figure).font.color == palette(dark).ink
        assert layout(figure).paper_bgcolor == "rgba(0,0,0,0)"


@pytest.mark.parametrize("depth", [1, 10, 100, 200])
def test_the_number_of_traces_does_not_grow_with_depth(depth: int) -> None:
    spec = replace(SCENARIOS["Glorot on sigmoid"].spec, depth=depth, width=8, batch=16)
    counts = {name: len(traces(figure)) for name, figure in all_figures(spec, dark=False).items()}
    few = {"rms": 2, "rms and band": 4, "shares": 1, "first layer": 5, "last layer": 5, "neuron": 3}
    assert counts == {**dict.fromkeys(counts, 1), **few}


@pytest.mark.parametrize("spec", SITUATIONS.values(), ids=SITUATIONS)
def test_every_axis_of_every_figure_has_a_title(spec: NetworkSpec) -> None:
    for name, figure in all_figures(spec, dark=False).items():
        picture = layout(figure)
        axes = [picture[key] for key in picture if key.startswith("xaxis")]
        assert all(axis.title.text for axis in axes), name
        assert picture.yaxis.title.text or "layer" in name


def test_the_inspected_layer_is_its_five_histograms_in_their_own_places() -> None:
    probe = probed(SCENARIOS["N(0, 1)"].spec)
    figure = inspection_figure(probe, 3, dark=False)
    for trace, (name, title, direction) in zip(traces(figure), QUANTITIES, strict=True):
        stats = getattr(probe, name)
        np.testing.assert_array_equal(trace.y, stats.counts[2])
        assert trace.x[0] - trace.width / 2 == pytest.approx(stats.minimum[2], rel=1e-6)
        assert trace.x[-1] + trace.width / 2 == pytest.approx(stats.maximum[2], rel=1e-6)
        assert trace.marker.color == {"forward": LIGHT.forward, "backward": LIGHT.backward}.get(direction, LIGHT.theory)
        assert layout(figure)[f"xaxis{trace.xaxis[1:]}"].title.text == title
    domains = [layout(figure)[f"xaxis{k}"].domain for k in ("", 2, 3, 4, 5)]
    assert all(left[1] < right[0] for left, right in pairwise(domains))
    assert (domains[0][0], domains[-1][1]) == (0, pytest.approx(1))


@pytest.mark.parametrize("fan_in", FANS)
@pytest.mark.parametrize("init", ["Glorot normal", "He uniform", "Orthogonal"])
def test_the_neurons_bars_and_curve_both_have_area_one_and_the_same_width(init: str, fan_in: int) -> None:
    found = neuron_sums(NetworkSpec(init), fan_in)
    bars, expected, unit = traces(neuron_figure(found, dark=False))
    assert bars.y.sum() * (bars.x[1] - bars.x[0]) == pytest.approx(1, abs=0.01)  # a few lie beyond four deviations
    for curve, variance in ((expected, found.variance), (unit, 1.0)):
        step = curve.x[1] - curve.x[0]
        assert curve.y.sum() * step == pytest.approx(1, abs=0.005)
        assert (curve.y @ curve.x**2) * step == pytest.approx(variance, rel=0.03)
    assert layout(neuron_figure(found, dark=False)).xaxis.range[1] >= bars.x[-1]


@pytest.mark.parametrize(("init", "curves"), [("Zeros", 1), ("Identity", 1), ("LeCun normal", 2)])
def test_a_law_without_a_normal_limit_has_no_curve_to_compare_with(init: str, curves: int) -> None:
    figure = neuron_figure(neuron_sums(NetworkSpec(init), 64), dark=True)
    assert len(traces(figure)) == 1 + curves
    (legend,) = words(figure)
    assert ("normal, variance" in legend) == (curves == 2)
    assert DARK.forward in legend


def test_sums_however_large_stay_inside_the_picture() -> None:
    spec = NetworkSpec(gain=10.0).with_init("Ones")
    figure = neuron_figure(neuron_sums(spec, 1024), dark=False)
    bars = traces(figure)[0]
    assert bars.y.sum() * (bars.x[1] - bars.x[0]) == pytest.approx(1, abs=0.01)
    assert not np.isnan(bars.y).any()
