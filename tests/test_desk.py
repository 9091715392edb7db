"""One computation at a time, first pictures first, and the seat is given back on every way out."""

import threading
from collections.abc import Iterator

import pytest

from initlab.aside import Helper
from initlab.desk import Desk
from initlab.ui import desk


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(desk, "DESK", Desk())
    return desk.DESK


def waiting(table: Desk, count: int) -> None:
    """Until so many wait."""
    while len(table._changed._waiters) < count:  # pyright: ignore[reportAttributeAccessIssue]
        threading.Event().wait(0.001)


@pytest.mark.parametrize(("came", "seated"), [
    ("band band picture", "picture band band"),
    ("band picture picture picture picture picture band", "picture picture band picture picture band picture"),
])  # fmt: skip
def test_first_pictures_come_before_what_has_waited_longer_but_hold_nobody_up_for_ever(
    empty: Desk, came: str, seated: str
) -> None:
    log: list[str] = []

    def sit(name: str) -> None:
        with empty.seat(first=name == "picture"):
            log.append(name)

    threads = [threading.Thread(target=sit, args=(name,)) for name in came.split()]
    with empty.seat():
        for count, thread in enumerate(threads, 1):
            thread.start()
            waiting(empty, count)
    for thread in threads:
        thread.join()
    assert log == seated.split()


def test_long_work_goes_to_the_end_of_the_line(empty: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "SITTING", 0.0)
    log: list[str] = []

    def sit() -> None:
        with empty.seat():
            log.append("band")

    def race() -> Iterator[None]:
        for step in range(20):
            log.append("step")
            if step == 0:
                other.start()
                waiting(empty, 1)
            yield

    other = threading.Thread(target=sit)
    for _ in desk.steps(race()):
        pass
    other.join()
    assert log == ["step", "band", *["step"] * 19]


def test_short_steps_are_made_in_one_sitting(empty: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "SITTING", 60.0)
    made: list[int] = []
    items = desk.steps(made.append(n) or n for n in range(5))
    assert next(items) == 0
    assert made == [0, 1, 2, 3, 4]
    assert list(items) == [1, 2, 3, 4]


def test_no_two_compute_at_once(empty: Desk) -> None:
    seated, most = [0], [0]

    def work() -> Iterator[int]:
        for step in range(200):
            seated[0] += 1
            most[0] = max(most[0], seated[0])
            seated[0] -= 1
            yield step

    threads = [threading.Thread(target=lambda: list(desk.steps(work()))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


def test_who_sits_may_sit_down_again_and_gives_the_seat_back_when_something_fails(empty: Desk) -> None:
    with pytest.raises(ZeroDivisionError), empty.seat(), empty.seat(first=True):
        _ = 1 // 0
    other = threading.Thread(target=lambda: list(desk.steps([1])))
    other.start()
    other.join(10)
    assert not other.is_alive()


def test_who_has_no_patience_goes_without_and_holds_nobody_up(empty: Desk) -> None:
    log: list[str] = []

    def sit() -> None:
        with empty.seat():
            log.append("band")

    def pass_by() -> None:
        with empty.seat(first=True, patience=0.01) as mine:
            log.append(f"picture: {mine}")

    with empty.seat():
        other = threading.Thread(target=sit)
        other.start()
        waiting(empty, 1)
        passer = threading.Thread(target=pass_by)
        passer.start()
        passer.join()
    other.join(10)
    assert log == ["picture: False", "band"]
    assert not empty._line


def test_a_run_that_begins_while_another_is_in_the_middle_of_a_step_waits_for_it(empty: Desk) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def work() -> Iterator[int]:
        for step in range(4):
            inside.set()
            go_on.wait(10)
            yield step

    steps, found = desk.steps(work()), list[int]()
    threads = [threading.Thread(target=lambda: found.append(next(steps))) for _ in range(3)]
    threads[0].start()
    inside.wait(10)
    for thread in threads[1:]:
        thread.start()
    go_on.set()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 1, 2]
    assert list(steps) == [3]


def test_a_fault_is_not_taken_for_the_end(empty: Desk) -> None:
    def work() -> Iterator[int]:
        yield 1
        raise MemoryError

    steps = desk.steps(work())
    for _ in range(3):
        with pytest.raises(MemoryError):
            list(steps)


def test_what_the_process_beside_cannot_begin_in_a_moment_is_made_here(
    empty: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper = Helper()
    monkeypatch.setattr(desk, "HELPER", helper)
    assert desk.first(str, 7) == "7"
    monkeypatch.setattr(helper, "_begun", True)
    monkeypatch.setattr(desk, "PATIENCE", 0.01)
    taken, left = threading.Event(), threading.Event()

    def sit() -> None:
        with helper._desk.seat():
            taken.set()
            left.wait(10)

    band = threading.Thread(target=sit)
    band.start()
    taken.wait(10)
    assert desk.first(str, 7) == "7"
    left.set()
    band.join()


def test_work_that_is_left_in_the_middle_holds_no_seat(empty: Desk) -> None:
    steps = desk.steps(iter(range(5)))
    assert next(steps) == 0
    assert empty._owner is None
    steps.close()
    assert list(desk.steps(())) == []
