"""How LSUV got where it is, layer by layer: a table, and what there is to see in it."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from initlab.arrays import Array, Integers
from initlab.calibration import ROUNDING, Calibrated, looked_at
from initlab.data_driven import LSUV
from initlab.rules import COLLAPSED
from initlab.spec import NetworkSpec
from initlab.wording import counted, layers_in_words, number


def meaning(spec: NetworkSpec) -> str:
    """What the columns are."""
    return (
        "Variances are of the pre-activations, over rows and units, each on another minibatch. What depends on the "
        "input: their variance over the rows alone, averaged over the units, as a share of their mean square; below "
        f"{number(_rounding(spec))} it is rounding. The verdict speaks of its square root, a share of the RMS."
    )


def table(spec: NetworkSpec, layers: Sequence[Calibrated]) -> dict[str, list[str] | Array | Integers]:
    """One row a layer; an iteration that a layer did not need is NaN."""
    most = max(found.iterations for found in layers)
    variances = np.full((len(layers), most + 1), np.nan)
    for row, found in zip(variances, layers, strict=True):
        row[: len(found.variances)] = found.variances
    after = {f"after {k}": variances[:, k] for k in range(1, most + 1)}
    return {
        "layer": ["output" if found.layer > spec.depth else str(found.layer) for found in layers],
        "variance before": variances[:, 0],
        **after,
        "iterations": np.array([found.iterations for found in layers]),
        "within tolerance": ["yes" if found.reached else "no" for found in layers],
        "depends on the input": np.array([found.dependence for found in layers]),
    }


def reading(spec: NetworkSpec, law: LSUV, layers: Sequence[Calibrated]) -> str:
    """How it went, on which rows, and whether the signal that is left knows its input."""
    return " ".join([*_success(spec, law, layers), *_dependence(spec, layers), *_gain(spec)])


def _success(spec: NetworkSpec, law: LSUV, layers: Sequence[Calibrated]) -> list[str]:
    seen, batch = looked_at(spec.rows)
    rows = f"minibatches of {batch} of {seen} rows" if seen > 1 else "a single row"
    reached = [found for found in layers if found.reached]
    left = [found for found in layers if not found.reached and found.iterations < law.iterations]
    short = [found for found in layers if not found.reached and found.iterations == law.iterations]
    said = []
    if reached:
        whose = "all layers" if len(reached) == len(layers) else f"{len(reached)} of {len(layers)} layers"
        said.append(f"On {rows} LSUV brings {whose} within {number(law.tolerance)} of variance 1{_effort(reached)}.")
    if short:
        rest = f"{_named(spec, short)} {'is' if len(short) == 1 else 'are'} not there"
        said.append(f"After {counted(law.iterations, 'division')} {rest}: {_why(spec, short)}.")
    if left:
        which = f"{_named(spec, left)} {'is' if len(left) == 1 else 'are'} left as drawn"
        said.append(
            f"{which[0].upper()}{which[1:]}: a variance of {number(left[0].variances[-1])} cannot be divided by."
        )
    return said


def _effort(reached: Sequence[Calibrated]) -> str:
    """How many divisions most layers took, and the most that one took."""
    counts = Counter(found.iterations for found in reached)
    usual, most = counts.most_common(1)[0][0], max(counts)
    if len(counts) == 1:
        return f" with {counted(usual, 'division')} each"
    if usual == most:
        return f" with at most {counted(usual, 'division')} each"
    return f", most often with {counted(usual, 'division')} and never with more than {most}"


def _why(spec: NetworkSpec, short: Sequence[Calibrated]) -> str:
    """What keeps dividing from ending."""
    if spec.bias_stddev >= 1:
        return "the biases, which are not divided, vary by more than 1 already"
    last = [found.variances[-1] for found in short]
    whose, ends = (
        ("its", number(last[0])) if len(last) == 1 else ("their", f"{number(min(last))} to {number(max(last))}")
    )
    return f"{whose} last variance is {ends}, and minibatches of these rows differ by more than the tolerance"


def _dependence(spec: NetworkSpec, layers: Sequence[Calibrated]) -> list[str]:
    share = layers[spec.depth - 1].dependence
    if not share < COLLAPSED:  # so too where it is NaN
        return []
    left = (
        f"a share of {number(share)} of it" if share > _rounding(spec) else f"nothing that {spec.precision} could show"
    )
    return [f"The variance is that between the units: in layer {spec.depth} {left} still depends on the input."]


def _rounding(spec: NetworkSpec) -> float:
    """What a square can be lost in."""
    return (ROUNDING * float(np.finfo(spec.precision).eps)) ** 2


def _gain(spec: NetworkSpec) -> list[str]:
    return (
        [f"All this is before the gain, which multiplies every weight by {number(spec.gain, 3)} at last."]
        if (spec.gain != 1)
        else []
    )


def _named(spec: NetworkSpec, layers: Sequence[Calibrated]) -> str:
    hidden = [found.layer for found in layers if found.layer <= spec.depth]
    words = [layers_in_words(hidden)] if hidden else []
    words += ["the output layer"] if len(hidden) < len(layers) else []
    return " and ".join(words)
