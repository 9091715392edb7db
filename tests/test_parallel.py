"""Where large work runs: in this process, or on a real Dask cluster of two workers, with the same numbers."""

import gc
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import distributed
import numpy as np
import pytest
from probed import batch

from initlab import NetworkSpec, parallel, sweep
from initlab.band import seed_profiles
from initlab.parallel import LARGE, SETTING, cluster, in_order

SPEC = NetworkSpec("Glorot normal", activation="Tanh", depth=4, width=32, batch=32)
DEPTHS, GAINS = (1, 4, 9), (0.5, 1.0, 2.0)


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a cluster with two workers, each a process that imports initlab from where this one does."""
    path = os.pathsep.join(entry for entry in sys.path if entry)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", path)
        options: Any = {"n_workers": 2, "threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": None}
        running: Any = distributed.LocalCluster(**options)
        with running:
            yield running.scheduler_address
            cluster(running.scheduler_address).close()


@pytest.fixture
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "LARGE", 0)


@pytest.mark.stress
def test_large_work_goes_to_both_workers_and_comes_back_in_order(scheduler: str) -> None:
    client = cluster(scheduler)
    assert set(client.run(os.getpid).values()) == set(in_order(os.getpid, [()] * 40, LARGE, scheduler))
    assert list(in_order(divmod, [(i, 7) for i in range(40)], LARGE, scheduler)) == [divmod(i, 7) for i in range(40)]


@pytest.mark.stress
def test_small_work_stays_in_the_process_whatever_the_setting(scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, scheduler)
    assert set(in_order(os.getpid, [()] * 4, LARGE - 1)) == {os.getpid()}
    assert os.getpid() not in set(in_order(os.getpid, [()] * 4, LARGE))


@pytest.mark.stress
@pytest.mark.usefixtures("everything_is_large")
@pytest.mark.parametrize("shape", ["Constant", "Funnel"])
def test_a_sweep_on_a_cluster_has_the_numbers_of_one_process(
    scheduler: str, monkeypatch: pytest.MonkeyPatch, shape: str
) -> None:
    spec = NetworkSpec("Glorot normal", activation="Tanh", width=32, batch=32, shape=shape)
    here = sweep(spec, DEPTHS, GAINS)
    monkeypatch.setattr("initlab.grid.BLOCK", 1)  # a block a cell: more of them than workers
    monkeypatch.setenv(SETTING, scheduler)
    there = sweep(spec, DEPTHS, GAINS)
    np.testing.assert_allclose(np.array(there.ends), np.array(here.ends), rtol=1e-6)


@pytest.mark.stress
@pytest.mark.usefixtures("everything_is_large")
def test_a_seed_band_on_a_cluster_has_the_numbers_of_one_process(scheduler: str) -> None:
    data = batch("Digits", "Standardized", 32)
    here, there = (
        list(seed_profiles(SPEC, data.inputs, data.targets, seeds=4, address=address)) for address in ("", scheduler)
    )
    np.testing.assert_array_equal(np.array(there), np.array(here))


@pytest.mark.stress
def test_a_client_is_made_once(scheduler: str) -> None:
    assert cluster(scheduler) is cluster(scheduler)


def test_here_the_next_result_is_computed_when_it_is_asked_for() -> None:
    done: list[int] = []
    results = in_order(done.append, [(i,) for i in range(5)], 0, "")
    next(results)
    next(results)
    assert done == [0, 1]


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "udp://127.0.0.1:8786"])
def test_a_bad_address_is_a_clear_sentence_within_seconds(address: str) -> None:
    before = time.monotonic()
    with pytest.raises(ValueError, match=rf"{SETTING} must be the address of a Dask scheduler .*{address}.*unset it"):
        list(in_order(os.getpid, [()], LARGE, address))
    assert time.monotonic() - before < 10


def test_a_client_that_failed_is_closed_before_the_next_one_starts() -> None:
    """The collector would close it while another client starts, and both would wait for each other for ever."""
    for address in ("udp://127.0.0.1:1", "nonsense"):
        with pytest.raises(ValueError, match="answers within"):
            cluster(address)
        assert not [one for one in gc.get_objects() if isinstance(one, distributed.Client) and one.status != "running"]


def test_a_missing_package_is_a_clear_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ValueError, match="needs the package distributed"):
        cluster("tcp://127.0.0.1:8787")
