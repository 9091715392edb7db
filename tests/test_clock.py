"""A clock that is set back, or years ahead, while a page is open changes nothing that the page shows."""

import time

import pytest
from sampling import sampled
from visits import QUICK, charts, visit

from initlab.ui.navigation import PAGES

CHEAP = {**QUICK, "race_epochs": "1", "pretrain_epochs": "1", "pretraining_tune_epochs": "1", "sweep_deepest": "10"}


@pytest.mark.stress
@pytest.mark.parametrize("page", sampled((page.url_path for page in PAGES), 7, len(PAGES)))
@pytest.mark.parametrize("jump", [-(10.0**10), 10.0**10], ids=["back", "ahead"])
def test_a_page_does_not_care_what_time_it_is(page: str, jump: float, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time
    app = visit({**CHEAP, "seed": "77"}, page=page)
    before = charts(app)
    monkeypatch.setattr(time, "time", lambda: now() + jump)
    for again in (app.run(), visit({**CHEAP, "seed": "77"}, page=page)):
        assert not again.exception
        assert charts(again) == before


def test_a_race_goes_on_when_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    readings = iter(range(10**10, -(10**10), -(10**5)))
    monkeypatch.setattr(time, "time", lambda: float(next(readings)))
    app = visit({**CHEAP, "race_starts": "Zeros;Glorot normal"}, page="race")
    assert not app.exception
    assert "after 1 epoch" in " ".join(text.value for text in (*app.header, *app.markdown, *app.caption))
