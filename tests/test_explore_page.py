"""The Explore page through AppTest: every scenario and start renders, and charts hold what the probe measured."""

import base64
import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from benchmarks.browser import ROOT
from initlab import diagnose, probe
from initlab.scenarios import DEFAULT, SCENARIOS
from initlab.ui import link


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def array(value: Any) -> np.ndarray:
    """A chart's numbers, which travel as typed arrays in base64."""
    if isinstance(value, dict):
        return np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"])
    return np.array(value, float)


def charts(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]  # type: ignore[attr-defined]


def test_the_page_opens_on_a_failure_with_its_evidence_and_cure() -> None:
    app, (finding, *_) = opened(), diagnose(probe(DEFAULT))
    assert [header.value for header in app.header] == ["The signal vanishes"] == [finding.headline]
    assert finding.evidence in [text.value for text in app.markdown]
    assert app.button(key="remedy").label == "Use Glorot normal"
    app.button(key="remedy").click().run()
    assert [header.value for header in app.header] == ["Healthy at the start"]


def test_the_rms_chart_holds_the_probes_numbers_and_every_chart_has_words() -> None:
    app, found = opened(), probe(DEFAULT)
    lines = [trace for trace in charts(app)[2]["data"] if trace["mode"] == "lines+markers"]
    for trace, stats in zip(lines, (found.activation, found.gradient), strict=True):
        np.testing.assert_allclose(array(trace["y"]), np.log10(stats.rms), rtol=1e-9)
    assert all(len(chart.proto.alt) > 40 for chart in app.get("plotly_chart"))  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_opens_from_its_link_and_shows_its_verdict(name: str) -> None:
    scenario = SCENARIOS[name]
    app = opened(**link.encode({**link.DEFAULTS, **link.values_of(scenario.spec)}))
    found = diagnose(probe(scenario.spec))
    assert [header.value for header in app.header] == [found[0].headline if found else "Healthy at the start"]
    assert scenario.look_for in [caption.value for caption in app.caption]


@pytest.mark.parametrize("init", link.MENU)
def test_every_start_on_the_menu_renders(init: str) -> None:
    app = opened(init=init, depth="3", width="16", batch="32")
    assert len(charts(app)) >= 2
    assert len(app.header) == 1


def test_a_new_draw_is_the_next_seed_and_another_picture() -> None:
    app = opened(depth="2", width="16")
    before = charts(app)[0]["data"][0]["x"]
    app.button(key="new_draw").click().run()
    assert app.session_state["seed"] == 1
    assert charts(app)[0]["data"][0]["x"] != before


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
