"""The process beside this one: the same numbers from it, its faults told here, and nothing lost where it dies."""

import os
import signal
from collections.abc import Iterator

import numpy as np
import pytest
from joblib.externals.loky import get_reusable_executor

from initlab import aside
from initlab.aside import Helper
from initlab.band import all_profiles
from initlab.datasets import load
from initlab.diagnosis import remedy
from initlab.findings import findings
from initlab.probe import probe
from initlab.spec import NetworkSpec

SMALL = NetworkSpec(depth=4, width=16, batch=32).with_init("Zeros")


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Iterator[Helper]:
    monkeypatch.setattr(aside, "cores", lambda: 2)
    helper = Helper()
    helper.begin()
    yield helper
    get_reusable_executor().shutdown(kill_workers=True)


def test_what_has_not_begun_computes_here() -> None:
    helper = Helper()
    assert not helper
    assert helper.done(os.getpid) == os.getpid()


def test_one_core_has_no_process_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "cores", lambda: 1)
    helper = Helper()
    helper.begin()
    assert not helper


def test_no_system_is_asked_to_wait_longer_than_it_can_count() -> None:
    assert aside.A_TERM * 1000 < 2**31


def test_it_finds_the_same_tells_its_faults_and_may_die(begun: Helper) -> None:
    data = load(SMALL.dataset, SMALL.scaling, SMALL.rows)
    other = begun.done(os.getpid)
    assert other != os.getpid()
    theirs = begun.done(all_profiles, SMALL, data.inputs, data.targets, start=0, seeds=3)
    for mine, found in zip(all_profiles(SMALL, data.inputs, data.targets, 0, 3), theirs, strict=True):
        np.testing.assert_array_equal(mine, found)
    found = findings(probe(SMALL))
    assert begun.done(remedy, SMALL, found) == remedy(SMALL, found)
    with pytest.raises(ValueError, match="xyz"):
        begun.done(int, "xyz")
    os.kill(other, signal.SIGKILL)
    assert begun.done(int, "7") == 7
    assert begun.done(os.getpid) not in (other, os.getpid())
