"""The training step against JAX: the gradients of every block, with dropout too, and fifty steps of each optimizer."""

from dataclasses import replace
from itertools import repeat

import numpy as np
import pytest
from oracles import PHI, jax, jnp, normalized, outputs

from initlab import NetworkSpec, build
from initlab.arrays import Array
from initlab.datasets import Batch, load
from initlab.losses import loss_and_gradient, prepared
from initlab.network import Network
from initlab.optimizers import OPTIMIZERS
from initlab.training import begin, dropout_masks, parameters, step, steps, with_parameters

SMALL = NetworkSpec("Glorot normal", activation="Tanh", depth=3, width=6, batch=20, dataset="Iris", precision="float64")
IRIS = load("Iris", rows=20)
NAMES = ("weights", "biases", "scales", "shifts")


BLOCKS = (
    SMALL,
    NetworkSpec("He normal", depth=2, width=5, batch=20, dataset="Iris", precision="float64", bias_stddev=0.3),
    replace(SMALL, activation="Sigmoid", width=4, residual=True),
    replace(SMALL, activation="GELU", normalization="Batch"),
    replace(SMALL, normalization="Layer", residual=True),
)


def grouped(network: Network) -> dict[str, list[jax.Array]]:
    return {name: [jnp.asarray(a) for a in getattr(network, name)] for name in NAMES}


def cross_entropy(found: jax.Array, targets: Array) -> jax.Array:
    return -jax.nn.log_softmax(found)[jnp.arange(len(targets)), targets].mean()


def masked_outputs(network: Network, values: dict[str, list[jax.Array]], x: Array, masks: list[Array]) -> jax.Array:
    """The block with dropout after phi and before the skip, written anew."""
    h = jnp.asarray(x)
    for layer, mask in enumerate(masks):
        z = h @ values["weights"][layer] + values["biases"][layer]
        if network.normalization != "None":
            z = normalized(network.normalization, z) * values["scales"][layer] + values["shifts"][layer]
        a = PHI[network.activation](z) * mask
        h = a + h if network.residual and a.shape == h.shape else a
    return h @ values["weights"][-1] + values["biases"][-1]


def rate_one(network: Network, batch: Batch, masks: list[Array]) -> list[Array]:
    """The gradients a step took: its changes at rate 1, sign turned."""
    after = step(begin(network), batch, 1.0, masks=masks).network
    return [a - b for a, b in zip(parameters(network), parameters(after), strict=True)]


@pytest.mark.parametrize("spec", BLOCKS, ids=lambda s: f"{s.activation} {s.normalization} {s.residual}")
def test_a_step_with_dropout_follows_the_gradient_that_jax_finds(spec: NetworkSpec) -> None:
    network = build(spec)
    masks = dropout_masks(np.random.default_rng(1), network, 20, 0.4)

    def loss(values: dict[str, list[jax.Array]]) -> jax.Array:
        return cross_entropy(masked_outputs(network, values, IRIS.inputs, masks), np.asarray(IRIS.targets))

    expected = jax.grad(loss)(grouped(network))
    found = rate_one(network, IRIS, masks)
    flat = [g for name in NAMES for g in expected[name]]
    for ours, theirs in zip(found, flat, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-13)


def test_the_masked_backward_pass_agrees_with_finite_differences() -> None:
    network = build(SMALL)
    masks = dropout_masks(np.random.default_rng(2), network, 20, 0.3)

    def loss(values: list[Array]) -> float:
        moved = with_parameters(network, values)
        return loss_and_gradient("Auto", moved.forward(IRIS.inputs, masks).outputs, IRIS.targets)[0]

    values, gradients = parameters(network), rate_one(network, IRIS, masks)
    rng = np.random.default_rng(3)
    for _ in range(5):
        direction = [rng.standard_normal(v.shape) for v in values]
        ahead, behind = (loss([v + s * 1e-5 * d for v, d in zip(values, direction, strict=True)]) for s in (1, -1))
        slope = sum((g * d).sum() for g, d in zip(gradients, direction, strict=True))
        assert (ahead - behind) / 2e-5 == pytest.approx(slope, rel=1e-6)


def reference(name: str, network: Network, batch: Batch, rate: float, count: int) -> list[float]:
    """The losses of `count` full-batch steps, every gradient by JAX and every update as PyTorch words it."""

    def loss(values: dict[str, list[jax.Array]]) -> jax.Array:
        nudged = {**values, "nudges": [0.0] * network.depth}
        return cross_entropy(outputs(network, nudged, jnp.asarray(batch.inputs)), np.asarray(batch.targets))

    gradient, losses = jax.jit(jax.value_and_grad(loss)), []
    values = grouped(network)
    first = second = jax.tree.map(jnp.zeros_like, values)
    for t in range(1, count + 1):
        value, g = gradient(values)
        losses.append(float(value))
        if name == "Adam":
            first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, g)
            second = jax.tree.map(lambda s, g: 0.999 * s + 0.001 * g**2, second, g)
            change = jax.tree.map(
                lambda m, s: m / (1 - 0.9**t) / (jnp.sqrt(s / (1 - 0.999**t)) + 1e-8),  # noqa: B023
                first, second,
            )  # fmt: skip
        else:
            mu = {"SGD": 0.0, "Momentum": 0.9}[name]
            first = change = jax.tree.map(lambda v, g: mu * v + g, first, g)  # noqa: B023
        values = jax.tree.map(lambda w, c: w - rate * c, values, change)
    return losses


@pytest.mark.parametrize(("name", "rate"), [("SGD", 0.1), ("Momentum", 0.05), ("Adam", 0.01)])
def test_the_loss_over_fifty_steps_is_jaxs(name: str, rate: float) -> None:
    network = build(SMALL)
    path = [network, *steps(network, repeat(IRIS, 49), name, rate)]
    losses = [loss_and_gradient("Auto", n.forward(IRIS.inputs).outputs, IRIS.targets)[0] for n in path]
    expected = reference(name, network, IRIS, rate, 50)
    np.testing.assert_allclose(losses, expected, rtol=1e-9)
    assert losses[-1] < 0.5 * losses[0]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_step_changes_nothing_that_was_given(name: str) -> None:
    network = build(SMALL)
    before = [p.copy() for p in parameters(network)]
    for p in parameters(network):
        p.setflags(write=False)
    *_, last = steps(network, repeat(IRIS, 3), name, 0.1, dropout=0.5, rng=np.random.default_rng(0))
    for p, kept, after in zip(parameters(network), before, parameters(last), strict=True):
        np.testing.assert_array_equal(p, kept)
        assert (after.shape, after.dtype) == (p.shape, p.dtype)
    assert not np.array_equal(network.weights[0], last.weights[0])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_steps_of_a_copy_leave_no_trace_in_what_was_copied(name: str) -> None:
    alone, copied, loss = begin(build(SMALL), name), begin(build(SMALL), name), prepared("Auto", 3, IRIS.targets)
    for training in (alone, copied, copied.copy(), alone, copied):
        training.slope(IRIS, loss)
        training.move(0.1)
    np.testing.assert_array_equal(copied.vector, alone.vector)


def test_each_batch_is_one_step() -> None:
    network, batches = build(SMALL), [Batch(IRIS.inputs[:8], IRIS.targets), Batch(IRIS.inputs[8:], None)]
    batches = [
        Batch(b.inputs, np.asarray(IRIS.targets)[part])
        for b, part in zip(batches, (slice(8), slice(8, 20)), strict=True)
    ]
    one, two = steps(network, batches, "SGD", 0.1)
    again = step(step(begin(network), batches[0], 0.1), batches[1], 0.1).network
    np.testing.assert_array_equal(two.weights[0], again.weights[0])
    assert not np.array_equal(one.weights[0], two.weights[0])


def test_dropout_silences_its_share_keeps_the_mean_and_repeats_with_its_generator() -> None:
    network = build(NetworkSpec("He normal", depth=2, width=400, precision="float64"))
    masks = dropout_masks(np.random.default_rng(0), network, 500, 0.3)
    for mask in masks:
        assert np.unique(mask).tolist() == [0.0, 1 / 0.7]
        assert mask.mean() == pytest.approx(1, abs=4 * np.sqrt(0.3 / 0.7 / mask.size))
    again = dropout_masks(np.random.default_rng(0), network, 500, 0.3)
    np.testing.assert_array_equal(masks, again)
    assert not np.array_equal(masks[0], masks[1])


@pytest.mark.parametrize("share", [1.0, -0.1, float("nan")])
def test_dropout_of_everything_or_of_no_number_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match=r"dropout.* must be a number from 0 to 1"):
        dropout_masks(np.random.default_rng(0), build(SMALL), 4, share)


def test_a_step_that_overflows_leaves_inf_or_nan_and_no_warning() -> None:
    *_, last = steps(build(replace(SMALL, activation="ReLU")), repeat(IRIS, 4), "SGD", 1e300)
    assert not np.isfinite(last.weights[0]).all()


def test_float32_stays_float32() -> None:
    network = build(NetworkSpec("He normal", depth=2, width=8, normalization="Batch"))
    for name in OPTIMIZERS:
        (after,) = steps(network, [load("Digits", rows=16)], name, 0.1, dropout=0.2, rng=np.random.default_rng(0))
        assert {p.dtype for p in parameters(after)} == {np.dtype(np.float32)}
