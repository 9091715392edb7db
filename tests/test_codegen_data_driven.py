"""LSUV and greedy pre-training as code to take away: the same algorithms, by what they make of the weights."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest
from programs import in_turn, program

from initlab.arrays import Array
from initlab.codegen import FRAMEWORKS, snippet
from initlab.datasets import load
from initlab.network import Network
from initlab.optimizers import OPTIMIZERS
from initlab.spec import NetworkSpec
from initlab.start import build

WITHIN = 0.02
SIGMAS = 4.5
LSUV = NetworkSpec(depth=2, width=64, batch=512, dataset="Gaussian noise", activation="Tanh").with_init(
    "LSUV", tolerance=0.02
)
CALIBRATIONS = [
    LSUV,
    replace(LSUV, residual=True, gain=1.5, output="LeCun normal"),
    replace(LSUV, normalization="Batch"),
]
GREEDY = NetworkSpec(depth=2, width=64, batch=256, activation="Sigmoid")
SETTINGS = [
    {"pretrain_epochs": 5},
    {"pretrain_epochs": 5, "pretrain_weights": "Free", "pretrain_optimizer": "Momentum", "pretrain_rate": 0.05},
    {"pretrain_epochs": 5, "pretrain_optimizer": "Adam", "pretrain_rate": 0.01, "pretrain_corruption": 0.5},
    {"pretrain_epochs": 5, "pretrain_reconstruction": "Squared error", "pretrain_rate": 0.02},
]
PRETRAININGS = [GREEDY.with_init("Greedy pre-training", **more) for more in SETTINGS]


def stds(weights: Sequence[Array]) -> Array:
    return np.array([w.astype(float).std() for w in weights])


@cache
def expected(spec: NetworkSpec) -> tuple[Array, Array]:
    """Mean standard deviation of each weight over six draws of ours, and how far a draw is from it."""
    draws = [stds(build(replace(spec, seed=seed)).weights) for seed in range(6)]
    return np.mean(draws, axis=0), np.std(draws, axis=0, ddof=1)


def assert_as_ours(spec: NetworkSpec, framework: str) -> None:
    """Within 2 % or, where that is more, as close as two draws of ours are; the activations are what ours would be."""
    found, (mean, spread) = program(spec, framework), expected(spec)
    assert (spread[: spec.depth] < WITHIN * mean[: spec.depth]).all(), "the 2 % mean something"
    assert (np.abs(stds(found.weights) - mean) < np.maximum(WITHIN * mean, SIGMAS * spread)).all()
    network = Network(found.weights, found.biases, spec.activation, (), spec.normalization, spec.residual)
    ours = network.forward(load(spec.dataset, spec.scaling, spec.rows).inputs).activations
    for mine, theirs in zip(ours, found.activations, strict=True):
        np.testing.assert_allclose(theirs, mine, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(("framework", "spec"), in_turn(CALIBRATIONS, {"Keras": (1, 3), "JAX": (1, 3)}))
def test_lsuv_divides_as_ours_does(framework: str, spec: NetworkSpec) -> None:
    assert_as_ours(spec, framework)
    found, inputs = program(spec, framework), load(spec.dataset, spec.scaling, spec.rows).inputs
    if spec.gain == 1:  # with another, the layers above see other inputs than those they were calibrated on
        network = Network(found.weights, found.biases, spec.activation, (), spec.normalization, spec.residual)
        for z in network.forward(inputs).preactivations:
            assert z.var() == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize(("framework", "spec"), in_turn(PRETRAININGS, {"Keras": (4, 5), "JAX": (2, 4)}))
def test_pre_training_learns_what_ours_learns(framework: str, spec: NetworkSpec) -> None:
    assert_as_ours(spec, framework)
    start = spec.law.moments(64, 64)[0], np.sqrt((spec.law.bound(64, 64) ** 2) / 3)  # type: ignore[attr-defined]
    learned = np.abs(expected(spec)[0][: spec.depth] / start[1] - 1)
    assert (learned > WITHIN).any(), "a program that learns nothing would be found out"


def test_a_quarter_of_the_interval_is_left_to_the_output_layer_that_no_sigmoid_follows() -> None:
    bounds = [np.abs(w).max() for w in program(PRETRAININGS[0], "NumPy").weights]
    assert bounds[-1] == pytest.approx(np.sqrt(6 / (64 + 10)), rel=0.02)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_setting_of_pre_training_arrives_in_the_code(framework: str) -> None:
    """That they compile; that they do what ours does is tested above of some."""
    seen = set()
    for optimizer, weights, error, masked in product(
        OPTIMIZERS, ("Tied", "Free"), ("Cross-entropy", "Squared error"), (0.0, 0.3)
    ):
        spec = GREEDY.with_init(
            "Greedy pre-training", pretrain_optimizer=optimizer, pretrain_weights=weights,
            pretrain_reconstruction=error, pretrain_corruption=masked, pretrain_corruption_rise=0.0,
        )  # fmt: skip
        code = snippet(spec, framework)
        compile(code, framework, "exec")
        seen.add(code)
    assert len(seen) == 3 * 2 * 2 * 2
