"""The budget of a race, and of one on several draws: operations and bytes, known before anything is allocated, and
what would fit."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from initlab.datasets import DATASETS
from initlab.errors import invalid
from initlab.recording import AT_ONCE, GRID, OBSERVED, judged_after, marks, record_bytes
from initlab.schedule import steps_in_all
from initlab.spec import NetworkSpec
from initlab.train_spec import TrainSpec
from initlab.work import MAX_BYTES, Work, fitting, start_operations, work
from initlab.work import require_affordable as require_startable

RACE_OPERATIONS: Final = 2 * 10**12  # about a minute on one busy core
STEP_OPERATIONS: Final = AT_ONCE  # of one step of one contestant
PER_UNIT, PER_WEIGHT = 40, 20  # operations of phi and its slope a row, and of the optimizer a step
DRAWS: Final = 10
PER_CALL: Final = 1_500_000  # operations a weight layer and step might take while Python gets from one to the next
LOOKED_AT: Final = 120  # operations of a mark for each unit and row: two histograms


def training_rows(spec: NetworkSpec, train: TrainSpec) -> int:
    """Rows that are learned from with their labels."""
    rows = all_rows(spec, train)
    return min(train.labels or rows, rows)


def all_rows(spec: NetworkSpec, train: TrainSpec) -> int:
    """Rows that are not tested on, with a label or without."""
    return DATASETS[spec.dataset].rows - test_rows(spec, train)


def test_rows(spec: NetworkSpec, train: TrainSpec) -> int:
    return round(DATASETS[spec.dataset].rows * train.test_share)


def step_work(spec: NetworkSpec, train: TrainSpec) -> int:
    """Operations of one step: three matrix products a layer, the rest of the pass, the optimizer."""
    weights, units = _sizes(spec)
    rows = min(train.batch, training_rows(spec, train))
    return rows * (6 * weights + PER_UNIT * units) + PER_WEIGHT * weights


def race_work(specs: Sequence[NetworkSpec], train: TrainSpec) -> Work:
    """All steps of all contestants and all marks; their parameters stay, their passes come one after the other."""
    operations, kept, passes = 0, 0, 0
    for spec in specs:
        (weights, units), rows = _sizes(spec), DATASETS[spec.dataset].rows
        steps = steps_in_all(train, training_rows(spec, train))
        observed, judged = min(OBSERVED, rows), test_rows(spec, train) + _square(spec)
        look = observed * (6 * weights + LOOKED_AT * units) + judged * (2 * weights + PER_UNIT * units)
        operations += steps * (step_work(spec, train) + PER_CALL * (spec.depth + 1)) + len(marks(specs, steps)) * look
        operations += start_operations(spec, all_rows(spec, train))
        size = 4 if spec.precision == "float32" else 8
        kept += size * 8 * weights + record_bytes([spec], steps)
        passes = max(passes, size * (4 * units * max(observed, judged, train.batch) + 4 * weights))
    return Work(operations, kept + passes)


def draws_work(specs: Sequence[NetworkSpec], train: TrainSpec, draws: int = DRAWS) -> Work:
    """So many races without marks of the layers, one after the other."""
    operations = 0
    for spec in specs:
        (weights, units), rows = _sizes(spec), training_rows(spec, train)
        steps = steps_in_all(train, rows)
        look = test_rows(spec, train) * (2 * weights + PER_UNIT * units)
        operations += steps * (step_work(spec, train) + PER_CALL * (spec.depth + 1))
        operations += len(judged_after(steps, train.epochs)) * look
        operations += start_operations(spec, all_rows(spec, train))
    return Work(draws * operations, race_work(specs, train).bytes)


def affordable(specs: Sequence[NetworkSpec], train: TrainSpec) -> bool:
    """Whether it stays below all three limits."""
    whole = race_work(specs, train)
    short = all(step_work(spec, train) <= STEP_OPERATIONS and _startable(spec, train) for spec in specs)
    return short and whole.operations <= RACE_OPERATIONS and whole.bytes <= MAX_BYTES


def fitted(specs: Sequence[NetworkSpec], train: TrainSpec) -> tuple[tuple[NetworkSpec, ...], TrainSpec]:
    """The nearest race that is affordable: fewer epochs, then smaller batches, then fewer layers, and where one layer
    is too many to be pre-trained, fewer epochs of that."""
    specs = tuple(specs)
    while not affordable(specs, train):
        too_long = any(step_work(spec, train) > STEP_OPERATIONS for spec in specs)
        if too_long and train.batch > 8:
            train = replace(train, batch=max(8, 2 ** ((train.batch - 1).bit_length() - 1)))
        elif not too_long and race_work(specs, train).operations > RACE_OPERATIONS and train.epochs > 1:
            train = replace(train, epochs=train.epochs * 9 // 10)
        else:
            specs = tuple(_less(spec, all_rows(spec, train)) for spec in specs)
    return specs, train


def _less(spec: NetworkSpec, rows: int) -> NetworkSpec:
    """Fewer layers; a single one that is affordable to begin with."""
    return replace(spec, depth=spec.depth * 3 // 4) if spec.depth > 1 else fitting(spec, rows)


def require_affordable(specs: Sequence[NetworkSpec], train: TrainSpec) -> None:
    """ValueError with the numbers and what would fit, where the budget is exceeded."""
    for spec in specs:
        if not _startable(spec, train):
            require_startable(spec, all_rows(spec, train))
    if affordable(specs, train):
        return
    fit, shorter = fitted(specs, train)
    changed = [
        f"{name} {new}"
        for name, old, new in (
            ("epochs", train.epochs, shorter.epochs),
            ("batch", train.batch, shorter.batch),
            ("depth", specs[0].depth, fit[0].depth),
        )
        if old != new
    ]
    limits = Work(RACE_OPERATIONS, MAX_BYTES)
    longest = max(step_work(spec, train) for spec in specs)
    raise invalid(
        f"a race may take at most {limits}, and {STEP_OPERATIONS / 1e9:g} billion operations a step",
        f"{race_work(specs, train)}, {longest / 1e9:,.1f} billion a step", f"{' with '.join(changed)} fits",
    )  # fmt: skip


def require_affordable_draws(specs: Sequence[NetworkSpec], train: TrainSpec, draws: int = DRAWS) -> None:
    """ValueError with the numbers and what would fit: fewer epochs, or fewer draws where one epoch is too many."""
    require_affordable(specs, train)
    needed = draws_work(specs, train, draws)
    if needed.operations <= RACE_OPERATIONS:
        return
    epochs = next((n for n in range(train.epochs - 1, 0, -1) if _fits(specs, replace(train, epochs=n), draws)), 0)
    fewer = max(1, draws * RACE_OPERATIONS // needed.operations)
    said = f"{epochs} epoch{'s' if epochs > 1 else ''} or {fewer}" if epochs else str(fewer)
    raise invalid(
        f"{draws} draws may take at most {RACE_OPERATIONS / 1e9:,.0f} billion operations",
        f"{needed.operations / 1e9:,.0f} billion", f"{said} draw{'s' if fewer > 1 else ''} would fit",
    )  # fmt: skip


def _fits(specs: Sequence[NetworkSpec], train: TrainSpec, draws: int) -> bool:
    return draws_work(specs, train, draws).operations <= RACE_OPERATIONS


def _startable(spec: NetworkSpec, train: TrainSpec) -> bool:
    """Whether what a start learns from the rows before the race begins is affordable on its own."""
    rows = all_rows(spec, train)
    return not start_operations(spec, rows) or work(spec, rows).affordable


def _square(spec: NetworkSpec) -> int:
    """Points of the picture of a decision."""
    return GRID**2 if spec.widths[0] == 2 else 0


def _sizes(spec: NetworkSpec) -> tuple[int, int]:
    """Weights and units."""
    return sum(a * b for a, b in pairwise(spec.widths)), sum(spec.widths[1:])
