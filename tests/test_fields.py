"""What a text from a stranger becomes: the nearest value a widget can show, or a ValueError, and nothing else."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from states import any_value, offered

from initlab.ui.fields import LONGEST, Choice, Field, Flag, Grid, Steps, Value, literal, table
from initlab.ui.state import FIELDS

NUMERIC = {name: field for name, field in FIELDS.items() if isinstance(field, Steps | Grid)}
NO_NUMBER = ["nan", "-nan", "inf", "-inf", "Infinity", "1e400", "-1e999", "abc", "", " ", "0x10", "1,5", "1" * 5000]
DEPTH, GAIN = Steps("depth", 10, 1, 200, 1), Grid("gain", 1.0, (0.1, 1.0, 10.0))


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_the_default_is_a_value_the_widget_can_show(field: Field) -> None:
    assert offered(field, field.default)


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
@given(data=st.data())
def test_reading_what_was_written_gives_the_same_value_of_the_same_type(field: Field, data: st.DataObject) -> None:
    value = data.draw(any_value(field))
    again = field.parse(field.text(value))
    assert again == value
    assert type(again) is type(value)


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
@given(text=st.text(max_size=60) | st.floats().map(repr) | st.integers().map(str) | st.from_regex(r"-?\d{1,60}"))
def test_any_text_becomes_a_value_the_widget_can_show_or_a_value_error(field: Field, text: str) -> None:
    try:
        value = field.parse(text)
    except ValueError as error:
        said = str(error)
    else:
        assert offered(field, value)
        return
    assert said.startswith("is n")  # "is not one of", "is neither", "is not a finite number"


@pytest.mark.parametrize("text", NO_NUMBER, ids=lambda text: text[:8])
def test_what_is_no_finite_number_is_refused(text: str) -> None:
    for field in NUMERIC.values():
        with pytest.raises(ValueError, match=r"^is not a finite number$"):
            field.parse(text)


@pytest.mark.parametrize("field", NUMERIC.values(), ids=NUMERIC)
@pytest.mark.parametrize(("text", "end"), [("-1e300", 0), ("1e300", 1)])
def test_a_number_beyond_the_range_becomes_its_end(field: Steps | Grid, text: str, end: int) -> None:
    assert field.parse(text) == field.bounds[end]


@given(number=st.floats(-3000, 3000), low=st.integers(-20, 20), step=st.sampled_from((0.01, 0.05, 0.1, 1, 7)))
def test_no_step_lies_nearer_than_the_one_chosen(number: float, low: int, step: float) -> None:
    minimum = low if isinstance(step, int) else float(low)
    field = Steps("any", minimum, minimum, minimum + 40 * step, step)
    nearest = min(abs(minimum + k * step - number) for k in range(41))
    assert abs(field.parse(repr(number)) - number) == pytest.approx(nearest, abs=1e-6)


@given(st.floats(1e-9, 1e9))
def test_on_a_logarithmic_grid_the_nearest_is_nearest_by_ratio(number: float) -> None:
    chosen = GAIN.parse(repr(number))
    ratios = [max(value / number, number / value) for value in GAIN.values]
    assert max(chosen / number, number / chosen) == min(ratios)


def test_between_equal_steps_a_linear_grid_goes_by_difference() -> None:
    field = Grid("any", 1, (1, 2, 100), logarithmic=False)
    assert [field.parse(text) for text in ("1.4", "30", "60", "-5")] == [1, 2, 100, 1]


def test_zero_on_a_grid_is_reached_by_zero_only() -> None:
    field = Grid("any", 1.0, (0.0, 0.1, 1.0))
    assert [field.parse(text) for text in ("0", "1e-300", "-3")] == [0.0, 0.1, 0.0]


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (DEPTH, "12.0", 12), (DEPTH, "12.4", 12), (DEPTH, " 7 ", 7), (DEPTH, "1e2", 100), (DEPTH, "1e9", 200),
        (DEPTH, "-3", 1), (GAIN, "1", 1.0), (GAIN, "0", 0.1), (GAIN, "-3", 0.1), (GAIN, "2", 1.0), (GAIN, "4", 10.0),
        (Steps("stddev", 0.05, 0.0, 2.0, 0.01), "0.07", 0.07), (Steps("stddev", 0.05, 0.0, 2.0, 0.01), "0.074", 0.07),
        (Steps("alpha", 1.0, 0.1, 3.0, 0.1), "0.3", 0.3), (Flag("residual", default=False), "True", True),
    ],
)  # fmt: skip
def test_texts_people_write_mean_what_they_say(field: Field, text: str, value: Value) -> None:
    found = field.parse(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", ["true", "1", "yes", "", "TRUE", "True "])
def test_a_flag_is_true_or_false_and_nothing_else(text: str) -> None:
    with pytest.raises(ValueError, match=r"^is neither True nor False$"):
        Flag("residual", default=False).parse(text)


@pytest.mark.parametrize("text", ["relu", "ReLU ", "", "<script>alert(1)</script>", "ReLU" * 2000])
def test_a_word_is_one_of_the_choices_to_the_letter(text: str) -> None:
    with pytest.raises(ValueError, match=r"^is not one of 2 choices$"):
        Choice("activation", "Tanh", ("Tanh", "ReLU")).parse(text)


def test_a_number_longer_than_anyone_writes_is_not_read() -> None:
    assert DEPTH.parse("0" * (LONGEST - 2) + "12") == 12
    with pytest.raises(ValueError, match="finite"):
        DEPTH.parse("0" * (LONGEST - 1) + "12")


@pytest.mark.parametrize("field", NUMERIC.values(), ids=NUMERIC)
def test_every_number_is_written_shortly(field: Steps | Grid) -> None:
    assert all(len(field.text(value)) <= 10 for value in (*field.bounds, field.default))


def test_of_several_fields_with_one_name_the_first_counts() -> None:
    fields = table([Steps("stddev", 0.01, 0.0, 2.0, 0.01), Flag("mean", default=True), Flag("stddev", default=True)])
    assert list(fields) == ["stddev", "mean"]
    assert math.isclose(float(fields["stddev"].default), 0.01)


def test_a_quoted_strangers_text_stands_for_itself_in_markdown() -> None:
    hostile = "<b>x</b> **y** [a](http://b.c) www.evil.org :smile: $z$ `q` ~s~ me@home.net |"
    safe = literal(hostile)
    assert re.sub(r"\\(.)", r"\1", safe).replace("\N{WORD JOINER}", "") == hostile, "and is read as it was written"
    assert not re.search(r"(?<!\\)[<*\[($`~|]", safe)
    assert not re.search(r"https?\\?://|www\\?\.|:\w+:|@\w", safe)
