"""The spec: every field validated with the rule, the value and the choices; flat, hashable, and its derived widths."""

import math
import pickle
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from initlab import ACTIVATIONS, DATASETS, INITIALIZERS, NetworkSpec
from initlab.spec import CHOICES, INTEGERS, NORMALIZATIONS, NUMBERS, OUTPUTS, PRECISIONS, SHAPES, hidden_widths

DEFAULTS = {
    "init": "He normal", "init_params": (), "gain": 1.0, "activation": "ReLU", "activation_params": (), "depth": 20,
    "width": 128, "shape": "Constant", "normalization": "None", "residual": False, "bias_stddev": 0.0,
    "output": "Same", "dataset": "Digits", "scaling": "Standardized", "batch": 256, "loss": "Auto",
    "precision": "float32", "seed": 0,
}  # fmt: skip
BEYOND = pytest.param(10**400, id="400 digits")
NO_NUMBER = [math.nan, math.inf, -math.inf, "3", "abc", "", None, True, [1], -1, -0.5, 1e9, 1e308, BEYOND]
HAS_NO_LETTERS = [None, 3, math.nan, True, "", "he normal", "<script>", "x" * 5000]


def made(name: str, value: Any) -> dict[str, Any]:
    return {name: value}


def test_the_fields_and_defaults_are_those_notebooks_rely_on() -> None:
    assert {f.name: getattr(NetworkSpec(), f.name) for f in fields(NetworkSpec)} == DEFAULTS
    assert [f.name for f in fields(NetworkSpec)] == list(DEFAULTS)


@pytest.mark.parametrize("name", [*INTEGERS, *NUMBERS])
@pytest.mark.parametrize("value", NO_NUMBER)
def test_what_is_no_number_in_range_is_refused_with_the_range(name: str, value) -> None:
    low, high = {**INTEGERS, **NUMBERS}[name]
    if name == "seed" and value == 1e9:
        value = 2.5  # a seed may be that large, but must be whole
    with pytest.raises(ValueError, match=rf"^{name}.* must be a number from {low:g} to ") as caught:
        NetworkSpec(**made(name, value))
    assert f"{high:g}; received {value!r}" in str(caught.value)


@pytest.mark.parametrize("name", INTEGERS)
@pytest.mark.parametrize("value", [2.0, 2.5])
def test_what_must_be_whole_is_refused_with_a_fraction(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=rf"^{name} \(whole\) must be a number"):
        NetworkSpec(**made(name, value))


@pytest.mark.parametrize("name", [*INTEGERS, *NUMBERS])
def test_both_ends_of_a_range_are_accepted_and_just_outside_is_not(name: str) -> None:
    low, high = {**INTEGERS, **NUMBERS}[name]
    for value in (low, high):
        assert getattr(NetworkSpec(**made(name, value)), name) == value
    for value in (low - 1, high + 1):
        with pytest.raises(ValueError, match=f"^{name}"):
            NetworkSpec(**made(name, value))


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("value", HAS_NO_LETTERS)
def test_an_unknown_word_is_refused_with_every_choice(name: str, value) -> None:
    with pytest.raises(ValueError, match=r"^unknown ") as caught:
        NetworkSpec(**made(name, value))
    assert str(caught.value).endswith(f"{value!r}; choose one of {', '.join(CHOICES[name])}")


@pytest.mark.parametrize("name", CHOICES)
def test_every_choice_is_accepted(name: str) -> None:
    for choice in CHOICES[name]:
        dataset = "Digits" if name != "dataset" else choice
        if name == "loss" and choice == "Cross-entropy":
            dataset = "Iris"
        assert getattr(NetworkSpec(**made("dataset", dataset) | made(name, choice)), name) == choice


def test_the_choices_are_those_of_the_design() -> None:
    assert (INTEGERS["depth"], INTEGERS["width"]) == ((1, 200), (1, 1024))
    assert (SHAPES, NORMALIZATIONS) == (("Constant", "Funnel", "Hourglass"), ("None", "Batch", "Layer"))
    assert (OUTPUTS, PRECISIONS) == (("Same", "LeCun normal", "One row repeated"), ("float32", "float64"))
    tables = (INITIALIZERS, ACTIVATIONS, DATASETS)
    assert tuple(CHOICES[name] for name in ("init", "activation", "dataset")) == tables


@pytest.mark.parametrize("name", ["init", "activation", "dataset"])
def test_a_list_instead_of_a_word_is_refused_too(name: str) -> None:
    with pytest.raises(ValueError, match=r"^unknown "):
        NetworkSpec(**made(name, ["He normal"]))


@pytest.mark.parametrize("value", ["True", 1, 0, None, "yes"])
def test_residual_is_true_or_false(value) -> None:
    with pytest.raises(ValueError, match=r"unknown residual .*; choose one of True, False"):
        NetworkSpec(residual=value)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"init_params": (("scale", 1.0),)}, "unknown parameter of He normal 'scale'"),
        ({"init": "Random normal", "init_params": (("stddev", math.inf),)}, "stddev must be a number from 0 to 2"),
        ({"init": "Random uniform", "init_params": (("minval", 1.0),)}, "minval must not exceed maxval"),
        ({"activation_params": (("slope", 0.1),)}, "unknown parameter of ReLU 'slope'"),
        ({"activation": "ELU", "activation_params": (("alpha", 99.0),)}, "alpha must be a number from 0.1 to 3"),
        ({"dataset": "Diabetes", "loss": "Cross-entropy"}, "Cross-entropy needs classes; received Diabetes; choose"),
        ({"dataset": "Gaussian noise", "loss": "Cross-entropy"}, "Cross-entropy needs classes; received Gaussian"),
        ({"dataset": "Gaussian noise", "loss": "Mean squared error"}, "Mean squared error needs targets; received Gau"),
    ],
)
def test_what_does_not_go_together_is_refused(given, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        NetworkSpec(**given)


@pytest.mark.parametrize("name", ["init_params", "activation_params"])
@pytest.mark.parametrize("value", [5, None, "abc", (1, 2), [("stddev",)]])
def test_parameters_that_are_no_pairs_are_refused(name: str, value) -> None:
    with pytest.raises(ValueError, match=rf"^{name} are \(name, value\) pairs; received "):
        NetworkSpec(**made(name, value))


def test_the_parameters_of_the_law_are_filled_in_and_sorted() -> None:
    spec = NetworkSpec("Random normal", (("stddev", 1),))
    assert spec.init_params == (("mean", 0.0), ("stddev", 1.0))
    assert spec == NetworkSpec("Random normal", (("stddev", 1.0), ("mean", 0)))
    assert NetworkSpec(activation="Leaky ReLU").activation_params == (("slope", 0.01),)


def test_a_spec_is_a_key_flat_frozen_and_hashable() -> None:
    spec = NetworkSpec("Variance scaling", (("mode", "fan_out"),), depth=3)
    assert hash(spec) == hash(NetworkSpec("Variance scaling", (("mode", "fan_out"),), depth=3))
    assert len({spec, replace(spec), replace(spec, seed=1)}) == 2
    assert pickle.loads(pickle.dumps(spec)) == spec  # noqa: S301
    with pytest.raises(AttributeError):
        spec.depth = 4  # pyright: ignore[reportAttributeAccessIssue]
    for field in fields(spec):
        value = getattr(spec, field.name)
        flat = [part for pair in value for part in pair] if isinstance(value, tuple) else [value]
        assert {type(part) for part in flat} <= {str, int, float, bool}


def test_whole_numbers_given_for_a_gain_make_the_same_key() -> None:
    assert NetworkSpec(gain=2) == NetworkSpec(gain=2.0)
    assert type(NetworkSpec(gain=2).gain) is float
    assert type(NetworkSpec(gain=np.float64(2)).gain) is float


def test_with_init_changes_the_start_and_nothing_else() -> None:
    spec = NetworkSpec("Random normal", (("stddev", 1.0),), activation="Tanh", depth=3)
    other = spec.with_init("Random uniform", minval=0.0, maxval=1.0)
    assert other == replace(spec, init="Random uniform", init_params=(("maxval", 1.0), ("minval", 0.0)))
    assert other.with_init("Glorot uniform").init_params == ()
    with pytest.raises(ValueError, match="unknown initializer 'Glorot'"):
        spec.with_init("Glorot")
    with pytest.raises(ValueError, match="unknown parameter of Zeros 'stddev'"):
        spec.with_init("Zeros", stddev=1.0)


def test_widths_go_from_the_features_to_the_outputs() -> None:
    assert NetworkSpec(depth=3, width=8).widths == (64, 8, 8, 8, 10)
    assert NetworkSpec(depth=1, width=5, dataset="Diabetes").widths == (10, 5, 1)


@pytest.mark.parametrize(
    ("shape", "widths"),
    [("Constant", (64,) * 5), ("Funnel", (64, 45, 32, 23, 16)), ("Hourglass", (64, 32, 16, 32, 64))],
)
def test_a_funnel_and_an_hourglass_narrow_to_a_quarter(shape: str, widths: tuple[int, ...]) -> None:
    assert hidden_widths(shape, 5, 64) == widths


@given(st.sampled_from(SHAPES), st.integers(1, 200), st.integers(1, 1024))
def test_hidden_widths_have_the_depth_start_full_and_stay_between_a_quarter_and_full(
    shape: str, depth: int, width: int
) -> None:
    found = hidden_widths(shape, depth, width)
    assert len(found) == depth
    assert found[0] == width
    assert max(1, round(width / 4)) <= min(found) <= max(found) <= width
    if shape == "Hourglass":
        assert found == found[::-1]
    if shape == "Funnel":
        assert list(found) == sorted(found, reverse=True)


@pytest.mark.parametrize(("dataset", "rows"), [("Iris", 150), ("Digits", 256), ("Wine", 178)])
def test_rows_are_the_batch_or_all_there_are(dataset: str, rows: int) -> None:
    assert NetworkSpec(dataset=dataset, batch=256).rows == rows
    assert NetworkSpec(dataset=dataset, batch=10).rows == 10
