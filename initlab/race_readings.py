"""What a race says: who learned, who did not, and what each was like before its first step; in words and as tables."""

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from initlab.arrays import Array
from initlab.datasets import DATASETS
from initlab.losses import resolve
from initlab.race import Runner, Snapshot
from initlab.wording import counted, listed, number, percent

POINTS: Final = 120  # means of minibatch losses along a whole race
NOTHING: Final = 0.05  # of the test rows, or of the test loss; who has gained no more has learned next to nothing
FITTED: Final = 0.1  # of the training loss of the first epoch; who has shed more knows its training rows better
JUDGED: Final = ("Test accuracy", "Test loss")  # what is drawn of the test rows; of a regression the latter
CLOSE: Final = 0.01  # of accuracy; nearer ones are not told apart by a few hundred test rows


def classes(snapshot: Snapshot) -> int:
    """Of the data, 0 for a regression."""
    return DATASETS[snapshot.runners[0].spec.dataset].classes


def expected_first_loss(snapshot: Snapshot) -> float | None:
    """ln C: what equal chances for all classes cost; None where the loss is not cross-entropy."""
    spec = snapshot.runners[0].spec
    targets = np.zeros(1, int) if classes(snapshot) else np.zeros(1)
    return math.log(classes(snapshot)) if resolve(spec.loss, targets) == "Cross-entropy" else None


def loss_course(runner: Runner, snapshot: Snapshot, points: int = POINTS) -> tuple[Array, Array]:
    """Epochs and training losses, each the mean of as many minibatches as give `points` of them in a whole race."""
    together = max(1, snapshot.steps // points)
    starts = np.arange(0, runner.step, together)
    if not len(starts):
        return np.zeros(0), np.zeros(0)
    with np.errstate(all="ignore"):
        means = np.add.reduceat(runner.losses, starts) / np.diff(np.append(starts, runner.step))
    return np.append(starts[1:], runner.step) / snapshot.epoch, means


def test_course(runner: Runner, snapshot: Snapshot) -> tuple[Array, Array, Array]:
    """Epochs, test losses and accuracies at the marks."""
    times = np.array([mark.step for mark in runner.marks]) / snapshot.epoch
    losses = np.array([mark.test_loss for mark in runner.marks])
    return times, losses, np.array([mark.accuracy for mark in runner.marks])


def score(runner: Runner) -> float:
    """Test accuracy at the last mark, or minus the test loss for a regression: larger is better, NaN is worst."""
    last = runner.marks[-1] if runner.marks else None
    if last is None or runner.retired:
        return -math.inf
    value = last.accuracy if math.isfinite(last.accuracy) else -last.test_loss
    return value if math.isfinite(value) else -math.inf


def ranking(snapshot: Snapshot) -> list[Runner]:
    """The best first; who has learned something comes before who got as many rows right by chance."""
    return sorted(snapshot.runners, key=lambda runner: (learned(runner, snapshot), score(runner)), reverse=True)


def headline(snapshot: Snapshot) -> str:
    """Who is ahead, in one line."""
    if not snapshot.step:
        return "Nobody has taken a step yet"
    ranked = ranking(snapshot)
    if score(ranked[0]) == -math.inf:
        return "Nobody is still in the race"
    learners = [runner for runner in ranked if learned(runner, snapshot)]
    if not learners:
        by_heart = any(memorizes(runner, snapshot) for runner in ranked)
        return "Nobody has learned more than the training rows" if by_heart else "Nobody has learned anything"
    close = CLOSE if classes(snapshot) else 0.0
    ahead = [runner.label for runner in learners if score(learners[0]) - score(runner) <= close]
    if len(ahead) == len(ranked):
        return "All of them learn alike"
    if len(ahead) > 1:
        return f"{listed(ahead)} {'win' if snapshot.finished else 'are ahead'}, level with one another"
    return f"{ahead[0]} {'wins' if snapshot.finished else 'is ahead'}"


def learned(runner: Runner, snapshot: Snapshot) -> bool:
    """Whether it does better on the test rows than before its first step, and than by answering all of them alike: more
    rows right, or less loss."""
    if len(runner.marks) < 2 or runner.retired:
        return False
    first, last = runner.marks[0], runner.marks[-1]
    right = last.accuracy > max(snapshot.most_frequent, first.accuracy) + NOTHING
    return bool(right or last.test_loss < (1 - NOTHING) * _known(first.test_loss, snapshot))


def memorizes(runner: Runner, snapshot: Snapshot) -> bool:
    """Whether its training loss falls from epoch to epoch, below what guessing costs, while the test rows gain nothing
    by it."""
    epoch, losses = snapshot.epoch, runner.losses
    if runner.retired or len(losses) < 2 * epoch or learned(runner, snapshot):
        return False
    before = min(losses[0], losses[:epoch].mean())  # a first epoch that blew up is no feat to have left behind
    known = _known(before, snapshot)  # nor is a wrong opinion given up
    return bool(losses[-epoch:].mean() < (1 - FITTED) * known)


def _known(loss: float, snapshot: Snapshot) -> float:
    """This loss, or that of whoever answers all rows alike, where that is less."""
    return loss if math.isnan(snapshot.guess) else min(loss, snapshot.guess)


def evidence(snapshot: Snapshot) -> str:
    """The numbers behind the headline: best and worst, who learned nothing and who retired."""
    if not snapshot.step:
        return "The curves begin with the first step."
    ranked = ranking(snapshot)
    parts = []
    if score(ranked[0]) > -math.inf:
        finite = [runner for runner in ranked if score(runner) > -math.inf]
        done = f"after {counted(snapshot.step / snapshot.epoch, 'epoch')}"
        text = f"{ranked[0].label}: {_scored(ranked[0])} {done}"
        parts.append(text + (f"; {finite[-1].label}: {_scored(finite[-1])}." if len(finite) > 1 else "."))
    still = [runner for runner in ranked if not (runner.retired or learned(runner, snapshot))]
    by_heart = [runner.label for runner in still if memorizes(runner, snapshot)]
    if by_heart:
        fit = "fits" if len(by_heart) == 1 else "fit"
        parts.append(f"{listed(by_heart)} {fit} the training rows better and better, and the test rows no better.")
    idle = [runner.label for runner in still if runner.label not in by_heart]
    if idle and len(idle) < len(ranked):
        parts.append(f"{listed(idle)} {'has' if len(idle) == 1 else 'have'} learned next to nothing.")
    parts += [f"{runner.retired}." for runner in snapshot.runners if runner.retired]
    return " ".join(parts)


def _scored(runner: Runner) -> str:
    last = runner.marks[-1]
    if math.isfinite(last.accuracy):
        return f"{percent(last.accuracy)} of the test rows right, test loss {number(last.test_loss, 3)}"
    return f"test loss {number(last.test_loss, 3)}"


def loss_reading(snapshot: Snapshot) -> str:
    """The training curves in a sentence."""
    found = [(runner.label, loss_course(runner, snapshot)[1]) for runner in snapshot.runners if runner.step]
    if not found:
        return "Training losses, before the first step."
    parts = [f"{number(losses[-1])} with {label}" for label, losses in found]
    start = expected_first_loss(snapshot)
    said = f"Mean loss of the last {_together(snapshot)}: {listed(parts)}."
    if any(runner.retired for runner in snapshot.runners):
        said += " A cross marks who left the race; what lies above the picture is drawn at its edge."
    if start is None:
        return said
    return f"{said} Dashed: {number(start, 3)} = ln {classes(snapshot)}, what equal chances for all classes cost."


def _together(snapshot: Snapshot) -> str:
    together = max(1, snapshot.steps // POINTS)
    return f"{together} minibatches" if together > 1 else "minibatch"


def test_reading(snapshot: Snapshot, judged: str) -> str:
    """The test curves in a sentence, `judged` being one of JUDGED."""
    found = [(runner.label, runner.marks[-1]) for runner in snapshot.runners if runner.marks]
    if not found:
        return "Test rows, before anybody has seen them."
    if judged == JUDGED[0]:
        return f"Test rows right: {listed([f'{percent(mark.accuracy)} with {label}' for label, mark in found])}."
    said = f"Test loss: {listed([f'{number(mark.test_loss, 3)} with {label}' for label, mark in found])}."
    if expected_first_loss(snapshot) is None:
        return said
    return f"{said} Where it rises while the training loss falls, the training rows are learned by heart."


def first_losses(snapshot: Snapshot) -> str:
    """Karpathy's first check: is the first loss what equal chances cost?"""
    expected = expected_first_loss(snapshot)
    begun = [runner for runner in snapshot.runners if runner.step]
    if expected is None or not begun:
        return ""
    said = [f"{number(float(runner.losses[0]), 3)} with {runner.label}" for runner in begun]
    return (
        f"First loss: {listed(said)}; {number(expected, 3)} is expected of a network that has no opinion yet. "
        "More than that is confidence without a reason, which the first steps only undo."
    )


def zero_note(snapshot: Snapshot) -> str:
    """Why a network without any signal still moves: its output bias learns how frequent the classes are."""
    idle = [runner for runner in snapshot.runners if runner.spec.init == "Zeros" and _silent(runner)]
    expected = expected_first_loss(snapshot)
    if not idle or expected is None:
        return ""
    chance, best = f"ln {classes(snapshot)} = {expected:.5f}", f"{snapshot.prior:.5f}"
    course = f"its loss goes from {chance} to {best} at best, the entropy of the classes among the training rows"
    if f"{expected:.5f}" == best:
        course = f"these are equally frequent among the training rows, and its loss, {chance}, can fall no further"
    return (
        "Zeros cannot tell one input from another. All it can learn is how frequent each class is, by its output bias: "
        f"{course}."
    )


def _silent(runner: Runner) -> bool:
    """Whether nothing has ever reached its output layer but 0: not so where phi(0) is not 0, or where inputs are
    passed on beside the weights."""
    found = [mark.activation for mark in runner.marks]
    never = all(one.rms[-1] == 0 and one.finite_share[-1] == 1 for one in found)
    return never and bool(runner.step) and not runner.retired


def summary(snapshot: Snapshot) -> list[dict[str, Any]]:
    """One row a contestant."""
    return [_row(runner, snapshot) for runner in snapshot.runners]


def _row(runner: Runner, snapshot: Snapshot) -> dict[str, Any]:
    last, (_, losses) = runner.marks[-1] if runner.marks else None, loss_course(runner, snapshot)
    found: dict[str, Any] = {
        "start": runner.label,
        "steps": runner.step,
        "first loss": float(runner.losses[0]) if runner.step else math.nan,
        "training loss": float(losses[-1]) if len(losses) else math.nan,
        "test loss": last.test_loss if last else math.nan,
    }
    if classes(snapshot):
        found["test accuracy"] = last.accuracy if last else math.nan
    return {**found, "largest update:data": _largest_update(runner), "retired": runner.retired}


def _largest_update(runner: Runner) -> float:
    """Of any weight layer at any recorded moment."""
    ratios = np.concatenate([np.zeros(0), *(mark.update_ratio for mark in runner.marks)])
    finite = ratios[np.isfinite(ratios)]
    return float(finite.max()) if finite.size else math.nan


def step_table(snapshot: Snapshot) -> dict[str, Sequence[float]]:
    """The loss of every minibatch of every contestant, empty where one is no longer in the race."""
    longest = max(runner.step for runner in snapshot.runners)
    columns: dict[str, Sequence[float]] = {"step": list(range(1, longest + 1))}
    for runner in snapshot.runners:
        columns[runner.label] = [*runner.losses.tolist(), *[math.nan] * (longest - runner.step)]
    return columns
