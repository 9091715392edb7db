"""A map of depth and gain has in every cell what a probe of that network says, whatever is shared on the way."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from probed import batch
from sampling import sampled

from initlab import ACTIVATIONS, INITIALIZERS, NetworkSpec, measure, sweep
from initlab.arrays import Array
from initlab.band import rms
from initlab.draws import Draws
from initlab.grid import Grid
from initlab.spec import NORMALIZATIONS, OUTPUTS, PRECISIONS, SHAPES
from initlab.start import build
from initlab.sweep import Source, Sweep, assembled, sweep_blocks

DEPTHS, GAINS = (1, 2, 4), (0.5, 1.0, 2.0)
BASE = NetworkSpec("He normal", width=12, batch=16, seed=3)
STARTS = list(INITIALIZERS)


def cell_by_cell(spec: NetworkSpec, depths: Sequence[int] = DEPTHS, gains: Sequence[float] = GAINS) -> Array:
    """The same from a full measurement of every network; inf and NaN where a value is not finite."""
    data, found = batch(spec.dataset, spec.scaling, spec.rows), np.empty((4, len(depths), len(gains)))
    draws = Draws(spec.seed)
    for row, depth in enumerate(depths):
        for column, gain in enumerate(gains):
            network = build(replace(spec, depth=depth, gain=gain), draws=draws)
            probe = measure(network, data.inputs, data.targets, spec.loss)
            for index, (stats, layer) in enumerate(
                [(probe.activation, 0), (probe.activation, -1), (probe.gradient, 0), (probe.gradient, -1)]
            ):
                whole = stats.finite_share[layer] == 1
                found[index, row, column] = stats.rms[layer] if whole else np.nan
    return found


def agree(found: Sweep, expected: Array, rtol: float = 2e-6) -> None:
    ours = np.array(found.ends)
    np.testing.assert_array_equal(np.isfinite(ours), np.isfinite(expected))
    np.testing.assert_allclose(np.where(np.isfinite(ours), ours, np.nan), expected, rtol=rtol, atol=1e-300)


@pytest.mark.parametrize("init", STARTS)
def test_every_initializer_has_the_numbers_of_its_probes(init: str) -> None:
    spec = replace(BASE.with_init(init), activation="Tanh", bias_stddev=0.1)
    agree(sweep(spec, DEPTHS, GAINS), cell_by_cell(spec))


@pytest.mark.parametrize(
    ("output", "shape", "normalization"), sampled(product(OUTPUTS, SHAPES, ("None", "Batch")), every=5)
)
def test_lsuv_shares_its_layers_and_has_an_output_layer_for_every_depth(
    output: str, shape: str, normalization: str
) -> None:
    spec = replace(BASE.with_init("LSUV"), shape=shape, output=output, normalization=normalization, residual=True)
    assert Grid(spec, DEPTHS, GAINS).shares_prefixes == (shape == "Constant")
    agree(sweep(spec, DEPTHS, GAINS), cell_by_cell(spec), rtol=2e-5)
    source = Source(Grid(spec, DEPTHS, GAINS), Draws(spec.seed))
    inputs = batch(spec.dataset, spec.scaling, spec.rows).inputs
    for gain in GAINS:
        for depth in DEPTHS:
            expected = build(replace(spec, depth=depth, gain=gain), inputs)
            for mine, theirs in zip(source.network(depth, gain, inputs).weights, expected.weights, strict=True):
                np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_has_the_numbers_of_its_probes(activation: str) -> None:
    spec = replace(BASE, activation=activation)
    agree(sweep(spec, DEPTHS, GAINS), cell_by_cell(spec))


@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("normalization", NORMALIZATIONS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("precision", PRECISIONS)
def test_every_architecture_has_the_numbers_of_its_probes(
    shape: str, normalization: str, residual: bool, precision: str
) -> None:
    spec = replace(
        BASE, activation="GELU", shape=shape, normalization=normalization, residual=residual, precision=precision
    )
    tolerance = 2e-5 if precision == "float32" else 1e-9
    agree(sweep(spec, DEPTHS, GAINS), cell_by_cell(spec), tolerance)


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize(
    ("dataset", "loss"),
    [("Digits", "Auto"), ("Digits", "Mean squared error"), ("Digits", "Random cotangent"), ("Diabetes", "Auto"),
     ("Gaussian noise", "Auto")],
)  # fmt: skip
def test_every_loss_and_output_layer_has_the_numbers_of_its_probes(output: str, dataset: str, loss: str) -> None:
    spec = replace(BASE, activation="Tanh", output=output, dataset=dataset, loss=loss)
    agree(sweep(spec, DEPTHS, GAINS), cell_by_cell(spec))


@pytest.mark.parametrize("small", [{"width": 1}, {"batch": 1}, {"width": 1, "batch": 1}, {"width": 64}])
def test_one_unit_one_row_and_a_skip_past_the_first_layer(small: dict[str, int]) -> None:
    spec = replace(BASE, activation="Softsign", residual=True, bias_stddev=0.3, **small)
    agree(sweep(spec, DEPTHS, GAINS), cell_by_cell(spec))


def test_overflow_and_nothing_at_all_stay_what_they_are() -> None:
    spec = replace(BASE, width=32)
    found = sweep(spec, (2, 40, 80), (0.0, 1e-3, 1.0, 100.0))
    agree(found, cell_by_cell(spec, (2, 40, 80), (0.0, 1e-3, 1.0, 100.0)), rtol=1e-3)  # denormals are coarse
    for change in (found.change("Signal"), found.change("Gradient")):
        assert np.isneginf(change[:, 0]).all()
        assert np.isneginf(change[1:, 1]).all()
        assert np.isfinite(change[:, 2]).all()
        assert np.isnan(change[-1, 3])


def test_the_change_is_end_over_start_of_each_journey() -> None:
    found = sweep(BASE, DEPTHS, GAINS)
    ends = found.ends
    np.testing.assert_allclose(10 ** found.change("Signal"), ends.last_activation / ends.first_activation)
    np.testing.assert_allclose(10 ** found.change("Gradient"), ends.first_gradient / ends.last_gradient)
    assert not found.change("Signal")[0].any()
    assert not found.change("Gradient")[0].any()


@pytest.mark.parametrize("shape", ["Constant", "Hourglass"])
def test_blocks_of_any_size_make_the_same_map_and_may_be_interrupted(
    monkeypatch: pytest.MonkeyPatch, shape: str
) -> None:
    data, grid = batch("Digits", "Standardized", 16), Grid(replace(BASE, shape=shape), DEPTHS, GAINS)
    whole = np.array(assembled(grid, sweep_blocks(grid, data.inputs, data.targets)).ends)
    for size in (1, 6 * 10**6, 10**7):
        monkeypatch.setattr("initlab.grid.BLOCK", size)
        blocks = list(sweep_blocks(grid, data.inputs, data.targets))
        rest = list(sweep_blocks(grid, data.inputs, data.targets, start=2))
        assert len(blocks) == len(grid.blocks()) > 1
        assert len(rest) == len(blocks) - 2
        np.testing.assert_allclose(np.array(assembled(grid, [*blocks[:2], *rest]).ends), whole, rtol=1e-6)


def test_a_map_that_is_not_finished_has_nothing_in_the_rest() -> None:
    grid = Grid(BASE, DEPTHS, GAINS)
    assert np.isnan(assembled(grid, []).change("Signal")).all()


def test_given_data_are_used() -> None:
    data = batch("Iris", "Standardized", 16)
    inputs = np.resize(data.inputs, (16, 64))
    found = sweep(replace(BASE, dataset="Digits"), (2,), (1.0,), inputs, data.targets)
    network = build(replace(BASE, depth=2))
    assert found.ends.first_activation[0, 0] == pytest.approx(rms(network.forward(inputs).activations[0]))
