"""Whatever a notebook or a link puts into a spec: a sentence, or something within the budget that can be probed."""

import math
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from initlab.comparison import Start
from initlab.errors import represented
from initlab.findings import findings
from initlab.initializers import INITIALIZERS
from initlab.parameters import Parameter
from initlab.pretrain_spec import CHOICES as PRETRAIN_CHOICES
from initlab.pretrain_spec import PretrainSpec
from initlab.probe import probe
from initlab.spec import CHOICES, INTEGERS, NUMBERS, NetworkSpec
from initlab.train_spec import TrainSpec
from initlab.work import fitting, require_affordable, work

SENTENCES: Final = ("; received ", "; choose one of ", "must not exceed")
NASTY: Final = (
    10**5000, -(10**400), math.nan, math.inf, -0.0, 5e-324, 1e308, True, None, 1j, b"x", "", "x" * 5000, "ReLU ",
    (), (1, 2), (("stddev", 10**5000),), (("stddev", math.nan),), (("stddev", [1]),), ((["a"], 1),), ((1, 2), (1, 3)),
    {"stddev": 1}, [("stddev", 1)], [], {}, np.array([1, 2]), np.array("Tanh"), np.float32(0.5), np.int64(3), object,
)  # fmt: skip
anything = (
    st.sampled_from(NASTY) | st.floats() | st.integers() | st.text(max_size=20) | st.booleans() | st.binary(max_size=4)
    | st.tuples(st.tuples(st.sampled_from(("stddev", "slope", "value", "mean")), st.floats() | st.integers()))
)  # fmt: skip
MODEST: Final = {"depth": (1, 12), "width": (1, 24), "batch": (1, 24)}
CHEAP: Final = 2 * 10**8  # operations of what is really probed


def valid(name: str) -> st.SearchStrategy[Any]:
    """What this field of a network may be; mostly small, so that it can be probed."""
    if name in CHOICES:
        return st.sampled_from(tuple(CHOICES[name]))
    if name in INTEGERS:
        return st.integers(*MODEST.get(name, INTEGERS[name])) | st.integers(*INTEGERS[name])
    if name in NUMBERS:
        return st.floats(*NUMBERS[name])
    return st.booleans() if name == "residual" else st.just(())


def parameter(one: Parameter) -> st.SearchStrategy[Any]:
    if one.choices:
        return st.sampled_from(one.choices)
    whole = isinstance(one.step, int)
    return st.integers(int(one.minimum), int(one.maximum)) if whole else st.floats(one.minimum, one.maximum)


@st.composite
def networks(draw: st.DrawFn) -> dict[str, Any]:
    """Fields of a network: valid ones, those of its initializer set, and some of them anything."""
    found = {one.name: draw(valid(one.name)) for one in fields(NetworkSpec)}
    given = {one.name: draw(parameter(one)) for one in INITIALIZERS[found["init"]].parameters if draw(st.booleans())}
    found["init_params"] = tuple(given.items())
    for name in draw(st.lists(st.sampled_from(list(found)), max_size=2)):
        found[name] = draw(anything)
    return found


def made(what: type[Any], given: Mapping[str, Any]) -> Any:
    """The spec, or None where it is refused, which has to be in a sentence."""
    try:
        return what(**given)
    except ValueError as error:
        if not any(part in str(error) for part in SENTENCES):
            raise
        return None


def check_network(given: Mapping[str, Any]) -> None:
    """What is accepted fits the budget, if only in part, and what is small is probed without a warning."""
    spec = made(NetworkSpec, given)
    if spec is None:
        return
    fit = fitting(spec)
    assert work(fit).affordable
    if fit != spec:
        with pytest.raises(ValueError, match=r"at most .*; received .* fits$"):
            require_affordable(spec)
    small = replace(spec, depth=min(spec.depth, 12), width=min(spec.width, 24), batch=min(spec.batch, 24))
    if work(small).operations <= CHEAP:
        found = probe(small)
        assert found.depth == small.depth
        assert all(one.evidence for one in findings(found))


@settings(max_examples=150)
@given(networks())
def test_any_network_is_refused_in_a_sentence_or_probed(given: dict[str, Any]) -> None:
    check_network(given)


@pytest.mark.stress
@settings(max_examples=5000)
@given(networks())
def test_any_network_whatever_is_refused_in_a_sentence_or_probed(given: dict[str, Any]) -> None:
    check_network(given)


OTHERS: Final = (TrainSpec, PretrainSpec, Start)


@st.composite
def others(draw: st.DrawFn) -> tuple[type[Any], dict[str, Any]]:
    what = draw(st.sampled_from(OTHERS))
    names = st.sampled_from([one.name for one in fields(what)])
    init = {"init": draw(st.sampled_from(tuple(INITIALIZERS)))} if what is Start else {}
    return what, {**init, **draw(st.dictionaries(names, anything, max_size=3))}


@example((PretrainSpec, {"weights": np.array([1, 2])}))
@example((Start, {"init": ["Zeros"]}))
@example((Start, {"init": "Zeros", "init_params": 5}))
@settings(max_examples=200)
@given(others())
def test_any_training_pretraining_or_start_is_refused_in_a_sentence_or_made(case: tuple[type[Any], Any]) -> None:
    what, given = case
    found = made(what, given)
    assert found is None or hash(found) == hash(what(**given)), "it is a key"


@pytest.mark.stress
@settings(max_examples=5000)
@given(others())
def test_any_training_whatever_is_refused_in_a_sentence_or_made(case: tuple[type[Any], Any]) -> None:
    made(*case)


@pytest.mark.parametrize("name", [*CHOICES, *INTEGERS, *NUMBERS, "residual", "init_params", "activation_params"])
def test_a_number_that_python_does_not_write_is_refused_in_a_sentence(name: str) -> None:
    made_of: Any = {name: 10**5000}
    with pytest.raises(ValueError, match="a number of thousands of digits"):
        NetworkSpec(**made_of)


@pytest.mark.parametrize("name", PRETRAIN_CHOICES)
def test_an_array_is_no_word(name: str) -> None:
    made_of: Any = {name: np.array(["Tied", "SGD"])}
    with pytest.raises(ValueError, match=f"^unknown {name} array"):
        PretrainSpec(**made_of)


def test_what_can_be_written_is_written() -> None:
    assert represented("a") == "'a'"
    assert represented(10**400) == repr(10**400)
