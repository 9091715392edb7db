"""One neuron: its sums have the variance n E[w^2] of theory, become normal as n grows, and are read aloud right."""

from dataclasses import replace
from typing import Any, Final

import numpy as np
import pytest
from evidence import near, numbers
from sampling import sampled
from scipy import stats

from initlab.neuron import FANS, INPUTS, NEURONS, NeuronSums, neuron_sums
from initlab.spec import NetworkSpec
from initlab.ui.starts import MENU

NO_SUMS: Final = ("Zeros", "Constant", "Greedy pre-training", "Ones", "Identity", "LSUV")  # or not of one law
LAWS: Final = tuple(name for name in MENU if name not in NO_SUMS)
ONE_SIDED: Final[dict[str, dict[str, Any]]] = {
    "Constant": {}, "Ones": {}, "Random uniform": {"minval": 0.0, "maxval": 1.0},
}  # fmt: skip


def sums(name: str, fan_in: int, gain: float = 1.0, seed: int = 0, **parameters: Any) -> NeuronSums:
    return neuron_sums(NetworkSpec(gain=gain, seed=seed).with_init(name, **parameters), fan_in)


def tolerance(name: str, fan_in: int) -> float:
    """Four standard deviations of the relative error of the sums' mean square.

    It varies with the length of the few input rows (2 / n each), with that of the weight columns ((k - 1) / n with the
    kurtosis k of a weight, or 2 over the weights kept) and, were both fixed, like a sample of normal numbers.
    """
    rows, columns = INPUTS * -(-NEURONS // fan_in), NEURONS
    kept = max(1, round(0.1 * fan_in)) if name == "Sparse" else fan_in
    return 4 * float(np.sqrt(2 / (fan_in * rows) + 2 / (kept * columns) + (2 + 6 / kept) / (NEURONS * INPUTS)))


@pytest.mark.parametrize("name", sampled(LAWS))
@pytest.mark.parametrize("fan_in", [1, 16, 128, 1024])
@pytest.mark.parametrize("gain", [1.0, 2.0])
def test_the_sums_have_the_variance_that_n_times_the_weights_square_says(name: str, fan_in: int, gain: float) -> None:
    found = sums(name, fan_in, gain)
    assert found.variance is not None
    assert np.mean(found.sums**2) == pytest.approx(found.variance, rel=tolerance(name, fan_in))


@pytest.mark.parametrize(
    ("name", "fan_in", "variance"),
    [
        ("LeCun normal", 64, 1.0), ("He normal", 64, 2.0), ("Glorot uniform", 256, 1.0), ("Random normal", 1024, 2.56),
        ("PyTorch default", 128, 1 / 3), ("Ones", 16, 16.0), ("Constant", 100, 1.0), ("Zeros", 64, 0.0),
        ("Random uniform", 1024, 1024 * 0.05**2 / 3),
    ],
)  # fmt: skip
def test_the_variance_is_the_one_the_books_give(name: str, fan_in: int, variance: float) -> None:
    assert sums(name, fan_in).variance == pytest.approx(variance, rel=1e-9)
    assert sums(name, fan_in, gain=3.0).variance == pytest.approx(9 * variance, rel=1e-9)


@pytest.mark.parametrize("name", LAWS)
def test_many_weighted_inputs_add_up_to_a_normal_number(name: str) -> None:
    found = sums(name, 1024)
    scaled = found.sums / np.sqrt(found.variance or np.nan)
    assert stats.kstest(scaled, "norm").statistic < 0.03  # 4,096 independent numbers exceed 0.025 once in a hundred


def test_what_lsuv_starts_from_are_orthogonal_weights_before_any_data() -> None:
    found = sums("LSUV", 128, gain=2.0)
    np.testing.assert_array_equal(found.sums, sums("Orthogonal", 128, gain=2.0).sums)
    assert found.variance is None
    (n, spread) = numbers("before it has read any data: with n = # inputs the sums spread by #", found.reading)
    assert n == 128
    assert spread == near(float(found.sums.std()))


@pytest.mark.parametrize("name", ONE_SIDED)
def test_weights_that_push_one_way_add_up_to_a_normal_number_too(name: str) -> None:
    found = sums(name, 1024, **ONE_SIDED[name])
    assert found.variance is not None
    assert stats.kstest(found.sums / np.sqrt(found.variance), "norm").statistic < 0.03


def test_as_many_sums_are_measured_as_the_sentence_says() -> None:
    found = sums("Ones", 1024)
    (said,) = numbers("over # sums", found.reading)
    assert len(np.unique(found.sums.round(6))) == said


def test_a_single_weighted_input_is_not_normal_yet() -> None:
    assert stats.kstest(sums("LeCun normal", 1).sums, "norm").statistic > 0.08


@pytest.mark.parametrize("name", sampled(MENU, 1))
def test_every_law_and_fan_has_its_sums_and_its_sentence(name: str) -> None:
    for fan_in in FANS:
        found = sums(name, fan_in)
        assert found.sums.size >= NEURONS * INPUTS
        assert np.isfinite(found.sums).all()
        end = "." if found.reader else ";"
        spread = numbers(f"spread by #{end}" if found.variance is None else "measured spread # over", found.reading)
        assert spread == [near(float(found.sums.std()))]


@pytest.mark.parametrize(
    ("name", "fan_in", "gain", "verdict"),
    [
        ("LeCun normal", 64, 1.0, "the sum is as large as one input: the signal keeps its size"),
        ("He normal", 256, 1.0, "the sum grows to 1.4 times an input"),
        ("LeCun normal", 64, 2.0, "the sum grows to 2 times an input"),
        ("Random normal", 1, 1.0, "the sum shrinks to 0.05 times an input"),
        ("Zeros", 64, 1.0, "the sum shrinks to 0 times an input"),
    ],
)
def test_the_sentence_says_what_becomes_of_the_signal(name: str, fan_in: int, gain: float, verdict: str) -> None:
    found = sums(name, fan_in, gain)
    variance = found.variance or 0.0
    assert f", so {verdict}; measured" in found.reading
    if variance:
        n, square, product = numbers("n·Var(w) = # × # = #, so", found.reading)
        assert (n, square, product) == (fan_in, near(variance / fan_in), near(variance))


def test_a_law_with_a_mean_is_read_by_its_mean_square() -> None:
    found = sums("Random uniform", 16, minval=0.0, maxval=1.0)
    assert numbers("n·E[w²] = # × # = #, so", found.reading) == [16, near(1 / 3), near(16 / 3)]


def test_a_law_without_a_single_variance_says_so() -> None:
    found = sums("Identity", 64)
    assert found.variance is None
    assert found.reading.startswith("With n = 64 inputs the sums spread by ")
    assert found.reading.endswith("; this law declares no single variance.")


def test_the_same_seed_gives_the_same_sums_and_another_gives_others() -> None:
    first, again, other = (sums("He normal", 64, seed=seed).sums for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_gain_scales_the_very_same_draws() -> None:
    np.testing.assert_allclose(sums("Glorot normal", 64, gain=2.5).sums, 2.5 * sums("Glorot normal", 64).sums)


def test_the_neuron_does_not_depend_on_the_network_around_it() -> None:
    spec = NetworkSpec("He normal", depth=3, width=16)
    wide = replace(spec, depth=100, width=512, precision="float64", dataset="Iris", activation="Sigmoid")
    np.testing.assert_array_equal(neuron_sums(spec, 32).sums, neuron_sums(wide, 32).sums)
