"""From a spec to a network: every initializer, the three output layers, biases, and the shared unit draws."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from initlab import INITIALIZERS, Network, NetworkSpec, build
from initlab.data_driven import LSUV, Pretraining
from initlab.datasets import load
from initlab.draws import Draws
from initlab.initializers import recipe
from initlab.laws import Constant, Identity
from initlab.spec import OUTPUTS
from initlab.start import cut, stages

SPEC = NetworkSpec(depth=4, width=24, activation="Tanh")
STARTS = list(INITIALIZERS)
LAWS = {name: replace(SPEC, init=name).law for name in STARTS}
RANDOM = [name for name, law in LAWS.items() if not isinstance(law, Constant | Identity)]
each_start = pytest.mark.parametrize("init", STARTS)
each_drawn = pytest.mark.parametrize("init", [name for name, law in LAWS.items() if not isinstance(law, Pretraining)])
each_random = pytest.mark.parametrize("init", RANDOM)


def same(one: Network, other: Network, layers: int | None = None) -> bool:
    pairs = [*zip(one.weights, other.weights, strict=False), *zip(one.biases, other.biases, strict=False)]
    if layers is not None:
        pairs = [*zip(one.weights[:layers], other.weights[:layers], strict=True)]
    return all(np.array_equal(mine, theirs) for mine, theirs in pairs)


@each_start
@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("shape", ["Constant", "Hourglass"])
def test_a_network_has_the_specs_shapes_and_precision(init: str, precision: str, shape: str) -> None:
    spec = replace(SPEC, init=init, precision=precision, shape=shape)
    net = build(spec)
    assert [w.shape for w in net.weights] == list(pairwise(spec.widths))
    assert [b.shape for b in net.biases] == [(width,) for width in spec.widths[1:]]
    assert {array.dtype for array in (*net.weights, *net.biases)} == {np.dtype(precision)}
    assert (net.depth, net.activation) == (4, "Tanh")
    assert all(np.isfinite(w).all() for w in net.weights)


@each_drawn
def test_every_layer_follows_the_law_for_its_own_fans(init: str) -> None:
    spec = NetworkSpec(init, depth=3, width=200, shape="Funnel", activation="Sigmoid", precision="float64")
    for w in build(spec).weights[:-1]:
        mean, variance = recipe(init).bound(spec.init_params, "Sigmoid").moments(*w.shape)
        if isinstance(LAWS[init], LSUV):
            tall = w if w.shape[0] >= w.shape[1] else w.T
            np.testing.assert_allclose(tall.T @ tall, (tall[:, 0] @ tall[:, 0]) * np.eye(tall.shape[1]), atol=1e-6)
            continue
        if variance is None:
            np.testing.assert_array_equal(w, np.eye(*w.shape))
            continue
        # relative error of a sample variance: sqrt((kurtosis - 1) / n), kurtosis 3 over the share that is not zero
        kept = np.count_nonzero(w) / w.size if variance else 1
        assert w.mean() == pytest.approx(mean, abs=5 * np.sqrt(variance / w.size) + 1e-7)
        assert w.var() == pytest.approx(variance, rel=5 * np.sqrt((3 / kept - 1) / w.size), abs=1e-14)


@each_start
def test_the_same_spec_gives_the_same_network_kept_draws_or_not(init: str) -> None:
    spec, draws = replace(SPEC, init=init), Draws(0)
    assert same(build(spec), build(spec))
    assert same(build(spec), build(spec, draws=draws))
    assert same(build(spec), build(spec, draws=draws)), "what another network kept"


@each_random
def test_another_seed_gives_another_network(init: str) -> None:
    for mine, theirs in zip(build(replace(SPEC, init=init)).weights, build(replace(SPEC, init=init, seed=1)).weights,
                            strict=True):  # fmt: skip
        assert not np.array_equal(mine, theirs)


@each_start
@pytest.mark.parametrize("deeper", [5, 9])
def test_a_network_is_a_prefix_of_a_deeper_one_and_keeps_its_output_layer(init: str, deeper: int) -> None:
    shallow, deep = build(replace(SPEC, init=init)), build(replace(SPEC, init=init, depth=deeper))
    assert same(shallow, deep, layers=4)
    if isinstance(LAWS[init], LSUV):  # the same rotation, sized to what arrives
        ratio = shallow.weights[-1] / deep.weights[-1]
        np.testing.assert_allclose(ratio, ratio[0, 0], rtol=1e-5)
    else:
        np.testing.assert_array_equal(shallow.weights[-1], deep.weights[-1])
    np.testing.assert_array_equal(shallow.biases[-1], deep.biases[-1])
    for mine, theirs in zip(shallow.biases[:4], deep.biases[:4], strict=True):
        np.testing.assert_array_equal(mine, theirs)


@each_random
def test_layers_of_equal_fans_have_draws_of_their_own(init: str) -> None:
    net = build(replace(SPEC, init=init, dataset="Gaussian noise", width=64))
    for index, one in enumerate(net.weights[:-1]):
        for other in net.weights[index + 1 : -1]:
            assert not np.array_equal(one, other)


@each_start
@pytest.mark.parametrize("gain", [0.5, 3.0])
def test_the_gain_multiplies_the_weights_and_leaves_the_biases(init: str, gain: float) -> None:
    plain, scaled = build(replace(SPEC, init=init)), build(replace(SPEC, init=init, gain=gain))
    for mine, theirs in zip(scaled.weights, plain.weights, strict=True):
        np.testing.assert_allclose(mine, gain * theirs, rtol=1e-6)
    for mine, theirs in zip(scaled.biases, plain.biases, strict=True):
        np.testing.assert_array_equal(mine, theirs)


@each_drawn
def test_both_precisions_share_their_draws(init: str) -> None:
    single, double = (build(replace(SPEC, init=init, precision=p)) for p in ("float32", "float64"))
    for mine, theirs in zip((*single.weights, *single.biases), (*double.weights, *double.biases), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("other", ["Glorot normal", "LeCun normal", "Truncated normal"])
def test_two_laws_of_one_family_differ_by_one_factor_a_layer(other: str) -> None:
    pairs = zip(build(replace(SPEC, init="He normal")).weights, build(replace(SPEC, init=other)).weights, strict=True)
    for he, them in pairs:
        ratio = he / them
        np.testing.assert_allclose(ratio, ratio[0, 0], rtol=1e-5)


def test_normal_and_uniform_laws_rank_the_weights_alike() -> None:
    normal, uniform = (build(replace(SPEC, init=name)).weights[1] for name in ("Random normal", "Random uniform"))
    order = np.argsort(normal, axis=None)
    assert (np.diff(uniform.ravel()[order]) >= -1e-9).all()


@each_start
@pytest.mark.parametrize("output", OUTPUTS)
def test_the_output_layer_is_the_same_law_or_lecuns_or_one_row_repeated(init: str, output: str) -> None:
    spec = NetworkSpec(init, depth=2, width=300, gain=2.0, output=output, activation="Tanh")
    net, lecun = build(spec), build(replace(spec.with_init("LeCun normal"), gain=1.0, output="Same"))
    same_law = build(replace(spec, output="Same"))
    assert same(net, same_law, layers=2), "the hidden layers do not change"
    w, b = net.weights[-1], net.biases[-1]
    match output:
        case "Same":
            for mine, theirs in zip(same_law.weights, build(replace(spec, gain=1.0)).weights, strict=True):
                np.testing.assert_allclose(mine, 2 * theirs, rtol=1e-6)
        case "LeCun normal":
            np.testing.assert_array_equal(w, lecun.weights[-1])
            assert not b.any()
        case _:
            np.testing.assert_array_equal(w, np.repeat(lecun.weights[-1][:1], 300, axis=0))
            assert len(np.unique(w[0])) == 10
            assert not b.any()


@each_drawn
def test_biases_are_the_laws_own_unless_a_deviation_is_asked_for(init: str) -> None:
    spec = NetworkSpec(init, depth=10, width=300, activation="Tanh")
    own = np.concatenate(build(spec).biases[:-1])
    assert own.any() == (LAWS[init].bias_variance(300, 300) > 0)
    asked = np.concatenate(build(replace(spec, bias_stddev=0.3)).biases[:-1])
    assert asked.std() == pytest.approx(0.3, rel=5 / np.sqrt(2 * asked.size))  # of a sample deviation: 1/sqrt(2 n)
    assert asked.mean() == pytest.approx(0, abs=5 * 0.3 / np.sqrt(asked.size))
    twice = np.concatenate(build(replace(spec, bias_stddev=0.6)).biases[:-1])
    np.testing.assert_allclose(twice, 2 * asked, rtol=1e-6)


def test_the_rest_of_the_spec_reaches_the_network() -> None:
    net = build(
        NetworkSpec(activation="Leaky ReLU", activation_params=(("slope", 0.3),), normalization="Layer", residual=True,
                    depth=2, width=5)
    )  # fmt: skip
    assert (net.activation, net.activation_params) == ("Leaky ReLU", (("slope", 0.3),))
    assert (net.normalization, net.residual) == ("Layer", True)
    np.testing.assert_array_equal(net.scales, np.ones((2, 5)))


def test_kept_draws_are_brought_under_their_bound_after_every_network() -> None:
    draws = Draws(0, max_bytes=0)
    build(SPEC, draws=draws)
    assert draws.layer(0, 64, 24).nbytes == 0
    plenty = Draws(0, max_bytes=2**20)
    build(SPEC, draws=plenty)
    assert plenty.layer(0, 64, 24).nbytes > 0


def test_draws_of_another_seed_are_not_taken_for_this_one() -> None:
    with pytest.raises(ValueError, match="the draws have the seed of the spec; received seed 1 for 0"):
        build(SPEC, draws=Draws(SPEC.seed + 1))


def test_the_stages_of_a_network_rise_to_the_whole_of_it() -> None:
    for init in ("He normal", "LSUV"):
        found = list(stages(replace(SPEC, init=init)))
        shares = [stage.share for stage in found]
        assert shares == sorted(set(shares))
        assert shares[-1] == 1
        assert shares[0] > 0
        assert [stage.network is None for stage in found] == [True] * (len(found) - 1) + [False]
        assert found[-1].network
        assert same(found[-1].network, build(replace(SPEC, init=init)))
    assert len(found) == 5 + 5 + 1, "every layer is drawn, then calibrated; the gain comes last"


def test_a_data_driven_start_reads_the_specs_own_data_or_those_it_is_given() -> None:
    spec = replace(SPEC, init="LSUV")
    own = load("Digits", rows=spec.rows).inputs
    assert same(build(spec), build(spec, own))
    assert not same(build(spec), build(spec, own[:100]))
    assert same(build(spec.with_init("He normal")), build(spec.with_init("He normal"), own[:100]))


CUT_STARTS = [(init, out) for init in STARTS for out in OUTPUTS if not (isinstance(LAWS[init], LSUV) and out == "Same")]


@pytest.mark.parametrize(("init", "output"), CUT_STARTS)  # LSUV's output layer depends on the depth
def test_a_network_cut_from_a_deeper_one_is_number_for_number_the_one_that_is_built(init: str, output: str) -> None:
    spec = replace(SPEC, init=init, output=output, bias_stddev=0.2, normalization="Batch")
    whole = build(spec)
    for depth, gain in ((1, 0.7), (3, 1.0), (4, 1.3)):
        wanted = replace(spec, depth=depth, gain=gain)
        found, expected = cut(whole, wanted), build(wanted)
        assert same(found, expected)
        assert len(found.weights) == len(expected.weights)
        assert [w.dtype for w in found.weights] == [w.dtype for w in expected.weights]
        assert len(found.scales) == depth
