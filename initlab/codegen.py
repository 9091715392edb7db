"""The network of a spec as code that a student can run: the exact law, data, forward pass, in four frameworks."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from initlab import codegen_jax, codegen_keras, codegen_numpy, codegen_torch
from initlab.errors import unknown
from initlab.spec import NetworkSpec

WRITERS: Final[Mapping[str, Callable[[NetworkSpec], str]]] = MappingProxyType({
    "NumPy": codegen_numpy.code,
    "Keras": codegen_keras.code,
    "PyTorch": codegen_torch.code,
    "JAX": codegen_jax.code,
})  # fmt: skip
FRAMEWORKS: Final = tuple(WRITERS)


def snippet(spec: NetworkSpec, framework: str) -> str:
    """A program that builds the spec's network, sends its data forward and prints every layer's standard deviation.

    It draws by the same law with the framework's own random numbers and reads the same rows of the same data. It needs
    the framework, NumPy, SciPy and scikit-learn, and leaves `activations`, one array a hidden layer, and the weights:
    in NumPy and JAX as `weights` (fan_in, fan_out), in Keras and PyTorch within `layers`. ValueError names the
    frameworks.
    """
    if framework not in WRITERS:
        raise unknown("framework", framework, FRAMEWORKS)
    return WRITERS[framework](spec)
