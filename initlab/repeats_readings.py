"""What ten draws of a race say: who is ahead how often, and whether chance alone would do as much; in words and as
tables."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from scipy import stats

from initlab.arrays import Array, Integers
from initlab.repeats import Repeats, quantiles
from initlab.wording import capitalized, listed, number, percent

TELLING: Final = 0.05  # a lead that chance alone gives more often than this tells two starts not apart


def how_far(repeats: Repeats) -> tuple[float, str]:
    """The share of the work that is done, and which draw it is at."""
    return repeats.share, f"Draw {min(len(repeats.outcomes) + 1, repeats.draws)} of {repeats.draws}"


def scores(repeats: Repeats) -> Array:
    """`(D, K)` test accuracies at the end, or minus the test losses of a regression: larger is better, who has left
    the race is worst."""
    found = repeats.accuracies[:, :, -1] if repeats.classes else -repeats.test_losses[:, :, -1]
    return np.where(repeats.retired > 0, -np.inf, found)


def ranking(repeats: Repeats) -> list[int]:
    """The contestants by their median score, the best first."""
    medians = quantiles(scores(repeats))[1]
    return sorted(range(len(repeats.labels)), key=lambda k: (-medians[k], k))


def duel(one: Array, other: Array) -> tuple[int, int, float]:
    """How many draws are won and how many lost, and how often fair coins are at least as one-sided."""
    won, lost = int((one > other).sum()), int((one < other).sum())
    return won, lost, float(stats.binomtest(won, won + lost).pvalue) if won + lost else 1.0


def standing(repeats: Repeats) -> str:
    """He normal is ahead of Glorot normal in 7 of 10 draws: and is that more than chance?"""
    found, (best, *others) = scores(repeats), ranking(repeats)
    draws, name = len(found), repeats.labels[best]
    if not np.isfinite(quantiles(found)[1, best]):
        return "In most draws nobody is still in the race at the end."
    if not others:
        return f"{name} is alone in the race."
    second = others[0]
    won, lost, chance = duel(found[:, best], found[:, second])
    level = draws - won - lost
    said = f"{name} is ahead of {repeats.labels[second]} in {won} of {draws} draws"
    said += f", level with it in {level}" if level else ""
    return f"{said}{_ahead_of_the_rest(repeats, found, best, others[1:])}. {_judged(won, lost, chance)}"


def _ahead_of_the_rest(repeats: Repeats, found: Array, best: int, rest: Sequence[int]) -> str:
    """Of the others, those who are behind equally often together."""
    by_wins: dict[int, list[str]] = {}
    for k in rest:
        by_wins.setdefault(duel(found[:, best], found[:, k])[0], []).append(repeats.labels[k])
    parts = [f"of {listed(names)} in {won}" for won, names in sorted(by_wins.items())]
    return f", {listed(parts)}" if parts else ""


def _judged(won: int, lost: int, chance: float) -> str:
    if not won + lost:
        return "The two are level in every draw."
    often = f"Tosses of a coin are as one-sided in {percent(chance)} of cases"
    if chance > TELLING:
        return f"{often}: these draws do not tell the two apart."
    return f"{often}: more than chance."


def left_the_race(repeats: Repeats) -> str:
    """Who retired in how many draws, and how that counts; empty where nobody did."""
    gone = (repeats.retired > 0).sum(axis=0)
    parts = [f"{label} in {count}" for label, count in zip(repeats.labels, gone.tolist(), strict=True) if count]
    if not parts:
        return ""
    worst = "infinite losses and no test row right" if repeats.classes else "infinite losses"
    return (
        f"Left the race: {listed(parts)} of {len(repeats.outcomes)} draws. From that step on such a draw counts as "
        f"worst: {worst}. It is a cross in the picture of the end, and not in the picture of both losses."
    )


def loss_reading(repeats: Repeats) -> str:
    """The bands of the training loss in a sentence."""
    return _bands("Training loss at the end", repeats, repeats.losses[:, :, -1], number)


def test_reading(repeats: Repeats) -> str:
    """The bands of what is judged by the test rows in a sentence."""
    if repeats.classes:
        return _bands("Test rows right at the end", repeats, repeats.accuracies[:, :, -1], percent)
    return _bands("Test loss at the end", repeats, repeats.test_losses[:, :, -1], number)


def _bands(what: str, repeats: Repeats, last: Array, written: Callable[[float], str]) -> str:
    parts = [
        f"{_band(low, middle, high, written)} with {label}"
        for label, (low, middle, high) in zip(repeats.labels, quantiles(last).T.tolist(), strict=True)
    ]
    return f"{what}, median and 10 to 90 % of {len(repeats.outcomes)} draws: {listed(parts)}."


def _band(low: float, middle: float, high: float, written: Callable[[float], str]) -> str:
    """2.1 (1.9 to 2.4), as short as it can be said."""
    if math.isinf(middle):
        return "nothing finite" if math.isinf(low) else f"nothing finite ({written(low)} at 10 %)"
    found = [written(value) for value in (low, middle, high)]
    return found[1] if len(set(found)) == 1 else f"{found[1]} ({found[0]} to {found[2]})"


def gap_reading(repeats: Repeats) -> str:
    """Who knows the training rows better than the test rows, and by how much."""
    fitted, tested = quantiles(repeats.training_loss)[1], quantiles(repeats.test_losses[:, :, -1])[1]
    finite = [k for k in range(len(fitted)) if math.isfinite(fitted[k]) and math.isfinite(tested[k])]
    if not finite:
        return "In most draws nobody is still in the race at the end: there are no losses to compare."
    parts = [f"{number(tested[k])} against {number(fitted[k])} with {repeats.labels[k]}" for k in finite]
    best, worst = min(finite, key=lambda k: fitted[k]), max(finite, key=lambda k: tested[k])
    said = f"Median test loss against training loss, the mean of the last epoch: {listed(parts)}."
    if best != worst or len(finite) == 1:
        return said
    count = _both(repeats, best)
    return f"{said} {capitalized(repeats.labels[best])} fits the training rows best and tests worst in {count} draws."


def _both(repeats: Repeats, k: int) -> str:
    """In how many draws contestant `k` has the lowest training loss and the highest finite test loss."""
    tested = np.where(np.isfinite(repeats.test_losses[:, :, -1]), repeats.test_losses[:, :, -1], -np.inf)
    both = (repeats.training_loss.argmin(axis=1) == k) & (tested.argmax(axis=1) == k)
    return f"{int(both.sum())} of {len(both)}"


def summary(repeats: Repeats) -> list[dict[str, Any]]:
    """One row a contestant: median, 10 % and 90 % of what each draw ended with."""
    measures = {"training loss": repeats.training_loss, "test loss": repeats.test_losses[:, :, -1]}
    if repeats.classes:
        measures["test accuracy"] = repeats.accuracies[:, :, -1]
    found = {name: quantiles(values) for name, values in measures.items()}
    gone = (repeats.retired > 0).sum(axis=0).tolist()
    return [
        {
            "start": label,
            **{
                f"{name}, {part}": float(values[row, k])
                for name, values in found.items()
                for row, part in ((1, "median"), (0, "10 %"), (2, "90 %"))
            },
            f"left the race, of {len(repeats.outcomes)}": gone[k],
        }
        for k, label in enumerate(repeats.labels)
    ]


def draw_table(repeats: Repeats) -> dict[str, Sequence[Any] | Array | Integers]:
    """One row a draw and contestant: what the dots are."""
    draws, contestants = len(repeats.outcomes), len(repeats.labels)
    columns: dict[str, Sequence[Any] | Array | Integers] = {
        "seed": np.repeat(repeats.seeds, contestants),
        "start": list(repeats.labels) * draws,
        "training loss": repeats.training_loss.reshape(-1),
        "test loss": repeats.test_losses[:, :, -1].reshape(-1),
    }
    if repeats.classes:
        columns["test accuracy"] = repeats.accuracies[:, :, -1].reshape(-1)
    return {**columns, "retired at step": [step or None for step in repeats.retired.reshape(-1).tolist()]}
