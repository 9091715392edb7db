"""A spec as PyTorch code: layers of nn.Linear whose parameters are set in place, ready for an optimizer."""

from typing import Final

from initlab import codegen_parts as parts
from initlab.calibration import looked_at
from initlab.codegen_activations import phi
from initlab.codegen_law import Kind, Pattern, pattern
from initlab.codegen_parts import filled
from initlab.data_driven import CALIBRATION_ROWS, LSUV, Pretraining
from initlab.dialects import dialect, literal
from initlab.initializers import recipe
from initlab.laws import PyTorchDefault
from initlab.spec import NetworkSpec

DRAWS: Final[dict[Kind, str]] = {
    "constant": "nn.init.constant_(w, {})",
    "normal": "nn.init.normal_(w, {}, {})",
    "truncated": "nn.init.trunc_normal_(w, {0}, {1}, {0} - 2 * {1}, {0} + 2 * {1})  # cuts at numbers",
    "uniform": "nn.init.uniform_(w, {}, {})",
    "orthogonal": "nn.init.orthogonal_(w)",
    "identity": "nn.init.eye_(w)",
    "sparse": "nn.init.normal_(w, 0, {1})\nfor unit in w:\n    unit[torch.randperm(fan_in)[:{0}]] = 0",
}


def code(spec: NetworkSpec) -> str:
    """The whole program."""
    calibrated, pretrained = parts.law_parts(spec)
    return parts.assembled(spec, "PyTorch", [
        f"{parts.data(spec)}\ndata = torch.from_numpy(data)",
        f"torch.manual_seed({spec.seed})\n{parts.widths(spec)}\n"
        f"layers = nn.ModuleList(nn.Linear(*fan{_dtype(spec)}) for fan in zip(widths, widths[1:]))",
        _drawing(spec),
        _setting(spec),
        f"def phi(z):\n    return {phi(spec).torch}",
        "" if parts.plain(spec) else passed_on(spec),
        _lsuv(spec, calibrated) if calibrated else "",
        _pretraining(spec, pretrained) if pretrained else "",
        _ending(spec),
        *_output(spec),
        _forward(spec),
    ])  # fmt: skip


def _dtype(spec: NetworkSpec) -> str:
    return ", dtype=torch.float64" if spec.precision == "float64" else ""


def _own(spec: NetworkSpec) -> bool:
    """Whether nn.Linear has drawn the weights already."""
    return isinstance(spec.law, PyTorchDefault)


def _drawing(spec: NetworkSpec) -> str:
    """PyTorch's own function where its law is ours, else the same law from a plainer one."""
    law, known, values = pattern(spec.law), dialect(spec.init, "PyTorch"), dict(spec.init_params)
    if _own(spec):
        return drawing(law, "init_", "", parts.times(spec)) if parts.times(spec) else ""
    named = known.call(values) if known and law.kind != "constant" and known.says(spec.init, values) else ""
    return drawing(law, "init_", named or from_pattern(law), parts.times(spec))


def from_pattern(law: Pattern) -> str:
    return DRAWS[law.kind].format(*law.numbers).replace(" 0 - ", " -").replace(" 0 + ", " ")


def drawing(law: Pattern, name: str, draw: str, gain: str = "") -> str:
    """The function that fills a weight."""
    needs = "fan_" in law.text and "kaiming" not in draw and "xavier" not in draw and draw
    return filled(
        """
        @torch.no_grad()
        def $name(w):
            $fans
            $setup
            $draw
            $gain
        """,
        name=name, fans="fan_out, fan_in = w.shape" if needs else "", setup=law.setup if needs else "", draw=draw,
        gain=f"w *= {gain.removesuffix(' * ')}" if gain else "",
    )  # fmt: skip


def _setting(spec: NetworkSpec) -> str:
    """What is drawn for every layer; nn.Linear has drawn weights and biases of its own before."""
    bound = pattern(spec.law).bias_bound
    fans = bound.replace("fan_in", "layer.in_features").replace("fan_out", "layer.out_features")
    if spec.bias_stddev:
        biases = f"nn.init.normal_(layer.bias, 0, {literal(spec.bias_stddev)})"
    elif bound:
        biases = "" if _own(spec) else f"bound = {fans}\nnn.init.uniform_(layer.bias, -bound, bound)"
    else:
        biases = "nn.init.zeros_(layer.bias)"
    weights = "init_(layer.weight)" if _drawing(spec) else ""
    if not weights and not biases:
        return ""
    return filled("for layer in layers:\n    $weights\n    $biases", weights=weights, biases=biases)


def passed_on(spec: NetworkSpec) -> str:
    """What a layer hands on."""
    match spec.normalization:
        case "Batch" if spec.rows == 1:  # PyTorch refuses a batch of one row
            normalized = "z = (z - z.mean(0)) / (z.var(0, correction=0) + 1e-5) ** 0.5"
        case "Batch":
            normalized = "z = F.batch_norm(z, None, None, training=True)"
        case "Layer":
            normalized = "z = F.layer_norm(z, z.shape[1:])"
        case _:
            normalized = ""
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
    return f"phi({z})" if parts.plain(spec) else f"passed_on({z}, h)"


def _lsuv(spec: NetworkSpec, law: LSUV) -> str:
    """Mishkin & Matas 2015, algorithm 1."""
    rows, minibatch = looked_at(spec.rows)
    return filled(
        """
        with torch.no_grad():
            h = $fewer
            for layer in $layers:  # from the first up, those below being finished
                for _ in range($iterations):
                    z = layer(h[torch.randperm(len(h))[:$minibatch]])
                    variance = z.double().var(correction=0).item()
                    if abs(variance - 1) < $tolerance or not 0 < variance < float("inf"):
                        break
                    layer.weight /= variance**0.5
                h = $step
        """,
        fewer=f"data[torch.randperm(len(data))[:{rows}]]" if spec.rows > CALIBRATION_ROWS else "data",
        layers="layers" if spec.output == "Same" else "layers[:-1]", iterations=law.iterations, minibatch=minibatch,
        tolerance=literal(law.tolerance), step=step(spec, "layer(h)"),
    )  # fmt: skip


OPTIMIZERS: Final = {
    "SGD": "torch.optim.SGD($parameters, lr=$rate)",
    "Momentum": "torch.optim.SGD($parameters, lr=$rate, momentum=0.9)",
    "Adam": "torch.optim.Adam($parameters, lr=$rate)",
}
RANGE: Final = """
low, high = h.amin(0), h.amax(0)
if low.min() >= 0 and high.max() <= 1:  # cross-entropy compares numbers from 0 to 1
    wanted = h
else:
    wanted = (h - low) / torch.where(high > low, high - low, 1)
"""


def _pretraining(spec: NetworkSpec, law: Pretraining) -> str:
    how, tied = law.how, law.how.weights == "Tied"
    masked = parts.masked(law, "index")
    squared = how.reconstruction == "Squared error"
    parameters = "[layer.weight, layer.bias, c]" if tied else "[layer.weight, layer.bias, c, v]"
    return filled(
        """
        # each layer learns to reconstruct what it receives, then it is frozen and feeds the next
        h = data
        for $layer:
            $masked
            c = nn.Parameter(torch.zeros_like(h[0]))  # biases of the decoder
            $decoder
            optimizer = $optimizer
            $wanted
            for _ in range($epochs):
                for rows in torch.randperm(len(h)).split($batch):
                    x = $seen
                    found = phi(layer(x)) @ $weights + c
                    loss = $loss / len(rows)
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
            with torch.no_grad():
                h = $step
        """,
        layer="index, layer in enumerate(layers[:-1])" if "index" in masked else "layer in layers[:-1]",
        masked=f"masked = {masked}  # the share of inputs that is hidden" if masked else "",
        decoder="" if tied else "v = nn.Parameter(layer.weight.detach().clone())",
        optimizer=filled(OPTIMIZERS[how.optimizer], parameters=parameters, rate=literal(how.rate)),
        wanted="wanted = h" if squared else RANGE.strip(), epochs=how.epochs, batch=how.batch,
        seen="h[rows] * (torch.rand_like(h[rows]) >= masked)" if masked else "h[rows]",
        weights="layer.weight" if tied else "v",
        loss="F.mse_loss(found, wanted[rows], reduction=\"sum\") / 2" if squared
        else "F.binary_cross_entropy_with_logits(found, wanted[rows], reduction=\"sum\")",
        step=step(spec, "layer(h)"),
    )  # fmt: skip


def _ending(spec: NetworkSpec) -> str:
    lines = ["    layers[-1].weight /= 4  # no sigmoid follows"] if parts.is_flatter(spec) else []
    if parts.is_data_driven(spec) and spec.gain != 1:
        lines += ["    for layer in layers:", f"        layer.weight *= {literal(spec.gain)}"]
    return "\n".join(["with torch.no_grad():", *lines]) if lines else ""


def _output(spec: NetworkSpec) -> list[str]:
    if spec.output == "Same":
        return []
    law = pattern(recipe("LeCun normal").bound())
    one = "\nwith torch.no_grad():  # for all hidden units\n    layers[-1].weight[:] = layers[-1].weight[:, :1].clone()"
    set_ = "lecun_(layers[-1].weight)\nnn.init.zeros_(layers[-1].bias)"
    return [drawing(law, "lecun_", from_pattern(law)), set_ + (one if spec.output == "One row repeated" else "")]


def _forward(spec: NetworkSpec) -> str:
    return filled(
        """
        h, activations = data, []
        with torch.no_grad():
            for layer in layers[:-1]:
                h = $step
                activations.append(h)
            outputs = layers[-1](h)
        for number, a in enumerate(activations, start=1):
            print(f"layer {number}: standard deviation of the activations {a.double().std(correction=0):.3g}")
        """,
        step=step(spec, "layer(h)"),
    )  # fmt: skip
