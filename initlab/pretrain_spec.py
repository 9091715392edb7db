"""How the layers of a network are pre-trained, one after the other, each as an auto-encoder of what it receives."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from initlab.errors import unknown
from initlab.optimizers import OPTIMIZERS
from initlab.parameters import Parameter, finite_number, whole_number

Weights = Literal["Tied", "Free"]
Reconstruction = Literal["Cross-entropy", "Squared error"]
MOST_MASKED: Final = 0.9
HALF: Final = 0.5  # layer above layer the masked share rises no further
RATES: Final = (*(float(f"{m}e{e}") for e in range(-4, 1) for m in (1, 2, 5)), 10.0)
BATCHES: Final = (4, 8, 16, 32, 64, 128, 256)
EPOCHS: Final = (1, 2, 5, 10, 15, 20, 30, 50, 100, 200)
CHOICES: Final = {
    "weights": get_args(Weights), "reconstruction": get_args(Reconstruction), "optimizer": tuple(OPTIMIZERS),
}  # fmt: skip
NUMBERS: Final = {
    "corruption": (0.0, MOST_MASKED),
    "corruption_rise": (0.0, MOST_MASKED),
    "rate": (RATES[0], RATES[-1]),
}
WHOLE: Final = {"batch": (1, 2048), "epochs": (1, 1000)}


@dataclass(frozen=True, slots=True)
class PretrainSpec:
    """The classic settings of stacked denoising auto-encoders are the defaults (Vincent et al. 2010, section 4).

    `corruption` is the share of its inputs that the first layer does not see, set to zero anew in every step, and each
    layer above misses `corruption_rise` more, up to half; 0 and 0 make plain auto-encoders. Tied weights decode
    with the transpose of what encodes. Cross-entropy compares numbers from 0 to 1, so that inputs which leave this
    range are brought there, column by column, before they are compared. `rate`, `batch` and `epochs` hold for every
    layer; `batch` is an upper limit. Raises ValueError naming the rule, the value and the choices.
    """

    corruption: float = 0.1
    corruption_rise: float = 0.1
    weights: Weights = "Tied"
    reconstruction: Reconstruction = "Cross-entropy"
    optimizer: str = "SGD"
    rate: float = 0.1
    batch: int = 16
    epochs: int = 15

    def __post_init__(self) -> None:
        for name, choices in CHOICES.items():
            value = getattr(self, name)
            if not isinstance(value, str) or value not in choices:
                raise unknown(name, value, choices)
        for name, bounds in NUMBERS.items():
            object.__setattr__(self, name, finite_number(name.replace("_", " "), getattr(self, name), *bounds))
        for name, bounds in WHOLE.items():
            object.__setattr__(self, name, whole_number(name, getattr(self, name), *bounds))

    def masked(self, layer: int) -> float:
        """The share of its inputs that layer `layer` (from 0) does not see."""
        rising = min(round(self.corruption + layer * self.corruption_rise, 12), HALF)
        return max(self.corruption, rising)


PARAMETERS: Final = (  # of the recipe, and so of links: the fields above under a prefix
    Parameter("pretrain_epochs", 15, "Rounds through the rows, for each layer", *WHOLE["epochs"], 1, grid=EPOCHS),
    Parameter("pretrain_rate", 0.1, "Learning rate of the auto-encoders", *NUMBERS["rate"], grid=RATES),
    Parameter(
        "pretrain_corruption", 0.1, "Share of its inputs that the first layer does not see", 0.0, MOST_MASKED, 0.05
    ),
    Parameter(
        "pretrain_corruption_rise", 0.1, "So much more is hidden from each layer above", 0.0, MOST_MASKED, 0.05,
        advanced=True,
    ),
    Parameter(
        "pretrain_weights", "Tied", "Decode with the transpose, or apart", choices=CHOICES["weights"], advanced=True
    ),
    Parameter(
        "pretrain_reconstruction", "Cross-entropy", "How input and reconstruction are compared",
        choices=CHOICES["reconstruction"], advanced=True,
    ),
    Parameter(
        "pretrain_optimizer", "SGD", "What moves the auto-encoders", choices=CHOICES["optimizer"], advanced=True
    ),
    Parameter("pretrain_batch", 16, "Rows of a step at most", *WHOLE["batch"], 1, grid=BATCHES, advanced=True),
)  # fmt: skip
PREFIX: Final = "pretrain_"
NAME: Final = "Greedy pre-training"


def of_parameters(values: dict[str, float | str]) -> PretrainSpec:
    """From the values of `PARAMETERS`."""
    return PretrainSpec(**{name.removeprefix(PREFIX): value for name, value in values.items()})  # type: ignore[arg-type]


def parameters_of(how: PretrainSpec) -> dict[str, float | str]:
    """The values of `PARAMETERS`, as `with_init` takes them."""
    return {p.name: getattr(how, p.name.removeprefix(PREFIX)) for p in PARAMETERS}
