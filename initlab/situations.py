"""What a lesson asks about: networks as they start, copies in training, a race, singular values, networks born dead.

A situation is flat data; `found` is the real computation behind it, and all that its question and its picture read.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from initlab.born_dead import BornDead, born_dead
from initlab.datasets import load
from initlab.isometry import Isometry, isometry, partner
from initlab.measurement import Probe
from initlab.probe import probe
from initlab.race import Snapshot, race
from initlab.spec import NetworkSpec
from initlab.start import build
from initlab.symmetry import Trial, Walk, start
from initlab.train_spec import TrainSpec

DEFAULT_TRIAL: Final = Trial()


@dataclass(frozen=True, slots=True)
class Networks:
    """One or more networks before the first step."""

    specs: tuple[NetworkSpec, ...]


@dataclass(frozen=True, slots=True)
class Copies:
    """The units of a network over so many full-batch steps."""

    spec: NetworkSpec
    trial: Trial = DEFAULT_TRIAL
    steps: int = 10

    @property
    def specs(self) -> tuple[NetworkSpec, ...]:
        return (self.spec,)


@dataclass(frozen=True, slots=True)
class Contest:
    """Several starts in training, on the same rows in the same order."""

    specs: tuple[NetworkSpec, ...]
    how: TrainSpec


@dataclass(frozen=True, slots=True)
class Directions:
    """The singular values of a network's Jacobian, and of its partner's: orthogonal weights where these are Gaussian,
    and the other way round."""

    spec: NetworkSpec

    @property
    def specs(self) -> tuple[NetworkSpec, ...]:
        return (self.spec, partner(self.spec))


@dataclass(frozen=True, slots=True)
class Births:
    """Many ReLU networks of one shape, each drawn anew: how many are silent at birth?"""

    spec: NetworkSpec

    @property
    def specs(self) -> tuple[NetworkSpec, ...]:
        return (self.spec,)


Situation: TypeAlias = Networks | Copies | Contest | Directions | Births


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What came of a situation: its specs, and of the other fields those that it fills."""

    specs: tuple[NetworkSpec, ...]
    probes: tuple[Probe, ...] = ()
    walk: Walk | None = None
    race: Snapshot | None = None
    jacobians: tuple[Isometry, ...] = ()
    births: BornDead | None = None


def drawn(situation: Situation, seed: int) -> Situation:
    """The same situation on other draws."""
    match situation:
        case Networks(specs):
            return Networks(tuple(replace(spec, seed=seed) for spec in specs))
        case Contest(specs, how):
            return Contest(tuple(replace(spec, seed=seed) for spec in specs), replace(how, seed=seed))
        case Copies() | Directions() | Births():
            return replace(situation, spec=replace(situation.spec, seed=seed))


def found(situation: Situation, probed: Callable[[NetworkSpec], Probe] = probe) -> Found:
    """Compute it. `probed` is for those who keep probes."""
    specs = situation.specs
    match situation:
        case Networks():
            return Found(specs, tuple(probed(spec) for spec in specs))
        case Copies(spec, trial, steps):
            walk = start(spec, trial)
            for _ in range(steps):
                walk = walk.further()
            return Found(specs, walk=walk)
        case Contest(_, how):
            *_, last = race(specs, how, closely=False)
            return Found(specs, race=last)
        case Directions():
            return Found(specs, jacobians=tuple(_jacobian(spec) for spec in specs))
        case Births(spec):
            return Found(specs, births=born_dead(spec, load(spec.dataset, spec.scaling, spec.rows).inputs))


def _jacobian(spec: NetworkSpec) -> Isometry:
    spec = replace(spec, precision="float64")
    inputs = load(spec.dataset, spec.scaling, spec.rows).inputs
    return isometry(build(spec, inputs), inputs)
