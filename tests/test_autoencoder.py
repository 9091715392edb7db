"""One layer as an auto-encoder: its gradients against autodiff, its subspace against PCA."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.decomposition import PCA

from initlab import ACTIVATIONS
from initlab.arrays import Array
from initlab.autoencoder import Autoencoder, spans
from initlab.datasets import load
from initlab.optimizers import OPTIMIZERS
from initlab.pretrain_spec import PretrainSpec

PHI = {"Sigmoid": jax.nn.sigmoid, "Tanh": jnp.tanh, "ReLU": jax.nn.relu, "Linear": lambda z: z}
DIGITS = load("Digits", "0-1").inputs


def coder(how: PretrainSpec, phi: str = "Sigmoid", units: int = 7, inputs: Array = DIGITS) -> Autoencoder:
    weights = np.random.default_rng(1).normal(0, 0.3, (inputs.shape[1], units))
    bias = np.random.default_rng(2).normal(0, 0.3, units)
    return Autoencoder(weights, bias, ACTIVATIONS[phi], how, OPTIMIZERS[how.optimizer])


@pytest.mark.parametrize("phi", PHI)
@pytest.mark.parametrize("weights", ["Tied", "Free"])
@pytest.mark.parametrize("reconstruction", ["Cross-entropy", "Squared error"])
def test_the_gradient_of_the_masked_reconstruction_is_jaxs(phi: str, weights, reconstruction) -> None:
    found = coder(PretrainSpec(weights=weights, reconstruction=reconstruction), phi)
    found.vector += np.random.default_rng(3).normal(0, 0.1, found.vector.size)  # free weights apart from tied ones
    wanted = DIGITS[:9]
    masked = wanted * (np.random.default_rng(4).random(wanted.shape) > 0.3)
    shapes = [found.weights.shape, found.bias.shape, found.decoder_bias.shape, found.weights.shape[::-1]]

    def error(vector, seen):
        ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
        w, b, c, *free = jnp.split(vector, ends[: 3 if weights == "Free" else 2])
        back = free[0].reshape(shapes[3]) if free else w.reshape(shapes[0]).T
        outputs = PHI[phi](jnp.asarray(seen) @ w.reshape(shapes[0]) + b) @ back + c
        if reconstruction == "Squared error":
            return 0.5 * ((outputs - wanted) ** 2).sum(axis=1).mean()
        return (jax.nn.softplus(outputs) - wanted * outputs).sum(axis=1).mean()

    found.slope(masked, wanted)
    with jax.enable_x64(True):
        vector = jnp.asarray(found.vector)
        np.testing.assert_allclose(found.gradient, jax.grad(error)(vector, masked), rtol=1e-9, atol=1e-12)
        expected = float(error(vector, wanted))
    decoder = found.decoder(*spans(DIGITS, reconstruction))
    assert decoder.error(found.encode(wanted), wanted) == pytest.approx(expected)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_tied_weights_stay_tied_and_free_ones_part(optimizer: str) -> None:
    tied = coder(PretrainSpec(optimizer=optimizer))
    free = coder(PretrainSpec(optimizer=optimizer, weights="Free"))
    for each in (tied, free):
        for _ in each.epoch(DIGITS[:100], DIGITS[:100], 0.2, np.random.default_rng(0)):
            np.testing.assert_array_equal(tied.decoder_weights, tied.weights.T)
    assert np.abs(free.decoder_weights - free.weights.T).max() > 1e-3


def test_an_epoch_is_one_step_on_each_minibatch_of_all_rows() -> None:
    how, rows = PretrainSpec(batch=30, rate=0.2), DIGITS[:100]
    one, other = coder(how), coder(how)
    assert len(list(one.epoch(rows, rows, 0.0, np.random.default_rng(5)))) == 4
    order = np.random.default_rng(5).permutation(100)
    for pick in (order[:30], order[30:60], order[60:90], order[90:]):
        other.slope(rows[pick], rows[pick])
        other.move()
    np.testing.assert_array_equal(one.vector, other.vector)


def test_masking_hides_its_share_of_the_inputs_from_the_encoder_alone(monkeypatch) -> None:
    rows, found = np.ones((500, 64)), []
    monkeypatch.setattr(Autoencoder, "slope", lambda self, seen, wanted: found.append((seen.copy(), wanted.copy())))
    list(coder(PretrainSpec(batch=100)).epoch(rows, rows, 0.3, np.random.default_rng(0)))
    seen, wanted = (np.concatenate(parts) for parts in zip(*found, strict=True))
    assert set(np.unique(seen)) == {0.0, 1.0}
    assert 1 - seen.mean() == pytest.approx(0.3, abs=4 * (0.3 * 0.7 / seen.size) ** 0.5)
    assert (wanted == 1).all()


@pytest.mark.parametrize("scaling", ["Standardized", "0-1", "Raw"])
def test_cross_entropy_compares_numbers_from_0_to_1_and_the_decoder_gives_inputs_back_in_their_own_size(
    scaling: str,
) -> None:
    inputs = load("Digits", scaling).inputs
    low, span = spans(inputs, "Cross-entropy")
    compared = (inputs - low) / span
    assert (compared.min(), compared.max()) == (0, 1)
    assert np.array_equal(compared, inputs) == (scaling == "0-1")
    decoder = coder(PretrainSpec(), inputs=inputs).decoder(low, span)
    back = decoder(np.zeros((1, 7)))[0]
    assert (back >= low - 1e-12).all()
    assert (back <= low + span + 1e-12).all()


def test_squared_errors_compare_inputs_as_they_are() -> None:
    low, span = spans(load("Digits").inputs, "Squared error")
    assert (low == 0).all()
    assert (span == 1).all()


def linear(units: int, steps: int, rate: float) -> tuple[Array, Array, PCA]:
    """Centred digits, the reconstruction by a linear auto-encoder after so many full-batch steps, and their PCA."""
    centred = DIGITS - DIGITS.mean(axis=0)
    how = PretrainSpec(0.0, 0.0, "Free", "Squared error", "Adam", rate, 2048)
    found = coder(how, "Linear", units, centred)
    for _ in range(steps):
        for _ in found.epoch(centred, centred, 0.0, np.random.default_rng(0)):
            pass
    decoder = found.decoder(*spans(centred, "Squared error"))
    return centred, decoder(found.encode(centred)), PCA(units).fit(centred)


def excess(centred: Array, rebuilt: Array, pca: PCA) -> float:
    """By how much the squared error exceeds the least there is."""
    least = ((centred - pca.inverse_transform(pca.transform(centred))) ** 2).sum()
    return float(((centred - rebuilt) ** 2).sum() / least - 1)


def likeness(rebuilt: Array, pca: PCA) -> float:
    """The smallest cosine between the subspace of the reconstructions and that of PCA."""
    axes = np.asarray(pca.components_)
    spanned = np.linalg.svd(rebuilt, full_matrices=False)[2][: len(axes)]
    return float(np.linalg.svd(spanned @ axes.T, compute_uv=False).min())


def test_a_linear_auto_encoder_of_8_units_finds_the_subspace_of_pca() -> None:
    centred, rebuilt, pca = linear(8, 1000, 0.03)
    assert 0 <= excess(centred, rebuilt, pca) < 0.02
    assert likeness(rebuilt, pca) > 0.97


@pytest.mark.stress
def test_with_5000_steps_the_subspace_is_that_of_pca_and_32_units_come_within_2_percent_of_its_error() -> None:
    assert likeness(*linear(8, 5000, 0.01)[1:]) > 0.9999
    assert 0 <= excess(*linear(32, 5000, 0.01)) < 0.02
