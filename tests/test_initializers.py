"""The catalogue: its menu, its facts, its formulas, and the two ways to draw from it."""

import math
import re

import numpy as np
import pytest
from designed import MENU

from initlab import ACTIVATIONS, INITIALIZERS, draw, draw_bias
from initlab.initializers import Recipe, recipe
from initlab.laws import Law
from initlab.pretrain_spec import PARAMETERS

pytestmark = pytest.mark.whole  # who adds one entry to the table sees it tested at once
KERAS_DEFAULTS = {
    "Constant": {"value": 0.1},  # Keras has 0, which would be Zeros again
    "Random normal": {"mean": 0.0, "stddev": 0.05},
    "Random uniform": {"minval": -0.05, "maxval": 0.05},
    "Truncated normal": {"mean": 0.0, "stddev": 0.05},
    "Variance scaling": {"scale": 1.0, "mode": "fan_in", "distribution": "truncated_normal"},
    "Sparse": {"sparsity": 0.9, "stddev": 0.01},
    "LSUV": {"tolerance": 0.1, "iterations": 10},  # in common use; Keras has none
    "Greedy pre-training": {p.name: p.default for p in PARAMETERS},
}
WITH_BIASES = ("PyTorch default", "scikit-learn default")
FIXED = ("Zeros", "Constant", "Ones", "Identity")
FANS = (64, 36)
VARIANCES = [  # facts: what each name means, as a variance of one weight for fans 64 and 36
    ("Zeros", {}, 0), ("Ones", {}, 0), ("Constant", {"value": 2.0}, 0),
    ("Random normal", {}, 0.05**2), ("Random normal", {"stddev": 1.0}, 1),
    ("Random uniform", {}, 0.1**2 / 12), ("Random uniform", {"minval": 0.0, "maxval": 1.0}, 0.288675**2),
    ("Truncated normal", {}, (0.87962566103423978 * 0.05) ** 2),
    ("Variance scaling", {"scale": 3.0, "mode": "fan_out"}, 3 / 36),
    ("Variance scaling", {"scale": 3.0, "mode": "fan_avg"}, 3 / 50),
    ("LeCun normal", {}, 1 / 64), ("LeCun uniform", {}, 1 / 64),
    ("Glorot normal", {}, 2 / 100), ("Glorot uniform", {}, 2 / 100),
    ("He normal", {}, 2 / 64), ("He uniform", {}, 2 / 64),
    ("PyTorch default", {}, 1 / (3 * 64)), ("scikit-learn default", {}, 2 / 100),
    ("Sparse", {"stddev": 1.0}, 6 / 64),  # 58 of 64 are zero: .9 * 64 = 57.6 rounded up
    ("Orthogonal", {}, 1 / 64), ("Identity", {}, None), ("LSUV", {}, None), ("Greedy pre-training", {}, None),
]  # fmt: skip
each_recipe = pytest.mark.parametrize("entry", INITIALIZERS.values(), ids=INITIALIZERS)
each_name = pytest.mark.parametrize("name", INITIALIZERS)


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def law(name: str) -> Law:
    return recipe(name).bound(recipe(name).complete({}))


def test_the_menu_has_the_designs_order() -> None:
    assert tuple(name for name in INITIALIZERS if name in MENU) == MENU
    assert [entry.name for entry in INITIALIZERS.values()] == list(INITIALIZERS)


@pytest.mark.parametrize("name", MENU)
def test_parameters_have_the_names_and_defaults_of_keras(name: str) -> None:
    assert {p.name: p.default for p in recipe(name).parameters} == KERAS_DEFAULTS.get(name, {})


@each_recipe
def test_a_parameter_that_is_not_given_has_its_default(entry: Recipe) -> None:
    assert dict(entry.complete({})) == {p.name: p.default for p in entry.parameters}


@pytest.mark.parametrize(("name", "parameters", "variance"), VARIANCES)
def test_each_name_declares_the_variance_of_its_law(name: str, parameters, variance: float | None) -> None:
    declared = recipe(name).variance(*FANS, **parameters)
    assert declared == (None if variance is None else pytest.approx(variance, rel=1e-5))


def test_scikit_learn_draws_narrower_for_logistic_units_only() -> None:
    entry = recipe("scikit-learn default")
    declared = {name: entry.variance(*FANS, activation=name) for name in ACTIVATIONS}
    logistic = declared.pop("Sigmoid")
    assert logistic == pytest.approx(2 / 300)  # U(+-sqrt(2 / (n_in + n_out)))
    assert list(declared.values()) == pytest.approx([2 / 100] * 13)


def test_the_pytorch_default_is_the_one_glorot_criticised() -> None:
    variance = recipe("PyTorch default").variance(*FANS)
    assert variance is not None
    assert 64 * variance == pytest.approx(1 / 3)


@each_recipe
def test_a_recipe_says_what_it_is_for_in_the_words_of_the_tables(entry: Recipe) -> None:
    assert entry.about
    assert set(entry.made_for) <= set(ACTIVATIONS)
    assert len(set(entry.made_for)) == len(entry.made_for)
    assert entry.paper == "" or re.search(r"(19|20)\d\d", entry.paper)


@each_recipe
def test_a_formula_is_balanced_latex(entry: Recipe) -> None:
    formula = entry.formula(*FANS, activation="Tanh")
    assert formula.count("{") == formula.count("}")
    assert "nan" not in formula
    assert not re.search(r"\de[-+]?\d", formula), "powers of ten are written as people write them"


@pytest.mark.parametrize(
    ("name", "parameters", "parts"),
    [
        ("He normal", {}, ("2/64", "0.0312", "cut")),
        ("He uniform", {}, (r"\sqrt{6/64}", "0.306")),
        ("Glorot uniform", {}, (r"\sqrt{3/50}", "0.245")),
        ("LeCun normal", {}, ("1/64", "0.0156")),
        ("Variance scaling", {"scale": 3.0, "mode": "fan_out", "distribution": "untruncated_normal"}, ("3/36",)),
        ("PyTorch default", {}, (r"1/\sqrt{64}", "0.125")),
        ("scikit-learn default", {}, (r"\sqrt{6/100}", "0.245")),
        ("Random normal", {"mean": -0.5, "stddev": 0.01}, ("-0.5", "0.01")),
        ("Random uniform", {"minval": -0.00004}, (r"-4\cdot 10^{-5}", "0.05")),
        ("Sparse", {}, (r"6 \text{ of } 64",)),
        ("Constant", {"value": 1.5}, ("= 1.5",)),
        ("Greedy pre-training", {}, ("-0.98", "0.98")),
        ("LSUV", {"tolerance": 0.02}, (r"W^\top W = I", "0.02")),
    ],
)
def test_a_formula_holds_the_numbers_of_the_current_fans(name: str, parameters, parts: tuple[str, ...]) -> None:
    formula = recipe(name).formula(*FANS, **parameters)
    for part in parts:
        assert part in formula


@each_name
def test_the_same_generator_gives_the_same_weights_and_the_next_call_others(name: str) -> None:
    rng = generator()
    first, second = draw(name, rng, *FANS), draw(name, rng, *FANS)
    np.testing.assert_array_equal(draw(name, generator(), *FANS), first)
    fixed = np.array_equal(draw(name, generator(1), *FANS), first)
    assert np.array_equal(first, second) == fixed
    assert name not in MENU or fixed == (name in FIXED)


@each_name
@pytest.mark.parametrize("gain", [0.0, 0.1, 3.0, 1000.0])
def test_the_gain_multiplies_whatever_is_drawn(name: str, gain: float) -> None:
    np.testing.assert_allclose(draw(name, generator(), *FANS, gain=gain), gain * draw(name, generator(), *FANS))


@pytest.mark.parametrize("other", ["Glorot normal", "LeCun normal", "Truncated normal", "Variance scaling"])
def test_laws_of_one_family_differ_by_a_factor_on_the_same_generator(other: str) -> None:
    he, them = draw("He normal", generator(), *FANS), draw(other, generator(), *FANS)
    np.testing.assert_allclose(he / he.std(), them / them.std(), rtol=1e-12)


@pytest.mark.parametrize(("one", "other"), [("Random normal", "Random uniform"), ("He uniform", "Random normal")])
def test_normal_and_uniform_laws_rank_the_weights_alike_on_the_same_generator(one: str, other: str) -> None:
    ranks = [np.argsort(draw(name, generator(), *FANS), axis=None) for name in (one, other)]
    np.testing.assert_array_equal(ranks[0], ranks[1])


def test_a_cut_law_keeps_the_sign_and_size_of_every_draw_within_the_cut() -> None:
    normal, cut = (draw(name, generator(), *FANS, stddev=1.0) for name in ("Random normal", "Truncated normal"))
    inside = np.abs(normal) <= 2
    assert 0.9 < inside.mean() < 1
    np.testing.assert_array_equal(cut[inside], normal[inside])


@each_name
def test_biases_are_zero_unless_the_law_has_its_own(name: str) -> None:
    biases = draw_bias(name, generator(), *FANS)
    assert biases.shape == FANS[1:]
    assert biases.dtype == float
    own = law(name).bias_variance(*FANS) > 0
    assert biases.any() == own
    assert name not in MENU or own == (name in WITH_BIASES)


@pytest.mark.parametrize(
    ("name", "activation", "bound"),
    [("PyTorch default", None, 64**-0.5), ("scikit-learn default", "ReLU", math.sqrt(6 / 3064)),
     ("scikit-learn default", "Sigmoid", math.sqrt(2 / 3064))],
)  # fmt: skip
def test_biases_come_from_the_interval_of_the_weights(name: str, activation: str | None, bound: float) -> None:
    biases = draw_bias(name, generator(), 64, 3000, activation=activation)
    # 3,000 uniform draws come within 20/3000 of either end but for e^-10; the mean is 0 within bound sqrt(1/3/3000)
    assert bound * (1 - 0.01) < np.abs(biases).max() <= bound * (1 + 1e-12)
    assert abs(biases.mean()) < 5 * bound / math.sqrt(3 * 3000)


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("He normal", {"stddev": 1.0}, r"unknown parameter of He normal 'stddev'; choose one of \(it has none\)"),
        ("Random normal", {"scale": 1.0}, "unknown parameter of Random normal 'scale'; choose one of mean, stddev"),
        ("Random normal", {"stddev": -0.1}, "stddev must be a number from 0 to 2; received -0.1"),
        ("Random normal", {"stddev": math.nan}, "stddev must be a number from 0 to 2; received nan"),
        ("Random uniform", {"minval": 0.2, "maxval": 0.1}, "minval must not exceed maxval; received 0.2 and 0.1; swap"),
        ("Random uniform", {"minval": 0.2}, "minval must not exceed maxval; received 0.2 and 0.05; swap"),
        ("Variance scaling", {"mode": "fan_up"}, "unknown mode 'fan_up'; choose one of fan_in, fan_out, fan_avg"),
        ("Sparse", {"sparsity": 1.1}, "sparsity must be a number from 0 to 1; received 1.1"),
    ],
)
def test_a_bad_parameter_is_refused_with_the_rule(name: str, parameters, message: str) -> None:
    for ask in (draw, draw_bias):
        with pytest.raises(ValueError, match=message):
            ask(name, generator(), *FANS, **parameters)


@pytest.mark.parametrize(
    ("fan_in", "fan_out"), [(0, 3), (3, -1), (math.nan, 3), (3, math.inf), (True, 3), (2.5, 3), (3, 2.0)]
)
def test_a_fan_is_a_whole_number_from_one_on(fan_in, fan_out) -> None:
    with pytest.raises(ValueError, match=r"fan_(in|out) .*must be a number from 1 "):
        draw("He normal", generator(), fan_in, fan_out)


@pytest.mark.parametrize("gain", [-1, math.nan, math.inf, 1001, "2", True])
def test_a_gain_is_a_number_within_its_range(gain) -> None:
    with pytest.raises(ValueError, match="gain must be a number from 0 to 1000"):
        draw("He normal", generator(), *FANS, gain=gain)
