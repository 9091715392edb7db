"""The Explore page without a browser: it renders whatever is chosen, and shows the numbers of its probe."""

import json
from dataclasses import replace

import numpy as np
import pytest
from probed import probed
from sampling import sampled
from visits import QUICK, alternative_texts, captions, charts, link_to, numbers_in, shown_spec, visit

from initlab import calibration_readings, readings
from initlab.activations import ACTIVATIONS
from initlab.data_driven import LSUV
from initlab.datasets import DATASETS
from initlab.diagnosis import diagnose
from initlab.figures.histograms import AXES
from initlab.figures.layers import layers_figure
from initlab.figures.sent import drawn_once
from initlab.figures.theme import DARK, LIGHT, Direction
from initlab.findings import caveats, findings
from initlab.initializers import INITIALIZERS
from initlab.scenarios import DEFAULT, SCENARIOS
from initlab.start import stages
from initlab.tally import LayerStats
from initlab.theory import broken
from initlab.ui import starts


def test_the_page_opens_on_a_failure_and_its_cure() -> None:
    app = visit()
    assert not app.exception
    assert shown_spec(app) == DEFAULT
    assert app.title[0].value == "Does the signal survive?"
    assert app.header[0].value == "The signal vanishes"
    assert app.button(key="remedy").label == "Use Glorot normal"
    assert app.pills(key="scenario").value == "Too small"
    assert list(charts(app)) == ["activations", "gradients", "rms"]


@pytest.mark.parametrize("name", sampled(starts.MENU))
def test_every_initializer_renders_with_its_formula_and_its_parameters(name: str) -> None:
    app = visit({**QUICK, "init": name})
    assert not app.exception
    spec = shown_spec(app)
    assert spec.init == name
    assert f"$\\small {spec.law.formula(16, 16)}$" in captions(app)
    assert all(app.get_by_key(one.name) for one in INITIALIZERS[name].parameters if not one.advanced)


@pytest.mark.parametrize("name", sampled(ACTIVATIONS))
def test_every_activation_renders_with_its_parameters_and_its_shares(name: str) -> None:
    app = visit({**QUICK, "activation": name, "init": "Random normal", "stddev": "2"})
    assert not app.exception
    assert all(app.get_by_key(parameter) for parameter, _ in shown_spec(app).activation_params)
    saturates = ACTIVATIONS[name].saturates_beyond is not None
    assert ("saturated" in charts(app)) == saturates
    assert any("answers to" in text or "silent on all" in text for text in captions(app)) == ACTIVATIONS[name].dies


@pytest.mark.parametrize("name", sampled(DATASETS))
def test_every_data_set_renders_and_is_named_as_the_source(name: str) -> None:
    app = visit({**QUICK, "dataset": name})
    assert not app.exception
    assert any(f"32 rows of {name} (standardized)" in text for text in captions(app))


@pytest.mark.parametrize("name", sampled(SCENARIOS, 0, 4))
def test_a_scenario_opens_with_what_to_look_for_and_the_findings_of_its_probe(name: str) -> None:
    app = visit()
    app.pills(key="scenario").set_value(name).run()
    assert not app.exception
    spec = SCENARIOS[name].spec
    assert shown_spec(app) == spec
    assert captions(app)[0] == SCENARIOS[name].look_for
    probe = probed(spec)
    found = findings(probe)
    if found:
        assert app.header[0].value == found[0].headline
        assert found[0].evidence in [text.value for text in app.markdown]
        also = [text for text in captions(app) if text.startswith("Also: ")]
        assert [text[6:].split(".")[0].lower() for text in also] == [f.headline.lower() for f in found[1:]]
    else:
        assert app.header[0].value == "Healthy at the start"
        assert readings.healthy(probe) in [text.value for text in app.markdown]
    assert set(caveats(probe)) <= set(captions(app))


@pytest.mark.parametrize("name", sampled(SCENARIOS, 1))
def test_the_charts_of_a_scenario_are_drawn_from_its_probe(name: str) -> None:
    app = visit(link_to(SCENARIOS[name].spec))
    probe, found = probed(SCENARIOS[name].spec), charts(app)
    directions: tuple[tuple[str, Direction, LayerStats], ...] = (
        ("activations", "forward", probe.activation), ("gradients", "backward", probe.gradient),
    )  # fmt: skip
    for key, direction, stats in directions:
        figure = layers_figure(stats, direction, "Log magnitude", probe.depth <= 12, dark=False)
        assert found[key] == json.loads(drawn_once(figure).to_json() or "")
    forward, backward = (trace for trace in found["rms"]["data"] if trace["mode"] == "lines+markers")
    filled = [trace for trace in found["rms"]["data"] if trace.get("fill") == "toself"]
    for line, stats in ((forward, probe.activation), (backward, probe.gradient)):
        expected = np.where(stats.rms > 0, stats.rms, np.nan)
        np.testing.assert_allclose(10 ** numbers_in(line["y"]), expected, rtol=1e-6)
    theory = not broken(SCENARIOS[name].spec)
    assert len(filled) == 2 + theory
    dashed = [trace for trace in found["rms"]["data"] if trace["line"].get("dash") == "dash"]
    assert len(dashed) == theory
    if "saturated" in found:
        (bars,) = found["saturated"]["data"]
        np.testing.assert_allclose(numbers_in(bars["y"]), 100 * probe.saturated_share)


@pytest.mark.parametrize("name", sampled(["Too small", "N(0, 1)", "He on deep ReLU"], 1))
def test_every_chart_is_described_by_the_sentence_under_it(name: str) -> None:
    app = visit(link_to(SCENARIOS[name].spec), inspect_panel=True, neuron_panel=True)
    described = alternative_texts(app)
    assert {"activations", "gradients", "rms", "inspection", "neuron"} <= described.keys()
    assert all(text for text in described.values())
    for text in described.values():
        assert any(caption.startswith(text) for caption in captions(app))


@pytest.mark.parametrize("name", sampled(name for name, scenario in SCENARIOS.items() if scenario.expected))
def test_the_remedys_button_says_what_it_changes_and_does_it(name: str) -> None:
    (first, *_) = diagnose(probed(SCENARIOS[name].spec))
    assert first.remedy is not None
    app = visit(link_to(SCENARIOS[name].spec))
    label = app.button(key="remedy").label
    assert label.startswith("Use ")
    assert (first.remedy.init in label) or (first.remedy.activation in label)
    app.button(key="remedy").click().run()
    assert not app.exception
    assert shown_spec(app) == first.remedy
    assert app.header[0].value == "Healthy at the start"
    assert "remedy" not in [button.key for button in app.button]


def test_a_healthy_start_needs_no_remedy() -> None:
    app = visit(link_to(SCENARIOS["SELU"].spec))
    assert "remedy" not in [button.key for button in app.button]


def test_where_nothing_helps_the_card_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("initlab.ui.compute.search", lambda *_: iter((None,)))
    app = visit({**QUICK, "seed": "4711"})  # a spec that no other test has cached
    assert not app.exception
    assert app.header[0].value != "Healthy at the start"
    assert "remedy" not in [button.key for button in app.button]
    assert "No nearby start was healthy on three draws." in captions(app)


def test_a_new_draw_is_the_next_seed_and_another_picture() -> None:
    app = visit(QUICK)
    before, spec = charts(app), shown_spec(app)
    app.button(key="new_draw").click().run()
    assert shown_spec(app) == replace(spec, seed=1)
    assert app.query_params["seed"] == "1"
    assert charts(app)["activations"] != before["activations"]
    assert not alternative_texts(app)["rms"].startswith(readings.rms(probed(spec)))


@pytest.mark.parametrize("axis", sampled(AXES, 1, 3))
@pytest.mark.parametrize(
    ("view", "kind"), sampled([("Ridges", "scatter"), ("Heat map", "heatmap"), ("Auto", "scatter")], 1)
)
def test_axis_and_view_change_both_pictures(axis: str, view: str, kind: str) -> None:
    app = visit(QUICK)
    app.segmented_control(key="explore_axis").set_value(axis)
    app.segmented_control(key="explore_view").set_value(view).run()
    for direction, key in (("forward", "activations"), ("backward", "gradients")):
        (trace,) = charts(app)[key]["data"]
        assert trace["type"] == kind
        title = charts(app)[key]["layout"]["xaxis"]["title"]["text"]
        assert ("log scale" in title, "largest" in title) == (axis == "Log magnitude", axis == "Own")
        assert ("loss" in title) == (direction == "backward")


@pytest.mark.parametrize(("depth", "kind"), [(12, "scatter"), (13, "heatmap")])
def test_more_than_twelve_layers_are_a_heat_map_unless_asked_otherwise(depth: int, kind: str) -> None:
    app = visit({**QUICK, "depth": str(depth)})
    assert charts(app)["activations"]["data"][0]["type"] == kind
    app.segmented_control(key="explore_view").set_value("Ridges").run()
    assert charts(app)["activations"]["data"][0]["type"] == "scatter"


@pytest.mark.parametrize(("theme", "look", "other"), [("light", LIGHT, DARK), ("dark", DARK, LIGHT)])
def test_figures_follow_the_theme_of_the_visitor(theme: str, look, other) -> None:
    app = visit(link_to(SCENARIOS["N(0, 1)"].spec), theme, inspect_panel=True, neuron_panel=True)
    assert not app.exception
    for chart in charts(app).values():
        assert chart["layout"]["font"]["color"] == look.ink
        text = json.dumps(chart)
        assert not any(colour in text for colour in (other.ink, other.forward, other.backward, other.grid))


def test_lsuv_says_how_it_got_there_and_draws_no_band() -> None:
    spec = replace(DEFAULT.with_init("LSUV"), activation="Sigmoid", depth=10, width=64)
    app = visit(link_to(spec), lsuv_panel=True, neuron_panel=True)
    assert not app.exception
    (*_, last) = stages(spec)
    (table,) = [frame.value for frame in app.dataframe if "iterations" in frame.value]
    assert list(table["iterations"]) == [one.iterations for one in last.calibrated]
    assert calibration_readings.reading(spec, LSUV(), last.calibrated) in [text.value for text in app.markdown]
    assert any("No band: every other draw would have to read the data first." in text for text in captions(app))
    assert any("No theory line: no law declares the variance of LSUV's weights" in text for text in captions(app))
    assert any(text.startswith("The weights that LSUV starts from") for text in captions(app))
    filled = [trace for trace in charts(app)["rms"]["data"] if trace.get("fill") == "toself"]
    assert not filled
    app.slider(key="iterations").set_value(1).run()
    assert shown_spec(app) == spec.with_init("LSUV", iterations=1, tolerance=0.1)
    app.selectbox(key="init").set_value("He normal").run()
    assert not [panel for panel in app.expander if panel.label == "How LSUV got there"]
