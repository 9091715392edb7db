"""From a spec straight to its probe."""

from initlab.arrays import Array
from initlab.datasets import load
from initlab.draws import Draws
from initlab.losses import Targets
from initlab.measurement import Detail, Probe, measure
from initlab.spec import NetworkSpec
from initlab.start import build


def probe(
    spec: NetworkSpec, inputs: Array | None = None, targets: Targets = None, draws: Draws | None = None, *,
    detail: Detail = "all",
) -> Probe:  # fmt: skip
    """`measure(build(spec, inputs), inputs, targets)`, on the spec's own data unless inputs are given."""
    if inputs is None:
        batch = load(spec.dataset, spec.scaling, spec.rows)
        inputs, targets = batch.inputs, batch.targets
    return measure(build(spec, inputs, draws), inputs, targets, spec.loss, spec, detail=detail)
