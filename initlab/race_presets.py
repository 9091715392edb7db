"""Races one click away: the article's claims put to the test, each with one line on what to look for.

Tests run every race and check the line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from initlab.comparison import TANH, Preset, start
from initlab.spec import NetworkSpec
from initlab.train_spec import TrainSpec


@dataclass(frozen=True, slots=True)
class Race(Preset):
    """A comparison with how its starts are trained."""

    how: TrainSpec


TABLE: Final = (
    Race(
        "A better start trains faster",
        TANH,
        (
            start("Zeros"), start("Random normal", stddev=0.01), start("Random normal", stddev=1.0),
            start("Glorot normal"), start("He normal"),
        ),
        "Glorot and He have nine test rows in ten right; N(0, 1), saturated, has not half of them. Zeros and "
        "N(0, 0.01) learn nothing: no gradient to speak of reaches their weights.",
        TrainSpec(rate=0.05, epochs=10),
    ),
    Race(
        "Zero and constant never learn",
        NetworkSpec(activation="Tanh", depth=3, width=64),
        (start("Zeros"), start("Constant", value=0.1), start("Glorot normal")),
        "Ten epochs on, zeros and a constant still guess, while Glorot has nine rows in ten right. Equal weights make "
        "all units of a layer one unit: one number would have to tell ten classes apart.",
        TrainSpec(rate=0.1, epochs=10),
    ),
    Race(
        "Random weights overfit",
        NetworkSpec(activation="Tanh", depth=2, width=64, dataset="Diabetes"),
        (
            start("Random normal", stddev=0.05), start("Glorot normal"), start("He normal"),
            start("Random normal", stddev=0.5), start("Random normal", stddev=1.0),
        ),
        "True of large random weights: N(0, 1) learns the training rows by heart, and its test loss ends above 2, "
        "where predicting the mean costs about 1. N(0, 0.05) is as random, fits them least and tests best: what "
        "overfits is the size. Trained so long, Glorot and He overfit too, though less.",
        TrainSpec(rate=0.02, batch=32, epochs=200),
    ),
    Race(
        "Too large a step",
        NetworkSpec(activation="ReLU", depth=10),
        (start("Glorot normal"), start("He normal"), start("He normal", gain=2.0)),
        "A learning rate near the edge. He with its weights doubled starts from a loss of hundreds, overflows within a "
        "few steps and leaves the race; the others go on.",
        TrainSpec(rate=0.2, epochs=5),
    ),
)  # fmt: skip
PRESETS: Final[Mapping[str, Race]] = MappingProxyType({entry.name: entry for entry in TABLE})
