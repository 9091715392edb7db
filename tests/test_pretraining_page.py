"""The pre-training page without a browser: layer by layer to the end, with the core's numbers; no state breaks it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sampling import sampled
from streamlit.testing.v1 import AppTest
from visits import alternative_texts, captions, charts, follow, notes, numbers_in, visit

from initlab import finetuning, race_readings
from initlab import pretrain_readings as readings
from initlab.activations import ACTIVATIONS
from initlab.datasets import DATASETS
from initlab.pretrain_presets import PRESETS
from initlab.pretraining import Pretrained, codes, reconstructed
from initlab.projection import project
from initlab.race import race
from initlab.schedule import parted
from initlab.start import pretrain
from initlab.ui import finetuning as race_below
from initlab.ui import link, state
from initlab.ui import pretraining as page
from initlab.ui.navigation import PAGES

PAGE = "pretraining"
SHORT = {
    "dataset": "Iris", "activation": "Sigmoid", "scaling": "0-1", "depth": "3", "width": "16", "pretrain_epochs": "2",
    "pretraining_tune_epochs": "2",
}  # fmt: skip
WALK = ["pretrain_stack", "pretrain_errors", "pretrain_rebuilt", "pretrain_filters", "pretrain_codes"]
DIGITS = {**SHORT, "dataset": "Digits"}
RACE = ["pretrain_test", "pretrain_layers"]


def opened(query: dict[str, str] | None = None, **state: Any) -> AppTest:
    app = visit({**SHORT, **(query or {})}, page=PAGE, **state)
    assert not app.exception
    return app


def experiment(query: dict[str, str]):
    """What the page would run, without running it."""
    values, _ = link.decode({name: [text] for name, text in query.items()})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("initlab.ui.session.values", lambda: values)
        return page.experiment()


def walked(app: AppTest) -> Pretrained:
    return app.session_state["_pretrain"].now


def described(app: AppTest) -> bool:
    """Whether every chart is described by the sentence under it."""
    return set(alternative_texts(app).values()) <= set(captions(app))


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def test_the_page_walks_to_the_end_and_shows_the_numbers_of_the_core() -> None:
    app = opened(DIGITS, pretrain_panel=True)
    spec, tune, said = experiment(DIGITS)
    train, test = parted(spec, tune)
    *_, last = pretrain(spec, None, train.inputs)
    assert (list(charts(app)), said) == ([*WALK, *RACE], [])
    assert app.header[0].value == readings.headline(last) == "3 layers learned without a single label"
    assert readings.evidence(last) in [text.value for text in app.markdown]
    for line, errors in zip(charts(app)["pretrain_errors"]["data"], last.errors, strict=True):
        np.testing.assert_allclose(numbers_in(line["customdata"]), errors, rtol=1e-5)
    table = next(frame.value for frame in app.dataframe if "layer 1" in frame.value)
    np.testing.assert_array_equal(table["layer 3"], last.errors[2])
    inputs = test.inputs.astype("float32")
    back, code = reconstructed(last.network, last.decoders, inputs), inputs
    for layer in range(3):
        code = codes(last.network, code, layer)
    texts = alternative_texts(app)
    assert texts["pretrain_rebuilt"] == readings.rebuilt(3, last.network, inputs, back)
    np.testing.assert_allclose(
        numbers_in(charts(app)["pretrain_codes"]["data"][0]["x"]), project(code).points[:, 0], atol=1e-5
    )
    *_, raced = race(finetuning.contestants(spec), tune)
    assert texts["pretrain_test"] == race_readings.test_reading(raced, "Test accuracy")
    assert texts["pretrain_layers"] == finetuning.layers_reading(raced)
    assert finetuning.source(raced) in captions(app)
    assert described(app)


def test_a_visit_opens_on_the_classic_settings() -> None:
    (entry,) = [entry for entry in PAGES if entry.url_path == PAGE]
    spec, tune, _ = experiment(_text(entry.opening))
    assert PRESETS["Classic"].shown(spec, tune)


def _text(values) -> dict[str, str]:  # type: ignore[no-untyped-def]
    return {name: state.FIELDS[name].text(value) for name, value in values.items()}


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_what_it_opens(name: str) -> None:
    spec, tune, said = experiment(_text(link.pretraining_of(PRESETS[name])))
    assert PRESETS[name].shown(spec, tune)
    assert not said


@pytest.mark.stress
@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_opens_its_network_and_says_what_to_look_for(name: str) -> None:
    app = opened()
    app.pills(key="pretrain_preset").set_value(name).run()
    assert not app.exception
    assert PRESETS[name].look_for in captions(app)
    assert app.session_state["_pretrain"].spec == PRESETS[name].spec


def test_steps_go_up_layer_by_layer_and_the_link_keeps_the_chosen_layer() -> None:
    app = opened()
    end = walked(app)
    assert not [button for button in app.button if button.key in ("pretrain_step", "pretrain_end", "pretrain_pause")]
    press(app, "pretrain_rewind")
    assert app.header[0].value == "Layer 1 of 3 learns to rebuild what it receives"
    assert alternative_texts(app)["pretrain_filters"].endswith("moved them by 0 % of their size.")
    assert "The race follows when all layers have learned." in captions(app)
    for layer in (1, 2):
        press(app, "pretrain_step")
        assert walked(app).layer == layer
        assert len(walked(app).errors) == layer
        assert alternative_texts(app)["pretrain_rebuilt"].find(f"layer{'s 1 to 2' if layer > 1 else ' 1'} and") > 0
        assert app.session_state["pretraining_layer"] == 3
        assert described(app)
    press(app, "pretrain_step")
    assert app.header[0].value == "3 layers learned without a single label"
    for one, other in zip(end.network.weights, walked(app).network.weights, strict=True):
        np.testing.assert_array_equal(one, other)
    assert list(charts(app)) == [*WALK, *RACE]


def test_a_paused_walk_waits_and_goes_on_from_where_it_is() -> None:
    app = opened()
    press(press(app, "pretrain_rewind"), "pretrain_step")
    running = app.session_state["_pretrain"]
    app.run()
    assert running.now is walked(app)
    assert running.mode == "pause"
    press(app, "pretrain_end")
    assert app.session_state["_pretrain"] is running
    assert running.now.finished


def test_a_change_begins_another_walk_and_one_of_the_race_does_not() -> None:
    app = opened()
    first, last = app.session_state["_pretrain"], alternative_texts(app)["pretrain_test"]
    app.select_slider(key="pretraining_labels").set_value("50").run()
    assert app.session_state["_pretrain"] is first
    assert "50 training rows with labels" in " ".join(captions(app))
    assert alternative_texts(app)["pretrain_test"] != last
    app.select_slider(key="pretrain_epochs").set_value(1).run()
    assert not app.exception
    assert app.session_state["_pretrain"] is not first
    assert walked(app).how.epochs == 1


def test_the_layer_that_is_looked_at_can_be_chosen() -> None:
    app = opened({"pretraining_layer": "1"})
    assert "up through layer 1 and down again" in alternative_texts(app)["pretrain_rebuilt"]
    first = walked(app)
    app.slider(key="pretraining_layer").set_value(2).run()
    assert "up through layers 1 to 2 and down" in alternative_texts(app)["pretrain_rebuilt"]
    assert walked(app) is first, "nothing is trained again"


def test_a_walk_that_overflows_says_where_and_that_there_is_no_race() -> None:
    app = opened({**DIGITS, "activation": "ReLU", "pretrain_rate": "10", "pretrain_reconstruction": "Squared error"})
    assert app.header[0].value == "Layer 1 overflowed"
    assert list(charts(app)) == WALK[:2]
    assert any("Layer 1 has not learned: there is no race." in text for text in captions(app))
    press(app, "pretrain_rewind")
    assert list(charts(app)) == WALK


def test_what_has_nothing_to_predict_is_pretrained_and_not_raced() -> None:
    app = opened({"dataset": "Gaussian noise", "pretraining_race": "True"})
    assert list(charts(app)) == WALK
    assert any("nothing to predict" in text for text in captions(app))


@pytest.mark.parametrize("name", sampled(DATASETS, 4, 5))
def test_every_data_set_is_pretrained_and_named(name: str) -> None:
    app = opened({"dataset": name})
    assert any(f"rows of {name} without their labels" in text for text in captions(app))
    assert list(charts(app)) == [*WALK, *RACE] or name == "Gaussian noise"
    assert described(app)


@pytest.mark.parametrize("name", sampled(ACTIVATIONS, 9, 14))
def test_every_activation_is_pretrained(name: str) -> None:
    app = opened({"activation": name, "pretrain_rate": "0.01"})
    assert walked(app).finished
    assert not walked(app).broken
    assert list(charts(app)) == [*WALK, *RACE]


@pytest.mark.parametrize("query", sampled([
    {"depth": "1", "width": "1", "batch": "1"}, {"depth": "40", "width": "4", "pretraining_layer": "200"},
    {"normalization": "Batch", "residual": "True"}, {"precision": "float64", "pretrain_weights": "Free"},
    {"pretrain_rate": "10", "pretrain_optimizer": "Adam"}, {"pretraining_labels": "500"},
    {"pretraining_tune_rate": "10", "activation": "Linear", "pretraining_tune_optimizer": "Momentum"},
    {"shape": "Hourglass", "pretrain_corruption": "0.9", "pretrain_corruption_rise": "0.9"},
    {"pretrain_rate": "nan", "pretraining_labels": "7", "pretraining_layer": "0", "pretrain_weights": "<b>"},
    {"loss": "Random cotangent", "output": "One row repeated"}, {"pretrain_batch": "256", "scaling": "Raw"},
], 2, 6))  # fmt: skip
def test_no_state_breaks_the_page(query: dict[str, str]) -> None:
    app = opened(query, pretrain_panel=True)
    assert walked(app).finished
    assert described(app)
    assert app.session_state["pretraining_layer"] <= app.session_state["depth"] or query["depth"] == "1"


def test_what_is_beyond_the_budget_is_shortened_and_said_once() -> None:
    spec, _, said = experiment({**DIGITS, "depth": "200", "width": "1024", "pretrain_epochs": "200"})
    (note,) = [note for note in said if "beyond what a page may compute" in note]
    assert note.endswith(f"Run instead: depth {spec.depth}, 1 epoch a layer.")
    assert dict(spec.init_params)["pretrain_epochs"] == 1
    assert (spec.depth < 200, spec.batch) == (True, 256)
    assert said == [note]


def test_a_race_beyond_the_budget_is_refused_with_what_would_fit_again_and_again() -> None:
    app = opened({**DIGITS, "width": "4", "depth": "30", "pretrain_epochs": "1", "pretraining_tune_epochs": "200",
                  "pretraining_labels": "All"})  # fmt: skip
    for _ in range(2):
        assert app.info[0].value.startswith("A race may take at most ")
        assert list(charts(app)) == WALK
        app.run()
        assert not app.exception


def test_ten_draws_are_said_as_they_came_out(monkeypatch: pytest.MonkeyPatch) -> None:
    repeated = race_below.repeated
    monkeypatch.setattr("initlab.ui.finetuning.repeated", lambda specs, tune: repeated(specs, tune, 2))
    app = opened({"pretraining_race": "True", "width": "8", "depth": "2"})
    found = app.session_state["_pretrain_draws"].now
    assert alternative_texts(app)["pretrain_dots"] == finetuning.reading(found)
    table = next(frame.value for frame in app.dataframe if "worst draw" in frame.value)
    np.testing.assert_allclose(table["test error, mean"], finetuning.errors(found).mean(axis=0))
    assert described(app)


def test_open_this_race_opens_the_same_race() -> None:
    app = opened({"pretraining_labels": "50"})
    said = alternative_texts(app)["pretrain_test"]
    specs, tune = app.session_state["_pretrain_race"].of
    follow(app)
    running = app.session_state["_race"]
    assert running.key == (specs, replace(tune, seed=specs[0].seed))
    assert alternative_texts(app)["race_tested"] == said
    assert not notes(app)
