"""Ten draws of a race: the same as ten races, who retires counts as worst, and what is too much is refused."""

import time
from dataclasses import replace

import numpy as np
import pytest

from initlab import NetworkSpec, TrainSpec, race
from initlab.comparison import specs, start
from initlab.race_work import RACE_OPERATIONS, draws_work, race_work, require_affordable_draws, step_work, training_rows
from initlab.recording import MOST_JUDGED, judged_after
from initlab.repeats import POINTS, Repeats, on_draw, quantiles, repeated, seed_of
from initlab.schedule import steps_in_all

SPEC = NetworkSpec(activation="Tanh", depth=2, width=16, dataset="Iris", seed=5)
HOW = TrainSpec(rate=0.1, batch=16, epochs=30, seed=5)
LINEUP = (start("Zeros"), start("Glorot normal"), start("He normal"))


def finish(spec: NetworkSpec = SPEC, how: TrainSpec = HOW, lineup=LINEUP, draws: int = 4) -> Repeats:
    *_, last = repeated(specs(spec, lineup), how, draws)
    assert last.finished
    return last


@pytest.mark.stress
def test_the_bands_are_those_of_races_run_one_by_one() -> None:
    how = replace(HOW, epochs=11)
    found = finish(how=how, draws=10)
    races = [list(race(specs(replace(SPEC, seed=s), LINEUP), replace(how, seed=s)))[-1] for s in range(5, 15)]
    last = races[-1]
    losses = np.array([[runner.losses for runner in last.runners] for last in races])
    together = last.steps // POINTS
    means = losses[:, :, : together * (last.steps // together)].reshape(10, 3, -1, together).mean(axis=3)
    here = quantiles(found.losses)[:, :, : means.shape[2]]
    np.testing.assert_allclose(here, np.percentile(means, [10, 50, 90], axis=0), rtol=1e-12)
    ends = np.array([[runner.marks[-1].accuracy for runner in last.runners] for last in races])
    np.testing.assert_allclose(quantiles(found.accuracies)[:, :, -1], np.percentile(ends, [10, 50, 90], axis=0))
    np.testing.assert_allclose(found.training_loss, losses[:, :, -last.epoch :].mean(axis=2))
    assert found.seeds == tuple(range(5, 15))
    assert found.times[-1] == found.marks[-1] == 11
    assert found.labels == tuple(runner.label for runner in last.runners)


@pytest.mark.parametrize(
    "how", [HOW, replace(HOW, optimizer="Adam", rate=0.01, dropout=0.3, weight_decay=0.01, clip=1)]
)
@pytest.mark.parametrize("dataset", ["Iris", "Diabetes", "Moons"])
def test_a_race_that_only_judges_has_the_same_numbers_bit_for_bit(how: TrainSpec, dataset: str) -> None:
    lineup = specs(replace(SPEC, normalization="Batch", dataset=dataset), LINEUP[1:])
    *_, close = race(lineup, replace(how, epochs=3))
    *_, far = race(lineup, replace(how, epochs=3), closely=False)
    for one, other in zip(close.runners, far.runners, strict=True):
        np.testing.assert_array_equal(one.losses, other.losses)
        by_step = {mark.step: mark for mark in one.marks}
        for mark in other.marks:
            assert mark.test_loss == by_step[mark.step].test_loss
            assert not mark.activation.rms.size
            assert not mark.decision.size
    assert far.nbytes < close.nbytes / 3


def test_who_retires_counts_as_worst_from_that_step_on() -> None:
    lineup = (start("Glorot normal"), start("He normal", gain=10.0))
    found = finish(replace(SPEC, activation="ReLU", depth=6), replace(HOW, rate=2.0), lineup)
    assert (found.retired[:, 1] > 0).all()
    assert np.isinf(found.losses[:, 1, -1]).all()
    assert np.isinf(found.test_losses[:, 1, -1]).all()
    assert (found.accuracies[:, 1, -1] == 0).all()
    assert np.isinf(found.training_loss[:, 1]).all()
    assert np.isfinite(found.test_losses[:, 1, 0]).all(), "what was judged before it left is kept"
    assert not np.isnan(found.losses).any()


@pytest.mark.parametrize("draws", [1, 2, 3, 5, 10])
def test_quantiles_are_numpys_where_all_is_finite_and_infinite_where_the_upper_value_is(draws: int) -> None:
    values = np.random.default_rng(0).standard_normal((draws, 3, 4))
    np.testing.assert_allclose(quantiles(values), np.percentile(values, [10, 50, 90], axis=0))
    lost = values.copy()
    lost[: draws // 2 + 1] = np.inf
    assert np.isinf(quantiles(lost)[1:]).all()
    assert not np.isnan(quantiles(lost)).any()


def test_half_of_the_draws_lost_is_a_median_that_is_lost() -> None:
    values = np.array([[1.0], [2.0], [np.inf], [np.inf]])
    assert np.isinf(quantiles(values)[1, 0])
    assert quantiles(np.array([[1.0], [2.0], [3.0], [np.inf]]))[1, 0] == 2.5


def test_a_draw_changes_the_weights_and_the_order_and_nothing_else() -> None:
    lineup, how = on_draw(specs(SPEC, LINEUP), HOW, 3)
    assert [replace(spec, seed=5) for spec in lineup] == list(specs(SPEC, LINEUP))
    assert replace(how, seed=5) == HOW
    assert {how.seed, *(spec.seed for spec in lineup)} == {8}
    assert seed_of(2**31 - 1, 1) == 0


def test_something_new_comes_at_least_ten_times_a_second_and_progress_never_falls() -> None:
    spec, clock, gaps, shares = replace(SPEC, dataset="Digits", width=128, depth=8), time.process_time(), [], []
    for now in repeated(specs(spec, LINEUP), replace(HOW, epochs=2, batch=128), 3):
        gaps.append(time.process_time() - clock)
        shares.append(now.share)
        clock = time.process_time()
    assert np.median(gaps) < 0.1
    assert len(gaps) > 6
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)


@pytest.mark.parametrize("epochs", [1, 2, 23, 24, 25, 200])
def test_the_test_rows_are_judged_at_the_start_and_at_ends_of_epochs(epochs: int) -> None:
    found = judged_after(23 * epochs, epochs)
    assert (found[0], found[-1]) == (0, 23 * epochs)
    assert not np.remainder(found, 23).any()
    assert list(found) == sorted(set(found))
    assert len(found) == min(epochs, MOST_JUDGED) + 1


def test_ten_draws_beyond_the_budget_are_refused_with_numbers_and_what_would_fit() -> None:
    lineup = specs(replace(SPEC, dataset="Digits", depth=10, width=256), LINEUP)
    how = replace(HOW, batch=64, epochs=50)
    with pytest.raises(
        ValueError, match=r"10 draws may take at most 2,000 .+; received .+; \d+ epochs? or \d+ draws? would fit"
    ) as caught:
        repeated(lineup, how)
    words = str(caught.value).split()
    epochs, draws = int(words[words.index("epochs") - 1]), int(words[words.index("would") - 2])
    assert draws_work(lineup, replace(how, epochs=epochs)).operations <= RACE_OPERATIONS
    assert draws_work(lineup, replace(how, epochs=epochs + 1)).operations > RACE_OPERATIONS
    require_affordable_draws(lineup, how, draws)


def test_many_tiny_steps_count_although_they_multiply_little() -> None:
    lineup = specs(replace(SPEC, dataset="Moons", depth=1, width=1), LINEUP)
    how = replace(HOW, batch=1, epochs=200)
    multiplied = steps_in_all(how, training_rows(lineup[0], how)) * sum(step_work(spec, how) for spec in lineup)
    assert multiplied < RACE_OPERATIONS / 100
    assert race_work(lineup, how).operations > RACE_OPERATIONS / 10
    with pytest.raises(ValueError, match="10 draws may take"):
        repeated(lineup, how)


@pytest.mark.parametrize(
    ("spec", "how", "message"),
    [
        (replace(SPEC, dataset="Gaussian noise"), HOW, "something to predict"),
        (replace(SPEC, depth=200, width=1024), replace(HOW, epochs=1000), "a race may take at most"),
    ],
)
def test_what_is_no_race_cannot_be_repeated(spec: NetworkSpec, how: TrainSpec, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        repeated(specs(spec, LINEUP), how)
