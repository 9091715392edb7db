"""Remedies: probed before they are offered, as small as possible, and no dearer than they must be."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from probed import batch, probed
from situations import SITUATIONS, Situation

from initlab import diagnosis
from initlab.activations import ACTIVATIONS
from initlab.diagnosis import SEED_COUNT, candidates, changes, diagnose, remedy
from initlab.findings import Finding, findings
from initlab.initializers import INITIALIZERS
from initlab.measurement import measure
from initlab.probe import probe as run
from initlab.scenarios import DEFAULT
from initlab.spec import NORMALIZATIONS, NetworkSpec
from initlab.start import build

TANH = NetworkSpec(activation="Tanh", depth=10, width=64, batch=64)
SMALL = TANH.with_init("Random normal", stddev=0.01)


def cure_of(spec: NetworkSpec) -> NetworkSpec | None:
    data = batch(spec.dataset, spec.scaling, spec.rows)
    return remedy(spec, findings(probed(spec)), data.inputs, data.targets)


def test_the_opening_failure_is_cured_by_glorot_alone() -> None:
    found = diagnose(probed(DEFAULT))
    cure = found[0].remedy
    assert cure is not None
    assert cure == DEFAULT.with_init("Glorot normal")
    assert all(finding.remedy == cure for finding in found)


@pytest.mark.parametrize(
    ("activation", "depth", "start"),
    [
        ("ReLU", 20, "He normal"),
        ("Leaky ReLU", 20, "He normal"),
        ("SELU", 30, "LeCun normal"),
        ("Erf", 20, "Glorot normal"),
    ],
)
def test_each_family_gets_the_start_made_for_it(activation: str, depth: int, start: str) -> None:
    spec = replace(SMALL, activation=activation, depth=depth)
    assert cure_of(spec) == spec.with_init(start)


@pytest.mark.parametrize(
    ("fields", "put_back"),
    [
        ({"gain": 6.0}, {"gain": 1.0}),
        ({"gain": 0.2}, {"gain": 1.0}),
        ({"activation": "ReLU", "init": "He normal", "depth": 40, "residual": True}, {"residual": False}),
        ({"activation": "ReLU", "init": "He normal", "depth": 50, "normalization": "Batch"}, {"normalization": "None"}),
        ({"scaling": "Raw"}, {"scaling": "Standardized"}),
        ({"bias_stddev": 10.0}, {"bias_stddev": 0.0}),
    ],
)
def test_one_setting_gone_wrong_is_put_back_and_nothing_else(fields: dict, put_back: dict) -> None:
    spec = replace(TANH.with_init("Glorot normal"), **fields)
    assert findings(probed(spec))
    assert cure_of(spec) == replace(spec, **put_back)


@pytest.mark.parametrize("activation", ["Sigmoid", "Softplus"])
def test_a_deep_sigmoid_or_softplus_gets_tanh_with_glorot(activation: str) -> None:
    spec = replace(TANH, activation=activation, depth=20).with_init("Glorot normal")
    assert cure_of(spec) == replace(spec, activation="Tanh")


STARTS = sorted(INITIALIZERS)
SPECS = st.builds(
    NetworkSpec,
    init=st.sampled_from(STARTS), activation=st.sampled_from(sorted(ACTIVATIONS)), depth=st.integers(1, 30),
    gain=st.sampled_from([0.5, 1.0, 2.0]), bias_stddev=st.sampled_from([0.0, 1.0]), residual=st.booleans(),
    normalization=st.sampled_from(NORMALIZATIONS), scaling=st.sampled_from(["Standardized", "Raw"]),
)  # fmt: skip


@given(SPECS)
def test_candidates_are_ordered_by_how_much_they_change_with_batch_norm_last(spec: NetworkSpec) -> None:
    options = candidates(spec)
    assert len(set(options)) == len(options)
    assert spec not in options
    added = [option.normalization == "Batch" != spec.normalization for option in options]
    assert added == sorted(added)
    sizes = [len(changes(spec, option)) for option, late in zip(options, added, strict=True) if not late]
    assert sizes == sorted(sizes)
    for option in options:
        assert (option.depth, option.width, option.seed, option.dataset) == (
            spec.depth,
            spec.width,
            spec.seed,
            spec.dataset,
        )
        assert option.gain in (1.0, spec.gain)  # no gain is ever invented
        assert option.precision == spec.precision
        assert option.activation not in ("Sigmoid", "Softplus") or option.gain == 1.0


def test_an_initializer_and_its_parameters_are_one_change() -> None:
    assert changes(SMALL, SMALL.with_init("Glorot normal")) == ("init",)
    assert changes(SMALL, replace(SMALL, gain=2.0, residual=True)) == ("gain", "residual")


@pytest.mark.parametrize("seed", [0, 7, SEED_COUNT - 1])
def test_three_seeds_find_the_remedy_healthy(seed: int) -> None:
    """Where the seeds end they begin again."""
    spec = replace(SMALL, seed=seed, depth=6)
    cure = cure_of(spec)
    assert cure is not None
    assert cure.seed == seed
    for shift in range(3):
        assert findings(run(replace(cure, seed=(seed + shift) % SEED_COUNT))) == ()


SICK = {(s.kinds, s.spec.activation): s for s in SITUATIONS if s.kinds and s.spec.depth <= 50}


@pytest.mark.stress
@pytest.mark.parametrize("situation", SICK.values(), ids=lambda s: f"{s.spec.init}-{s.spec.activation}: {s.why}")
def test_what_is_offered_is_healthy_on_all_rows_and_three_seeds(situation: Situation) -> None:
    cure = cure_of(situation.spec)
    assert cure is not None or situation.spec.width == 2
    for shift in range(3 if cure else 0):
        assert cure is not None
        assert findings(run(replace(cure, seed=cure.seed + shift))) == ()


def test_the_healthy_and_the_bare_get_no_remedy() -> None:
    healthy = TANH.with_init("Glorot normal")
    assert diagnose(probed(healthy)) == ()
    assert remedy(healthy, ()) is None
    bare = diagnose(measure(build(SMALL), batch("Digits", "Standardized", 64).inputs))
    assert bare
    assert all(finding.remedy is None for finding in bare)


class Counted:
    """What the search did: the specs it probed and the scalings it loaded."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.probed: list[NetworkSpec] = []
        self.loaded: list[str] = []
        real_run, real_load = diagnosis.run, diagnosis.load

        def counted_run(spec: NetworkSpec, *arguments: Any, **how: Any) -> object:
            self.probed.append(spec)
            return real_run(spec, *arguments, **how)

        def counted_load(name: str, scaling: str, rows: int) -> object:
            self.loaded.append(scaling)
            return real_load(name, scaling, rows)

        monkeypatch.setattr(diagnosis, "run", counted_run)
        monkeypatch.setattr(diagnosis, "load", counted_load)


def test_the_first_sick_seed_ends_a_trial_and_given_data_are_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """GELU with N(0, .01) of depth 60: He, Glorot and Orthogonal fail on the first seed, then Tanh passes on three."""
    spec = replace(SMALL, activation="GELU", depth=60)
    found, data = findings(probed(spec)), batch("Digits", "Standardized", 64)
    counted = Counted(monkeypatch)
    cure = remedy(spec, found, data.inputs, data.targets)
    assert cure == replace(spec, activation="Tanh").with_init("Glorot normal")
    starts = [(probe.init, probe.activation, probe.seed) for probe in counted.probed]
    failed, passed = starts[:-3], starts[-3:]
    assert passed == [("Glorot normal", "Tanh", seed) for seed in range(3)]
    assert failed == [(start, "GELU", 0) for start in ("He normal", "Glorot normal", "Orthogonal")]
    assert counted.loaded == []


def test_other_scalings_are_loaded_once_and_only_for_the_specs_own_data(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = replace(TANH.with_init("Glorot normal"), scaling="Raw")
    found, data = findings(probed(spec)), batch("Digits", "Raw", 64)
    counted = Counted(monkeypatch)
    assert remedy(spec, found) == replace(spec, scaling="Standardized")
    assert counted.loaded == ["Raw", "Standardized"]
    assert remedy(spec, found, data.inputs, data.targets) == replace(spec, scaling="Standardized")
    counted.probed.clear()
    remedy(spec, found, data.inputs * 1.5, data.targets)
    assert counted.probed
    assert {probe.scaling for probe in counted.probed} == {"Raw"}


def test_what_exceeds_the_budget_is_not_probed(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Counted(monkeypatch)
    found = (Finding("vanishing signal", (1,), "", ""),)
    vast = replace(SMALL, depth=200, width=1024, precision="float64")
    monkeypatch.setattr(diagnosis, "SEARCH_OPERATIONS", -1)
    assert remedy(vast, found) is None
    monkeypatch.undo()
    assert counted.probed == []


def test_a_heavy_candidate_is_tried_on_fewer_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    found, data = findings(probed(SMALL)), batch("Digits", "Standardized", 64)
    counted = Counted(monkeypatch)
    monkeypatch.setattr(diagnosis, "TRIAL_OPERATIONS", 0)
    assert remedy(SMALL, found, data.inputs, data.targets) == SMALL.with_init("Glorot normal")
    assert {probe.batch for probe in counted.probed} == {32}


def test_a_search_ends_where_its_budget_does(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = replace(SMALL, activation="GELU", depth=60)
    found = findings(probed(spec))
    counted = Counted(monkeypatch)
    monkeypatch.setattr(diagnosis, "SEARCH_OPERATIONS", 1)
    assert remedy(spec, found) is None
    assert len(counted.probed) == 1  # the first candidate is always tried


def test_data_without_targets_can_be_given() -> None:
    spec = replace(SMALL, depth=6, dataset="Gaussian noise")
    inputs = np.random.default_rng(1).standard_normal((40, 64))
    (first, *_) = diagnose(run(spec, inputs), inputs)
    assert first.remedy == spec.with_init("Glorot normal")
