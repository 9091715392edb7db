"""What is wrong with a start, and what to choose instead: findings with remedies that were probed, never assumed.

Candidates come in a fixed order, those that change the fewest fields first and batch normalization last; the first that
three seeds find healthy is offered, or none. Forward gains are not among them: they hold one layer's RMS and let the
gradient of a deep smooth network grow (tanh at 5/3 over 100 layers: 13,000-fold). Nor is float64, which only postpones
an overflow.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

import numpy as np

from initlab.arrays import Array
from initlab.datasets import Batch, load
from initlab.draws import Draws
from initlab.findings import Finding, findings
from initlab.losses import Targets
from initlab.measurement import Probe
from initlab.probe import probe as run
from initlab.spec import INTEGERS, NetworkSpec
from initlab.work import work

SEEDS: Final = 3
SEED_COUNT: Final = INTEGERS["seed"][1] + 1
SEARCH_OPERATIONS: Final = 5 * 10**10  # some five seconds; no further candidate is begun beyond them
TRIAL_OPERATIONS: Final = 10**10  # above this a candidate is tried on fewer rows, but never on fewer than
FEW_ROWS: Final = 32
DRAW_BYTES: Final = 2**25  # kept for each seed, so that the candidates share their draws
HE: Final = ("He normal", "Glorot normal", "Orthogonal")
LEVEL: Final = ("Glorot normal", "LeCun normal", "Orthogonal")
STARTS: Final[Mapping[str, tuple[str, ...]]] = {  # the gentlest first; every other activation takes LEVEL
    "ReLU": HE, "Leaky ReLU": HE, "ELU": HE, "GELU": HE, "SiLU": HE, "Mish": HE,
    "Softsign": ("Glorot normal", "He normal"), "SELU": ("LeCun normal", "Orthogonal"),
}  # fmt: skip
PLAIN: Final[Mapping[str, Any]] = {
    "gain": 1.0, "bias_stddev": 0.0, "normalization": "None", "residual": False, "scaling": "Standardized",
}  # fmt: skip
NO_USEFUL_GAIN: Final = ("Sigmoid", "Softplus")


def diagnose(probe: Probe, inputs: Array | None = None, targets: Targets = None) -> tuple[Finding, ...]:
    """The findings, worst first, with the remedy that leaves none of them; empty means healthy.

    `inputs` and `targets` are what was probed, if not the spec's own data. A bare network has no spec to change, so its
    findings come without a remedy.
    """
    found = findings(probe)
    if not found or probe.spec is None:
        return found
    cure = remedy(probe.spec, found, inputs, targets)
    return tuple(replace(finding, remedy=cure) for finding in found)


def remedy(
    spec: NetworkSpec, found: Sequence[Finding], inputs: Array | None = None, targets: Targets = None
) -> NetworkSpec | None:
    """The nearest spec that three seeds find healthy; None where nothing on the list helps or fits the work budget.

    `inputs` and `targets`, if they are at hand already, need not be loaded again.
    """
    *_, cure = search(spec, found, inputs, targets)
    return cure


def search(
    spec: NetworkSpec, found: Sequence[Finding], inputs: Array | None = None, targets: Targets = None
) -> Iterator[NetworkSpec | None]:
    """The way to the `remedy`, probe by probe: nothing so far, and at last the remedy if there is one."""
    yield None
    if not found:
        return
    batch = load(spec.dataset, spec.scaling, spec.rows) if inputs is None else Batch(inputs, targets)
    trial = _Trial(spec, {spec.scaling: batch})
    for candidate in candidates(spec, rescale=inputs is None or _own(spec, inputs)):
        seen = list[bool]()
        for well in trial.draws_of(candidate):
            seen.append(well)
            yield None
        if seen and all(seen):
            yield candidate
            return


def healthy(spec: NetworkSpec) -> bool:
    """Whether three draws of it on its own data have no finding; False where they do not fit the work budget."""
    trial = _Trial(spec, {spec.scaling: load(spec.dataset, spec.scaling, spec.rows)})
    return [False, *trial.draws_of(spec)][-1]


def _own(spec: NetworkSpec, inputs: Array) -> bool:
    """Whether these are the spec's data. Standardized ones need no answer: there is no better scaling to offer."""
    if spec.scaling == PLAIN["scaling"]:
        return False
    return np.array_equal(load(spec.dataset, spec.scaling, spec.rows).inputs, inputs)


def candidates(spec: NetworkSpec, *, rescale: bool = True) -> list[NetworkSpec]:
    """What to try, in order. Only a spec on its own data can have them scaled anew."""
    plain = {name: value for name, value in PLAIN.items() if getattr(spec, name) != value}
    if not rescale:
        plain.pop("scaling", None)
    starts = [spec.with_init(name) for name in STARTS.get(spec.activation, LEVEL)]
    tanh = replace(spec, activation="Tanh", activation_params=()).with_init("Glorot normal")
    tried = [version for start in (spec, *starts, tanh) for version in _versions(start, plain)]
    tried.sort(key=lambda candidate: len(changes(spec, candidate)))  # stable: ties stay gentlest first
    ends = [end for start in (spec, starts[0]) for end in (start, replace(start, **plain))]
    normalized = [replace(end, normalization="Batch") for end in ends if spec.normalization != "Batch"]
    offered = [candidate for candidate in dict.fromkeys([*tried, *normalized]) if not _useless_gain(candidate)]
    return [candidate for candidate in offered if candidate != spec]


def _versions(start: NetworkSpec, plain: Mapping[str, Any]) -> list[NetworkSpec]:
    """As it is, with each unusual setting put back, and with all of them put back."""
    return [start, *(replace(start, **{name: value}) for name, value in plain.items()), replace(start, **plain)]


def _useless_gain(spec: NetworkSpec) -> bool:
    return spec.activation in NO_USEFUL_GAIN and spec.gain != 1


def changes(before: NetworkSpec, after: NetworkSpec) -> tuple[str, ...]:
    """The fields that differ, an initializer or activation and its parameters counting as one."""
    differ = (entry.name for entry in fields(NetworkSpec) if getattr(before, entry.name) != getattr(after, entry.name))
    return tuple(dict.fromkeys(name.removesuffix("_params") for name in differ))


@dataclass(frozen=True, slots=True, eq=False)
class _Trial:
    """Probes candidates on several seeds, sharing data and unit draws, until the search's budget is spent."""

    spec: NetworkSpec
    batches: dict[str, Batch]  # by scaling
    spent: list[int] = field(default_factory=list)
    draws: dict[int, Draws] = field(default_factory=dict)

    def draws_of(self, candidate: NetworkSpec) -> Iterator[bool]:
        """Whether each of three draws is found healthy, to the first that is not; nothing beyond the budget."""
        tried = _lighter(candidate)
        if not work(tried).affordable or sum(self.spent) > SEARCH_OPERATIONS:
            return
        for shift in range(SEEDS):
            well = self._healthy(tried, (tried.seed + shift) % SEED_COUNT)
            yield well
            if not well:
                return

    def _healthy(self, tried: NetworkSpec, seed: int) -> bool:
        self.spent.append(work(tried).operations)
        if tried.scaling not in self.batches:
            self.batches[tried.scaling] = load(tried.dataset, tried.scaling, self.spec.rows)
        batch, draws = self.batches[tried.scaling], self.draws.setdefault(seed, Draws(seed, DRAW_BYTES))
        targets = None if batch.targets is None else batch.targets[: tried.rows]
        return not findings(
            run(replace(tried, seed=seed), batch.inputs[: tried.rows], targets, draws, detail="findings")
        )


def _lighter(spec: NetworkSpec) -> NetworkSpec:
    """Fewer rows where three probes would take long: what ails a start shows on few."""
    while spec.rows > FEW_ROWS and SEEDS * work(spec).operations > TRIAL_OPERATIONS:
        spec = replace(spec, batch=max(FEW_ROWS, spec.rows // 2))
    return spec
