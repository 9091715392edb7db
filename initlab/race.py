"""Does the better start really win? Up to six networks in training, on the same rows in the same order.

A race is an iterator of snapshots, so that a page can draw while it runs and stop when it likes. Everybody takes a step
on a minibatch before anybody takes the next. Same specs, same numbers, bit for bit; only where a snapshot falls depends
on how fast the machine is.
"""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from scipy import stats

from initlab.arrays import Array, Integers
from initlab.comparison import MOST, Start, labels
from initlab.datasets import Batch
from initlab.draws import Draws
from initlab.errors import invalid
from initlab.losses import Loss, Targets, prepared, resolve
from initlab.network import Network
from initlab.race_work import require_affordable
from initlab.recording import Mark, Observer, judged_after, marks
from initlab.schedule import labelled, minibatches, rows_of, split, steps_in_all
from initlab.spec import NetworkSpec
from initlab.start import stages
from initlab.train_spec import TrainSpec
from initlab.training import Training, begin, dropout_masks
from initlab.wording import number
from initlab.work import start_operations

PATIENCE: Final = 0.04  # seconds of work after which a snapshot is due: with one more step, less than a tenth


@dataclass(frozen=True, slots=True, eq=False)
class Runner:
    """One contestant so far. `losses` are of its minibatches, each before its step; `retired` says why it stopped."""

    label: str
    spec: NetworkSpec
    losses: Array
    marks: tuple[Mark, ...]
    retired: str = ""

    @property
    def step(self) -> int:
        """Steps taken."""
        return len(self.losses)


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """A race after `step` of `steps` minibatches; `epoch` of them is one round through the training rows.

    `prior` is the entropy of the classes among these, the least cross-entropy for whoever knows only how frequent each
    class is, and `most_frequent` the share of rows it has right; NaN for a regression. `guess` is the least loss of
    whoever answers every row alike, NaN where the loss rewards no answer. Where a start learns from the rows before the
    race begins, `prepared` is the share of that which is done; before it is 1 nothing is looked at. `finished` holds
    for the last snapshot of a race alone.
    """

    train: TrainSpec
    step: int
    steps: int
    epoch: int
    training_rows: int
    test_rows: int
    prior: float
    most_frequent: float
    guess: float
    runners: tuple[Runner, ...]
    prepared: float = 1.0
    finished: bool = False

    @property
    def batch(self) -> int:
        """Rows of a minibatch: no more than there are."""
        return min(self.train.batch, self.training_rows)

    @property
    def nbytes(self) -> int:
        """What is kept of it to be looked at."""
        return sum(runner.losses.nbytes + sum(mark.nbytes for mark in runner.marks) for runner in self.runners)


def train(spec: NetworkSpec, how: TrainSpec) -> Iterator[Snapshot]:
    """One network in training: a race of one."""
    return race((spec,), how)


def race(specs: Sequence[NetworkSpec], how: TrainSpec, *, closely: bool = True) -> Iterator[Snapshot]:
    """Snapshots of a race, at least one in a tenth of a second, the last one when it is over.

    Without looking `closely` the marks are fewer and hold test loss and accuracy alone: about half of the work.

    ValueError, before the first snapshot is asked for, where there are too many contestants, their data differ, there
    is nothing to predict, or the work budget is exceeded.
    """
    specs = tuple(specs)
    if not 1 <= len(specs) <= MOST:
        raise invalid(f"a race is of 1 to {MOST} contestants", len(specs), "add or remove some")
    if len({(spec.dataset, spec.scaling) for spec in specs}) > 1:
        raise invalid("all contestants train on the same data", "several data sets or scalings", "choose one")
    require_affordable(specs, how)
    return _run(_Race.of(specs, how, closely=closely))


@dataclass(slots=True, eq=False)
class _Contestant:
    """A contestant as it moves; losses are written where a snapshot reads them, behind what it has seen."""

    label: str
    spec: NetworkSpec
    training: Training
    observer: Observer
    rows: Batch
    losses: Array
    step: int = 0
    marks: tuple[Mark, ...] = ()
    retired: str = ""
    draws: Draws = field(default_factory=lambda: Draws(0, max_bytes=0))

    def advance(self, pick: Integers, how: TrainSpec, loss: Loss, marked: bool) -> Iterator[None]:
        """One step, and its mark; out of the race where the loss is no longer finite. Stops where a page may draw."""
        training, before = self.training, self.training.vector.copy() if marked and self.observer.closely else None
        batch, masks = Batch(self.rows.inputs[pick], rows_of(self.rows.targets, pick)), ()
        if how.dropout:
            masks = dropout_masks(self.draws.dropout(self.step), training.network, len(pick), how.dropout)
        value = self.losses[self.step] = training.slope(batch, loss, masks)
        self.step += 1
        if not math.isfinite(value):
            self.retired = retirement(self.label, how.rate, value, self.step, training.network)
            yield from self.look(None)
            return
        training.clip(how.clip)
        training.decay(how.weight_decay)
        training.move(how.rate)
        yield
        if marked:
            yield from self.look(before)

    def look(self, before: Array | None) -> Iterator[None]:
        """Record where it stands."""
        for mark in self.observer.mark(self.step, self.training, before):
            self.marks = (*self.marks, mark) if mark else self.marks
            yield

    def seen(self) -> Runner:
        losses = self.losses[: self.step]
        losses.setflags(write=False)
        return Runner(self.label, self.spec, losses, self.marks, self.retired)


@dataclass(slots=True, eq=False)
class _Race:
    """A race as it runs; `contestants` come in one after the other."""

    how: TrainSpec
    specs: tuple[NetworkSpec, ...]
    names: tuple[str, ...]
    closely: bool
    fit: Batch
    test: Batch
    loss: Loss
    rows: int
    test_rows: int
    shares: Array  # of the classes among the rows, none for a regression
    guess: float
    steps: int
    marks: frozenset[int]
    contestants: tuple[_Contestant, ...] = ()

    @classmethod
    def of(cls, specs: tuple[NetworkSpec, ...], how: TrainSpec, *, closely: bool) -> "_Race":
        fit, test = split(specs[0], how)
        rows = labelled(fit, how)
        steps = steps_in_all(how, len(rows.inputs))
        chosen = frozenset(marks(specs, steps) if closely else judged_after(steps, how.epochs))
        return cls(
            how, specs, labels([Start.of(spec) for spec in specs]), closely, fit, test,
            prepared(specs[0].loss, specs[0].widths[-1], rows.targets), len(rows.inputs), len(test.inputs),
            class_shares(rows.targets), guessing(specs[0].loss, rows.targets), steps, chosen,
        )  # fmt: skip

    def gather(self) -> Iterator[float]:
        """Bring the contestants to the start; while a start learns from the rows, what share of all that is done."""
        precisions = {spec.precision for spec in self.specs}  # the rows are there once, whoever trains on them
        learned = {name: _precise(self.fit, name) for name in precisions}
        data = {name: (labelled(learned[name], self.how), _precise(self.test, name)) for name in precisions}
        draws, dropout = {spec.seed: Draws(spec.seed) for spec in self.specs}, Draws(self.how.seed, max_bytes=0)
        needed = np.cumsum([0, *(start_operations(spec, len(self.fit.inputs)) for spec in self.specs)])
        for k, (name, spec) in enumerate(zip(self.names, self.specs, strict=True)):
            network = None
            for share, network, *_ in stages(spec, learned[spec.precision].inputs, draws[spec.seed]):
                if network is None:
                    yield float((needed[k] + share * (needed[k + 1] - needed[k])) / needed[-1])
            assert network  # noqa: S101  the last stage has one
            rows, judged = data[spec.precision]
            training = begin(network, self.how.optimizer)
            observer = Observer.of(training.network, rows, judged, self.loss, closely=self.closely)
            losses = np.empty(self.steps)
            newcomer = _Contestant(name, spec, training, observer, rows, losses, draws=dropout)
            self.contestants = (*self.contestants, newcomer)

    def snapshot(self, step: int, ready: float = 1.0, *, finished: bool = False) -> Snapshot:
        epoch = self.steps // self.how.epochs
        waiting = zip(self.names, self.specs, strict=True) if ready < 1 else ()
        runners = [Runner(name, spec, np.zeros(0), ()) for name, spec in waiting]
        prior, most_frequent = _prior(self.shares)
        return Snapshot(
            self.how, step, self.steps, epoch, self.rows, self.test_rows, prior, most_frequent, self.guess,
            tuple(runners or [contestant.seen() for contestant in self.contestants]), ready, finished,
        )  # fmt: skip


def _run(all_of: _Race) -> Iterator[Snapshot]:
    """The race with a snapshot whenever one is due, and before and after it."""
    for share in all_of.gather():
        yield all_of.snapshot(0, share)
    due = time.perf_counter() + PATIENCE
    for step in _steps(all_of):
        if time.perf_counter() > due or step is None:
            yield all_of.snapshot(step or 0)
            due = time.perf_counter() + PATIENCE
    yield all_of.snapshot(max(contestant.step for contestant in all_of.contestants), finished=True)


def _steps(all_of: _Race) -> Iterator[int | None]:
    """The race itself: a minibatch, a step of everybody still in it. Yields how many steps all have taken, several
    times during each, and None before the first."""
    for contestant in all_of.contestants:
        for _ in contestant.look(None):
            yield 0
    yield None
    for step, pick in enumerate(minibatches(all_of.how, all_of.rows)):
        running = [contestant for contestant in all_of.contestants if not contestant.retired]
        if not running:
            return
        for contestant in running:
            for _ in contestant.advance(pick, all_of.how, all_of.loss, step + 1 in all_of.marks):
                yield step


def class_shares(targets: Targets) -> Array:
    """How frequent each class is; none for a regression."""
    if targets is None or not np.issubdtype(targets.dtype, np.integer):
        return np.zeros(0)
    return np.unique(targets, return_counts=True)[1] / len(targets)


def guessing(loss: str, targets: Targets) -> float:
    """The least loss, on rows with these targets, of whoever answers all of them alike."""
    match resolve(loss, targets):
        case "Cross-entropy":
            return _prior(class_shares(targets))[0]
        case "Mean squared error":  # of whoever names the mean: the shares of the classes, where these are one-hot
            shares = class_shares(targets)
            return float((shares * (1 - shares)).mean() if len(shares) else np.var(np.asarray(targets)))
        case _:
            return math.nan


def _prior(shares: Array) -> tuple[float, float]:
    """Loss and share right of whoever knows these shares alone."""
    return (float(stats.entropy(shares)), float(shares.max())) if len(shares) else (math.nan, math.nan)


def retirement(label: str, rate: float, value: float, step: int, network: Network) -> str:
    """He normal at learning rate 3: loss became NaN at step 41; largest weight 2·10¹⁹ in layer 7."""
    sizes = [float(np.abs(w.astype(float)).max()) for w in network.weights]
    worst = next((i for i, size in enumerate(sizes) if math.isnan(size)), int(np.argmax(sizes)))
    where = f"layer {worst + 1}" if worst < network.depth else "the output layer"
    became = "NaN" if math.isnan(value) else "infinite"
    size = "a weight is NaN" if math.isnan(sizes[worst]) else f"largest weight {number(sizes[worst])}"
    return f"{label} at learning rate {number(rate)}: loss became {became} at step {step}; {size} in {where}"


def _precise(batch: Batch, precision: str) -> Batch:
    return Batch(np.ascontiguousarray(batch.inputs, precision), batch.targets)
