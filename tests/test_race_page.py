"""The race page without a browser: it runs to the end, says who won, and no state breaks it."""

import math
from dataclasses import replace

import numpy as np
import pytest
from sampling import sampled
from visits import QUICK, alternative_texts, captions, charts, notes, numbers_in, visit

from initlab import race_readings, replay
from initlab.activations import ACTIVATIONS
from initlab.comparison import MOST, specs
from initlab.datasets import DATASETS
from initlab.race import race
from initlab.race_presets import PRESETS
from initlab.train_spec import TrainSpec
from initlab.ui import link, starts
from initlab.ui import race as race_page

PAGE = "race"
SHORT = {**QUICK, "race_epochs": "1", "race_starts": "Zeros;Glorot normal"}
KEYS = ["race_loss", "race_tested", "race_histograms"]


def opened(query: dict[str, str] | None = None, **state):
    app = visit({**SHORT, **(query or {})}, page=PAGE, **state)
    assert not app.exception
    return app


def test_a_race_runs_to_its_end_and_its_curves_are_those_of_the_core() -> None:
    app = opened()
    spec = replace(link.spec_of(link.decode({name: [text] for name, text in SHORT.items()})[0])[0], gain=1.0)
    lineup = starts.starts_of(SHORT["race_starts"])
    *_, last = race(specs(spec, lineup), TrainSpec(epochs=1))
    assert list(charts(app)) == KEYS
    assert app.header[0].value == race_readings.headline(last)
    assert race_readings.evidence(last) in [text.value for text in app.markdown]
    drawn = charts(app)["race_loss"]["data"]
    for line, runner in zip(drawn, last.runners, strict=True):
        np.testing.assert_allclose(numbers_in(line["customdata"])[-1], runner.losses[-1], rtol=1e-5)
    table = app.dataframe[0].value
    np.testing.assert_allclose(table["test loss"], [runner.marks[-1].test_loss for runner in last.runners])


def test_every_chart_is_described_by_the_sentence_under_it() -> None:
    app = opened()
    for sentence in alternative_texts(app).values():
        assert sentence in captions(app)


@pytest.mark.stress
@pytest.mark.parametrize("name", sampled(PRESETS, 1, 3))
def test_a_preset_opens_its_contestants_and_says_what_to_look_for(name: str) -> None:
    app = opened()
    app.pills(key="race_preset").set_value(name).run()
    assert not app.exception
    preset = PRESETS[name]
    assert starts.starts_of(app.session_state["race_starts"]) == preset.starts
    assert preset.look_for in captions(app)
    assert app.session_state["race_rate"] == preset.how.rate


def test_what_needs_something_to_predict_says_so_and_keeps_its_controls() -> None:
    app = opened({"dataset": "Gaussian noise"})
    assert "something to predict" in app.info[0].value
    assert not charts(app)
    app.session_state["dataset"] = "Iris"
    app.run()
    assert not app.exception
    assert list(charts(app)) == KEYS


def test_a_race_that_overflows_names_who_retired() -> None:
    app = opened({"race_starts": "He normal;Random normal,stddev=1,gain=10", "activation": "ReLU", "race_rate": "10"})
    assert any("loss became" in text.value for text in app.markdown)
    assert list(charts(app)) == KEYS


def test_pause_stop_and_rewind() -> None:
    app = opened()
    first = app.session_state["_race"]
    assert first.over
    assert not any(button.key in ("race_pause", "race_stop") for button in app.button)
    app.button(key="race_rewind").click().run()
    again = app.session_state["_race"]
    assert again is not first
    for one, other in zip(first.now.runners, again.now.runners, strict=True):
        np.testing.assert_array_equal(one.losses, other.losses)


@pytest.mark.stress
def test_a_paused_race_stays_where_it_is_until_it_goes_on() -> None:
    app = opened()
    app.button(key="race_rewind").click().run()
    running = app.session_state["_race"]
    snapshots = race(*running.key)
    running.snapshots, running.now, running.paused = snapshots, next(snapshots), True
    app.run()
    assert running.now.step == 0
    assert any("Paused after step 0" in text for text in captions(app))
    assert app.button(key="race_pause").label == "Go on"
    app.button(key="race_pause").click().run()
    assert running.now.finished
    assert not running.paused


@pytest.mark.stress
def test_a_stopped_race_is_over_and_a_change_begins_another() -> None:
    app = opened()
    running = app.session_state["_race"]
    snapshots = race(*running.key)
    running.snapshots, running.now, running.paused = snapshots, next(snapshots), True
    app.run()
    app.button(key="race_stop").click().run()
    assert running.now.step == 0
    assert any("Stopped after step 0" in text for text in captions(app))
    app.select_slider(key="race_rate").set_value(0.2).run()
    assert app.session_state["_race"].now.finished
    assert app.session_state["_race"].now.train.rate == 0.2


def test_a_race_beyond_the_budget_is_shortened_and_says_so() -> None:
    _, specs_, how, said = _experiment({"depth": "200", "width": "1024", "race_epochs": "200"})
    assert how.epochs < 200
    assert specs_[0].depth < 200
    (note,) = (note for note in said if "beyond what a page may compute" in note)
    assert f"epochs {how.epochs} instead of 200" in note
    assert f"minibatches of {how.batch} instead of 64" in note
    assert "the controls keep what was asked for" in note


def test_what_else_a_link_had_to_give_way_in_is_still_said_of_a_race_beyond_the_budget() -> None:
    query = {"depth": "200", "width": "256", "race_epochs": "200", "dataset": "Diabetes", "loss": "Cross-entropy"}
    said = _experiment(query)[-1]
    assert [("Auto is used" in note, "beyond" in note) for note in said] == [(True, False), (False, True)]


def _experiment(query: dict[str, str]):
    """What the page would run, without running it."""
    values, _ = link.decode({name: [text] for name, text in query.items()})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("initlab.ui.session.values", lambda: values)
        return race_page.experiment()


@pytest.mark.parametrize("query", sampled([
    {"dataset": "Diabetes"}, {"dataset": "Moons", "normalization": "Batch", "race_optimizer": "Adam"},
    {"depth": "1", "width": "1", "batch": "1"}, {"race_batch": "2048", "dataset": "Iris"},
    {"normalization": "Layer", "residual": "True", "race_dropout": "0.5", "race_clip": "1", "race_decay": "0.01"},
    {"precision": "float64", "output": "One row repeated", "race_optimizer": "Momentum"},
    {"race_rate": "1e30"}, {"loss": "Mean squared error"}, {"loss": "Random cotangent"},
], every=3))  # fmt: skip
def test_no_state_breaks_the_page(query: dict[str, str]) -> None:
    app = opened(query, race_steps_panel=True)
    assert list(charts(app)) == KEYS or app.info


def test_a_batch_larger_than_the_data_is_an_upper_limit_and_said_where_notes_are() -> None:
    app = opened({"dataset": "Iris", "race_batch": "2048"})
    assert "A minibatch of 2,048 is more than the 120 rows to train on: each step takes them all." in notes(app)
    assert any("minibatches of 120 (there are no more than 120 rows)" in text for text in captions(app))


def test_a_link_with_one_contestant_gets_another_and_says_so() -> None:
    app = opened({"race_starts": "Zeros"})
    assert [runner.label for runner in app.session_state["_race"].now.runners] == ["Zeros", "Glorot normal"]
    assert "there is nothing to compare with, so Glorot normal is added" in notes(app)


@pytest.mark.stress
@pytest.mark.parametrize("name", sampled(ACTIVATIONS, 1, 7))
def test_every_activation_races(name: str) -> None:
    assert list(charts(opened({"activation": name}))) == KEYS


@pytest.mark.parametrize("name", sampled([n for n, data in DATASETS.items() if data.classes or n == "Diabetes"], 2))
def test_every_data_set_races_and_is_named(name: str) -> None:
    app = opened({"dataset": name})
    assert any(f"rows of {name} to train on" in text for text in captions(app))


@pytest.mark.parametrize("first", sampled(range(0, len(starts.MENU), MOST), 2, 3))
def test_every_initializer_races(first: int) -> None:
    app = opened({"race_starts": ";".join(starts.MENU[first : first + MOST])})
    assert not notes(app)
    assert list(charts(app)) == KEYS


def test_a_number_beyond_a_browsers_whole_numbers_is_shown_as_text() -> None:
    app = opened({"race_starts": "Zeros;Random normal,stddev=10,gain=10", "activation": "ReLU", "depth": "12"})
    shown = app.dataframe[0].value
    first = [float(runner.losses[0]) for runner in app.session_state["_race"].now.runners]
    assert first[1] > 2**53
    assert list(shown["first loss"]) == [
        "2.303E0",
        f"{float(f'{first[1]:.3e}'[:5]):g}E{math.floor(math.log10(first[1]))}",
    ]
    assert shown["steps"].dtype.kind == "i"


@pytest.mark.parametrize("picture", sampled(replay.PICTURES, 0, 2))
@pytest.mark.parametrize("dataset", ["Moons", "Diabetes"])
def test_every_picture_of_the_past_is_drawn_and_described(picture: str, dataset: str) -> None:
    app = opened({"race_picture": picture, "dataset": dataset, "race_starts": "He normal;Zeros", "activation": "ReLU"})
    drawn = list(charts(app))[2:]
    expected = {
        "Histograms": ["race_histograms"], "RMS a layer": ["race_rms"], "Layers × steps": ["race_strips"],
        "Decision": ["race_decisions"] * (dataset == "Moons"), "Diagnostics": ["race_updates", "race_slopes"],
    }  # fmt: skip
    assert drawn == expected[picture]
    for sentence in alternative_texts(app).values():
        assert sentence in captions(app)
    if not drawn:
        assert any("two features" in text for text in captions(app))


def test_the_pictures_of_a_race_are_those_of_its_marks() -> None:
    app = opened({"race_picture": "RMS a layer", "race_quantity": "Gradients"})
    now = app.session_state["_race"].now
    frames = charts(app)["race_rms"]["frames"]
    assert [int(frame["name"]) for frame in frames] == list(replay.moments(now))
    for frame, step in zip(frames, replay.moments(now), strict=True):
        glorot = replay.marks_at(now, step)[1].gradient.rms
        drawn = numbers_in(frame["data"][frame["traces"].index(1)]["y"])[: len(glorot)]
        np.testing.assert_allclose(10 ** np.array(drawn, float), glorot, rtol=1e-5)


@pytest.mark.stress
@pytest.mark.parametrize("wanted", sampled(["11", "1000000"]))
def test_a_film_opens_on_the_last_recorded_moment_until_the_step_of_the_link(wanted: str) -> None:
    app = opened({"race_picture": "RMS a layer", "race_moment": wanted, "race_epochs": "5"})
    now, drawn = app.session_state["_race"].now, charts(app)["race_rms"]
    step = max(moment for moment in replay.moments(now) if moment <= int(wanted))
    assert app.session_state["race_moment"] == app.select_slider(key="race_moment").value == step
    assert f"it opens after step {step}." in alternative_texts(app)["race_rms"]
    frame = next(frame for frame in drawn["frames"] if frame["name"] == str(step))
    line = frame["traces"].index(1)
    np.testing.assert_array_equal(numbers_in(drawn["data"][1]["y"]), numbers_in(frame["data"][line]["y"]))
    assert drawn["layout"]["sliders"][0]["steps"][drawn["layout"]["sliders"][0]["active"]]["label"] == str(step)


def test_the_test_rows_are_judged_by_what_the_link_says_and_a_regression_by_its_loss() -> None:
    app = opened({"race_test": "Test loss"})
    now = app.session_state["_race"].now
    assert race_readings.test_reading(now, "Test loss") in captions(app)
    for line, runner in zip(charts(app)["race_tested"]["data"], now.runners, strict=True):
        np.testing.assert_allclose(numbers_in(line["customdata"])[-1], runner.marks[-1].test_loss, rtol=1e-5)
    app.segmented_control(key="race_test").set_value("Test accuracy").run()
    assert app.session_state["_race"].now is now, "nothing is trained again"
    assert race_readings.test_reading(now, "Test accuracy") in captions(app)
    app.session_state["dataset"] = "Diabetes"
    app.run()
    assert alternative_texts(app)["race_tested"].startswith("Test loss: ")
    assert not [control for control in app.segmented_control if control.key == "race_test"]


def test_a_loss_without_a_right_answer_is_not_raced_for() -> None:
    app = opened({"loss": "Random cotangent"})
    assert "nothing to learn from it: Auto is used" in notes(app)
    assert {runner.spec.loss for runner in app.session_state["_race"].now.runners} == {"Auto"}


def test_diagnostics_are_of_the_chosen_start_and_its_moments_are_a_table() -> None:
    app = opened({"race_picture": "Diagnostics", "race_contestant": "2"}, race_marks_panel=True)
    assert [label for label in alternative_texts(app).values() if "Glorot normal" in label]
    runner = app.session_state["_race"].now.runners[1]
    table = next(frame.value for frame in app.dataframe if "update:data" in frame.value)
    mine = table[(table["start"] == "Glorot normal") & (table["layer"] == "output")]
    np.testing.assert_allclose(mine["update:data"], replay.diagnostic(runner, "update:data")[:, -1])
    assert len(table) == sum(len(r.marks) for r in app.session_state["_race"].now.runners) * (runner.spec.depth + 1)
