"""What the pages that compute longest would run in any state of the app: always within the budget, and said."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from states import any_state

from initlab import comparison, work
from initlab.race_work import require_affordable
from initlab.schedule import parted
from initlab.ui import compare, pretraining, race
from initlab.ui.fields import Value
from initlab.work import require_affordable as require_startable


def check(state: Mapping[str, Value]) -> None:
    """As the pages do before they begin; ValueError where something is not affordable after all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("initlab.ui.session.values", lambda: dict(state))
        _, contestants, train, raced = race.experiment()
        walk, tune, walked = pretraining.experiment()
        spec, starts, compared = compare.experiment()
    require_affordable(contestants, train)
    require_startable(walk, len(parted(walk, tune)[0].inputs))
    assert comparison.fitting(spec, starts) == spec
    assert work.total(comparison.specs(spec, starts)).bytes <= comparison.MAX_BYTES
    assert all(note == note.strip() and note.endswith(".") for note in (*raced, *walked, *compared))


@settings(max_examples=10)
@given(any_state)
def test_every_experiment_is_affordable(state: dict[str, Value]) -> None:
    check(state)


@pytest.mark.stress
@settings(max_examples=10_000)
@given(any_state)
def test_every_experiment_whatever_is_affordable(state: dict[str, Value]) -> None:
    check(state)
