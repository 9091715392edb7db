"""The report: complete, offline, escaped; and tables as JSON."""

import json
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from initlab.figures import document
from initlab.figures.sent import drawn_once
from initlab.report import LIBRARIES, Chart, Report, Table, table_json, versions

HOSTILE = '</script><script>alert("x")</script><img src=x onerror=alert(1)>&"\''


class Tags(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def report(word: str) -> Report:
    """The same word wherever a word may stand."""
    return Report(
        word, f"http://localhost/explore?v={word}", {word: word}, (word, word), (Chart(word, "<div></div>", word),),
        (Table(word, [word], [[word], [0.123456789], [7]]),),
    )  # fmt: skip


def test_every_word_is_on_the_page() -> None:
    page = Tags(report("lorem").html())
    assert page.text.count("lorem") == 12
    assert "0.1235" in page.text
    assert all(name in page.text for name in (*LIBRARIES, "Python"))


def test_no_word_becomes_a_tag() -> None:
    assert Tags(report(HOSTILE).html()).tags == Tags(report("lorem").html()).tags
    assert HOSTILE in Tags(report(HOSTILE).html()).text


def test_no_word_in_a_figure_ends_its_script() -> None:
    figure = go.Figure(go.Scatter(x=[1], y=[2], name=HOSTILE), {"title": {"text": HOSTILE}})
    chart = document.chart(HOSTILE, figure, HOSTILE)
    assert not re.search(r"<script>alert|<img", chart.html)
    assert Tags(Report("", "", {}, (), (chart,)).html()).tags.count("script") == chart.html.count("<script")


def test_nothing_is_fetched_from_elsewhere() -> None:
    chart = document.chart("Loss", go.Figure(go.Scatter(x=[1], y=[2])), "It falls.")
    page = Report("Race", "http://localhost", {}, (), (chart,), (), document.script()).html()
    assert not re.search(r"<(script|link|img)[^>]*(src|href)=", page)
    assert 3e6 < len(page) < 7e6


def test_a_table_as_json_keeps_numbers_and_names_what_is_not_finite() -> None:
    table = pd.DataFrame({"layer": [1, 2], "rms": [np.float32(0.5), np.inf], "of": ["a", HOSTILE], "on": [True, False]})
    rows = json.loads(table_json(list(table.columns), table.itertuples(index=False, name=None)))
    assert rows == [
        {"layer": 1, "rms": 0.5, "of": "a", "on": True}, {"layer": 2, "rms": "inf", "of": HOSTILE, "on": False},
    ]  # fmt: skip
    assert table_json(["x"], [[float("nan")], [None]]) == '[\n {\n  "x": "nan"\n },\n {\n  "x": null\n }\n]'


def test_a_row_that_does_not_fit_its_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        table_json(["a", "b"], [[1]])


def test_the_versions_are_those_that_computed() -> None:
    assert f"numpy {np.__version__}" in versions()


def test_a_figure_in_the_form_that_the_browser_draws_once_is_written_all_the_same() -> None:
    figure = drawn_once(go.Figure(go.Scatter(x=[1.0], y=[2.5])))
    assert '"y":[2.5]' in document.chart("One point", figure, "It is at 2.5.").html
