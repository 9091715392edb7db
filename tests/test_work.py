"""The work budget: an estimate from above, a refusal before anything is allocated, a spec that fits."""

import re
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from initlab import NetworkSpec, build, measurement, probe
from initlab.spec import NORMALIZATIONS, PRECISIONS, SHAPES
from initlab.work import LIMIT, MAX_BYTES, MAX_OPERATIONS, Work, fitting, require_affordable, work

FIXED = 2**22  # the buffers of a sweep, the whole data set and its scaled copy: whatever the network
SPECS = st.builds(
    NetworkSpec,
    init=st.sampled_from(["He normal", "Orthogonal", "Sparse", "Zeros", "LSUV"]),
    depth=st.integers(1, 200),
    width=st.integers(1, 1024),
    batch=st.integers(1, 2048),
    shape=st.sampled_from(SHAPES),
    normalization=st.sampled_from(NORMALIZATIONS),
    precision=st.sampled_from(PRECISIONS),
    dataset=st.sampled_from(["Digits", "Iris", "Gaussian noise"]),
    residual=st.booleans(),
)
HUGE = NetworkSpec(depth=200, width=1024, batch=1024)


def peak(run: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def check_fitting(spec: NetworkSpec) -> None:
    fit = fitting(spec)
    assert work(fit).affordable
    require_affordable(fit)
    assert fit == replace(spec, batch=fit.batch, depth=fit.depth), "only the batch and the depth give way"
    assert fit.rows <= spec.rows
    assert fit.depth <= spec.depth
    if work(spec).affordable:
        assert fit == spec
    if fit.depth < spec.depth:
        assert fit.rows <= 32, "rows give way before layers"


@given(SPECS)
def test_there_is_always_a_spec_that_fits(spec: NetworkSpec) -> None:
    check_fitting(spec)


@pytest.mark.stress
@settings(max_examples=3000)
@given(SPECS)
def test_there_is_always_a_spec_that_fits_at_length(spec: NetworkSpec) -> None:
    check_fitting(spec)


@pytest.mark.parametrize("init", ["He normal", "Orthogonal"])
@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_the_largest_spec_is_refused_with_the_numbers_and_what_would_fit(
    init: str, precision: str, normalization: str
) -> None:
    spec = replace(HUGE, init=init, precision=precision, normalization=normalization)
    with pytest.raises(ValueError, match=f"^a probe may take at most {LIMIT}; received {work(spec)}; ") as caught:
        require_affordable(spec)
    found = re.search(r"depth (\d+) with batch (\d+) fits$", str(caught.value))
    assert found
    require_affordable(replace(spec, depth=int(found[1]), batch=int(found[2])))


@pytest.mark.parametrize("run", [build, probe])
def test_what_does_not_fit_is_refused_before_anything_is_allocated(run: Callable[[NetworkSpec], object]) -> None:
    def refused() -> None:
        with pytest.raises(ValueError, match="a probe may take at most"):
            run(HUGE)

    refused()  # loads what is loaded once
    assert peak(refused) < 2**22 < work(HUGE).bytes / 500  # the digits and their scaled copy take 2 MiB


def test_the_default_and_the_common_sizes_are_affordable() -> None:
    for depth, width, batch in [(20, 128, 256), (200, 128, 256), (50, 512, 512), (5, 1024, 1797)]:
        assert work(NetworkSpec(depth=depth, width=width, batch=batch)).affordable


def test_a_budget_is_exceeded_by_either_of_its_numbers() -> None:
    assert Work(MAX_OPERATIONS, MAX_BYTES).affordable
    assert not Work(MAX_OPERATIONS + 1, 0).affordable
    assert not Work(0, MAX_BYTES + 1).affordable


def test_operations_count_the_three_matrix_products_and_more() -> None:
    spec = NetworkSpec(depth=20, width=512, batch=512)
    products = 3 * 2 * 512 * (64 * 512 + 19 * 512**2 + 512 * 10)
    assert products < work(spec).operations < 2 * products
    assert work(replace(spec, init="Orthogonal")).operations > work(spec).operations


@pytest.mark.parametrize("field", ["depth", "width", "batch"])
def test_more_of_anything_costs_more(field: str) -> None:
    spec = NetworkSpec(depth=10, width=100, batch=100)
    more = replace(spec, **{field: 2 * getattr(spec, field)})
    assert work(more).operations > work(spec).operations
    assert work(more).bytes > work(spec).bytes
    assert work(replace(spec, precision="float64")).bytes > work(spec).bytes


@pytest.mark.parametrize(
    "spec",
    [
        NetworkSpec(depth=30, width=128, batch=512),
        NetworkSpec(depth=30, width=128, batch=512, precision="float64", activation="Mish"),
        NetworkSpec(depth=15, width=256, batch=512, normalization="Batch", residual=True),
        NetworkSpec(depth=15, width=256, batch=512, normalization="Layer", activation="Tanh"),
        NetworkSpec(depth=2, width=1024, batch=1024, activation="GELU"),
    ],
)
def test_the_estimated_bytes_of_a_probe_are_above_its_peak_and_below_twice_that(
    spec: NetworkSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    # an untouched block of 32 MiB, freed at once so that the allocator keeps pages, is no work
    monkeypatch.setattr(measurement, "_keep_freed_pages", lambda: None, raising=False)
    probe(replace(spec, depth=1, width=4))  # loads what is loaded once
    taken = peak(lambda: probe(spec))
    assert taken < work(spec).bytes + FIXED
    assert work(spec).bytes < 2 * taken


@pytest.mark.parametrize("init", ["He normal", "Random uniform", "Orthogonal", "Sparse", "LSUV"])
@pytest.mark.parametrize("precision", PRECISIONS)
def test_the_estimated_bytes_are_above_the_peak_of_building_a_network(init: str, precision: str) -> None:
    spec = NetworkSpec(init, depth=20, width=256, batch=1, precision=precision)
    build(replace(spec, depth=2))
    assert peak(lambda: build(spec)) < work(spec).bytes + 2**20  # numbers of one layer in flight


def test_the_weights_of_a_network_are_a_part_of_the_estimate() -> None:
    spec = NetworkSpec(depth=20, width=256, batch=1)
    net = build(spec)
    assert sum(np.asarray(w).nbytes for w in net.weights) < work(spec).bytes
