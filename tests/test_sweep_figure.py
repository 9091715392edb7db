"""The map as it is drawn: colours that are the measured change, marks for what has none, theory on top."""

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest
from pictures import colours, layout, traces, words

from initlab import NetworkSpec, sweep
from initlab.edge import Theory, theory
from initlab.figures import theme
from initlab.figures.sweep import CLIP, STEPS, Mark, sweep_figure
from initlab.grid import Grid, depths_to
from initlab.sweep import Sweep

SPEC = NetworkSpec("He normal", width=32, batch=16)
HERE, PICKED = Mark(10, 1.0), Mark(4, 2.0)


@pytest.fixture(scope="module")
def measured() -> Sweep:
    return sweep(SPEC, depths_to(30))


def drawn(found: Sweep, expected: Theory | None = None, here: Mark = HERE, dark: bool = False) -> go.Figure:
    return sweep_figure(found, "Gradient", expected or theory(found.grid.spec, 0.1, 10), here, PICKED, dark)


def test_colours_are_the_measured_decades_clipped_at_four(measured: Sweep) -> None:
    heat, *_ = traces(drawn(measured))
    change = measured.change("Gradient")
    assert (heat.zmin, heat.zmax) == (-CLIP * STEPS, CLIP * STEPS)
    np.testing.assert_allclose(heat.z / STEPS, np.clip(change, -CLIP, CLIP), atol=0.5 / STEPS + 1e-9)
    np.testing.assert_allclose(10.0**heat.x, measured.grid.gains, rtol=1e-6)
    np.testing.assert_array_equal(heat.y, measured.grid.depths)


def test_nothing_and_overflow_have_colours_and_words_of_their_own() -> None:
    found = sweep(replace(SPEC, batch=8), depths_to(60), (0.0, 0.001, 0.01, 1.0, 10.0, 100.0, 1000.0))
    figure = drawn(sweep_without_zero_gain(found))
    change = sweep_without_zero_gain(found).change("Gradient")
    odd = traces(figure)[1]
    assert (odd.z[np.isneginf(change)] == 0).all()
    assert (odd.z[np.isnan(change)] == 1).all()
    assert np.isnan(odd.z[np.isfinite(change)]).all()
    assert {"exactly 0", "overflow"} <= words(figure).keys()


def sweep_without_zero_gain(found: Sweep) -> Sweep:
    """A logarithmic axis has no place for gain 0."""
    grid = replace(found.grid, gains=found.grid.gains[1:])
    return Sweep(grid, found.ends._make(values[:, 1:] for values in found.ends))


def test_theory_is_a_grey_dash_through_the_critical_gain_and_six_xi(measured: Sweep) -> None:
    expected = theory(SPEC, 0.1, 10)
    figure = drawn(measured, expected)
    scatters = [trace for trace in traces(figure) if trace.type == "scatter"]
    (line,) = [trace for trace in scatters if trace.line.dash == "dash"]
    assert line.line.color == theme.LIGHT.theory
    np.testing.assert_allclose(line.x[:2], np.log10(expected.critical_gain), atol=1e-6)
    inside = expected.reach <= 30.5
    np.testing.assert_allclose(line.y[3:][inside], expected.reach[inside], rtol=1e-6)
    assert {"χ₁ = 1", "6 ξ", "you are here"} <= words(figure).keys()


def test_a_network_off_the_map_is_marked_on_its_rim(measured: Sweep) -> None:
    figure = drawn(measured, here=Mark(150, 0.001))
    assert "you are further out" in words(figure)
    star = traces(figure)[-1]
    assert star.x[0] >= layout(figure).xaxis.range[0]
    assert star.y[0] <= layout(figure).yaxis.range[1]


def test_every_cell_can_be_picked(measured: Sweep) -> None:
    cells = traces(drawn(measured))[-3]
    assert len(cells.x) == len(cells.y) == measured.grid.cells
    assert cells.marker.opacity == cells.selected.marker.opacity == cells.unselected.marker.opacity == 0
    np.testing.assert_allclose(cells.customdata[:, 1], measured.change("Gradient").ravel(), rtol=1e-6)


def test_the_colours_are_named_in_words_and_follow_the_theme(measured: Sweep) -> None:
    for dark in (False, True):
        figure = drawn(measured, dark=dark)
        assert {"vanishes: ÷ 10⁴", "keeps its size", "explodes: × 10⁴"} <= words(figure).keys()
        assert {tuple(bytes.fromhex(c[1:])) for c in theme.DIVERGING[dark]} <= colours(figure)


def test_the_picture_is_small_and_valid(measured: Sweep) -> None:
    figure = drawn(measured)
    assert len(figure.to_json() or "") <= 60_000
    go.Figure(figure.to_dict())


def test_a_single_cell_is_drawn() -> None:
    found = sweep(SPEC, (3,), (1.0,))
    go.Figure(drawn(found).to_dict())
    assert Grid(SPEC, (3,), (1.0,)) == found.grid
