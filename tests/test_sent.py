"""Figures of plain dictionaries: what the browser gets is what Plotly itself would write, and nobody need know."""

import copy
import json
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go
import pytest
from pictures import layout, traces

from initlab.figures import theme
from initlab.figures.sent import Plain, Sent, drawn_once, encoded, parts

TRACE: Final = {"type": "heatmap", "z": np.arange(6, dtype=np.uint16).reshape(2, 3), "x": np.array([1.0, 2.5, 4.0])}


def some_figure() -> go.Figure:
    return theme.figure(False, 300, [TRACE], {"tickvals": np.arange(3.0)}, {"range": [0, 1]}, title={"text": "one"})


def test_what_the_browser_draws_once_has_the_same_numbers_and_nothing_that_is_compared_by_identity() -> None:
    values = np.array([1 / 3, np.nan, 2.5e-13], np.float32)
    figure = theme.figure(False, 300, [{"type": "scatter", "x": np.arange(3), "y": values}], {"tickvals": values}, {})
    spec = json.loads(drawn_once(figure).to_json() or "")
    assert spec["data"][0]["x"] == [0, 1, 2]
    assert [np.float32(y) for y in spec["data"][0]["y"] if y] == [values[0], values[2]]
    assert spec["data"][0]["y"][1] is None
    assert spec["layout"]["xaxis"]["tickvals"] == spec["data"][0]["y"]
    assert spec["layout"]["datarevision"] == 1
    assert spec["layout"].get("template") is None


def test_untouched_it_says_what_plotly_says_of_the_same_parts() -> None:
    ours, plotlys = (
        json.loads(figure.to_json() or "")
        for figure in (Sent(encoded(parts(some_figure()))), go.Figure(parts(some_figure())))
    )
    assert ours["layout"].pop("template") == {"layout": {}}
    assert [ours["layout"].pop(name) for name in ("annotations", "shapes")] == [[], []]
    plotlys["layout"].pop("template")
    assert ours == plotlys


@pytest.mark.parametrize("array", [
    np.arange(5), np.array([[1, -300], [2, 70_000]]), np.array([2**40, 1]), np.ones((2, 2), np.float32),
    np.array([0, 255], np.uint64), np.array([True, False]), np.array(["a", "b"]), np.array([]), np.eye(3)[:, ::2],
])  # fmt: skip
def test_arrays_arrive_as_they_were(array: Any) -> None:
    found = encoded({"x": array})["x"]
    if isinstance(found, dict):
        assert set(found["dtype"]) <= set("iuf1248")
        assert found["dtype"] not in ("i8", "u8")
        again = traces(go.Figure({"data": [{"type": "scatter", "x": found}]}))[0].x  # Plotly's validator takes it
        assert again["bdata"] == found["bdata"]
        shape = [int(length) for length in found.get("shape", str(array.size)).split(", ")]
        found = np.frombuffer(b64decode(found["bdata"]), found["dtype"]).reshape(shape)
    np.testing.assert_array_equal(found, array)


def test_who_looks_into_a_figure_finds_plotlys_own_and_may_change_it() -> None:
    figure = some_figure()
    assert isinstance(figure, go.Figure)
    assert traces(figure)[0].z.shape == (2, 3)
    figure.update_layout(title_text="two")
    assert parts(figure)["layout"]["title"]["text"] == "two"
    assert json.loads(drawn_once(figure).to_json() or "")["layout"]["title"]["text"] == "two"
    assert layout(some_figure()).title.text == "one"
    with pytest.raises(AttributeError):
        _ = figure.nothing_of_the_kind  # pyright: ignore[reportAttributeAccessIssue]


def test_a_copy_and_its_original_do_not_know_each_other() -> None:
    figure = some_figure()
    again = copy.deepcopy(figure)
    again.update_layout(height=400)
    assert (layout(figure).height, layout(again).height) == (300, 400)


def test_what_is_sent_is_written_once_and_has_no_template_however_it_is_looked_at() -> None:
    sent = drawn_once(some_figure())
    assert sent.to_dict() is sent.to_dict()
    assert drawn_once(sent) is sent
    assert layout(sent).template.to_plotly_json() == {}
    assert json.loads(sent.to_json() or "")["layout"]["datarevision"] == 1


def test_many_may_look_at_once() -> None:
    figure, together = some_figure(), Barrier(8)

    def look(_: int) -> int:
        together.wait()
        return layout(figure).height

    with ThreadPoolExecutor(8) as visitors:
        assert set(visitors.map(look, range(8))) == {300}
    assert isinstance(figure, Plain)
    assert figure.untouched is None
