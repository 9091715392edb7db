"""A spec as NumPy code: nothing but draws, products and the loops of those starts that need data."""

from typing import Final

from initlab import codegen_parts as parts
from initlab.calibration import looked_at
from initlab.codegen_activations import phi
from initlab.codegen_law import Kind, Pattern, pattern
from initlab.codegen_parts import filled
from initlab.data_driven import CALIBRATION_ROWS, LSUV, Pretraining
from initlab.dialects import literal
from initlab.initializers import recipe
from initlab.normalization import AXES, EPSILON
from initlab.spec import NetworkSpec

SIZE: Final = "(fan_in, fan_out)"
DRAWS: Final[dict[Kind, str]] = {
    "constant": f"np.full({SIZE}, {{}})",
    "normal": f"rng.normal({{}}, {{}}, {SIZE})",
    "truncated": f"stats.truncnorm.rvs(-2, 2, {{}}, {{}}, {SIZE}, random_state=rng)",
    "uniform": f"rng.uniform({{}}, {{}}, {SIZE})",
    "orthogonal": "(q if fan_in >= fan_out else q.T)",
    "identity": f"np.eye{SIZE}",
    "sparse": f"(rng.normal(0, {{1}}, {SIZE}) * (order >= {{0}}))",
}
BEFORE: Final[dict[Kind, str]] = {
    "orthogonal": (
        "q, r = np.linalg.qr(rng.normal(size=(max(fan_in, fan_out), min(fan_in, fan_out))))\n"
        "q = q * np.sign(np.diag(r))  # without the signs it would not be uniform over all rotations"
    ),
    "sparse": f"order = rng.random({SIZE}).argsort(axis=0)  # each unit has its own",
}


def code(spec: NetworkSpec) -> str:
    """The whole program."""
    calibrated, pretrained = parts.law_parts(spec)
    return parts.assembled(spec, "NumPy", [
        parts.data(spec),
        f"{parts.widths(spec)}\nfans = list(zip(widths, widths[1:]))\n{parts.generator(spec)}",
        drawing(pattern(spec.law), "draw", spec.precision),
        f"def phi(z):\n    return {phi(spec).numpy}",
        "" if parts.plain(spec) else passed_on(spec, "np"),
        f"weights = [{parts.times(spec)}draw(*fan) for fan in fans]\n"
        + parts.comprehension("biases", _biases(spec), "for fan_in, fan_out in fans"),
        lsuv(spec, calibrated) if calibrated else "",
        f"def slope(z):\n    return {phi(spec).slope}" if pretrained else "",
        _pretraining(spec, pretrained) if pretrained else "",
        ending(spec, "weights[-1]"),
        drawing(pattern(recipe("LeCun normal").bound()), "lecun", spec.precision) if spec.output != "Same" else "",
        _output(spec),
        forward(spec, "a.std(dtype=float)"),
    ])  # fmt: skip


def drawing(law: Pattern, name: str, precision: str) -> str:
    """The function that draws a layer's weights."""
    draw = DRAWS[law.kind].format(*law.numbers)
    return filled(
        """
        def $name(fan_in, fan_out):
            $setup
            $before
            return $draw.astype("$precision")
        """,
        name=name, setup=law.setup, before=BEFORE.get(law.kind, ""), draw=draw, precision=precision,
    )  # fmt: skip


def _biases(spec: NetworkSpec) -> str:
    bound, dtype = pattern(spec.law).bias_bound, f'"{spec.precision}"'
    if spec.bias_stddev:
        return f"rng.normal(0, {literal(spec.bias_stddev)}, fan_out).astype({dtype})"
    if bound:
        return f"rng.uniform(-1, 1, fan_out).astype({dtype}) * {bound}"
    return f"np.zeros(fan_out, {dtype})"


def passed_on(spec: NetworkSpec, np: str) -> str:
    """What a layer hands on; NumPy and JAX write it alike."""
    axis = AXES.get(spec.normalization)
    mean, variance = f"z.mean({axis}, keepdims=True)", f"z.var({axis}, keepdims=True)"
    normalized = f"z = (z - {mean}) / {np}.sqrt({variance} + {EPSILON:g})" if axis else ""
    result = "return a + h if a.shape == h.shape else a" if spec.residual else "return a"
    return filled(
        """
        def passed_on(z, h):
            $normalized
            a = phi(z)
            $result
        """,
        normalized=normalized, result=result,
    )  # fmt: skip


def step(spec: NetworkSpec, z: str) -> str:
    """What becomes of pre-activations."""
    return f"phi({z})" if parts.plain(spec) else f"passed_on({z}, h)"


def lsuv(spec: NetworkSpec, law: LSUV, pick: str = "rng.permutation(len(h))", seen: str = "float(z.var(dtype=float))"):
    """Mishkin & Matas 2015, algorithm 1; NumPy and JAX write it alike."""
    rows, minibatch = looked_at(spec.rows)
    fewer = f"data[rng.permutation(len(data))[:{rows}]]" if spec.rows > CALIBRATION_ROWS else "data"
    return filled(
        """
        h = $fewer
        for layer in range($layers):  # from the first up, those below being finished
            for _ in range($iterations):
                z = h[$pick[:$minibatch]] @ weights[layer] + biases[layer]
                variance = $seen
                if abs(variance - 1) < $tolerance or not 0 < variance < np.inf:
                    break
                weights[layer] = weights[layer] / variance**0.5
            h = $step
        """,
        fewer=fewer, layers="len(weights)" if spec.output == "Same" else "len(weights) - 1", pick=pick, seen=seen,
        iterations=law.iterations, minibatch=minibatch, tolerance=literal(law.tolerance),
        step=step(spec, "h @ weights[layer] + biases[layer]"),
    )  # fmt: skip


UPDATES: Final = {
    "SGD": ("", "p -= $rate * g"),
    "Momentum": (
        "moving = [np.zeros_like(p) for p in parameters]",
        "m *= 0.9\nm -= $rate * g\np += m",
    ),
    "Adam": (
        "steps, moving = 0, [(np.zeros_like(p), np.zeros_like(p)) for p in parameters]",
        "m[0][:] = 0.9 * m[0] + 0.1 * g\n"
        "m[1][:] = 0.999 * m[1] + 0.001 * g**2\n"
        "p -= $rate * m[0] / (1 - 0.9**steps) / (np.sqrt(m[1] / (1 - 0.999**steps)) + 1e-8)",
    ),
}


def wanted(law: Pretraining, np: str = "np") -> str:
    """What a reconstruction is compared with: cross-entropy needs numbers from 0 to 1; NumPy and JAX write it alike."""
    if law.how.reconstruction == "Squared error":
        return "wanted = h"
    return (
        "low, high = h.min(0), h.max(0)\n"
        f"low, span = (0, 1) if low.min() >= 0 and high.max() <= 1 else (low, {np}.where(high > low, high - low, 1))\n"
        "wanted = (h - low) / span"
    )


def _pretraining(spec: NetworkSpec, law: Pretraining) -> str:
    how, tied = law.how, law.how.weights == "Tied"
    kept, update = UPDATES[how.optimizer]
    masked = parts.masked(law, "layer")
    return filled(
        """
        # each layer learns to reconstruct what it receives, then it is frozen and feeds the next
        h = data
        for layer in range(len(weights) - 1):
            $masked
            w, b, c = weights[layer], biases[layer], np.zeros_like(h[0])  # c: biases of the decoder
            v = $decoder
            $wanted
            parameters = $parameters
            $kept
            for _ in range($epochs):
                order = rng.permutation(len(h))
                for start in range(0, len(h), $batch):
                    rows = order[start : start + $batch]
                    x = $seen
                    z = x @ w + b
                    code = phi(z)
                    error = ($output - wanted[rows]) / len(rows)
                    back = slope(z) * (error @ v.T)
                    gradients = $gradients
                    $count
                    for p, g$also in zip(parameters, gradients$moving):
                        $update
            h = $step
        """,
        masked=f"masked = {masked}  # the share of inputs that is hidden" if masked else "",
        wanted=wanted(law), kept=kept, epochs=how.epochs, batch=how.batch,
        decoder="w.T  # the same weights, tied" if tied else "w.T.copy()",
        parameters="[w, b, c]" if tied else "[w, b, c, v]",
        seen="h[rows] * (rng.random((len(rows), len(w))) >= masked)" if masked else "h[rows]",
        output="code @ v + c" if how.reconstruction == "Squared error" else "special.expit(code @ v + c)",
        gradients=(
            "[x.T @ back + error.T @ code, back.sum(0), error.sum(0)]" if tied
            else "[x.T @ back, back.sum(0), error.sum(0), code.T @ error]"
        ),
        count="steps += 1" if how.optimizer == "Adam" else "", also=", m" if kept else "",
        moving=", moving" if kept else "",
        update=filled(update, rate=literal(how.rate)),
        step=step(spec, "h @ w + b"),
    )  # fmt: skip


def ending(spec: NetworkSpec, last: str) -> str:
    """What is done to weights that have read the data: the gain, and an output layer that no sigmoid follows."""
    lines = [f"{last} = {last} / 4  # no sigmoid follows"] if parts.is_flatter(spec) else []
    if parts.is_data_driven(spec) and spec.gain != 1:
        lines.append(f"weights = [{literal(spec.gain)} * w for w in weights]")
    return "\n".join(lines)


def _output(spec: NetworkSpec) -> str:
    if spec.output == "Same":
        return ""
    row = (
        "np.repeat(lecun(*fans[-1])[:1], widths[-2], axis=0)"
        if spec.output == "One row repeated"
        else "lecun(*fans[-1])"
    )
    return f'weights[-1], biases[-1] = {row}, np.zeros(widths[-1], "{spec.precision}")'


def forward(spec: NetworkSpec, std: str) -> str:
    """All rows through all layers; NumPy and JAX write it alike."""
    return filled(
        """
        h, activations = data, []
        for w, b in zip(weights[:-1], biases[:-1]):
            h = $step
            activations.append(h)
        outputs = h @ weights[-1] + biases[-1]
        for layer, a in enumerate(activations, start=1):
            print(f"layer {layer}: standard deviation of the activations {$std:.3g}")
        """,
        step=step(spec, "h @ w + b"), std=std,
    )  # fmt: skip
