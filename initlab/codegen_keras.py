"""A spec as Keras code: dense layers with their initializers, and a model that is ready to be compiled."""

from typing import Final

from initlab import codegen_parts as parts
from initlab.calibration import looked_at
from initlab.codegen_activations import phi
from initlab.codegen_law import Kind, Pattern, pattern
from initlab.codegen_parts import filled
from initlab.data_driven import CALIBRATION_ROWS, LSUV, Pretraining
from initlab.dialects import DIALECTS, dialect, literal
from initlab.normalization import EPSILON
from initlab.spec import NetworkSpec

DRAWS: Final[dict[Kind, str]] = {
    "constant": "keras.initializers.Constant({})",
    "normal": "keras.initializers.RandomNormal({}, {})",
    "truncated": "keras.initializers.TruncatedNormal({}, {})",
    "uniform": "keras.initializers.RandomUniform({}, {})",
    "orthogonal": "keras.initializers.Orthogonal()",
    "identity": "keras.initializers.Identity()",
}
SPARSE: Final = """
def init(shape, dtype=None):
    fan_in, fan_out = shape
    $setup
    order = keras.ops.argsort(keras.random.uniform(shape), axis=0)  # each unit has its own
    return ${gain}keras.random.normal(shape, 0, $std, dtype) * keras.ops.cast(order >= zeros, dtype)
"""
ONE_ROW: Final = """
def one_row(shape, dtype=None):  # for all hidden units
    return keras.ops.repeat($lecun(shape, dtype)[:1], shape[0], axis=0)
"""
LECUN: Final = DIALECTS["LeCun normal"]["Keras"].call({})


def code(spec: NetworkSpec) -> str:
    """The whole program."""
    calibrated, pretrained = parts.law_parts(spec)
    double = spec.precision == "float64"
    floats = (
        'keras.config.set_floatx("float64")  # on JAX this needs JAX_ENABLE_X64=1 in the environment\n'
        'keras.config.set_dtype_policy("float64")  # some of Keras\'s functions go on in float32\n'
    )
    drawing, initializer = _initializer(spec)
    return parts.assembled(spec, "Keras", [
        (floats if double else "") + parts.data(spec),
        f"keras.utils.set_random_seed({spec.seed})\n{parts.widths(spec)}\nfans = list(zip(widths, widths[1:]))",
        drawing,
        filled(ONE_ROW, lecun=LECUN) if spec.output == "One row repeated" else "",
        _bias(spec),
        _layers(spec, initializer),
        f"def phi(z):\n    return {phi(spec).keras}",
        "" if parts.plain(spec) else passed_on(spec),
        _lsuv(spec, calibrated) if calibrated else "",
        *(_pretraining(spec, pretrained) if pretrained else []),
        _model(spec),
        _forward(spec),
    ])  # fmt: skip


def _initializer(spec: NetworkSpec) -> tuple[str, str]:
    """A function where one is needed, and what a layer is given; one instance each, which has a seed of its own."""
    law, gain = pattern(spec.law), parts.times(spec)
    if law.kind == "sparse":
        return filled(SPARSE, setup=law.setup, gain=gain, std=law.numbers[1]), "init"
    known, values = dialect(spec.init, "Keras"), dict(spec.init_params)
    named = known.call(values) if known and law.kind != "constant" and known.says(spec.init, values) else ""
    draw = named or DRAWS[law.kind].format(*law.numbers)
    if not gain and (named or not law.setup):
        return "", draw
    return _function(law, draw, gain, computed=not named), "init"


def _function(law: Pattern, draw: str, gain: str, *, computed: bool) -> str:
    return filled(
        """
        def init(shape, dtype=None):
            $fans
            $setup
            return ${gain}$draw(shape, dtype)
        """,
        fans="fan_in, fan_out = shape" if computed and law.setup else "", setup=law.setup if computed else "",
        gain=gain, draw=draw,
    )  # fmt: skip


def _bias(spec: NetworkSpec) -> str:
    """The law's own biases: an initializer does not see how many inputs a unit has."""
    bound = pattern(spec.law).bias_bound
    if not bound or spec.bias_stddev:
        return ""
    return filled(
        """
        def bias(fan_in, fan_out):
            bound = $bound
            return keras.initializers.RandomUniform(-bound, bound)
        """,
        bound=bound,
    )


def _layers(spec: NetworkSpec, initializer: str) -> str:
    bound, arguments = pattern(spec.law).bias_bound, ["fan_out", f"kernel_initializer={initializer}"]
    if spec.bias_stddev:
        arguments.append(f"bias_initializer=keras.initializers.RandomNormal(0, {literal(spec.bias_stddev)})")
    elif bound:
        arguments.append("bias_initializer=bias(fan_in, fan_out)")
    own = {"LeCun normal": LECUN, "One row repeated": "one_row"}.get(spec.output, "")
    made = f"keras.layers.Dense({', '.join(arguments)})"
    output = f"\nlayers[-1] = keras.layers.Dense(widths[-1], kernel_initializer={own})" if own else ""
    return parts.comprehension("layers", made, "for fan_in, fan_out in fans") + output


def passed_on(spec: NetworkSpec) -> str:
    """What a layer hands on."""
    match spec.normalization:
        case "Batch":
            normalized = f"z = keras.layers.BatchNormalization(epsilon={EPSILON:g})(z, training=training)"
        case "Layer":
            normalized = f"z = keras.layers.LayerNormalization(epsilon={EPSILON:g})(z)"
        case _:
            normalized = ""
    result = "return a + h if a.shape == h.shape else a" if spec.residual else "return a"
    return filled(
        """
        def passed_on(z, h, training=None):
            $normalized
            a = phi(z)
            $result
        """,
        normalized=normalized, result=result,
    )  # fmt: skip


def step(spec: NetworkSpec, z: str, training: str = "") -> str:
    more = training if spec.normalization == "Batch" else ""
    return f"phi({z})" if parts.plain(spec) else f"passed_on({z}, h{more})"


def _lsuv(spec: NetworkSpec, law: LSUV) -> str:
    """Mishkin & Matas 2015, algorithm 1."""
    rows, minibatch = looked_at(spec.rows)
    return filled(
        """
        $rng
        h = $fewer
        for layer in $layers:  # from the first up, those below being finished
            for _ in range($iterations):
                z = layer(keras.ops.take(h, rng.permutation(len(h))[:$minibatch], axis=0))
                variance = float(np.asarray(keras.ops.convert_to_numpy(z), float).var())
                if abs(variance - 1) < $tolerance or not 0 < variance < np.inf:
                    break
                layer.kernel.assign(layer.kernel / variance**0.5)
            h = $step
        """,
        rng=parts.generator(spec), iterations=law.iterations, minibatch=minibatch, tolerance=literal(law.tolerance),
        fewer=f"data[rng.permutation(len(data))[:{rows}]]" if spec.rows > CALIBRATION_ROWS else "data",
        layers="layers" if spec.output == "Same" else "layers[:-1]", step=step(spec, "layer(h)", ", training=True"),
    )  # fmt: skip


OPTIMIZERS: Final = {
    "SGD": "keras.optimizers.SGD($rate)",
    "Momentum": "keras.optimizers.SGD($rate, momentum=0.9)",
    "Adam": "keras.optimizers.Adam($rate, epsilon=1e-8)",
}
TIED: Final = '''
class Tied(keras.layers.Layer):
    """Decodes with the transpose of the weights that encode."""

    def __init__(self, encoder):
        super().__init__()
        self.encoder = encoder

    def build(self, shape):
        self.bias = self.add_weight(shape=(self.encoder.kernel.shape[0],), initializer="zeros")

    def call(self, code):
        return keras.ops.matmul(code, keras.ops.transpose(self.encoder.kernel)) + self.bias
'''
COSTS: Final = {
    "Cross-entropy": "keras.ops.softplus(found) - wanted * found",
    "Squared error": "(found - wanted) ** 2 / 2",
}
RANGE: Final = """
low, high = h.min(0), h.max(0)
low, span = (0, 1) if low.min() >= 0 and high.max() <= 1 else (low, np.where(high > low, high - low, 1))
wanted = (h - low) / span  # cross-entropy compares numbers from 0 to 1
"""


def _pretraining(spec: NetworkSpec, law: Pretraining) -> list[str]:
    how, tied = law.how, law.how.weights == "Tied"
    masked = parts.masked(law, "index")
    cost = f"def cost(wanted, found):\n    return keras.ops.sum({COSTS[how.reconstruction]}, axis=-1)"
    walk = filled(
        """
        # each layer learns to reconstruct what it receives, then it is frozen and feeds the next
        h = data
        for $layer:
            $masked
            layer(h[:1])  # makes its weights
            $decoder
            x = keras.Input(h.shape[1:])
            $hidden
            coder = keras.Model(x, decoder(phi(layer($seen))))
            coder.compile($optimizer, loss=cost)
            $wanted
            coder.fit(h, wanted, batch_size=$batch, epochs=$epochs, verbose=0)
            h = keras.ops.convert_to_numpy($step)
        """,
        layer="index, layer in enumerate(layers[:-1])" if "index" in masked else "layer in layers[:-1]",
        masked=f"masked = {masked}  # the share of inputs that is hidden" if masked else "",
        decoder="decoder = Tied(layer)" if tied
        else "decoder = keras.layers.Dense(h.shape[1])\ndecoder(phi(layer(h[:1])))\n"
        "decoder.kernel.assign(keras.ops.transpose(layer.kernel))",
        hidden="seen = keras.layers.Dropout(masked)(x) * (1 - masked)  # dropout enlarges what it leaves" if masked
        else "",
        seen="seen" if masked else "x", optimizer=filled(OPTIMIZERS[how.optimizer], rate=literal(how.rate)),
        wanted=RANGE.strip() if how.reconstruction == "Cross-entropy" else "wanted = h", batch=how.batch,
        epochs=how.epochs, step=step(spec, "layer(h)", ", training=True"),
    )  # fmt: skip
    return [TIED.strip() if tied else "", cost, walk]


def _model(spec: NetworkSpec) -> str:
    gain = parts.is_data_driven(spec) and spec.gain != 1
    rescaled = f"for layer in {'layers' if spec.output == 'Same' else 'layers[:-1]'}:" if gain else ""
    return filled(
        """
        x = h = keras.Input((widths[0],))
        hidden = []
        for layer in layers[:-1]:
            h = $step
            hidden.append(h)
        model = keras.Model(x, layers[-1](h))
        $flatter
        $rescaled
            $gain
        """,
        step=step(spec, "layer(h)"), rescaled=rescaled,
        gain=f"layer.kernel.assign({literal(spec.gain)} * layer.kernel)" if gain else "",
        flatter="layers[-1].kernel.assign(layers[-1].kernel / 4)  # no sigmoid follows"
        if parts.is_flatter(spec) else "",
    )  # fmt: skip


def _forward(spec: NetworkSpec) -> str:
    return filled(
        """
        outputs, *activations = keras.Model(x, [model.output, *hidden])(data$training)
        for layer, a in enumerate(activations, start=1):
            std = np.asarray(keras.ops.convert_to_numpy(a), float).std()
            print(f"layer {layer}: standard deviation of the activations {std:.3g}")
        """,
        training=", training=True" if spec.normalization == "Batch" else "",
    )  # fmt: skip
