"""The pictures of the singular values: valid, small, few traces, the numbers measured, what is missing named."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from pictures import layout, traces

from initlab import isometry_readings as readings
from initlab.datasets import load
from initlab.figures import theme
from initlab.figures.isometry import colour, extremes_figure, legend, relative, ridges_figure, variance_figure
from initlab.isometry import GAUSSIAN, isometry, partner
from initlab.isometry_readings import Side, Sides
from initlab.spec import NetworkSpec
from initlab.spectral_law import spread
from initlab.start import build

TANH = NetworkSpec(*GAUSSIAN, 1.5, "Tanh", depth=6, width=24, batch=16)
SITUATIONS = {
    "tanh": TANH,
    "ReLU": replace(TANH, activation="ReLU"),
    "zeros": TANH.with_init("Zeros"),
    "one unit": replace(TANH, width=1),
    "one layer": replace(TANH, depth=1),
    "batch norm": replace(TANH, normalization="Batch"),
    "deep": replace(TANH, depth=200),
    "overflow": replace(TANH, activation="Linear", gain=1000.0, depth=200),
    "nothing finite": replace(TANH.with_init("Constant", value=2.0), activation="Linear", gain=1e3, depth=150),
}


def sides(spec: NetworkSpec) -> Sides:
    inputs, found = load(spec.dataset, spec.scaling, spec.rows).inputs, []
    for one in (spec, partner(spec)):
        measured = isometry(build(replace(one, precision="float64")), inputs)
        law = spread(one, measured.argument, spec.depth - measured.below)
        found.append(Side(one.init, one, measured, law))
    return found[0], found[1]


def pictures(pair: Sides, *, dark: bool) -> dict[str, go.Figure]:
    return {
        "first": ridges_figure(pair, 0, dark), "second": ridges_figure(pair, 1, dark),
        "extremes": extremes_figure(pair, dark), "variance": variance_figure(pair, dark),
    }  # fmt: skip


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("spec", SITUATIONS.values(), ids=SITUATIONS)
def test_every_picture_is_one_that_plotly_accepts_small_and_of_few_traces(spec: NetworkSpec, dark: bool) -> None:
    for name, figure in pictures(sides(spec), dark=dark).items():
        text = figure.to_json() or ""
        assert len(text) < 60_000, name
        json.loads(text, parse_constant=lambda odd: pytest.fail(f"{odd} in the JSON of {name}"))  # noqa: B023
        go.Figure(data=[t.to_plotly_json() for t in traces(figure)], layout=layout(figure).to_plotly_json())
        assert len(traces(figure)) <= 7
        assert layout(figure).xaxis.title.text
        assert layout(figure).yaxis.title.text


def test_a_ridge_has_its_numbers_where_they_are() -> None:
    pair = sides(TANH)
    for index, side in enumerate(pair):
        figure = ridges_figure(pair, index, dark=False)
        (trace,) = traces(figure)
        assert trace.line.color == colour(index, dark=False)
        low, high = layout(figure).xaxis.range
        width = (high - low) / 64
        gaps = [-1, *np.flatnonzero(np.isnan(trace.x))]
        for row, spectrum in enumerate(side.found.spectra):
            x = trace.x[gaps[row] + 1 : gaps[row + 1]]
            values = relative(spectrum)
            assert x.min() <= values.min() + 1e-5 < x.min() + width + 2e-5
            assert x.max() - width - 2e-5 < values.max() - 1e-5 <= x.max()
    assert layout(ridges_figure(pair, 0, dark=False)).xaxis == layout(ridges_figure(pair, 1, dark=False)).xaxis


def test_lines_are_the_numbers_measured_and_the_dashes_are_theory() -> None:
    pair = sides(TANH)
    variance: list[Any] = traces(variance_figure(pair, dark=False))
    for law, line, side in zip(variance[::2], variance[1::2], pair, strict=True):
        assert side.law is not None
        np.testing.assert_array_equal(line.y, [s.variance for s in side.found.spectra])
        np.testing.assert_array_equal(law.y, side.law.variance)
        assert (law.line.dash, law.line.color) == ("dash", theme.LIGHT.theory)
        assert list(law.x) == list(line.x) == [2, 3, 4, 5, 6]
    extremes: list[Any] = traces(extremes_figure(pair, dark=False))
    for edges, median, side in zip(extremes[1::3], extremes[2::3], pair, strict=True):
        found = np.array([s.extremes for s in side.found.spectra])
        np.testing.assert_array_equal(edges.y[:5], found[:, 1])
        np.testing.assert_array_equal(edges.y[6:], found[:, 0])
        assert (median.y <= found[:, 1]).all()
        assert (median.y >= found[:, 0]).all()


def words(figure: go.Figure) -> list[str]:
    return [label.text for label in layout(figure).annotations]


def test_what_is_missing_is_named() -> None:
    zeros = sides(SITUATIONS["zeros"])
    assert words(ridges_figure(zeros, 0, dark=False)) == ["all 24 are 0 from here on"]
    alone = sides(replace(SITUATIONS["zeros"], width=1))
    assert words(ridges_figure(alone, 0, dark=False)) == ["the only one is 0 from here on"]
    assert readings.ridges(alone[0]) == "Zeros at layer 6: its one singular value is 0."
    assert readings.ridges(sides(SITUATIONS["one unit"])[0]).startswith(f"{GAUSSIAN[0]} at layer 6: one unit has one")
    over = sides(SITUATIONS["overflow"])
    assert words(ridges_figure(over, 0, dark=False)) == [f"layer {over[0].found.overflow} overflows in float64"]
    assert any("overflow" in word for word in words(extremes_figure(over, dark=False)))
    nothing = (zeros[0], zeros[0])
    assert words(variance_figure(nothing, dark=False)) == ["every singular value is 0"]


def test_the_legend_has_both_names_with_symbol_and_colour() -> None:
    text = legend(sides(TANH), dark=True)
    for index, (symbol, name) in enumerate((("●", "Variance scaling"), ("■", "Orthogonal"))):
        assert f"{symbol} {name}" in text
        assert colour(index, dark=True) in text
