"""The sentences under the charts: every number is read back and compared with the arrays it was made from."""

from dataclasses import replace
from typing import Final

import numpy as np
import pytest
from evidence import near, numbers
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from probed import batch, probed
from tallied import tally

from initlab import readings
from initlab.activations import ACTIVATIONS
from initlab.arrays import Array
from initlab.initializers import INITIALIZERS
from initlab.losses import loss_and_gradient
from initlab.measurement import measure
from initlab.network import Network
from initlab.scenarios import DEFAULT, SCENARIOS
from initlab.spec import NetworkSpec
from initlab.start import build
from initlab.theory import Expected, Theory, expect
from initlab.wording import number, percent

BIN: Final = 1.25  # a log histogram has four bins an octave, the widest from 1 to 1.25; no quantile is known better
SAID_OF_HISTOGRAMS: Final = "Nine {} in ten are smaller than # in layer # and smaller than # in layer #"
LARGE, LEVEL = SCENARIOS["Too large"].spec, SCENARIOS["He on deep ReLU"].spec
OVERFLOW = replace(LARGE, gain=10.0, depth=60)


def gradients_of(spec: NetworkSpec) -> list[Array]:
    """dLoss/dz of every hidden layer, from the network itself."""
    network, data = build(spec), batch(spec.dataset, spec.scaling, spec.rows)
    forward = network.forward(data.inputs)
    _, cotangent = loss_and_gradient(spec.loss, forward.outputs, data.targets)
    return list(network.backward(forward, cotangent).gradients)


def activations_of(spec: NetworkSpec) -> list[Array]:
    return list(build(spec).forward(batch(spec.dataset, spec.scaling, spec.rows).inputs).activations)


def ninth_decile(values: Array) -> float:
    return float(np.quantile(np.abs(values), 0.9))


def within_a_bin(found: float, expected: float) -> bool:
    return 1 / 1.06 / BIN < found / expected < 1.06 * BIN  # two digits are written, which rounds by at most 5 %


@pytest.mark.parametrize("name", ["Too small", "N(0, 1)", "Too large", "Glorot on sigmoid", "SELU", "He on deep ReLU"])
def test_nine_values_in_ten_are_indeed_smaller_than_the_sentence_says(name: str) -> None:
    spec = SCENARIOS[name].spec
    probe = probed(spec)
    first, at, last, end = numbers(SAID_OF_HISTOGRAMS.format("activations"), readings.activations(probe))
    values = activations_of(spec)
    assert (at, end) == (1, spec.depth)
    assert within_a_bin(first, ninth_decile(values[0]))
    assert within_a_bin(last, ninth_decile(values[-1]))
    first, at, last, end = numbers(SAID_OF_HISTOGRAMS.format("gradients"), readings.gradients(probe))
    values = gradients_of(spec)
    assert (at, end) == (spec.depth, 1)
    assert within_a_bin(first, ninth_decile(values[-1]))
    assert within_a_bin(last, ninth_decile(values[0]))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Too small", "they shrink # times"),
        ("Too large", "they grow # times"),
        ("He on deep ReLU", "they keep their size"),
    ],
)
def test_the_way_through_the_layers_is_called_by_its_name_and_size(name: str, said: str) -> None:
    text = readings.activations(probed(SCENARIOS[name].spec))
    first, _, last, _ = numbers(SAID_OF_HISTOGRAMS.format("activations"), text)
    factor = max(first / last, last / first)
    if "#" in said:
        assert numbers(said, text) == [pytest.approx(factor, rel=0.11)]  # three numbers of two digits
    else:
        assert said in text
        assert factor < readings.CHANGE * 1.11


def test_zeros_are_counted_where_a_log_axis_would_hide_them() -> None:
    spec = replace(LEVEL, depth=5)
    share = max(np.mean(a == 0) for a in activations_of(spec))
    assert numbers("Up to # % of a layer are exactly 0", readings.activations(probed(spec))) == [near(100 * share)]
    assert "exactly 0" not in readings.activations(probed(DEFAULT))


def test_layers_of_nothing_but_zeros_are_named() -> None:
    assert readings.gradients(probed(SCENARIOS["Zeros"].spec)) == (
        "All gradients are exactly 0 in layers 1 to 10: there is nothing to draw on this axis."
    )


def test_the_first_overflow_on_the_way_is_named_with_its_share() -> None:
    probe = probed(OVERFLOW)
    odd = [np.mean(~np.isfinite(a)) for a in activations_of(OVERFLOW)]
    first = int(np.flatnonzero(odd)[0])
    text = readings.activations(probe)
    layer, share = numbers("Layer # is the first to leave the range of float32: # % of its activations", text)
    assert (layer, share) == (first + 1, near(100 * float(odd[first])))
    assert readings.gradients(probe) == (
        "Layer 60 is the first to leave the range of float32: 100 % of its gradients are inf or NaN."
    )


def test_one_layer_alone_is_not_compared_with_itself() -> None:
    text = readings.activations(probed(replace(DEFAULT, depth=1)))
    assert numbers("Nine activations in ten are smaller than #.", text)
    assert "layer" not in text


@pytest.mark.parametrize("name", ["Too small", "Too large", "Glorot on deep ReLU"])
def test_the_two_ends_of_the_rms_and_the_factor_a_layer_are_the_networks_own(name: str) -> None:
    spec = SCENARIOS[name].spec
    text = readings.rms(probed(spec))
    for what, values, ends in (
        ("The activations' RMS", activations_of(spec), (0, -1)),
        ("the gradients'", gradients_of(spec), (-1, 0)),
    ):
        first, last = (float(np.sqrt(np.mean(values[end].astype(float) ** 2))) for end in ends)
        rate = (last / first) ** (1 / (spec.depth - 1))
        layers = [1, spec.depth] if ends[0] == 0 else [spec.depth, 1]
        assert numbers(f"{what} goes from # in layer # to # in layer #, × # a layer", text) == [
            near(first), layers[0], near(last), layers[1], near(rate),
        ]  # fmt: skip


def test_the_rms_after_an_overflow_ends_at_the_last_finite_layer() -> None:
    probe, finite = probed(OVERFLOW), [bool(np.isfinite(a).all()) for a in activations_of(OVERFLOW)]
    text = readings.rms(probe)
    assert numbers("RMS goes from # in layer # to # in layer #", text)[3] == finite.index(False)
    assert text.endswith("the gradients' is finite in no layer.")


def test_the_share_of_saturated_outputs_and_its_layer_are_the_largest() -> None:
    spec = SCENARIOS["N(0, 1)"].spec
    shares = [float(np.mean(np.abs(a) >= np.sqrt(0.94))) for a in activations_of(spec)]  # 1 - tanh^2 is the slope
    share, layer = numbers("Up to # % of the outputs (layer #)", readings.saturated(probed(spec)))
    assert share == near(100 * max(shares))
    assert shares[int(layer) - 1] == max(shares)
    assert readings.saturated(probed(DEFAULT)).startswith("No output is saturated")


def test_the_share_of_silent_units_and_its_layer_are_the_largest() -> None:
    shares = [float((a == 0).all(axis=0).mean()) for a in activations_of(LEVEL)]
    share, layer = numbers("Up to # % of the units (layer #) are silent on all 256 rows", readings.dead(probed(LEVEL)))
    assert share == near(100 * max(shares))
    assert shares[int(layer) - 1] == max(shares)
    shallow = replace(LEVEL, depth=1)
    assert readings.dead(probed(shallow)) == "Every unit answers to at least one of the 256 rows."


def test_one_layer_is_read_by_the_three_sizes_that_matter() -> None:
    network, data = build(DEFAULT), batch("Digits", "Standardized", 256)
    forward = network.forward(data.inputs)
    arrays = (forward.preactivations[2], forward.activations[2], gradients_of(DEFAULT)[2])
    found = numbers(
        "Layer 3: pre-activations of RMS # become activations of RMS #; the gradient that arrives has RMS #.",
        readings.one_layer(probed(DEFAULT), 3),
    )
    assert found == [near(float(np.sqrt(np.mean(a.astype(float) ** 2)))) for a in arrays]


def test_the_source_names_data_seed_precision_and_loss() -> None:
    spec = replace(DEFAULT, dataset="Wine", scaling="0-1", seed=7, precision="float64")
    probe = probed(spec)
    text = readings.source(probe)
    assert "178 rows of Wine (0-1), seed 7, in float64; " in text
    assert numbers("loss #.", text) == [pytest.approx(probe.loss, rel=0.0051)]


def test_a_network_without_a_spec_is_read_as_well() -> None:
    network = Network((np.eye(4), np.ones((4, 2))), (np.zeros(4), np.zeros(2)), "Tanh")
    probe = measure(network, np.random.default_rng(0).normal(size=(20, 4)))
    assert "20 rows of the given inputs" in readings.source(probe)
    assert readings.healthy(probe).startswith(readings.rms(probe))


@pytest.mark.parametrize(
    ("name", "activation"),
    [*((name, "Tanh") for name in INITIALIZERS), *(("Ones", a) for a in ACTIVATIONS)],
)
def test_every_sentence_is_one_a_person_would_say(name: str, activation: str) -> None:
    probe = probed(NetworkSpec(name, activation=activation, depth=4, width=16, batch=32))
    for reading in (readings.activations, readings.gradients, readings.rms, readings.saturated, readings.dead):
        text = reading(probe)
        assert text[0].isupper()
        assert text.endswith(".")
        assert not {"nan", "inf", "None", "array", "e-0", "e+"} & set(text.replace(",", " ").split())
        assert len(text) < 260


@given(arrays(np.float32, 300, elements=st.floats(0, 2**60, width=32)), st.sampled_from((0.1, 0.5, 0.9)))
def test_a_quantile_from_the_log_histogram_is_right_to_a_bin(values: Array, q: float) -> None:
    assume(values.any())
    stats = tally({0: values})
    found = readings.quantile_of_magnitude(stats, 0, q)
    ordered = np.sort(values.astype(float))
    low, high = ordered[int(q * 300) - 1], ordered[min(int(q * 300), 299)]
    if low == 0:
        assert found == 0 or found <= high * BIN
    else:
        assert low / BIN / 1.001 <= found <= high * BIN * 1.001


def expected_of(spec: NetworkSpec) -> Theory:
    inputs = batch(spec.dataset, spec.scaling, spec.rows).inputs.astype(float)
    return expect(spec, (inputs**2).mean(axis=1), float(probed(spec).gradient.rms[-1]))


def test_the_residual_is_that_of_the_last_layer_forward_and_of_the_first_backward() -> None:
    probe, theory = probed(DEFAULT), expected_of(DEFAULT)
    said = readings.theory(probe, theory)
    assert theory.forward is not None
    assert theory.backward is not None
    for expected, stats, layer in ((theory.forward, probe.activation, 10), (theory.backward, probe.gradient, 1)):
        share = abs(stats.rms[layer - 1] / expected.rms[layer - 1] - 1)
        above = "above" if stats.rms[layer - 1] > expected.rms[layer - 1] else "below"
        assert f"in layer {layer} to be {number(expected.rms[layer - 1])}: measured {percent(share)} {above}" in said
    assert said.count("within its band") == 2
    assert "start from the RMS measured in the top layer" in said


def test_a_measurement_far_from_theory_is_said_to_lie_outside_by_its_factor() -> None:
    theory = expected_of(DEFAULT)
    assert theory.forward is not None
    shifted = replace(theory, forward=Expected(*(values / 5 for values in theory.forward)), backward=None)
    said = readings.theory(probed(DEFAULT), shifted)
    assert "times more, outside its band" in said
    assert "gradients" not in said


def test_where_theory_does_not_hold_the_sentence_names_the_assumption() -> None:
    spec = replace(DEFAULT, normalization="Layer")
    said = readings.theory(probed(spec), expected_of(spec))
    assert said == "No theory line: layer normalization resets the size of the signal in every layer."
    spec = replace(spec, init="Ones", init_params=(), width=16)
    assert readings.theory(probed(spec), expected_of(spec)) == (
        "No theory line: layer normalization resets the size of the signal in every layer; all weights of a layer are "
        "equal, so its units are not independent; with fewer than 32 units in a layer every draw differs."
    )


def test_one_layer_does_not_go_anywhere() -> None:
    probe = probed(replace(DEFAULT, depth=1))
    signal, gradient = number(float(probe.activation.rms[0])), number(float(probe.gradient.rms[0]))
    assert (
        readings.rms(probe) == f"The activations' RMS is {signal} in layer 1; the gradients' is {gradient} in layer 1."
    )


def test_a_single_row_is_not_called_rows() -> None:
    assert "pass with 1 row of Digits" in readings.source(probed(NetworkSpec(depth=1, width=2, batch=1)))
