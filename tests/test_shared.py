"""Work that several visitors ask for at once is done once, in order, whoever of them leaves."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from initlab.ui.shared import Shared, Staged


def test_one_visitor_makes_everything_in_order() -> None:
    shared: Shared[int] = Shared()
    assert list(shared.grow(4, lambda start: range(start, 4))) == [1, 2, 3, 4]
    assert shared.found == [0, 1, 2, 3]
    assert list(shared.grow(4, lambda _: pytest.fail("it is all there"))) == []


def test_several_visitors_make_every_item_once_and_all_see_the_whole() -> None:
    shared: Shared[int] = Shared()
    made: list[int] = []
    together = threading.Barrier(5)

    def following(start: int) -> Iterator[int]:
        for item in range(start, 60):
            made.append(item)
            time.sleep(0)  # let another thread have a turn
            yield item

    def visit(_: int) -> list[int]:
        together.wait()
        counts = list(shared.grow(60, following))
        assert counts == sorted(counts)
        return shared.found

    with ThreadPoolExecutor(5) as visitors:
        assert list(visitors.map(visit, range(5))) == [list(range(60))] * 5
    assert made == list(range(60))


def test_where_one_visitor_stops_another_goes_on() -> None:
    shared: Shared[int] = Shared()
    first = shared.grow(9, lambda start: range(start, 9))
    assert [next(first), next(first)] == [1, 2]
    second = shared.grow(9, lambda start: range(start, 9))
    assert next(second) == 2, "the first one is still at it"
    first.close()
    assert list(second) == [3, 4, 5, 6, 7, 8, 9]
    assert shared.found == list(range(9))


def test_what_fails_for_one_visitor_can_be_tried_by_the_next() -> None:
    shared: Shared[int] = Shared()

    def failing(start: int) -> Iterator[int]:
        yield start
        raise RuntimeError("the cluster went away")

    with pytest.raises(RuntimeError, match="went away"):
        list(shared.grow(3, failing))
    assert list(shared.grow(3, lambda start: range(start, 3))) == [2, 3]
    assert shared.found == [0, 1, 2]


def test_a_staged_computation_tells_every_stage_and_is_done_once() -> None:
    begun: list[int] = []
    staged = Staged(lambda: (begun.append(item) or item for item in range(4)))
    assert staged.result is None
    assert list(staged.follow()) == [0, 1, 2, 3, 3]
    assert staged.result == 3
    assert list(staged.follow()) == [3]
    assert begun == [0, 1, 2, 3]


def test_where_one_visitor_leaves_a_staged_computation_another_goes_on() -> None:
    begun: list[int] = []
    staged = Staged(lambda: (begun.append(item) or item for item in range(5)))
    first, second = staged.follow(), staged.follow()
    assert [next(first), next(first)] == [0, 1]
    assert next(second) == 1, "the first one is still at it"
    first.close()
    assert staged.result is None
    assert list(second) == [2, 3, 4, 4]
    assert begun == [0, 1, 2, 3, 4]


def test_a_staged_computation_that_fails_is_begun_anew_by_the_next() -> None:
    trouble = [RuntimeError("no memory")]

    def begin() -> Iterator[int]:
        yield 1
        if trouble:
            raise trouble.pop()
        yield 2

    staged = Staged(begin)
    with pytest.raises(RuntimeError, match="no memory"):
        list(staged.follow())
    assert list(staged.follow()) == [1, 2, 2]


def test_several_visitors_of_a_staged_computation_all_get_its_end() -> None:
    made: list[int] = []
    together = threading.Barrier(4)

    def begin() -> Iterator[int]:
        for item in range(200):
            made.append(item)
            time.sleep(0)  # let another thread have a turn
            yield item

    staged = Staged(begin)

    def visit(_: int) -> int:
        together.wait()
        return list(staged.follow())[-1]

    with ThreadPoolExecutor(4) as visitors:
        assert list(visitors.map(visit, range(4))) == [199] * 4
    assert made == list(range(200))
