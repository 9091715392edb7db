"""The table and the sentences of a comparison: every number is that of the probe it stands for."""

import math
import re
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import pytest
from probed import batch, probed

from initlab import contrast
from initlab.band import Profile
from initlab.comparison import PRESETS, Start, labels, specs, start
from initlab.contrast import layer_table, quantiles, summary, verdict_word
from initlab.findings import findings
from initlab.measurement import Probe
from initlab.spec import NetworkSpec
from initlab.theory import Expected, Theory, expect
from initlab.wording import number, percent

ARTICLE = PRESETS["The article"]
DEEP = NetworkSpec(activation="ReLU", depth=30, batch=64)
DEPTHS = NetworkSpec(activation="ReLU", depth=200, width=16, batch=16)
ODD = [start("Zeros"), start("Random uniform", minval=0.0, maxval=1.0), start("He normal"), start("Glorot normal")]


Compared: TypeAlias = tuple[tuple[str, ...], list[Probe]]


def compared(spec: NetworkSpec, lineup: list[Start]) -> Compared:
    return labels(lineup), [probed(one) for one in specs(spec, lineup)]


@pytest.fixture(scope="module")
def article() -> Compared:
    return compared(ARTICLE.spec, list(ARTICLE.starts))


@pytest.fixture(scope="module")
def odd() -> Compared:
    return compared(DEEP, ODD)


def test_the_table_holds_the_numbers_of_each_probe(article: Compared) -> None:
    names, probes = article
    table = summary(names, probes)
    assert table["start"] == list(names)
    for row, probe in enumerate(probes):
        found, values = findings(probe), {name: column[row] for name, column in table.items()}
        assert values["verdict"] == (found[0].headline if found else "Healthy")
        assert values["saturated, %"] == 100 * probe.saturated_share.max()
        assert values["silent, %"] == 100 * probe.dead_share.max()
        assert values["distinct units"] == probe.distinct_units.min()
        assert values["first loss"] == probe.loss
        forward, backward = probe.activation.rms, probe.gradient.rms
        if not backward.any():
            assert math.isnan(float(values["gradient ×/layer"]))
            assert math.isnan(float(values["log₁₀ grad 1/L"]))
            continue
        assert values["signal ×/layer"] == pytest.approx((forward[-1] / forward[0]) ** (1 / 9))
        assert values["gradient ×/layer"] == pytest.approx((backward[0] / backward[-1]) ** (1 / 9))
        assert values["log₁₀ grad 1/L"] == pytest.approx(np.log10(backward[0] / backward[-1]))


def test_an_overflow_and_a_vanished_gradient_have_no_rate_or_the_rate_0(
    odd: tuple[tuple[str, ...], list[Probe]],
) -> None:
    table = summary(*odd)
    assert math.isnan(float(table["gradient ×/layer"][1]))
    names, probes = compared(
        NetworkSpec(activation="ReLU", depth=200, width=16, batch=16), [start("PyTorch default")] * 2
    )
    assert summary(names, probes)["gradient ×/layer"] == [0, 0]
    assert summary(names, probes)["log₁₀ grad 1/L"] == [-math.inf] * 2
    assert "falls to exactly 0" in contrast.gradient_rms(names, probes)


def test_one_layer_has_no_rate() -> None:
    names, probes = compared(NetworkSpec(activation="Tanh", depth=1, width=8, batch=8), ODD)
    assert all(math.isnan(float(value)) for value in summary(names, probes)["signal ×/layer"])
    assert "one layer has no rate" in contrast.signal_rms(names, probes)
    assert contrast.activations(names, probes).startswith("In the only layer the activations ")


def test_rates_are_said_from_the_smallest_to_the_largest(article: Compared) -> None:
    names, probes = article
    said = contrast.signal_rms(names, probes)
    assert said.startswith("Going up, a layer multiplies the RMS by: × ")
    rates = [float(text) for text in re.findall(r"× ([\d.]+) [A-Z]", said)]
    assert rates == sorted(rates)
    assert len(rates) == 5
    for name, probe in zip(names[1:], probes[1:], strict=True):
        rms = probe.activation.rms
        assert f"× {number((rms[-1] / rms[0]) ** (1 / 9), 3)} {name}" in said
    assert said.endswith("Zeros: exactly 0.")


def test_starts_that_do_the_same_share_a_clause(odd: Compared) -> None:
    said = contrast.activations(*odd)
    assert said.startswith(
        "From layer 1 to 30 the activations keep their size with He normal; are exactly 0 with Zeros;"
    )
    first = int(np.flatnonzero(odd[1][1].activation.finite_share < 1)[0]) + 1
    assert f"overflow from layer {first} with Random uniform 0 to 1" in said
    rms = odd[1][3].activation.rms
    assert said.endswith(f"shrink {number(rms[0] / rms[-1])} times in RMS with Glorot normal.")
    assert contrast.gradients(*odd).startswith("From layer 30 down to 1 the gradients keep their size with He normal")


def test_the_factor_of_the_caption_is_that_of_the_table(article: Compared) -> None:
    names, probes = article
    change = float(summary(names, probes)["log₁₀ grad 1/L"][1])
    assert f"; grow {number(10**change)} times in RMS with Random normal 1" in contrast.gradients(names, probes)


def test_a_gradient_of_rounding_errors_and_a_change_that_no_float_holds_have_words() -> None:
    spec = replace(ARTICLE.spec, depth=3, batch=32)
    copies = compared(spec, [start("Constant"), start("He normal")])
    assert copies[1][0].gradient.rms.all()
    assert "are 0 but for rounding with Constant" in contrast.gradients(*copies)
    probe = probed(replace(spec, init="He normal", precision="float64"))
    rms = np.array([1e-300, 1.0, 1e300])
    wild = replace(probe, activation=replace(probe.activation, rms=rms))
    assert contrast.activations(["a"], [wild]) == "From layer 1 to 3 the activations grow 10⁶⁰⁰ times in RMS with a."


def test_the_word_of_a_verdict_is_that_of_the_worst_finding(article: Compared) -> None:
    words = [verdict_word(findings(probe)) for probe in article[1]]
    assert words == ["copies", "gradient explodes", "copies", "healthy", "healthy", "healthy"]


def test_quantiles_are_numpys_own_where_all_is_finite() -> None:
    draws = [np.array([value, 1.0]) for value in np.random.default_rng(0).permutation(20) + 1.0]
    low, median, high = quantiles(draws)[:, 0]
    assert median == 10.5
    assert (low, high) == (2.5, 18.5)
    np.testing.assert_array_equal(quantiles(draws)[:, 1], 1)


@pytest.mark.parametrize("odd_value", [np.inf, np.nan])
def test_draws_that_overflow_count_as_the_largest(odd_value: float) -> None:
    draws = [np.array([float(value)]) for value in range(1, 21)]
    for k in range(3):
        draws[k][:] = odd_value
    low, median, high = quantiles(draws)[:, 0]
    assert (low, median) == (5.5, 13.5)
    assert not np.isfinite(high)


def test_every_layer_of_every_start_is_in_the_long_table(odd: Compared) -> None:
    names, probes = odd
    bands = [[Profile(probe.activation.rms * k, probe.gradient.rms) for k in range(1, 21)] for probe in probes]
    table, bare = layer_table(names, probes, bands, []), layer_table(names, probes, [], [])
    assert {len(column) for column in table.values()} == {4 * 30}
    np.testing.assert_array_equal(table["activation rms"][60:90], probes[2].activation.rms)
    median = np.array(table["activation rms, 50% of other draws"][60:90], float)
    np.testing.assert_allclose(median, 10.5 * probes[2].activation.rms)
    assert list(bare) == ["start", "layer", "activation rms", "gradient rms"]


def test_the_long_table_holds_theory_where_it_is_drawn(odd: Compared) -> None:
    names, probes = odd
    table, found = layer_table(names, probes, [], theories(probes)), theories(probes)[2]
    assert found.forward is not None
    assert found.backward is not None
    for what, expected in (("activation", found.forward), ("gradient", found.backward)):
        for name, values in zip(contrast.THEORY, expected, strict=True):
            column = np.array(table[f"{what} rms, {name}"])
            np.testing.assert_array_equal(column[60:90], values)
            assert np.isnan(column[:60]).all()  # Zeros, and weights of mean 0.5
    assert not any("theory" in name for name in layer_table(names[:2], probes[:2], [], theories(probes[:2])))


def theories(probes: list[Probe]) -> list[Theory]:
    found = []
    for one in probes:
        assert one.spec is not None
        inputs = batch(one.spec.dataset, one.spec.scaling, one.spec.rows).inputs.astype(float)
        found.append(expect(one.spec, (inputs**2).mean(axis=1), float(one.gradient.rms[-1])))
    return found


def test_theory_is_counted_and_its_largest_distance_is_that_of_the_worst_layer(article: Compared) -> None:
    names, probes = article
    found, gaps = theories(probes), {}
    for way, said in (
        ("forward", contrast.signal_theory(names, probes, found)),
        ("backward", contrast.gradient_theory(names, probes, found)),
    ):
        for name, one, theory in zip(names, probes, found, strict=True):
            expected = theory.forward if way == "forward" else theory.backward
            if expected is not None:
                measured = one.activation.rms if way == "forward" else one.gradient.rms
                times = measured / expected.rms
                layer = int(np.argmax(np.abs(np.log(times))))
                gaps[way, name] = (abs(np.log(times[layer])), abs(times[layer] - 1), layer + 1, name)
        _, share, layer, name = max(gap for (direction, _), gap in gaps.items() if direction == way)
        assert "band: 95 % of draws) is drawn for 4 of 6 starts" in said
        assert said.endswith(f"measured at most {percent(share)} away (layer {layer} of {name}), within its band.")


def test_the_assumption_that_fails_is_named_for_each_start(article: Compared) -> None:
    names, probes = article
    assert contrast.theory_limits(names, theories(probes)) == (
        "No theory line for Zeros: all weights of a layer are equal, so its units are not independent. "
        "No theory line for Random uniform 0 to 1: the weights have the mean 0.5 instead of 0, so the units are not "
        "independent."
    )
    sound = slice(3, 6)
    assert not contrast.theory_limits(names[sound], theories(probes[sound]))


def test_what_fails_for_all_starts_is_said_once() -> None:
    spec = NetworkSpec(activation="Tanh", depth=3, width=64, batch=32, normalization="Batch")
    names, probes = compared(spec, [start("He normal"), start("LeCun normal")])
    found = theories(probes)
    assert contrast.theory_limits(names, found) == (
        "No theory line: batch normalization resets the size of the signal in every layer."
    )
    assert contrast.signal_theory(names, probes, found) == "Theory is drawn for no start."


def test_a_start_far_from_theory_is_named_with_its_factor(article: Compared) -> None:
    names, probes = article[0][3:5], article[1][3:5]
    found = theories(probes)
    expected = found[1].forward
    assert expected is not None
    found[1] = replace(found[1], forward=Expected(*(values / 5 for values in expected)))
    said = contrast.signal_theory(names, probes, found)
    assert "times more (layer" in said
    assert said.endswith("outside its band with Glorot normal.")


def test_one_layer_has_no_gradient_to_hold_against_theory() -> None:
    names, probes = compared(NetworkSpec(activation="Tanh", depth=1, width=64, batch=8), ODD[2:])
    said = contrast.gradient_theory(names, probes, theories(probes))
    assert said.endswith("nothing was measured that it could be held against.")
