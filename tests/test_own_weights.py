"""Weights of one's own: what is read from an archive, without running anything, and how it becomes a network."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from archives import filled, npz
from numpy.testing import assert_array_equal

from initlab.datasets import load
from initlab.measurement import measure
from initlab.own_data import own_data
from initlab.own_examples import ACTIVATION, DEPTH, example_table, example_weights
from initlab.own_probe import NOISE, fitting, probe_both, probe_data, probe_weights
from initlab.own_table import read_table
from initlab.own_tensors import read_tensors
from initlab.own_weights import IN_OUT, OUT_IN, OwnWeights, own_weights
from initlab.scenarios import DEFAULT
from initlab.spec import NetworkSpec
from initlab.start import build

SPEC = NetworkSpec(
    "Random normal", (("stddev", 0.01),), activation="Tanh", depth=3, width=16, shape="Funnel", bias_stddev=0.1
)


def network_of(layout: str = "Auto", /, **tensors: Any) -> OwnWeights:
    return own_weights(read_tensors(npz(**tensors)), "Tanh", layout)


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize(
    ("weight", "bias", "turned"), [("w{}", "b{}", False), ("layers.{}.weight", "layers.{}.bias", True)]
)
def test_a_saved_network_is_probed_like_the_network_itself(
    weight: str, bias: str, turned: bool, compressed: bool
) -> None:
    network = build(SPEC)
    tensors = {weight.format(layer): w.T if turned else w for layer, w in enumerate(network.weights)}
    tensors |= {bias.format(layer): b for layer, b in enumerate(network.biases)}
    found = own_weights(read_tensors(npz(compressed, **tensors)), SPEC.activation)
    data = load("Digits", rows=64)
    ours, theirs = (measure(one, data.inputs, data.targets) for one in (found.network, network))
    for name in ("activation", "gradient", "weight", "weight_gradient"):
        assert_array_equal(getattr(ours, name).rms, getattr(theirs, name).rms)
        assert_array_equal(getattr(ours, name).counts, getattr(theirs, name).counts)
    assert (ours.loss, ours.precision) == (theirs.loss, "float32")
    assert found.names[-1] == (weight.format(3), bias.format(3))
    assert ("(out, in)" in found.notes[0]) == turned


@pytest.mark.parametrize(
    "tensors",
    [
        {"W1": filled(2, 3), "b1": np.ones(3), "W2": filled(3, 4), "b2": np.ones(4)},
        {"W1": filled(2, 3), "b1": np.ones((1, 3)), "W2": filled(3, 4), "b2": np.ones((1, 4))},
        {"dense/kernel:0": filled(2, 3), "dense/bias:0": np.ones(3), "dense_1/kernel:0": filled(3, 4),
         "dense_1/bias:0": np.ones(4)},
        {"coefs_0": filled(2, 3), "coefs_1": filled(3, 4), "intercepts_0": np.ones(3), "intercepts_1": np.ones(4)},
        {"arr_0": filled(2, 3), "arr_1": np.ones(3), "arr_2": filled(3, 4), "arr_3": np.ones(4)},
        {"arr_0": filled(2, 3), "arr_1": filled(3, 4), "arr_2": np.ones(3), "arr_3": np.ones(4)},
        {"zuerst.weight": filled(2, 3).T, "zuerst.bias": np.ones(3), "danach.weight": filled(3, 4).T,
         "danach.bias": np.ones(4)},
        {"W1": filled(2, 3).T, "b1": np.ones((3, 1)), "W2": filled(3, 4).T, "b2": np.ones((4, 1))},
        {"w_10": filled(3, 4), "w_9": np.asfortranarray(filled(2, 3)), "b_10": np.ones(4), "b_9": np.ones(3)},
        {"w1": filled(2, 3).astype(">f8"), "b1": np.ones(3, int), "w2": filled(3, 4).astype("i2"), "b2": np.ones(4)},
    ],
    ids=["numpy", "rows", "keras", "scikit-learn", "list", "lists", "order of the file", "columns", "natural", "types"],
)  # fmt: skip
def test_the_usual_ways_to_name_and_store_a_network_are_understood(tensors: dict[str, np.ndarray]) -> None:
    found = network_of(**tensors)
    for weights, expected in zip(found.network.weights, (filled(2, 3), filled(3, 4)), strict=True):
        assert_array_equal(weights, expected)
    assert all((bias == 1).all() for bias in found.network.biases)
    assert found.network.weights[0].dtype == float


def test_shapes_that_fit_both_ways_are_settled_by_the_names_or_the_reader() -> None:
    first, second = filled(3, 3), filled(3, 3) + 1
    plain, torch = {"w1": first, "w2": second}, {"0.weight": first, "0.bias": np.ones(3), "2.weight": second}
    assert_array_equal(network_of(**plain).network.weights[0], first)
    assert "the shapes fit both ways, and nothing says otherwise" in network_of(**plain).notes[0]
    assert_array_equal(network_of(**torch).network.weights[0], first.T)
    assert "their names are PyTorch's" in network_of(**torch).notes[0]
    assert_array_equal(network_of(OUT_IN, **plain).network.weights[0], first.T)
    assert_array_equal(network_of(IN_OUT, **torch).network.weights[0], first)
    either = {"w1": filled(2, 3), "w2": filled(3, 2), "b1": np.ones(2), "b2": np.ones(3)}
    assert network_of(**either).network.weights[0].shape == (3, 2), "the biases tell"


def test_two_weights_may_share_a_name_where_there_is_no_bias_to_mistake() -> None:
    assert network_of(w=filled(1, 2), b=filled(2, 2)).names == (("w", ""), ("b", ""))


def test_numbered_layers_come_in_the_order_of_their_numbers_and_others_in_that_of_the_file() -> None:
    named = network_of(zuerst=filled(2, 3), danach=filled(3, 4))
    assert [name for name, _ in named.names] == ["zuerst", "danach"]
    numbered = network_of(w10=filled(3, 4), w9=filled(2, 3))
    assert [name for name, _ in numbered.names] == ["w9", "w10"]
    other = network_of(z=filled(3, 4), x=filled(2, 3), y=filled(3, 3))
    assert [name for name, _ in other.names] == ["x", "y", "z"]


def test_what_was_assumed_of_weights_is_said() -> None:
    assert "No biases in the file: zeros are used." in network_of(w1=filled(2, 3), w2=filled(3, 4)).notes
    partly = network_of(w1=filled(2, 3), b1=np.ones(3), w2=filled(3, 4))
    assert "No bias for 'w2': zeros are used." in partly.notes
    half = network_of(w1=filled(2, 3).astype(np.float16), w2=filled(3, 4).astype(np.float16))
    assert half.notes[-1] == "float16 in the file, computed in float32."
    assert half.network.weights[0].dtype == np.float32


def test_nan_weights_are_a_finding() -> None:
    weights = [np.array(w) for w in build(replace(SPEC, depth=3)).weights]
    weights[1][0, 0] = np.nan
    found = own_weights(read_tensors(npz(**{f"w{n}": w for n, w in enumerate(weights)})), "Tanh")
    probe = probe_weights(found, "Digits", DEFAULT)
    assert probe.findings[0].kind == "overflow"
    assert probe.findings[0].layers[0] == 2


EXAMPLE = own_weights(read_tensors(example_weights()), ACTIVATION)
TABLE = read_table(example_table())


def test_the_examples_fit_each_other_and_teach_something() -> None:
    data = own_data(TABLE, 4)
    assert len(example_weights()) + len(example_table()) < 60_000
    assert EXAMPLE.network.depth == DEPTH
    both, iris = probe_both(EXAMPLE, data, DEFAULT), probe_weights(EXAMPLE, "Iris", DEFAULT)
    assert [one.kind for one in both.findings] == [one.kind for one in iris.findings] == ["vanishing gradient"]
    passed = (both.probe.gradient.rms[0] / both.probe.gradient.rms[-1]) ** (1 / (DEPTH - 1))
    assert 0.45 < passed < 0.6, "about half in every layer"
    (alone,) = EXAMPLE.network.forward(np.zeros((1, 4))).activations[-1]
    assert abs(np.sqrt((alone**2).mean()) / both.probe.activation.rms[-1] - 1) < 0.05, "what the biases give"
    assert "180 rows of your table (standardized), in float32" in both.source
    assert "150 rows of Iris (standardized), in float32" in iris.source
    built = probe_data(data, DEFAULT)
    assert built.findings[0].kind == "vanishing signal"
    cured = DEFAULT.with_init("Glorot normal")
    assert not probe_data(data, cured).findings
    raw = probe_data(data, replace(cured, scaling="Raw"))
    assert [layer for one in raw.findings if one.kind == "saturation" for layer in one.layers] == [1]
    assert "seed 0" in raw.source


def test_weights_are_completed_by_what_fits_them() -> None:
    assert fitting(4) == ("Iris", NOISE)
    assert fitting(2) == ("Moons", "Circles", "Spirals", NOISE)
    assert fitting(7) == (NOISE,)
    noise = probe_weights(network_of(w1=filled(7, 3), w2=filled(3, 2)), NOISE, DEFAULT)
    assert noise.batch.inputs.shape == (256, 7)
    assert "256 rows of Gaussian noise of 7 features" in noise.source
    with pytest.raises(ValueError, match="received Iris for 7 inputs"):
        probe_weights(network_of(w1=filled(7, 3), w2=filled(3, 2)), "Iris", DEFAULT)
    narrow = network_of(w1=filled(4, 3) / 100, w2=filled(3, 2))
    alone = probe_weights(narrow, "Iris", DEFAULT)
    assert alone.notes[-1] == "The 2 outputs cannot answer for 3 classes: a random direction is the loss."
    assert alone.batch.targets is None
    with pytest.raises(ValueError, match="received 3 columns for 4 inputs"):
        probe_both(EXAMPLE, own_data(read_table(b"a,b,c,k\n1,2,3,x\n4,5,6,y"), 3), DEFAULT)
    unfit = probe_weights(
        network_of(w1=filled(10, 3) / 100, w2=filled(3, 1)), "Diabetes", replace(DEFAULT, loss="Cross-entropy")
    )
    assert unfit.notes[-1] == "Cross-entropy does not fit this target: Auto is used."
