"""Would the same start win again? A race repeated on ten draws, of which only the curves are kept.

A draw has a seed of its own for the weights, the order of the minibatches and dropout; which rows test is the same in
all of them. Whoever leaves the race counts as worst from then on, an infinite loss and no row right: a median over
those who stay would flatter who loses half of its draws.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np

from initlab.arrays import Array, Integers
from initlab.race import Runner, Snapshot, race
from initlab.race_readings import classes, loss_course, test_course
from initlab.race_work import DRAWS, require_affordable_draws
from initlab.recording import judged_after
from initlab.spec import NetworkSpec
from initlab.train_spec import TrainSpec

POINTS: Final = 40  # means of minibatch losses along a race: of several minibatches, so that the draws show, not they
LEVELS: Final = (0.1, 0.5, 0.9)


class Outcome(NamedTuple):
    """What is kept of one contestant in one draw; `retired` is the step at which it left the race, 0 if it did not."""

    losses: Array  # (P,)
    test_losses: Array  # (M,)
    accuracies: Array  # (M,), NaN for a regression
    training_loss: float  # mean of the last epoch
    retired: int


@dataclass(frozen=True, slots=True, eq=False)
class Repeats:
    """A race on `draws` draws, of which D are over and `share` of all the work is done.

    `times` are epochs of the training losses, `marks` those at which the test rows were judged.
    """

    specs: tuple[NetworkSpec, ...]
    train: TrainSpec
    draws: int
    labels: tuple[str, ...]
    classes: int
    share: float
    times: Array  # (P,)
    marks: Array  # (M,)
    outcomes: tuple[tuple[Outcome, ...], ...]  # D draws of K contestants

    @property
    def finished(self) -> bool:
        return len(self.outcomes) == self.draws

    @property
    def seeds(self) -> tuple[int, ...]:
        """Of the draws that are over."""
        return tuple(seed_of(self.train.seed, draw) for draw in range(len(self.outcomes)))

    @property
    def losses(self) -> Array:
        """`(D, K, P)` training losses, each the mean of a few minibatches."""
        return np.array([[each.losses for each in draw] for draw in self.outcomes])

    @property
    def test_losses(self) -> Array:
        """`(D, K, M)`."""
        return np.array([[each.test_losses for each in draw] for draw in self.outcomes])

    @property
    def accuracies(self) -> Array:
        """`(D, K, M)` shares of the test rows, NaN for a regression."""
        return np.array([[each.accuracies for each in draw] for draw in self.outcomes])

    @property
    def training_loss(self) -> Array:
        """`(D, K)` means of the last epoch."""
        return np.array([[each.training_loss for each in draw] for draw in self.outcomes])

    @property
    def retired(self) -> Integers:
        """`(D, K)` steps at which each left the race, 0 where it did not."""
        return np.array([[each.retired for each in draw] for draw in self.outcomes])


def repeated(specs: Sequence[NetworkSpec], how: TrainSpec, draws: int = DRAWS) -> Iterator[Repeats]:
    """The race on the draws `how.seed`, `how.seed` + 1 and so on; something new at least ten times a second.

    ValueError, before anything runs, where it is no race or `draws` of them exceed the work budget.
    """
    require_affordable_draws(specs, how, draws)
    return _run(tuple(specs), how, draws, race(*on_draw(specs, how, 0), closely=False))


def on_draw(specs: Sequence[NetworkSpec], how: TrainSpec, draw: int) -> tuple[tuple[NetworkSpec, ...], TrainSpec]:
    """The same race with other weights and another order of the minibatches."""
    seed = seed_of(how.seed, draw)
    return tuple(replace(spec, seed=seed) for spec in specs), replace(how, seed=seed)


def seed_of(first: int, draw: int) -> int:
    return (first + draw) % 2**31


def quantiles(values: Array) -> Array:
    """`(3, ...)`: the 10 %, the median and the 90 % along the first axis, between two values linearly as NumPy's do;
    infinite where the upper of the two is."""
    ordered = np.sort(values, axis=0)
    found = []
    for level in LEVELS:
        place = level * (len(ordered) - 1)
        below = int(place)
        part = place - below
        low = ordered[below]
        found.append(low if part == 0 else low * (1 - part) + ordered[below + 1] * part)
    return np.array(found)


def _run(
    specs: tuple[NetworkSpec, ...], how: TrainSpec, draws: int, first: Iterator[Snapshot]
) -> Iterator[Repeats]:  # fmt: skip
    now, snapshots = None, first
    for draw in range(draws):
        if draw:
            snapshots = race(*on_draw(specs, how, draw), closely=False)
        for snapshot in snapshots:
            now = now or _before(specs, how, draws, snapshot)
            if snapshot.finished:
                outcomes = (*now.outcomes, tuple(_outcome(runner, snapshot, now) for runner in snapshot.runners))
                now = replace(now, outcomes=outcomes, share=(draw + 1) / draws)
            else:
                now = replace(now, share=(draw + snapshot.step / snapshot.steps) / draws)
            yield now


def _before(specs: tuple[NetworkSpec, ...], how: TrainSpec, draws: int, snapshot: Snapshot) -> Repeats:
    """Nothing is known yet but when what will be."""
    steps, together = snapshot.steps, max(1, snapshot.steps // POINTS)
    times = np.append(np.arange(together, steps, together), steps) / snapshot.epoch
    marks = np.array(judged_after(steps, how.epochs)) / snapshot.epoch
    labels = tuple(runner.label for runner in snapshot.runners)
    return Repeats(specs, how, draws, labels, classes(snapshot), 0.0, times, marks, ())


def _outcome(runner: Runner, snapshot: Snapshot, of: Repeats) -> Outcome:
    """Its curves, as long as everybody's."""
    _, losses = loss_course(runner, snapshot, POINTS)
    _, tested, right = test_course(runner, snapshot)
    if runner.retired:  # what was judged as it left has no place among the marks, and the last loss is not finite
        losses, tested, right = losses[:-1], tested[:-1], right[:-1]
    last = np.inf if runner.retired else float(runner.losses[-snapshot.epoch :].mean())
    none_right = 0.0 if of.classes else np.nan
    return Outcome(
        _filled(losses, len(of.times), np.inf), _filled(tested, len(of.marks), np.inf),
        _filled(right, len(of.marks), none_right), last, runner.step if runner.retired else 0,
    )  # fmt: skip


def _filled(values: Array, length: int, worst: float) -> Array:
    """What is missing, or not a number, is as bad as can be."""
    return np.append(np.where(np.isnan(values), worst, values), np.full(length - len(values), worst))
