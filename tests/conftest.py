"""One BLAS thread, the oracles on JAX in double precision, and a short Hypothesis run that is the same every time."""

import os

from hypothesis import settings

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ.update(KERAS_BACKEND="jax", JAX_ENABLE_X64="1", JAX_PLATFORMS="cpu", JAX_DISABLE_MOST_OPTIMIZATIONS="1")

settings.register_profile("ordinary", max_examples=25, deadline=None, derandomize=True)
settings.load_profile("ordinary")
