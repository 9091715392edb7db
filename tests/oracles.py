"""Independent implementations the core is tested against: JAX's activations, and the block differentiated by JAX."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import numpy as np

with warnings.catch_warnings():  # a development tool's own deprecations are not ours to fix
    warnings.simplefilter("ignore")
    import jax
    import jax.numpy as jnp

from initlab.arrays import Array
from initlab.network import Network

EPSILON: Final = 1e-5

PHI: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {
        "Linear": lambda z: z,
        "ReLU": jax.nn.relu,
        "Leaky ReLU": partial(jax.nn.leaky_relu, negative_slope=0.01),
        "Tanh": jnp.tanh,
        "Sigmoid": jax.nn.sigmoid,
        "SELU": jax.nn.selu,
        "ELU": jax.nn.elu,
        "GELU": partial(jax.nn.gelu, approximate=False),
        "SiLU": jax.nn.silu,
        "Softplus": jax.nn.softplus,
        "Softsign": jax.nn.soft_sign,
        "Hard tanh": jax.nn.hard_tanh,
        "Mish": jax.nn.mish,
        "Erf": jax.scipy.special.erf,
    }
)


def slope(name: str, z: Array) -> Array:
    """phi'(z) by automatic differentiation."""
    return np.asarray(jax.grad(lambda x: PHI[name](x).sum())(jnp.asarray(z)))


def normalized(kind: str, z: Any) -> Any:
    """Batch normalization over the rows, layer normalization over the units; no scale, no shift."""
    axis = {"Batch": 0, "Layer": 1}[kind]
    mean, variance = jnp.mean(z, axis, keepdims=True), jnp.var(z, axis, keepdims=True)
    return (z - mean) / jnp.sqrt(variance + EPSILON)


def outputs(network: Network, parameters: Mapping[str, Sequence[Any]], x: Any) -> Any:
    """The block as the design words it. `nudges` are added to z: the gradient at 0 with respect to them is delta."""
    h = x
    for layer in range(network.depth):
        z = h @ parameters["weights"][layer] + parameters["biases"][layer] + parameters["nudges"][layer]
        if network.normalization != "None":
            z = normalized(network.normalization, z) * parameters["scales"][layer] + parameters["shifts"][layer]
        a = PHI[network.activation](z)
        h = a + h if network.residual and a.shape == h.shape else a
    return h @ parameters["weights"][-1] + parameters["biases"][-1]


def gradients(network: Network, x: Array, cotangent: Array, *, compiled: bool = False) -> dict[str, list[Array]]:
    """d(sum(outputs * cotangent)) by every parameter, and by z under the name `nudges`.

    Compiling the whole pays where the shapes are new, running step by step where they have been seen.
    """
    parameters = {
        "weights": [jnp.asarray(w) for w in network.weights],
        "biases": [jnp.asarray(b) for b in network.biases],
        "scales": [jnp.asarray(s) for s in network.scales],
        "shifts": [jnp.asarray(s) for s in network.shifts],
        "nudges": [jnp.zeros((len(x), w.shape[1])) for w in network.weights[:-1]],
    }
    gradient = jax.grad(lambda p: (outputs(network, p, jnp.asarray(x)) * cotangent).sum())
    found = (jax.jit(gradient) if compiled else gradient)(parameters)
    return {name: [np.asarray(g) for g in parts] for name, parts in found.items()}
