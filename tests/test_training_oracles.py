"""Training against scikit-learn's and JAX's own: the same weights, batches and numbers give the same loss curve."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from oracles import outputs
from sklearn.neural_network import MLPClassifier

from initlab import NetworkSpec, build
from initlab.arrays import Array
from initlab.datasets import Batch, load
from initlab.losses import loss_and_gradient, prepared
from initlab.network import Network
from initlab.normalization import EPSILON
from initlab.optimizers import OPTIMIZERS, Optimizer, State
from initlab.training import Training, begin, dropout_masks, evaluated, parameters, steps

STEPS, ROWS = 50, 64
SPEC = NetworkSpec("Glorot uniform", activation="Tanh", depth=3, width=32, precision="float64")
PHI = {"Tanh": "tanh", "ReLU": "relu", "Sigmoid": "logistic"}
HYPERS = {"SGD": {}, "Momentum": {"momentum": 0.9}, "Adam": {}}
RATES = {"SGD": 0.1, "Momentum": 0.05, "Adam": 0.003}
EACH = pytest.mark.parametrize("name", OPTIMIZERS)


def batches(count: int = STEPS) -> list[Batch]:
    """Minibatches of the digits, one after the other and round again."""
    data = load("Digits")
    assert data.targets is not None
    picks = [np.arange(i * ROWS, (i + 1) * ROWS) % len(data.inputs) for i in range(count)]
    return [Batch(data.inputs[pick], data.targets[pick]) for pick in picks]


def curve(network: Network, optimizer: Optimizer, rate: float, decay: float = 0.0) -> list[float]:
    """Our loss of each minibatch before its step."""
    training, loss = Training(network, optimizer), prepared("Auto", 10, np.arange(10))
    found = []
    for batch in batches():
        found.append(training.slope(batch, loss))
        training.decay(decay)
        training.move(rate)
    return found


def scikit_curve(spec: NetworkSpec, name: str, rate: float, alpha: float = 0.0, epsilon: float = 1e-8) -> list[float]:
    """Scikit-learn's, from our weights; one call is one step, `alpha`'s penalty is part of the loss."""
    network = build(spec)
    classifier = MLPClassifier(
        (spec.width,) * spec.depth, PHI[spec.activation], solver="adam" if name == "Adam" else "sgd", alpha=alpha,
        batch_size=ROWS,  # pyright: ignore[reportArgumentType]
        learning_rate_init=rate, shuffle=False, nesterovs_momentum=False, epsilon=epsilon,
        **{"momentum": 0.0, **HYPERS[name]},
    )  # fmt: skip
    first = batches(1)[0]
    classifier.partial_fit(first.inputs, first.targets, classes=np.arange(10))  # makes the arrays
    for theirs, ours in zip([*classifier.coefs_, *classifier.intercepts_], parameters(network), strict=True):
        theirs[:] = ours
    del classifier._optimizer  # so that it begins anew, from our weights
    found = []
    for batch in batches():
        classifier.partial_fit(batch.inputs, batch.targets)
        found.append(float(classifier.loss_))
    return found


@EACH
@pytest.mark.parametrize("activation", PHI)
def test_fifty_steps_have_the_losses_of_scikit_learn(name: str, activation: str) -> None:
    spec = replace(SPEC, activation=activation)
    # Ours adds epsilon elsewhere, which moves a curve by up to .003: here it is too small to matter.
    tiny = replace(OPTIMIZERS["Adam"], update=partial(OPTIMIZERS["Adam"].update, epsilon=1e-20))  # pyright: ignore
    ours = curve(build(spec), tiny if name == "Adam" else OPTIMIZERS[name], RATES[name])
    theirs = scikit_curve(spec, name, RATES[name], epsilon=1e-20)
    np.testing.assert_allclose(ours, theirs, atol=1e-6, rtol=0)
    assert np.mean(ours[-5:]) < 0.95 * ours[0]


@pytest.mark.parametrize("activation", PHI)
def test_adam_is_scikit_learns_with_the_usual_epsilon_too_once_it_stands_where_theirs_does(activation: str) -> None:
    def moved(gradients: Sequence[Array], state: State, rate: float) -> tuple[Sequence[Array], State]:
        epsilon = 1e-8 / np.sqrt(1 - 0.999 ** (state.steps + 1))  # theirs is added before v is corrected
        return adam.update(gradients, state, rate, epsilon=epsilon)  # pyright: ignore[reportCallIssue]

    spec, adam = replace(SPEC, activation=activation), OPTIMIZERS["Adam"]
    theirs = scikit_curve(spec, "Adam", RATES["Adam"])
    np.testing.assert_allclose(curve(build(spec), replace(adam, update=moved), RATES["Adam"]), theirs, atol=1e-6)
    plain = np.abs(np.array(curve(build(spec), adam, RATES["Adam"])) - theirs).max()
    assert 1e-12 < plain < 0.01, "where epsilon stands moves the curve a little"


def test_weight_decay_is_scikit_learns_alpha_divided_by_the_rows_of_the_batch() -> None:
    alpha, network = 2.0, build(SPEC)
    theirs = scikit_curve(SPEC, "SGD", RATES["SGD"], alpha)
    training, loss = begin(network), prepared("Auto", 10, np.arange(10))
    for batch, expected in zip(batches(), theirs, strict=True):
        penalty = alpha / ROWS / 2 * sum(float((w * w).sum()) for w in training.network.weights)
        assert training.slope(batch, loss) + penalty == pytest.approx(expected, abs=1e-6)
        training.decay(alpha / ROWS)
        training.move(RATES["SGD"])


@pytest.mark.parametrize("change", [{}, {"normalization": "Batch"}, {"normalization": "Layer", "residual": True}])
@EACH
def test_fifty_steps_on_minibatches_have_the_losses_of_jax(name: str, change: dict[str, object]) -> None:
    spec = replace(SPEC, **change)  # pyright: ignore[reportArgumentType]
    network = build(spec)
    parts = ("weights", "biases", "scales", "shifts")
    values = {part: [jnp.asarray(a) for a in getattr(network, part)] for part in parts}

    def loss(values: dict[str, list[jax.Array]], x: jax.Array, y: jax.Array) -> jax.Array:
        logits = outputs(network, {**values, "nudges": [0.0] * network.depth}, x)
        return -jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], 1).mean()

    gradient, chosen, expected = jax.jit(jax.value_and_grad(loss)), OPTIMIZERS[name], []
    state = chosen.init([np.asarray(a) for part in parts for a in values[part]])
    for batch in batches():
        value, found = gradient(values, jnp.asarray(batch.inputs), jnp.asarray(batch.targets))
        expected.append(float(value))
        changes, state = chosen.update([np.asarray(g) for part in parts for g in found[part]], state, RATES[name])
        left = iter(changes)
        values = {part: [a + next(left) for a in values[part]] for part in parts}
    np.testing.assert_allclose(curve(network, chosen, RATES[name]), expected, atol=1e-6, rtol=0)


@pytest.mark.parametrize("normalization", ["None", "Batch", "Layer"])
@pytest.mark.parametrize("activation", ["ReLU", "Tanh", "GELU", "Linear"])
def test_training_and_measuring_find_the_same_gradient(activation: str, normalization: str) -> None:
    spec = replace(SPEC, activation=activation, normalization=normalization, residual=True, bias_stddev=0.1)
    network, batch = build(spec), batches(1)[0]
    masks = dropout_masks(np.random.default_rng(0), network, ROWS, 0.3)
    forward = network.forward(batch.inputs, masks)
    value, above = loss_and_gradient("Auto", forward.outputs, batch.targets)
    found = network.backward(forward, above)
    training = begin(network)
    assert training.slope(batch, prepared("Auto", 10, batch.targets), masks) == pytest.approx(value, rel=1e-14)
    both = [found.weight_gradients, found.bias_gradients, found.scale_gradients, found.shift_gradients]
    for ours, theirs in zip(parameters(training.gradients), [g for part in both for g in part], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-14)


@EACH
def test_on_digits_a_network_of_zeros_learns_the_shares_of_the_classes_alone(name: str) -> None:
    network, digits = build(NetworkSpec("Zeros", activation="Tanh", depth=2, width=8)), load("Digits")
    rate = {"SGD": 1.0, "Momentum": 0.2, "Adam": 0.02}[name]
    *_, last = steps(network, [digits] * 300, name, rate)
    loss, _ = loss_and_gradient("Auto", last.forward(digits.inputs).outputs, digits.targets)
    shares = np.bincount(np.asarray(digits.targets)) / len(digits.inputs)
    assert loss == pytest.approx(-(shares * np.log(shares)).sum(), abs=1e-6)
    assert loss == pytest.approx(2.30248, abs=5e-6)
    assert loss < np.log(10) - 5e-5
    assert not any(w.any() for w in last.weights)


def test_batch_normalization_is_judged_by_its_running_means_as_pytorch_keeps_them() -> None:
    spec = replace(SPEC, normalization="Batch", depth=2, residual=True)
    training, loss = begin(build(spec)), prepared("Auto", 10, np.arange(10))
    mean, variance = [np.zeros(32)] * 2, [np.ones(32)] * 2
    for batch in batches(5):
        seen = training.network.forward(batch.inputs).preactivations
        for layer, z in enumerate(seen):
            mean[layer] = 0.9 * mean[layer] + 0.1 * z.mean(axis=0)
            variance[layer] = 0.9 * variance[layer] + 0.1 * z.var(axis=0, ddof=1)
        training.slope(batch, loss)
        training.move(0.1)
    np.testing.assert_allclose(training.running.means, mean, rtol=1e-9)
    np.testing.assert_allclose(training.running.variances, variance, rtol=1e-9)
    network, h = training.network, batches(6)[-1].inputs
    for layer in range(2):
        z = h @ network.weights[layer] + network.biases[layer]
        z = (z - mean[layer]) / np.sqrt(variance[layer] + EPSILON) * network.scales[layer] + network.shifts[layer]
        h = np.tanh(z) + (h if layer else 0)
    expected = h @ network.weights[-1] + network.biases[-1]
    judged = evaluated(network, training.running)
    np.testing.assert_allclose(judged.forward(batches(6)[-1].inputs).outputs, expected, rtol=1e-9, atol=1e-12)
    one = judged.forward(batches(6)[-1].inputs[:1]).outputs
    np.testing.assert_allclose(one, expected[:1], rtol=1e-9, atol=1e-12)


def test_clipping_shortens_the_gradient_to_a_length_and_leaves_its_direction() -> None:
    training = begin(build(SPEC))
    training.slope(batches(1)[0], prepared("Auto", 10, np.arange(10)))
    before = training.gradient.copy()
    length = float(np.linalg.norm(before))
    training.clip(2 * length)
    np.testing.assert_array_equal(training.gradient, before)
    training.clip(length / 4)
    np.testing.assert_allclose(training.gradient, before / 4, rtol=1e-12)


def test_a_copy_goes_its_own_way() -> None:
    training, loss = begin(build(replace(SPEC, normalization="Batch")), "Adam"), prepared("Auto", 10, np.arange(10))
    other = training.copy()
    before: Array = training.vector.copy()
    other.slope(batches(1)[0], loss)
    other.move(0.1)
    np.testing.assert_array_equal(training.vector, before)
    assert training.states[0].steps == 0
    assert not training.running.means[0].any()
    assert not np.array_equal(other.vector, before)
