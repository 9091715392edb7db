"""Who has to wait for heavy work reads his place on the page, keeps its controls, and blocks nobody when he leaves."""

import threading
from collections.abc import Mapping
from typing import Final

import pytest
import streamlit as st
from visits import QUICK, captions, charts, visit

from initlab.spec import NetworkSpec
from initlab.ui import compute, compute_theory, gate, isometry, symmetry
from initlab.ui.gate import Gate, sentence

ELSEWHERE: Final = "another visitor's work"
FRESH: Final = {**QUICK, "seed": "424242"}  # nothing of it is in a cache yet
HEAVY_PAGES: Final[Mapping[str, dict[str, str]]] = {
    "explore": {**FRESH, "width": "24"},
    "compare": {**FRESH, "width": "24", "compare_starts": "He normal;LeCun uniform"},
    "symmetry": {**FRESH, "symmetry_steps": "5"},
    "own": FRESH,
    "depth-sweep": {**FRESH, "sweep_deepest": "10"},
    "isometry": FRESH,
    "race": {**FRESH, "race_epochs": "1"},
    "pretraining": {**FRESH, "pretrain_epochs": "1"},
    "article": {"article_claim": "zeros", "seed": "424242"},
    "chooser": {"chooser_depth": "5", "chooser_activation": "Tanh"},
}  # fmt: skip


class Closed(Gate):
    """Whoever has to wait stops there, so that his page can be read."""

    def wait(self) -> None:
        st.stop()


def waits(app) -> bool:
    return any(sentence(1) in text for text in captions(app))


@pytest.mark.parametrize("page", HEAVY_PAGES)
def test_who_has_to_wait_reads_the_place_and_gets_the_result_when_it_is_free(
    page: str, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    for module, name in ((gate, "HEAVY"), (compute, "LONG"), (isometry, "QUICK"), (symmetry, "QUICK")):
        monkeypatch.setattr(module, name, -1)
    monkeypatch.setattr(compute_theory, "SHALLOW", 0)
    compute_theory._finding.cache_clear()
    compute_theory._advising.cache_clear()
    monkeypatch.setattr(gate, "GATE", Closed(1))
    with gate.GATE.standing(ELSEWHERE):
        app = visit(HEAVY_PAGES[page], page=page)
        assert not app.exception
        assert waits(app)
        assert len(gate.GATE) == 1, "he has left the line as his run ended"
    app.run()
    assert not app.exception
    assert not waits(app)
    assert charts(app)
    assert len(gate.GATE) == 0


def test_a_full_hall_sees_the_pictures_before_the_bands_and_hears_nothing_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gate, "SHORT", Closed(1))
    with gate.SHORT.standing(ELSEWHERE):
        app = visit({**FRESH, "width": "28"}, page="explore")
        assert not app.exception
        assert len(charts(app)) == 3
        assert not any("other draws" in text or "before you" in text for text in captions(app))
    app.run()
    assert any("highest of 10 other draws" in text for text in captions(app))


@pytest.mark.parametrize("page", ["explore", "compare", "symmetry", "own", "depth-sweep", "isometry", "phase-diagram",
                                  "article", "lessons", "chooser", "catalogue"])  # fmt: skip
def test_no_page_waits_for_what_takes_a_moment(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "GATE", Closed(1))
    with gate.GATE.standing(ELSEWHERE):
        app = visit({"seed": "77", **QUICK, "sweep_deepest": "10"}, page=page)
    assert not app.exception
    assert not waits(app)


def test_a_visitor_waits_until_the_other_has_done_and_then_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[int] = []
    told = threading.Event()

    def tell(before: int) -> str:
        said.append(before)
        told.set()
        return sentence(before)

    def compute_elsewhere() -> None:
        with gate.GATE.standing(ELSEWHERE):
            inside.set()
            told.wait()

    monkeypatch.setattr(gate, "GATE", Gate(1))
    monkeypatch.setattr(gate, "HEAVY", -1)
    monkeypatch.setattr(gate, "sentence", tell)
    inside = threading.Event()
    other = threading.Thread(target=compute_elsewhere)
    other.start()
    inside.wait()
    app = visit({**FRESH, "race_epochs": "1"}, page="race")
    other.join()
    assert not app.exception
    assert said == [1]
    assert not waits(app), "what was said is taken back"
    assert app.session_state["_race"].now.finished
    assert len(gate.GATE) == 0


def test_a_lesson_that_waits_for_its_answer_shows_it_when_the_place_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    compute_theory._finding.cache_clear()
    monkeypatch.setattr(gate, "HEAVY", -1)
    monkeypatch.setattr(gate, "GATE", Closed(1))
    app = visit({"lesson": "equal-weights", "seed": "424242"}, page="lessons")
    assert not app.exception
    app.radio[0].set_value(0).run()
    with gate.GATE.standing(ELSEWHERE):
        app.button(key="lesson_reveal").click().run()
        assert not app.exception
        assert waits(app)
    app.run()
    assert not app.exception
    assert not waits(app)
    assert charts(app)


def test_long_bands_from_the_process_beside_stand_in_a_line_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compute, "LONG", -1)
    spec = NetworkSpec(depth=2, width=8, seed=987)
    assert compute.band_line([spec])[0] is gate.GATE
    monkeypatch.setattr(compute, "HELPER", True)
    assert compute.band_line([spec])[0] is gate.ASIDE
