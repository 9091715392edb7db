"""One BLAS thread, the oracles on JAX in double precision, and a short Hypothesis run that is the same every time."""

import gc
import os
from collections import defaultdict
from collections.abc import Iterator
from typing import Final
from zlib import crc32

import pytest
from hypothesis import settings
from playwright.sync_api import Browser

from benchmarks.browser import ROOT, Server, chromium, serving

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ.update(KERAS_BACKEND="jax", JAX_ENABLE_X64="1", JAX_PLATFORMS="cpu", JAX_DISABLE_MOST_OPTIMIZATIONS="1")

FEW: Final = 2  # cases of a test in `make test`, unless it is marked as `whole`

settings.register_profile("ordinary", max_examples=25, deadline=None, derandomize=True)
settings.load_profile("ordinary")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of a test with many cases `make test` takes a few, spread evenly, and `make stress` the rest. Each test begins
    elsewhere, so that together they see most of a table."""
    cases: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if not (item.get_closest_marker("stress") or item.get_closest_marker("whole")):
            cases[item.nodeid.partition("[")[0]].append(item)
    for name, many in cases.items():
        every = -(-len(many) // FEW)
        for index, item in enumerate(many):
            if index % every != crc32(name.encode()) % every:
                item.add_marker(pytest.mark.stress)


def pytest_collection_finish() -> None:
    """Streamlit collects garbage after every run of a page, and searches each time what stands there for good: JAX,
    Keras and ten thousand tests. Left out of the search, a page takes a third of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app as a class gets it, on a free port; `server.log` holds what it has printed so far."""
    with serving(ROOT / "serve.py", tmp_path_factory.mktemp("server") / "app.log") as running:
        yield running
