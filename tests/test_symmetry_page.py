"""The symmetry page without a browser: it renders whatever is chosen, and shows the numbers of its walk."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import visits
from sampling import sampled
from streamlit.testing.v1 import AppTest
from visits import APP, QUICK, SECONDS, alternative_texts, captions, charts, link_to, notes, numbers_in, shown_spec
from walked import shown

from initlab.activations import ACTIVATIONS
from initlab.copies import verdict
from initlab.datasets import DATASETS, load
from initlab.experiments import COPIES, EXPERIMENTS, Experiment
from initlab.scenarios import DEFAULT
from initlab.symmetry import MARKS, Trial, fitted
from initlab.theory import mean_correlations
from initlab.ui import starts
from initlab.ui.symmetry import _mended

KEYS = ["symmetry_weights", "symmetry_gradients", "symmetry_layers", "symmetry_path", "symmetry_inputs"]
SMALL = replace(COPIES, depth=3, width=16, batch=32)
FEW = {"symmetry_steps": "2", "symmetry_layer": "2"}


def visit(query: dict[str, str] | None = None, theme: str = "light", **state: Any) -> AppTest:
    """The page after its first run."""
    return visits.visit(query, theme, "symmetry", **state)


def trial_of(app: AppTest) -> Trial:
    names = ("optimizer", "rate", "noise", "dropout")
    return Trial(*(app.session_state[f"symmetry_{name}"] for name in names))


def text(app: AppTest) -> str:
    return " ".join(part.value for part in app.markdown)


def test_a_visit_that_starts_here_opens_on_copies() -> None:
    app = visit()
    assert not app.exception
    assert app.title[0].value == "Why must weights differ?"
    assert app.header[0].value == "Copies stay copies"
    assert list(charts(app)) == KEYS
    assert shown_spec(app) == COPIES
    assert app.pills(key="symmetry_experiment").value == "One row repeated"
    assert not notes(app)


def test_a_visit_that_comes_from_another_page_keeps_its_network_and_is_offered_copies() -> None:
    app = AppTest.from_file(APP, default_timeout=SECONDS).run()
    app.switch_page("pages/explore/symmetry.py").run()
    assert shown_spec(app) == DEFAULT
    assert app.header[0].value == "Every unit is its own"
    app.button(key="symmetry_offer_copies").click().run()
    assert not app.exception
    assert shown_spec(app) == COPIES


def test_a_link_says_all_about_the_start_whatever_the_page_opens_on() -> None:
    app = visit({"depth": "4"})
    assert shown_spec(app) == replace(DEFAULT, depth=4)


@pytest.mark.stress
@pytest.mark.parametrize("experiment", sampled(EXPERIMENTS.values(), 0, 6), ids=EXPERIMENTS)
def test_an_experiment_opens_with_what_to_look_for_and_its_verdict(experiment: Experiment) -> None:
    app = visit(QUICK)
    app.pills(key="symmetry_experiment").set_value(experiment.name).run()
    assert not app.exception
    assert shown_spec(app) == experiment.spec
    assert trial_of(app) == experiment.trial
    assert app.session_state["symmetry_steps"] == experiment.steps
    assert captions(app)[0] == experiment.look_for
    walk, moment = shown(experiment)
    said = verdict(walk, moment)
    assert app.header[0].value == said.headline
    assert said.text in [part.value for part in app.markdown]
    drawn = charts(app)["symmetry_weights"]["data"][0]["z"]
    expected = moment.weights[experiment.layer - 1]
    np.testing.assert_allclose(numbers_in(drawn), expected, atol=1e-3)
    counts = charts(app)["symmetry_layers"]["data"][2]["y"]
    np.testing.assert_array_equal(numbers_in(counts), moment.distinct)


def test_where_every_gradient_is_zero_the_page_says_so_and_offers_two_ways_on() -> None:
    app = visit(link_to(replace(SMALL, output="Same")) | {"symmetry_steps": "0"})
    assert app.header[0].value == "Every hidden gradient is exactly zero"
    assert "The errors of a softmax sum to 0" in text(app)
    labels = {button.key: button.label for button in app.button if "offer" in str(button.key)}
    assert labels["symmetry_offer_output"] == "One row repeated"
    assert labels["symmetry_offer_step"] == "After one step"
    app.button(key="symmetry_offer_step").click().run()
    assert app.header[0].value == "Copies stay copies"
    assert app.session_state["symmetry_steps"] == 1
    app.button(key="symmetry_offer_noise").click().run()
    assert app.header[0].value == "The symmetry is broken"


def test_one_row_repeated_gives_equal_gradients_before_the_first_step() -> None:
    app = visit(link_to(replace(SMALL, output="Same")) | {"symmetry_steps": "0", "symmetry_layer": "2"})
    app.button(key="symmetry_offer_output").click().run()
    assert shown_spec(app).output == "One row repeated"
    gradients = numbers_in(charts(app)["symmetry_gradients"]["data"][0]["z"])
    np.testing.assert_allclose(gradients, 1, atol=1e-3)


def test_zeros_that_no_step_can_move_are_not_offered_a_step() -> None:
    app = visit(link_to(replace(SMALL, init="Zeros", init_params=(), output="Same")) | FEW)
    assert "No weight has moved, only the output bias" in text(app)
    offers = [button.key for button in app.button if "offer" in str(button.key)]
    assert offers == ["symmetry_offer_output", "symmetry_offer_noise"]


def test_saturated_units_are_offered_another_start() -> None:
    app = visit({"init": "Random uniform", "minval": "0", "maxval": "1", "symmetry_steps": "1", "batch": "32"})
    offers = [button.key for button in app.button if "offer" in str(button.key)]
    assert offers == ["symmetry_offer_start"]
    app.button(key="symmetry_offer_start").click().run()
    assert app.header[0].value == "Every unit is its own"


def test_past_an_overflow_the_pictures_show_the_last_that_was_finite() -> None:
    app = visit({"activation": "ReLU", "init": "He normal", "symmetry_rate": "10", "symmetry_steps": "50"})
    assert app.header[0].value == "The numbers overflow"
    drawn = charts(app)["symmetry_gradients"]
    assert np.isfinite(numbers_in(drawn["data"][0]["z"])).any()
    assert not drawn["layout"].get("annotations")
    assert "The pictures show what came before." in text(app)


@pytest.mark.parametrize(("rows", "words"), [("2048", "rows."), ("256", "")])
def test_layers_are_named_only_where_some_are_left_out(rows: str, words: str) -> None:
    app = visit({"depth": "8", "width": "128", "batch": rows, "symmetry_steps": "0"})
    assert notes(app).endswith(words)
    assert "layers" not in notes(app)


def test_the_output_layer_can_be_chosen_on_the_page_as_in_the_sidebar() -> None:
    app = visit(link_to(SMALL) | FEW)
    app.segmented_control(key="symmetry_output").set_value("LeCun normal").run()
    assert shown_spec(app).output == "LeCun normal"
    assert app.query_params["output"] == "LeCun normal"
    assert app.header[0].value == "The symmetry breaks in layer 3, and nowhere else"


@pytest.mark.parametrize("name", sampled(starts.MENU, 1))
def test_every_initializer_renders(name: str) -> None:
    app = visit({**QUICK, **FEW, "init": name})
    assert not app.exception
    assert list(charts(app)) == KEYS
    assert app.header[0].value in (
        "Every unit is its own",
        "Every hidden gradient is exactly zero",
        "Copies stay copies",
    )


@pytest.mark.parametrize("name", sampled(ACTIVATIONS, 1))
def test_every_activation_renders(name: str) -> None:
    assert not visit({**QUICK, **FEW, "activation": name, "init": "Constant"}).exception


@pytest.mark.parametrize("name", sampled(DATASETS, 1))
def test_every_data_set_renders_and_is_named_as_the_source(name: str) -> None:
    app = visit({**QUICK, **FEW, "dataset": name, "init": "Ones"})
    assert not app.exception
    assert any(f"32 rows of {name} (standardized)" in caption for caption in captions(app))


@pytest.mark.parametrize(
    "query",
    sampled(
        [
            {"depth": "1", "width": "1", "batch": "1"},
            {"depth": "1", "output": "LeCun normal", "init": "Constant"},
            {"normalization": "Batch", "init": "Constant"},
            {"normalization": "Layer", "init": "Ones", "residual": "True"},
            {"shape": "Hourglass", "depth": "7", "width": "12", "init": "Zeros", "symmetry_dropout": "0.5"},
            {"init": "Random normal", "stddev": "2", "gain": "10", "depth": "60", "precision": "float64"},
            {"activation": "ReLU", "init": "He normal", "symmetry_rate": "10", "symmetry_steps": "50"},
            {"symmetry_layer": "200", "symmetry_optimizer": "Momentum", "symmetry_noise": "1"},
        ],
        every=3,
    ),
    ids=str,
)
def test_edges_render_with_every_chart_described_by_the_sentence_under_it(query: dict[str, str]) -> None:
    app = visit({**QUICK, **FEW, **query}, theme="dark", symmetry_table_panel=True)
    assert not app.exception
    described = alternative_texts(app)
    assert list(described) == KEYS
    for sentence in described.values():
        assert sentence in captions(app)
    assert len(app.dataframe) == 4


def test_what_the_budget_does_not_allow_is_said_with_what_is_shown() -> None:
    app = visit({"depth": "80", "width": "256", "batch": "32", "symmetry_steps": "0"})
    assert not app.exception
    assert "the copies are followed on " in notes(app)
    assert app.slider(key="symmetry_layer").max < 80


@pytest.mark.parametrize(
    ("batch", "depth", "cut"),
    [
        (32, 200, "on 8 of 32 rows and in 14 of 200 layers"),
        (8, 200, "in 14 of 200 layers"),
        (256, 8, "on 64 of 256 rows"),
    ],
)
def test_only_what_was_cut_is_said_to_be(batch: int, depth: int, cut: str) -> None:
    spec = replace(SMALL, width=512, depth=depth, batch=batch)
    fit, steps = fitted(spec, 0)
    (note,) = _mended(spec, fit, 0, steps)
    assert note.endswith(f"the copies are followed {cut}.")


def test_more_steps_go_on_from_where_the_walk_stands_and_fewer_are_there_already(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = visit(link_to(replace(SMALL, seed=4711)) | {"symmetry_steps": "5"})
    taken: list[int] = []
    from initlab import symmetry

    original = symmetry.Walker.further
    monkeypatch.setattr(
        symmetry.Walker, "further", lambda walk, *draws: taken.append(len(walk.moments)) or original(walk, *draws)
    )
    app.select_slider(key="symmetry_steps").set_value(7).run()
    assert taken == [6, 7]
    app.select_slider(key="symmetry_steps").set_value(3).run()
    app.slider(key="symmetry_layer").set_value(1).run()
    assert taken == [6, 7]
    assert "After 3 steps" in text(app)


@pytest.mark.parametrize("steps", MARKS[:4])
def test_the_tables_hold_the_counts_of_every_step(steps: int) -> None:
    app = visit(
        link_to(replace(SMALL, output="LeCun normal")) | {"symmetry_steps": str(steps)}, symmetry_table_panel=True
    )
    table = app.dataframe[0].value
    assert list(table.columns) == ["layer", "units", "start", *(f"step {k}" for k in range(steps + 1))]
    assert table["step 0"].tolist() == [1, 1, 1]
    if steps:
        assert table["step 1"].tolist() == [1, 1, 16]


def test_the_cosine_between_inputs_is_drawn_over_what_theory_expects_or_says_what_forbids_it() -> None:
    app = visit({"init": "He normal", "activation": "ReLU", "depth": "4", "width": "64", "batch": "32"})
    spec = shown_spec(app)
    _, dashed = charts(app)["symmetry_inputs"]["data"]
    np.testing.assert_allclose(
        numbers_in(dashed["y"]), mean_correlations(spec, load(spec.dataset, spec.scaling, spec.rows).inputs), rtol=1e-6
    )
    assert "theory expects" in alternative_texts(app)["symmetry_inputs"]
    app = visit({"init": "Zeros", "depth": "4", "width": "64", "batch": "32"})
    assert len(charts(app)["symmetry_inputs"]["data"]) == 1
    assert any(text.startswith("No theory is drawn. All weights of a layer are equal") for text in captions(app))


def test_the_table_of_inputs_holds_what_theory_expects_where_it_applies() -> None:
    few = {"depth": "3", "batch": "32", "symmetry_steps": "0"}
    with_theory = visit({**few, "init": "Glorot normal"}, symmetry_table_panel=True).dataframe[1].value
    assert list(with_theory.columns) == ["layer", "mean cosine between inputs", "expected by theory"]
    assert with_theory["expected by theory"].between(-1, 1).all()
    without = visit({**few, "init": "Zeros"}, symmetry_table_panel=True).dataframe[1].value
    assert list(without.columns) == ["layer", "mean cosine between inputs"]
