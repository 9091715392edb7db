"""A race as JSON: read back it is the race, and it is valid whatever overflowed."""

import json
from dataclasses import asdict
from typing import Any, NoReturn

import numpy as np
import pytest

from initlab import NetworkSpec, TrainSpec, race
from initlab.comparison import specs, start
from initlab.race import Snapshot
from initlab.race_export import race_json

HOW = TrainSpec(rate=0.1, batch=32, epochs=3, seed=4)
SPEC = NetworkSpec(activation="Leaky ReLU", activation_params=(("slope", 0.1),), depth=3, width=12, dataset="Iris")


def raced(spec: NetworkSpec = SPEC, how: TrainSpec = HOW, *starts: Any) -> Snapshot:
    *_, last = race(specs(spec, starts or (start("Zeros"), start("Random normal", stddev=0.3))), how)
    return last


def read(snapshot: Snapshot) -> dict[str, Any]:
    def refuse(constant: str) -> NoReturn:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(race_json(snapshot), parse_constant=refuse)


def numbers(values: list[Any]) -> np.ndarray:
    """As the module says they are to be read."""
    return np.array([np.nan if value is None else float(value) for value in values])


def test_read_back_it_is_the_race() -> None:
    last = raced()
    found = read(last)
    assert TrainSpec(**found["train_spec"]) == HOW
    assert (found["seed"], found["finished"], found["steps"], found["steps_per_epoch"]) == (4, True, 12, 4)
    assert found["data"]["dataset"] == "Iris"
    assert (found["data"]["training_rows"], found["data"]["test_rows"], found["data"]["split_seed"]) == (120, 30, 0)
    assert found["data"]["class_prior_entropy"] == pytest.approx(np.log(3))
    for one, runner in zip(found["contestants"], last.runners, strict=True):
        pairs = {name: tuple(one["spec"][name].items()) for name in ("init_params", "activation_params")}
        assert NetworkSpec(**{**one["spec"], **pairs}) == runner.spec
        assert (one["label"], one["steps"], one["retired"]) == (runner.label, runner.step, "")
        np.testing.assert_array_equal(one["training_loss"], runner.losses)
        for written, mark in zip(one["marks"], runner.marks, strict=True):
            assert (written["step"], written["test_loss"], written["test_accuracy"]) == (
                mark.step, mark.test_loss, mark.accuracy,
            )  # fmt: skip
            for name in ("saturated_share", "update_ratio", "gradient_ratio"):
                np.testing.assert_array_equal(numbers(written[name]), getattr(mark, name))
            np.testing.assert_array_equal(numbers(written["activation_rms"]), mark.activation.rms)


def test_who_retired_says_why_and_what_is_not_finite_is_still_json() -> None:
    last = raced(SPEC, TrainSpec(rate=10, epochs=3), start("He normal", gain=10.0), start("Zeros"))
    found = read(last)
    lost = found["contestants"][0]
    assert "loss became" in lost["retired"]
    assert lost["training_loss"][-1] in (None, "Infinity")
    np.testing.assert_array_equal(numbers(lost["training_loss"]), last.runners[0].losses)
    assert lost["steps"] == len(lost["training_loss"]) < found["steps"]


def test_what_does_not_apply_is_null() -> None:
    found = read(raced(NetworkSpec(depth=2, width=8, dataset="Diabetes"), HOW))
    marks = found["contestants"][1]["marks"]
    assert {mark["test_accuracy"] for mark in marks} == {None}
    assert marks[0]["update_ratio"] == [None] * 3
    assert marks[-1]["saturated_share"] == [None] * 2
    assert None not in marks[-1]["gradient_ratio"]
    assert found["data"]["class_prior_entropy"] is None


def test_a_race_that_has_not_begun_and_one_under_way_can_be_written_too() -> None:
    first = next(race(specs(SPEC, (start("Zeros"), start("He normal"))), HOW))
    found = read(first)
    assert not found["finished"]
    assert [one["training_loss"] for one in found["contestants"]] == [[], []]
    assert set(asdict(HOW)) == set(found["train_spec"])
