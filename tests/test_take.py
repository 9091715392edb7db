"""What a visitor takes along: a short link, its QR code, the report; what a link hides; presenter mode."""

from typing import Any

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from PIL import Image
from states import any_state
from visits import charts, visit

from initlab.figures import theme
from initlab.figures.depth import rms_figure
from initlab.probe import probe
from initlab.scenarios import DEFAULT
from initlab.ui import take
from initlab.ui.fields import Value
from initlab.ui.link import decode, encode, relevant, short
from initlab.ui.navigation import PAGES
from initlab.ui.state import DEFAULTS, FIELDS
from initlab.ui.take import HIDEABLE, SELECTORS, qr


@given(any_state)
def test_a_short_link_opens_what_the_whole_one_does(state: dict[str, Value]) -> None:
    brief = short(state)
    assert decode({name: [text] for name, text in brief.items()}) == (state, [])
    assert set(brief) == {"v"} | {name for name in FIELDS if state[name] != DEFAULTS[name]}
    assert brief.items() <= encode(state).items()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.url_path)
def test_what_decides_a_page_is_the_network_and_the_fields_of_its_name(page) -> None:
    found = relevant(DEFAULTS, page.url_path)
    assert {"init", "stddev", "seed"} <= set(found)
    assert not {"value", "slope", "hide", "present"} & set(found)
    words = page.url_path.split("-")
    assert all("_" not in name or name.split("_")[0] in words for name in found)


@pytest.mark.parametrize("length", [40, 400, 1800])
def test_the_code_on_the_wall_says_the_link(length: int) -> None:
    url = ("http://127.0.0.1:8501/explore?v=1&init=He+normal&x=" + "ab1+%2C" * 400)[:length]
    found = zxingcpp.read_barcodes(np.asarray(Image.open(take.io.BytesIO(qr(url))).convert("L")))
    assert [code.text for code in found] == [url]


def styles(app) -> str:
    return " ".join(str(found.proto.body) for found in app.get("html"))


def test_what_a_link_hides_keeps_its_value() -> None:
    app = visit({"depth": "7", "hide": "depth,scenario,nonsense", "width": "16"})
    assert not app.exception
    assert ".st-key-depth, " not in styles(app)
    assert ".st-key-offers, .st-key-depth {display: none !important}" in styles(app)
    assert app.session_state["depth"] == 7
    assert any("hide" in caption.value for caption in app.caption)


def test_a_hostile_list_hides_nothing() -> None:
    app = visit({"hide": "x {} * {display:none} </style><script>alert(1)</script>", "width": "16", "depth": "4"})
    assert not app.exception
    assert "alert" not in styles(app)
    assert "display: none !important" not in styles(app)


def test_presenter_mode_shows_one_chart_at_a_time_and_stops_at_the_last() -> None:
    app = visit({"present": "1", "width": "16", "depth": "4"})
    assert list(charts(app)) == ["activations"]
    app.button("present_next").click().run()
    assert list(charts(app)) == ["gradients"]
    app.session_state["present_chart"] = 30
    app.run()
    assert list(charts(app)) == ["rms"]
    assert app.button("present_next").disabled
    app.button("present_leave").click().run()
    assert len(charts(app)) > 2


def test_a_projected_figure_shows_the_same_numbers_in_larger_type() -> None:
    plain: Any = rms_figure(probe(DEFAULT), None, dark=False)  # Plotly declares too little of its own types
    large: Any = theme.projected(plain)
    for one, other in zip(plain.data, large.data, strict=True):
        np.testing.assert_array_equal(one.x, other.x)
        np.testing.assert_array_equal(one.y, other.y)
        assert other.line.width == 2 * (one.line.width or 0) or one.line.width is None
    assert large.layout.font.size == pytest.approx(1.7 * plain.layout.font.size)
    assert large.layout.margin.l == pytest.approx(1.7 * plain.layout.margin.l)
    assert plain.layout.font.size == 13


def test_a_chart_is_saved_under_a_name_that_says_what_it_is() -> None:
    assert theme.config("race_loss")["toImageButtonOptions"] == {"format": "svg", "filename": "initlab-race-loss"}
    assert theme.config("</script>/../x")["toImageButtonOptions"]["filename"] == "initlab-script-x"


def test_everything_that_can_be_hidden_is_known_to_links() -> None:
    allowed = FIELDS["hide"].options  # type: ignore[union-attr]
    assert set(HIDEABLE) | set(SELECTORS) <= set(allowed)
