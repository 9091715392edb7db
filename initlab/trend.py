"""Does an RMS vanish or explode on its way through the layers? One rule for the signal and for the gradient."""

import math
from typing import Final, NamedTuple

import numpy as np

from initlab.arrays import Array
from initlab.wording import number, percent

FACTOR: Final = 30  # between Glorot sigmoid of depth 3 (x18, textbook nets) and of depth 4 (x71)
CERTAIN: Final = 300  # beyond this a change counts however slow it is
SLOWEST: Final = 1.05  # a layer; Glorot tanh loses x10 over 100 layers algebraically, which is what critical means
BORDERLINE: Final = 2  # within this of FACTOR
EVEN: Final = 1.5  # steps that differ from their mean by less than this are called alike


class Trend(NamedTuple):
    """An RMS a layer, and the layers in the order of travel: upwards for the signal, downwards for the gradient."""

    rms: Array  # (L,)
    layers: tuple[int, ...]  # the finite ones, from 1
    widths: tuple[int, ...]  # of all layers

    @property
    def steps(self) -> int:
        return abs(self.layers[-1] - self.layers[0])

    @property
    def ends(self) -> tuple[float, float]:
        return float(self.rms[self.layers[0] - 1]), float(self.rms[self.layers[-1] - 1])

    @property
    def log_ratio(self) -> float:
        """ln(last/first); an RMS of exactly 0 counts as -inf."""
        first, last = self.ends
        return math.log(last) - math.log(first) if first > 0 and last > 0 else -math.inf

    @property
    def noise(self) -> float:
        """Sum of 1/N over the steps: m/N where all layers are N wide."""
        return sum(1 / n for n in self.widths[min(self.layers) : max(self.layers)])

    @property
    def chance(self) -> tuple[float, float]:
        """The log ratios that draws alone explain: for He on ReLU Var ln|x|^2 = 5m/N with mean -2.5m/N; 3 sigma."""
        spread = 1.5 * math.sqrt(5 * self.noise)
        return -spread - 1.25 * self.noise, spread

    def exceeds(self, factor: float) -> bool:
        """Whether the change is beyond `factor`, at no negligible rate, and not explained by chance."""
        low, high = self.chance
        size = abs(self.log_ratio)
        if not self.steps or low <= self.log_ratio <= high:
            return False
        return size > math.log(CERTAIN) or (size > math.log(factor) and size > self.steps * math.log(SLOWEST))

    @property
    def borderline(self) -> bool:
        """Within a factor of two of where findings begin, on either side."""
        return self.exceeds(FACTOR / BORDERLINE) and not self.exceeds(FACTOR * BORDERLINE)

    @property
    def concerned(self) -> tuple[int, ...]:
        """The layers that lie beyond the factor, seen from where the journey begins."""
        with np.errstate(all="ignore"):
            change = np.abs(np.log(self.rms / self.ends[0]))
        return tuple(sorted(layer for layer in self.layers if not change[layer - 1] <= math.log(FACTOR)))

    def journey(self) -> str:
        """From where to where, with the numbers: `falls from 0.072 in layer 1 to 2·10⁻¹⁰ in layer 10`."""
        (first, last), to = self.ends, self.layers[-1]
        if first == 0:
            return f"is exactly 0 in layer {self.layers[0]} already"
        if last == 0:
            to = next(layer for layer in self.layers if self.rms[layer - 1] == 0)
        verb, end = "falls" if last < first else "rises", "exactly 0" if last == 0 else number(last)
        return f"{verb} from {number(first)} in layer {self.layers[0]} to {end} in layer {to}"

    def rate(self) -> str:
        """What one layer does, as the beginning of a sentence; empty where nothing arrives at all."""
        if math.isinf(self.log_ratio):
            return ""
        pace = self.log_ratio / self.steps
        with np.errstate(all="ignore"):
            unevenness = np.abs(np.diff(np.log(self.rms[np.array(self.layers) - 1])) - pace).max()
        each = "Each layer" if unevenness < math.log(EVEN) else "On average each layer"
        if pace < 0:
            return f"{each} passes on {percent(math.exp(pace))} of what it receives: "
        return f"{each} multiplies what it receives by {number(math.exp(pace), 3)}: "
