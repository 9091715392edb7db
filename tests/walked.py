"""Walks for tests of the symmetry page, each taken once."""

from functools import cache

from initlab.experiments import Experiment
from initlab.spec import NetworkSpec
from initlab.symmetry import Moment, Trial, Walker, start


@cache
def walked(spec: NetworkSpec, trial: Trial, steps: int) -> Walker:
    """After so many steps, or where it overflowed."""
    walk = start(spec, trial)
    while len(walk.moments) <= steps and walk.moments[-1].finite:
        walk = walk.further()
    return walk


def shown(experiment: Experiment) -> tuple[Walker, Moment]:
    """The walk of an experiment and the moment it shows."""
    walk = walked(experiment.spec, experiment.trial, experiment.steps)
    return walk, walk.moments[experiment.steps]
