"""The nine rules: each reads one probe and yields its finding, with the numbers it rests on, or nothing.

Thresholds come from simulated, labelled situations; each is explained where it stands.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from initlab.arrays import Array, Flags
from initlab.datasets import DATASETS
from initlab.measurement import Probe
from initlab.spec import NetworkSpec
from initlab.trend import FACTOR, Trend
from initlab.wording import capitalized, layers_in_words, number, percent

Kind: TypeAlias = Literal[
    "overflow", "symmetry", "vanishing signal", "exploding signal", "vanishing gradient", "exploding gradient",
    "saturation", "dead units", "input collapse",
]  # fmt: skip

FIRST_LAYER: Final = 1000  # how much the first layer may shrink the data
TWINS: Final = 1 / 2  # of a layer's units
ONE_SIDED: Final = ("SELU", "ELU")  # a unit stuck on their floor has an output, so it looks like its stuck neighbours
SATURATED: Final = 1 / 3  # critical and gain-5/3 tanh have .04 to .17, sigma_w = 4 has .56
SATURATED_HARD_TANH: Final = 1 / 2  # which clips .32 of N(0, 1)
DEAD_ROWS: Final = 16  # fewer rows cannot tell silent from dead
COLLAPSED: Final = 1e-4  # 1 - c: the part of the signal that depends on the input is then below 1 %
SLOPES: Final = {"Sigmoid": "a sigmoid's slope is at most 1/4", "Softplus": "softplus has a slope of only 1/2 at 0"}
KEEPING: Final = {  # N Var[W] that keeps a small signal level, for phi of slope 1 at 0 and for the piecewise linear
    "Linear": 1, "ReLU": 2, "Tanh": 1, "Softsign": 1, "Hard tanh": 1, "Erf": math.pi / 4, "SELU": 1,
}  # fmt: skip
TREND_KINDS: Final[dict[tuple[str, bool], Kind]] = {  # the second: whether it falls
    ("signal", True): "vanishing signal", ("signal", False): "exploding signal",
    ("gradient", True): "vanishing gradient", ("gradient", False): "exploding gradient",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `layers` are hidden layers, from 1; a `remedy` has been probed and found healthy."""

    kind: Kind
    layers: tuple[int, ...]
    headline: str
    evidence: str
    remedy: NetworkSpec | None = None


def signal_trend(probe: Probe) -> Trend | None:
    """How the activations' RMS travels up through the finite layers; None if there are none."""
    layers = finite_layers(probe)
    return Trend(probe.activation.rms, layers, probe.widths) if layers else None


def gradient_trend(probe: Probe) -> Trend | None:
    """How the RMS of dLoss/dz travels down from the top hidden layer; None after an overflow.

    Not the weight gradients: under the PyTorch default these stay level (Glorot & Bengio 2010, figure 8). A gradient
    that cancels counts as the 0 it is in exact arithmetic.
    """
    if overflowed(probe):
        return None
    return Trend(probe.gradient.rms * (not cancels(probe)), finite_layers(probe)[::-1], probe.widths)


def finite_layers(probe: Probe) -> tuple[int, ...]:
    """The hidden layers, from 1, whose pre-activations and activations are all finite."""
    return _layers((probe.preactivation.finite_share == 1) & (probe.activation.finite_share == 1))


def overflowed(probe: Probe) -> bool:
    """Whether any pre-activation, activation, gradient or output is not finite."""
    finite_gradient = bool((probe.gradient.finite_share == 1).all())
    return not (finite_gradient and probe.finite_outputs and len(finite_layers(probe)) == probe.depth)


def _layers(flags: Flags) -> tuple[int, ...]:
    return tuple(int(layer) + 1 for layer in np.flatnonzero(flags))


def _finite(probe: Probe, flags: Flags) -> tuple[int, ...]:
    return tuple(layer for layer in finite_layers(probe) if flags[layer - 1])


def _worst(layers: tuple[int, ...], share: Array) -> int:
    return max(layers, key=lambda layer: share[layer - 1])


def cancels(probe: Probe) -> bool:
    """Whether hidden gradients are rounding errors of 0: equal outgoing weights times softmax errors that sum to 0."""
    spec = probe.spec
    return (
        spec is not None and spec.output == "Same" and spec.law.moments(*spec.widths[-2:])[1] == 0
        and spec.loss in ("Auto", "Cross-entropy") and DATASETS[spec.dataset].classes > 0
    )  # fmt: skip


def without_gradient(probe: Probe, layers: tuple[int, ...]) -> bool:
    """Whether no gradient at all reaches these layers."""
    if overflowed(probe):
        return False
    return cancels(probe) or all(probe.gradient.rms[layer - 1] == 0 for layer in layers)


def overflow(probe: Probe) -> Iterator[Finding]:
    if not overflowed(probe):
        return
    above = _layers((probe.preactivation.finite_share < 1) | (probe.activation.finite_share < 1))
    below = _layers(probe.gradient.finite_share < 1)
    limit = f"overflowed in {probe.precision}, which ends at {number(float(np.finfo(probe.precision).max))}"
    if above:
        layers, text = above, f"Layer {above[0]} {limit}; {len(above)} of {probe.depth} layers are not finite."
    elif not probe.finite_outputs:
        layers, text = (), f"Every hidden layer is finite, but the output layer {limit}."
    else:
        layers, text = below, f"The signal is finite, but on its way down the gradient {limit}, in layer {below[-1]}."
    yield Finding("overflow", layers, "The numbers overflow", text)


def dead_limits(probe: Probe) -> Array:
    """The share of silent units that a layer may have by chance, one a layer (L,).

    Where inputs correlate, a unit of zero-mean weights is on for all of them or off for all: half and half, give or
    take 4 sigma.
    """
    return np.minimum(0.5 + 4 * np.sqrt(0.25 / np.array(probe.widths)), 0.999)


def saturation_limit(probe: Probe) -> float:
    """The share of saturated outputs that a layer may have."""
    return SATURATED_HARD_TANH if probe.phi == "Hard tanh" else SATURATED


def symmetry(probe: Probe) -> Iterator[Finding]:
    limit = dead_limits(probe) if probe.phi in ONE_SIDED else TWINS
    stuck = probe.saturated_share > saturation_limit(probe)  # at +1 or at -1: two camps are no copies, one camp is
    layers = _finite(probe, (probe.twin_share > limit) & ~(stuck & (probe.distinct_units > 1)))
    if not layers:
        return
    at = np.array(layers) - 1
    distinct, widths = _span(probe.distinct_units[at]), _span(np.array(probe.widths)[at])
    verb = "is" if distinct == "1" else "are"
    count = f"In {layers_in_words(layers)}, {distinct} of {widths} units {verb} distinct"
    if cancels(probe) and (probe.gradient.rms > 0).any():
        lesson = "The gradient that reaches them cancels to 0, as the softmax errors of a row sum to 0."
    elif without_gradient(probe, layers):
        lesson = "The gradient that reaches them is exactly 0, so nothing will tell them apart."
    else:
        lesson = "The copies also receive the same gradient, so they go on learning the same thing."
    yield Finding("symmetry", layers, "Units are copies of one another", f"{count}. {lesson}")


def _span(counts: np.ndarray) -> str:
    low, high = int(counts.min()), int(counts.max())
    return number(low) if low == high else f"{number(low)} to {number(high)}"


def signal(probe: Probe) -> Iterator[Finding]:
    trend = signal_trend(probe)
    if trend is None:
        return
    data, first = float(probe.inputs.rms[0]), trend.ends[0]
    lost_at_once = trend.layers[0] == 1 and first < data / FIRST_LAYER
    start = f"Layer 1 turns data of RMS {number(data)} into {number(first)}." if lost_at_once else ""
    if trend.exceeds(FACTOR):
        text = capitalized(f"{trend.rate()}the activations' RMS {trend.journey()}.") + _needed(probe, trend)
        yield _trend_finding("signal", trend, f"{start} {text}".strip())
    elif lost_at_once:
        yield Finding("vanishing signal", trend.layers, "The signal vanishes", start)


def gradient(probe: Probe) -> Iterator[Finding]:
    trend = gradient_trend(probe)
    if trend is None or not trend.exceeds(FACTOR):
        return
    text = capitalized(f"{trend.rate()}on its way down, the gradient's RMS {trend.journey()}.")
    if trend.log_ratio > 0 or probe.phi not in SLOPES or any(saturation(probe)):
        yield _trend_finding("gradient", trend, text + _needed(probe, trend))
    else:
        yield _trend_finding("gradient", trend, *_slope_to_blame(probe, text))


def _slope_to_blame(probe: Probe, text: str) -> tuple[str, str]:
    """Evidence and headline where a small slope, one cause, takes both the gradient and the inputs."""
    slope = f"{text} The cause is that {SLOPES[probe.phi]}"
    if not collapsed(probe):
        return f"{slope}.", ""
    return f"{slope}, and the inputs fade with the gradient.", "The gradient vanishes and all inputs look the same"


def _trend_finding(what: Literal["signal", "gradient"], trend: Trend, text: str, headline: str = "") -> Finding:
    falling = trend.log_ratio < 0
    headline = headline or f"The {what} {'vanishes' if falling else 'explodes'}"
    if trend.borderline:
        headline, text = f"{headline} (borderline)", f"{text} Borderline: a factor of {FACTOR} is where it begins."
    return Finding(TREND_KINDS[what, falling], trend.concerned, headline, text)


def _needed(probe: Probe, trend: Trend) -> str:
    """What the weights' variance would have to be, where that is exact and explains the finding."""
    spec, product = probe.spec, KEEPING.get(probe.phi)
    plain = spec is not None and spec.normalization == "None" and not spec.residual and len(set(probe.widths)) == 1
    if not plain or product is None or probe.depth < 2:
        return ""
    means, deviations = probe.weight.mean[1:], probe.weight.std[1:]
    variance, needed = float((deviations**2).mean()), product / probe.widths[0]
    too_small = variance < needed / 1.05
    if (np.abs(means) > 0.1 * deviations).any() or too_small != (trend.log_ratio < 0):
        return ""
    goal = f"{number(product)}/{probe.widths[0]} = {number(needed)}"
    return f" The weights' variance is {number(variance)}; to keep the signal it would have to be {goal}."


def saturation(probe: Probe) -> Iterator[Finding]:
    limit = saturation_limit(probe)
    layers = _finite(probe, probe.saturated_share > limit)
    if layers:
        worst = _worst(layers, probe.saturated_share)
        text = (
            f"In layer {worst}, {percent(probe.saturated_share[worst - 1])} of the outputs lie where the slope of "
            f"{probe.phi.lower()} is below 6 % of its largest; more than {percent(limit)} in {layers_in_words(layers)}."
        )
        yield Finding("saturation", layers, "The units saturate", text)


def dead(probe: Probe) -> Iterator[Finding]:
    if probe.phi != "ReLU" or probe.rows < DEAD_ROWS:
        return
    limit = dead_limits(probe)
    layers = _finite(probe, probe.dead_share > limit)
    if not layers:
        return
    worst = _worst(layers, probe.dead_share)
    share, rows = probe.dead_share[worst - 1], f"all {number(probe.rows)} rows"
    if share == 1:
        silent = layers_in_words(_finite(probe, probe.dead_share == 1))
        text = f"In {silent} every unit is silent on {rows}, so nothing passes, neither up nor down."
        yield Finding("dead units", layers, "A whole layer is dead", text)
    else:
        chance = percent(limit[worst - 1])
        text = f"In layer {worst}, {percent(share)} of the units are silent on {rows}; chance explains up to {chance}."
        yield Finding("dead units", layers, "Too many units are dead", text)


def collapsed(probe: Probe) -> tuple[int, ...]:
    """The layers in which all inputs look the same, if the last finite one is among them."""
    layers = finite_layers(probe)
    if not layers or not probe.input_difference[layers[-1] - 1] < COLLAPSED:
        return ()
    return _finite(probe, probe.input_difference < COLLAPSED)


def _dependence(probe: Probe) -> str:
    layer = finite_layers(probe)[-1]
    share = math.sqrt(max(0.0, float(probe.input_difference[layer - 1])))
    return f"only {percent(share)} of the signal in layer {layer} still depends on the input"


def collapse(probe: Probe) -> Iterator[Finding]:
    layers = collapsed(probe)
    if not layers:
        return
    headline, text = "All inputs look the same", f"{capitalized(_dependence(probe))}."
    if probe.data_difference < COLLAPSED:
        share = percent(math.sqrt(max(0.0, probe.data_difference)))
        text = f"The reason lies in the data, of which only {share} differs from row to row. {text}"
        headline = "All inputs look the same, in the data already"
    yield Finding("input collapse", layers, headline, text)


RULES: Final = (overflow, symmetry, signal, gradient, saturation, dead, collapse)
