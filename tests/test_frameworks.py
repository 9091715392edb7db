"""The laws against the frameworks they are named after: the real Keras initializers and a real scikit-learn network."""

import warnings
from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn.neural_network import MLPClassifier

from initlab import draw, draw_bias
from initlab.arrays import Array

with warnings.catch_warnings():  # a development tool's own deprecations are not ours to fix
    warnings.simplefilter("ignore")
    from keras import initializers as keras

SHAPES = [(400, 300), (300, 400)]
MODES = ("fan_in", "fan_out", "fan_avg")
DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")
LAWS: list[tuple[str, dict[str, Any], Any]] = [
    ("Random normal", {}, keras.RandomNormal),
    ("Random normal", {"mean": 0.2, "stddev": 1.0}, keras.RandomNormal),
    ("Random uniform", {}, keras.RandomUniform),
    ("Random uniform", {"minval": 0.0, "maxval": 1.0}, keras.RandomUniform),
    ("Truncated normal", {}, keras.TruncatedNormal),
    ("Truncated normal", {"mean": -0.2, "stddev": 1.0}, keras.TruncatedNormal),
    ("Glorot uniform", {}, keras.GlorotUniform),
    ("Glorot normal", {}, keras.GlorotNormal),
    ("He uniform", {}, keras.HeUniform),
    ("He normal", {}, keras.HeNormal),
    ("LeCun uniform", {}, keras.LecunUniform),
    ("LeCun normal", {}, keras.LecunNormal),
    ("Variance scaling", {}, keras.VarianceScaling),
    *[
        ("Variance scaling", {"scale": 2.5, "mode": mode, "distribution": law}, keras.VarianceScaling)
        for mode in MODES
        for law in DISTRIBUTIONS
    ],
]
# Kolmogorov-Smirnov with two samples of 120,000 sees distribution functions that differ by about .009. Each of the
# comparisons below is made at 1 % divided by their number, so that right laws pass all of them 99 times in 100.
SIGNIFICANCE = 0.01 / (len(LAWS) * len(SHAPES))


def pvalue(one: Array, other: Array) -> float:
    result: Any = stats.ks_2samp(one.ravel(), other.ravel(), method="asymp")
    return float(result.pvalue)


def same_law(one: Array, other: Array) -> bool:
    return pvalue(one, other) > SIGNIFICANCE


def ours(name: str, shape: tuple[int, int], **parameters: Any) -> Array:
    return draw(name, np.random.default_rng(2024), *shape, **parameters)


def theirs(initializer: Any, shape: tuple[int, int]) -> Array:
    return np.asarray(initializer(shape, dtype="float32"), float)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("name", "parameters", "initializer"), LAWS)
def test_drawn_weights_follow_the_law_of_keras(name: str, parameters, initializer, shape) -> None:
    assert same_law(ours(name, shape, **parameters), theirs(initializer(seed=1, **parameters), shape))


def test_the_comparison_tells_neighbouring_laws_apart() -> None:
    shape = SHAPES[0]
    he = theirs(keras.HeNormal(seed=1), shape)
    assert same_law(ours("He normal", shape), he)
    assert not same_law(ours("He normal", shape, gain=1.03), he)
    assert not same_law(ours("He uniform", shape), he)
    assert not same_law(ours("He normal", (300, 400)), he)
    assert not same_law(ours("Variance scaling", shape, scale=2.0, distribution="untruncated_normal"), he)


@pytest.mark.parametrize("shape", [(4, 4), (4, 3), (3, 4)])
@pytest.mark.parametrize(
    ("name", "parameters", "initializer"),
    [
        ("Zeros", {}, keras.Zeros()),
        ("Ones", {}, keras.Ones()),
        ("Constant", {"value": 0.25}, keras.Constant(0.25)),
        ("Identity", {}, keras.Identity()),
    ],
)
def test_laws_without_chance_give_the_very_matrix_of_keras(name: str, parameters, initializer, shape) -> None:
    np.testing.assert_array_equal(ours(name, shape, **parameters), theirs(initializer, shape))


def test_orthogonal_weights_follow_the_law_of_keras() -> None:
    # entries of one matrix depend on each other: one entry from each of 300 matrices, and their traces
    mine = np.array([draw("Orthogonal", np.random.default_rng(seed), 6, 4) for seed in range(300)])
    other = np.array([theirs(keras.Orthogonal(seed=seed), (6, 4)) for seed in range(300)])
    for pick in (lambda w: w[:, 0, 0], lambda w: w[:, 5, 3], lambda w: np.trace(w, axis1=1, axis2=2)):
        assert pvalue(pick(mine), pick(other)) > 0.01 / 3


@pytest.mark.parametrize(("activation", "named"), [("logistic", "Sigmoid"), ("tanh", "Tanh"), ("relu", "ReLU")])
def test_weights_and_biases_follow_the_law_of_scikit_learn(activation: str, named: str) -> None:
    rng = np.random.default_rng(0)
    network = MLPClassifier((500,), activation=activation, solver="sgd", learning_rate_init=1e-300, random_state=1)
    network.partial_fit(rng.normal(size=(4, 64)), [0, 1, 2, 3], classes=range(4))  # a step too small to move anything
    mine = [
        draw("scikit-learn default", np.random.default_rng(5), 64, 500, activation=named),
        draw_bias("scikit-learn default", np.random.default_rng(6), 64, 500, activation=named),
    ]
    for drawn, fitted in zip(mine, (network.coefs_[0], network.intercepts_[0]), strict=True):
        assert pvalue(drawn, fitted) > 0.01 / 6
        assert np.abs(fitted).max() == pytest.approx(np.abs(drawn).max(), rel=0.05)
