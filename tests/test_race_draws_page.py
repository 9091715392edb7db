"""Ten draws on the race page: only where asked for, kept while nothing changes, refused where they are too many."""

import numpy as np
import pytest
from visits import QUICK, alternative_texts, captions, charts, numbers_in, visit

from initlab import repeats_readings
from initlab.race import race
from initlab.repeats import repeated

SHORT = {**QUICK, "race_epochs": "1", "race_starts": "Zeros;Glorot normal", "dataset": "Iris", "race_draws": "True"}
KEYS = ["race_draws_loss", "race_draws_test", "race_draws_end", "race_draws_gap"]


def opened(query: dict[str, str] | None = None, **state):
    app = visit({**SHORT, **(query or {})}, page="race", **state)
    assert not app.exception
    return app


def drawn(app) -> list[str]:
    return [key for key in charts(app) if key.startswith("race_draws")]


@pytest.mark.parametrize("dataset", ["Iris", "Diabetes"])
def test_ten_draws_are_drawn_described_and_in_the_tables(dataset: str) -> None:
    app = opened({"dataset": dataset}, race_draws_panel=True)
    assert drawn(app) == KEYS
    found = app.session_state["_race_draws"].now
    assert found.finished
    said = alternative_texts(app)
    assert said["race_draws_end"] == repeats_readings.standing(found)
    assert all(said[key] in captions(app) for key in KEYS)
    middle = numbers_in(charts(app)["race_draws_loss"]["data"][3]["customdata"])
    np.testing.assert_allclose(middle, np.median(found.losses[:, 1], axis=0), rtol=1e-6)
    summary, every = app.dataframe[1].value, app.dataframe[2].value
    np.testing.assert_allclose(summary["test loss, median"], np.median(found.test_losses[:, :, -1], axis=0))
    assert len(every) == 20


def test_nothing_is_repeated_unless_asked_for() -> None:
    app = opened({"race_draws": "False"})
    assert not drawn(app)
    assert "_race_draws" not in app.session_state
    app.toggle(key="race_draws").set_value(True).run()
    assert drawn(app) == KEYS


@pytest.mark.stress
def test_a_rerun_for_another_reason_computes_nothing_again_and_a_change_begins_anew() -> None:
    app = opened()
    first = app.session_state["_race_draws"]
    app.run()
    assert app.session_state["_race_draws"] is first
    now = first.now
    app.toggle(key="race_draws").set_value(False).run()
    assert not drawn(app)
    app.toggle(key="race_draws").set_value(True).run()
    assert app.session_state["_race_draws"].now is now
    app.select_slider(key="race_rate").set_value(0.2).run()
    assert app.session_state["_race_draws"] is not first
    assert app.session_state["_race_draws"].now.train.rate == 0.2


def test_draws_wait_for_a_race_that_is_paused() -> None:
    app = opened({"race_draws": "False"})
    running = app.session_state["_race"]
    snapshots = race(*running.key)
    running.snapshots, running.now, running.paused = snapshots, next(snapshots), True
    app.toggle(key="race_draws").set_value(True).run()
    assert not drawn(app)
    assert any("10 draws follow when the race has been run to its end" in text for text in captions(app))
    app.button(key="race_pause").click().run()
    assert drawn(app) == KEYS


def test_interrupted_draws_go_on_where_they_were() -> None:
    app = opened()
    kept = app.session_state["_race_draws"]
    kept.steps = repeated(*kept.of)
    done = next(now for now in kept.steps if len(now.outcomes) == 3)
    kept.now = done
    app.run()
    assert app.session_state["_race_draws"] is kept
    assert kept.now.finished
    assert kept.now.outcomes[:3] == done.outcomes


def test_too_many_draws_are_refused_with_what_would_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("initlab.race_work.PER_CALL", 9 * 10**9)  # ten draws are too many, the race itself is not
    app = opened({"race_epochs": "2"})
    assert not drawn(app)
    assert app.info[0].value.startswith("10 draws may take at most 2,000 billion operations; received 3,6")
    assert "1 epoch or 5 draws would fit" in app.info[0].value
    assert app.session_state["_race"].now.finished


def test_who_leaves_the_race_is_counted() -> None:
    app = opened(
        {"race_starts": "Glorot normal;He normal,gain=10", "activation": "ReLU", "race_rate": "10", "race_epochs": "5"}
    )
    assert drawn(app) == KEYS
    assert any(text.startswith("Left the race: ") and "of 10 draws" in text for text in captions(app))
