"""What draws ended with, as dots: valid, small, every draw there, and who left the race at the edge that is worst."""

import numpy as np
import plotly.graph_objects as go
import pytest
from pictures import layout, traces

from initlab.figures.outcomes import dots_figure, gap_figure

RNG = np.random.default_rng(0)
LABELS = ["Zeros", "Random normal 0.01", "Glorot normal", "He normal × 2", "Orthogonal", "Truncated normal 0.05"]
SHARES = RNG.uniform(20, 100, (10, 6))
FITTED, TESTED = 10 ** RNG.uniform(-4, 1, (10, 6)), 10 ** RNG.uniform(-4, 1, (10, 6))
NOBODY = np.zeros((10, 6), int)


@pytest.mark.parametrize("dark", [False, True])
def test_figures_are_ones_that_plotly_accepts_and_small(dark: bool) -> None:
    for figure in (
        dots_figure(LABELS, SHARES, NOBODY, "right, %", dark),
        dots_figure(LABELS, FITTED, NOBODY, "loss", dark, log=True),
        gap_figure(LABELS, FITTED, TESTED, dark),
    ):
        go.Figure(figure.to_dict())
        assert len(str(figure.to_json())) < 60_000


def test_every_draw_is_a_dot_in_its_column_and_the_bar_is_at_the_median() -> None:
    *columns, bars = traces(dots_figure(LABELS, SHARES, NOBODY, "right, %", False))
    for k, column in enumerate(columns):
        np.testing.assert_array_equal(column.y, SHARES[:, k])
        assert (np.abs(column.x - k) < 0.5).all()
        assert (np.diff(column.x) > 0).all(), "the first draw at the left"
    np.testing.assert_allclose(bars.y[::3], np.median(SHARES, axis=0))
    assert len({column.marker.symbol[0] for column in columns}) == 6


@pytest.mark.parametrize("log", [False, True])
def test_who_left_is_a_cross_where_it_is_worst(log: bool) -> None:
    retired = NOBODY.copy()
    retired[:6, 2] = 9
    values = np.where(retired > 0, np.inf, FITTED) if log else np.where(retired > 0, 0.0, SHARES)
    figure = dots_figure(LABELS, values, retired, "", False, log=log)
    column, bars = traces(figure)[2], traces(figure)[-1]
    assert list(column.marker.symbol[:6]) == ["x"] * 6
    assert "x" not in column.marker.symbol[6:]
    worst = layout(figure).yaxis.range[1] if log else 0.0
    assert set(column.y[:6]) == {worst}
    assert bars.y[2 * 3] == worst, "more than half of the draws are lost"


def test_a_dot_lies_at_its_two_losses_and_the_diagonal_is_where_they_are_equal() -> None:
    figure = gap_figure(LABELS, FITTED, TESTED, False)
    for k, dots in enumerate(traces(figure)):
        np.testing.assert_allclose(dots.x, np.log10(FITTED[:, k]))
        np.testing.assert_allclose(dots.y, np.log10(TESTED[:, k]))
    (line,) = layout(figure).shapes
    assert (line.x0, line.x1) == (line.y0, line.y1)
    names = [label.text for label in layout(figure).annotations]
    assert all(any(label.split()[0] in name for name in names) for label in LABELS)


def test_one_that_explodes_does_not_flatten_the_others() -> None:
    losses = FITTED.copy()
    losses[:, 1] = 1e30
    low, high = layout(dots_figure(LABELS, losses, NOBODY, "", False, log=True)).yaxis.range
    assert high - low < 12
    assert layout(gap_figure(LABELS, losses, losses, False)).xaxis.range[1] < 8


@pytest.mark.parametrize("values", [np.full((1, 2), np.inf), np.zeros((1, 2)), np.full((3, 2), np.nan)])
def test_nothing_finite_is_an_empty_picture_and_no_error(values: np.ndarray) -> None:
    figures = (
        dots_figure(LABELS[:2], values, np.zeros(values.shape, int), "", False, log=True),
        gap_figure(LABELS[:2], values, values, False),
    )
    for figure in figures:
        low, high = layout(figure).yaxis.range
        assert np.isfinite([low, high]).all()
        assert low < high
