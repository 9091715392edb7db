"""Overflow without warnings, wherever it is asked for and nowhere else."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest

from initlab.quiet import quietly


@quietly
def overflowing(size: float, *, added: float = 0.0) -> float:
    """What overflows, then is no number."""
    huge = np.array([size]) * size
    return float((huge - huge + added)[0])


def test_inside_overflow_is_carried_along_and_outside_it_is_said_as_before() -> None:
    before = np.geterr()
    assert np.isnan(overflowing(1e300))
    assert overflowing(2.0, added=3.0) == 3
    assert np.geterr() == before
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert np.isinf(np.array([1e300]) * 1e300).all()


def test_what_goes_wrong_inside_is_raised_and_a_quiet_function_may_call_itself() -> None:
    @quietly
    def countdown(left: int) -> float:
        return countdown(left - 1) if left else overflowing(1e300) / 0

    with pytest.raises(ZeroDivisionError):
        countdown(3)
    assert np.isnan(overflowing(1e300))


def test_two_threads_are_quiet_at_once() -> None:
    both = Barrier(2, timeout=10)

    @quietly
    def meet(size: float) -> float:
        both.wait()
        return overflowing(size)

    with ThreadPoolExecutor(2) as threads:
        assert np.isnan(list(threads.map(meet, (1e300, 1e300)))).all()
