"""The stack of layers in pre-training: what is frozen, what learns and what waits can be seen and read."""

import json
from itertools import pairwise, product
from typing import Any

import plotly.graph_objects as go
import pytest
from pictures import layout, words

from initlab.figures import theme
from initlab.figures.stack import stack_figure

WIDTHS = (64, 48, 32, 24, 10)


def boxes(figure: go.Figure) -> list[Any]:
    return [shape for shape in layout(figure).shapes if shape.type == "rect"]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_plotly_accepts_the_stack_whatever_its_form(dark: bool) -> None:
    for widths, layer in product([(2, 1, 1), (64, *[64] * 60, 10), (64, 1024, 1, 10), WIDTHS], [0, 60]):
        figure = stack_figure(widths, min(layer, len(widths) - 2), 0.3, dark)
        json.loads(figure.to_json() or "", parse_constant=lambda odd: pytest.fail(odd))
        assert len(boxes(figure)) == len(widths)
        assert all(-0.56 <= box.x0 < box.x1 <= 0.5 for box in boxes(figure)), widths


@pytest.mark.parametrize("layer", range(4))
def test_layers_below_are_frozen_one_learns_and_those_above_wait(layer: int) -> None:
    said = list(words(stack_figure(WIDTHS, layer, 0.1, dark=False)))
    states = ["frozen"] * layer + ["learns"] * (layer < 3) + ["waits"] * (2 - layer)
    layers = [f"layer {k} · {width} · {state}" for k, width, state in zip((1, 2, 3), WIDTHS[1:4], states, strict=True)]
    assert said[:5] == ["64 inputs", *layers, "10 outputs, later"]


def test_boxes_are_as_wide_as_their_layers_one_above_the_other() -> None:
    found = boxes(stack_figure(WIDTHS, 1, 0.1, dark=False))
    assert [round(box.x1 - box.x0, 6) for box in found] == [width / 64 for width in WIDTHS]
    assert [box.y0 for box in found] == sorted(box.y0 for box in found)
    assert all(below.y1 < above.y0 for below, above in pairwise(found))


def test_the_layer_that_learns_points_at_what_it_rebuilds_and_says_how_much_is_hidden() -> None:
    learning, done = stack_figure(WIDTHS, 1, 0.25, dark=False), stack_figure(WIDTHS, 3, 0.25, dark=False)
    (arrow,) = [shape for shape in layout(learning).shapes if shape.type == "path"]
    assert arrow.path.startswith("M 0.5 2.5 ")
    assert "0.5 1.5 " in arrow.path
    assert words(learning)["reconstructs<br>its input, 25 % hidden"] == 2
    assert "reconstructs<br>its input" in words(stack_figure(WIDTHS, 1, 0.0, dark=False))
    assert len(boxes(done)) == len(layout(done).shapes)
    assert not any("reconstructs" in word for word in words(done))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_layer_that_overflowed_learns_no_more(dark: bool) -> None:
    figure = stack_figure(WIDTHS, 1, 0.25, dark, overflowed=True)
    assert list(words(figure))[1:4] == ["layer 1 · 48 · frozen", "layer 2 · 32 · overflowed", "layer 3 · 24 · waits"]
    assert boxes(figure)[2].fillcolor == theme.palette(dark).alarm
    assert not any("reconstructs" in word for word in words(figure))


def test_of_many_layers_only_the_one_that_learns_is_named_beside_data_and_outputs() -> None:
    said = words(stack_figure((64, *[64] * 100, 10), 30, 0.5, dark=True))
    assert list(said)[:3] == ["64 inputs", "layer 31 · 64 · learns", "10 outputs, later"]
    assert len(said) == 4


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_words_wider_than_their_box_stand_on_a_plate_in_a_colour_that_can_be_read_there(dark: bool) -> None:
    look = theme.palette(dark)
    for width, plate, ink in ((64, None, look.background), (1, look.background, look.backward)):
        labels = layout(stack_figure((64, width, 64, 64), 0, 0.1, dark)).annotations
        learns = next(label for label in labels if "learns" in label.text)
        assert (learns.bgcolor, learns.font.color) == (plate, ink)


def test_one_output_is_one_output() -> None:
    assert "1 output, later" in words(stack_figure((10, 4, 1), 0, 0.0, dark=False))
