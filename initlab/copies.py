"""What became of the copies? The verdict on a walk: where distinct units become more, where they cannot, and why."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from initlab.arrays import Flags, Integers
from initlab.losses import resolve
from initlab.symmetry import Moment, Walk
from initlab.symmetry_readings import in_words, where
from initlab.wording import capitalized, number

MOST_RISES: Final = 3  # sentences about different steps; more are summed up


@dataclass(frozen=True, slots=True)
class Verdict:
    """A headline with the name of its icon, and the sentences under it."""

    icon: str
    headline: str
    text: str


def without_gradient(moment: Moment) -> bool:
    """Whether every hidden gradient is exactly 0."""
    return bool(moment.finite and moment.idle.all())


def verdict(walk: Walk, moment: Moment) -> Verdict:
    """What became of the copies by that moment."""
    if not moment.finite:
        text = (
            f"At step {moment.step} the network has left the range of float64: there is nothing to compare any more. "
        )
        text += "The pictures show what came before." if moment.step else "The pictures stay empty."
        return Verdict("block", "The numbers overflow", text)
    if (moment.distinct < walk.before).any():
        counts = f"At the start {in_words(walk.before, walk.widths)}, now {in_words(moment.distinct, walk.widths)}"
        return Verdict("content_copy", "Units become alike", f"{_after(walk, moment)}{counts}.")
    if not walk.copied.any():
        text = f"{in_words(walk.before, walk.widths)}: there is no symmetry to break."
        return Verdict("check_circle", "Every unit is its own", f"{text} {_after(walk, moment)}".strip())
    rises = moment.distinct > walk.before
    sentences = [_counts(walk, moment), _cause(walk, moment, rises), _idle(walk, moment), _loss(walk, moment)]
    return Verdict(*_headline(walk, moment, rises), " ".join(sentence for sentence in sentences if sentence))


def _headline(walk: Walk, moment: Moment, rises: Flags) -> tuple[str, str]:
    if (moment.distinct >= walk.widths).all():
        return "call_split", "The symmetry is broken"
    if rises.any():
        rest = "" if rises[walk.copied].all() else ", and nowhere else"
        return "call_split", f"The symmetry breaks {where(rises)}{rest}"
    if without_gradient(moment):
        return "do_not_disturb_on", "Every hidden gradient is exactly zero"
    return "content_copy", "Copies stay copies"


def _counts(walk: Walk, moment: Moment) -> str:
    """Where the count rises, when, and where it does not: a sentence for all that rises in one step."""
    if moment.step == 0 and not walk.trial.noise:
        return f"Before the first step: {in_words(walk.before, walk.widths)}."
    path = np.array([m.distinct for m in walk.moments[: moment.step + 1]])
    rises = path > walk.before
    first = np.where(rises.any(axis=0), rises.argmax(axis=0), -1)
    runs = [(step, step) for step in sorted(set(first[walk.copied].tolist()))]
    risen = [run for run in runs if run[0] >= 0]
    if len(risen) > MOST_RISES:
        runs = [*(run for run in runs if run not in risen), (risen[0][0], risen[-1][0])]
    said = [_rise(walk, path, walk.copied & (first >= low) & (first <= high), (low, high)) for low, high in runs]
    said = [f"{place} {'it' if k else 'the number of distinct units'} {does}." for k, (place, does) in enumerate(said)]
    beginning = f"After {_steps(walk, moment)}: {said[0]}" if moment.step else capitalized(said[0])
    return " ".join([beginning, *(capitalized(sentence) for sentence in said[1:])])


def _rise(walk: Walk, path: Integers, these: Flags, steps: tuple[int, int]) -> tuple[str, str]:
    """Where, and what the count of `these` layers does from the first to the last of `steps`; -1 stands for none."""
    (low, high), before, now = steps, walk.before[these], path[-1][these]
    if high < 0:
        return where(these), f"stays at {_span(before)}"
    if low < high:
        return where(these), f"rises from {_span(before)} to {_span(now)}, the first {_at(low)}, the last {_at(high)}"
    then = path[low][these]
    later = "" if (then == now).all() else f" and is {_span(now)} in the end"
    return where(these), f"rises from {_span(before)} to {_span(then)} {_at(low)}{later}"


def _at(step: int) -> str:
    return f"at step {step}" if step else "with the noise"


def _after(walk: Walk, moment: Moment) -> str:
    """The steps and what they did to the loss; nothing before the first."""
    return f"After {_steps(walk, moment)}: {_loss(walk, moment, 't')} " if moment.step else ""


def _steps(walk: Walk, moment: Moment) -> str:
    dropout = f" with dropout {number(walk.trial.dropout)}" if walk.trial.dropout else ""
    count = f"{moment.step} step{'s' if moment.step > 1 else ''}"
    return f"{count} of {walk.trial.optimizer} at rate {number(walk.trial.rate)}{dropout}"


def _span(counts: Integers) -> str:
    low, high = int(counts.min()), int(counts.max())
    return str(low) if low == high else f"{low}–{high}"


def _cause(walk: Walk, moment: Moment, rises: Flags) -> str:
    """Why the count rises where it does, and why it does not elsewhere."""
    if rises.any():
        return _breaker(walk, rises)
    if (walk.before_weights > walk.before).any():
        return "Their weights differ, but their outputs on these rows do not."
    noise = walk.trial.noise
    small = f"Noise of {number(noise)} is too small to tell beside the weights. " if noise else ""
    if without_gradient(moment):
        return small.strip()
    if (walk.before[walk.copied] > 1).any():  # a part of a layer, such as the units of an identity without an input
        return f"{small}A step moves copies alike as long as their gradients are equal."
    return f"{small}Units with equal weights in and out get equal gradients, so a step moves them all alike."


def _breaker(walk: Walk, rises: Flags) -> str:
    """What parts the copies, and why it reaches no further."""
    if (walk.moments[0].distinct > walk.before).any():
        return f"Noise of {number(walk.trial.noise)} parts the weights in and out, and with them the gradients."
    if walk.trial.dropout:
        return "Dropout silences other units in every row, so equal units get unequal gradients."
    if walk.spec.output != "LeCun normal" or not rises[-1]:
        return ""
    said = "Random output weights send each unit of the top hidden layer an error of its own."
    if rises.size == 1:
        return f"{said} There is no layer below, so the network simply trains."
    return (
        f"{said} Below, all units still feed those above equally and get the same sum back."
        if not rises.all()
        else said
    )


def _idle(walk: Walk, moment: Moment) -> str:
    """Where no gradient arrives, and why; and what has moved all the same."""
    still = moment.step > 0 and moment.moved[-1] and not moment.moved[:-1].any()
    only = " No hidden weight has moved." if still else ""
    if not moment.idle.all():
        gap = f"No gradient at all arrives {where(moment.idle)}." if moment.idle.any() else ""
        return f"{gap}{only}".strip()
    match moment.cause:
        case "zero weights":
            reason = "The output weights are 0 and pass no error down."
        case "cancelled":
            reason = (
                "The errors of a softmax sum to 0, and equal output weights pass on just that sum (float32 would show "
                "its rounding, about 10⁻⁹)."
            )
        case _:
            slope = f"the slope of {walk.spec.activation} at these sums is 0 in float64"
            reason = f"No error gets past the top hidden layer: {slope}."
    return f"{'Still every hidden gradient is exactly 0. ' if moment.step else ''}{reason}{only}"


def _loss(walk: Walk, moment: Moment, the: str = "T") -> str:
    """How the loss went, and how far it can go where only the output bias learns."""
    if moment.step == 0:
        return ""
    first = walk.moments[0].loss
    if moment.moved.any() or resolve(walk.spec.loss, walk.batch.targets) != "Cross-entropy":
        return f"{the}he loss goes from {number(first, 4)} to {number(moment.loss, 4)}."
    classes = walk.spec.widths[-1]
    path = f"from {first:.5f} (ln {classes} = {np.log(classes):.5f}) to {moment.loss:.5f}"
    least = class_entropy(walk)
    limit = f"will not fall below {least:.5f}, what the shares of the classes allow"
    if least == 0:
        limit = "can go on towards 0, as there is one class only"
    return f"No weight has moved, only the output bias: the loss goes {path}, and {limit}."


def class_entropy(walk: Walk) -> float:
    """The loss of always answering with the shares of the classes in the batch."""
    shares = np.bincount(np.asarray(walk.batch.targets, int)) / len(walk.batch.inputs)
    present = shares[shares > 0]
    return float(-(present * np.log(present)).sum())
