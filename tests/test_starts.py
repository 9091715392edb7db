"""The set of starts as one text of a link: every set comes back, any text becomes the nearest."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from states import any_start, offered

from initlab.comparison import FEWEST, MOST, PRESETS, Start, start
from initlab.initializers import INITIALIZERS
from initlab.ui.link import decode
from initlab.ui.starts import GAINS, LONGEST, MENU, changed, mend, starts_of, written
from initlab.ui.state import DEFAULTS, FIELDS

sets = st.lists(any_start, min_size=FEWEST, max_size=MOST)
pieces = st.sampled_from(
    (*MENU, "gain=2", "stddev=1", "minval=1", "maxval=-1", "mode=fan_out", ";", ",", "=", "nan", "9" * 400)
)
hostile = st.text(max_size=80) | st.lists(pieces | st.text(max_size=8), max_size=40).map("".join)


@given(sets)
def test_a_set_comes_back_from_its_text_without_a_word(lineup: list[Start]) -> None:
    text = written(lineup)
    assert starts_of(text) == tuple(lineup)
    assert mend(text) == (text, ())


@given(hostile)
def test_any_text_becomes_a_set_that_the_widgets_can_show_or_a_value_error(text: str) -> None:
    if not any(entry.split(",")[0].strip() in MENU for entry in text[:LONGEST].split(";")[:MOST]):
        with pytest.raises(ValueError, match="is not a set of starts"):
            mend(text)
        return
    mended, changes = mend(text)
    assert FEWEST <= len(starts_of(mended)) <= MOST
    assert offered(FIELDS["compare_starts"], mended)
    assert changes or starts_of(text) == starts_of(mended)


@pytest.mark.stress
@settings(max_examples=10_000)
@given(hostile, sets)
def test_any_text_whatever_and_any_set(text: str, lineup: list[Start]) -> None:
    decode({"compare_starts": [text]})
    assert starts_of(written(lineup)) == tuple(lineup)


@pytest.mark.parametrize(
    ("text", "mended", "said"),
    [
        ("He normal", "He normal;Glorot normal", "there is nothing to compare with, so Glorot normal is added"),
        ("He normal;Foo", "He normal;Glorot normal", "`Foo` is no initializer and left out"),
        ("Zeros;Ones;" * 4, "Zeros;Ones;Zeros;Ones;Zeros;Ones", "of 8 starts the first 6 are kept"),
        ("Zeros,stddev=1;Ones", "Zeros;Ones", "Zeros has no `stddev`"),
        (
            "Zeros;Random normal,stddev=0.123", "Zeros;Random normal,stddev=0.12",
            "stddev = `0.123` of Random normal lies between the steps of its slider, 0.12 is used",
        ),
        ("Zeros;Ones,gain=1e9", "Zeros;Ones,gain=10", "gain = `1e9` of Ones lies outside 0.1 to 10, 10 is used"),
        ("Zeros;Ones,gain=nan", "Zeros;Ones", "gain = `nan` of Ones is not a finite number, 1 is used"),
        (
            "Zeros;Variance scaling,mode=fan", "Zeros;Variance scaling",
            "mode = `fan` of Variance scaling is not one of 3 choices, fan_in is used",
        ),
        (
            "Zeros;Random uniform,minval=1,maxval=0", "Zeros;Random uniform,minval=0,maxval=1",
            "the minimum lies above the maximum, the two are swapped",
        ),
    ],
)  # fmt: skip
def test_what_is_mended_is_said(text: str, mended: str, said: str) -> None:
    found, changes = mend(text)
    assert found == mended
    assert changes[0] == said
    values, notes = decode({"compare_starts": [text]})
    assert values == {**DEFAULTS, "compare_starts": mended}
    assert len(notes) == 1
    assert notes[0].startswith(f"compare_starts: {said}.")


@pytest.mark.parametrize("text", ["", "Greedy", ";" * 5000, "\x00", "x" * 10**6])
def test_a_text_without_any_initializer_opens_the_default(text: str) -> None:
    values, (note,) = decode({"compare_starts": [text]})
    assert values == DEFAULTS
    assert "is not a set of starts: the default is used" in note


def test_spaces_and_defaults_written_out_are_no_mistake() -> None:
    assert mend(" Zeros ; Random normal , mean = 0 , stddev = 1 ,gain=1") == ("Zeros;Random normal,stddev=1", ())


def test_a_semicolon_at_the_end_is_no_start() -> None:
    assert mend("Zeros;Ones;") == ("Zeros;Ones", ())


def test_only_so_much_of_an_endless_text_is_read() -> None:
    text = "Zeros;Ones," + "gain=2," * LONGEST
    mended, changes = mend(text)
    assert mended == "Zeros;Ones,gain=2"
    assert changes[0] == "only the first 1,000 characters are read, and the rest of the link is dropped"


def test_of_many_starts_it_is_said_how_many_are_dropped_and_not_of_characters() -> None:
    text = "Zeros;Ones;" * 200
    assert len(text) > LONGEST
    assert mend(text) == ("Zeros;Ones;Zeros;Ones;Zeros;Ones", ("of 400 starts the first 6 are kept",))
    _, notes = decode({"compare_starts": [text]})
    assert notes == ["compare_starts: of 400 starts the first 6 are kept."]


@pytest.mark.parametrize(("others", "words"), [(1, "1 more thing in it had"), (2, "2 more things in it had")])
def test_further_changes_are_counted_in_a_sentence(others: int, words: str) -> None:
    _, notes = decode({"compare_starts": ["Zeros;Ones" + ",gain=nan" * (others + 1)]})
    assert notes[0].endswith(f", 1 is used. {words} to be mended.")


def test_the_longest_set_we_write_is_read_whole() -> None:
    longest = start("Variance scaling", gain=1.06, scale=1.1, mode="fan_out", distribution="untruncated_normal")
    assert len(written([longest] * MOST)) < LONGEST


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_has_a_link(name: str) -> None:
    lineup = PRESETS[name].starts
    assert mend(written(lineup)) == (written(lineup), ())
    assert starts_of(written(lineup)) == lineup


@pytest.mark.parametrize("name", MENU)
def test_a_change_of_the_initializer_keeps_the_gain_and_brings_its_own_parameters(name: str) -> None:
    new = changed(start("Random normal", gain=GAINS[3], stddev=1.0), "init", name)
    assert new == Start(name, INITIALIZERS[name].complete({}), GAINS[3])


def test_a_minimum_moved_above_the_maximum_changes_places_with_it() -> None:
    moved = changed(start("Random uniform", minval=0.0, maxval=1.0), "minval", 1.5)
    assert moved == start("Random uniform", minval=1.0, maxval=1.5)
