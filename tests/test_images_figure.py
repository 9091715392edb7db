"""Rows of data, what is made of them, and weights, as small pictures: the numbers are those that came in."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest
from pictures import layout, matrix, traces, words

from initlab.arrays import Array
from initlab.figures.images import MOST, digits_figure, filters_figure, mosaic, rows_figure, side_of, weights_figure

RNG = np.random.default_rng(0)
DIGITS = RNG.random((10, 64))


def picture(figure: go.Figure) -> Array:
    (trace,) = traces(figure)
    return matrix(trace.z)


def test_only_squares_of_some_size_are_pictures() -> None:
    assert [side_of(n) for n in (64, 9, 784, 4, 1, 2, 10, 13, 30)] == [8, 3, 28, 0, 0, 0, 0, 0, 0]


def test_a_mosaic_holds_every_picture_upright_with_a_gap_around_it() -> None:
    found = mosaic(np.arange(45.0).reshape(5, 9), 3, 2)
    assert found.shape == (11, 7)
    np.testing.assert_array_equal(found[0:3, 4:7], np.arange(9.0, 18).reshape(3, 3))
    np.testing.assert_array_equal(found[8:11, 0:3], np.arange(36.0, 45).reshape(3, 3))
    assert np.isnan(found[3]).all()
    assert np.isnan(found[:, 3]).all()
    assert np.isnan(found[8:, 4:]).all(), "there is no sixth"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_originals_stand_above_what_comes_back_on_one_scale(dark: bool) -> None:
    figure = digits_figure([DIGITS, 3 * DIGITS], ("test rows", "rebuilt"), dark)
    found, (trace,) = picture(figure), traces(figure)
    lines = np.split(found, 2)
    for line, rows in zip(lines, (DIGITS, 3 * DIGITS), strict=True):
        np.testing.assert_allclose(line[-8:, 9:17], rows[1].reshape(8, 8), atol=0.005)
    assert (trace.zmin, trace.zmax) == (DIGITS.min(), DIGITS.max())
    first, second = words(figure).values()
    assert list(words(figure)) == ["test rows", "rebuilt"]
    assert 0 < first < 6 < len(lines[0]) < second < len(lines[0]) + 6, "each in the empty lines above its pictures"


@pytest.mark.parametrize("features", [2, 4, 13, 64])
def test_rows_that_are_no_pictures_are_lines_on_one_scale_around_zero(features: int) -> None:
    rows, back = RNG.normal(size=(2, 3, features))
    figure = rows_figure([rows, back], ("test rows", "rebuilt"), dark=False)
    found, (trace,) = picture(figure), traces(figure)
    np.testing.assert_allclose(found[2:5], rows, atol=0.005)
    np.testing.assert_allclose(found[7:10], back, atol=0.005)
    assert -trace.zmin == trace.zmax == np.abs(rows).max()
    axis = layout(figure).xaxis
    assert trace.x0 == 1
    assert axis.dtick == int(axis.dtick) == -(-features // 8), "features are numbered by whole numbers"


def test_every_unit_has_a_scale_of_its_own_and_no_more_are_drawn_than_can_be_seen() -> None:
    weights = RNG.normal(size=(64, 100)) * np.logspace(-6, 6, 100)
    figure = filters_figure(weights, dark=True)
    found = picture(figure)
    assert found.shape == (8 * 9 - 1, 8 * 9 - 1)
    np.testing.assert_allclose(
        found[9:17, 0:8], (weights[:, 8] / np.abs(weights[:, 8]).max()).reshape(8, 8), atol=0.005
    )
    assert np.nanmax(np.abs(found)) == 1
    assert MOST == 64
    assert picture(weights_figure(RNG.normal(size=(5, 100)), dark=True)).shape == (5, 64)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_weights_that_are_zero_or_of_one_unit_are_drawn_without_a_number_json_cannot_hold(dark: bool) -> None:
    for figure in (
        filters_figure(np.zeros((64, 3)), dark), filters_figure(np.ones((64, 1)), dark),
        weights_figure(np.zeros((2, 1)), dark), rows_figure([np.zeros((1, 2))] * 2, ("a", "b"), dark),
        digits_figure([np.zeros((1, 9))] * 2, ("a", "b"), dark),
    ):  # fmt: skip
        text = figure.to_json() or ""
        json.loads(text, parse_constant=lambda odd: pytest.fail(odd))
        assert len(text) < 20_000
        go.Figure(data=[t.to_plotly_json() for t in traces(figure)], layout=layout(figure).to_plotly_json())
