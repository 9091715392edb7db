"""One pass, measured: every number of a probe against the arrays of the same pass, layer by layer."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from tallied import check

from initlab import ACTIVATIONS, Network, NetworkSpec, Probe, build, measure, probe
from initlab.arrays import Array
from initlab.datasets import Batch, load
from initlab.findings import findings
from initlab.losses import loss_and_gradient
from initlab.measurement import Detail, mean_difference

QUANTITIES = ("activation", "preactivation", "gradient", "weight", "weight_gradient")
SPEC = NetworkSpec(depth=4, width=30, shape="Funnel", activation="Tanh", batch=40)
each_precision = pytest.mark.parametrize("precision", ["float32", "float64"])


def batch_of(spec: NetworkSpec) -> Batch:
    return load(spec.dataset, spec.scaling, spec.rows)


def passed(spec: NetworkSpec) -> tuple[Probe, Network, dict[str, list[Array]], float]:
    """The probe, and the arrays it must describe."""
    net, batch = build(spec), batch_of(spec)
    run = net.forward(batch.inputs)
    loss, output_gradient = loss_and_gradient(spec.loss, run.outputs, batch.targets)
    back = net.backward(run, output_gradient)
    kept = {
        "activation": run.activations, "preactivation": run.preactivations, "gradient": back.gradients,
        "weight": list(net.weights[:-1]), "weight_gradient": back.weight_gradients[:-1],
    }  # fmt: skip
    return probe(spec), net, kept, loss


def by_pairs(z: Array) -> float:
    """1 minus the mean cosine over all pairs of different rows, a zero row being orthogonal to every other."""
    wide = z.astype(np.longdouble)
    norms = np.sqrt((wide * wide).sum(axis=1, keepdims=True))
    u = np.divide(wide, norms, out=np.zeros_like(wide), where=norms > 0)
    apart = [1 - u[i] @ u[j] for i in range(len(z)) for j in range(i)]
    near = [((u[i] - u[j]) ** 2).sum() / 2 for i in range(len(z)) for j in range(i)]  # the same without cancellation
    full = all(norms > 0)
    return float(np.mean(near if full else apart))


@each_precision
@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("normalization", ["None", "Batch", "Layer"])
def test_all_five_quantities_are_described_as_they_were(normalization: str, residual: bool, precision: str) -> None:
    spec = NetworkSpec(
        depth=3, width=64, activation="GELU", batch=40, normalization=normalization, residual=residual,
        precision=precision, bias_stddev=0.1,
    )  # fmt: skip
    found, _, kept, loss = passed(spec)
    for name in QUANTITIES:
        for layer, values in enumerate(kept[name]):
            check(getattr(found, name), layer, values)
    assert found.loss == pytest.approx(loss, rel=1e-12)


def test_every_first_axis_is_the_hidden_layer() -> None:
    found = probe(SPEC)
    for name in QUANTITIES:
        stats = getattr(found, name)
        for field in ("mean", "std", "rms", "minimum", "maximum", "finite_share"):
            assert getattr(stats, field).shape == (4,)
            assert getattr(stats, field).dtype == float
        assert stats.counts.shape == (4, 64)
        assert stats.edges.shape == (4, 65)
    for field in ("saturated_share", "dead_share", "distinct_units", "input_correlation", "input_difference"):
        assert getattr(found, field).shape == (4,)


def test_a_probe_says_what_it_was_made_from() -> None:
    found = probe(SPEC)
    assert (found.depth, found.widths, found.rows) == (4, SPEC.widths[1:-1], 40)
    assert (found.phi, found.precision, found.spec) == ("Tanh", "float32", SPEC)
    assert found.finite_outputs
    check(found.inputs, 0, batch_of(SPEC).inputs.astype(np.float32))
    assert found.data_difference == pytest.approx(by_pairs(batch_of(SPEC).inputs), rel=1e-5)


def test_a_bare_network_is_measured_like_a_built_one_without_a_spec() -> None:
    spec, batch = SPEC, batch_of(SPEC)
    bare, whole = measure(build(spec), batch.inputs, batch.targets), probe(spec)
    assert bare.spec is None
    for name in QUANTITIES:
        np.testing.assert_array_equal(getattr(bare, name).rms, getattr(whole, name).rms)
    assert bare.loss == whole.loss


def test_inputs_and_targets_given_replace_the_data_of_the_spec() -> None:
    inputs = np.random.default_rng(0).normal(size=(7, 64))
    found = probe(SPEC, inputs)
    assert found.rows == 7
    assert found.loss == loss_and_gradient("Auto", build(SPEC).forward(inputs).outputs, None)[0]
    classes = probe(SPEC, inputs, np.arange(7))
    assert classes.loss == pytest.approx(
        loss_and_gradient("Auto", build(SPEC).forward(inputs).outputs, np.arange(7))[0]
    )


@pytest.mark.parametrize("normalization", ["None", "Layer"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_saturated_outputs_are_those_whose_slope_is_below_six_percent_of_the_largest(
    activation: str, normalization: str
) -> None:
    found, _, kept, _ = passed(
        NetworkSpec("Random normal", (("stddev", 0.4),), activation=activation, depth=2, width=50, batch=30,
                    precision="float64", normalization=normalization)
    )  # fmt: skip
    phi = ACTIVATIONS[activation]
    if phi.saturates_beyond is None:
        assert not found.saturated_share.any()
        return
    z = np.linspace(-0.5, 0.5, 101)
    for layer, values in enumerate(kept["preactivation"]):
        if normalization == "Layer":
            values = (values - values.mean(1, keepdims=True)) / np.sqrt(values.var(1, keepdims=True) + 1e-5)
        share = (phi.derivative(values) < 0.06 * phi.derivative(z).max()).mean()
        assert found.saturated_share[layer] == pytest.approx(share, abs=1e-12)
    if normalization == "None":
        assert found.saturated_share.max() > 0.01, "something is saturated, so that the comparison means something"


@pytest.mark.parametrize("residual", [False, True])
def test_dead_units_are_those_at_or_below_zero_on_the_whole_batch(residual: bool) -> None:
    found, _, kept, _ = passed(NetworkSpec(depth=10, width=64, batch=50, residual=residual))
    for layer, z in enumerate(kept["preactivation"]):
        assert found.dead_share[layer] == (z <= 0).all(axis=0).mean()
    assert found.dead_share.max() > 0
    assert not probe(NetworkSpec(depth=10, width=64, batch=50, activation="Leaky ReLU")).dead_share.any()


def test_a_unit_that_is_exactly_zero_on_the_whole_batch_is_dead_too() -> None:
    assert probe(NetworkSpec("Zeros", depth=2, width=5)).dead_share.tolist() == [1, 1]


def test_dead_and_saturated_are_judged_after_normalization() -> None:
    spec = NetworkSpec("Random normal", (("mean", -0.5),), depth=3, width=40, scaling="0-1")
    assert probe(spec).dead_share[0] == 1
    assert probe(NetworkSpec("Random normal", (("mean", -0.5),), depth=3, width=40, scaling="0-1",
                             normalization="Batch")).dead_share[0] == 0  # fmt: skip


@each_precision
def test_the_difference_between_inputs_is_the_mean_over_all_pairs(precision: str) -> None:
    found, _, kept, _ = passed(NetworkSpec(depth=6, width=50, batch=30, precision=precision))
    # a cosine of 50 terms is rounded a few times: 1e-6 in single precision
    tolerance = 2e-6 if precision == "float32" else 1e-13
    for layer, z in enumerate(kept["preactivation"]):
        assert found.input_difference[layer] == pytest.approx(by_pairs(z), abs=tolerance)
    np.testing.assert_array_equal(found.input_correlation, 1 - found.input_difference)


@pytest.mark.parametrize("spread", [1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-6])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_tiny_difference_between_inputs_does_not_cancel(spread: float, dtype: type) -> None:
    rng = np.random.default_rng(0)
    z = (rng.normal(size=50) + spread * rng.normal(size=(20, 50))).astype(dtype)
    # Each unit vector is rounded by eps / 2 a component (the norm's rounding turns no direction): in the difference of
    # two that is eps against `spread`; above 1e-3 the cosine itself is rounded instead.
    eps = float(np.finfo(dtype).eps)
    with np.errstate(all="ignore"):
        assert mean_difference(z) == pytest.approx(by_pairs(z), rel=1e-3 if eps > 1e-10 else 1e-6, abs=eps**2)


@pytest.mark.parametrize("rows", [2, 3, 17])
def test_equal_rows_do_not_differ_opposite_ones_most_and_orthogonal_ones_by_one(rows: int) -> None:
    with np.errstate(all="ignore"):
        assert mean_difference(np.tile([1.0, 2.0, 3.0], (rows, 1))) == pytest.approx(0, abs=1e-30)
        assert mean_difference(np.eye(rows)) == pytest.approx(1)
    assert mean_difference(np.array([[1.0, 2.0], [-1.0, -2.0]])) == pytest.approx(2)


@pytest.mark.parametrize("zero_rows", [1, 2, 19])
def test_a_row_of_zeros_counts_as_orthogonal_to_every_other(zero_rows: int) -> None:
    z = np.random.default_rng(0).normal(size=(20, 5)) + 1
    z[:zero_rows] = 0
    with np.errstate(all="ignore"):
        assert mean_difference(z) == pytest.approx(by_pairs(z))


def test_one_row_of_zeros_among_very_many_alike_counts_too() -> None:
    z = np.ones((2048, 3))
    z[0] = 0
    with np.errstate(all="ignore"):
        assert mean_difference(z) == pytest.approx(2 / 2048)  # of the pairs, one cosine being 0 and the others 1


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_the_difference_is_nan_where_a_value_is_not_finite_or_there_is_one_row(bad: float) -> None:
    z = np.ones((4, 3))
    z[1, 2] = bad
    with np.errstate(all="ignore"):
        assert math.isnan(mean_difference(z))
    assert math.isnan(mean_difference(np.ones((1, 3))))


@pytest.mark.parametrize(("size", "dtype"), [(1e-15, "float32"), (1e15, "float32"), (1e-120, "float64")])
def test_the_difference_does_not_depend_on_the_size_of_the_signal(size: float, dtype: str) -> None:
    z = np.random.default_rng(0).normal(size=(10, 6))
    with np.errstate(all="ignore"):
        assert mean_difference((z * size).astype(dtype)) == pytest.approx(by_pairs(z), rel=1e-5)


@pytest.mark.parametrize(
    ("size", "dtype"), [(1e-25, "float32"), (1e25, "float32"), (1e-170, "float64"), (1e170, "float64")]
)
def test_the_difference_of_a_very_small_or_large_signal_is_the_same_too(size: float, dtype: str) -> None:
    z = np.random.default_rng(0).normal(size=(10, 6))
    with np.errstate(all="ignore"):
        assert mean_difference((z * size).astype(dtype)) == pytest.approx(by_pairs(z), rel=1e-5)


@given(arrays.arrays(float, st.tuples(st.integers(2, 8), st.integers(1, 5)), elements=st.floats(-100, 100, width=32)))
def test_any_difference_is_the_mean_over_all_pairs(z: Array) -> None:
    z = np.where(np.abs(z) < 1e-6, 0, z)  # smaller ones: see above
    with np.errstate(all="ignore"):
        assert mean_difference(z) == pytest.approx(by_pairs(z), rel=1e-9, abs=1e-13)


def overflowing(**fields: Any) -> NetworkSpec:
    return NetworkSpec("Random normal", (("stddev", 1.0),), gain=1000.0, depth=20, width=50, batch=30, **fields)


@pytest.mark.parametrize("normalization", ["None", "Layer", "Batch"])
@pytest.mark.parametrize("activation", ["ReLU", "Linear", "SELU", "GELU", "Softplus"])
def test_overflow_is_counted_never_fatal(activation: str, normalization: str) -> None:
    found = probe(overflowing(activation=activation, normalization=normalization))
    if normalization != "None":
        return
    share = found.preactivation.finite_share
    first = int(np.argmax(share < 1))
    assert 5 < first < 15, "a factor of some 5,000 a layer is beyond 1e38 at the tenth or eleventh"
    assert (share[:first] == 1).all()
    assert share[-1] == 0
    assert not found.finite_outputs
    assert not math.isfinite(found.loss)
    assert np.isnan(found.preactivation.rms[-1])


@pytest.mark.parametrize("spec", [SPEC, overflowing(), overflowing(precision="float64"), SPEC.with_init("Zeros")])
@pytest.mark.parametrize(("detail", "drawn"), [("findings", ""), ("signal", "activation gradient inputs")])
def test_less_detail_says_the_same_without_some_histograms(spec: NetworkSpec, detail: Detail, drawn: str) -> None:
    full, brief = probe(spec), probe(spec, detail=detail)
    for name in ("activation", "preactivation", "gradient", "weight", "inputs"):
        one, other = getattr(full, name), getattr(brief, name)
        for field in one.__slots__:
            if name in drawn.split() or field not in ("counts", "log_counts", "log_edges", "zeros"):
                np.testing.assert_array_equal(getattr(one, field), getattr(other, field), f"{name}: {field}")
        assert (other.counts.size > 0) == (other.log_counts.size > 0) == (name in drawn.split())
    for name in ("saturated_share", "dead_share", "distinct_units", "twin_share", "alike", "input_difference"):
        np.testing.assert_array_equal(getattr(full, name), getattr(brief, name), name)
    assert brief.weight_gradient.size.size == 0
    assert findings(brief) == findings(full)


def test_single_precision_overflows_where_double_does_not() -> None:
    assert probe(overflowing(precision="float64", activation="Linear")).preactivation.finite_share.min() == 1


def test_statistics_are_gathered_in_double_precision() -> None:
    # values near 1e30 are finite in single precision, their squares are not (facts: np.std overflows near 1e19)
    net = Network([np.full((1, 2), 1e30, np.float32), np.ones((2, 1), np.float32)], [np.zeros(2, np.float32),
                  np.zeros(1, np.float32)], activation="Linear")  # fmt: skip
    found = measure(net, np.array([[1.0], [-1.0]]))
    assert found.activation.std[0] == pytest.approx(1e30, rel=1e-6)
    assert found.activation.rms[0] == pytest.approx(1e30, rel=1e-6)


@pytest.mark.parametrize("dtype", [np.float16, np.longdouble])
def test_a_precision_that_cannot_be_measured_is_refused_with_those_that_can(dtype: type) -> None:
    net = Network([np.ones((2, 2), dtype)] * 2, [np.zeros(2, dtype)] * 2)
    with pytest.raises(ValueError, match="float32"):
        measure(net, np.ones((3, 2)))


def test_nothing_given_is_changed() -> None:
    net, batch = build(SPEC), batch_of(SPEC)
    before = [w.copy() for w in net.weights]
    batch.inputs.setflags(write=False)
    measure(net, batch.inputs, batch.targets)
    for w, kept in zip(net.weights, before, strict=True):
        np.testing.assert_array_equal(w, kept)


def test_the_same_spec_gives_the_same_probe() -> None:
    one, other = probe(SPEC), probe(SPEC)
    for name in QUANTITIES:
        for field in ("mean", "std", "counts", "edges", "log_counts"):
            np.testing.assert_array_equal(getattr(getattr(one, name), field), getattr(getattr(other, name), field))
    np.testing.assert_array_equal(one.input_difference, other.input_difference)
