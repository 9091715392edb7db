"""A race looked back at: its moments, its diagnostics and what is said of them."""

import re
from dataclasses import replace

import numpy as np
import pytest
from evidence import value

from initlab import NetworkSpec, TrainSpec, race, replay

BASE = NetworkSpec("Glorot normal", activation="Tanh", depth=3, width=16)
HOW = TrainSpec(epochs=1, batch=128, rate=1)
WILD = replace(BASE.with_init("Random normal", stddev=2.0), activation="ReLU", gain=10.0)
*_, NOW = race([BASE, BASE.with_init("Zeros"), WILD], HOW)
GLOROT, ZEROS, GONE = NOW.runners


def test_who_has_left_the_race_stays_as_it_was() -> None:
    assert GONE.retired
    steps = replay.moments(NOW)
    assert list(steps) == sorted({mark.step for runner in NOW.runners for mark in runner.marks})
    last = replay.marks_at(NOW, steps[-1])
    assert last[2] is GONE.marks[-1]
    assert last[0] is GLOROT.marks[-1]
    assert [mark.step for mark in replay.marks_at(NOW, 0)] == [0, 0, 0]


@pytest.mark.parametrize("quantity", replay.QUANTITIES)
def test_a_history_names_the_sizes_at_both_ends(quantity: replay.Quantity) -> None:
    text = replay.histories(NOW, quantity)
    row = -1 if quantity == "Activations" else 0
    first, last = (replay.stats(GLOROT.marks[k], quantity).rms[row] for k in (0, -1))
    found = re.search(r"from (\S+) to (\S+) with Glorot normal", text)
    assert found
    assert value(found[1]) == pytest.approx(first, rel=0.06)
    assert value(found[2]) == pytest.approx(last, rel=0.06)


def test_what_is_left_of_an_overflow_is_not_quoted_as_a_size() -> None:
    mark = GLOROT.marks[-1]
    half = replace(mark, activation=replace(mark.activation, finite_share=mark.activation.finite_share / 2))
    gone = replace(NOW, runners=(replace(GLOROT, marks=(GLOROT.marks[0], half)),))
    assert "to overflow with Glorot normal" in replay.histories(gone, "Activations")


@pytest.mark.parametrize("which", ["update:data", "gradient:data"])
def test_a_ratio_is_quoted_by_its_middle(which: replay.Diagnostic) -> None:
    assert which != "saturated share"
    text, found = replay.ratio_reading(GLOROT, which), replay.diagnostic(GLOROT, which)
    said = re.search(r": (\S+) in layer 1 and (\S+) in the output layer", text)
    assert said
    for written, column in zip(said.groups(), (0, -1), strict=True):
        assert value(written) == pytest.approx(np.median(found[1:, column]), rel=0.06)
    assert replay.ratio_reading(ZEROS, which) == "No ratio with Zeros: its weights are 0."


def test_saturation_is_quoted_where_most_of_it_is_at_the_end() -> None:
    text, found = replay.saturation_reading(GLOROT), replay.diagnostic(GLOROT, "saturated share")
    assert f"layer {int(found[-1].argmax()) + 1}" in text
    assert not replay.saturates(GONE)
    assert "never saturates" in replay.saturation_reading(GONE)


def test_the_table_has_every_layer_of_every_moment() -> None:
    table = replay.mark_table(NOW)
    assert len(table["step"]) == 4 * sum(len(runner.marks) for runner in NOW.runners)
    row = 4 * len(GLOROT.marks) - 1
    assert (table["layer"][row], table["start"][row], table["step"][row]) == ("output", "Glorot normal", NOW.steps)
    assert {type(layer) for layer in table["layer"]} == {str}
    assert table["update:data"][row] == GLOROT.marks[-1].update_ratio[-1]
    assert np.isnan(table["activation RMS"][row])
