"""A spec as JAX code: its initializers, arrays that nothing changes, and gradients by differentiation."""

from typing import Final

from initlab import codegen_numpy as like
from initlab import codegen_parts as parts
from initlab.codegen_activations import phi
from initlab.codegen_law import Kind, Pattern, pattern
from initlab.codegen_parts import filled
from initlab.data_driven import Pretraining
from initlab.dialects import DIALECTS, dialect, literal
from initlab.spec import NetworkSpec

DRAWS: Final[dict[Kind, str]] = {
    "constant": "jnp.full(shape, {}, dtype)",
    "normal": "{} + {} * jax.random.normal(key, shape, dtype)",
    "truncated": "{} + {} * jax.random.truncated_normal(key, -2, 2, shape, dtype)",
    "uniform": "jax.random.uniform(key, shape, dtype, {}, {})",
    "identity": "jnp.eye(*shape, dtype=dtype)",
    "sparse": "{1} * jax.random.normal(values, shape, dtype) * (order >= {0})",
}
BEFORE: Final[dict[Kind, str]] = {
    "sparse": (
        "places, values = jax.random.split(key)\n"
        "order = jax.random.uniform(places, shape).argsort(axis=0)  # each unit has its own"
    ),
}
LECUN: Final = DIALECTS["LeCun normal"]["JAX"].call({})
SEEN: Final = "float(np.asarray(z, float).var())"


def code(spec: NetworkSpec) -> str:
    """The whole program."""
    calibrated, pretrained = parts.law_parts(spec)
    double = 'jax.config.update("jax_enable_x64", True)\n' if spec.precision == "float64" else ""
    data = f"{double}dtype = jnp.{spec.precision}\n{parts.data(spec)}\ndata = jnp.asarray(data)"
    chance = f"\n{parts.generator(spec)}" if parts.is_data_driven(spec) else ""
    return parts.assembled(spec, "JAX", [
        data,
        f"{parts.widths(spec)}\nfans = list(zip(widths, widths[1:]))\n"
        f"keys = jax.random.split(jax.random.key({spec.seed}), 2 * len(fans))  # weights, then biases{chance}",
        _initializer(spec),
        f"def phi(z):\n    return {phi(spec).jax}",
        "" if parts.plain(spec) else like.passed_on(spec, "jnp"),
        f"weights = [{parts.times(spec)}init(k, fan, dtype) for k, fan in zip(keys, fans)]\n"
        + parts.comprehension("biases", _biases(spec), "for k, (fan_in, fan_out) in zip(keys[len(fans) :], fans)"),
        like.lsuv(spec, calibrated, seen=SEEN) if calibrated else "",
        *(_pretraining(spec, pretrained) if pretrained else []),
        like.ending(spec, "weights[-1]"),
        _output(spec),
        like.forward(spec, "np.asarray(a, float).std()"),
    ])  # fmt: skip


def _initializer(spec: NetworkSpec) -> str:
    """JAX's own where its law is ours, else a function like it."""
    law, values = pattern(spec.law), dict(spec.init_params)
    named = dialect("Orthogonal" if law.kind == "orthogonal" else spec.init, "JAX")
    if (
        named
        and law.kind not in ("constant", "identity")
        and (law.kind == "orthogonal" or named.says(spec.init, values))
    ):
        return f"init = {named.call(values)}"
    return drawing(law)


def drawing(law: Pattern) -> str:
    draw = DRAWS[law.kind].format(*law.numbers).removeprefix("0 + ")
    return filled(
        """
        def init(key, shape, dtype):
            $fans
            $setup
            $before
            return $draw
        """,
        fans="fan_in, fan_out = shape" if "fan_" in law.text else "", setup=law.setup,
        before=BEFORE.get(law.kind, ""), draw=draw,
    )  # fmt: skip


def _biases(spec: NetworkSpec) -> str:
    bound = pattern(spec.law).bias_bound
    if spec.bias_stddev:
        return f"{literal(spec.bias_stddev)} * jax.random.normal(k, (fan_out,), dtype)"
    if bound:
        return f"jax.random.uniform(k, (fan_out,), dtype, -1, 1) * {bound}"
    return "jnp.zeros(fan_out, dtype)"


UPDATES: Final = {
    "SGD": ("[]", "return [p - $rate * g for p, g in zip(parameters, gradients)], moving"),
    "Momentum": (
        "[jnp.zeros_like(p) for p in parameters]",
        "moving = [0.9 * m - $rate * g for m, g in zip(moving, gradients)]\n"
        "return [p + m for p, m in zip(parameters, moving)], moving",
    ),
    "Adam": (
        "(0, [jnp.zeros_like(p) for p in parameters], [jnp.zeros_like(p) for p in parameters])",
        "steps, first, second = moving[0] + 1, *moving[1:]\n"
        "first = [0.9 * m + 0.1 * g for m, g in zip(first, gradients)]\n"
        "second = [0.999 * m + 0.001 * g**2 for m, g in zip(second, gradients)]\n"
        "roots = [jnp.sqrt(m / (1 - 0.999**steps)) + 1e-8 for m in second]\n"
        "moved = [p - $rate * m / (1 - 0.9**steps) / r for p, m, r in zip(parameters, first, roots)]\n"
        "return moved, (steps, first, second)",
    ),
}  # fmt: skip


def _pretraining(spec: NetworkSpec, law: Pretraining) -> list[str]:
    how, tied = law.how, law.how.weights == "Tied"
    begin, update = UPDATES[how.optimizer]
    names, masked = "w, b, c" if tied else "w, b, c, v", parts.masked(law, "layer")
    cost = filled(
        """
        def cost(parameters, x, wanted):  # c: biases of the decoder
            $names = parameters
            found = phi(x @ w + b) @ $decoder + c
            return jnp.sum($error) / len(x)
        """,
        names=names, decoder="w.T" if tied else "v",
        error="(found - wanted) ** 2 / 2" if how.reconstruction == "Squared error"
        else "jax.nn.softplus(found) - wanted * found",
    )  # fmt: skip
    moves = filled(
        """
        @jax.jit
        def update(parameters, moving, x, wanted):
            gradients = jax.grad(cost)(parameters, x, wanted)
            $update
        """,
        update=filled(update, rate=literal(how.rate)),
    )  # fmt: skip
    walk = filled(
        """
        # each layer learns to reconstruct what it receives, then it is frozen and feeds the next
        h = data
        for layer in range(len(weights) - 1):
            $masked
            w, b, c = weights[layer], biases[layer], jnp.zeros_like(h[0])
            $wanted
            parameters = $parameters
            moving = $begin
            for _ in range($epochs):
                order = rng.permutation(len(h))
                for start in range(0, len(h), $batch):
                    rows = order[start : start + $batch]
                    x = $seen
                    parameters, moving = update(parameters, moving, x, wanted[rows])
            weights[layer], biases[layer] = parameters[:2]
            h = $step
        """,
        masked=f"masked = {masked}  # the share of inputs that is hidden" if masked else "",
        wanted=like.wanted(law, "jnp"), begin=begin, epochs=how.epochs,
        batch=how.batch, parameters=f"[{names}]".replace("v", "w.T"),
        seen="h[rows] * (rng.random((len(rows), len(w))) >= masked)" if masked else "h[rows]",
        step=like.step(spec, "h @ weights[layer] + biases[layer]"),
    )  # fmt: skip
    return [cost, moves, walk]


def _output(spec: NetworkSpec) -> str:
    if spec.output == "Same":
        return ""
    row = "jnp.repeat(weights[-1][:1], widths[-2], axis=0)"
    return filled(
        """
        weights[-1], biases[-1] = $lecun(keys[-1], fans[-1], dtype), jnp.zeros(widths[-1], dtype)
        $repeated
        """,
        lecun=LECUN, repeated=f"weights[-1] = {row}" if spec.output == "One row repeated" else "",
    )  # fmt: skip
