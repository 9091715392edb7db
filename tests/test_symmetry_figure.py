"""The pictures of units in pairs and of their counts: what is drawn, in which colours, and that Plotly accepts it."""

import json
from collections.abc import Mapping
from dataclasses import astuple, replace
from typing import Final

import numpy as np
import plotly.graph_objects as go
import pytest
from pictures import colours, layout, traces, words
from probed import probed
from walked import walked

from initlab.experiments import COPIES, EXPERIMENTS
from initlab.figures.symmetry import correlation_figure, cosines_figure, layers_figure, steps_figure
from initlab.figures.theme import DARK, LIGHT, palette
from initlab.spec import NetworkSpec
from initlab.symmetry import Trial, Walk
from initlab.symmetry_readings import correlation

BYTES: Final = 60_000
RANDOM: Final = replace(COPIES, init="He normal", init_params=(), depth=3)
SITUATIONS: Final[Mapping[str, tuple[NetworkSpec, Trial, int]]] = {
    "copies": (replace(COPIES, depth=3), Trial(), 3),
    "random, wide, hundred steps": (replace(RANDOM, width=192, batch=8), Trial(), 100),
    "zeros": (replace(EXPERIMENTS["Zeros, tanh"].spec, depth=3, width=16), Trial(), 2),
    "broken at the top": (replace(COPIES, output="LeCun normal", depth=40, width=32, batch=16), Trial(), 1),
    "one unit, one row, one layer": (replace(COPIES, depth=1, width=1, batch=1), Trial(), 0),
    "overflow": (
        NetworkSpec("Random normal", (("stddev", 2.0),), 10.0, depth=200, width=8, batch=8, precision="float64"),
        Trial(),
        1,
    ),
}  # fmt: skip
situations = pytest.mark.parametrize("name", SITUATIONS)
themes = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])


def of(name: str) -> Walk:
    return walked(*SITUATIONS[name])


def counts(walk: Walk) -> np.ndarray:
    return np.array([moment.distinct for moment in walk.moments])


def all_figures(name: str, *, dark: bool) -> dict[str, go.Figure]:
    walk = of(name)
    moment, probe = walk.moments[-1], probed(SITUATIONS[name][0])
    return {
        "weights": cosines_figure(moment.weights[0], "forward", "all 0", dark),
        "gradients": cosines_figure(moment.gradients[0], "backward", "all 0", dark),
        "layers": layers_figure(walk.before, moment.distinct, walk.widths, moment.step, dark),
        "steps": steps_figure(counts(walk), walk.widths, dark),
        "inputs": correlation_figure(correlation(probe), 1 - probe.data_difference, None, dark),
        "inputs and theory": correlation_figure(
            correlation(probe), 1 - probe.data_difference, np.linspace(0, 1, probe.depth), dark
        ),
    }


@themes
@situations
def test_every_picture_is_small_and_one_that_plotly_accepts(name: str, dark: bool) -> None:
    for picture, figure in all_figures(name, dark=dark).items():
        text = figure.to_json() or ""
        assert len(text) < BYTES, picture
        json.loads(text, parse_constant=lambda odd: pytest.fail(f"{odd} in the JSON of {picture}"))  # noqa: B023
        go.Figure(data=[t.to_plotly_json() for t in traces(figure)], layout=layout(figure).to_plotly_json())
        assert len(traces(figure)) == {"layers": 3, "inputs and theory": 2}.get(picture, 1)
        assert layout(figure).xaxis.title.text
        assert layout(figure).yaxis.title.text


@themes
def test_the_pictures_wear_the_colours_of_their_theme_only(dark: bool) -> None:
    ours, other = ({tuple(bytes.fromhex(c[1:])) for c in astuple(palette(d))} for d in (dark, not dark))
    for figure in all_figures("copies", dark=dark).values():
        assert colours(figure) <= ours
        assert not colours(figure) & other


def test_a_pair_of_one_direction_is_full_colour_and_the_opposite_one_ink() -> None:
    for direction, look, dark in (("forward", LIGHT, False), ("backward", DARK, True)):
        (trace,) = traces(cosines_figure(np.eye(3, dtype=np.float32), direction, "", dark))  # pyright: ignore[reportArgumentType]
        assert (trace.zmin, trace.zmax) == (-1, 1)
        assert [stop[1] for stop in trace.colorscale] == [look.ink, look.background, look.of(direction)]  # pyright: ignore[reportArgumentType]
        assert trace.colorbar.title.text == "cosine"


def test_the_cosines_are_drawn_as_they_are_and_the_first_unit_stands_above() -> None:
    cosine = of("random, wide, hundred steps").moments[-1].weights[0]
    figure = cosines_figure(cosine, "forward", "", dark=False)
    np.testing.assert_allclose(traces(figure)[0].z, cosine, atol=6e-4)
    assert layout(figure).yaxis.range[0] > layout(figure).yaxis.range[1]


def test_where_there_is_no_direction_the_picture_says_why() -> None:
    assert "all 0" in words(all_figures("zeros", dark=False)["weights"])
    assert "all 0" not in words(all_figures("copies", dark=False)["weights"])


def test_the_counts_are_drawn_against_layer_with_the_start_and_the_number_of_units() -> None:
    walk = of("broken at the top")
    all_units, before, after = traces(all_figures("broken at the top", dark=False)["layers"])
    np.testing.assert_array_equal(all_units.y, [32] * 40)
    np.testing.assert_array_equal(before.y, [1] * 40)
    np.testing.assert_array_equal(after.y, walk.moments[1].distinct)
    assert after.y[-1] == 32
    assert all_units.line.dash == "dash"


def test_the_counts_against_step_are_shares_with_the_numbers_at_hand() -> None:
    walk = of("broken at the top")
    (trace,) = traces(all_figures("broken at the top", dark=False)["steps"])
    np.testing.assert_allclose(trace.z, 100 * counts(walk).T / 32, atol=0.06)
    np.testing.assert_array_equal(trace.customdata, counts(walk).T)
    assert trace.z[-1].tolist() == [3.1, 100.0]


def test_the_correlation_begins_with_the_data_and_leaves_out_what_has_no_direction() -> None:
    probe = probed(EXPERIMENTS["Inputs become one"].spec)
    (line,) = traces(correlation_figure(correlation(probe), 1 - probe.data_difference, None, dark=False))
    np.testing.assert_allclose(line.y, [1 - probe.data_difference, *probe.input_correlation])
    (zeros,) = traces(all_figures("zeros", dark=False)["inputs"])
    assert np.isnan(zeros.y[1:]).all()


def test_theory_is_a_grey_dash_over_the_layers() -> None:
    _, theory = traces(all_figures("copies", dark=False)["inputs and theory"])
    assert (theory.line.dash, theory.line.color, theory.mode) == ("dash", LIGHT.theory, "lines")
    np.testing.assert_array_equal(theory.x, [1, 2, 3])


@pytest.mark.parametrize("steps", [0, 1, 5, 12, 70, 100])
def test_the_ticks_of_steps_are_few_and_whole(steps: int) -> None:
    axis = layout(steps_figure(np.ones((steps + 1, 2), int), np.array([4, 4]), dark=False)).xaxis
    assert axis.tickvals[0] == 0
    assert axis.tickvals[-1] == steps
    assert len(axis.tickvals) <= 14
