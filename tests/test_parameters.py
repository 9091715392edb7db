"""Parameters: validation of one value, of a whole set, and the declarations in the two tables."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initlab import ACTIVATIONS, INITIALIZERS
from initlab.parameters import Parameter, complete, finite_number

DECLARED = [(owner, p) for table in (INITIALIZERS, ACTIVATIONS) for owner, e in table.items() for p in e.parameters]
IDS = [f"{owner}: {p.name}" for owner, p in DECLARED]
SIZE = Parameter("size", 2.0, "How large", 0.0, 4.0, 0.5)
COUNT = Parameter("count", 2, "How many", 1, 4, 1)
COLOUR = Parameter("colour", "red", "Which", choices=("red", "blue"))
HUGE = pytest.param(10**400, id="400 digits")


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, -math.inf, -0.001, 4.001, 1e308, "1", "abc", "", None, True, False, [1], 1 + 0j, HUGE],
)
def test_what_is_no_finite_number_within_the_bounds_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"^size must be a number from 0 to 4; received "):
        finite_number("size", value, 0, 4)


@pytest.mark.parametrize("value", [0, 4, 0.0, 4.0, 2, 1.25])
def test_both_bounds_belong_to_the_range_and_whole_numbers_become_floats(value: float) -> None:
    accepted = finite_number("size", value, 0, 4)
    assert accepted == value
    assert type(accepted) is float


@pytest.mark.parametrize("value", [2.0, 2.5, 0, 5, True, math.nan, "2"])
def test_a_number_whose_step_is_whole_is_whole_itself(value: object) -> None:
    assert type(COUNT.validated(3)) is int
    with pytest.raises(ValueError, match=r"^count .*must be a number from 1 to 4; received "):
        COUNT.validated(value)


@given(st.floats(), st.floats(-100, 100), st.floats(0, 100))
def test_a_number_is_accepted_exactly_when_it_lies_in_the_range(value: float, low: float, span: float) -> None:
    high = low + span
    if low <= value <= high:
        assert finite_number("x", value, low, high) == value
    else:
        with pytest.raises(ValueError, match="must be a number from"):
            finite_number("x", value, low, high)


@pytest.mark.parametrize("value", ["green", "", "Red", 1, None, ["red"]])
def test_a_word_that_is_no_choice_is_answered_with_the_choices(value: object) -> None:
    with pytest.raises(ValueError, match=r"^unknown colour .*; choose one of red, blue$"):
        COLOUR.validated(value)


def test_missing_parameters_get_their_defaults_and_all_are_sorted() -> None:
    assert complete("it", [SIZE, COLOUR], {"size": 3}) == (("colour", "red"), ("size", 3.0))
    assert complete("it", [], {}) == ()


def test_a_parameter_of_another_owner_is_answered_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"^unknown parameter of it 'colour'; choose one of size$"):
        complete("it", [SIZE], {"colour": "red"})
    with pytest.raises(ValueError, match=r"^unknown parameter of it 'colour'; choose one of \(it has none\)$"):
        complete("it", [], {"colour": "red"})


def test_the_label_is_written_out_where_the_keras_name_is_an_abbreviation() -> None:
    assert Parameter("stddev", 0.0, "").label == "Standard deviation"
    assert Parameter("fan_mode", 0.0, "").label == "Fan mode"


@pytest.mark.parametrize(("owner", "parameter"), DECLARED, ids=IDS)
def test_every_declared_parameter_can_make_a_widget(owner: str, parameter: Parameter) -> None:
    assert parameter.validated(parameter.default) == parameter.default
    assert parameter.help
    assert not parameter.help.endswith(".")
    if parameter.choices:
        assert len(set(parameter.choices)) == len(parameter.choices) > 1
        return
    if parameter.grid:
        assert parameter.default in parameter.grid
        assert list(parameter.grid) == sorted(set(parameter.grid))
        assert [parameter.validated(value) for value in parameter.grid] == list(parameter.grid)
        return
    span = parameter.maximum - parameter.minimum
    assert 0 < parameter.step <= span / 10
    assert round(span / parameter.step) == pytest.approx(span / parameter.step), "the maximum lies on the grid"
    steps = (float(parameter.default) - parameter.minimum) / parameter.step
    assert round(steps) == pytest.approx(steps), "the default lies on the grid"
