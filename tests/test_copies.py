"""What the symmetry page says: every experiment's claims against its walk, and every sentence against its numbers."""

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from probed import probed
from walked import shown, walked

from initlab import NetworkSpec, symmetry_readings
from initlab.copies import class_entropy, verdict, without_gradient
from initlab.datasets import Batch, load
from initlab.experiments import CONSTANT, COPIES, EXPERIMENTS, Experiment
from initlab.start import build
from initlab.symmetry import Moment, Trial, Walk, Walker, start

SMALL = replace(COPIES, depth=3, width=16, batch=32)
ZEROS = replace(SMALL, init="Zeros", init_params=(), output="Same")
WIDE = replace(SMALL, init="Identity", init_params=(), width=96)
BEYOND = NetworkSpec("Random normal", (("stddev", 2.0),), 10.0, depth=200, width=8, batch=8)
CONSTANTS = ("One row repeated", "Constant and softmax", "Random output layer", "Random output, one layer")
ONE_OR_THE_OPPOSITE = "All its units say the same, so inputs point one way or the opposite way, which a mean hides"
each = pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS)


def nothing_moves(walk: Walk, moment: Moment) -> bool:
    return without_gradient(moment) and not moment.moved.any()


def moves_alike(walk: Walk, moment: Moment) -> bool:
    alike = all(np.abs(cosines - 1).max() < 1e-6 for cosines in (*moment.weights, *moment.gradients))
    return alike and bool(moment.moved.all()) and set(moment.distinct) == {1}


CLAIMS: dict[str, Callable[[Walker, Moment], object]] = {
    "One row repeated": lambda w, m: set(w.before) == {1} and not w.moments[0].idle.any() and moves_alike(w, m),
    "Constant and softmax": lambda w, m: (
        without_gradient(m) and m.cause == "cancelled"
        and all(np.nanmin(g) > 1 - 1e-6 for g in w.further().moments[1].gradients)
    ),
    "Zeros, tanh": lambda w, m: m.step == 50 and nothing_moves(w, m) and m.loss < w.moments[0].loss,
    "Zeros, sigmoid": lambda w, m: moves_alike(w, m) and [m.moved.sum() for m in w.moments[:5]] == [0, 1, 2, 3, 4],
    "Random output layer": lambda w, m: m.distinct.tolist() == [1] * 9 + [128],
    "Random output, one layer": lambda w, m: m.distinct.tolist() == [128] and m.loss < 0.5,
    "Zeros, random output": lambda w, m: not m.moved[:-1].any() and m.distinct.tolist() == [1] * 9 + [128],
    "Broken by noise": lambda w, m: w.trial.noise == 1e-3 and set(w.before) == {1} and set(m.distinct) == {128},
    "Broken by dropout": lambda w, m: m.step == 1 and set(w.before) == {1} and set(m.distinct) == {128},
    "U(0, 1) and tanh": lambda w, m: set(w.before_weights) == {128} and set(m.distinct[3:]) == {1} and m.idle.all(),
    "He normal": lambda w, m: all(set(moment.distinct) == {128} for moment in w.moments),
    "Inputs become one": lambda w, m: bool(set(m.distinct) == {128} and probed(w.spec).input_difference[-1] < 1e-4),
}  # fmt: skip
HEADLINES = {
    "One row repeated": "Copies stay copies", "Constant and softmax": "Every hidden gradient is exactly zero",
    "Zeros, tanh": "Every hidden gradient is exactly zero", "Zeros, sigmoid": "Copies stay copies",
    "Random output layer": "The symmetry breaks in layer 10, and nowhere else",
    "Random output, one layer": "The symmetry is broken",
    "Zeros, random output": "The symmetry breaks in layer 10, and nowhere else",
    "Broken by noise": "The symmetry is broken", "Broken by dropout": "The symmetry is broken",
    "U(0, 1) and tanh": "Every hidden gradient is exactly zero", "He normal": "Every unit is its own",
    "Inputs become one": "Every unit is its own",
}  # fmt: skip


@each
def test_an_experiment_shows_what_it_says_under_its_headline(experiment: Experiment) -> None:
    walk, moment = shown(experiment)
    assert CLAIMS[experiment.name](walk, moment)
    assert verdict(walk, moment).headline == HEADLINES[experiment.name]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("One row repeated", "in every layer the number of distinct units stays at 1. Units with equal weights"),
        ("Constant and softmax", "Before the first step: 1 distinct unit of 128 in every layer. The errors of a"),
        ("Zeros, tanh", "The output weights are 0 and pass no error down. No weight has moved, only the output bias"),
        ("Random output layer", "in layers 1 to 9 the number of distinct units stays at 1. In layer 10 it rises "),
        ("Random output layer", "from 1 to 128 at step 1."),
        ("Random output layer", "Below, all units still feed those above equally and get the same sum back."),
        ("Random output, one layer", "There is no layer below, so the network simply trains."),
        ("Zeros, random output", "No gradient at all arrives in layers 1 to 9. No hidden weight has moved."),
        ("Broken by noise", "rises from 1 to 128 with the noise. Noise of 0.001 parts the weights"),
        ("Broken by dropout", "After 1 step of SGD at rate 0.1 with dropout 0.5: in every layer"),
        ("U(0, 1) and tanh", "Their weights differ, but their outputs on these rows do not. Still every"),
        ("U(0, 1) and tanh", "the slope of Tanh at these sums is 0 in float64. No hidden weight has moved."),
        ("He normal", "128 distinct units of 128 in every layer: there is no symmetry to break. After 10 steps"),
    ],
)  # fmt: skip
def test_the_verdict_says_where_the_count_rises_and_where_it_cannot(name: str, words: str) -> None:
    assert words in verdict(*shown(EXPERIMENTS[name])).text


@pytest.mark.parametrize("depth", [3, 8])
def test_layers_that_part_one_after_the_other_are_told_in_short_sentences(depth: int) -> None:
    spec, trial = replace(EXPERIMENTS["Zeros, sigmoid"].spec, depth=depth, batch=32), Trial(rate=1.0, dropout=0.9)
    walk = walked(spec, trial, 12)
    path = np.array([moment.distinct for moment in walk.moments])
    first = (path > 1).argmax(axis=0)
    assert len(set(first)) == depth
    text = verdict(walk, walk.moments[12]).text
    assert max(len(sentence) for sentence in text.split(". ")) < 160
    if depth == 3:
        assert f"In layer 1 it rises from 1 to {path[first[0]][0]} at step {first[0]}" in text
    else:
        assert f"the first at step {first.min()}, the last at step {first.max()}. " in text


@pytest.mark.stress
def test_the_loss_of_zeros_is_told_with_its_floor() -> None:
    walk, moment = shown(EXPERIMENTS["Zeros, tanh"])
    shares = np.bincount(np.asarray(load("Digits", rows=256).targets)) / 256
    assert class_entropy(walk) == pytest.approx(-(shares * np.log(shares)).sum())
    assert f"from 2.30259 (ln 10 = 2.30259) to {moment.loss:.5f}" in verdict(walk, moment).text
    assert f"{class_entropy(walk):.5f}" in verdict(walk, moment).text


@pytest.mark.parametrize("rows", [1, 2])
def test_rows_of_one_class_let_the_loss_fall_to_0_and_not_below(rows: int) -> None:
    found = load("Digits", "Standardized", 64)
    inputs, labels = found.inputs, np.asarray(found.targets)
    same = np.flatnonzero(labels == labels[0])[:rows]
    walk = start(replace(ZEROS, depth=2, batch=rows), Trial(), Batch(inputs[same], labels[same]))
    walk = walk.further()
    said = verdict(walk, walk.moments[1]).text
    assert said.endswith("and can go on towards 0, as there is one class only.")
    assert "−0" not in said.replace("10⁻", "")
    assert "-0" not in said


@pytest.mark.parametrize(
    ("spec", "trial", "steps", "words"),
    [
        (SMALL, Trial(noise=1e-9), 3, "Noise of 10⁻⁹ is too small to tell beside the weights. Units with equal"),
        (replace(ZEROS, dataset="Diabetes"), Trial(), 1, "The output weights are 0 and pass no error down."),
        (replace(SMALL, output="LeCun normal"), Trial("Adam", 0.02), 10, "and is 16 in the end"),
        (replace(SMALL, output="LeCun normal", normalization="Batch"), Trial(), 2, "error of its own."),
        (replace(WIDE, output="Same"), Trial(), 2, "A step moves copies alike as long as their gradients are equal."),
        (WIDE, Trial(), 2, "Their weights differ, but their outputs on these rows do not."),
        (replace(SMALL, depth=1, width=1), Trial(), 1, "1 distinct unit of 1 in the only layer: there is no symmetry"),
        (replace(SMALL, activation="ReLU", init="Zeros", init_params=(), output="LeCun normal"), Trial(), 1,
         "the slope of ReLU at these sums is 0 in float64"),
    ],
)  # fmt: skip
def test_the_verdict_finds_words_for_other_cases(spec: NetworkSpec, trial: Trial, steps: int, words: str) -> None:
    walk = walked(spec, trial, steps)
    assert words in verdict(walk, walk.moments[steps]).text


def test_an_overflow_is_named_with_its_step() -> None:
    walk = walked(replace(SMALL, init="He normal", init_params=(), activation="ReLU"), Trial(rate=1e300), 5)
    said = verdict(walk, walk.moments[-1])
    assert said.headline == "The numbers overflow"
    assert said.text.endswith("The pictures show what came before.")
    assert f"At step {walk.moments[-1].step} " in said.text


def test_a_start_that_overflows_has_nothing_to_show() -> None:
    walk = walked(BEYOND, Trial(), 1)
    assert verdict(walk, walk.moments[0]).text.endswith(
        "At step 0 the network has left the range of float64: there is "
        "nothing to compare any more. The pictures stay empty."
    )


def test_units_that_a_far_too_large_step_makes_alike_are_no_longer_called_their_own() -> None:
    walk = walked(replace(EXPERIMENTS["He normal"].spec, batch=64), Trial(rate=10.0), 2)
    said = verdict(walk, walk.moments[2])
    assert (walk.moments[2].distinct < 128).any()
    assert said.headline == "Units become alike"
    assert "At the start 128 distinct units of 128 in every layer, now " in said.text
    assert said.text.startswith("After 2 steps of SGD at rate 10: the loss goes from ")


@each
def test_every_reading_of_an_experiment_is_one_or_two_sentences_without_raw_numbers(experiment: Experiment) -> None:
    walk, moment = shown(experiment)
    layer, width = experiment.layer, int(walk.widths[experiment.layer - 1])
    found = [
        symmetry_readings.weights(moment, layer, width), symmetry_readings.gradients(moment, layer, width),
        symmetry_readings.layers(walk, moment), symmetry_readings.path(walk, moment),
        symmetry_readings.collapse(probed(experiment.spec), None), verdict(walk, moment).text,
    ]  # fmt: skip
    for text in found:
        assert text[0].isupper() or text[0].isdigit()
        assert text.endswith(".")
        assert "nan" not in text
        assert not re.search(r"\de-", text)
        assert "  " not in text


def test_the_readings_of_pairs_quote_the_pairs_that_are_drawn() -> None:
    moment = shown(EXPERIMENTS["Random output layer"])[1]
    assert symmetry_readings.weights(moment, 5, 128) == (
        "Any two of the first 64 of 128 units have incoming weights of cosine 1: one direction."
    )
    top = moment.gradients[9]
    off = top[~np.eye(64, dtype=bool)]
    said = symmetry_readings.gradients(moment, 10, 128)
    assert f"cosine −{-off.min():.2g} to {off.max():.2g}" in said
    assert "half of the pairs lie above" in said
    assert "misses 1 by 4." in symmetry_readings.weights(moment, 10, 128)
    zeros = shown(EXPERIMENTS["Zeros, tanh"])[1]
    assert symmetry_readings.weights(zeros, 1, 128).startswith("The incoming weights of the first 64 of 128 units are")
    assert symmetry_readings.gradients(zeros, 7, 128).startswith("Every gradient of layer 7 is exactly 0")


def test_one_unit_has_nothing_to_be_compared_with() -> None:
    moment = walked(replace(SMALL, width=1), Trial(), 1).moments[1]
    assert symmetry_readings.weights(moment, 1, 1) == "One unit has no other to be compared with."


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("One row repeated", "No layer's count changes in 10 steps."),
        ("Constant and softmax", "No step has been taken yet."),
        ("Random output layer", "The count changes in layer 10 at step 1, in no other."),
        ("Broken by noise", "The count changes in every layer before the first step, by the noise."),
        ("Broken by dropout", "The count changes in every layer at step 1."),
    ],
)
def test_the_path_is_told_in_one_sentence(name: str, said: str) -> None:
    assert symmetry_readings.path(*shown(EXPERIMENTS[name])) == said


def test_layers_that_break_one_after_the_other_are_told_from_the_first_step_to_the_last() -> None:
    spec = replace(ZEROS, activation="Sigmoid")
    walk = walked(spec, Trial(rate=1.0, dropout=0.5), 7)
    said = symmetry_readings.path(walk, walk.moments[7])
    assert said == "The count changes in every layer first at step 2 and last at step 4."


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (EXPERIMENTS["Inputs become one"].spec, "in layer 10, 9.2·10⁻¹² short of one direction"),
        *((EXPERIMENTS[name].spec, f"{ONE_OR_THE_OPPOSITE}.") for name in CONSTANTS),
        (EXPERIMENTS["Zeros, tanh"].spec, "In no layer do the pre-activations have directions to compare"),
        (replace(SMALL, batch=1), "A single row has no other to be compared with."),
    ],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
def test_inputs_that_become_alike_are_told_with_their_numbers(spec: NetworkSpec, words: str) -> None:
    assert words in symmetry_readings.collapse(probed(spec), None)


@pytest.mark.parametrize(
    "spec",
    [EXPERIMENTS["He normal"].spec, EXPERIMENTS["Inputs become one"].spec, replace(CONSTANT, bias_stddev=0.5)],
    ids=["random", "collapsed", "biases"],
)
def test_units_that_differ_are_not_said_to_say_the_same(spec: NetworkSpec) -> None:
    assert "All its units say the same" not in symmetry_readings.collapse(probed(spec), None)


@pytest.mark.parametrize("name", CONSTANTS)
def test_where_all_units_say_the_same_rows_of_the_data_point_one_way_or_the_opposite_way(name: str) -> None:
    spec = EXPERIMENTS[name].spec
    z = build(spec).forward(load(spec.dataset, spec.scaling, spec.rows).inputs).preactivations[-1]
    np.testing.assert_allclose(np.abs(z.mean(axis=1)), np.sqrt((z * z).mean(axis=1)), rtol=1e-4)


def test_theory_is_quoted_where_there_is_one() -> None:
    probe = probed(EXPERIMENTS["Inputs become one"].spec)
    said = symmetry_readings.collapse(probe, np.linspace(0, 0.875, 10))
    assert said.endswith("; theory expects 0.875 there.")
