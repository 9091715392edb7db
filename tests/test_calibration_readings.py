"""What is said of LSUV's way is what its records hold, and the trap of the sigmoid is named."""

import numpy as np
import pytest

from initlab import NetworkSpec
from initlab.calibration import Calibrated
from initlab.calibration_readings import meaning, reading, table
from initlab.data_driven import LSUV
from initlab.start import stages

SPEC = NetworkSpec("LSUV", depth=3, width=16, activation="Tanh", batch=64)
LAW = LSUV()
GOOD = (
    Calibrated(1, (0.5, 1.02), True, 0.9), Calibrated(2, (0.5, 1.3, 0.99), True, 0.8),
    Calibrated(3, (0.4, 0.98), True, 0.7), Calibrated(4, (0.4, 1.01), True, 0.7),
)  # fmt: skip


def records(spec: NetworkSpec) -> tuple[Calibrated, ...]:
    (*_, last) = stages(spec)
    return last.calibrated


def test_the_table_has_every_variance_in_its_place_and_names_the_output_layer() -> None:
    found = table(SPEC, GOOD)
    assert list(found) == [
        "layer", "variance before", "after 1", "after 2", "iterations", "within tolerance", "depends on the input",
    ]  # fmt: skip
    assert found["layer"] == ["1", "2", "3", "output"]
    np.testing.assert_array_equal(found["variance before"], [0.5, 0.5, 0.4, 0.4])
    np.testing.assert_array_equal(found["after 1"], [1.02, 1.3, 0.98, 1.01])
    np.testing.assert_array_equal(found["after 2"], [np.nan, 0.99, np.nan, np.nan])
    np.testing.assert_array_equal(found["iterations"], [1, 2, 1, 1])
    assert found["within tolerance"] == ["yes"] * 4


def test_success_is_told_with_its_rows_and_its_effort() -> None:
    assert reading(SPEC, LAW, GOOD) == (
        "On minibatches of 48 of 64 rows LSUV brings all layers within 0.1 of variance 1, most often with 1 division "
        "and never with more than 2."
    )
    assert reading(SPEC, LAW, GOOD[:1] + GOOD[2:]).endswith("within 0.1 of variance 1 with 1 division each.")
    without = Calibrated(2, (0.97,), True, 0.8)
    said = reading(SPEC, LAW, (GOOD[0], without, *GOOD[2:]))
    assert said.endswith("brings all layers within 0.1 of variance 1 with at most 1 division each.")


def test_a_layer_that_is_not_there_is_named_with_its_variance() -> None:
    short = Calibrated(2, (0.5, *[1.3] * 10), False, 0.8)
    said = reading(SPEC, LAW, (GOOD[0], short, *GOOD[2:]))
    assert "brings 3 of 4 layers within 0.1 of variance 1 with 1 division each." in said
    assert "After 10 divisions layer 2 is not there: its last variance is 1.3, and minibatches" in said


@pytest.mark.parametrize(("variance", "word"), [(0.0, "0"), (np.nan, "not a number"), (np.inf, "∞")])
def test_a_layer_that_could_not_be_divided_is_named_with_the_reason(variance: float, word: str) -> None:
    left = Calibrated(4, (variance,), False, np.nan)
    said = reading(SPEC, LAW, (*GOOD[:3], left))
    assert f"The output layer is left as drawn: a variance of {word} cannot be divided by." in said


def test_the_sigmoids_success_is_called_what_it_is() -> None:
    spec = NetworkSpec("LSUV", activation="Sigmoid", depth=10, width=64)
    layers = records(spec)
    said = reading(spec, LAW, layers)
    assert "brings all layers within 0.1 of variance 1" in said
    assert "in layer 10 a share of " in said
    assert said.endswith("of it still depends on the input.")
    deep = NetworkSpec("LSUV", activation="Sigmoid", depth=20, width=64)
    assert reading(deep, LAW, records(deep)).endswith("nothing that float32 could show still depends on the input.")
    assert "depends" not in reading(SPEC, LAW, records(SPEC))


def test_large_biases_and_the_gain_are_thought_of() -> None:
    spec = NetworkSpec("LSUV", depth=2, width=16, bias_stddev=2.0, gain=2.0)
    said = reading(spec, LAW, records(spec))
    assert "the biases, which are not divided, vary by more than 1 already" in said
    assert said.endswith("All this is before the gain, which multiplies every weight by 2 at last.")


def test_the_columns_are_explained_with_the_precisions_rounding() -> None:
    assert "below 2.3·10⁻¹³ it is rounding" in meaning(SPEC)
