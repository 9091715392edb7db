"""Codes on the plane in which they vary most, coloured by class, and whether neighbours are of one class."""

import json
import math
from typing import Any

import numpy as np
import pytest
from pictures import layout, matrix, traces
from sklearn.decomposition import PCA

from initlab.arrays import Array
from initlab.figures import theme
from initlab.figures.projection import projection_figure
from initlab.losses import Targets
from initlab.projection import alike, project

RNG = np.random.default_rng(0)
CODES = RNG.normal(size=(60, 5)) * [5, 3, 1, 0.5, 0.1] + 7
CLASSES = np.arange(60) % 10


def test_the_plane_is_that_of_the_two_principal_axes() -> None:
    found = project(CODES.astype(np.float32))
    assert found.points.shape == (60, 2)
    np.testing.assert_allclose(np.abs(found.points), np.abs(PCA(2).fit_transform(CODES)), atol=1e-4)
    assert found.explained == pytest.approx(found.points.var(axis=0).sum() / CODES.var(axis=0).sum(), rel=1e-5)


def test_a_single_unit_lies_on_a_line_that_holds_everything() -> None:
    points, explained = project(CODES[:, :1])
    np.testing.assert_allclose(points[:, 1], 0, atol=1e-12)
    assert np.ptp(points[:, 0]) == pytest.approx(np.ptp(CODES[:, 0]))
    assert explained == pytest.approx(1)


@pytest.mark.parametrize("codes", [np.ones((5, 3)), np.full((5, 3), np.inf), np.array([[0.0, np.nan]] * 5)])
def test_codes_that_are_alike_or_not_finite_have_no_plane(codes: Array) -> None:
    points, explained = project(codes)
    assert not points.any()
    assert math.isnan(explained)


def test_neighbours_are_the_nearest_other_rows() -> None:
    line = np.array([0.0, 1.0, 10.0, 12.0, 12.5])[:, None]
    assert alike(line, np.array([0, 0, 1, 1, 1])) == 1
    assert alike(line, np.array([0, 1, 0, 1, 1])) == pytest.approx(2 / 5)
    assert math.isnan(alike(np.full((3, 2), np.nan), np.zeros(3, int)))


def test_equal_rows_are_each_others_neighbours_and_not_their_own() -> None:
    twins = np.repeat([[0.0, 0.0], [5.0, 5.0]], 2, axis=0)
    assert alike(twins, np.array([0, 1, 0, 1])) == 0
    assert alike(twins, np.array([0, 0, 1, 1])) == 1


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("targets", [None, CLASSES, np.linspace(-1, 2, 60)], ids=["none", "classes", "numbers"])
def test_a_row_is_written_as_its_class_or_coloured_by_its_target(targets: Targets, dark: bool) -> None:
    points = project(CODES).points
    figure = projection_figure(points, targets, dark)
    json.loads(figure.to_json() or "", parse_constant=lambda odd: pytest.fail(odd))
    found: Any
    (found,) = traces(figure)
    np.testing.assert_array_equal(matrix(found.x), points[:, 0])
    np.testing.assert_array_equal(matrix(found.y), points[:, 1])
    assert layout(figure).xaxis.title.text == "first principal axis"
    if targets is None:
        assert found.mode == "markers"
    elif targets is CLASSES:
        assert list(found.text) == [str(target) for target in CLASSES.tolist()]
        assert found.textfont.color[3] == theme.OKABE_ITO[dark][3]
    else:
        np.testing.assert_array_equal(matrix(found.marker.color), targets)
        assert found.marker.colorbar.title.text == "target"
