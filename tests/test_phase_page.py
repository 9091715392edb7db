"""The Phase diagram page without a browser: it draws whatever is chosen, places the network, and opens a point."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from sampling import sampled
from scipy.stats import norm
from streamlit.testing.v1 import AppTest
from visits import QUICK, alternative_texts, captions, charts, follow, link_to, numbers_in, shown_spec, visit

from initlab import phase_readings
from initlab.activations import ACTIVATIONS
from initlab.landmarks import here
from initlab.point import correlation_curve, point, variance_curve
from initlab.scenarios import DEFAULT
from initlab.spec import NetworkSpec
from initlab.ui.phase import PRESETS
from initlab.ui.starts import MENU


def opened(query: Mapping[str, str] | None = None, theme: str = "light", **state: Any) -> AppTest:
    """The page after its first run, as a link opens it."""
    return visit(query, theme, "phase-diagram", **state)


def sentences(app: AppTest) -> str:
    return " ".join([*captions(app), *(text.value for text in app.markdown)])


def test_the_page_opens_on_a_start_from_which_nothing_survives() -> None:
    app = opened()
    assert not app.exception
    assert app.title[0].value == "Where can a deep network live?"
    assert app.header[0].value == "Information survives about 1.4 of 10 layers"
    assert app.pills(key="phase_preset").value == "Too small"
    assert list(charts(app)) == ["phase_plane", "phase_size", "phase_likeness"]


@pytest.mark.parametrize("name", sampled(ACTIVATIONS, 3))
def test_every_activation_has_its_plane_and_its_maps(name: str) -> None:
    app = opened({**QUICK, "activation": name})
    assert not app.exception
    assert len(charts(app)) == 3
    assert f"**{name}: order and chaos**" in sentences(app)


@pytest.mark.parametrize("name", sampled(MENU, 3))
def test_every_initializer_is_placed_or_said_to_have_no_place(name: str) -> None:
    app = opened({**QUICK, "init": name})
    assert not app.exception
    place = here(shown_spec(app)).place
    stars = [t for t in charts(app)["phase_plane"]["data"] if "star" in str(t.get("marker", {}).get("symbol"))]
    assert len(stars) == (place is not None)
    assert (app.header[0].value == f"{name} has no place in this plane") == (place is None)


@pytest.mark.parametrize("query", sampled([
    {"normalization": "Batch"}, {"residual": "True"}, {"width": "1"}, {"depth": "1"}, {"depth": "200", "batch": "1"},
    {"shape": "Funnel"}, {"shape": "Hourglass", "width": "1024"}, {"bias": "2"}, {"gain": "10", "stddev": "2"},
    {"init": "Random uniform", "minval": "0", "maxval": "1"}, {"init": "Zeros", "bias": "0.5"},
    {"phase_weight": "0", "phase_bias": "0"}, {"phase_weight": "1000", "phase_bias": "4", "activation": "ReLU"},
    {"phase_axis": "Log", "init": "Zeros"}, {"activation": "ELU", "alpha": "3"},
    {"activation": "Leaky ReLU", "slope": "0.9"},
], every=3))  # fmt: skip
def test_no_corner_of_the_sidebar_breaks_the_page(query: dict[str, str]) -> None:
    app = opened({**QUICK, **query}, phase_table_panel=True)
    assert not app.exception
    assert len(charts(app)) == 3
    for doubt in here(shown_spec(app)).doubts:
        assert doubt in captions(app)


@pytest.mark.parametrize("name", sampled(PRESETS, 1, 4))
def test_a_preset_opens_with_what_to_look_for(name: str) -> None:
    app = opened()
    app.pills(key="phase_preset").set_value(name).run()
    assert not app.exception
    preset = PRESETS[name]
    assert shown_spec(app) == preset.spec
    assert (app.session_state["phase_weight"], app.session_state["phase_bias"]) == preset.chosen
    assert preset.look_for in captions(app)


def test_the_presets_show_what_they_promise() -> None:
    reach = {}
    for name, preset in PRESETS.items():
        app = opened(link_to(preset.spec))
        reach[name] = app.header[0].value
    assert reach["Tanh at the edge"] == "50 layers are within reach"
    assert reach["ReLU: He"] == "30 layers are within reach"
    assert reach["Sigmoid at its edge"] == "20 layers are within reach"
    assert reach["Chaotic tanh"].startswith("Information survives about 4")
    assert reach["Glorot on sigmoid"].startswith("Information survives about 2.1 of 10")


@pytest.mark.parametrize("name", ["Tanh at the edge", "ReLU: He", "Sigmoid at its edge"])
def test_a_preset_that_speaks_of_the_edge_lies_on_it(name: str) -> None:
    spec = PRESETS[name].spec
    found = here(spec)
    assert found.place
    at = point(spec.activation, *found.place)
    assert at.phase == "critical"
    assert "on the edge between order and chaos" in phase_readings.verdict(spec, found, at)


def test_the_preset_of_sigmoid_says_on_which_side_its_chosen_point_lies() -> None:
    preset = PRESETS["Sigmoid at its edge"]
    place, chosen = here(preset.spec).place, point("Sigmoid", *preset.chosen)
    assert place
    assert f"σ_w² = {place.weight:.0f} does put sigmoid on its edge" in preset.look_for
    assert f"The chosen point, {chosen.weight:g}, lies a little to its left, on the ordered side" in preset.look_for
    assert chosen.phase == "ordered"
    nearly = norm.sf(np.log(9) / np.sqrt(point("Sigmoid", *place).q))  # outputs above 0.9, and as many below 0.1
    assert 2 * nearly > 0.7


@pytest.mark.parametrize("query", [{}, {"activation": "ReLU", "init": "He normal"}, {"activation": "Sigmoid"}])
def test_every_chart_is_described_by_the_sentence_under_it(query: dict[str, str]) -> None:
    app = opened(query)
    described = alternative_texts(app)
    assert described.keys() == {"phase_plane", "phase_size", "phase_likeness"}
    for text in described.values():
        assert len(text) > 40
        assert text in captions(app)


@pytest.mark.parametrize(("weight", "bias", "start"), [
    ("2", "0.04", ("scale", 2.0, 1.0, 0.2)), ("1.75", "0.01", ("scale", None, None, 0.1)),
    ("0", "0", ("scale", 0.0, 1.0, 0.0)), ("105", "0.25", ("scale", None, None, 0.5)),
])  # fmt: skip
def test_the_chosen_point_opens_in_explore_as_a_start_that_lies_there(weight: str, bias: str, start: tuple) -> None:
    app = opened({"phase_weight": weight, "phase_bias": bias})
    follow(app)
    assert app.title[0].value == "Does the signal survive?"
    spec = shown_spec(app)
    place = here(spec).place
    assert (spec.init, spec.bias_stddev) == ("Variance scaling", start[3])
    assert place == pytest.approx((float(weight), float(bias)), rel=0.005)
    assert start[1] is None or (dict(spec.init_params)["scale"], spec.gain) == (start[1], start[2])
    assert (spec.activation, spec.depth, spec.width) == (DEFAULT.activation, DEFAULT.depth, DEFAULT.width)


def test_the_sliders_move_the_chosen_point_and_its_maps() -> None:
    app = opened()
    before = charts(app)
    app.select_slider(key="phase_weight").set_value(1.5).run()
    after = charts(app)
    crosses = [t for t in after["phase_plane"]["data"] if t.get("marker", {}).get("symbol") == "circle-cross-open"]
    assert [float(numbers_in(t["x"])[0]) for t in crosses] == [1.5]
    assert all(after[key] != before[key] for key in ("phase_size", "phase_likeness"))
    assert "σ_w² = 1.5, σ_b² = 0.04" in alternative_texts(app)["phase_size"]


def test_all_numbers_are_one_click_away() -> None:
    app = opened(phase_table_panel=True)
    points, cells = (frame.value for frame in app.dataframe)
    assert list(points["start"][:2]) == ["this network", "chosen point"]
    assert {"LeCun", "He"} <= set(", ".join(points["start"]).split(", "))
    he = points[points["start"] == "He"].iloc[0]
    z = np.linspace(-9, 9, 2001)
    weight, output = 2 * np.exp(-z * z / 2) / np.sqrt(2 * np.pi) * (z[1] - z[0]), np.tanh(np.sqrt(he["q*"]) * z)
    assert he["q*"] == pytest.approx(weight @ output**2, rel=1e-6)
    assert he["χ₁"] == pytest.approx(weight @ (1 - output**2) ** 2, rel=1e-6)
    assert len(cells) == 100 * 100
    assert np.isfinite(cells.to_numpy()).all()


def test_a_diverging_point_is_named_so_in_verdict_and_reading() -> None:
    app = opened({"init": "Random normal", "stddev": "0.5", "activation": "ReLU", "phase_weight": "3"})
    assert app.header[0].value == "The signal grows without bound"
    assert "grows without bound" in alternative_texts(app)["phase_size"]
    assert "From σ_w² = 2 on the signal grows without bound." in alternative_texts(app)["phase_plane"]


def test_what_is_outside_the_picture_is_listed() -> None:
    text = alternative_texts(opened({"activation": "Sigmoid"}))["phase_plane"]
    assert "Outside the picture: Zeros (0, 0)" in text
    assert "Constant, Greedy pre-training, Ones, Identity and LSUV have no place" in text


@pytest.mark.parametrize("spec", [NetworkSpec(depth=1), NetworkSpec("Zeros", depth=1), NetworkSpec("Ones", depth=3)])
def test_one_layer_is_not_many(spec: NetworkSpec) -> None:
    assert "1 layers" not in phase_readings.headline(spec, None)


def said_of_likeness(name: str, weight: float, bias: float, depth: int = 10) -> str:
    at = point(name, weight, bias)
    return phase_readings.likeness(correlation_curve(name, at, depth), at)


@pytest.mark.parametrize(
    ("name", "weight", "size"),
    [
        ("Linear", 4.0, "has no size to settle at"),
        ("ReLU", 3.0, "has no size to settle at"),
        ("Tanh", 0.5, "dies away"),
    ],
)
def test_where_the_signal_has_no_size_the_drawn_map_is_not_given_the_slope_chi(
    name: str, weight: float, size: str
) -> None:
    text = said_of_likeness(name, weight, 0.0)
    assert f"The signal {size}, so that" in text
    assert "slope" not in text
    assert "e times closer" not in text
    assert "which is χ₁" in said_of_likeness("Tanh", 0.5, 0.04)


@pytest.mark.parametrize(("bias", "words"), [(0.0, "which is 0"), (0.04, "the biases alone")])
def test_both_readings_of_weights_of_zero_say_where_the_signal_goes(bias: float, words: str) -> None:
    at = point("Sigmoid", 0.0, bias)
    assert f"goes to q* = {bias:g}," in phase_readings.size(variance_curve("Sigmoid", at, 1), at)
    text = said_of_likeness("Sigmoid", 0.0, bias, depth=1)
    assert f"Weights of 0 give every input the same z, {words}: c* = 1." in text
    assert "no size to settle at" not in text


def test_rounding_is_not_taken_for_a_correlation() -> None:
    assert "c* = 0." in said_of_likeness("Tanh", 3.0, 0.0)
    assert "from 0 to 0 in 1 layer." in said_of_likeness("Tanh", 0.5, 0.0, depth=1)


def test_without_biases_a_vanishing_signal_is_said_to_die_and_not_to_become_alike() -> None:
    found = here(DEFAULT)
    assert found.place
    text = phase_readings.verdict(DEFAULT, found, point("Tanh", *found.place))
    assert "the signal dies away" in text
    assert "mean square falls e-fold every ξ_c" in text


@pytest.mark.parametrize(("change", "words"), [
    ({"normalization": "Batch"}, "Batch normalization is"), ({"normalization": "Layer"}, "Layer normalization is"),
    ({"residual": "True"}, "Residual connections are"),
    ({"normalization": "Batch", "residual": "True"}, "Batch normalization and residual connections are"),
])  # fmt: skip
def test_what_is_not_in_the_plane_gets_no_promise_of_depth(change: dict[str, str], words: str) -> None:
    app = opened({**link_to(PRESETS["ReLU: He"].spec), **change})
    assert app.header[0].value == f"{words} not in this plane"
    text = next(part.value for part in app.markdown if "The network has 30 layers." in part.value)
    name = words.rsplit(" ", 1)[0]
    assert text.startswith(f"Without {name[0].lower()}{name[1:]}: ")


def test_zeros_let_nothing_through() -> None:
    app = opened({"init": "Zeros"})
    assert app.header[0].value == "Nothing of the input gets through a layer"
