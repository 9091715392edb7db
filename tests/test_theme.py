"""Our dress: ticks that are round, few, distinct and where they say; colours that can be told from their ground."""

from dataclasses import astuple, fields

import numpy as np
import pytest
from evidence import value
from hypothesis import given
from hypothesis import strategies as st

from initlab.figures import theme
from initlab.figures.theme import DARK, LIGHT, Palette, decade_ticks, layer_ticks, translucent


@given(st.floats(-320, 300), st.floats(0.08, 600))
def test_ticks_of_a_log_axis_lie_inside_it_and_are_few(low: float, span: float) -> None:
    high = min(low + span, 305.0)
    ticks = decade_ticks(low, max(high, low + 0.08))
    values = np.asarray(ticks["tickvals"])
    assert 2 <= len(values) == len(ticks["ticktext"]) <= 9
    assert low - 1e-9 <= values[0]
    assert values[-1] <= max(high, low + 0.08) + 1e-9
    assert (np.diff(values) > 0).all()


@given(st.floats(-300, 250), st.floats(0.3, 40))
def test_every_tick_says_the_number_it_stands_at(low: float, span: float) -> None:
    ticks = decade_ticks(low, low + span)
    written = [value(text) for text in ticks["ticktext"]]
    assert len(set(written)) == len(written)
    np.testing.assert_allclose(np.log10(written), ticks["tickvals"], atol=0.025)  # two digits


def test_a_narrow_axis_is_labelled_distinctly_too() -> None:
    text = decade_ticks(0.01, 0.09)["ticktext"]
    assert len(set(text)) == len(text)


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (-10.2, 0.3, ["10⁻¹⁰", "10⁻⁸", "10⁻⁶", "10⁻⁴", "10⁻²", "1"]),
        (-2.1, 1.3, ["0.01", "0.1", "1", "10"]),
        (-0.4, 1.1, ["0.5", "1", "2", "5", "10"]),
        (-16.4, -3.3, ["10⁻¹⁶", "10⁻¹⁴", "10⁻¹²", "10⁻¹⁰", "10⁻⁸", "10⁻⁶", "10⁻⁴"]),
    ],
)
def test_ticks_are_the_round_numbers_one_would_choose(low: float, high: float, text: list[str]) -> None:
    assert decade_ticks(low, high)["ticktext"] == text


@pytest.mark.parametrize("depth", range(1, 201))
def test_layer_ticks_are_few_and_round_with_the_first_and_the_last(depth: int) -> None:
    ticks = layer_ticks(depth)
    assert (ticks[0], ticks[-1]) == (1, depth)
    assert ticks == sorted(set(ticks))
    assert len(ticks) <= 12
    inner = np.diff(ticks[1:-1])
    assert len(set(inner)) <= 1
    gaps = np.diff(ticks)
    assert depth == 1 or gaps.max() <= 2 * gaps[1:-1].min(initial=gaps.max())
    assert all(tick % int(inner[0]) == 0 for tick in ticks[1:-1] if inner.size)


def test_layer_ticks_of_the_depths_of_the_lesson() -> None:
    assert layer_ticks(10) == list(range(1, 11))
    assert layer_ticks(30) == [1, 5, 10, 15, 20, 25, 30]
    assert layer_ticks(200) == [1, 20, 40, 60, 80, 100, 120, 140, 160, 180, 200]


def test_a_colour_made_translucent_is_the_same_colour() -> None:
    assert translucent("#0072B2", 0.33) == "rgba(0,114,178,0.33)"


def luminance(code: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = np.frombuffer(bytes.fromhex(code[1:]), np.uint8) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_words_can_be_read_and_lines_be_seen_on_their_ground(look: Palette) -> None:
    for name in ("ink", "muted", "forward", "backward", "alarm", "theory"):
        least = 4.5 if name in ("ink", "muted", "forward", "backward", "alarm") else 3.0
        assert contrast(getattr(look, name), look.background) >= least, name


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_the_two_directions_differ_in_colour_and_in_marker(look: Palette) -> None:
    assert look.of("forward") == look.forward
    assert look.of("backward") == look.backward
    forward, backward = (np.frombuffer(bytes.fromhex(c[1:]), np.uint8) for c in (look.forward, look.backward))
    assert abs(int(forward[2]) - int(backward[2])) > 100  # blue against orange: what all eyes tell apart
    assert theme.MARKERS["forward"] != theme.MARKERS["backward"]


def test_the_two_palettes_share_no_colour() -> None:
    assert not set(astuple(LIGHT)) & set(astuple(DARK))
    assert theme.palette(dark=False) is LIGHT
    assert theme.palette(dark=True) is DARK
    assert len(fields(Palette)) == len(set(astuple(LIGHT)))
