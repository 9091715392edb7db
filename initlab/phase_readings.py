"""What the Phase diagram page says: one sentence under every chart, and the verdict on a network's place."""

import math
from typing import Any, Final

import numpy as np

from initlab.arrays import Array
from initlab.landmarks import Here, Landmark, Place, landmarks, without_place
from initlab.phase import EDGE_ROWS, REACH, Plane
from initlab.point import FAR, NEAR, ROUNDING, Curve, Phase, Point
from initlab.spec import NetworkSpec
from initlab.wording import capitalized, number

MEANING: Final = "Every start is a point: how far its weights scatter (σ_w²) and its biases (σ_b²)."
SOURCE: Final = (
    "Theory of infinitely wide layers (Poole et al. 2016, Schoenholz et al. 2017), not measurement. q is the mean "
    "square of the pre-activations z, q* where it settles from q = 1; χ₁ the factor of the gradient's mean square a "
    "layer; c* where the correlation of two inputs settles."
)
SIDES: Final[dict[Phase, str]] = {
    "ordered": "on the ordered side, where all inputs become alike",
    "critical": "on the edge between order and chaos",
    "chaotic": "on the chaotic side, where similar inputs drift apart",
    "diverging": "where the signal has no size to settle at",
}
COUNTLESS: Final = 1e4  # layers: more than anyone stacks


def headline(spec: NetworkSpec, at: Point | None) -> str:
    """How deep this start can be, against how deep the network is; no promise where its layers are not the plane's."""
    if at is None:
        return f"{spec.init} has no place in this plane"
    if beyond := _beyond(spec):
        return f"{beyond} {'are' if spec.residual else 'is'} not in this plane"
    if at.phase == "diverging":
        return "The signal grows without bound"
    if not at.reach:
        return "Nothing of the input gets through a layer"
    if at.reach >= spec.depth:
        return f"{_layers(spec.depth)} {'is' if spec.depth == 1 else 'are'} within reach"
    return f"Information survives about {number(at.reach)} of {_layers(spec.depth)}"


def verdict(spec: NetworkSpec, here: Here, at: Point | None) -> str:
    """The place and its numbers."""
    if at is None:
        return "The plane shows starts whose weights scatter around 0 with one variance; this one is not among them."
    fan_in, fan_out = here.fans
    where = f"{spec.init}, layer {here.layer} ({fan_in} → {fan_out}): {_place(at)}, {_side(at)}."
    beyond = _beyond(spec)
    without = f"Without {beyond[0].lower()}{beyond[1:]}: " if beyond else ""
    return f"{without}{where} {_gradient(at)} {_reach(at)} The network has {_layers(spec.depth)}."


def _beyond(spec: NetworkSpec) -> str:
    """What the network has and the plane knows nothing of, as the beginning of a sentence; empty for plain layers."""
    normalized = [f"{spec.normalization} normalization"] if spec.normalization != "None" else []
    skips = [f"{'residual' if normalized else 'Residual'} connections"] if spec.residual else []
    return " and ".join([*normalized, *skips])


def _side(at: Point) -> str:
    if at.phase == "ordered" and at.q == 0:  # without biases there is nothing left that could be alike
        return "on the ordered side, where the signal dies away"
    return SIDES[at.phase]


def _gradient(at: Point) -> str:
    size = "the signal's mean square grows without bound" if math.isinf(at.q) else f"q* = {number(at.q, 3)}"
    if at.chi == 0:
        return f"χ₁ = 0: no gradient comes through a layer; {size}, c* = {number(at.correlation)}."
    change = "keeps its mean square"
    if at.phase != "critical" and abs(at.chi - 1) >= 0.005:
        factor = max(at.chi, 1 / at.chi)
        change = f"{'grows' if at.chi > 1 else 'shrinks'} {number(factor, 3)} times a layer in mean square"
    return f"χ₁ = {number(at.chi, 3)}: the gradient {change}; {size}, c* = {number(at.correlation)}."


def _reach(at: Point) -> str:
    if not at.reach:
        return "The depth scale ξ_c is 0: whatever the inputs, the first layer forgets them."
    if at.reach > COUNTLESS:
        return "The depth scale ξ_c has no end: information survives at any depth."
    if at.phase == "diverging":
        return f"The signal grows e-fold every {number(2 * at.depth_scale)} layers in RMS."
    if at.q == 0:
        return (
            f"The signal's mean square falls e-fold every ξ_c = {number(at.depth_scale)} layers; networks train up to "
            f"about {REACH} ξ_c = {number(at.reach)}."
        )
    return (
        f"Correlations come e times closer to c* every ξ_c = {number(at.depth_scale)} layers; networks train up to "
        f"about {REACH} ξ_c = {number(at.reach)}."
    )


def plane(found: Plane, spec: NetworkSpec, here: Here) -> str:
    """Where the edge runs, and who is not in the picture."""
    return f"{spec.activation}: {_edge(found)}{_bound(found)}{_outside(found, spec, here)}"


def _edge(found: Plane) -> str:
    rows = np.flatnonzero(np.isfinite(found.edge))
    if not rows.size:
        return "there is no edge χ₁ = 1 in the picture: the gradient vanishes wherever the signal keeps a size."
    first, last = (number(float(found.edge[row]), 4) for row in rows[[0, -1]])
    low, high = (number(float(EDGE_ROWS[row])) for row in rows[[0, -1]])
    if rows.size == 1:
        return f"χ₁ = 1 with a signal that keeps its size only at σ_w² = {first}, σ_b² = {low}."
    return f"the edge χ₁ = 1 runs from σ_w² = {first} at σ_b² = {low} to {last} at {high}."


def _bound(found: Plane) -> str:
    bounds = found.diverging[np.isfinite(found.diverging)]
    if not bounds.size:
        return ""
    low, high = number(float(bounds.min()), 3), number(float(bounds.max()), 3)
    where = low if low == high else f"{low} to {high}, depending on σ_b²,"
    return f" From σ_w² = {where} on the signal grows without bound."


def _outside(found: Plane, spec: NetworkSpec, here: Here) -> str:
    window = found.window
    low, high = window.weight[[0, -1]]
    gone = [
        f"{', '.join(names)} ({number(place.weight, 3)}, {number(place.bias, 3)})"
        for names, place in landmarks(spec.width, spec.activation)
        if not low <= place.weight <= high or place.bias > window.bias[-1]
    ]
    depths = sorted({line.depth for line in found.lines})
    lines = f" Dashed: where {REACH} ξ_c is {_listed(depths)} layers." if depths else ""
    outside = f" Outside the picture: {'; '.join(gone)}." if gone else ""
    placeless = f" Diamonds: initializers at width {spec.width} and gain 1; {_listed(without_place())} have no place."
    return f"{lines}{placeless}{outside}"


def size(curve: Curve, at: Point) -> str:
    """What the variance map does with the data's mean square."""
    start, steps = curve.stairs_x[0], len(curve.stairs_x) // 2
    where = f"At {_place(at)}: "
    if math.isinf(at.q):
        return f"{where}the map stays above the line of no change, so the mean square of z grows without bound."
    way = f"from {start:g} to {number(curve.stairs_x[-1], 3)} in {_layers(steps)}"
    return f"{where}the mean square of z goes to q* = {number(at.q, 3)}, {way}."


def likeness(curve: Curve, at: Point) -> str:
    """What the correlation map does with two inputs."""
    start, end, steps = curve.stairs_x[0], curve.stairs_x[-1], len(curve.stairs_x) // 2
    end = end if abs(end) > ROUNDING else 0.0
    who = {FAR: "two inputs with nothing in common", NEAR: "two inputs that almost agree"}[float(start)]
    change = "drift apart" if end < start - 1e-3 else "become alike" if end > start + 1e-3 else "stay as they are"
    return (
        f"{capitalized(who)} {change}: their correlation goes from {start:g} to {number(end, 3)} in "
        f"{_layers(steps)}. {_settling(at)} {_reach(at)}"
    )


def _settling(at: Point) -> str:
    """Where correlations end, and how fast: only where q* is a size at which the drawn map has that slope."""
    if at.weight == 0:
        return f"Weights of 0 give every input the same z{', the biases alone' if at.bias else ', which is 0'}: c* = 1."
    if at.phase == "critical" or 0 < at.q < math.inf:
        slope = f"c* = {number(at.correlation, 3)}. The slope at c* is {number(at.slope, 3)}"
        return f"{slope}." if at.correlation < 1 else f"{slope}, which is χ₁."
    size = "has no size to settle at" if at.q else "dies away"
    return f"The signal {size}, so that likeness has no rate of its own."


def point_table(rows: list[tuple[str, Point]]) -> dict[str, list[Any]]:
    """Everything theory says of some points."""
    return {
        "start": [name for name, _ in rows], "weight variance σ_w²": [p.weight for _, p in rows],
        "bias variance σ_b²": [p.bias for _, p in rows], "side": [p.phase for _, p in rows],
        "q*": [p.q for _, p in rows], "χ₁": [p.chi for _, p in rows], "c*": [p.correlation for _, p in rows],
        "ξ_c, layers": [p.depth_scale for _, p in rows], "6 ξ_c, layers": [p.reach for _, p in rows],
    }  # fmt: skip


def plane_table(found: Plane) -> dict[str, Array]:
    """Every cell of the picture."""
    weight, bias = np.meshgrid(found.window.weight, found.window.bias)
    return {
        "weight variance σ_w²": weight.ravel(), "bias variance σ_b²": bias.ravel(),
        "q*": found.q.ravel(), "χ₁": found.chi.ravel(),
    }  # fmt: skip


def landmark_name(mark: Landmark) -> str:
    return ", ".join(mark.names)


def opened(spec: NetworkSpec, wanted: Place) -> str:
    """What the button opens, and how close it comes."""
    scale = float(dict(spec.init_params)["scale"])
    reached = scale * spec.gain**2
    close = "" if abs(reached - wanted.weight) <= 1e-9 * wanted.weight else f" = {number(reached, 4)}"
    gain = "" if spec.gain == 1 else f" × gain {spec.gain:g}²"
    return f"Variance scaling, scale {scale:g}{gain}{close}, fan_in, biases of {spec.bias_stddev:g}."


def _place(at: Point) -> str:
    return f"σ_w² = {number(at.weight, 3)}, σ_b² = {number(at.bias, 3)}"


def _layers(count: int) -> str:
    return f"{count} layer{'' if count == 1 else 's'}"


def _listed(words: Any) -> str:
    *most, last = (str(word) for word in words)
    return f"{', '.join(most)} and {last}" if most else last
