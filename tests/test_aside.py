"""The process beside this one: the same numbers from it, its faults told here, and nothing lost where it dies."""

import os
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from subprocess import PIPE

import numpy as np
import psutil
import pytest
from joblib.externals.loky import get_reusable_executor

from benchmarks.browser import ROOT
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


def test_a_process_that_is_started_under_a_page_opens_no_laboratory_of_its_own() -> None:
    """It imports what is __main__ at that moment, which is the script of whoever's page has run last."""
    assert "app" not in runpy.run_path(str(ROOT / "app.py"), run_name="__mp_main__")


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


def test_what_a_first_picture_waits_for_comes_before_what_has_waited_longer(begun: Helper) -> None:
    log: list[str] = []
    asked = [
        lambda: log.append(begun.done(str, "band")),
        lambda: log.append(begun.asked(partial(str, "picture"), first=True)),
    ]
    threads = [threading.Thread(target=ask) for ask in asked]
    with begun._desk.seat():
        for count, thread in enumerate(threads, 1):
            thread.start()
            while len(begun._desk._line) < count:
                threading.Event().wait(0.001)
    for thread in threads:
        thread.join()
    assert log == ["picture", "band"]


def test_it_ends_with_its_server_however_that_ends() -> None:
    program = (
        "import os, sys; from initlab import aside; aside.cores = lambda: 2; aside.HELPER.begin()\n"
        "print(aside.HELPER.done(os.getpid), flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True) as server:
        assert server.stdout
        other = int(server.stdout.readline())
        os.kill(other, 0)
        server.kill()
    for _ in range(100):
        if not alive(other):
            return
        threading.Event().wait(0.1)
    raise AssertionError("the process is still there ten seconds after its server was killed")


def alive(process: int) -> bool:
    return psutil.pid_exists(process) and psutil.Process(process).status() != psutil.STATUS_ZOMBIE
