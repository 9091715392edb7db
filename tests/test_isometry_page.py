"""The Isometry page without a browser: its presets keep their word, and every state of the sidebar shows something."""

import json
from itertools import cycle

import numpy as np
import pytest
from sampling import sampled
from visits import QUICK, alternative_texts, captions, charts, link_to, notes, numbers_in, shown_spec, visit

from initlab.activations import ACTIVATIONS
from initlab.figures.isometry import SYMBOLS
from initlab.isometry import Spectrum, layers_below, partner, shown_layers
from initlab.scenarios import DEFAULT
from initlab.spec import NetworkSpec
from initlab.ui import compute_theory, starts
from initlab.ui.isometry import PRESETS
from initlab.wording import number

PAGE = "isometry"
KEYS = ["isometry_ridges_0", "isometry_ridges_1", "isometry_extremes", "isometry_variance"]


def opened(query: dict[str, str] | None = None, **state):
    """The page, as its link opens it."""
    app = visit(query, page=PAGE, **state)
    assert not app.exception
    return app


def headline(app) -> str:
    return app.header[0].value


def last(spec: NetworkSpec) -> Spectrum:
    """As the page has it, from its cache where it has been there."""
    layers = shown_layers(layers_below(spec.widths[:-1]), spec.depth)
    *_, found = compute_theory.isometry(spec, 1, layers)
    assert found.last is not None
    return found.last


def test_the_page_opens_on_a_comparison_that_teaches() -> None:
    app = opened()
    assert shown_spec(app) == DEFAULT
    assert app.title[0].value == "Does the network stretch all directions alike?"
    assert headline(app) == "Orthogonal treats all directions nearly alike, Random normal does not"
    assert app.pills(key="isometry_preset").value == "Too small"
    assert list(charts(app)) == KEYS


@pytest.mark.parametrize("name", sampled(PRESETS, 0, 5))
def test_a_preset_opens_its_network_and_says_what_to_look_for(name: str) -> None:
    app = opened()
    app.pills(key="isometry_preset").set_value(name).run()
    assert not app.exception
    assert shown_spec(app) == PRESETS[name].spec
    assert app.session_state["isometry_partner"] == PRESETS[name].partner
    assert PRESETS[name].look_for in captions(app)
    assert list(charts(app)) == KEYS


def test_what_the_presets_say_is_what_is_measured() -> None:
    found = {name: (last(p.spec), last(partner(p.spec, p.partner))) for name, p in PRESETS.items()}
    gaussian, orthogonal = found["Too small"]
    assert gaussian.condition > 12
    assert orthogonal.condition < 0.01
    assert 10 ** (orthogonal.mean_square / 2 / 9) == pytest.approx(1 / 9, rel=0.05)
    gaussian, orthogonal = found["Tanh near the edge"]
    assert orthogonal.variance < 1
    assert 10 < gaussian.variance < 25
    gaussian, orthogonal = found["Tanh, σ_w = 1.5"]
    assert 1 < orthogonal.variance < gaussian.variance / 2
    for side in found["ReLU"]:
        assert np.isinf(side.condition)
        assert 0.4 < side.zeros / side.size < 0.75
    gaussian, orthogonal = found["Linear, 100 layers"]
    np.testing.assert_allclose(orthogonal.values, 0, atol=1e-6)
    assert gaussian.condition > 100


def test_the_verdict_quotes_the_condition_numbers_that_are_drawn() -> None:
    app = opened({"init": "Identity", "activation": "Linear", "depth": "3", "width": "8"})
    assert headline(app) == "Both treat all directions nearly alike"
    assert any("the largest singular value is 1 times the smallest" in text.value for text in app.markdown)


@pytest.mark.parametrize(("init", "activation"), sampled(zip(starts.MENU, cycle(ACTIVATIONS), strict=False)))
def test_every_initializer_and_every_activation_shows_something(init: str, activation: str) -> None:
    app = opened({**QUICK, "init": init, "activation": activation, "stddev": "2"})
    assert list(charts(app)) == KEYS
    assert headline(app)


@pytest.mark.parametrize(
    ("query", "words"),
    sampled(
        [
            ({"init": "Zeros"}, "all 16 singular values are 0"),
            ({"init": "Zeros", "activation": "Sigmoid"}, "No theory for Zeros"),
            ({"init": "Constant"}, "15 of 16 singular values are 0"),
            ({"width": "1"}, "one unit has one singular value"),
            ({"depth": "1"}, "by the 64 inputs"),
            ({"normalization": "Batch"}, "taken as constants"),
            ({"normalization": "Layer"}, "layer normalization is not in it"),
            ({"residual": "True"}, "residual connections are not in it"),
            ({"shape": "Funnel"}, "the layers are not square"),
            ({"batch": "1"}, "at row 1 of Digits"),
            ({"stddev": "0"}, "the weights have variance 0"),
            ({"init": "Random uniform", "minval": "0", "maxval": "1"}, "the weights have mean 0.5, not 0"),
            ({"activation": "ReLU", "init": "He normal"}, "units with slope 0 take their directions with them"),
            ({"dataset": "Moons"}, "the data have 2 features"),
        ],
        every=3,
    ),
    ids=lambda value: " ".join(value.values()) if isinstance(value, dict) else None,
)
def test_states_in_which_something_fails_say_what(query: dict[str, str], words: str) -> None:
    app = opened({**QUICK, **query})
    assert list(charts(app)) == KEYS
    assert any(words in text for text in [*captions(app), *(m.value for m in app.markdown)])


def test_an_overflow_is_named_where_it_would_be_drawn() -> None:
    app = opened(
        {**QUICK, "init": "Random normal", "stddev": "2", "gain": "10", "activation": "Linear", "depth": "200"}
    )
    first = charts(app)["isometry_ridges_0"]["layout"]["annotations"]
    assert any("overflows in float64" in label["text"] for label in first)
    assert any("overflows" in m.value for m in app.markdown)


def test_two_starts_of_one_kind_have_names_that_differ() -> None:
    app = opened({**QUICK, "init": "Orthogonal", "isometry_partner": "Orthogonal"})
    names = {text.split(" at layer")[0] for m in app.markdown for text in m.value.split(". ") if " at layer" in text}
    assert names == {"Orthogonal", "Orthogonal, again"}
    first, second = (charts(app)[f"isometry_ridges_{k}"]["data"][0] for k in (0, 1))
    np.testing.assert_array_equal(numbers_in(first["x"]), numbers_in(second["x"]))


def test_the_row_is_one_of_those_used_and_moves_the_picture() -> None:
    app = opened({**QUICK, "stddev": "1", "isometry_row": "500"})
    assert app.slider(key="isometry_row").value == 32
    before = charts(app)
    app.slider(key="isometry_row").set_value(3).run()
    assert charts(app)["isometry_extremes"] != before["isometry_extremes"]
    assert any("at row 3 of Digits" in text for text in captions(app))


def test_what_exceeds_the_budget_is_cut_and_the_page_says_to_what(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("initlab.isometry.MAX_OPERATIONS", 10**7)
    monkeypatch.setattr("initlab.ui.isometry.QUICK", 0)
    app = opened({**QUICK, "depth": "100", "width": "32"})
    assert "exceed the budget" in notes(app)
    assert shown_spec(app).depth == 100, "the sidebar keeps what was asked for"
    shown = numbers_in(charts(app)["isometry_variance"]["data"][-1]["x"])
    assert f"{int(shown[-1])} layers fit" in notes(app)


def test_the_lines_are_the_numbers_of_the_table() -> None:
    app = opened({**QUICK, "stddev": "0.3"}, isometry_table_panel=True)
    table = app.dataframe[0].value
    lines = [t for t in charts(app)["isometry_variance"]["data"] if t["mode"] == "lines+markers"]
    for line, symbol, (_, rows) in zip(lines, SYMBOLS, table.groupby("start", sort=False), strict=True):
        assert line["marker"]["symbol"] == symbol
        np.testing.assert_allclose(numbers_in(line["y"]), rows["variance of squares"])
        np.testing.assert_array_equal(numbers_in(line["x"]), rows["layer"])


def test_other_draws_are_measured_while_their_panel_is_open() -> None:
    app = opened({**QUICK, "stddev": "0.3"}, isometry_draws_panel=True)
    table = app.dataframe[0].value
    assert sorted(set(table["seed"])) == [1, 2, 3, 4, 5]
    first = table[table["start"] == "Random normal"]["variance of squares"]
    (sentence,) = [text for text in captions(app) if "over 6 draws" in text]
    assert f"to {number(max(*first, shown_variance(app)), 3)} over 6 draws" in sentence


def shown_variance(app) -> float:
    """Of the deepest layer of the start, as drawn."""
    line = next(t for t in charts(app)["isometry_variance"]["data"] if t["mode"] == "lines+markers")
    return float(numbers_in(line["y"])[-1])


def test_every_chart_is_described_by_the_sentence_under_it() -> None:
    app = opened(link_to(PRESETS["ReLU"].spec))
    described = alternative_texts(app)
    assert list(described) == KEYS
    assert all(text in captions(app) for text in described.values())


@pytest.mark.parametrize("theme", sampled(["light", "dark"], 1))
def test_the_pictures_are_small_and_follow_the_theme(theme: str) -> None:
    app = visit(link_to(PRESETS["Linear, 100 layers"].spec), theme, page=PAGE)
    for chart in charts(app).values():
        assert len(json.dumps(chart)) < 60_000
        assert ("#4FA3D9" in json.dumps(chart) or "#3FBF94" in json.dumps(chart)) == (theme == "dark")


@pytest.mark.parametrize(
    ("init", "why"), [("Zeros", "so are all weights"), ("Constant", "equal weights pass on one direction")]
)
def test_singular_values_that_are_0_for_the_weights_sake_are_not_blamed_on_rounding(init: str, why: str) -> None:
    text = " ".join(captions(opened({"init": init, **QUICK})))
    assert why in text
    assert "float64 leaves nothing" not in text
