"""The Compare page without a browser: every set renders, the widgets change it, and its numbers are those of probes."""

from collections.abc import Callable, Iterator

import pytest
from probed import probed
from sampling import sampled
from streamlit.testing.v1 import AppTest
from visits import QUICK, alternative_texts, captions, charts, follow, notes, shown_spec, visit

from initlab import contrast
from initlab.comparison import FEWEST, MOST, PRESETS, SEEDS, Start, fitting, fitting_band, labels, specs, start
from initlab.scenarios import DEFAULT
from initlab.spec import NetworkSpec
from initlab.ui import compute
from initlab.ui.link import architecture_of
from initlab.ui.starts import MENU, starts_of, written
from initlab.work import total

PAGE = "compare"
CHARTS = {"compare_activations", "compare_gradients", "compare_signal", "compare_gradient"}


@pytest.fixture(autouse=True)
def _few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty draws of every start on this page would take most of the time of its tests."""
    monkeypatch.setattr("initlab.ui.compare.SEEDS", 2)


def compare(query: dict[str, str] | None = None, theme: str = "light", **state: bool) -> AppTest:
    app = visit({**QUICK, **(query or {})}, theme, page=PAGE, **state)
    assert not app.exception
    return app


def lineup(app: AppTest) -> tuple[Start, ...]:
    return starts_of(app.session_state["compare_starts"])


def choose(app: AppTest, index: int) -> AppTest:
    chips = app.pills(key="compare_starts_chip")
    chips.set_value(chips.options[index]).run()
    assert not app.exception
    return app


def test_the_page_opens_on_the_article() -> None:
    app = visit(page=PAGE)
    assert not app.exception
    assert app.title[0].value == "Which start carries the signal?"
    assert app.pills(key="compare_preset").value == "The article"
    assert PRESETS["The article"].look_for in captions(app)
    assert set(charts(app)) == CHARTS


@pytest.mark.stress
@pytest.mark.parametrize("name", sampled(PRESETS, 0, 6))
def test_a_preset_opens_its_starts_and_architecture_and_leaves_the_sidebars_start_alone(name: str) -> None:
    app = compare()
    before = shown_spec(app)
    app.pills(key="compare_preset").set_value(name).run()
    assert not app.exception
    preset, spec = PRESETS[name], shown_spec(app)
    assert lineup(app) == preset.starts
    assert architecture_of(spec) == architecture_of(preset.spec)
    assert (spec.init, spec.init_params, spec.gain) == (before.init, before.init_params, before.gain)
    assert app.pills(key="compare_preset").value == name
    assert preset.look_for in captions(app)
    names, probes = labels(preset.starts), [probed(one) for one in specs(preset.spec, preset.starts)]
    expected = contrast.summary(names, probes)
    (table,) = app.dataframe
    assert list(table.value["start"]) == expected["start"]
    assert list(table.value["verdict"]) == expected["verdict"]
    assert list(table.value["first loss"]) == pytest.approx(expected["first loss"], rel=1e-5)
    assert contrast.activations(names, probes) in captions(app)
    drawn = [compute.theory(one) for one in specs(preset.spec, preset.starts)]
    signal, gradient = (alternative_texts(app)[key] for key in ("compare_signal", "compare_gradient"))
    assert signal.endswith(contrast.signal_theory(names, probes, drawn))
    assert gradient.endswith(contrast.gradient_theory(names, probes, drawn))
    assert f"{sum(one.forward is not None for one in drawn)} of {len(drawn)} starts" in signal
    limits = contrast.theory_limits(names, drawn)
    assert (limits in captions(app)) == bool(limits)


@pytest.mark.parametrize("first", range(0, len(MENU), MOST))
@pytest.mark.stress
def test_every_initializer_can_be_compared(first: int) -> None:
    text = ";".join(MENU[first : first + MOST])
    app = compare({"compare_starts": text})
    assert set(charts(app)) == CHARTS
    assert [one.init for one in lineup(app)] == list(MENU[first : first + MOST])
    for index in range(len(lineup(app))):
        choose(app, index)
        assert app.selectbox(key="compare_starts_init").value == MENU[first + index]


@pytest.mark.parametrize(
    "query",
    sampled(
        [
            {"depth": "1", "width": "1", "batch": "1"},
            {"depth": "200", "activation": "ReLU", "compare_view": "Ridges"},
            {"activation": "ReLU", "depth": "30", "width": "256", "batch": "8", "compare_same": "False"},
            {"normalization": "Batch", "residual": "True", "shape": "Hourglass", "compare_axis": "Value"},
            {"dataset": "Diabetes", "activation": "Softplus", "precision": "float64", "compare_view": "Heat map"},
            {"compare_starts": "Zeros;Zeros", "compare_axis": "Value", "compare_same": "False"},
        ],
        every=3,
    ),
    ids=str,
)
def test_edges_render_without_a_warning(query: dict[str, str]) -> None:
    app = compare(query, "dark", compare_layers_panel=True)
    assert set(charts(app)) == CHARTS
    texts = alternative_texts(app)
    assert all(text in captions(app) for text in texts.values())
    assert not notes(app)


def test_comparing_a_thing_with_itself_gives_twice_the_same() -> None:
    app = compare({"compare_starts": "He normal;He normal"})
    table = app.dataframe[0].value
    assert list(table["start"]) == ["He normal (1)", "He normal (2)"]
    first, second = table.drop(columns="start").to_dict("records")
    assert first == second


def test_a_start_is_changed_duplicated_removed_and_added() -> None:
    app = choose(compare({"compare_starts": "Zeros;Random normal,stddev=1"}), 1)
    app.slider(key="compare_starts_stddev").set_value(0.5).run()
    assert app.session_state["compare_starts"] == "Zeros;Random normal,stddev=0.5"
    app.select_slider(key="compare_starts_gain").set_value(2.0).run()
    app.button(key="compare_starts_duplicate").click().run()
    assert app.session_state["compare_starts"] == "Zeros" + ";Random normal,stddev=0.5,gain=2" * 2
    app.selectbox(key="compare_starts_init").set_value("Random uniform").run()
    assert lineup(app)[2] == start("Random uniform", gain=2.0)
    app.slider(key="compare_starts_minval").set_value(1.0).run()
    assert lineup(app)[2] == start("Random uniform", gain=2.0, minval=0.05, maxval=1.0)
    app.button(key="compare_starts_remove").click().run()
    app.button(key="compare_starts_add").click().run()
    assert app.session_state["compare_starts"] == "Zeros;Random normal,stddev=0.5,gain=2;Glorot normal"
    assert app.query_params["compare_starts"] == app.session_state["compare_starts"]
    assert app.pills(key="compare_starts_chip").value == "◆ Glorot normal"
    assert not app.exception


@pytest.mark.stress
def test_two_cannot_become_one_and_six_not_seven() -> None:
    app = choose(compare({"compare_starts": "Zeros;Ones"}), 0)
    assert app.button(key="compare_starts_remove").disabled
    for _ in range(MOST - FEWEST):
        app.button(key="compare_starts_add").click().run()
    assert len(lineup(app)) == MOST
    assert app.button(key="compare_starts_add").disabled
    assert app.button(key="compare_starts_duplicate").disabled


def test_a_start_opens_in_explore_with_the_architecture_it_was_compared_in() -> None:
    app = choose(compare({"compare_starts": "Zeros;Random normal,stddev=1,gain=2"}), 1)
    expected = start("Random normal", stddev=1.0, gain=2.0).applied(shown_spec(app))
    follow(app)
    assert app.title[0].value == "Does the signal survive?"
    assert shown_spec(app) == expected


def test_explore_offers_to_compare_its_start_with_the_remedy() -> None:
    app = visit()
    follow(app)
    assert app.title[0].value == "Which start carries the signal?"
    assert app.session_state["compare_starts"] == written([
        start("Random normal", stddev=0.01), start("Glorot normal"), start("He normal"),
    ])  # fmt: skip
    assert shown_spec(app) == DEFAULT


def test_a_bad_set_in_a_link_is_mended_and_said() -> None:
    app = compare({"compare_starts": "<script>;He normal"})
    assert app.session_state["compare_starts"] == "He normal;Glorot normal"
    app = visit({**QUICK, "compare_starts": "<script>;He normal"})
    assert "`script` is no initializer" in notes(app)


NETWORK = NetworkSpec(activation="Tanh", depth=4, width=16, batch=32)  # what QUICK opens
FOUR = [start("Zeros"), start("Ones")] * 2


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[float], None]]:
    """Sets the work budget to so many times what four starts need; the page remembers what fits."""

    def lower(times: float) -> None:
        monkeypatch.setattr("initlab.comparison.MAX_OPERATIONS", int(times * total(specs(NETWORK, FOUR)).operations))
        compute.affordable.cache_clear()

    yield lower
    compute.affordable.cache_clear()


def test_bands_that_exceed_the_work_budget_are_refused_with_what_would_fit(limit: Callable[[float], None]) -> None:
    limit(15)
    fit = fitting_band(NETWORK, FOUR)
    app = compare({"compare_starts": written(FOUR)})
    assert not notes(app)
    refusal = next(text for text in captions(app) if text.startswith("No band: 2 draws of 4 starts"))
    assert refusal.endswith(f"Depth {fit.depth} with {fit.rows} rows would do.")
    assert fit.depth < 4
    assert {"compare_signal_alone", "compare_gradient_alone"} <= set(charts(app))


def test_starts_that_are_too_much_together_get_a_smaller_network(limit: Callable[[float], None]) -> None:
    limit(0.7)
    fit = fitting(NETWORK, FOUR)
    app = compare({"compare_starts": written(FOUR)})
    assert fit.depth < 4
    assert f"Shown instead: depth {fit.depth} with {fit.rows} rows." in notes(app)
    assert "4 networks like this need" in notes(app)


def test_bands_are_measured_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("initlab.ui.compare.SEEDS", SEEDS)
    app = compare({"seed": "77"})
    assert any(f"of {SEEDS} other draws, the same for all" in text for text in captions(app))
    (signal,) = [chart for key, chart in charts(app).items() if key == "compare_signal"]
    assert len(signal["data"]) == 2 * len(lineup(app))
