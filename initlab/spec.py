"""The flat, frozen description of one experiment, validated here once.

Only str, int, float, bool and tuples of pairs: a spec is a dictionary key, a cache key and a link.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from initlab.activations import ACTIVATIONS, Activation, activation
from initlab.arrays import Parameters
from initlab.data_driven import DATA_DRIVEN
from initlab.datasets import DATASETS, SCALINGS
from initlab.errors import invalid, unknown
from initlab.initializers import GAIN_RANGE, INITIALIZERS, recipe
from initlab.laws import Law
from initlab.losses import LOSS_NAMES
from initlab.parameters import complete, finite_number, pairs, whole_number

SHAPES: Final = ("Constant", "Funnel", "Hourglass")
NORMALIZATIONS: Final = ("None", "Batch", "Layer")
OUTPUTS: Final = ("Same", "LeCun normal", "One row repeated")
PRECISIONS: Final = ("float32", "float64")
CHOICES: Final[dict[str, Iterable[str]]] = {
    "init": INITIALIZERS, "activation": ACTIVATIONS, "shape": SHAPES, "normalization": NORMALIZATIONS,
    "output": OUTPUTS, "dataset": DATASETS, "scaling": SCALINGS, "loss": LOSS_NAMES, "precision": PRECISIONS,
}  # fmt: skip
INTEGERS: Final = {"depth": (1, 200), "width": (1, 1024), "batch": (1, 2048), "seed": (0, 2**31 - 1)}
NUMBERS: Final = {"gain": GAIN_RANGE, "bias_stddev": (0.0, 10.0)}
TAPER: Final = 4  # a funnel ends, and an hourglass narrows, to a quarter of the width


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """A network, its data and its seed. `depth` counts hidden layers; `batch` is an upper limit.

    `gain` multiplies the weights of whichever law is chosen; `bias_stddev` 0 keeps the law's own biases. Raises
    ValueError naming the rule, the value and the choices.
    """

    init: str = "He normal"
    init_params: Parameters = ()
    gain: float = 1.0
    activation: str = "ReLU"
    activation_params: Parameters = ()
    depth: int = 20
    width: int = 128
    shape: str = "Constant"
    normalization: str = "None"
    residual: bool = False
    bias_stddev: float = 0.0
    output: str = "Same"
    dataset: str = "Digits"
    scaling: str = "Standardized"
    batch: int = 256
    loss: str = "Auto"
    precision: str = "float32"
    seed: int = 0

    def __post_init__(self) -> None:
        for name, choices in CHOICES.items():
            value = getattr(self, name)
            if not isinstance(value, str) or value not in choices:
                raise unknown(LABELS.get(name, name), value, choices)
        for name, bounds in INTEGERS.items():
            self._set(name, whole_number(name, getattr(self, name), *bounds))
        for name, (low, high) in NUMBERS.items():
            self._set(name, finite_number(name, getattr(self, name), low, high))
        if not isinstance(self.residual, bool):
            raise unknown("residual", self.residual, ("True", "False"))
        self._set("init_params", recipe(self.init).complete(pairs("init_params", self.init_params)))
        given, known = pairs("activation_params", self.activation_params), ACTIVATIONS[self.activation].parameters
        self._set("activation_params", complete(self.activation, known, given))
        if self.loss == "Cross-entropy" and not DATASETS[self.dataset].classes:
            raise invalid("Cross-entropy needs classes", self.dataset, "choose the loss Auto or another data set")
        if self.loss == "Mean squared error" and self.dataset == "Gaussian noise":
            raise invalid("Mean squared error needs targets", self.dataset, "choose the loss Auto or another data set")

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def with_init(self, name: str, **params: float | str) -> "NetworkSpec":
        """A copy with another start."""
        return replace(self, init=name, init_params=tuple(sorted(params.items())))

    @property
    def law(self) -> Law:
        return recipe(self.init).bound(self.init_params, self.activation)

    @property
    def needs_data(self) -> bool:
        """Whether the weights depend on the inputs, too."""
        return isinstance(self.law, DATA_DRIVEN)

    @property
    def phi(self) -> Activation:
        return activation(self.activation, **{name: float(value) for name, value in self.activation_params})

    @property
    def widths(self) -> tuple[int, ...]:
        """Input features, then every hidden layer, then the outputs: consecutive pairs are the fans."""
        data = DATASETS[self.dataset]
        return (data.features, *hidden_widths(self.shape, self.depth, self.width), data.outputs)

    @property
    def rows(self) -> int:
        """How many rows are really used."""
        return min(self.batch, DATASETS[self.dataset].rows)


LABELS: Final = {"init": "initializer", "dataset": "data set", "output": "output layer"}


def hidden_widths(shape: str, depth: int, width: int) -> tuple[int, ...]:
    """Constant, falling geometrically to a quarter (Funnel), or falling and rising again (Hourglass)."""
    if shape == "Constant" or depth == 1:
        return (width,) * depth
    position = [layer / (depth - 1) for layer in range(depth)]
    if shape == "Hourglass":
        position = [1 - abs(2 * x - 1) for x in position]
    return tuple(max(1, round(width * TAPER**-x)) for x in position)
