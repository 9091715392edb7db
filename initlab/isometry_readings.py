"""What the singular values show, in sentences: the verdict of a comparison and one sentence under each picture."""

from typing import Final, NamedTuple

import numpy as np

from initlab.isometry import Isometry, Spectrum
from initlab.spec import NetworkSpec
from initlab.spectral_law import Spread, obstacles
from initlab.wording import number, percent

MEANING: Final = (
    "Singular values of the Jacobian say how much a small change is stretched on its way to a layer, direction by "
    "direction. Where they are alike, no direction is lost and none is blown up."
)
ALIKE: Final = 1.0  # variance of the normalised squares below which they spread less than their mean
NARROW: Final = 8  # theory's variance times this exceeds the width: N singular values cannot spread beyond N - 1


class Side(NamedTuple):
    """One of the two networks: what it is called, its spec, what was measured, what theory says where it does."""

    name: str
    spec: NetworkSpec
    found: Isometry
    law: Spread | None


Sides = tuple[Side, Side]


def headline(sides: Sides) -> str:
    """The comparison in a few words."""
    if sides[0].found.overflow is not None and sides[1].found.overflow is not None:
        return "Both overflow"
    if sides[0].spec.width == 1:
        return "One unit has one direction"
    start, partner = (_alike(side.found) for side in sides)
    first, second = (side.name for side in sides)
    if start is None or partner is None:
        names = [side.name for side, alike in zip(sides, (start, partner), strict=True) if alike is None]
        return "Nothing arrives" if len(names) == 2 else f"Nothing arrives with {names[0]}"
    if start == partner:
        return "Both treat all directions nearly alike" if start else "Neither treats all directions alike"
    good, bad = (first, second) if start else (second, first)
    return f"{good} treats all directions nearly alike, {bad} does not"


def _alike(found: Isometry) -> bool | None:
    """None where no singular value is left to judge by."""
    if found.last is None or not len(found.last.values):
        return None
    return found.last.variance < ALIKE


def verdict(sides: Sides) -> str:
    """Condition numbers of the deepest Jacobians."""
    return " ".join(f"{_condition(side)}." for side in sides)


def _condition(side: Side) -> str:
    last = side.found.last
    if last is None:
        return f"{side.name}: layer {side.found.overflow} overflows in float64, so there is no Jacobian to look at"
    place = f"{side.name} at layer {last.layer}"
    if not len(last.values):
        all_of_them = f"all {last.size} singular values are" if last.size > 1 else "its one singular value is"
        return f"{place}: {all_of_them} 0"
    low, high = last.extremes
    ratio = _ratio(10.0 ** (high - low))
    if last.zeros:
        others = f"of the others the largest is {ratio} times the smallest" if len(last.values) > 1 else "one is left"
        return f"{place}: {last.zeros} of {last.size} singular values are 0, the condition number is infinite; {others}"
    if last.size == 1:
        return f"{place}: one unit has one singular value, {number(10.0**high)}"
    over = f" (layer {side.found.overflow} overflows)" if side.found.overflow else ""
    return f"{place}: the largest singular value is {ratio} times the smallest{over}"


def _ratio(ratio: float) -> str:
    return number(ratio, 2 if ratio > 2 else 5)


def ridges(side: Side) -> str:
    """How far the middle of the distribution reaches."""
    last = side.found.last
    if last is None or not len(last.values) or last.size == 1:
        return f"{_condition(side)}."
    low, high = 10.0 ** (np.quantile(last.values, [0.1, 0.9]) - last.mean_square / 2)
    zeros = f" {last.zeros} of {last.size} are 0 and lie outside the picture." if last.zeros else ""
    middle = f"At layer {last.layer} the middle 80 % of {side.name}'s singular values"
    if high / low < 1.01:
        return f"{middle} differ by less than {percent(max(high / low - 1, 1e-9))}.{zeros}"
    return f"{middle} lie between {number(low)} and {number(high)} times their root mean square.{zeros}"


def extremes(sides: Sides) -> str:
    """How the size of the singular values moves."""
    parts = [_size(side) for side in sides]
    dash = " Grey dash: theory's root mean square." if any(side.law and side.found.spectra for side in sides) else ""
    return f"From the smallest that is not 0 to the largest; the line is their median. {' '.join(parts)}{dash}"


def _size(side: Side) -> str:
    last = side.found.last
    if last is None or not len(last.values):
        return f"{side.name} leaves none."
    layers = last.layer - side.found.below
    theory = ""
    if side.law is not None and np.isfinite(side.law.mean_square[layers - 1]):
        theory = f" (theory {number(10.0 ** (side.law.mean_square[layers - 1] / layers), 3)})"
    factor = number(10.0 ** (last.mean_square / layers), 3)
    return f"{side.name}: each layer multiplies the mean square by {factor}{theory}."


def variance(sides: Sides) -> str:
    """The spread beside theory's."""
    parts = [_spread(side) for side in sides]
    return f"Variance of the squared singular values, their mean made 1. {' '.join(parts)}"


def _spread(side: Side) -> str:
    last = side.found.last
    if last is None or not len(last.values):
        return f"{side.name} leaves none."
    theory = f", theory {number(predicted(side, last), 3)}" if side.law is not None else ""
    return f"{side.name} at layer {last.layer}: {number(last.variance, 3)}{theory}."


def predicted(side: Side, spectrum: Spectrum) -> float:
    """Theory's variance at that layer; NaN without theory."""
    return float("nan") if side.law is None else float(side.law.variance[spectrum.layer - side.found.below - 1])


def draws(sides: Sides, others: list[Side]) -> str:
    """How far the spread moves from draw to draw."""
    if not others:
        return "Another draw of this network exceeds the budget."
    parts = []
    for side in sides:
        every = [s.found.last.variance for s in (side, *others) if s.name == side.name and s.found.last is not None]
        theory = f" (theory {number(predicted(side, side.found.last), 3)})" if side.law and side.found.last else ""
        if every and np.isfinite(every).all():
            low, high, mean = number(min(every), 3), number(max(every), 3), number(float(np.mean(every)), 3)
            parts.append(f"{side.name}: {low} to {high} over {len(every)} draws, {mean} on average{theory}.")
        else:
            parts.append(f"{side.name}: nothing arrives in some draw.")
    return f"Variance of the squares in the deepest layer. {' '.join(parts)}"


def draws_table(others: list[Side]) -> dict[str, list[float] | list[str] | list[int]]:
    """One row a draw and network: the deepest layer."""
    kept = [(side, side.found.last) for side in others if side.found.last is not None]
    return {
        "start": [side.name for side, _ in kept],
        "seed": [side.spec.seed for side, _ in kept],
        "layer": [s.layer for _, s in kept],
        "zeros": [s.zeros for _, s in kept],
        "log10 condition number": [s.condition for _, s in kept],
        "log10 mean square": [s.mean_square for _, s in kept],
        "variance of squares": [s.variance for _, s in kept],
    }


def caveats(sides: Sides) -> list[str]:
    """Which of theory's assumptions fail, and what else limits the comparison."""
    reasons = [obstacles(side.spec) for side in sides]
    if reasons[0] and reasons[0] == reasons[1]:
        found = [f"No theory here: {', '.join(reasons[0])}."]
    else:
        each = zip(sides, reasons, strict=True)
        found = [f"No theory for {side.name}: {', '.join(why)}." for side, why in each if why]
    wide = max((predicted(side, side.found.last) for side in sides if side.law and side.found.last), default=0.0)
    if wide * NARROW > sides[0].spec.width:
        found.append(
            f"Theory is for widths far above its variance of {number(wide)}: at width {sides[0].spec.width} a single "
            "draw lies far off it."
        )
    if sides[0].spec.needs_data:
        found.append(
            f"The weights of {sides[1].name} have the variance 1/n times the squared gain, whatever those of "
            f"{sides[0].name} have in each layer."
        )
    if sides[0].spec.normalization == "Batch":
        found.append("Batch normalization couples the rows; its means and variances are taken as constants here.")
    return found


def source(sides: Sides, row: int) -> str:
    """What was differentiated by what, and where."""
    spec, found = sides[0].spec, sides[0].found
    start = "the output of layer 1" if found.below else f"the {spec.widths[0]} inputs"
    square = len(set(spec.widths[1:-1])) == 1
    why = (
        f" (from there on the layers are square; the data have {spec.widths[0]} features)"
        if found.below and square
        else ""
    )
    return (
        f"Jacobian of each layer's activations by {start}{why}, at row {row} of {spec.dataset} "
        f"({spec.scaling.lower()}), seed {spec.seed}, in float64.{_zeros(sides)}"
    )


def _zeros(sides: Sides) -> str:
    """Where zeros come from, if there are any."""
    for side in sides:
        last = side.found.last
        if last is not None and last.zeros:
            share = f" {percent(last.zeros / last.size)} of {side.name}'s singular values are 0"
            mean, variance = side.spec.law.moments(side.spec.width, side.spec.width)
            if variance == 0:
                return f"{share}: {'equal weights pass on one direction' if mean else 'so are all weights'}."
            if side.spec.phi.dies:
                return f"{share}: units with slope 0 take their directions with them."
            return f"{share}: float64 leaves nothing of them."
    return ""


def table(sides: Sides) -> dict[str, list[float] | list[str] | list[int]]:
    """One row a network and layer, in plain powers of ten where a number may not fit."""
    rows = [(side, s) for side in sides for s in side.found.spectra]
    return {
        "start": [side.name for side, _ in rows],
        "layer": [s.layer for _, s in rows],
        "singular values": [s.size for _, s in rows],
        "zeros": [s.zeros for _, s in rows],
        "log10 smallest not 0": [s.extremes[0] for _, s in rows],
        "log10 median not 0": [s.median for _, s in rows],
        "log10 largest": [s.extremes[1] for _, s in rows],
        "log10 condition number": [s.condition for _, s in rows],
        "log10 mean square": [s.mean_square for _, s in rows],
        "log10 mean square, theory": [
            float("nan") if side.law is None else float(side.law.mean_square[s.layer - side.found.below - 1])
            for side, s in rows
        ],
        "variance of squares": [s.variance for _, s in rows],
        "variance of squares, theory": [predicted(side, s) for side, s in rows],
    }
