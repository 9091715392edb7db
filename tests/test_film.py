"""A film: what changes from moment to moment is in its frames, what does not is said once, and any frame leads on."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest
from pictures import layout, matrix, traces

from initlab.figures import theme
from initlab.figures.film import film, opened_at
from initlab.figures.sent import drawn_once

STEPS = (0, 3, 10)


def moment(k: int) -> go.Figure:
    fixed = {"type": "scatter", "x": np.arange(3.0), "y": np.array([np.nan, 1.0, 2.0])}
    moving = {"type": "heatmap", "x": [0, 1], "z": np.full((2, 2), k, np.uint8)}
    words = [theme.label(f"word {n}", "#000000") for n in range(k + 1)]
    return theme.figure(False, 200, [fixed, moving], {"title": "x"}, {"title": "y"}, annotations=words)


@pytest.fixture(scope="module")
def played() -> go.Figure:
    return film([moment(k) for k in range(3)], STEPS, dark=False)


def test_a_frame_holds_what_changes_and_nothing_else(played: go.Figure) -> None:
    assert [frame.name for frame in played.frames] == ["0", "3", "10"]
    for k, frame in enumerate(played.frames):
        assert list(frame.traces) == [1]
        (only,) = frame.data
        assert set(only.to_plotly_json()) == {"type", "z"}
        np.testing.assert_array_equal(matrix(only.z), np.full((2, 2), k))


def test_it_opens_on_the_first_moment(played: go.Figure) -> None:
    np.testing.assert_array_equal(matrix(traces(played)[1].z), np.zeros((2, 2)))
    assert [word.visible for word in layout(played).annotations] == [True, False, False]


@pytest.mark.parametrize("k", range(3))
def test_it_may_open_on_any_moment_and_is_the_same_film(played: go.Figure, k: int) -> None:
    opened = opened_at(played, k)
    assert json.loads(opened.to_json() or "")["frames"] == json.loads(played.to_json() or "")["frames"]
    np.testing.assert_array_equal(matrix(traces(opened)[1].z), np.full((2, 2), k))
    assert [word.visible for word in layout(opened).annotations] == [True] * (k + 1) + [False] * (2 - k)
    assert layout(opened).sliders[0].active == k
    assert layout(opened).updatemenus[0].to_plotly_json() == played.frames[k].layout.updatemenus[0].to_plotly_json()
    assert layout(played).sliders[0].active == 0, "the other is as it was"


def test_a_word_that_is_there_at_one_moment_is_hidden_at_the_others(played: go.Figure) -> None:
    for k, frame in enumerate(played.frames):
        words = frame.layout.annotations
        assert [word.visible for word in words] == [True] * (k + 1) + [False] * (2 - k)
        assert [word.text for word in words if word.visible] == [f"word {n}" for n in range(k + 1)]


def test_back_and_next_lead_from_every_frame_to_its_neighbours(played: go.Figure) -> None:
    for k, frame in enumerate(played.frames):
        menu = frame.layout.updatemenus[0]
        goals = {button.label: list(button.args[0] or ()) for button in menu.buttons}
        assert list(goals) == ["Play", "Pause", "Back", "Next"]
        assert goals["Back"] == [str(STEPS[max(k - 1, 0)])]
        assert goals["Next"] == [str(STEPS[min(k + 1, 2)])]
        assert goals["Play"] == []


def test_the_scrubber_reaches_every_moment(played: go.Figure) -> None:
    (slider,) = layout(played).sliders
    assert [list(step.args[0]) for step in slider.steps] == [["0"], ["3"], ["10"]]


def test_it_is_valid_and_drawn_once_as_it_is(played: go.Figure) -> None:
    go.Figure(json.loads(played.to_json() or ""))
    assert drawn_once(played) is played
    assert isinstance(traces(played)[0].x, tuple)
