"""The Catalogue page without a browser: what is searched for, what is shown of it, and the way into the laboratory."""

import pytest
from visits import alternative_texts, captions, charts, follow, notes, shown_spec, visit

from initlab import catalogue
from initlab.gain_table import gain_reading
from initlab.initializers import INITIALIZERS, recipe
from initlab.scenarios import DEFAULT

PAGE = "pages/learn/catalogue.py"


def opened(query: dict[str, str] | None = None, **more):
    app = visit(query, **more)
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


def test_the_page_shows_all_initializers_and_one_closely() -> None:
    app = opened()
    assert app.title[0].value == "What does each initializer draw?"
    overview, gains = (frame.value for frame in app.dataframe)
    assert list(overview["initializer"]) == list(INITIALIZERS)
    assert len(gains) == 14
    assert [header.value for header in app.header] == ["He normal", "Gains of activations"]
    assert app.latex[0].value.strip("$\n ") == recipe("He normal").formula(128, 128)
    assert list(charts(app)) == ["catalogue_law"]
    assert alternative_texts(app)["catalogue_law"] in captions(app)
    assert gain_reading() in [text.value for text in app.markdown]
    assert [block.value for block in app.code] == [call for _, call, _ in catalogue.spoken("He normal", {}) if call]
    spec = shown_spec(follow(app))
    assert (spec.init, spec.activation, spec.depth) == ("He normal", DEFAULT.activation, DEFAULT.depth)


def test_a_link_opens_a_search_a_layer_and_an_initializer() -> None:
    app = opened({"catalogue_search": "uniform", "catalogue_fan_in": "64", "catalogue_fan_out": "10",
                  "catalogue_init": "LeCun uniform", "catalogue_for": "SELU"}, theme="dark")  # fmt: skip
    assert list(app.dataframe[0].value["initializer"]) == ["LeCun uniform"]
    assert app.header[0].value == "LeCun uniform"
    assert app.latex[0].value.strip("$\n ") == recipe("LeCun uniform").formula(64, 10)
    assert any("640 weights" in text for text in captions(app))
    app.selectbox(key="catalogue_for").set_value("Any")
    app.text_input(key="catalogue_search").set_value("orthonormal").run()
    assert not app.exception
    assert app.header[0].value == app.dataframe[0].value["initializer"][0]
    assert app.session_state["catalogue_init"] == app.header[0].value


@pytest.mark.stress
def test_what_cannot_be_found_or_read_is_said_and_everything_shown() -> None:
    app = opened({"catalogue_search": "<b>" + "x" * 500, "catalogue_init": "Theano"})
    assert "only the first 40 characters" in notes(app)
    assert "Nothing answers to this search" in " ".join(captions(app))
    assert len(app.dataframe[0].value) == len(INITIALIZERS)
    for name in ("Identity", "Sparse", "Greedy pre-training"):
        app.selectbox(key="catalogue_init").set_value(name)
    app.run()
    assert not app.exception
    assert app.header[0].value == "Greedy pre-training"
