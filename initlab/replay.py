"""A race looked back at: what each contestant was like at every moment that was recorded, as numbers and in words."""

from typing import Final, Literal, TypeAlias

import numpy as np

from initlab.arrays import Array
from initlab.race import Runner, Snapshot
from initlab.race_readings import classes
from initlab.recording import Mark
from initlab.tally import LayerStats
from initlab.wording import listed, number, percent

Quantity: TypeAlias = Literal["Activations", "Gradients"]
Diagnostic: TypeAlias = Literal["update:data", "gradient:data", "saturated share"]
PICTURES: Final = ("Histograms", "RMS a layer", "Layers × steps", "Decision", "Diagnostics")
QUANTITIES: Final[tuple[Quantity, ...]] = ("Activations", "Gradients")
GUIDE: Final = 1e-3  # of an update to its weights; Karpathy's rule of thumb (CS231n notes, "ratio of updates:weights")
MIDDLE: Final = "medians of the recorded moments, which are dense at the start"


def moments(snapshot: Snapshot) -> tuple[int, ...]:
    """The steps after which anybody was recorded, in order."""
    return tuple(sorted({mark.step for runner in snapshot.runners for mark in runner.marks}))


def moment_near(snapshot: Snapshot, step: int) -> int:
    """Which of the moments is the last until that step."""
    return sum(moment <= step for moment in moments(snapshot)) - 1


def marks_at(snapshot: Snapshot, step: int) -> list[Mark]:
    """Each contestant's last mark until then: who has left the race stays as it was."""
    return [[mark for mark in runner.marks if mark.step <= step][-1] for runner in snapshot.runners]


def stats(mark: Mark, quantity: Quantity) -> LayerStats:
    """What a mark says of that quantity."""
    return mark.activation if quantity == "Activations" else mark.gradient


def diagnostic(runner: Runner, which: Diagnostic) -> Array:
    """A number a layer at every mark, `(marks, layers)`: of all weight layers, the output last, or of hidden ones."""
    names = {"update:data": "update_ratio", "gradient:data": "gradient_ratio", "saturated share": "saturated_share"}
    return np.array([getattr(mark, names[which]) for mark in runner.marks])


def histories(snapshot: Snapshot, quantity: Quantity) -> str:
    """How the size of a quantity changed over the race, at the end of its journey."""
    where = "the last layer" if quantity == "Activations" else "layer 1"
    row = -1 if quantity == "Activations" else 0
    said = [f"{_from_to(runner, quantity, row)} with {runner.label}" for runner in snapshot.runners]
    return f"RMS of the {quantity.lower()} in {where} {listed(said)}."


def _from_to(runner: Runner, quantity: Quantity, row: int) -> str:
    first, last = (stats(runner.marks[k], quantity) for k in (0, -1))
    return f"from {_size(first, row)} to {_size(last, row)}"


def _size(found: LayerStats, row: int) -> str:
    """An RMS, unless something has overflowed: what is left would look harmless."""
    return number(float(found.rms[row])) if found.finite_share[row] == 1 else "overflow"


def decisions(snapshot: Snapshot) -> str:
    """How well the boundaries part the classes."""
    said = [f"{percent(runner.marks[-1].accuracy)} with {runner.label}" for runner in snapshot.runners]
    return (
        f"Test rows on their side of the boundary at the end: {listed(said)}. Where neither colour shows it is "
        "undecided; dots are some of the training rows."
    )


def ratio_reading(runner: Runner, which: Literal["update:data", "gradient:data"]) -> str:
    """The middle of a ratio over the recorded moments, in the first layer and in the last."""
    found = diagnostic(runner, which)[1:]
    if not np.isfinite(found).any():
        why = "its weights are 0" if len(found) else "it has not taken a step"
        return f"No ratio with {runner.label}: {why}."
    ends = [(_median(found[:, layer]), name) for layer, name in ((0, "in layer 1"), (-1, "in the output layer"))]
    said = " and ".join(f"{value} {name}" for value, name in ends)
    if which == "gradient:data":
        return f"RMS of the gradient over that of the weights, {runner.label}: {said}, {MIDDLE}."
    return (
        f"RMS of a step over that of the weights it changes, {runner.label}: {said}, {MIDDLE}. "
        f"Dashed: {number(GUIDE)}, a rule of thumb; far above it weights are thrown about, far below they hardly move."
    )


def _median(values: Array) -> str:
    finite = values[np.isfinite(values)]
    return number(float(np.median(finite))) if finite.size else "no ratio (weights of 0)"


def saturates(runner: Runner) -> bool:
    """Whether its activation is flat on both sides."""
    return runner.spec.phi.saturates_beyond is not None


def saturation_reading(runner: Runner) -> str:
    """Where saturation begins and ends, in the layer that has most of it at the end."""
    found = diagnostic(runner, "saturated share")
    if not saturates(runner):
        return f"{runner.spec.activation} never saturates on both sides, so no share of its outputs does."
    layer = int(np.argmax(found[-1]))
    return (
        f"Saturated outputs of {runner.label} go from {percent(found[0, layer])} to {percent(found[-1, layer])} in "
        f"layer {layer + 1}, which has most of them at the end."
    )


def mark_table(snapshot: Snapshot) -> dict[str, list[float | int | str]]:
    """One row a contestant, moment and weight layer: RMS, ratios and saturation."""
    table: dict[str, list[float | int | str]] = {}
    for runner in snapshot.runners:
        for mark in runner.marks:
            for layer in range(len(mark.update_ratio)):
                for name, value in _row(runner, mark, layer, classes(snapshot)).items():
                    table.setdefault(name, []).append(value)
    return table


def _row(runner: Runner, mark: Mark, layer: int, classes: int) -> dict[str, float | int | str]:
    hidden = layer < runner.spec.depth
    found: dict[str, float | int | str] = {"start": runner.label, "step": mark.step, "test loss": mark.test_loss}
    if classes:
        found["test accuracy"] = mark.accuracy
    return {
        **found,
        "layer": str(layer + 1) if hidden else "output",  # a column of one type: Arrow refuses two, with a traceback
        "activation RMS": float(mark.activation.rms[layer]) if hidden else np.nan,
        "gradient RMS": float(mark.gradient.rms[layer]) if hidden else np.nan,
        "saturated share": float(mark.saturated_share[layer]) if hidden else np.nan,
        "update:data": float(mark.update_ratio[layer]),
        "gradient:data": float(mark.gradient_ratio[layer]),
    }
