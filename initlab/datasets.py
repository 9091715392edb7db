"""The nine data sets, all offline, as arrays a network can take.

Rows are shuffled once, always the same way, so that the first rows are a fair sample and do not depend on the seed of
the weights. Classes are integers, a regression target is standardized, Gaussian noise has no target.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from sklearn import datasets, preprocessing

from initlab.arrays import Array
from initlab.errors import unknown
from initlab.losses import Targets

SCALINGS: Final = ("Standardized", "0-1", "Raw")
TOY_ROWS: Final = 1024


@dataclass(frozen=True, slots=True)
class Dataset:
    """Where the data come from and their declared shape, so that a network can be planned without loading them."""

    name: str
    rows: int
    features: int
    classes: int  # 0: regression or no target
    source: Callable[[], Any]  # (inputs, targets)
    about: str

    @property
    def outputs(self) -> int:
        """Width of the output layer: the classes, one for regression, and ten where there is nothing to predict."""
        return self.classes or (10 if self.name == "Gaussian noise" else 1)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Inputs `(B, features)` and their targets."""

    inputs: Array
    targets: Targets


def load(name: str, scaling: str = "Standardized", rows: int | None = None) -> Batch:
    """The first `rows` shuffled rows, features scaled over the whole set; ValueError names the choices."""
    if name not in DATASETS:
        raise unknown("data set", name, DATASETS)
    if scaling not in SCALINGS:
        raise unknown("scaling", scaling, SCALINGS)
    inputs, targets = DATASETS[name].source()
    order = np.random.default_rng(0).permutation(len(inputs))[:rows]
    found = scaled(np.asarray(inputs, float), scaling)[order]
    if targets is None:
        return Batch(found, None)
    if not np.issubdtype(targets.dtype, np.integer):
        targets = (targets - targets.mean()) / targets.std()
    return Batch(found, targets[order])


def scaled(inputs: Array, scaling: str) -> Array:
    """A constant column becomes 0 when standardized or brought to 0-1."""
    match scaling:
        case "Standardized":
            return preprocessing.StandardScaler().fit_transform(inputs)
        case "0-1":
            return preprocessing.MinMaxScaler().fit_transform(inputs)
        case _:
            return inputs


def _scikit(loader: Callable[..., Any]) -> Callable[[], tuple[Array, Targets]]:
    return cache(lambda: loader(return_X_y=True))  # the digits take a tenth of a second to unpack


def _spirals() -> tuple[Array, Targets]:
    """Two interleaved arms of one and three quarter turns with a little noise."""
    rng = np.random.default_rng(0)
    arm = np.arange(TOY_ROWS) % 2
    turn = np.sqrt(rng.random(TOY_ROWS))
    angle = turn * 3.5 * np.pi + arm * np.pi
    points = turn[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return points + rng.normal(0, 0.02, points.shape), arm


TABLE = (
    Dataset("Digits", 1797, 64, 10, _scikit(datasets.load_digits), "8 x 8 images of handwritten digits"),
    Dataset("Iris", 150, 4, 3, _scikit(datasets.load_iris), "four measures of three kinds of flower"),
    Dataset("Wine", 178, 13, 3, _scikit(datasets.load_wine), "chemistry of wines from three growers"),
    Dataset("Breast cancer", 569, 30, 2, _scikit(datasets.load_breast_cancer), "cell measures, benign or malignant"),
    Dataset("Diabetes", 442, 10, 0, _scikit(datasets.load_diabetes), "progression of a disease, a regression"),
    Dataset(
        "Moons", TOY_ROWS, 2, 2, lambda: datasets.make_moons(TOY_ROWS, noise=0.1, random_state=0), "two half moons"
    ),
    Dataset(
        "Circles", TOY_ROWS, 2, 2, lambda: datasets.make_circles(TOY_ROWS, noise=0.05, factor=0.5, random_state=0),
        "a ring around a ring",
    ),
    Dataset("Spirals", TOY_ROWS, 2, 2, _spirals, "two interleaved spirals"),
    Dataset(
        "Gaussian noise", TOY_ROWS, 64, 0,
        lambda: (np.random.default_rng(0).standard_normal((TOY_ROWS, 64)), None), "independent N(0, 1), no target",
    ),
)  # fmt: skip

DATASETS: Final[Mapping[str, Dataset]] = MappingProxyType({entry.name: entry for entry in TABLE})
