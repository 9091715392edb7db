"""Pre-trainings one click away, each with one line on what to look for.

Tests run every one and check the line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from initlab.pretrain_spec import PretrainSpec, parameters_of
from initlab.spec import NetworkSpec
from initlab.train_spec import TrainSpec


@dataclass(frozen=True, slots=True)
class Preset:
    """A network and how it is pre-trained, how it is fine-tuned, and what to look for."""

    name: str
    spec: NetworkSpec
    tune: TrainSpec
    look_for: str

    def shown(self, spec: NetworkSpec, tune: TrainSpec) -> bool:
        """Whether this is what is on the page, whatever the draw."""
        return replace(self.spec, seed=spec.seed) == spec and replace(self.tune, seed=tune.seed) == tune


def _spec(how: PretrainSpec, **changes: object) -> NetworkSpec:
    plain = NetworkSpec(activation="Sigmoid", depth=3, width=64, scaling="0-1")
    return replace(plain, **changes).with_init("Greedy pre-training", **parameters_of(how))  # type: ignore[arg-type]


FEW: Final = TrainSpec(rate=0.1, batch=16, epochs=100, labels=100)
ADAM: Final = TrainSpec("Adam", rate=0.005, batch=16, epochs=50, labels=100)
PLAIN: Final = PretrainSpec(corruption=0.0, corruption_rise=0.0)
TABLE: Final = (
    Preset(
        "Classic", _spec(PretrainSpec()), FEW,
        "Three layers of sigmoid units, a hundred labels, plain SGD. Pre-trained, the network has more than eight test "
        "rows in ten right; from Glorot's weights or small ones it has hardly left the start after as many steps.",
    ),
    Preset(
        "With Adam", _spec(PretrainSpec()), ADAM,
        "The same with a better optimizer: Glorot's start learns too, and of a lead of seventy points a few are left. "
        "What pre-training cured was above all an optimizer's trouble.",
    ),
    Preset(
        "All labels", _spec(PretrainSpec()), TrainSpec("Adam", rate=0.005, batch=16, epochs=10),
        "With Adam and a label for every row Glorot comes within a few points: the fewer the labels, the more there is "
        "to be had from rows without.",
    ),
    Preset(
        "Tanh", _spec(PretrainSpec(), activation="Tanh"), TrainSpec(rate=0.05, batch=16, epochs=50, labels=100),
        "Tanh units let Glorot's start learn by plain SGD: it has more than eight rows in ten right, and little is "
        "left of pre-training's lead. Small weights stay where they are.",
    ),
    Preset(
        "Five layers", _spec(PretrainSpec(), depth=5), FEW,
        "Deeper, Glorot's start does not move at all, and pre-training still has more than eight rows in ten right.",
    ),
    Preset(
        "One layer", _spec(PretrainSpec(), activation="Tanh", depth=1, scaling="Standardized"),
        TrainSpec(rate=0.05, batch=16, epochs=20),
        "No cure without an illness: one layer of tanh and a label for every row. All three end within a few points of "
        "each other, and pre-training is not ahead.",
    ),
    Preset(
        "Nothing hidden", _spec(PLAIN), FEW,
        "Plain auto-encoders see all of what they rebuild, and lose less of it on the way up and down than those that "
        "have to guess what is hidden.",
    ),
)  # fmt: skip
PRESETS: Final[Mapping[str, Preset]] = MappingProxyType({entry.name: entry for entry in TABLE})
