"""What pre-training says of itself: which layer learns, how well it rebuilds its input, what its codes are good for."""

import math
from typing import Final

import numpy as np

from initlab.arrays import Array, Integers
from initlab.losses import Targets
from initlab.network import Network
from initlab.pretraining import Pretrained
from initlab.projection import Projection, alike
from initlab.wording import counted, listed, number, percent

SAID: Final = 4  # layers named one by one; of more, the first and the last
COLOURS: Final = "Purple is negative, orange positive."


def headline(now: Pretrained) -> str:
    """Which layer learns, or what came of it."""
    depth = now.network.depth
    if now.broken:
        return f"Layer {now.layer + 1} overflowed"
    if now.finished:
        return f"{counted(depth, 'layer')} learned without a single label"
    return f"Layer {now.layer + 1} of {depth} learns to rebuild what it receives"


def evidence(now: Pretrained) -> str:
    """The error of every layer that has begun, and below what it cannot fall."""
    if now.broken:
        return f"{now.broken}."
    begun = range(len(now.errors))
    shown = begun if len(begun) <= SAID else (0, len(begun) - 1)
    parts = [f"layer {k + 1} {_course(now.errors[k])}" for k in shown]
    what = (
        "cross-entropy of a row" if now.how.reconstruction == "Cross-entropy" else "half the squared distance of a row"
    )
    return f"Error of the reconstruction, {what}: {listed(parts)}."


def _course(errors: Array) -> str:
    first, last = number(errors[0], 3), number(errors[-1], 3)
    return f"from {first} to {last}" if len(errors) > 1 else f"begins at {first}"


def stack(now: Pretrained) -> str:
    """What the picture of the stack shows."""
    depth, layer = now.network.depth, now.layer
    if now.broken:
        return f"Layer {layer + 1} of {depth} overflowed while it learned, {_below(layer)}."
    if now.finished:
        learned = f"All {depth} layers have learned and are" if depth > 1 else "The one layer has learned and is"
        return f"{learned} frozen; the output layer learns when labels come."
    masked = now.how.masked(layer)
    unseen = f", {percent(masked)} of them hidden in each step" if masked else ""
    above = f"{depth - layer - 1} waiting above"
    return f"Layer {layer + 1} learns to rebuild its own inputs{unseen}: {_below(layer)}, {above}."


def _below(layer: int) -> str:
    return f"{counted(layer, 'layer')} frozen below it" if layer else "nothing below it"


def error_table(now: Pretrained) -> dict[str, Array]:
    """One row an epoch, one column a layer; NaN where a layer is not as far."""
    longest = max(len(errors) for errors in now.errors) if now.errors else 0
    return {
        "epoch": np.arange(longest, dtype=float),
        **{
            f"layer {k + 1}": np.append(errors, np.full(longest - len(errors), np.nan))
            for k, errors in enumerate(now.errors)
        },
    }


def error_reading(now: Pretrained, least: float) -> str:
    """How far the curves have come, and what is left that no reconstruction could spare."""
    if not now.errors or now.broken:
        return evidence(now)
    first = now.errors[0]
    shed = 1 - (first[-1] - least) / (first[0] - least)
    much = f"has shed {percent(shed)} of what it could" if shed >= 0 else "has more than it started with"
    gone = f"Layer 1 {much}" if least else ""
    why = f"inputs that are neither 0 nor 1 have {number(least, 3)} of cross-entropy with themselves"
    above = "Each layer starts where the one below stopped; errors of different layers are of different inputs."
    said = [f"{gone}: {why}."] if gone else []
    if now.network.depth > 1 or not said:
        said.append(above)
    return " ".join(said)


def least_error(now: Pretrained, inputs: Array) -> float:
    """The cross-entropy of the inputs with themselves, the mean of the rows: 0 where all are 0 or 1, or for squares."""
    if now.how.reconstruction != "Cross-entropy" or not now.decoders:
        return 0.0
    wanted = np.clip(now.decoders[0].compared(inputs.astype(float)), 0, 1)
    own = -(_times_log(wanted) + _times_log(1 - wanted))
    return float(own.sum(axis=1).mean())


def _times_log(x: Array) -> Array:
    return x * np.log(np.where(x > 0, x, 1))


def rebuilt(layers: int, network: Network, inputs: Array, back: Array) -> str:
    """How much of the rows' variance is lost on the way up and down again, and what on that way no decoder knows of."""
    lost = ((inputs - back) ** 2).sum()
    all_of_it = ((inputs - inputs.mean(axis=0)) ** 2).sum()
    through = "layer 1" if layers == 1 else f"layers 1 to {layers}"
    if not math.isfinite(lost):
        return f"Up through {through} and down again: nothing finite comes back."
    return (
        f"{counted(len(inputs), 'test row')} up through {through} and down again: "
        f"{percent(lost / all_of_it) if all_of_it else number(lost)} of their variance is lost.{_unforeseen(network)}"
    )


def _unforeseen(network: Network) -> str:
    """Auto-encoders are plain layers; what their network does besides is not undone."""
    parts = [f"{network.normalization.lower()} normalization"] * (network.normalization != "None")
    parts += ["residual connections"] * network.residual
    return f" No decoder undoes {listed(parts)}: the auto-encoders learned without." if parts else ""


def filters(before: Network, after: Network, *, pictures: bool) -> str:
    """How far the first layer's weights have moved from where they were drawn; `pictures` have a scale each."""
    old, new = before.weights[0].astype(float), after.weights[0].astype(float)
    moved = float(np.sqrt(((new - old) ** 2).mean() / (old**2).mean())) if old.any() else math.nan
    shown = min(new.shape[1], 64)
    return (
        f"Incoming weights of {counted(shown, 'unit')} of layer 1{', each on its own scale' * pictures}: purple "
        f"negative, orange positive. Training has moved them by {percent(moved)} of their size."
    )


def neighbours(layer: int, codes: Array, inputs: Array, targets: Targets, found: Projection) -> str:
    """What the plane holds, and whether the code keeps classes together better than the inputs do."""
    units = counted(codes.shape[1], "unit")
    plane = f"The plane holds {percent(found.explained)} of the variance of layer {layer}'s {units}."
    if not math.isfinite(found.explained):
        return f"Layer {layer}'s codes are all alike, or not finite: there is nothing to draw."
    if targets is None or not np.issubdtype(targets.dtype, np.integer):
        return plane
    classes: Integers = np.asarray(targets, np.intp)
    code, raw = alike(codes, classes), alike(inputs, classes)
    return (
        f"{plane} In the code, {percent(code)} of the test rows have a row of their own class nearest; in the inputs "
        f"{percent(raw)}. No label was used."
    )
