"""What the Explore page keeps and what it mends: hostile links, parameters that are not drawn."""

from streamlit.testing.v1 import AppTest

from benchmarks.browser import ROOT


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def test_a_bad_link_opens_and_says_what_it_changed() -> None:
    app = opened(depth="-3", gain="1e400", init="<script>", minval="1", maxval="-1", unknown="1")
    assert app.session_state["depth"] == 1
    (note,) = [caption.value for caption in app.caption if ":material/info:" in caption.value]
    for word in ("`-3` lies outside 1 to 200", "`script`", "`1e400`", "`unknown`"):
        assert word in note


def test_the_value_of_a_hidden_parameter_survives_a_change_of_the_initializer() -> None:
    app = opened(depth="2", width="16", stddev="0.3")
    app.selectbox(key="init").set_value("He normal").run()
    app.selectbox(key="init").set_value("Random normal").run()
    assert app.slider(key="stddev").value == 0.3
