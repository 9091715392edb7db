"""Two to six starts under one architecture, on the same data and the same random draws: which one carries the signal?

A start is what the sidebar of a comparison leaves out: initializer, parameters, gain. The presets are questions that a
comparison answers, each with one line on what to look for; tests check every claim against probes.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from initlab.arrays import Parameters
from initlab.data_driven import DATA_DRIVEN
from initlab.errors import invalid
from initlab.initializers import GAIN_RANGE, recipe
from initlab.parameters import finite_number, pairs
from initlab.spec import NetworkSpec
from initlab.wording import number
from initlab.work import MAX_BYTES, MAX_OPERATIONS, smaller, total

FEWEST, MOST = 2, 6  # more than six lines or pictures cannot be told apart from the back row
SHORT: Final[Mapping[str, str]] = {  # how parameters are said; for all others their values follow the name
    "Random uniform": "Random uniform {minval} to {maxval}",
    "Variance scaling": "Scaling {scale}/{mode} {distribution}",
}
OTHERS: Final = (
    "Glorot normal",
    "He normal",
    "LeCun normal",
    "Orthogonal",
    "PyTorch default",
)  # a newcomer is the first
SEEDS: Final = 20  # other draws behind a median and its 10 to 90 %


@dataclass(frozen=True, slots=True)
class Start:
    """An initializer, its parameters (completed with Keras's defaults) and the gain; flat and hashable."""

    init: str
    init_params: Parameters = ()
    gain: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "init_params", recipe(self.init).complete(pairs("init_params", self.init_params)))
        object.__setattr__(self, "gain", finite_number("gain", self.gain, *GAIN_RANGE))

    @classmethod
    def of(cls, spec: NetworkSpec) -> "Start":
        """The start of this network."""
        return cls(spec.init, spec.init_params, spec.gain)

    def applied(self, spec: NetworkSpec) -> NetworkSpec:
        """The same architecture, data and seed with this start."""
        return replace(spec, init=self.init, init_params=self.init_params, gain=self.gain)

    @property
    def label(self) -> str:
        """He normal, Random normal 0.01, Glorot normal × 2."""
        values = {name: _said(value) for name, value in self.init_params}
        order = [p.name for p in recipe(self.init).parameters if p.name != "mean"]
        plain = " ".join([self.init, ", ".join(values[name] for name in order)]).strip()
        words = SHORT[self.init].format(**values) if self.init in SHORT else plain
        if isinstance(recipe(self.init).bound(self.init_params, "Linear"), DATA_DRIVEN):
            words = self._algorithm(dict(self.init_params))
        words += f", mean {values['mean']}" if values.get("mean", "0") != "0" else ""
        return words if self.gain == 1 else f"{words} × {number(self.gain, 3)}"

    def _algorithm(self, values: dict[str, float | str]) -> str:
        """Greedy pre-training, epochs a layer 30: of an algorithm's many settings those that are not the usual ones."""
        changed = [p for p in recipe(self.init).parameters if values[p.name] != p.default]
        return ", ".join([self.init, *(f"{p.label.lower()} {_said(values[p.name])}" for p in changed)])


def _said(value: float | str) -> str:
    """A value in a label: numbers as people write them, truncated_normal as truncated."""
    return value.removesuffix("_normal") if isinstance(value, str) else number(value, 3)


def start(init: str, gain: float = 1.0, **params: float | str) -> Start:
    """A start as one writes it in a notebook: start("Random normal", stddev=0.01)."""
    return Start(init, tuple(sorted(params.items())), gain)


def labels(starts: Sequence[Start]) -> tuple[str, ...]:
    """A label each; where two would be the same they are numbered."""
    plain = [one.label for one in starts]
    again, seen = Counter(plain), Counter[str]()
    found = []
    for label in plain:
        seen[label] += 1
        found.append(f"{label} ({seen[label]})" if again[label] > 1 else label)
    return tuple(found)


def specs(spec: NetworkSpec, starts: Sequence[Start]) -> tuple[NetworkSpec, ...]:
    """One network a start; ValueError unless there are two to six."""
    if not FEWEST <= len(starts) <= MOST:
        raise invalid(f"a comparison is of {FEWEST} to {MOST} starts", len(starts), "add or remove some")
    return tuple(one.applied(spec) for one in starts)


def newcomer(starts: Sequence[Start]) -> Start:
    """What "add" adds: a common start that is not there yet."""
    return next((Start(name) for name in OTHERS if Start(name) not in starts), Start(OTHERS[0]))


def rivals(spec: NetworkSpec, remedy: NetworkSpec | None) -> tuple[Start, ...]:
    """What to compare a network with: its own start first, its remedy's, then the two that everyone knows."""
    known = [Start.of(spec), *([Start.of(remedy)] if remedy else []), *(Start(name) for name in OTHERS[:2])]
    found = tuple(dict.fromkeys(known))
    return found if len(found) >= FEWEST else (*found, newcomer(found))


def fitting(spec: NetworkSpec, starts: Sequence[Start]) -> NetworkSpec:
    """The nearest architecture whose probes of all these starts are affordable together."""
    return _shrunk(spec, starts, times=1)


def fitting_band(spec: NetworkSpec, starts: Sequence[Start]) -> NetworkSpec:
    """The nearest architecture that is affordable `SEEDS` times over for every start that gets a band: its own, if a
    band can be had."""
    plain = [start for start in starts if not start.applied(spec).needs_data]
    return _shrunk(spec, plain, times=SEEDS) if plain else spec


def _shrunk(spec: NetworkSpec, starts: Sequence[Start], times: int) -> NetworkSpec:
    """As little as it takes; the smallest network there is ends it."""
    while spec != smaller(spec) and not _affordable(spec, starts, times):
        spec = smaller(spec)
    return spec


def _affordable(spec: NetworkSpec, starts: Sequence[Start], times: int) -> bool:
    needed = total(start.applied(spec) for start in starts)
    return times * needed.operations <= MAX_OPERATIONS and needed.bytes <= MAX_BYTES


@dataclass(frozen=True, slots=True)
class Preset:
    """A question, the architecture it is asked of (the start in `spec` does not count), and what to look for."""

    name: str
    spec: NetworkSpec
    starts: tuple[Start, ...]
    look_for: str

    def shown(self, spec: NetworkSpec, starts: tuple[Start, ...]) -> bool:
        """Whether this is what is compared, whatever the draw."""
        return starts == self.starts and starts[0].applied(spec) == replace(
            starts[0].applied(self.spec), seed=spec.seed
        )


TANH: Final = NetworkSpec(activation="Tanh", depth=10)
RELU: Final = NetworkSpec(activation="ReLU", depth=20)
TABLE: Final = (
    Preset(  # seven techniques, six places: He uniform gives way, "Normal or uniform?" has it
        "The article",
        TANH,
        (
            start("Zeros"), start("Random normal", stddev=1.0), start("Random uniform", minval=0.0, maxval=1.0),
            start("Glorot uniform"), start("Glorot normal"), start("He normal"),
        ),
        "Zeros pass nothing on. N(0, 1) saturates, and its gradient grows more than a thousandfold. U(0, 1) makes 128 "
        "units one. Glorot and He fit the weights to the layer: nothing changes more than tenfold.",
    ),
    Preset(
        "Which library default?",
        RELU,
        (start("Glorot uniform"), start("PyTorch default"), start("LeCun normal"), start("scikit-learn default")),
        "What Keras, PyTorch, flax and scikit-learn start from, in this order. None is made for 20 layers of ReLU: "
        "PyTorch passes on about 41 % of the gradient a layer, the other three about 70 %.",
    ),
    Preset(
        "One name, three laws",
        NetworkSpec(activation="Tanh", depth=10, width=256, shape="Funnel"),
        (
            start("Glorot normal"),
            start("Variance scaling", scale=1.0, mode="fan_avg", distribution="untruncated_normal"),
            start("Variance scaling", scale=1.0, mode="fan_in", distribution="untruncated_normal"),
        ),
        "Three things called Xavier normal: Keras's, cut at two deviations; PyTorch's, not cut, so that its largest "
        "weight is larger; and N(0, 1/n_in). Cut or not, the signal is the same. With n_in the first layer, of 64 "
        "inputs and 256 units, is larger, and less than half of the gradient arrives there.",
    ),
    Preset(
        "Normal or uniform?",
        RELU,
        (start("Glorot normal"), start("Glorot uniform"), start("He normal"), start("He uniform")),
        "Same variance, other law: nothing changes. Normal and uniform stay within a factor of three in all 20 layers, "
        "while Glorot and He end more than a hundredfold apart.",
    ),
    Preset(
        "fan_in, fan_out or average?",
        NetworkSpec(activation="ReLU", depth=10, width=256, shape="Funnel"),
        tuple(
            start("Variance scaling", scale=2.0, mode=mode, distribution="truncated_normal")
            for mode in ("fan_in", "fan_out", "fan_avg")
        ),
        "In a funnel from 256 units to 64 and on the same draws, fan_out's signal grows exactly twice as much as "
        "fan_in's on its way up, and its gradient about twice as much on its way down: fan_in is made to keep the "
        "signal, fan_out the gradient, and the average lies between.",
    ),
    Preset(
        "Glorot or He?",
        NetworkSpec(activation="ReLU", depth=30),
        (start("Glorot normal"), start("He normal"), start("Orthogonal", gain=1.41)),
        "ReLU drops half of the power. Glorot does not make up for it and passes on about 71 % a layer; He's factor of "
        "two does, and so does a rotation times √2.",
    ),
)  # fmt: skip
PRESETS: Final[Mapping[str, Preset]] = MappingProxyType({entry.name: entry for entry in TABLE})
