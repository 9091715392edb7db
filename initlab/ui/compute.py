"""What is computed once, for all visitors: flat keys in, read-only results out."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

import numpy as np
from threadpoolctl import threadpool_limits

from initlab import contrast, datasets
from initlab.arrays import Array
from initlab.aside import HELPER
from initlab.band import SEEDS, Profile, profiles_aside, seed_profiles
from initlab.calibration import Calibrated
from initlab.comparison import MOST, Start, fitting, fitting_band, labels
from initlab.diagnosis import SEEDS as TRIALS
from initlab.diagnosis import remedy as find_remedy
from initlab.diagnosis import search
from initlab.draws import Draws
from initlab.figures.depth import Band, finite_rms
from initlab.findings import Finding, findings
from initlab.measurement import Detail, Probe, measure
from initlab.network import Network
from initlab.spec import NetworkSpec
from initlab.start import Stage, build, stages
from initlab.theory import Theory, expect
from initlab.ui import cluster, desk, gate
from initlab.ui.desk import DESK
from initlab.ui.shared import Shared, Staged, once
from initlab.ui.store import remembered, stored
from initlab.work import network_bytes, probe_bytes, start_operations, work

threadpool_limits(1, user_api="blas")  # students share the cores; two threads on a busy one are slower than one
LONG: Final = 10**10  # operations: about a second
DRAWS_BYTES: Final = 2**26  # of unit draws kept for each of the last few seeds


@remembered(32)
def batch(name: str, scaling: str, rows: int) -> datasets.Batch:
    return datasets.load(name, scaling, rows)


@remembered(4)
def draws(seed: int) -> Draws:
    return Draws(seed, DRAWS_BYTES)


@stored(8, network_bytes)
def start_stages(spec: NetworkSpec) -> Staged[Stage]:
    """The way to the network of a data-driven start, done once; an interrupted one goes on where it stopped."""
    inputs = batch(spec.dataset, spec.scaling, spec.rows).inputs
    return Staged(lambda: desk.steps(stages(spec, inputs, draws(spec.seed))))


@remembered(64)
def calibrated(spec: NetworkSpec) -> tuple[Calibrated, ...]:
    """What LSUV did to each layer of this network."""
    return start_stages(spec).last().calibrated


def network(spec: NetworkSpec) -> Network:
    """Drawn anew; that of a data-driven start is kept for a while."""
    if not spec.needs_data:
        drawn = draws(spec.seed)
        with DESK.seat(first=True):  # two may not draw at once
            return build(spec, draws=drawn)
    found = start_stages(spec).last().network
    assert found  # noqa: S101  the last stage has one
    return found


@stored(512, lambda spec: 3 * probe_bytes(spec) // 2, fewest=MOST)
def _probings(spec: NetworkSpec) -> dict[Detail, Staged[Probe]]:
    """What is kept of a network: with what the charts of a page show, and in all detail, where that is asked for."""
    details: tuple[Detail, ...] = "signal", "all"
    return {detail: once(partial(_measured, spec, detail)) for detail in details}


def _measured(spec: NetworkSpec, detail: Detail) -> Probe:
    data, drawn = batch(spec.dataset, spec.scaling, spec.rows), draws(spec.seed)
    found = network(spec) if spec.needs_data else None
    with DESK.seat(first=True):
        return measure(found or build(spec, draws=drawn), data.inputs, data.targets, spec.loss, spec, detail=detail)


def _probing(spec: NetworkSpec) -> Staged[Probe]:
    """In all detail where it was asked for, or takes so long that it should not be done twice."""
    kept = _probings(spec)
    closely = kept["all"].result is not None or gate.is_heavy(work(spec).operations)
    return kept["all" if closely else "signal"]


def probe(spec: NetworkSpec, *, heavy: bool = False) -> Probe:
    """Histograms of weights, preactivations and weight gradients may be left out.

    A `heavy` one only from a page itself: who caches something has nobody to tell of a place in the line.
    """
    return _probing(spec).last(line=gate.line(heavy=heavy))


def close_probe(spec: NetworkSpec) -> Probe:
    """In all detail; of what is heavy that is there since the page was opened."""
    return _probings(spec)["all"].last()


def probing(spec: NetworkSpec, *, closely: bool = False) -> int:
    """The operations of its probe, without what a start takes that reads the data; 0 once it is there."""
    if (_probings(spec)["all"] if closely else _probing(spec)).result is not None:
        return 0
    return work(spec).operations - spec.needs_data * start_operations(spec)


@remembered(512)
def diagnosis(spec: NetworkSpec) -> tuple[Finding, ...]:
    """What is wrong, without remedies."""
    return findings(probe(spec))


@remembered(512)
def _healing(spec: NetworkSpec) -> Staged[tuple[NetworkSpec | None]]:
    data, found = batch(spec.dataset, spec.scaling, spec.rows), diagnosis(spec)
    if HELPER and not _hard_to_heal(spec):
        return once(lambda: (HELPER.done(find_remedy, spec, found, data.inputs, data.targets),))
    return Staged(lambda: ((one,) for one in desk.steps(search(spec, found, data.inputs, data.targets))))


def remedy(spec: NetworkSpec) -> NetworkSpec | None:
    """A start that was probed on three seeds and found healthy, if there is one nearby; asked for by pages alone."""
    (found,) = _healing(spec).last(line=gate.GATE if _hard_to_heal(spec) else gate.SHORT)
    return found


def _hard_to_heal(spec: NetworkSpec) -> bool:
    return gate.is_heavy(TRIALS * work(spec).operations)


@remembered(1024)
def _kept_profiles(spec: NetworkSpec) -> Shared[Profile]:
    """The draws measured so far; an interrupted band goes on where it stopped."""
    return Shared()


def profiles(spec: NetworkSpec, seeds: int) -> list[Profile] | None:
    """The RMS profiles of that many other draws, once all of them are measured."""
    found = _kept_profiles(spec).found[:seeds]
    return found if len(found) == seeds else None


def band(spec: NetworkSpec) -> Band | None:
    """The RMS over the other draws, once all of them are measured."""
    if (found := profiles(spec, SEEDS)) is None:
        return None
    return Band(np.array([p.activation for p in found]), np.array([p.gradient for p in found]))


def band_line(specs: Sequence[NetworkSpec], seeds: int = SEEDS) -> tuple[gate.Gate, bool]:
    """Where these bands stand in line, and whether they are there in a moment: a chart need not be drawn without."""
    missing = [spec for spec in specs if profiles(spec, seeds) is None]
    long = seeds * sum(work(spec).operations for spec in missing) > LONG
    line = gate.SHORT if not long else gate.ASIDE if HELPER else gate.GATE
    return line, not missing or not (long or len(gate.SHORT))


def extend_band(spec: NetworkSpec, seeds: int = SEEDS, *, line: gate.Gate | None = None) -> Iterator[int]:
    """Measure one draw after the other; gives how many are done. In a `line` only from a page itself, as with `probe`,
    and where it is not the cluster that measures them."""
    operations, data = work(spec).operations, batch(spec.dataset, spec.scaling, spec.rows)
    address, at_once = cluster.address(seeds * operations), max(1, gate.HEAVY // operations)
    if HELPER and not address:
        aside = partial(profiles_aside, spec, data.inputs, data.targets, seeds=seeds, at_once=at_once)
        return _kept_profiles(spec).grow(seeds, aside, line=line)
    measured = partial(seed_profiles, spec, data.inputs, data.targets, seeds=seeds, address=address)
    if address:
        return _kept_profiles(spec).grow(seeds, measured)
    return _kept_profiles(spec).grow(seeds, lambda done: desk.steps(measured(done)), line=line)


def has_band(spec: NetworkSpec) -> bool:
    """Whether other draws are measured: not of a start that would have to read the data for each of them."""
    return not spec.needs_data


@remembered(512)
def theory(spec: NetworkSpec) -> Theory:
    """What mean-field theory expects of the RMS, from the data's mean squares and the top layer's gradient."""
    return expect(
        spec, mean_squares(spec.dataset, spec.scaling, spec.rows), float(finite_rms(probe(spec).gradient)[-1])
    )


@remembered(32)
def mean_squares(name: str, scaling: str, rows: int) -> Array:
    """Of every row of the data."""
    return (batch(name, scaling, rows).inputs.astype(float) ** 2).mean(axis=1)


@remembered(128)
def comparison_table(specs: tuple[NetworkSpec, ...]) -> dict[str, list[str] | list[float] | list[int]]:
    """One row a start."""
    return contrast.summary(labels_of(specs), [probe(spec) for spec in specs])


@remembered(128)
def affordable(spec: NetworkSpec, starts: tuple[Start, ...]) -> tuple[NetworkSpec, NetworkSpec]:
    """The nearest architectures whose probes of all these starts, and whose bands, are within the budget."""
    fit = fitting(spec, starts)
    return fit, fitting_band(fit, starts)


@remembered(512)
def labels_of(specs: tuple[NetworkSpec, ...]) -> tuple[str, ...]:
    return labels([Start.of(spec) for spec in specs])
