"""One sentence under every picture of the symmetry page, made from the numbers that are drawn."""

from typing import Final

import numpy as np

from initlab.arrays import Array, Flags, Integers
from initlab.measurement import Probe
from initlab.symmetry import Moment, Walk
from initlab.wording import layers_in_words, number

ALIKE: Final = 1e-6  # a cosine this close to 1 is drawn and called 1
NEARLY: Final = 0.99  # above this, what is missing to 1 says more
MOST_GROUPS: Final = 4  # layers of more different counts are summed up


def weights(moment: Moment, layer: int, width: int) -> str:
    """The heat map of incoming weights of layer `layer` (from 1)."""
    return _pairs(moment.weights[layer - 1], width, "incoming weights")


def gradients(moment: Moment, layer: int, width: int) -> str:
    """The heat map of gradients."""
    if moment.idle[layer - 1]:
        return f"Every gradient of layer {layer} is exactly 0: there is no direction to compare."
    return _pairs(moment.gradients[layer - 1], width, "gradients over the rows of the batch")


def _pairs(cosine: Array, width: int, what: str) -> str:
    drawn = len(cosine)
    who = f"all {drawn}" if drawn == width else f"the first {drawn} of {width}"
    if drawn == 1:
        return "One unit has no other to be compared with." if width == 1 else f"One of {width} units is drawn."
    off = cosine[~np.eye(drawn, dtype=bool)]
    off = off[np.isfinite(off)]
    if not off.size:
        return f"The {what} of {who} units are exactly 0 or not finite: there is no direction to compare."
    low, middle, high = (float(x) for x in np.quantile(off, [0, 0.5, 1]))
    if low > 1 - ALIKE:
        return f"Any two of {who} units have {what} of cosine 1: one direction."
    if low > NEARLY:
        missing = f"the cosine misses 1 by {number(1 - low)} at most"
        return f"Any two of {who} units have {what} of nearly one direction: {missing}."
    ends = f"cosine {number(low)} to {number(high)}"
    return f"Any two of {who} units have {what} of {ends}; half of the pairs lie above {number(middle)}."


def layers(walk: Walk, moment: Moment) -> str:
    """Distinct units against layer."""
    start, now = (in_words(counts, walk.widths) for counts in (walk.before, moment.distinct))
    after = f"after {moment.step} step{'s' if moment.step != 1 else ''}"
    if walk.trial.noise:
        after = f"{after} and the noise" if moment.step else "after the noise"
    return f"At the start {start}; {after} {'the same' if start == now else now}."


def in_words(counts: Integers, widths: Integers) -> str:
    """1 distinct unit of 128 in layers 1 to 9, 128 distinct units of 128 in layer 10."""
    pairs = [
        f"{count} distinct unit{'s' if count > 1 else ''} of {width}"
        for count, width in zip(counts, widths, strict=True)
    ]
    groups = list(dict.fromkeys(pairs))
    if len(groups) > MOST_GROUPS:
        return f"{counts.min()} to {counts.max()} distinct units a layer"
    places = [where(np.array([pair == group for pair in pairs])) for group in groups]
    return ", ".join(f"{group} {place}" for group, place in zip(groups, places, strict=True))


def where(chosen: Flags) -> str:
    """In layers 1 to 3, or in every layer."""
    if chosen.all():
        return "in every layer" if chosen.size > 1 else "in the only layer"
    return f"in {layers_in_words(np.flatnonzero(chosen) + 1)}"


def path(walk: Walk, moment: Moment) -> str:
    """Distinct units against step."""
    counts = np.array([walk.before, *(m.distinct for m in walk.moments[: moment.step + 1])])
    changes = counts != counts[0]
    if not changes.any():
        steps = f"{moment.step} step{'s' if moment.step > 1 else ''}"
        return f"No layer's count changes in {steps}." if moment.step else "No step has been taken yet."
    first = changes.argmax(axis=0)
    when = "before the first step, by the noise" if first.max() == 1 else f"at step {first.max() - 1}"
    if len(set(first[changes.any(axis=0)].tolist())) > 1:
        when = f"first at step {first[changes.any(axis=0)].min() - 1} and last at step {first.max() - 1}"
    rest = "" if changes.any(axis=0).all() else ", in no other"
    return f"The count changes {where(changes.any(axis=0))} {when}{rest}."


def correlation(probe: Probe) -> Array:
    """Mean cosine between the pre-activations of different inputs; NaN where all are 0 and have no direction."""
    return np.where(probe.preactivation.rms > 0, probe.input_correlation, np.nan)


def collapse(probe: Probe, theory: Array | None) -> str:
    """How alike different inputs become on their way through the layers."""
    if probe.rows < 2:
        return "A single row has no other to be compared with."
    found = np.flatnonzero(np.isfinite(correlation(probe)))
    if not found.size:
        return "In no layer do the pre-activations have directions to compare: they are exactly 0 or not finite."
    end = int(found[-1])
    last, rest = float(probe.input_correlation[end]), float(probe.input_difference[end])
    said = (
        f"The mean cosine between different inputs goes from {number(1 - probe.data_difference)} in the data to "
        f"{number(last, 3 if last > NEARLY else 2)} in layer {end + 1}"
    )
    if last > NEARLY:
        said = f"{said}, {number(rest)} short of one direction"
    if theory is not None and np.isfinite(theory[end]):
        said = f"{said}; theory expects {number(float(theory[end]), 3)} there"
    if end + 1 < probe.depth:
        said = f"{said}, the last whose pre-activations are finite and not all 0"
    if probe.alike[end] and probe.widths[end] > 1 and last <= NEARLY:
        return f"{said}. All its units say the same, so inputs point one way or the opposite way, which a mean hides."
    return f"{said}."
