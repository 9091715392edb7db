"""Probes for tests of the diagnosis, their data loaded once."""

from functools import cache

from initlab.datasets import Batch, load
from initlab.measurement import Probe
from initlab.probe import probe
from initlab.spec import NetworkSpec


@cache
def batch(dataset: str, scaling: str, rows: int) -> Batch:
    return load(dataset, scaling, rows)


def probed(spec: NetworkSpec) -> Probe:
    data = batch(spec.dataset, spec.scaling, spec.rows)
    return probe(spec, data.inputs, data.targets)
