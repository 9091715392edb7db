"""Does pre-training help? The same network from three starts, trained on few labels, on several draws.

Erhan et al. 2010 report a lower mean and a lower spread of the test error, more so with depth. What comes out here is
said as it is, also where pre-training does not help.
"""

import math
from typing import Any, Final

import numpy as np

from initlab.arrays import Array
from initlab.comparison import Start, start
from initlab.race import Snapshot
from initlab.repeats import Repeats
from initlab.repeats_readings import TELLING, duel, scores
from initlab.spec import NetworkSpec
from initlab.wording import counted, listed, number, percent

RIVALS: Final = (start("Glorot uniform"), start("Random normal", stddev=0.01))


def contestants(spec: NetworkSpec) -> tuple[NetworkSpec, ...]:
    """The pre-trained network of `spec`, and the same one from Glorot's weights and from small random ones."""
    return (spec, *(Start(one.init, one.init_params).applied(spec) for one in RIVALS))


def errors(repeats: Repeats) -> Array:
    """`(D, K)` shares of the test rows that are wrong at the end, or test losses of a regression; who has left the race
    has all rows wrong, or an infinite loss."""
    return 1 - repeats.accuracies[:, :, -1] if repeats.classes else repeats.test_losses[:, :, -1]


def spread(values: Array) -> tuple[Array, Array]:
    """Mean and standard deviation over the draws; the latter of a sample, NaN of a single draw."""
    with np.errstate(all="ignore"):
        deviation = values.std(axis=0, ddof=1) if len(values) > 1 else np.full(values.shape[1], math.nan)
    return values.mean(axis=0), deviation


def summary(repeats: Repeats) -> list[dict[str, Any]]:
    """One row a start: the test error's mean, spread, best and worst draw."""
    found, what = errors(repeats), "test error" if repeats.classes else "test loss"
    means, deviations = spread(found)
    return [
        {
            "start": label, f"{what}, mean": means[k], "standard deviation": deviations[k],
            "best draw": found[:, k].min(), "worst draw": found[:, k].max(), "draws": len(found),
        }
        for k, label in enumerate(repeats.labels)
    ]  # fmt: skip


def reading(repeats: Repeats) -> str:
    """Who ends with how many test rows wrong, and whether that is more than chance."""
    means, deviations = spread(errors(repeats))
    said = [
        f"{_amount(mean, repeats)} ± {_amount(deviation, repeats, unit=False)} with {label}"
        for label, mean, deviation in zip(repeats.labels, means.tolist(), deviations.tolist(), strict=True)
    ]
    what = "Test rows wrong" if repeats.classes else "Test loss"
    return (
        f"{what}, mean and standard deviation of {counted(len(repeats.outcomes), 'draw')}: {listed(said)}. "
        f"{verdict(repeats)} Bars are medians."
    )


def verdict(repeats: Repeats) -> str:
    """Whether pre-training helps against the better of the others, and whether it narrows the spread."""
    found, (means, deviations) = scores(repeats), spread(errors(repeats))
    rival = min(range(1, len(means)), key=lambda k: (means[k], k))
    won, lost, chance = duel(found[:, 0], found[:, rival])
    label, draws = repeats.labels[rival], len(found)
    toss = f"tosses of a coin are as one-sided in {percent(chance)} of cases"
    ahead = f"Pre-training is ahead of {label} in {won} of {draws} draws"
    if chance > TELLING:
        return f"{ahead} and behind in {lost}: {toss}, so no difference is shown."
    if lost > won:
        return f"Pre-training does not help here: {label} is ahead in {lost} of {draws} draws ({toss})."
    wider, narrower = deviations[rival], deviations[0]
    also = f", and spreads {number(wider / narrower)} times less" if 0 < 1.5 * narrower < wider else ""
    return f"{ahead} ({toss}){also}."


def layers_reading(now: Snapshot) -> str:
    """What the race has done to the activations of the top layer, start by start."""
    parts = []
    for runner in now.runners:
        before, after = (float(runner.marks[k].activation.std[-1]) for k in (0, -1))
        parts.append(f"{number(before)} to {number(after)} with {runner.label}")
    return (
        "Upper rows before, lower rows after. Deviation of the top layer's activations, over all units and rows: "
        f"{listed(parts)}."
    )


def source(now: Snapshot) -> str:
    """How many rows have labels, and who has left the race."""
    known = f"{now.training_rows:,} training rows with labels"
    all_of_them = "" if now.training_rows == now.train.labels else ", all there are"
    gone = [f" {runner.retired}." for runner in now.runners if runner.retired]
    return (
        f"{known}{all_of_them}; {now.test_rows:,} to test on. Minibatches of {now.batch}, the same for all in the same "
        f"order.{''.join(gone)}"
    )


def _amount(value: float, repeats: Repeats, *, unit: bool = True) -> str:
    if not repeats.classes or not math.isfinite(value):
        return number(value)
    return f"{100 * value:.1f}{' %' if unit else ''}"
