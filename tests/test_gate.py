"""Heavy work goes through a gate: so much at once, first come first served, and whoever leaves blocks nobody."""

import gc
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, strategies

from initlab.ui import gate
from initlab.ui.gate import Gate, at_once, sentence
from initlab.ui.shared import Shared, Staged, once

ELSEWHERE = "another visitor's work"


@pytest.fixture
def one_place(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """A gate that admits one piece of work."""
    monkeypatch.setattr(gate, "GATE", Gate(1))
    return gate.GATE


def elsewhere(ask: Callable[[], Any]) -> Any:
    """What another thread answers."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(ask).result()


class Visitor(threading.Thread):
    """Wants one piece of work, and has it until he is told to leave."""

    def __init__(self, work: object, log: list[object]) -> None:
        super().__init__()
        self.work, self.log = work, log
        self.inside, self.leave = threading.Event(), threading.Event()

    def run(self) -> None:
        with gate.place(self.work, heavy=True):
            self.log.append(self.work)
            self.inside.set()
            self.leave.wait()


def stand(visitor: Visitor) -> Visitor:
    """Once he stands in line."""
    before = len(gate.GATE)
    visitor.start()
    while len(gate.GATE) == before:
        gate.GATE.wait()
    return visitor


def test_the_first_to_come_is_the_first_to_go_on(one_place: Gate) -> None:
    log: list[object] = []
    visitors = [stand(Visitor(f"work {k}", log)) for k in range(5)]
    for k, visitor in enumerate(visitors):
        visitor.inside.wait()
        assert log == [f"work {i}" for i in range(k + 1)], "nobody has overtaken"
        assert [one_place.before(f"work {i}") for i in range(k + 1, 5)] == list(range(1, 5 - k))
        visitor.leave.set()
        visitor.join()
    assert len(one_place) == 0


def test_as_many_go_on_at_once_as_there_are_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "GATE", Gate(2))
    log: list[object] = []
    first, second, third = (stand(Visitor(name, log)) for name in "abc")
    first.inside.wait()
    second.inside.wait()
    assert gate.GATE.before("c") == 2
    second.leave.set()
    third.inside.wait()
    assert set(log) == {"a", "b", "c"}
    for visitor in (first, third):
        visitor.leave.set()
    for visitor in (first, second, third):
        visitor.join()


def test_who_leaves_the_line_is_passed_over_by_those_behind(one_place: Gate) -> None:
    with one_place.standing("first"):
        leaving = one_place.standing("second")
        leaving.__enter__()
        with one_place.standing("third"):
            assert elsewhere(lambda: one_place.before("third")) == 2
            leaving.__exit__(None, None, None)
            assert elsewhere(lambda: one_place.before("third")) == 1
    assert len(one_place) == 0


@pytest.mark.parametrize("trouble", [RuntimeError, KeyboardInterrupt, GeneratorExit])
def test_a_place_is_given_back_on_every_way_out(one_place: Gate, trouble: type[BaseException]) -> None:
    def leave() -> None:
        with gate.place("work", heavy=True):
            assert len(one_place) == 1
            raise trouble

    with pytest.raises(trouble):
        leave()
    assert len(one_place) == 0


def test_a_place_held_by_a_generator_that_is_forgotten_is_given_back(one_place: Gate) -> None:
    def working() -> Iterator[int]:
        with gate.place("work", heavy=True):
            yield from range(9)

    begun = working()
    assert next(begun) == 0
    assert len(one_place) == 1
    circle: list[object] = [begun]
    circle.append(circle)
    del begun, circle
    gc.collect()
    assert len(one_place) == 0


def test_who_is_inside_may_begin_more_without_waiting_for_himself(one_place: Gate) -> None:
    with gate.place("outer", heavy=True), gate.place("inner", heavy=True):
        assert one_place.before("inner") == 0
        assert elsewhere(lambda: one_place.before("inner")) == 1
    assert len(one_place) == 0


def test_light_work_stands_in_no_line(one_place: Gate) -> None:
    with gate.place("light", heavy=False):
        assert len(one_place) == 0
    assert not gate.is_heavy(gate.HEAVY)
    assert gate.is_heavy(gate.HEAVY + 1)


def test_work_that_is_done_meanwhile_needs_no_place(one_place: Gate) -> None:
    with one_place.standing(ELSEWHERE):
        assert elsewhere(lambda: list(through("mine", unless=lambda: True))) == ["done"]


def through(work: object, **how: Any) -> Iterator[str]:
    with gate.place(work, heavy=True, **how):
        yield "done"


def test_those_who_want_the_same_share_a_place_and_only_one_makes_it(one_place: Gate) -> None:
    shared: Shared[int] = Shared()
    made: list[int] = []

    def following(start: int) -> Iterator[int]:
        for item in range(start, 40):
            made.append(item)
            yield item

    def visitor() -> list[int]:
        list(shared.grow(40, following, line=gate.GATE))
        return shared.found

    with ThreadPoolExecutor(4) as visitors:
        with one_place.standing(ELSEWHERE):
            found = [visitors.submit(visitor) for _ in range(4)]
            while one_place.visitors(shared) < 4:
                one_place.wait()
            assert len(one_place) == 2, "the work of the four, and the other"
            assert one_place.before(shared) == 0, "this thread is inside"
            assert elsewhere(lambda: one_place.before(shared)) == 1
            assert not made
        assert [future.result() for future in found] == [list(range(40))] * 4
    assert made == list(range(40))


def test_who_is_inside_makes_what_another_waits_to_make(one_place: Gate) -> None:
    """The other stands in line with the same work: he must hold no lock meanwhile, or both would wait for ever."""
    staged = once(lambda: "made")
    with ThreadPoolExecutor(1) as other, gate.place("outer", heavy=True):
        waiting = other.submit(lambda: staged.last(line=gate.GATE))
        while one_place.visitors(staged) == 0:
            one_place.wait()
        assert staged.last(line=gate.GATE) == "made"
        assert waiting.result() == "made"


def test_where_the_maker_leaves_his_place_stays_with_the_work(one_place: Gate) -> None:
    staged = Staged(lambda: iter(range(5)))
    first, second = staged.follow(line=gate.GATE), staged.follow(line=gate.GATE)
    assert [next(first), next(second), next(first)] == [0, 0, 1]
    with one_place.standing(ELSEWHERE):
        first.close()
        assert one_place.before(staged) == 0
        assert elsewhere(lambda: one_place.before(ELSEWHERE)) == 1
        assert list(second) == [2, 3, 4, 4]
        assert elsewhere(lambda: one_place.before(ELSEWHERE)) == 0


def test_what_fails_gives_its_place_back(one_place: Gate) -> None:
    def failing() -> int:
        raise RuntimeError("no memory")

    with pytest.raises(RuntimeError, match="no memory"):
        once(failing).last(line=gate.GATE)
    assert len(one_place) == 0


@given(strategies.integers(1, 400))
def test_the_sentence_counts_those_before_and_oneself(before: int) -> None:
    said = sentence(before)
    assert f"you are number {before + 1}." in said
    assert ("compute before" in said) == (before > 1)


def test_the_sentence_is_in_words_as_long_as_the_line_is_short() -> None:
    assert sentence(1).startswith("One other computes before you: you are number 2. Everything else on this page works")
    assert sentence(2).startswith("Two others compute before you: you are number 3.")
    assert sentence(12).startswith("12 others compute before you: you are number 13.")


@pytest.mark.parametrize(("cores", "places"), [(1, 1), (2, 1), (3, 1), (4, 2), (64, 2)])
def test_without_a_setting_the_cores_decide(monkeypatch: pytest.MonkeyPatch, cores: int, places: int) -> None:
    monkeypatch.delenv(gate.SETTING, raising=False)
    monkeypatch.setattr(gate.parallel, "cores", lambda: cores)
    assert at_once() == places


def test_a_setting_decides_and_a_bad_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(gate.SETTING, " 5 ")
    assert at_once() == 5
    for bad in ("0", "65", "two", "-1", "1.5", "²"):
        monkeypatch.setenv(gate.SETTING, bad)
        with pytest.raises(
            ValueError, match=f"{gate.SETTING} must be a whole number from 1 to 64; received '{bad}'; write 1"
        ):
            at_once()
