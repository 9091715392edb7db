"""Reads every number of a finding's evidence back, as a person reads it, and compares it with the probe."""

import math
import re
from collections.abc import Callable

import numpy as np
import pytest

from initlab.findings import Finding, Kind, dead_limits, saturation_limit
from initlab.measurement import Probe

NUMBER = r"(\d[\d,.]*(?:·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?|10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
PLAIN_DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
TWO_DIGITS = 0.051  # relative: 1.05 is written as 1.1 or as 1


def value(text: str) -> float:
    """2.2·10⁻¹⁰, 10⁷ or 1,234."""
    if power := re.fullmatch(r"(?:(.+)·)?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", text):
        return float(power[1] or 1) * 10.0 ** int(power[2].translate(PLAIN_DIGITS))
    return float(text.rstrip(",.").replace(",", ""))


def numbers(pattern: str, text: str) -> list[float]:
    """The numbers that stand where the pattern has a #; they must be there."""
    found = re.search(re.escape(pattern).replace(r"\#", NUMBER), text)
    assert found, f"{pattern!r} is not in {text!r}"
    return [value(group) for group in found.groups()]


def near(expected: float) -> object:
    return pytest.approx(expected, rel=TWO_DIGITS)


def check_trend(probe: Probe, text: str, rms: np.ndarray, first: int, last: int) -> None:
    """Ends and rate of a journey from layer `first` to layer `last`."""
    start, end = float(rms[first - 1]), float(rms[last - 1])
    if start == 0:
        assert f"RMS is exactly 0 in layer {first} already" in text
        return
    verb = "falls" if end < start else "rises"
    if end == 0:
        read, where, zero = numbers(f"RMS {verb} from # in layer # to exactly 0 in layer #", text)
        assert (read, where, rms[int(zero) - 1]) == (near(start), first, 0)
        assert rms[int(zero) - (2 if last > first else 0)] > 0  # the one before is not 0 yet
        return
    assert numbers(f"RMS {verb} from # in layer # to # in layer #", text) == [near(start), first, near(end), last]
    rate = (end / start) ** (1 / abs(last - first))
    if verb == "falls":
        assert numbers("passes on # % of what it receives", text) == [near(100 * rate)]
    else:
        assert numbers("multiplies what it receives by #", text) == [pytest.approx(rate, rel=0.0051)]


def check_signal(probe: Probe, finding: Finding) -> None:
    finite = np.flatnonzero(probe.activation.finite_share == 1) + 1
    if "Layer 1 turns" in finding.evidence:
        read = numbers("Layer 1 turns data of RMS # into #", finding.evidence)
        assert read == [near(probe.inputs.rms[0]), near(probe.activation.rms[0])]
    if probe.depth > 1:
        check_trend(probe, finding.evidence, probe.activation.rms, int(finite[0]), int(finite[-1]))
    check_variance(probe, finding.evidence)


def check_gradient(probe: Probe, finding: Finding) -> None:
    check_trend(probe, finding.evidence, probe.gradient.rms, probe.depth, 1)
    check_variance(probe, finding.evidence)
    if "slope" in finding.evidence:
        assert probe.phi in ("Sigmoid", "Softplus")
        assert probe.saturated_share.max() <= saturation_limit(probe)
        both = "inputs fade" in finding.evidence
        assert both == ("all inputs look the same" in finding.headline) == (probe.input_difference[-1] < 1e-4)


def check_variance(probe: Probe, text: str) -> None:
    if "variance" not in text:
        return
    variance, product, width, needed = numbers(
        "weights' variance is #; to keep the signal it would have to be #/# = #", text
    )
    assert variance == near(float((probe.weight.std[1:] ** 2).mean()))
    assert product == near({"ReLU": 2, "Erf": math.pi / 4}.get(probe.phi, 1))
    assert width == probe.widths[0]
    assert needed == near(product / width)


def check_saturation(probe: Probe, finding: Finding) -> None:
    layer, share = numbers("In layer #, # % of the outputs", finding.evidence)
    assert share == near(100 * probe.saturated_share[int(layer) - 1])
    assert probe.saturated_share[int(layer) - 1] == probe.saturated_share.max()
    assert numbers("more than # %", finding.evidence) == [near(100 * saturation_limit(probe))]
    assert set(finding.layers) == set(np.flatnonzero(probe.saturated_share > saturation_limit(probe)) + 1)


def check_dead(probe: Probe, finding: Finding) -> None:
    assert f"all {probe.rows} rows" in finding.evidence
    if "every unit" not in finding.evidence:
        layer, share = numbers("In layer #, # % of the units", finding.evidence)
        assert share == near(100 * probe.dead_share[int(layer) - 1])
        assert numbers("chance explains up to # %", finding.evidence) == [
            near(100 * dead_limits(probe)[int(layer) - 1])
        ]


def check_symmetry(probe: Probe, finding: Finding) -> None:
    counts = re.search(r"(\d+)(?: to (\d+))? of (\d+)(?: to (\d+))? units", finding.evidence)
    assert counts
    at = np.array(finding.layers) - 1
    assert (int(counts[1]), int(counts[2] or counts[1])) == (
        probe.distinct_units[at].min(),
        probe.distinct_units[at].max(),
    )
    widths = np.array(probe.widths)[at]
    assert (int(counts[3]), int(counts[4] or counts[3])) == (widths.min(), widths.max())
    if "exactly 0" in finding.evidence:
        assert probe.gradient.rms[at].max() == 0


def check_collapse(probe: Probe, finding: Finding) -> None:
    share, layer = numbers("nly # % of the signal in layer #", finding.evidence)
    assert share == near(100 * math.sqrt(probe.input_difference[int(layer) - 1]))


def check_overflow(probe: Probe, finding: Finding) -> None:
    layer, end, many, depth = numbers("Layer # overflowed in float32, which ends at #; # of # layers", finding.evidence)
    assert (end, many, depth) == (near(float(np.finfo(np.float32).max)), len(finding.layers), probe.depth)
    assert probe.preactivation.finite_share[int(layer) - 1] < 1
    assert (probe.preactivation.finite_share[: int(layer) - 1] == 1).all()


CHECKS: dict[Kind, Callable[[Probe, Finding], None]] = {
    "overflow": check_overflow, "symmetry": check_symmetry, "vanishing signal": check_signal,
    "exploding signal": check_signal, "vanishing gradient": check_gradient, "exploding gradient": check_gradient,
    "saturation": check_saturation, "dead units": check_dead, "input collapse": check_collapse,
}  # fmt: skip


def check_evidence(probe: Probe, finding: Finding) -> None:
    """Every number that the finding quotes is the probe's."""
    CHECKS[finding.kind](probe, finding)
