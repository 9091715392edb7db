"""What several probes of one architecture say beside each other: a table of numbers and the sentences under the charts.

Labels come with the probes, in the same order.
"""

import math
import sys
from collections.abc import Sequence
from typing import Final, NamedTuple, TypeGuard

import numpy as np

from initlab.arrays import Array, Integers
from initlab.band import Profile
from initlab.findings import Finding, Kind, findings, gradient_trend, signal_trend
from initlab.measurement import Probe
from initlab.readings import CHANGE
from initlab.tally import LayerStats
from initlab.theory import Expected, Theory
from initlab.trend import Trend
from initlab.wording import listed, number, percent, power

WORDS: Final[dict[Kind, str]] = {  # a verdict for a heading: one or two words
    "overflow": "overflows", "symmetry": "copies", "vanishing signal": "vanishes", "exploding signal": "explodes",
    "vanishing gradient": "gradient vanishes", "exploding gradient": "gradient explodes", "saturation": "saturates",
    "dead units": "dies", "input collapse": "inputs collapse",
}  # fmt: skip
HEALTHY: Final = "healthy"
QUANTILES: Final = (0.1, 0.5, 0.9)
THEORY: Final = ("theory", "lower end of theory's band", "upper end of theory's band")
KEEP: Final = "keep their size"
OVERFLOW: Final = math.log(sys.float_info.max)


def verdict_word(found: Sequence[Finding]) -> str:
    """The worst finding in a word or two."""
    return WORDS[found[0].kind] if found else HEALTHY


def rate(trend: Trend | None) -> float:
    """The mean factor from layer to layer, in the direction of travel; NaN where there is no trend or no signal."""
    if trend is None or not trend.steps or trend.ends[0] == 0:
        return math.nan
    return math.exp(trend.log_ratio / trend.steps)


def decades(trend: Trend | None) -> float:
    """log10 of last over first, in the direction of travel."""
    return math.nan if trend is None or trend.ends[0] == 0 else trend.log_ratio / math.log(10)


def summary(labels: Sequence[str], probes: Sequence[Probe]) -> dict[str, list[str] | list[float] | list[int]]:
    """The table of a comparison: column name to one value a start; shares and counts are those of the worst layer."""
    found = [findings(probe) for probe in probes]
    signal, gradient = [signal_trend(probe) for probe in probes], [gradient_trend(probe) for probe in probes]
    return {
        "start": list(labels),
        "verdict": [f[0].headline if f else "Healthy" for f in found],
        "signal ×/layer": [rate(trend) for trend in signal],
        "gradient ×/layer": [rate(trend) for trend in gradient],
        "saturated, %": [100 * float(probe.saturated_share.max()) for probe in probes],
        "silent, %": [100 * float(probe.dead_share.max()) for probe in probes],
        "distinct units": [int(probe.distinct_units.min()) for probe in probes],
        "first loss": [probe.loss for probe in probes],
        "log₁₀ grad 1/L": [decades(trend) for trend in gradient],
    }


def layer_table(
    labels: Sequence[str], probes: Sequence[Probe], bands: Sequence[Sequence[Profile]], found: Sequence[Theory]
) -> dict[str, list[str] | Array | Integers]:
    """Every layer of every start: RMS of this draw, quantiles of the others and theory, where there are any."""
    depth = probes[0].depth
    columns: dict[str, list[str] | Array | Integers] = {
        "start": [label for label in labels for _ in range(depth)],
        "layer": np.tile(np.arange(1, depth + 1), len(labels)),
        "activation rms": np.concatenate([probe.activation.rms for probe in probes]),
        "gradient rms": np.concatenate([probe.gradient.rms for probe in probes]),
    }
    for what in ("activation", "gradient") if any(bands) else ():
        none = np.full((len(QUANTILES), depth), np.nan)
        draws = [quantiles([getattr(profile, what) for profile in band]) if band else none for band in bands]
        for row, q in enumerate(QUANTILES):
            columns[f"{what} rms, {q:.0%} of other draws"] = np.concatenate([of_all[row] for of_all in draws])
    for what, lines in (("activation", [t.forward for t in found]), ("gradient", [t.backward for t in found])):
        if any(line is not None for line in lines):
            drawn = np.hstack([np.full((3, depth), np.nan) if line is None else np.array(line) for line in lines])
            columns |= {f"{what} rms, {which}": values for which, values in zip(THEORY, drawn, strict=True)}
    return columns


def quantiles(draws: Sequence[Array]) -> Array:
    """10 %, median and 90 % a layer `(3, L)` of the RMS in several draws; what is not finite counts as the largest."""
    values = np.array(draws)
    with np.errstate(invalid="ignore"):
        return np.quantile(
            np.where(np.isfinite(values), values, np.inf), QUANTILES, axis=0, method="averaged_inverted_cdf"
        )


def activations(labels: Sequence[str], probes: Sequence[Probe]) -> str:
    """Whose activations keep their size from layer 1 to the last, and whose do not."""
    stats, trends = [probe.activation for probe in probes], [signal_trend(probe) for probe in probes]
    return _movements("activations", labels, stats, trends, backward=False)


def gradients(labels: Sequence[str], probes: Sequence[Probe]) -> str:
    """Whose gradients keep their size on their way from the last layer to layer 1."""
    stats, trends = [probe.gradient for probe in probes], [gradient_trend(probe) for probe in probes]
    return _movements("gradients", labels, stats, trends, backward=True)


def _movements(
    what: str, labels: Sequence[str], stats: Sequence[LayerStats], trends: Sequence[Trend | None], *, backward: bool
) -> str:
    """Starts that do the same share a clause; those that keep their size come first."""
    clauses: dict[str, list[str]] = {}
    for label, one, trend in zip(labels, stats, trends, strict=True):
        clauses.setdefault(_movement(one, trend, backward=backward), []).append(label)
    said = "; ".join(f"{c} with {listed(clauses[c])}" for c in sorted(clauses, key=lambda clause: clause != KEEP))
    depth = len(stats[0].mean)
    if depth == 1:
        return f"In the only layer the {what} {said}."
    way = f"{depth} down to 1" if backward else f"1 to {depth}"
    return f"From layer {way} the {what} {said}."


def fault(stats: LayerStats, *, backward: bool) -> str:
    """Why a line on a log axis ends early or is missing, and the first layer without a point, in travel order."""
    for what, flags in (("overflow", stats.finite_share < 1), ("exactly 0", stats.zeros == stats.size)):
        if flags.any():
            layer = int(np.flatnonzero(flags)[-1 if backward else 0]) + 1
            return what if flags.all() else f"{what} from layer {layer}"
    return ""


def _movement(stats: LayerStats, trend: Trend | None, *, backward: bool) -> str:
    """The change of the RMS, as in the table."""
    why = fault(stats, backward=backward)
    if why:
        return why if why.startswith("overflow") else f"are {why}"
    if len(stats.mean) == 1:
        return f"have the RMS {number(float(stats.rms[0]))}"
    if trend is None:
        return "are not judged after an overflow"
    if math.isinf(trend.log_ratio):
        return "are 0 but for rounding" if trend.ends[0] == 0 else "fall to an RMS of 0"
    size = abs(trend.log_ratio)
    if size < math.log(CHANGE):
        return KEEP
    return f"{'grow' if trend.log_ratio > 0 else 'shrink'} {_times(size)} times in RMS"


def _times(log_ratio: float) -> str:
    """e to that power, also where no float holds it."""
    return number(math.exp(log_ratio)) if log_ratio < OVERFLOW else power(round(log_ratio / math.log(10)))


def signal_rms(labels: Sequence[str], probes: Sequence[Probe]) -> str:
    """What a layer does to the activations' RMS, from the start that loses most to the one that gains most."""
    return _rates("Going up", labels, [signal_trend(probe) for probe in probes])


def gradient_rms(labels: Sequence[str], probes: Sequence[Probe]) -> str:
    """What a layer does to the gradient's RMS on its way down."""
    return _rates("Coming down", labels, [gradient_trend(probe) for probe in probes])


def signal_theory(labels: Sequence[str], probes: Sequence[Probe], found: Sequence[Theory]) -> str:
    """For how many starts theory's line is drawn, and the largest distance of a measured activation RMS from it."""
    gaps = [_gap(theory.forward, probe.activation) for theory, probe in zip(found, probes, strict=True)]
    return _distances(labels, gaps, [theory.forward for theory in found], "")


def gradient_theory(labels: Sequence[str], probes: Sequence[Probe], found: Sequence[Theory]) -> str:
    """The same for the gradients below the top layer, from whose measured RMS theory starts."""
    gaps = [_gap(theory.backward, probe.gradient, top=-1) for theory, probe in zip(found, probes, strict=True)]
    return _distances(labels, gaps, [theory.backward for theory in found], ", starting from the RMS of the top layer")


def theory_limits(labels: Sequence[str], found: Sequence[Theory]) -> str:
    """Which assumption fails for which starts, and where the band is only a guide; empty where all is well."""
    reasons: dict[str, list[str]] = {}
    for label, theory in zip(labels, found, strict=True):
        for reason in theory.broken:
            reasons.setdefault(reason, []).append(label)
    said = [
        f"No theory line{'' if len(those) == len(labels) else f' for {listed(those)}'}: {reason[0].lower()}{reason[1:]}"
        for reason, those in reasons.items()
    ]
    return " ".join([*said, *dict.fromkeys(caution for theory in found for caution in theory.cautions)])


class _Gap(NamedTuple):
    """Where one start's measured RMS is furthest from what is expected: how many times it, and in which layer."""

    times: float
    layer: int
    outside: bool  # its band, in any layer


def _gap(expected: Expected | None, stats: LayerStats, top: int | None = None) -> _Gap | None:
    """Over all layers where both are numbers, without those from `top` on; None where there are none."""
    if expected is None:
        return None
    with np.errstate(all="ignore"):
        times = np.where(stats.finite_share == 1, stats.rms, np.nan) / expected.rms
    layers = np.flatnonzero((times[:top] > 0) & (times[:top] < np.inf))
    if not layers.size:
        return None
    rms, worst = stats.rms[layers], layers[np.argmax(np.abs(np.log(times[layers])))]
    outside = (rms < expected.low[layers]) | (rms > expected.high[layers])
    return _Gap(float(times[worst]), int(worst) + 1, bool(outside.any()))


def _distances(
    labels: Sequence[str], gaps: Sequence[_Gap | None], expected: Sequence[Expected | None], how: str
) -> str:
    drawn = sum(one is not None and bool(np.isfinite(one.rms).any()) for one in expected)
    if not drawn:
        return "Theory is drawn for no start."
    said = f"Theory (grey dashes; band: 95 % of draws) is drawn for {drawn} of {len(labels)} starts{how}"
    known = [(gap, label) for gap, label in zip(gaps, labels, strict=True) if gap is not None]
    if not known:
        return f"{said}: nothing was measured that it could be held against."
    worst, label = max(known, key=lambda pair: abs(math.log(pair[0].times)))
    strays = [label for gap, label in known if gap.outside]
    place = f"outside its band with {listed(strays)}" if strays else "within its band"
    return f"{said}: measured at most {_apart(worst.times)} (layer {worst.layer} of {label}), {place}."


def _apart(times: float) -> str:
    if 0.5 < times < 2:
        return f"{percent(abs(times - 1))} away"
    return f"{number(max(times, 1 / times))} times {'more' if times > 1 else 'less'}"


def _rates(way: str, labels: Sequence[str], trends: Sequence[Trend | None]) -> str:
    found = sorted((rate(trend), label) for trend, label in zip(trends, labels, strict=True) if _has_rate(trend))
    without: dict[str, list[str]] = {}
    for trend, label in zip(trends, labels, strict=True):
        if not _has_rate(trend):
            without.setdefault(_why_none(trend), []).append(label)
    rates = ", ".join(f"× {number(value, 3)} {label}" for value, label in found)
    parts = [f"{way}, a layer multiplies the RMS by: {rates}"] if found else []
    return "; ".join(parts + [f"{listed(those)}: {why}" for why, those in without.items()]) + "."


def _has_rate(trend: Trend | None) -> TypeGuard[Trend]:
    return rate(trend) > 0  # not for NaN


def _why_none(trend: Trend | None) -> str:
    if trend is None:
        return "overflow"
    if trend.ends[0] == 0:
        return "exactly 0"
    return "falls to exactly 0" if trend.steps else "one layer has no rate"
