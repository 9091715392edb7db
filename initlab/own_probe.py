"""What a network or data of one's own are probed with: each is completed by what the other side needs."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from initlab.datasets import DATASETS, TOY_ROWS, Batch, load, scaled
from initlab.errors import invalid
from initlab.findings import Finding, findings
from initlab.losses import Targets, resolve
from initlab.measurement import Probe, measure
from initlab.own_data import OwnData
from initlab.own_spec import OwnSpec, on_own
from initlab.own_weights import OwnWeights
from initlab.spec import NetworkSpec
from initlab.start import build
from initlab.wording import counted, number
from initlab.work import MAX_OPERATIONS

NOISE: Final = "Gaussian noise"
TABLE: Final = "your table"


@dataclass(frozen=True, slots=True, eq=False)
class OwnProbe:
    """The probe, what is wrong, where the numbers come from, and what had to be assumed. `spec` is the network's where
    it was built for the data, `weights` are those of a file."""

    probe: Probe
    findings: tuple[Finding, ...]
    source: str
    notes: tuple[str, ...]
    batch: Batch
    spec: OwnSpec | None = None
    weights: OwnWeights | None = None


def probe_data(data: OwnData, spec: NetworkSpec, name: str = TABLE) -> OwnProbe:
    """The network of `spec`, its inputs and outputs fitted to the data, which are called by that name."""
    own, notes = on_own(spec, data)
    batch = data.batch(own.scaling, own.rows)
    probe = measure(build(own, batch.inputs), batch.inputs, batch.targets, own.loss, own)
    return _probed(probe, batch, f"{name} ({own.scaling.lower()}), seed {own.seed}", (*data.notes, *notes), own)


def probe_weights(weights: OwnWeights, dataset: str, spec: NetworkSpec) -> OwnProbe:
    """Your weights on a built-in data set with their number of features, scaled and cut as `spec` says."""
    batch = _stand_in(weights.features, dataset, spec)
    return _measured(weights, batch, dataset, spec, ())


def probe_both(weights: OwnWeights, data: OwnData, spec: NetworkSpec, name: str = TABLE) -> OwnProbe:
    """Your weights on your table, called by that name; ValueError where it has not as many features as they take."""
    features = data.inputs.shape[1]
    if features != weights.features:
        raise invalid(
            "the table has as many varying columns besides the target as the first weight has inputs",
            f"{counted(features, 'column')} for {counted(weights.features, 'input')}",
            "choose another target, or take one of the two files away",
        )
    return _measured(weights, data.batch(spec.scaling, spec.batch), name, spec, data.notes)


def fitting(features: int) -> tuple[str, ...]:
    """The built-in data sets with so many features; noise can have any number, and comes last."""
    named = (name for name, data in DATASETS.items() if data.features == features and name != NOISE)
    return (*named, NOISE)


def _stand_in(features: int, dataset: str, spec: NetworkSpec) -> Batch:
    if dataset not in fitting(features):
        received = f"{dataset} for {counted(features, 'input')}"
        raise invalid("the data have as many features as the first weight has inputs", received, f"choose {NOISE}")
    if dataset != NOISE:
        return load(dataset, spec.scaling, spec.batch)
    noise = np.random.default_rng(0).standard_normal((TOY_ROWS, features))
    return Batch(scaled(noise, spec.scaling)[: spec.batch], None)


def _measured(weights: OwnWeights, batch: Batch, name: str, spec: NetworkSpec, notes: tuple[str, ...]) -> OwnProbe:
    _require_affordable(weights, len(batch.inputs))
    targets, loss, more = _answerable(batch.targets, spec.loss, weights.outputs)
    probe = measure(weights.network, batch.inputs, targets, loss)
    noise = f" of {counted(weights.features, 'feature')}" if name == NOISE else ""
    source = f"{name}{noise} ({spec.scaling.lower()})"
    said = (*weights.notes, *notes, *more)
    return _probed(probe, Batch(batch.inputs, targets), source, said, weights=weights)


def _require_affordable(weights: OwnWeights, rows: int) -> None:
    """They must fit the budget of any probe."""
    needed = operations(weights, rows)
    if needed > MAX_OPERATIONS:
        rule = f"a probe may take at most {MAX_OPERATIONS / 1e9:,.0f} billion operations"
        fit = rows * MAX_OPERATIONS // needed
        raise invalid(rule, f"{needed / 1e9:,.0f} billion for {rows:,} rows", f"{fit:,} rows fit")


def operations(weights: OwnWeights, rows: int) -> int:
    """The products of one pass, forward and back."""
    return 6 * rows * sum(weight.size for weight in weights.network.weights)


def _answerable(targets: Targets, loss: str, outputs: int) -> tuple[Targets, str, tuple[str, ...]]:
    """Targets and loss as far as so many outputs can be compared with them; else none, which is said."""
    if targets is not None:
        classes = int(targets.max()) + 1 if np.issubdtype(targets.dtype, np.integer) else 0
        if (classes > outputs) if classes else outputs != 1:
            wanted = f"{classes} classes" if classes else "one number"
            said = f"The {counted(outputs, 'output')} cannot answer for {wanted}: a random direction is the loss."
            return None, "Auto", (said,)
    try:
        resolve(loss, targets)
    except ValueError:
        return targets, "Auto", (f"{loss} does not fit this target: Auto is used.",)
    return targets, loss, ()


def _probed(
    probe: Probe, batch: Batch, data: str, notes: tuple[str, ...], spec: OwnSpec | None = None,
    weights: OwnWeights | None = None,
) -> OwnProbe:  # fmt: skip
    rows = counted(probe.rows, "row")
    source = f"One forward and one backward pass with {rows} of {data}, in {probe.precision}"
    found = findings(probe)
    return OwnProbe(probe, found, f"{source}; loss {number(probe.loss, 3)}.", notes, batch, spec, weights)
