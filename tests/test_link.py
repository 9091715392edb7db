"""The codec of state: any query opens something valid, every valid state comes back from its link, each spec fits."""

from dataclasses import fields, replace
from typing import Final

import pytest
from hypothesis import given, settings
from probed import probed
from states import any_state, not_offered
from strangers import any_query, harmless

from initlab import work
from initlab.activations import ACTIVATIONS
from initlab.diagnosis import diagnose
from initlab.initializers import INITIALIZERS
from initlab.parameters import Parameter
from initlab.scenarios import DEFAULT, SCENARIOS
from initlab.spec import NetworkSpec
from initlab.ui.fields import Value
from initlab.ui.link import decode, encode, spec_of, values_of
from initlab.ui.link import with_seed as another_draw
from initlab.ui.navigation import PAGES
from initlab.ui.state import DEFAULTS, FIELDS, SHARED, SPEC_NAMES

PARAMETERS: Final = {"init_params", "activation_params"}


@given(any_query)
def test_any_query_becomes_values_that_the_widgets_can_show(query: dict[str, list[str]]) -> None:
    values, notes = decode(query)
    assert values.keys() == FIELDS.keys()
    assert not not_offered(values)
    assert all(harmless(note) and len(note) <= 160 for note in notes)
    spec, more = spec_of(values)
    assert work.work(spec).affordable
    assert all(harmless(note) for note in more)


@pytest.mark.stress
@settings(max_examples=5000)
@given(any_query)
def test_any_query_whatever_opens_something_that_can_be_afforded(query: dict[str, list[str]]) -> None:
    values, notes = decode(query)
    spec, more = spec_of(values)
    assert not not_offered(values)
    assert work.work(spec).affordable
    assert all(harmless(note) for note in (*notes, *more))


@given(any_state)
def test_every_state_comes_back_from_its_link_without_a_word(state: dict[str, Value]) -> None:
    query = {name: [text] for name, text in encode(state).items()}
    assert decode(query) == (state, [])


@given(any_state)
def test_every_state_has_an_affordable_spec_that_says_what_the_widgets_show(state: dict[str, Value]) -> None:
    spec, notes = spec_of(state)
    assert work.work(spec).affordable
    shown = values_of(spec)
    changed = {name for name, value in shown.items() if state[name] != value}
    assert bool(changed) == bool(notes)
    assert changed <= {"minval", "maxval", "loss", "batch", "depth", "pretrain_epochs"}
    assert any("epochs a layer" in note for note in notes) == ("pretrain_epochs" in changed)


@pytest.mark.stress
@settings(max_examples=10_000)
@given(any_state)
def test_every_state_whatever_comes_back_from_its_link_and_is_affordable(state: dict[str, Value]) -> None:
    assert decode({name: [text] for name, text in encode(state).items()}) == (state, [])
    spec, notes = spec_of(state)
    assert work.work(spec).affordable
    assert all(harmless(note) for note in notes)


def test_a_link_holds_the_version_and_the_whole_state() -> None:
    assert encode(DEFAULTS) == {"v": "1", **{name: field.text(field.default) for name, field in FIELDS.items()}}
    assert decode({}) == (DEFAULTS, [])
    assert spec_of(DEFAULTS) == (DEFAULT, [])


def test_every_field_of_the_spec_is_in_the_link() -> None:
    named = {SPEC_NAMES.get(name, name) for name in SHARED}
    assert named == {field.name for field in fields(NetworkSpec)} - PARAMETERS


def test_every_name_in_a_link_is_the_specs_a_parameters_or_has_its_pages_prefix() -> None:
    parameters = {p.name for owner in (*INITIALIZERS.values(), *ACTIVATIONS.values()) for p in owner.parameters}
    others = FIELDS.keys() - parameters - set(SHARED) - {"hide", "present"}
    prefixes = tuple(f"{word}_" for page in PAGES for word in page.url_path.split("-"))  # phase_ of phase-diagram
    prefixes += ("present_",)
    assert {"explore_axis", "isometry_partner"} <= others
    pages = {"lesson"}  # the page of lessons is at one of them
    assert all(name.startswith((*prefixes, "lesson_")) or name in pages for name in others)
    assert not parameters & set(SHARED)


def test_owners_of_a_parameter_of_the_same_name_agree_on_its_range() -> None:
    seen: dict[str, Parameter] = {}
    for owner in (*INITIALIZERS.values(), *ACTIVATIONS.values()):
        for p in owner.parameters:
            first = seen.setdefault(p.name, p)
            assert replace(p, default=first.default, help=first.help) == first
    assert "stddev" in seen


@pytest.mark.parametrize(
    ("query", "name", "value", "note"),
    [
        ("depth=1e9", "depth", 200, "depth = `1e9` lies outside 1 to 200: 200 is used."),
        ("depth=-3", "depth", 1, "depth = `-3` lies outside 1 to 200: 1 is used."),
        ("depth=10.4", "depth", 10, "depth = `10.4` lies between the steps of its slider: 10 is used."),
        ("depth=nan", "depth", 10, "depth = `nan` is not a finite number: 10 is used."),
        ("gain=1.337", "gain", 1.33, "gain = `1.337` lies between the steps of its slider: 1.33 is used."),
        ("gain=1e400", "gain", 1.0, "gain = `1e400` is not a finite number: 1 is used."),
        ("init=<script>", "init", "Random normal", "init = `script` is not one of 20 choices: Random normal is used."),
        ("init=<>", "init", "Random normal", "init = (unreadable) is not one of 20 choices: Random normal is used."),
        ("init=Lsuv", "init", "Random normal", "init = `Lsuv` is not one of 20 choices: Random normal is used."),
        ("residual=1", "residual", False, "residual = `1` is neither True nor False: False is used."),
        ("bias=0.07", "bias", 0.05, "bias = `0.07` lies between the steps of its slider: 0.05 is used."),
        ("colour=red", "depth", 10, "`colour` is not a parameter of this app: ignored."),
        ("depth=3&depth=4", "depth", 4, "`depth` is given 2 times: the last one counts."),
        (f"depth={'9' * 5000}", "depth", 10, f"depth = `{'9' * 24}` is not a finite number: 10 is used."),
    ],
    ids=lambda text: str(text)[:24],
)  # fmt: skip
def test_what_is_changed_is_said_in_one_sentence(query: str, name: str, value: Value, note: str) -> None:
    given: dict[str, list[str]] = {}
    for part in query.split("&"):
        given.setdefault(part.partition("=")[0], []).append(part.partition("=")[2])
    values, notes = decode(given)
    assert notes == [note]
    assert values == {**DEFAULTS, name: value}


def test_what_streamlit_itself_puts_into_a_link_is_no_mistake() -> None:
    assert decode({"v": ["1"], "embed": ["true"], "embed_options": ["dark_theme"]}) == (DEFAULTS, [])


def test_parameters_of_another_initializer_are_kept_and_wait() -> None:
    values, notes = decode({"init": ["He normal"], "stddev": ["0.3"], "sparsity": ["0.5"]})
    assert notes == []
    assert (values["stddev"], values["sparsity"]) == (0.3, 0.5)
    assert spec_of(values)[0].init_params == ()
    assert spec_of({**values, "init": "Random normal"})[0].init_params == (("mean", 0.0), ("stddev", 0.3))


@pytest.mark.parametrize(("init", "said"), [("Random uniform", True), ("He normal", False)])
def test_a_minimum_above_the_maximum_is_swapped_and_said_where_it_matters(init: str, said: bool) -> None:
    spec, notes = spec_of({**DEFAULTS, "init": init, "minval": 0.7, "maxval": -0.2})
    assert notes == (["The minimum lies above the maximum: the two are swapped."] if said else [])
    assert spec.init_params == ((("maxval", 0.7), ("minval", -0.2)) if said else ())


@pytest.mark.parametrize(
    ("loss", "dataset"),
    [
        ("Cross-entropy", "Diabetes"), ("Cross-entropy", "Gaussian noise"), ("Mean squared error", "Gaussian noise"),
    ],
)  # fmt: skip
def test_a_loss_that_does_not_fit_the_data_gives_way_to_auto(loss: str, dataset: str) -> None:
    spec, notes = spec_of({**DEFAULTS, "loss": loss, "dataset": dataset})
    assert spec == replace(DEFAULT, loss="Auto", dataset=dataset)
    assert notes == [f"{loss} does not fit {dataset}: Auto is used."]


def test_a_network_beyond_the_budget_is_made_smaller_and_the_numbers_are_said() -> None:
    wanted = replace(DEFAULT, depth=200, width=1024, batch=2048)
    spec, (note,) = spec_of({**DEFAULTS, **values_of(wanted)})
    assert spec == replace(wanted, batch=spec.batch)
    assert note == (
        f"This network needs {work.work(wanted)}; the limit is {work.LIMIT}. "
        f"Shown instead: depth 200 with {spec.rows} rows."
    )


def test_a_network_made_smaller_can_be_shown_by_the_widgets() -> None:
    spec, _ = spec_of({**DEFAULTS, "depth": 200, "width": 1024, "batch": 2048})
    assert not not_offered(values_of(spec))


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_and_its_remedy_survive_their_links(name: str) -> None:
    spec = SCENARIOS[name].spec
    found = diagnose(probed(spec))
    remedies = [f.remedy for f in found[:1] if f.remedy]
    assert len(remedies) == bool(found), "a scenario that is ill has a remedy"
    for opened in (spec, *remedies):
        values = {**DEFAULTS, **values_of(opened)}
        assert not not_offered(values)
        assert spec_of(decode({n: [text] for n, text in encode(values).items()})[0]) == (opened, [])


def test_the_next_draw_differs_in_its_seed_only_and_follows_the_last_one_with_the_first() -> None:
    assert another_draw(DEFAULT, 8) == replace(DEFAULT, seed=8)
    assert another_draw(DEFAULT, 2**31) == replace(DEFAULT, seed=0)
