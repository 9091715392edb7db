"""Whatever stands in a link: every page finds an experiment in it that it can afford, shows it, and keeps nothing."""

import gc
import tracemalloc
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sampling import sampled
from states import any_value, not_offered
from strangers import NASTY, any_query, harmless
from visits import visit

from initlab import comparison, race_work, symmetry, work
from initlab.grid import LIMIT as MAP_LIMIT
from initlab.grid import SPANS, Grid, depths_to, gains_around
from initlab.schedule import parted
from initlab.ui import compare, isometry, pretraining, race, session, state
from initlab.ui import symmetry as symmetry_page
from initlab.ui.fields import Value
from initlab.ui.link import decode, encode, spec_of
from initlab.ui.navigation import PAGES
from initlab.ui.state import FIELDS

Query = dict[str, list[str]]
LARGE: Final = {"depth": ["200"], "width": ["1024"], "batch": ["2048"], "precision": ["float64"]}
CHEAP: Final = {  # instead of what would take a page seconds: as hostile, and small
    "depth": ("4", "-3", "0.5", "1e-400"), "width": ("8", "0", "1.5"), "batch": ("16", "-1", "7.5"),
    "pretrain_epochs": ("1", "-inf"), "pretrain_batch": ("256", "1e300"), "race_epochs": ("1", "0"),
    "race_draws": ("False", "0"), "pretraining_tune_epochs": ("1", "-0"), "pretraining_race": ("False", "yes"),
    "symmetry_steps": ("3", "-1"), "sweep_deepest": ("10", "-10"), "chooser_depth": ("5", "-5"),
    "lesson": ("all", "nothing", "<b>"), "race_starts": ("Zeros;Ones,gain=1e400", "Zeros,gain=nan;;;Ones"),
    "compare_starts": ("Zeros", ";", "He normal,x=1;<b>"),
}  # fmt: skip


def texts(name: str) -> st.SearchStrategy[str]:
    """What a link may say of this field, valid or not."""
    field = FIELDS[name]
    return st.sampled_from(NASTY) | st.text(max_size=20) | any_value(field).map(field.text)


far_reaching = st.dictionaries(st.sampled_from(list(FIELDS)), st.sampled_from(NASTY) | st.floats().map(repr)).flatmap(
    lambda odd: st.fixed_dictionaries({n: texts(n) for n in FIELDS if n not in odd}).map(lambda valid: {**valid, **odd})
)
any_link = any_query | far_reaching.map(lambda query: {name: [text] for name, text in query.items()})


def check_experiments(values: Mapping[str, Value]) -> None:
    """The work that each page makes of this state is within the budget for it."""
    spec, notes = spec_of(values)
    assert work.work(spec).affordable
    with patch.object(session, "values", lambda: values):
        _, specs, how, said = race.experiment()
        assert race_work.affordable(specs, how)
        one, lineup, more = compare.experiment()
        assert work.total(comparison.specs(one, lineup)).affordable
        view = symmetry_page.view(spec)
        assert work.work(view.spec).operations * view.steps <= symmetry.WALK_OPERATIONS
        learned, tune, mended = pretraining.experiment()
        assert work.work(learned, len(parted(learned, tune)[0].inputs)).affordable
    pair, _, cut = isometry.pair(spec, str(values["isometry_partner"]))
    assert all(work.work(replace(side, precision="float64")).affordable for side in pair)
    span = SPANS[str(values["sweep_span"])]
    grid = Grid(replace(spec, depth=1, gain=1.0), depths_to(int(values["sweep_deepest"])), gains_around(1.0, span))
    needed = grid.fitting().work
    assert (needed.operations, needed.bytes) <= (MAP_LIMIT.operations, MAP_LIMIT.bytes)
    assert all(harmless(note) for note in (*notes, *said, *more, *mended, *view.notes, *cut))


def check_link(query: Query) -> None:
    values, notes = decode(query)
    assert not not_offered(values)
    assert all(harmless(note) for note in notes)
    check_experiments(values)


@given(any_link)
def test_every_page_can_afford_whatever_a_link_says(query: Query) -> None:
    check_link(query)


@settings(max_examples=5)
@given(any_link)
def test_every_page_can_afford_the_largest_network_whatever_else_a_link_says(query: Query) -> None:
    check_link({**query, **LARGE})


def test_a_race_ends_its_search_for_what_it_can_afford_with_fewer_epochs_of_pretraining() -> None:
    asked = {**LARGE, "race_starts": ["Greedy pre-training,pretrain_epochs=200;Zeros"], "race_epochs": ["200"]}
    values, _ = decode(asked)
    with patch.object(session, "values", lambda: values):
        _, (learned, plain), how, notes = race.experiment()
    assert race_work.affordable((learned, plain), how)
    assert (learned.depth, plain.depth) == (1, 1)
    epochs = int(dict(learned.init_params)["pretrain_epochs"])
    assert epochs < 200
    assert any(f"pre-training epochs of {epochs} instead of 200" in note for note in notes)


@pytest.mark.stress
@settings(max_examples=2000, suppress_health_check=[HealthCheck.too_slow])
@given(any_link, st.booleans())
def test_every_page_can_afford_whatever_thousands_of_links_say(query: Query, large: bool) -> None:
    check_link({**query, **LARGE} if large else query)


@pytest.mark.parametrize("number", [5, pytest.param(60, marks=pytest.mark.stress)])
def test_hostile_links_leave_nothing_behind(number: int) -> None:
    queries: list[Query] = []

    @settings(max_examples=number, database=None)
    @given(any_link)
    def gather(query: Query) -> None:
        queries.append(query)

    gather()
    for query in queries:
        check_link(query)  # what is loaded once is loaded
    gc.collect()
    tracemalloc.start()
    try:
        for query in queries:
            check_link(query)
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] < 2**16
    finally:
        tracemalloc.stop()


cheap = st.fixed_dictionaries({name: st.sampled_from(choices) for name, choices in CHEAP.items()})


@st.composite
def opened(draw: st.DrawFn) -> dict[str, Any]:
    """A link that a page can show at once."""
    names = draw(st.sets(st.sampled_from([name for name in FIELDS if name not in CHEAP]), max_size=15))
    return {**{name: draw(texts(name)) for name in sorted(names)}, **draw(cheap)}


def check_page(page: str, query: dict[str, Any]) -> None:
    """It opens without a red box, says what it changed, and writes a link that it would read without a word."""
    app = visit(query, page=page)
    assert not app.exception
    values = {name: app.session_state[name] for name in FIELDS}
    assert not not_offered(values)
    assert decode({name: [text] for name, text in encode(values).items()}) == (values, [])
    assert state.DEFAULTS.keys() <= {*app.query_params}


@pytest.mark.parametrize("page", sampled((page.url_path for page in PAGES), 2, 4))
@settings(max_examples=3)
@given(query=opened())
def test_a_page_opens_whatever_its_link_says(page: str, query: dict[str, Any]) -> None:
    check_page(page, query)


@pytest.mark.stress
@pytest.mark.parametrize("page", [page.url_path for page in PAGES])
@settings(max_examples=40)
@given(query=opened())
def test_a_page_opens_whatever_many_links_say(page: str, query: dict[str, Any]) -> None:
    check_page(page, query)
