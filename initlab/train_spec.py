"""The flat, frozen description of how a network is trained, validated here once."""

from dataclasses import dataclass
from typing import Final

from initlab.errors import unknown
from initlab.optimizers import OPTIMIZERS
from initlab.parameters import finite_number, whole_number

RATES: Final = (1e-5, 10.0)
WHOLE: Final = {"batch": (1, 2048), "epochs": (1, 1000), "seed": (0, 2**31 - 1), "labels": (0, 2**31 - 1)}
NUMBERS: Final = {
    "rate": RATES, "weight_decay": (0.0, 1.0), "clip": (0.0, 1000.0), "dropout": (0.0, 0.9), "test_share": (0.1, 0.9),
}  # fmt: skip
LABELS: Final = {"rate": "learning rate", "weight_decay": "weight decay", "test_share": "share of the data for testing"}


@dataclass(frozen=True, slots=True)
class TrainSpec:
    """Optimizer, learning rate, minibatches and what tames them. `seed` orders the minibatches and draws dropout.

    `batch` is an upper limit: data with fewer rows are one batch. `weight_decay` adds so much of each weight to its
    gradient, `clip` is the longest the gradient of all parameters together may be, 0 for no limit. `labels` is how many
    of the training rows have a label, chosen by `seed` and of each class its share, 0 for all; the other rows serve
    starts that learn without. Raises ValueError naming the rule, the value and the choices.
    """

    optimizer: str = "SGD"
    rate: float = 0.05
    batch: int = 64
    epochs: int = 10
    weight_decay: float = 0.0
    clip: float = 0.0
    dropout: float = 0.0
    test_share: float = 0.2
    seed: int = 0
    labels: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.optimizer, str) or self.optimizer not in OPTIMIZERS:
            raise unknown("optimizer", self.optimizer, OPTIMIZERS)
        for name, bounds in WHOLE.items():
            object.__setattr__(self, name, whole_number(name, getattr(self, name), *bounds))
        for name, (low, high) in NUMBERS.items():
            value = finite_number(LABELS.get(name, name), getattr(self, name), low, high)
            object.__setattr__(self, name, value)
