"""Runs the code that `snippet` writes, and looks at the network it has made."""

import contextlib
import io
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest

from initlab.arrays import Array
from initlab.codegen import FRAMEWORKS, snippet
from initlab.spec import NetworkSpec


@dataclass(frozen=True, slots=True, eq=False)
class Ran:
    """What a program leaves: weights (fan_in, fan_out), biases, the activations of every hidden layer, its words."""

    weights: list[Array]
    biases: list[Array]
    activations: list[Array]
    data: Array
    printed: str


def needed(framework: str) -> None:
    """Skip a test where the framework is not installed."""
    if framework == "PyTorch":
        pytest.importorskip("torch")


@cache
def program(spec: NetworkSpec, framework: str) -> Ran:
    """The same, run once."""
    needed(framework)
    return ran(spec, framework)


def in_turn(specs: Sequence[NetworkSpec], turns: Mapping[str, tuple[int, int]]) -> list[Any]:
    """Every spec in every framework; those of a framework in `turns` (offset, every) that are not its turn are left to
    `make stress`: Keras and JAX compile each function they meet."""
    return [
        pytest.param(framework, spec, id=f"{framework} {spec.init} {spec.activation} {index}", marks=marks)
        for framework in FRAMEWORKS
        for index, spec in enumerate(specs)
        for offset, every in [turns.get(framework, (0, 1))]
        for marks in [() if index % every == offset % every else pytest.mark.stress]
    ]


def ran(spec: NetworkSpec, framework: str) -> Ran:
    """Execute the program in a namespace of its own; overflow is not its fault."""
    code, names, words = compile(snippet(spec, framework), framework, "exec"), {"__name__": "__main__"}, io.StringIO()
    with warnings.catch_warnings(), np.errstate(all="ignore"), contextlib.redirect_stdout(words), _floats(framework):
        warnings.simplefilter("ignore")  # a framework's own deprecations are not ours to fix
        exec(code, names)  # noqa: S102
    return Ran(*_parameters(names, framework), _arrays(names["activations"]), _array(names["data"]), words.getvalue())


@contextlib.contextmanager
def _floats(framework: str):
    """Keras keeps its precision for the whole process."""
    if framework != "Keras":
        yield
        return
    import keras

    before, policy = keras.config.floatx(), keras.config.dtype_policy()
    yield
    keras.config.set_floatx(before)
    keras.config.set_dtype_policy(policy)


def _parameters(names: dict[str, Any], framework: str) -> tuple[list[Array], list[Array]]:
    match framework:
        case "Keras":
            return _arrays(one.kernel for one in names["layers"]), _arrays(one.bias for one in names["layers"])
        case "PyTorch":
            layers = names["layers"]
            return [w.T for w in _arrays(one.weight for one in layers)], _arrays(one.bias for one in layers)
        case _:
            return _arrays(names["weights"]), _arrays(names["biases"])


def _arrays(found: Any) -> list[Array]:
    return [_array(one) for one in found]


def _array(found: Any) -> Array:
    return np.asarray(found.detach() if hasattr(found, "detach") else found)
