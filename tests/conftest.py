"""One BLAS thread, the oracles on JAX in double precision, and a short Hypothesis run that is the same every time."""

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import settings
from playwright.sync_api import Browser

from benchmarks.browser import ROOT, Server, chromium, serving

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ.update(KERAS_BACKEND="jax", JAX_ENABLE_X64="1", JAX_PLATFORMS="cpu", JAX_DISABLE_MOST_OPTIMIZATIONS="1")

settings.register_profile("ordinary", max_examples=25, deadline=None, derandomize=True)
settings.load_profile("ordinary")


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
