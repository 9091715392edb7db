"""What ten draws say: who is ahead how often, whether that is more than chance, and who left the race."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from initlab import NetworkSpec, TrainSpec
from initlab import repeats_readings as readings
from initlab.comparison import specs, start
from initlab.repeats import Outcome, Repeats, repeated

SPEC = NetworkSpec(activation="Tanh", depth=2, width=16, dataset="Iris")
LINEUP = (start("Zeros"), start("Glorot normal"), start("He normal"))


@cache
def raced(dataset: str = "Iris") -> Repeats:
    *_, last = repeated(specs(replace(SPEC, dataset=dataset), LINEUP), TrainSpec(rate=0.1, batch=16, epochs=10), 4)
    return last


def ended(*scores: list[float], retired: dict[int, int] | None = None) -> Repeats:
    """Ten draws made up of their last accuracies, a list a contestant; `retired` counts the first draws it left."""
    gone = retired or {}
    outcomes = tuple(
        tuple(
            Outcome(np.array([0.5]), np.array([1.0]), np.array([row[d]]), 0.5, 7 if d < gone.get(k, 0) else 0)
            for k, row in enumerate(scores)
        )
        for d in range(len(scores[0]))
    )
    labels = tuple("ABCDEF"[: len(scores)])
    return replace(raced(), labels=labels, draws=len(scores[0]), outcomes=outcomes)


def test_a_lead_is_counted_draw_by_draw_and_weighed_against_chance() -> None:
    good, worse = [0.9] * 10, [0.8] * 7 + [0.95] * 3
    said = readings.standing(ended(worse, good))
    assert said.startswith("B is ahead of A in 7 of 10 draws. ")
    chance = 2 * sum(math.comb(10, k) for k in (7, 8, 9, 10)) / 2**10
    assert f"{100 * chance:.0f} % of cases: these draws do not tell the two apart" in said
    always = readings.standing(ended([0.8] * 10, good))
    assert "in 10 of 10 draws. Tosses of a coin are as one-sided in 0.2 % of cases: more than chance." in always


def test_ties_are_said_and_tossed_for_by_nobody() -> None:
    said = readings.standing(ended([0.9] * 10, [0.8] * 4 + [0.9] * 6))
    assert said.startswith("A is ahead of B in 4 of 10 draws, level with it in 6. ")
    assert "12 %" in said  # 2 / 2^4
    assert readings.standing(ended([0.9] * 10, [0.9] * 10)).endswith("The two are level in every draw.")


def test_the_others_are_named_together_where_they_are_behind_equally_often() -> None:
    said = readings.standing(ended([0.9] * 10, [0.8] * 10, [0.1] * 10, [0.2] * 9 + [0.95]))
    assert "A is ahead of B in 10 of 10 draws, of D in 9 and of C in 10." in said


def test_who_left_the_race_is_worst_whatever_was_judged_before() -> None:
    found = ended([0.5] * 10, [0.9] * 10, retired={1: 6})
    assert readings.ranking(found) == [0, 1]
    assert "A is ahead of B in 6 of 10 draws" in readings.standing(found)
    assert readings.left_the_race(found).startswith("Left the race: B in 6 of 10 draws. From that step on such a draw")
    assert readings.left_the_race(raced()) == ""
    gone = ended([0.5] * 10, [0.9] * 10, retired={0: 10, 1: 10})
    assert readings.standing(gone) == "In most draws nobody is still in the race at the end."


def test_the_sentences_quote_what_is_drawn() -> None:
    found = raced()
    low, middle, high = np.percentile(100 * found.accuracies[:, 2, -1], [10, 50, 90])
    said = readings.test_reading(found)
    assert said.startswith("Test rows right at the end, median and 10 to 90 % of 4 draws: ")
    assert f"{middle:.2g} %" in said
    assert low <= middle <= high
    assert readings.loss_reading(found).startswith("Training loss at the end, median and 10 to 90 %")
    assert "test loss against training loss" in readings.gap_reading(found)


def test_a_regression_is_told_by_its_test_loss() -> None:
    found = raced("Diabetes")
    np.testing.assert_array_equal(readings.scores(found), -found.test_losses[:, :, -1])
    assert readings.test_reading(found).startswith("Test loss at the end")
    assert "test accuracy, median" not in readings.summary(found)[0]
    assert "test accuracy" not in readings.draw_table(found)


def test_who_fits_best_and_tests_worst_is_named_with_how_often() -> None:
    found = raced()
    outcomes = tuple(
        tuple(
            replace_outcome(one, training_loss=loss, test_losses=np.append(one.test_losses[:-1], test))
            for one, loss, test in zip(draw, (1.0, 0.5, 0.1), tests, strict=True)
        )
        for draw, tests in zip(found.outcomes, [(1.0, 2.0, 3.0)] * 3 + [(1.0, 4.0, 3.0)], strict=True)
    )
    said = readings.gap_reading(replace(found, outcomes=outcomes))
    assert said.endswith("He normal fits the training rows best and tests worst in 3 of 4 draws.")
    assert "fits the training rows best" not in readings.gap_reading(found)


def replace_outcome(one: Outcome, **changes: object) -> Outcome:
    return one._replace(**changes)


@pytest.mark.parametrize("dataset", ["Iris", "Diabetes"])
def test_the_tables_hold_every_draw_and_the_bands(dataset: str) -> None:
    found = raced(dataset)
    rows = readings.summary(found)
    assert [row["start"] for row in rows] == list(found.labels)
    last = found.test_losses[:, 1, -1]
    assert [rows[1][f"test loss, {part}"] for part in ("10 %", "median", "90 %")] == pytest.approx(
        np.percentile(last, [10, 50, 90])
    )
    assert all(row["left the race, of 4"] == 0 for row in rows)
    table = readings.draw_table(found)
    assert {len(column) for column in table.values()} == {12}
    assert list(np.array(table["test loss"])[1::3]) == list(last)
    assert list(np.array(table["seed"])[::3]) == [0, 1, 2, 3]
