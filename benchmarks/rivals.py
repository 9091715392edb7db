"""What the probe is compared with: the obvious NumPy version of the same work, the bare matrix products, and PyTorch.

The obvious version is what one would write first and be content with: float64, one plain NumPy call for every number a
probe reports. `core.py` checks that it agrees with the probe before it times either.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import ModuleType
from typing import Any, Final, TypeAlias

import numpy as np

from initlab.arrays import Array, Integers
from initlab.spec import NetworkSpec

Stats: TypeAlias = dict[str, Any]
BINS: Final = 64
LOG_BINS, LOG_RANGE = 256, (-20.0, 5.0)  # ten bins a decade, what float32 networks of these depths use
SATURATED: Final = 0.97  # of |tanh|
ROUNDED: Final = 5  # decimals of the layer's largest gradient at which two units count as twins


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """One cell: a network and the data it gets, in float64 as they come from the data set."""

    spec: NetworkSpec
    inputs: Array
    targets: Integers

    def stddevs(self) -> list[float]:
        """Of each weight, hidden layers first."""
        law = self.spec.law
        return [float(law.moments(*fans)[1] or 0) ** 0.5 for fans in pairwise(self.spec.widths)]


def describe(x: Array) -> Stats:
    """Moments, extremes and both histograms of one layer's values."""
    finite = x[np.isfinite(x)]
    counts, edges = np.histogram(finite, BINS)
    magnitude = np.abs(finite)
    log_counts, _ = np.histogram(np.log10(magnitude[magnitude > 0]), LOG_BINS, LOG_RANGE)
    return {
        "finite_share": finite.size / x.size,
        "mean": finite.mean(),
        "std": finite.std(),
        "rms": np.sqrt((finite**2).mean()),
        "minimum": finite.min(),
        "maximum": finite.max(),
        "counts": counts,
        "edges": edges,
        "log_counts": log_counts,
        "zeros": np.count_nonzero(magnitude == 0),
    }


def mean_cosine(z: Array) -> float:
    """Over pairs of different rows."""
    unit = z / np.linalg.norm(z, axis=1, keepdims=True)
    mean, rows = unit.mean(axis=0), len(unit)
    return float((rows * mean @ mean - 1) / (rows - 1))


def distinct_columns(gradient: Array) -> int:
    """Units whose gradients differ."""
    rounded = np.round(gradient / np.abs(gradient).max(), ROUNDED)
    return np.unique(rounded, axis=1).shape[1]


def obvious(task: Task, weights: Sequence[Array] | None = None) -> list[Stats]:
    """Draw, propagate, back-propagate and describe: one dictionary a hidden layer."""
    tanh, depth = task.spec.activation == "Tanh", task.spec.depth
    if weights is None:
        rng = np.random.default_rng(task.spec.seed)
        fans = pairwise(task.spec.widths)
        weights = [rng.normal(0, std, shape) for std, shape in zip(task.stddevs(), fans, strict=True)]
    biases = [np.zeros(w.shape[1]) for w in weights]
    preactivations, activations = [], [task.inputs]
    for w, b in zip(weights[:-1], biases[:-1], strict=True):
        preactivations.append(activations[-1] @ w + b)
        activations.append(np.tanh(preactivations[-1]) if tanh else np.maximum(preactivations[-1], 0))
    logits = activations[-1] @ weights[-1] + biases[-1]
    delta = _cross_entropy_gradient(logits, task.targets)
    layers: list[Stats] = [{} for _ in range(depth)]
    for layer in reversed(range(depth)):
        z, a = preactivations[layer], activations[layer + 1]
        delta = (delta @ weights[layer + 1].T) * (1 - a**2 if tanh else z > 0)
        layers[layer] = {
            "preactivation": describe(z),
            "activation": describe(a),
            "gradient": describe(delta),
            "weight": describe(weights[layer]),
            "weight_gradient": describe(activations[layer].T @ delta),
            "saturated_share": (np.abs(a) > SATURATED).mean() if tanh else 0,
            "dead_share": 0 if tanh else (z <= 0).all(axis=0).mean(),
            "input_correlation": mean_cosine(z),
            "distinct_units": distinct_columns(delta),
        }
    return layers


def _cross_entropy_gradient(logits: Array, targets: Integers) -> Array:
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(p)), targets] -= 1
    return p / len(p)


def bare_products(task: Task) -> Callable[[], None]:
    """The matrix products of one pass in float32 and nothing else, into buffers that are there already."""
    rng, rows = np.random.default_rng(0), len(task.inputs)
    fans = list(pairwise(task.spec.widths))
    weights = [rng.standard_normal(shape, np.float32) for shape in fans]
    signals = {width: rng.standard_normal((rows, width), np.float32) for width in task.spec.widths}
    forward = {width: np.empty((rows, width), np.float32) for width in task.spec.widths}
    gradients = {shape: np.empty(shape, np.float32) for shape in fans}

    def run() -> None:
        for w in weights:
            np.matmul(signals[w.shape[0]], w, out=forward[w.shape[1]])
        for index, w in reversed(list(enumerate(weights))):
            np.matmul(signals[w.shape[0]].T, signals[w.shape[1]], out=gradients[w.shape])
            if index:
                np.matmul(signals[w.shape[1]], w.T, out=forward[w.shape[0]])

    return run


def imported_torch() -> ModuleType | None:
    """PyTorch on one thread, where it is installed."""
    try:
        import torch  # pyright: ignore[reportMissingImports]
    except ImportError:
        return None
    torch.set_num_threads(1)
    return torch


def torch_describe(torch: Any, x: Any) -> Stats:
    """The same numbers as `describe`, on a tensor."""
    x = x.detach()
    magnitude = x.abs()
    logs = magnitude[magnitude > 0].log10()
    return {
        "finite_share": torch.isfinite(x).float().mean(),
        "mean": x.mean(),
        "std": x.std(),
        "rms": x.square().mean().sqrt(),
        "minimum": x.min(),
        "maximum": x.max(),
        "counts": torch.histc(x, BINS),
        "log_counts": torch.histc(logs, LOG_BINS, *LOG_RANGE),
        "zeros": (x == 0).sum(),
    }


def torch_eager(torch: Any, task: Task) -> list[Stats]:
    """An eager model with a forward hook and a gradient hook on every hidden layer."""
    tanh, layers = task.spec.activation == "Tanh", [{} for _ in range(task.spec.depth)]
    nn, linears = torch.nn, []
    for std, (fan_in, fan_out) in zip(task.stddevs(), pairwise(task.spec.widths), strict=True):
        linears.append(nn.utils.skip_init(nn.Linear, fan_in, fan_out))
        nn.init.normal_(linears[-1].weight, 0, std)
        nn.init.zeros_(linears[-1].bias)
    phis = [nn.Tanh() if tanh else nn.ReLU() for _ in layers]
    for found, linear, phi in zip(layers, linears[:-1], phis, strict=True):
        linear.register_forward_hook(_linear_hook(torch, found, tanh))
        phi.register_forward_hook(_activation_hook(torch, found, tanh))
    blocks = [module for pair in zip(linears[:-1], phis, strict=True) for module in pair]
    model = nn.Sequential(*blocks, linears[-1])
    inputs, targets = torch.from_numpy(task.inputs.astype(np.float32)), torch.from_numpy(task.targets)
    nn.functional.cross_entropy(model(inputs), targets).backward()
    for found, linear in zip(layers, linears[:-1], strict=True):
        found["weight"] = torch_describe(torch, linear.weight)
        found["weight_gradient"] = torch_describe(torch, linear.weight.grad)
    return layers


def _linear_hook(torch: Any, found: Stats, tanh: bool) -> Callable[..., None]:
    def gradient_hook(delta: Any) -> None:
        found["gradient"] = torch_describe(torch, delta)
        rounded = (delta / delta.abs().max()).round(decimals=ROUNDED)
        found["distinct_units"] = torch.unique(rounded, dim=1).shape[1]

    def hook(_module: Any, _inputs: Any, z: Any) -> None:
        z.register_hook(gradient_hook)
        found["preactivation"] = torch_describe(torch, z)
        z = z.detach()
        unit = z / z.norm(dim=1, keepdim=True)
        mean = unit.mean(dim=0)
        found["input_correlation"] = (len(z) * mean @ mean - 1) / (len(z) - 1)
        if not tanh:
            found["dead_share"] = (z <= 0).all(dim=0).float().mean()

    return hook


def _activation_hook(torch: Any, found: Stats, tanh: bool) -> Callable[..., None]:
    def hook(_module: Any, _inputs: Any, a: Any) -> None:
        found["activation"] = torch_describe(torch, a)
        if tanh:
            found["saturated_share"] = (a.detach().abs() > SATURATED).float().mean()

    return hook
