"""The picture of the plane and the two maps: valid, small, and drawn from the numbers they claim to show."""

from functools import cache
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go
import pytest
from pictures import layout, traces

from initlab import phase
from initlab.activations import ACTIVATIONS
from initlab.figures.maps import CORRELATION, VARIANCE, map_figure
from initlab.figures.phase import FURTHEST, HEIGHT, LEVELS, PHONE, Marks, nearest_inside, plane_figure, x_of
from initlab.figures.theme import DARK, LIGHT
from initlab.landmarks import Place, landmarks
from initlab.point import correlation_curve, point, variance_curve

BYTES: Final = 60_000
SMALL: Final = Place(0.0128, 0.0)
plane = cache(phase.plane)


def drawn(name: str, here: Place | None = SMALL, *, sure: bool = True, dark: bool = False) -> go.Figure:
    found = plane(name)
    marks = Marks(landmarks(128, name), here, sure, Place(3.0, 0.04))
    return plane_figure(found, marks, phase.picks(name, found.window), dark)


def markers(figure: go.Figure) -> dict[str, Any]:
    """The visible markers by their symbol."""
    return {t.marker.symbol: t for t in traces(figure) if t.type == "scatter" and t.mode == "markers" and t.text}


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dark", [False, True])
def test_every_plane_is_valid_small_and_in_its_own_theme(name: str, dark: bool) -> None:
    figure = drawn(name, dark=dark)
    go.Figure(figure.to_dict())  # validates, unlike the figure itself
    text = figure.to_json() or ""
    assert len(text) <= BYTES
    assert len(traces(figure)) <= 9
    look, other = (DARK, LIGHT) if dark else (LIGHT, DARK)
    assert look.ink in text
    assert not any(colour in text for colour in (other.ink, other.muted, other.background))


@pytest.mark.parametrize("name", ["Tanh", "Sigmoid", "ReLU"])
def test_the_colour_of_a_cell_is_its_chi(name: str) -> None:
    (heat,) = (t for t in traces(drawn(name)) if t.type == "heatmap")
    chi = FURTHEST ** (heat.z / LEVELS - 1.0)
    np.testing.assert_allclose(chi, np.clip(plane(name).chi, 1 / FURTHEST, FURTHEST), rtol=0.005)
    window = plane(name).window
    np.testing.assert_allclose(heat.x0 + heat.dx * np.arange(100), x_of(window, window.weight), atol=1e-9)
    np.testing.assert_allclose(heat.y0 + heat.dy * np.arange(100), window.bias, atol=1e-12)


def upright(figure: go.Figure) -> list[Any]:
    return [label for label in layout(figure).annotations if label.textangle == -90]


def line_of(figure: go.Figure, width: float) -> Any:
    (found,) = (t for t in traces(figure) if t.type == "scatter" and t.line.width == width and t.line.dash != "dot")
    return found


@pytest.mark.parametrize(("bias", "weight"), [(0.01, 1.424205), (0.05, 1.760955), (0.2, 2.285152)])
def test_the_solid_line_runs_through_the_published_critical_points(bias: float, weight: float) -> None:
    edge = line_of(drawn("Tanh"), 3)
    assert np.interp(bias, edge.y, edge.x) == pytest.approx(weight, abs=1e-3)
    assert (edge.line.color, edge.line.dash) == (LIGHT.ink, None)


def test_an_edge_of_one_point_is_a_ring_with_its_words() -> None:
    ring = line_of(drawn("ReLU"), 3)
    assert (ring.mode, ring.marker.symbol) == ("lines+markers", "circle-open")
    assert (ring.x[0], ring.y[0]) == (2, 0)
    assert any("only at" in label.text for label in layout(drawn("ReLU")).annotations)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_sides_are_named_where_they_are(name: str) -> None:
    found, labels = plane(name), layout(drawn(name)).annotations
    named = {label.text.split("</b>")[0].removeprefix("<b>"): label for label in labels if label.text.startswith("<b>")}
    named.pop("this network")
    assert "ordered" in named
    assert ("q* diverges" in named) == bool(np.isfinite(found.diverging).any())
    for region, label in named.items():
        weight = 10**label.x if found.window.logarithmic else label.x
        assert point(name, weight, label.y).phase == {"q* diverges": "diverging"}.get(region, region)


@pytest.mark.parametrize("name", ["Tanh", "Sigmoid"])
def test_every_line_of_depth_has_its_number_on_it(name: str) -> None:
    figure, found = drawn(name), plane(name)
    numbers = [label for label in layout(figure).annotations if label.text.removesuffix(" layers").isdigit()]
    assert sorted(int(n.text.removesuffix(" layers")) for n in numbers) == sorted(line.depth for line in found.lines)
    for label in numbers:
        same = [line for line in found.lines if line.depth == int(label.text.removesuffix(" layers"))]
        places = [np.interp(label.y, line.bias, x_of(found.window, line.weight)) for line in same]
        assert min(abs(place - label.x) for place in places) < 0.01


def test_landmarks_are_diamonds_in_their_places_and_named_once() -> None:
    figure = drawn("Tanh")
    diamonds = markers(figure)["diamond"]
    assert list(diamonds.x) == [mark.place.weight for mark in landmarks(128, "Tanh")]
    words = ", ".join(label.text for label in upright(figure))
    for name in ("LeCun", "Glorot", "He", "PyTorch default", "scikit-learn default", "Random normal", "Zeros"):
        assert words.count(name) == 1


@pytest.mark.parametrize("width", [1, 16, 128, 1024])
@pytest.mark.parametrize("name", ["Tanh", "Sigmoid", "Softsign"])
def test_upright_labels_keep_apart_on_the_narrowest_screen_and_so_on_all(name: str, width: int) -> None:
    found = plane(name)
    figure = plane_figure(
        found, Marks(landmarks(width, name), Place(1.0, 0.0), True, Place(3.0, 0.0)),
        phase.picks(name, found.window), dark=False,
    )  # fmt: skip
    low, high = layout(figure).xaxis.range
    for pixels in (PHONE, 1000):
        found = upright(figure)
        places = np.array([pixels * (label.x - low) / (high - low) + label.ax for label in found])
        halves = np.array([9 * (1 + label.text.count("<br>")) for label in found])
        assert (np.diff(places) >= halves[1:] + halves[:-1]).all()
        assert min(places - halves) >= 0
        assert max(places + halves) <= pixels


@pytest.mark.parametrize("width", [1, 128])
@pytest.mark.parametrize("name", ["Tanh", "Sigmoid", "ReLU"])
def test_no_upright_label_is_higher_than_half_the_plane_and_none_loses_a_name(name: str, width: int) -> None:
    found, marks = plane(name), landmarks(width, name)
    figure = plane_figure(
        found, Marks(marks, None, True, Place(3.0, 0.0)), phase.picks(name, found.window), dark=False
    )  # fmt: skip
    shown = [label.text for label in upright(figure)]
    assert max(len(line) for text in shown for line in text.split("<br>")) * 7 < (HEIGHT - 120) / 2
    low, high = found.window.weight[[0, -1]]
    inside = [mark for mark in marks if low <= mark.place.weight <= high and mark.place.bias <= found.window.bias[-1]]
    names = ", ".join(shown).replace("<br>", " ").split(", ")
    assert sorted(names) == sorted(name for mark in inside for name in mark.names)


@pytest.mark.parametrize("dark", [False, True])
def test_a_name_on_a_line_covers_it(dark: bool) -> None:
    figure = drawn("ReLU", dark=dark)
    (label,) = (label for label in upright(figure) if label.text == "He")
    assert float(label.bgcolor.rstrip(")").split(",")[-1]) > 0.9


def test_the_network_is_a_star_hollow_where_it_means_little_and_absent_without_a_place() -> None:
    assert "star" in markers(drawn("Tanh"))
    assert "star-open" in markers(drawn("Tanh", sure=False))
    assert not {"star", "star-open"} & markers(drawn("Tanh", None)).keys()


@pytest.mark.parametrize(("place", "shown"), [
    (Place(128.0, 0.0), Place(5.0, 0.0)), (Place(0.5, 4.0), Place(0.5, 0.3)), (Place(1.0, 0.1), Place(1.0, 0.1)),
])  # fmt: skip
def test_a_network_outside_the_picture_stands_at_its_border_with_its_numbers(place: Place, shown: Place) -> None:
    figure = drawn("Tanh", place)
    star = markers(figure)["star"]
    assert (star.x[0], star.y[0]) == pytest.approx(shown)
    (label,) = (a.text for a in layout(figure).annotations if "this network" in a.text)
    assert (f"{place.weight:.3g}" in label and f"{place.bias:.3g}" in label) == (place != shown)
    assert nearest_inside(plane("Tanh").window, place) == pytest.approx(shown)


def test_a_point_without_weights_stands_at_the_left_end_of_a_log_axis() -> None:
    star = markers(drawn("Sigmoid", Place(0.0, 0.0)))["star"]
    assert star.x[0] == pytest.approx(-2)


@pytest.mark.parametrize("name", ["Tanh", "ReLU", "Sigmoid", "GELU"])
@pytest.mark.parametrize("weight", [0.0, 1.0, 2.5])
@pytest.mark.parametrize("dark", [False, True])
def test_the_maps_are_valid_small_and_ring_their_fixed_points(name: str, weight: float, dark: bool) -> None:
    at = point(name, weight, 0.04)
    size, likeness = variance_curve(name, at, 10), correlation_curve(name, at, 10)
    for curve, fixed, words in ((size, at.q, VARIANCE), (likeness, at.correlation, CORRELATION)):
        figure = map_figure(curve, fixed, words, dark)
        go.Figure(figure.to_dict())
        assert len(figure.to_json() or "") <= BYTES / 4
        diagonal, stairs, line, *ring = traces(figure)
        np.testing.assert_allclose(line.y, curve.y, rtol=1e-6)
        np.testing.assert_allclose(stairs.x, curve.stairs_x, rtol=1e-6)
        assert list(diagonal.x) == list(diagonal.y)
        assert [(r.x[0], r.y[0]) for r in ring] == ([(fixed, fixed)] if np.isfinite(fixed) else [])
