"""Numbers, shares and layers as people write them."""

import math

import pytest
from evidence import value
from hypothesis import given
from hypothesis import strategies as st

from initlab.wording import capitalized, layers_in_words, number, percent, power


@pytest.mark.parametrize(
    ("x", "written"),
    [
        (0, "0"), (-0.0, "0"), (1, "1"), (0.072, "0.072"), (1 / 128, "0.0078"), (0.0001, "0.0001"), (2e-10, "2·10⁻¹⁰"),
        (1e-10, "10⁻¹⁰"), (9.96e-5, "0.0001"), (0.999, "1"), (20, "20"), (99.7, "100"), (1234, "1,234"),
        (99_999, "10⁵"),
        (12_345, "12,345"), (3.4e38, "3.4·10³⁸"), (-2.5, "−2.5"), (math.inf, "∞"), (-math.inf, "−∞"),
        (math.nan, "not a number"), (5e-324, "4.9·10⁻³²⁴"),
        (1.797e308, "1.8·10³⁰⁸"), (-1.797e308, "−1.8·10³⁰⁸"),
    ],
)  # fmt: skip
def test_a_number_is_written_with_two_digits_or_whole(x: float, written: str) -> None:
    assert number(x) == written


def test_more_digits_where_asked() -> None:
    assert number(1.0849, 3) == "1.08"
    assert number(0.00012345, 3) == "0.000123"
    assert number(123.4, 3) == "123"


@given(st.floats(1e-300, 1e300), st.integers(2, 4))
def test_what_is_written_reads_back_to_its_digits(x: float, digits: int) -> None:
    assert value(number(x, digits)) == pytest.approx(x, rel=0.5001 * 10.0 ** (1 - digits))


def test_powers_of_ten() -> None:
    assert [power(n) for n in (-6, 0, 1, 38)] == ["10⁻⁶", "1", "10¹", "10³⁸"]


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0, "0 %"), (1, "100 %"), (0.11, "11 %"), (1 / 3, "33 %"), (0.004, "0.4 %"), (2e-8, "2·10⁻⁶ %"),
        (0.996, "99.6 %"), (0.99999, "99.9 %"), (0.999, "99.9 %"), (0.991, "99.1 %"), (math.nan, "not a number"),
    ],
)  # fmt: skip
def test_a_share_is_a_percentage_and_whole_only_if_it_is(share: float, written: str) -> None:
    assert percent(share) == written


@pytest.mark.parametrize(
    ("layers", "written"),
    [
        ([4], "layer 4"), ([1, 2], "layers 1 and 2"), ([1, 2, 3], "layers 1 to 3"),
        ([7, 3, 2, 1, 3], "layers 1 to 3 and 7"), ([1, 3, 5], "layers 1, 3 and 5"),
        ([1, 3, 5, 7], "4 layers between 1 and 7"), ([], "no layer"),
    ],
)  # fmt: skip
def test_layers_are_listed_as_ranges(layers: list[int], written: str) -> None:
    assert layers_in_words(layers) == written


def test_a_sentence_begins_with_a_capital_and_keeps_its_names() -> None:
    assert capitalized("where He wins, N(0, 1) lags") == "Where He wins, N(0, 1) lags"
    assert capitalized("") == ""
