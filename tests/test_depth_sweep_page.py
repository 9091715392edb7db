"""The page of depth and gain: presets, the map, a picked cell and the way to Explore, in every state of the sidebar."""

from concurrent.futures import CancelledError
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import visits
from sampling import sampled
from streamlit.testing.v1 import AppTest
from visits import alternative_texts, captions, charts, follow, notes, numbers_in, shown_spec

from initlab import ACTIVATIONS, meanfield, sweep
from initlab.edge import level_gains, theory
from initlab.figures.sweep import STEPS
from initlab.grid import ALL_GAINS, depths_to, gains_around
from initlab.scenarios import DEFAULT
from initlab.sweep import Sweep
from initlab.ui import compute_theory, link, starts
from initlab.ui.depth_sweep import PRESETS, ROWS
from initlab.wording import number

SMALL = {"width": "8", "batch": "8", "sweep_deepest": "10"}


def visit(query: dict[str, str] | None = None, **state: Any) -> AppTest:
    return visits.visit(query, page="depth-sweep", **state)


def links(app: AppTest) -> list[Any]:
    return [found.proto for found in app.get("page_link")]


def test_the_page_opens_on_a_map_with_the_edge_in_its_middle() -> None:
    app = visit()
    assert not app.exception
    assert app.pills(key="sweep_preset").value == "Too small, tanh"
    chart = charts(app)["sweep_map"]
    here, low, high = 0.0, *chart["layout"]["xaxis"]["range"]
    assert low < here < np.log10((128 * 1e-4) ** -0.5) < high
    change = sweep(replace(DEFAULT, batch=ROWS), depths_to(30), gains_around(8.8, 2)).change("Gradient")
    shades = numbers_in(chart["data"][0]["z"])
    np.testing.assert_allclose(shades / STEPS, np.clip(change, -4, 4), atol=0.5 / STEPS + 1e-6)
    assert alternative_texts(app)["sweep_map"] in captions(app)
    assert "Theory's critical gain (χ₁ = 1) is 8.84" in alternative_texts(app)["sweep_map"]


@pytest.mark.stress
@pytest.mark.parametrize("name", sampled(PRESETS, 1))
def test_a_preset_opens_its_network(name: str) -> None:
    app = visit(SMALL)
    app.pills(key="sweep_preset").set_value(name).run()
    assert not app.exception
    assert shown_spec(app) == PRESETS[name].spec
    assert PRESETS[name].look_for in captions(app)


@pytest.mark.stress
def test_what_the_presets_promise_is_so() -> None:
    found: dict[str, Sweep] = {
        name: sweep(replace(preset.spec, batch=16), (1, 10, 15, 30)) for name, preset in PRESETS.items()
    }
    gradient = {name: each.change("Gradient") for name, each in found.items()}
    assert (gradient["Too small, tanh"][1:, 20] < -4).all()  # gain 1
    tanh, relu = gradient["Glorot, tanh"], gradient["He, ReLU"]
    assert tanh[-1, 10] < -4 < 0 < tanh[-1, 30] < relu[-1, 30]
    width = np.count_nonzero(np.abs(relu) < 1.5, axis=1)
    assert width[1] > width[-1] > 0
    assert (gradient["Glorot, sigmoid"][2:, 20] < -4).all()
    assert relu[-1, 10] < -4 < 4 < relu[-1, 30]
    assert np.ptp(gradient["Batch normalization"][-1]) < 0.5 < gradient["Batch normalization"][-1, 20]
    assert (np.abs(gradient["Residual"][:, :11]) < 1.5).all()
    assert gradient["Residual"][-1, 30] > relu[-1, 30]


def test_the_preset_of_selu_names_the_gains_that_its_page_prints() -> None:
    preset = PRESETS["LeCun, SELU"]
    plain = replace(preset.spec, batch=ROWS)
    critical = theory(plain, 0.1, 10).critical_gain
    measured = level_gains(sweep(plain, (30,), gains_around(critical, 2)), "Gradient")[-1]
    assert f"with 30 layers the gradient keeps its size near gain {number(measured)}." in preset.look_for
    assert f"Theory's {number(critical)} is about layers whose signal has settled" in preset.look_for
    q, changes = 1.0, []  # second road: theory's own layers on the way there, from the mean square of the data
    for _ in range(30):
        changes.append(float(np.log(meanfield.chi("SELU", measured**2, 0.0, np.array(q)))))
        q = float(meanfield.variance_map("SELU", q, measured**2, 0.0))
    assert changes[0] < 0 < changes[-1]
    assert abs(sum(changes)) / 2 < np.log(2)  # of the RMS, over all layers; a tenth of the gain is a factor of 20


@pytest.mark.parametrize("activation", sampled(ACTIVATIONS, 2))
def test_every_activation_has_a_map(activation: str) -> None:
    assert not visit({**SMALL, "activation": activation, "init": "He normal"}).exception


@pytest.mark.parametrize("init", sampled(starts.MENU, 2))
def test_every_initializer_has_a_map(init: str) -> None:
    assert not visit({**SMALL, "init": init}, sweep_panel=True).exception


@pytest.mark.parametrize(
    "change",
    sampled([
        {"shape": "Funnel"}, {"normalization": "Layer"}, {"residual": "True"}, {"batch": "1"}, {"width": "1"},
        {"dataset": "Gaussian noise"}, {"dataset": "Diabetes"}, {"precision": "float64"}, {"sweep_span": "One decade"},
        {"sweep_quantity": "Signal"}, {"init": "Random normal", "stddev": "2", "activation": "ReLU", "width": "64"},
        {"depth": "200", "gain": "10"}, {"output": "One row repeated", "init": "Constant"}, {"sweep_deepest": "200"},
    ], every=3),
)  # fmt: skip
def test_every_other_state_has_a_map(change: dict[str, str]) -> None:
    app = visit({**SMALL, **change})
    assert not app.exception
    assert "sweep_map" in charts(app)


def test_a_map_beyond_the_budget_is_shortened_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("initlab.grid.LIMIT", link.work.Work(10**9, 2**31))
    app = visit({"width": "32"})
    assert not app.exception
    assert "Measured instead, with 16 rows" in notes(app)


@pytest.mark.stress
def test_the_selectors_pick_a_cell_and_the_link_opens_it_in_explore() -> None:
    app = visit({**SMALL, "init": "He normal", "activation": "ReLU"})
    app.select_slider(key="sweep_depth").set_value(7)
    app.select_slider(key="sweep_gain").set_value(2.0).run()
    assert any(text.value.startswith("Depth 7, gain 2:") for text in app.markdown)
    expected = replace(shown_spec(app), depth=7, gain=2.0)
    assert shown_spec(follow(app)) == expected
    assert app.title[0].value == "Does the signal survive?"


def test_a_gain_beyond_the_slider_is_shown_and_not_opened() -> None:
    app = visit({**SMALL, "width": "128", "sweep_gain": "50"})
    assert app.select_slider(key="sweep_gain").value == pytest.approx(50, rel=0.1)
    assert links(app)[0].disabled


def test_gains_of_the_map_are_gains_of_the_slider() -> None:
    assert set(starts.GAINS) <= set(ALL_GAINS)


def test_why_there_is_no_theory_is_said() -> None:
    texts = captions(visit({**SMALL, "normalization": "Batch"}))
    assert "No theory is drawn: batch normalization resets every layer's size." in texts


def test_a_cluster_that_goes_away_in_the_middle_is_said_and_the_map_is_finished_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from initlab.ui import cluster

    sent: list[int] = []

    def going_away(_, function: Any, tasks: Any) -> Any:
        yield function(*next(tasks))
        sent.append(1)
        raise CancelledError("scheduler-connection-lost")

    expected = charts(visit({**SMALL, "seed": "78"}))["sweep_map"]
    compute_theory.blocks.cache_clear()
    monkeypatch.setenv("INITLAB_DASK", "tcp://scheduler:8786")
    monkeypatch.setattr("initlab.parallel.LARGE", 0)
    monkeypatch.setattr("initlab.parallel.cluster", lambda _: None)
    monkeypatch.setattr("initlab.parallel._in_waves", going_away)
    cluster.trouble.clear()
    app = visit({**SMALL, "seed": "78"})
    cluster.trouble.clear()
    assert not app.exception
    assert sent
    assert any("The cluster went away in the middle of the map" in text for text in captions(app))
    assert charts(app)["sweep_map"] == expected


def test_a_cluster_that_does_not_answer_is_a_sentence_and_the_map_is_computed_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from initlab.ui import cluster

    monkeypatch.setenv("INITLAB_DASK", "tcp://127.0.0.1:1")
    monkeypatch.setattr("initlab.parallel.PATIENCE", 1)
    monkeypatch.setattr("initlab.parallel.LARGE", 0)
    cluster.trouble.clear()
    app = visit({**SMALL, "seed": "77"})
    cluster.trouble.clear()
    assert not app.exception
    assert "INITLAB_DASK must be the address of a Dask scheduler" in notes(app)
    assert "sweep_map" in charts(app)
