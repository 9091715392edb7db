"""What other pages cache: planes, maps of depth and gain, singular values, walks of copies, situations of lessons."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from initlab import catalogue, chooser, phase
from initlab.arrays import Array, Parameters
from initlab.aside import HELPER, Busy
from initlab.born_dead import NUMBERS, BornDead
from initlab.born_dead import born_dead as find_born_dead
from initlab.born_dead import drawn as weights_drawn
from initlab.chooser import Advice
from initlab.chooser import advice as find_advice
from initlab.edge import Theory as Edge
from initlab.edge import theory as find_edge
from initlab.figures import Figure
from initlab.figures import law as law_figures
from initlab.figures import phase as phase_figure
from initlab.figures.phase import Marks
from initlab.gain_table import gain_reading, gain_table
from initlab.grid import Grid
from initlab.isometry import Isometry
from initlab.isometry import measured as jacobian_measured
from initlab.landmarks import Place, here, landmarks
from initlab.law_marginal import marginal
from initlab.point import Curve, Point, correlation_curve, variance_curve
from initlab.point import point as find_point
from initlab.situations import Found, Networks, Situation
from initlab.situations import found as find
from initlab.spec import NetworkSpec
from initlab.spectral_law import Spread, spread
from initlab.sweep import Block, sweep_blocks
from initlab.symmetry import Trial, Walk, seen_bytes
from initlab.theory import broken, mean_correlations
from initlab.ui import cluster, compute, desk, gate, pictures
from initlab.ui.desk import DESK
from initlab.ui.shared import Shared, Staged, once
from initlab.ui.store import remembered, stored
from initlab.walks import onwards
from initlab.work import network_bytes

AT_ONCE: Final = 3 * 10**9  # operations of steps of copies: about a third of a second
AT_ONCE_HERE: Final = 5 * 10**8  # where pages wait
SHORTLY: Final = 0.1  # seconds a walk waits for the process beside: in small goes it is no burden here either
SHALLOW: Final = 20  # layers: up to there the search for a start takes less than half a second


@stored(32, lambda spec, row, layers: 2 * network_bytes(spec))
def _staged_isometry(spec: NetworkSpec, row: int, layers: tuple[int, ...]) -> Staged[Isometry]:
    """One that is left half-way holds its network, in float64."""
    return Staged(lambda: _isometry_steps(spec, row, layers))


def _isometry_steps(spec: NetworkSpec, row: int, layers: tuple[int, ...]) -> Iterator[Isometry]:
    network = compute.network(replace(spec, precision="float64"))
    inputs = compute.batch(spec.dataset, spec.scaling, spec.rows).inputs
    return desk.steps(jacobian_measured(network, inputs, row - 1, layers), first=True)


def isometry(spec: NetworkSpec, row: int, layers: tuple[int, ...], *, heavy: bool = False) -> Iterator[Isometry]:
    """The singular values at `row` (from 1) after `layers`: what is known so far, layer by layer."""
    return _staged_isometry(spec, row, layers).follow(line=gate.line(heavy=heavy))


@dataclass(slots=True)
class _Followed:
    """What has been seen of a walk so far, and whether the process beside this one takes its steps: it keeps it."""

    seen: Walk | None = None
    beside: bool | None = None  # before the first
    extending: threading.Lock = field(default_factory=threading.Lock)

    def missing(self, steps: int) -> int:
        if self.seen and not self.seen.moments[-1].finite:
            return 0
        return steps + 1 - (len(self.seen.moments) if self.seen else 0)

    def extend(self, onwards: Callable[..., Walk]) -> Walk:
        """Further by one go of `onwards`; another visitor may come further meanwhile."""
        known = self.seen.moments if self.seen else ()
        found = self._gone(partial(onwards, after=len(known)))
        with self.extending:
            if not self.seen or len(known) + len(found.moments) > len(self.seen.moments):
                self.seen = replace(found, moments=(*known, *found.moments))
            return self.seen

    def _gone(self, onwards: Callable[..., Walk]) -> Walk:
        if self.beside is not False:
            patience = None if self.beside else SHORTLY
            with suppress(Busy):
                found = HELPER.asked(partial(onwards, at_once=AT_ONCE), first=True, patience=patience)
                self.beside = True
                return found
        self.beside = False
        with DESK.seat(first=True):
            return onwards(at_once=AT_ONCE_HERE)


@stored(64, lambda spec, trial: seen_bytes(spec))
def _followed(spec: NetworkSpec, trial: Trial) -> _Followed:
    return _Followed()


def walk(spec: NetworkSpec, trial: Trial, steps: int, *, heavy: Callable[[int], bool]) -> Iterator[Walk]:
    """The walk, again and again while it goes on; at last the whole of it. So many steps may be `heavy`."""
    kept, data = _followed(spec, trial), compute.batch(spec.dataset, spec.scaling, spec.rows)
    missing = kept.missing(steps)
    plain = compute.network(replace(spec, precision="float64")) if spec.needs_data and missing > 0 else None
    further = partial(onwards, spec, trial, data, plain, steps=steps)
    with gate.place(object(), heavy=heavy(missing), unless=lambda: kept.missing(steps) <= 0):
        while kept.missing(steps) > 0:
            yield kept.extend(further)
    assert kept.seen  # noqa: S101  nothing is missing
    yield kept.seen


@remembered(32)
def expected_correlations(spec: NetworkSpec) -> Array | None:
    """Mean-field theory's mean cosine between inputs, a layer each; None where an assumption fails."""
    if broken(spec):
        return None
    return mean_correlations(spec, compute.batch(spec.dataset, spec.scaling, spec.rows).inputs)


@remembered(64)
def spectral_law(spec: NetworkSpec, argument: float, layers: int) -> Spread | None:
    return spread(spec, argument, layers)


@remembered(32)
def _births(spec: NetworkSpec) -> Staged[BornDead]:
    return once(lambda: find_born_dead(spec, compute.batch(spec.dataset, spec.scaling, spec.rows).inputs))


def born_dead(spec: NetworkSpec) -> BornDead:
    return _births(spec).last(line=gate.line(heavy=weights_drawn(spec, spec.rows) > NUMBERS))


@remembered(64)
def plane(activation: str, params: Parameters, axis: phase.Axis) -> phase.Plane:
    return desk.first(phase.plane, activation, axis, **_numbers(params))


@remembered(64)
def picks(activation: str, params: Parameters, axis: phase.Axis) -> phase.Picks:
    return phase.picks(activation, plane(activation, params, axis).window, **_numbers(params))


@remembered(256)
def point(activation: str, params: Parameters, weight: float, bias: float) -> Point:
    return find_point(activation, weight, bias, **_numbers(params))


@pictures.kept_figures(64)
def plane_figure(spec: NetworkSpec, axis: phase.Axis, weight: float, bias: float, dark: bool) -> Figure:
    found, chosen = here(spec), Place(weight, bias)
    marks = Marks(landmarks(spec.width, spec.activation), found.place, found.sure, chosen)
    key = spec.activation, spec.activation_params, axis
    return phase_figure.plane_figure(plane(*key), marks, picks(*key), dark)


@remembered(64)
def point_maps(activation: str, params: Parameters, weight: float, bias: float, depth: int) -> tuple[Curve, Curve]:
    """The variance map and the correlation map at one point, with the way through `depth` layers."""
    at, numbers = point(activation, params, weight, bias), _numbers(params)
    return variance_curve(activation, at, depth, **numbers), correlation_curve(activation, at, depth, **numbers)


def _numbers(params: Parameters) -> dict[str, float]:
    return {name: float(value) for name, value in params}


@remembered(64)
def fitted_map(grid: Grid) -> Grid:
    """The nearest affordable map: sums over hundreds of networks."""
    return grid.fitting()


@remembered(64)
def effort(grid: Grid) -> tuple[int, int]:
    """Operations of a map, and in how many blocks they come."""
    return grid.work.operations, len(grid.blocks())


@remembered(256)
def blocks(grid: Grid) -> Shared[Block]:
    """What is measured of a map so far; an interrupted one goes on where it stopped."""
    return Shared()


def extend_sweep(grid: Grid, kept: Shared[Block], lost: Callable[[], None]) -> Iterator[float]:
    """Measure one block after the other; gives the share of cells that are done.

    `lost` is called where the cluster goes away in the middle: the rest is measured here.
    """
    data, unit_draws = (
        compute.batch(grid.spec.dataset, grid.spec.scaling, grid.spec.rows),
        compute.draws(grid.spec.seed),
    )
    operations, total = effort(grid)
    for address in dict.fromkeys((cluster.address(operations), "")):
        measured = partial(sweep_blocks, grid, data.inputs, data.targets, unit_draws, address=address)
        try:
            heavy = not address and gate.is_heavy(operations)
            blocks = measured if address else lambda done, measured=measured: desk.steps(measured(done))
            for _ in kept.grow(total, blocks, line=gate.line(heavy=heavy)):
                yield sum(part.ends.first_activation.size for part in kept.found) / grid.cells
        except Exception:  # whatever it is that a cluster raises when it goes away
            if not address:
                raise
            cluster.trouble.clear()
            lost()
        else:
            return


@pictures.kept_figures(64)
def law_figure(spec: NetworkSpec, fan_in: int, fan_out: int, dark: bool) -> Figure:
    """One draw of the spec's law for a layer of these fans; nothing else of the spec counts."""
    weights = catalogue.drawn(spec.law, fan_in, fan_out, spec.seed)
    return law_figures.law_figure(weights, marginal(spec.law, fan_in, fan_out), dark)


@remembered(64)
def law_reading(spec: NetworkSpec, fan_in: int, fan_out: int) -> str:
    return catalogue.reading(spec.law, fan_in, fan_out)


@remembered(1)
def gains() -> tuple[dict[str, list[str] | Array], str]:
    """The table, and what it teaches."""
    return gain_table(), gain_reading()


@remembered(64)
def edge(spec: NetworkSpec, lowest: float, highest: float) -> Edge:
    return find_edge(spec, lowest, highest)


@remembered(32)
def _finding(asked: Situation) -> Staged[Found]:
    return once(lambda: find(asked, compute.close_probe))


def situation(asked: Situation) -> Found:
    """What a lesson's question is answered from; a race takes a second or two, copies in training hold 8 MB."""
    probed = isinstance(asked, Networks)
    heavy = not probed or gate.is_heavy(sum(compute.probing(spec, closely=True) for spec in asked.specs))
    return _finding(asked).last(line=gate.line(heavy=heavy))


@remembered(64)
def _advising(activation: str, depth: int, normalization: str, residual: bool) -> Staged[Advice]:
    return once(lambda: desk.first(find_advice, activation, depth, normalization, residual=residual))


@remembered(64)
def about_biases(spec: NetworkSpec) -> str:
    """Why biases may start at zero."""
    return HELPER.done(chooser.about_biases, spec)


def advice(activation: str, depth: int, normalization: str, residual: bool) -> Advice:
    return _advising(activation, depth, normalization, residual).last(line=gate.line(heavy=depth > SHALLOW))
