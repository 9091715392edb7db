"""LSUV: variance 1 in every layer on rows it has not seen, by the paper's plain loop; no crash where none can be."""

import math
from dataclasses import replace

import numpy as np
import pytest

from initlab import ACTIVATIONS, Network, NetworkSpec, build
from initlab.arrays import Array
from initlab.calibration import Calibrated, calibrate
from initlab.data_driven import CALIBRATION_ROWS, LSUV
from initlab.datasets import load
from initlab.draws import OUTPUT_LAYER, Draws
from initlab.start import stages

NOISE = load("Gaussian noise").inputs
SEEN, UNSEEN = NOISE[:CALIBRATION_ROWS], NOISE[CALIBRATION_ROWS:]
SPEC = NetworkSpec("LSUV", depth=6, width=24, dataset="Gaussian noise", batch=40, precision="float64", seed=5)


def records(spec: NetworkSpec, inputs: Array | None = None) -> tuple[Calibrated, ...]:
    (*_, last) = stages(spec, inputs)
    return last.calibrated


def orthonormal(spec: NetworkSpec) -> Network:
    """The network before it has seen data, biases and output layer as LSUV finds them."""
    return build(replace(spec.with_init("Orthogonal"), gain=1.0))


def by_hand(
    network: Network, inputs: Array, law: LSUV, seed: int, layers: int
) -> tuple[list[Array], list[list[float]]]:
    """The paper's loop: every minibatch goes up from the inputs, and weights are divided where they stand."""
    weights, seen = [w.astype(float) for w in network.weights], []
    for layer in range(layers):
        rng = Draws(seed).calibration(layer if layer < network.depth else OUTPUT_LAYER)
        variances: list[float] = []
        while len(variances) <= law.iterations:
            h = inputs[rng.permutation(len(inputs))[: math.ceil(0.75 * len(inputs))]]
            for w, b in zip(weights[:layer], network.biases[:layer], strict=True):
                a = ACTIVATIONS[network.activation](h @ w + b)
                h = a + h if network.residual and a.shape == h.shape else a
            z = h @ weights[layer] + network.biases[layer]
            variances.append(float(np.mean(z**2) - np.mean(z) ** 2))
            if abs(variances[-1] - 1) < law.tolerance or len(variances) > law.iterations:
                break
            weights[layer] = weights[layer] / math.sqrt(variances[-1])
        seen.append(variances)
    return weights, seen


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_layer_of_every_activation_has_variance_one_on_rows_it_has_not_seen(activation: str) -> None:
    spec = NetworkSpec("LSUV", activation=activation, depth=6, width=64, dataset="Gaussian noise", batch=1024)
    (*_, last) = stages(spec, SEEN)
    assert last.network
    assert len(last.calibrated) == 7
    run = last.network.forward(UNSEEN)
    for found, z in zip(last.calibrated, [*run.preactivations, run.outputs], strict=True):
        power = ((z.astype(float) - z.mean()) ** 2).mean(axis=1)  # of each row: the variance is its mean over rows
        spread = power.std() / power.mean()
        # two minibatches of 384 of 512 rows differ by 0.036 of it, sqrt(2/384 - 2/512): a tenth is more than two
        # deviations, so 95 divisions in 100 end the loop, and ten in a row never fail
        assert 2 * 0.036 * spread < 0.1
        assert found.reached
        assert found.iterations <= 10
        assert abs(found.variances[-1] - 1) < 0.1
        # the last minibatch was within a tenth; the one and 512 fresh rows are samples of one distribution
        assert abs(z.astype(float).var() - 1) < 0.1 + 4 * spread * math.sqrt(1 / 384 + 1 / 512)


@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize(("activation", "bias"), [("ReLU", 0.0), ("Tanh", 0.5), ("Sigmoid", 0.0), ("GELU", 0.3)])
def test_the_weights_are_those_of_the_papers_plain_loop(activation: str, bias: float, residual: bool) -> None:
    spec = replace(SPEC, activation=activation, bias_stddev=bias, residual=residual)
    law = LSUV(tolerance=0.02, iterations=4)
    (*_, last) = calibrate(orthonormal(spec), NOISE[:40], law, Draws(5), outputs=True)
    weights, variances = by_hand(orthonormal(spec), NOISE[:40], law, 5, layers=7)
    for mine, theirs in zip(last.network.weights, weights, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-10)
    for found, expected in zip(last.layers, variances, strict=True):
        np.testing.assert_allclose(found.variances, expected, rtol=1e-10)
        assert found.reached == (abs(expected[-1] - 1) < 0.02)


def test_a_layer_only_ever_changes_its_size() -> None:
    for mine, before in zip(build(SPEC).weights, orthonormal(SPEC).weights, strict=True):
        np.testing.assert_allclose(mine / before, (mine / before)[0, 0], rtol=1e-12)


@pytest.mark.parametrize("depth", [1, 3, 5])
def test_the_calibrated_layers_of_a_network_are_those_of_a_deeper_one(depth: int) -> None:
    shallow, deep = replace(SPEC, depth=depth), replace(SPEC, depth=depth + 1)
    for mine, theirs in zip(build(shallow).weights[:-1], build(deep).weights[:depth], strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert records(shallow)[:depth] == records(deep)[:depth]


@pytest.mark.parametrize("normalization", ["Batch", "Layer"])
def test_normalization_takes_part_on_the_way_up(normalization: str) -> None:
    spec = replace(SPEC, normalization=normalization, activation="Tanh")
    (*_, last) = stages(spec, NOISE[:40])
    assert last.network
    run = last.network.forward(NOISE[:40])
    for found, z in zip(last.calibrated, [*run.preactivations, run.outputs], strict=True):
        assert z.var() == pytest.approx(1, abs=0.25), "all 40 rows, of which each minibatch had 30"
        assert found.dependence == pytest.approx(float((z.var(axis=0) / np.mean(z**2)).mean()), rel=1e-9)


def test_the_output_layer_is_calibrated_unless_it_follows_another_law() -> None:
    assert [found.layer for found in records(SPEC)] == [1, 2, 3, 4, 5, 6, 7]
    other = replace(SPEC, output="LeCun normal")
    assert [found.layer for found in records(other)] == [1, 2, 3, 4, 5, 6]
    np.testing.assert_array_equal(build(other).weights[-1], build(other.with_init("He normal")).weights[-1])


def test_the_signal_of_a_sigmoid_keeps_its_variance_and_loses_the_input() -> None:
    spec = NetworkSpec("LSUV", activation="Sigmoid", depth=10, precision="float64")
    data = load("Digits", rows=256).inputs
    found = records(spec, data)
    assert all(one.reached for one in found)
    assert found[0].dependence == pytest.approx(1, abs=0.01), "standardized pixels have mean 0"
    # each layer passes on the slope's square, 1/16 to 1/5 of it: published as 6e-8 in layer 10, whatever the draw
    assert 1e-8 < found[9].dependence < 4e-7
    z = build(spec, data).forward(data).preactivations[9]
    unit = z / np.linalg.norm(z, axis=1, keepdims=True)
    # the mean over pairs of rows of 1 - cosine is the same for rows of nearly equal size
    cosines = ((unit.sum(axis=0) ** 2).sum() - 256) / (256 * 255)
    assert found[9].dependence == pytest.approx(1 - cosines, rel=0.02)


def test_more_rows_than_are_looked_at_are_sampled() -> None:
    seen = set()
    for seed in (0, 1):
        (*_, last) = calibrate(orthonormal(SPEC), NOISE, LSUV(), Draws(seed), outputs=False)
        (*_, few) = calibrate(orthonormal(SPEC), SEEN, LSUV(), Draws(seed), outputs=False)
        seen |= {last.layers[0].variances, few.layers[0].variances}
    assert len(seen) == 4, "other rows each time"


@pytest.mark.parametrize(("activation", "rows"), [("ReLU", NOISE[:1]), ("Tanh", NOISE[:2]), ("ReLU", SEEN)])
def test_a_row_or_two_are_enough_to_be_calibrated_on(activation: str, rows: Array) -> None:
    found = records(replace(SPEC, activation=activation), rows)
    assert all(one.reached for one in found)
    assert all(math.isnan(one.dependence) == (len(rows) == 1) for one in found)


@pytest.mark.parametrize(
    ("inputs", "width"),
    [
        (np.zeros((40, 64)), 24),
        (np.full((40, 64), np.nan), 24),
        (np.where(np.eye(40, 64) > 0, np.inf, 1.0), 24),
        (np.ones((40, 64)), 1),  # one unit that says the same of every row
        (np.full((40, 64), 1e-170), 24),  # squares leave even the range of float64
        (NOISE[:40] * 1e200, 24),
    ],
)
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_a_layer_whose_variance_cannot_be_divided_by_stays_as_it_is(inputs: Array, width: int, precision: str) -> None:
    spec = replace(SPEC, width=width, precision=precision)
    with np.errstate(over="ignore"):
        (*_, last) = stages(spec, inputs)
    assert last.network
    assert not last.calibrated[0].reached
    assert last.calibrated[0].iterations == 0
    np.testing.assert_array_equal(last.network.weights[0], orthonormal(spec).weights[0])
    assert all(np.isfinite(w).all() for w in last.network.weights)


def test_biases_too_large_for_variance_one_use_up_the_iterations() -> None:
    found = records(replace(SPEC.with_init("LSUV", tolerance=0.1, iterations=3), bias_stddev=2.0))
    assert not found[0].reached
    assert found[0].iterations == 3
    assert found[0].variances[-1] > 1.1


def test_a_looser_tolerance_needs_fewer_divisions_and_a_limit_is_kept() -> None:
    digits = replace(SPEC, dataset="Digits", batch=256, activation="GELU", width=64)
    counts = {}
    for tolerance, iterations in ((0.5, 30), (0.02, 30), (0.02, 2)):
        one = digits.with_init("LSUV", tolerance=tolerance, iterations=iterations)
        counts[tolerance, iterations] = sum(found.iterations for found in records(one))
        assert all(found.iterations <= iterations for found in records(one))
    assert counts[0.5, 30] < counts[0.02, 2] < counts[0.02, 30]


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (NOISE[:, :5], r"inputs must be \(rows, features\); received \(1024, 5\); use 64 features"),
        (NOISE[0], r"inputs must be \(rows, features\); received \(64,\); use 64 features"),
        (NOISE[:0], "LSUV needs data; received no row; give at least one"),
    ],
)
def test_inputs_that_are_no_data_are_refused(inputs: Array, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build(SPEC, inputs)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"tolerance": 0.0}, "tolerance must be a number from 0.01 to 0.5; received 0.0"),
        ({"tolerance": math.nan}, "tolerance must be a number"),
        ({"iterations": 0}, r"iterations must be a number from 1 to 30; received 0"),
        ({"iterations": 2.5}, r"iterations \(whole\) must be a number from 1 to 30; received 2.5"),
        ({"rounds": 3}, "unknown parameter of LSUV 'rounds'; choose one of tolerance, iterations"),
    ],
)
def test_a_bad_parameter_is_refused(parameters: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SPEC.with_init("LSUV", **parameters)
