"""The curves of a race: valid, small, every line named and told apart without its colour."""

import numpy as np
import plotly.graph_objects as go
import pytest
from pictures import layout, traces

from initlab.figures.progress import MARKERS, POINTS, Course, Scale, progress_figure

TIMES = np.linspace(0, 10, 1001)


def courses(count: int = 3) -> list[Course]:
    return [Course(f"start {k}", TIMES, np.exp(-TIMES / (k + 1))) for k in range(count)]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("scale", [Scale("loss", True, None, 2.3, "ln 10"), Scale("right, %", bounds=(0.0, 103.0))])
def test_a_figure_is_one_that_plotly_accepts_and_small(dark: bool, scale: Scale) -> None:
    figure = progress_figure(courses(6), scale, 10, "Epoch", dark)
    go.Figure(figure.to_dict())
    assert len(str(figure.to_json())) < 60_000
    assert len(traces(figure)) == 6


def test_a_line_is_thinned_and_keeps_its_ends_and_a_few_markers() -> None:
    (line,) = traces(progress_figure(courses(1), Scale("loss", True), 10, "Epoch", False))
    assert len(line.x) <= POINTS + 1
    assert (line.x[0], line.x[-1]) == (0, 10)
    np.testing.assert_allclose(line.y[-1], np.log10(np.exp(-10)))
    assert np.count_nonzero(line.marker.size) == MARKERS


def test_every_line_has_its_own_symbol_and_its_name_beside_it() -> None:
    figure = progress_figure(courses(6), Scale("loss", True), 10, "Epoch", False)
    assert len({line.marker.symbol for line in traces(figure)}) == 6
    names = [label.text for label in layout(figure).annotations]
    for k in range(6):
        assert sum(f"start {k}" in name for name in names) == 1


def test_who_retired_ends_in_a_cross_at_the_last_finite_place() -> None:
    out = Course("out", TIMES[:3], np.array([1.0, 10.0, np.nan]), retired=True)
    (line,) = traces(progress_figure([out], Scale("loss", True), 10, "Epoch", False))
    assert line.marker.symbol[np.flatnonzero(np.isfinite(line.y))[-1]] == "x"


def test_the_level_to_compare_with_is_in_the_picture_and_named() -> None:
    figure = progress_figure(courses(1), Scale("loss", True, None, 1000.0, "ln C"), 10, "Epoch", False)
    assert layout(figure).shapes[0].y0 == pytest.approx(3)
    assert layout(figure).yaxis.range[1] > 3
    assert any(label.text == "ln C" for label in layout(figure).annotations)


@pytest.mark.parametrize("values", [np.zeros(0), np.full(3, np.nan), np.zeros(3)])
def test_nothing_to_draw_is_an_empty_picture_and_no_error(values: np.ndarray) -> None:
    course = Course("nobody", TIMES[: len(values)], values)
    figure = progress_figure([course], Scale("loss", True), 10, "Epoch", False)
    low, high = layout(figure).yaxis.range
    assert np.isfinite([low, high]).all()
    assert low < high


def test_who_explodes_does_not_flatten_the_others() -> None:
    out = Course("out", TIMES[:3], np.array([1.0, 1e10, 1e20]), retired=True)
    figure = progress_figure([*courses(1), out], Scale("loss", True), 10, "Epoch", False)
    high = layout(figure).yaxis.range[1]
    assert high < 2
    assert max(traces(figure)[1].y) == pytest.approx(high)


def test_a_band_lies_behind_its_line_and_reaches_the_edge_where_it_is_infinite() -> None:
    values = np.exp(-TIMES)
    band = np.stack([values / 2, np.where(TIMES > 5, np.inf, values * 2)])
    figure = progress_figure([Course("one", TIMES, values, band=band)], Scale("loss", True), 10, "Epoch", False)
    go.Figure(figure.to_dict())
    shape, line = traces(figure)
    assert shape.fill == "toself"
    half = len(shape.x) // 2
    top, low = shape.y[:half], shape.y[half:][::-1]
    late = shape.x[:half] > 5
    np.testing.assert_allclose(top[~late], np.log10(2 * np.exp(-shape.x[:half][~late])), atol=1e-9)
    assert set(top[late]) == {layout(figure).yaxis.range[1]}
    np.testing.assert_allclose(low, np.log10(np.exp(-shape.x[:half]) / 2), atol=1e-9)
    np.testing.assert_allclose(line.y[-1], np.log10(values[-1]))


def test_a_band_that_explodes_does_not_flatten_the_lines() -> None:
    band = np.stack([np.ones(1001), np.full(1001, 1e30)])
    figure = progress_figure([Course("one", TIMES, np.exp(-TIMES), band=band)], Scale("loss", True), 10, "Epoch", False)
    low, high = layout(figure).yaxis.range
    assert high < 2
    assert max(traces(figure)[0].y) <= high
    assert low < -4
