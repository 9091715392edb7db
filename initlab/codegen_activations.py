"""Every activation as NumPy, Keras, PyTorch and JAX write it, the parameters in braces under their names."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from initlab.activations import SELU_ALPHA, SELU_SCALE
from initlab.dialects import literal
from initlab.spec import NetworkSpec


class Phi(NamedTuple):
    """Expressions in z; `slope` is phi' in NumPy, which has no automatic differentiation."""

    numpy: str
    slope: str
    keras: str
    torch: str
    jax: str


def phi(spec: NetworkSpec) -> Phi:
    """Those of the spec's activation, with its parameters."""
    values = {name: literal(float(value)) for name, value in spec.activation_params}
    return Phi(*(text.format(**values) for text in PHI[spec.activation]))


_ELU: Final = "np.where(z > 0, z, {alpha} * np.expm1(np.minimum(z, 0)))"
_ELU_SLOPE: Final = "np.where(z > 0, 1, {alpha} * np.exp(np.minimum(z, 0)))"

PHI: Final[Mapping[str, Phi]] = MappingProxyType({
    "Linear": Phi("z", "np.ones_like(z)", "keras.activations.linear(z)", "z", "z"),
    "ReLU": Phi("np.maximum(z, 0)", "(z > 0) * 1", "keras.activations.relu(z)", "F.relu(z)", "jax.nn.relu(z)"),
    "Leaky ReLU": Phi(
        "np.where(z > 0, z, {slope} * z)", "np.where(z > 0, 1, {slope})",
        "keras.activations.leaky_relu(z, negative_slope={slope})", "F.leaky_relu(z, {slope})",
        "jax.nn.leaky_relu(z, {slope})",
    ),
    "Tanh": Phi("np.tanh(z)", "1 - np.tanh(z) ** 2", "keras.activations.tanh(z)", "torch.tanh(z)", "jnp.tanh(z)"),
    "Sigmoid": Phi(
        "special.expit(z)", "special.expit(z) * special.expit(-z)", "keras.activations.sigmoid(z)", "torch.sigmoid(z)",
        "jax.nn.sigmoid(z)",
    ),
    "SELU": Phi(
        f"{SELU_SCALE} * {_ELU.format(alpha=SELU_ALPHA)}", f"{SELU_SCALE} * {_ELU_SLOPE.format(alpha=SELU_ALPHA)}",
        "keras.activations.selu(z)", "F.selu(z)", "jax.nn.selu(z)",
    ),
    "ELU": Phi(
        _ELU, _ELU_SLOPE, "keras.activations.elu(z, alpha={alpha})", "F.elu(z, {alpha})", "jax.nn.elu(z, {alpha})"
    ),
    "GELU": Phi(
        "z * special.ndtr(z)", "special.ndtr(z) + z * np.exp(-z * z / 2) / (2 * np.pi) ** 0.5",
        "keras.activations.gelu(z, approximate=False)", "F.gelu(z)", "jax.nn.gelu(z, approximate=False)",
    ),
    "SiLU": Phi(
        "z * special.expit(z)", "special.expit(z) * (1 + z * special.expit(-z))", "keras.activations.silu(z)",
        "F.silu(z)", "jax.nn.silu(z)",
    ),
    "Softplus": Phi(
        "np.logaddexp(0, z)", "special.expit(z)", "keras.activations.softplus(z)", "F.softplus(z)",
        "jax.nn.softplus(z)",
    ),
    "Softsign": Phi(
        "z / (1 + np.abs(z))", "(1 + np.abs(z)) ** -2.0", "keras.activations.softsign(z)", "F.softsign(z)",
        "jax.nn.soft_sign(z)",
    ),
    "Hard tanh": Phi(
        "np.clip(z, -1, 1)", "(np.abs(z) < 1) * 1", "keras.activations.hard_tanh(z)", "F.hardtanh(z)",
        "jax.nn.hard_tanh(z)",
    ),
    "Mish": Phi(
        "z * np.tanh(np.logaddexp(0, z))",
        "np.tanh(np.logaddexp(0, z)) + z * special.expit(z) / np.cosh(np.logaddexp(0, z)) ** 2",
        "z * keras.ops.tanh(keras.ops.softplus(z))",  # keras.activations.mish takes no symbolic tensor
        "F.mish(z)", "jax.nn.mish(z)",
    ),
    "Erf": Phi(
        "special.erf(z)", "2 / np.pi**0.5 * np.exp(-z * z)", "keras.ops.erf(z)", "torch.erf(z)",
        "jax.scipy.special.erf(z)",
    ),
})  # fmt: skip
