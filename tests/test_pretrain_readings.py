"""What pre-training says of itself: every number is one of the walk's, and every state has its sentence."""

import math
from dataclasses import replace

import numpy as np
import pytest

from initlab import NetworkSpec
from initlab import pretrain_readings as readings
from initlab.network import Network
from initlab.pretrain_spec import PretrainSpec
from initlab.pretraining import Pretrained
from initlab.projection import Projection, alike, project
from initlab.start import pretrain
from initlab.wording import number, percent

SPEC = NetworkSpec("Greedy pre-training", activation="Sigmoid", depth=3, width=8, scaling="0-1", batch=64)


@pytest.fixture(scope="module")
def walk() -> list[Pretrained]:
    return list(pretrain(SPEC, PretrainSpec(epochs=2)))


@pytest.fixture(scope="module")
def broken() -> Pretrained:
    linear = replace(SPEC, activation="Linear")
    *_, last = pretrain(linear, PretrainSpec(rate=10.0, reconstruction="Squared error"))
    return last


def at(walk: list[Pretrained], layer: int) -> Pretrained:
    """The first moment at which this layer learns."""
    return next(now for now in walk if now.layer == layer and len(now.errors) > layer)


def test_the_headline_names_the_layer_that_learns_and_in_the_end_how_many_have(
    walk: list[Pretrained], broken: Pretrained
) -> None:  # fmt: skip
    assert readings.headline(at(walk, 1)) == "Layer 2 of 3 learns to rebuild what it receives"
    assert readings.headline(walk[-1]) == "3 layers learned without a single label"
    assert readings.headline(broken) == "Layer 1 overflowed"
    assert readings.evidence(broken) == f"{broken.broken}."
    (*_, one) = pretrain(replace(SPEC, depth=1), PretrainSpec(epochs=1))
    assert readings.headline(one) == "1 layer learned without a single label"


def test_the_evidence_are_the_errors_before_the_first_epoch_and_after_the_last(walk: list[Pretrained]) -> None:
    first = walk[-1].errors[0]
    said = readings.evidence(walk[-1])
    assert said.startswith("Error of the reconstruction, cross-entropy of a row: layer 1 from ")
    assert f"layer 1 from {number(first[0], 3)} to {number(first[-1], 3)}, layer 2 from" in said
    begins = readings.evidence(at(walk, 0))
    assert begins.endswith(f"a row: layer 1 begins at {number(first[0], 3)}.")
    squared = replace(walk[-1], how=PretrainSpec(reconstruction="Squared error"))
    assert "half the squared distance of a row" in readings.evidence(squared)


def test_of_many_layers_the_first_and_the_last_are_named() -> None:
    (*_, last) = pretrain(replace(SPEC, depth=6), PretrainSpec(epochs=1))
    said = readings.evidence(last)
    assert [f"layer {k} from" in said for k in range(1, 7)] == [True, False, False, False, False, True]


def test_the_stack_is_described_layer_by_layer(walk: list[Pretrained], broken: Pretrained) -> None:
    assert readings.stack(at(walk, 0)) == (
        "Layer 1 learns to rebuild its own inputs, 10 % of them hidden in each step: nothing below it, 2 waiting above."
    )
    assert "20 % of them hidden in each step: 1 layer frozen below it, 1 waiting" in readings.stack(at(walk, 1))
    assert readings.stack(walk[-1]).startswith("All 3 layers have learned and are frozen")
    assert readings.stack(broken) == "Layer 1 of 3 overflowed while it learned, nothing below it."
    seeing = replace(at(walk, 0), how=PretrainSpec(corruption=0.0, corruption_rise=0.0))
    assert "hidden" not in readings.stack(seeing)
    (*_, one) = pretrain(replace(SPEC, depth=1), PretrainSpec(epochs=1))
    assert readings.stack(one).startswith("The one layer has learned and is frozen")


def test_the_table_has_a_row_an_epoch_and_a_column_a_layer(walk: list[Pretrained]) -> None:
    table = readings.error_table(walk[-1])
    assert list(table) == ["epoch", "layer 1", "layer 2", "layer 3"]
    np.testing.assert_array_equal(table["epoch"], [0, 1, 2])
    np.testing.assert_array_equal(table["layer 2"], walk[-1].errors[1])
    half = readings.error_table(at(walk, 1))
    assert np.isnan(half["layer 2"]).tolist() == [False, True, True]


def test_what_no_reconstruction_can_spare_is_the_entropy_of_the_inputs(walk: list[Pretrained]) -> None:
    black_and_white = np.array([[0.0, 1.0] * 32] * 3)
    assert readings.least_error(walk[-1], black_and_white) == 0
    assert readings.least_error(walk[-1], np.full((3, 64), 0.5)) == pytest.approx(64 * math.log(2))
    squared = replace(walk[-1], how=PretrainSpec(reconstruction="Squared error"))
    assert readings.least_error(squared, np.full((3, 64), 0.5)) == 0


def test_the_first_layer_is_judged_by_what_it_could_shed(walk: list[Pretrained], broken: Pretrained) -> None:
    first = walk[-1].errors[0]
    share = percent(1 - (first[-1] - 10) / (first[0] - 10))
    said = readings.error_reading(walk[-1], 10.0)
    assert said.startswith(f"Layer 1 has shed {share} of what it could: inputs that are neither 0 nor 1 have 10 of ")
    assert said.endswith("errors of different layers are of different inputs.")
    assert "shed" not in readings.error_reading(walk[-1], 0.0)
    worse = replace(walk[-1], errors=(first[::-1], *walk[-1].errors[1:]))
    assert readings.error_reading(worse, 10.0).startswith("Layer 1 has more than it started with: ")
    assert readings.error_reading(broken, 10.0) == f"{broken.broken}."


def test_how_much_is_lost_on_the_way_up_and_down_is_a_share_of_the_variance(walk: list[Pretrained]) -> None:
    rows, network = np.random.default_rng(0).random((20, 64)), walk[-1].network
    mean = np.broadcast_to(rows.mean(axis=0), rows.shape)
    assert readings.rebuilt(2, network, rows, mean).endswith(
        "20 test rows up through layers 1 to 2 and down again: 100 % of their variance is lost."
    )
    assert "through layer 1 and down again: 0 % of" in readings.rebuilt(1, network, rows, rows)
    assert readings.rebuilt(1, network, rows, rows * np.nan).endswith("nothing finite comes back.")


def test_what_no_decoder_undoes_is_said(walk: list[Pretrained]) -> None:
    plain, rows = walk[-1].network, np.random.default_rng(0).random((5, 64))
    between = Network(plain.weights, plain.biases, "Sigmoid", normalization="Batch", residual=True)
    said = readings.rebuilt(2, between, rows, rows)
    assert said.endswith("undoes batch normalization and residual connections: the auto-encoders learned without.")
    assert "undoes" not in readings.rebuilt(2, plain, rows, rows)


def test_the_filters_say_how_far_the_weights_have_moved_and_whether_each_has_its_scale(walk: list[Pretrained]) -> None:
    drawn = walk[0].network
    twice = replace(drawn, weights=[2 * w for w in drawn.weights])
    assert readings.filters(drawn, twice, pictures=True) == (
        "Incoming weights of 8 units of layer 1, each on its own scale: purple negative, orange positive. Training has "
        "moved them by 100 % of their size."
    )
    assert "by 0 %" in readings.filters(drawn, drawn, pictures=True)
    assert "scale" not in readings.filters(drawn, drawn, pictures=False)


def test_neighbours_are_counted_in_the_code_and_in_the_inputs() -> None:
    rng, classes = np.random.default_rng(0), np.arange(40) % 2
    codes, inputs = rng.normal(size=(40, 3)) + 9 * classes[:, None], rng.normal(size=(40, 2))
    found = project(codes)
    said = readings.neighbours(2, codes, inputs, classes, found)
    assert said.startswith(f"The plane holds {percent(found.explained)} of the variance of layer 2's 3 units.")
    raw = percent(alike(inputs, classes))
    assert f"In the code, 100 % of the test rows have a row of their own class nearest; in the inputs {raw}." in said
    assert "class" not in readings.neighbours(2, codes, inputs, None, found)
    assert "class" not in readings.neighbours(2, codes, inputs, rng.normal(size=40), found)
    nothing = readings.neighbours(2, codes, inputs, classes, Projection(np.zeros((40, 2)), math.nan))
    assert nothing == "Layer 2's codes are all alike, or not finite: there is nothing to draw."
