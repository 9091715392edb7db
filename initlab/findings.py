"""What is wrong with a start, in plain words: the rules' findings in order, and what they cannot see.

Pure: nothing is recomputed or tried, so remedies are left to `diagnosis`.
"""

from typing import Final, Literal

from initlab.measurement import Probe
from initlab.rules import (
    DEAD_ROWS,
    RULES,
    Finding,
    Kind,
    cancels,
    collapsed,
    dead_limits,
    gradient_trend,
    overflowed,
    saturation_limit,
    signal_trend,
    without_gradient,
)
from initlab.trend import FACTOR

__all__ = ["ORDER", "Finding", "Kind", "caveats", "dead_limits", "findings", "saturation_limit"]

ORDER: Final[tuple[Kind | Literal["dead layer"], ...]] = (
    "overflow", "symmetry", "dead layer", "exploding signal", "exploding gradient", "vanishing signal",
    "vanishing gradient", "saturation", "input collapse", "dead units",
)  # fmt: skip
NARROW: Final = 32  # units; below, draws differ visibly from seed to seed
WEAK: Final = 10  # a first layer that shrinks the data this much has small weights


def findings(probe: Probe) -> tuple[Finding, ...]:
    """Everything wrong with this start, worst first; empty means healthy."""
    found = [finding for rule in RULES for finding in rule(probe)]
    symmetric = next((finding for finding in found if finding.kind == "symmetry"), None)
    if symmetric and without_gradient(probe, symmetric.layers):  # one cause: nothing can be learned at all
        found = [f for f in found if f.kind not in ("vanishing signal", "vanishing gradient", "dead units")]
    return tuple(sorted(found, key=lambda finding: ORDER.index(_place(probe, finding))))


def _place(probe: Probe, finding: Finding) -> Kind | Literal["dead layer"]:
    """A layer that is dead as a whole blocks everything; a part of one only costs capacity."""
    whole = finding.kind == "dead units" and any(probe.dead_share[layer - 1] == 1 for layer in finding.layers)
    return "dead layer" if whole else finding.kind


def caveats(probe: Probe) -> tuple[str, ...]:
    """What the rules cannot see, or not for certain, in this very probe."""
    return tuple(note for note, applies in (*_trend_caveats(probe), *_unit_caveats(probe)) if applies)


def _trend_caveats(probe: Probe) -> list[tuple[str, bool]]:
    trends = {"signal": signal_trend(probe), "gradient": gradient_trend(probe)}
    silent = {what: trend for what, trend in trends.items() if trend and not trend.exceeds(FACTOR)}
    width = min(probe.widths)
    units = f"{width} unit{'s' if width > 1 else ''}"
    weak = bool(probe.activation.rms[0] < probe.inputs.rms[0] / WEAK)
    return [
        (f"Narrow: with {units} a layer the numbers vary by draw; look at other seeds too.", width < NARROW),
        (
            "Too narrow to judge: over so many layers of so few units, chance alone can change an RMS more than "
            f"{FACTOR}-fold.",
            any(trend.noise > 1 for trend in silent.values()),
        ),
        ("One hidden layer has no trend: nothing is said about vanishing or exploding.", probe.depth == 1),
        ("In so few layers small weights do little harm.", probe.depth <= 2 and weak),
        ("After an overflow the gradient is not judged.", overflowed(probe)),
        *(
            (f"Borderline: the {what}'s RMS {trend.journey()}; from a factor of {FACTOR} on this is a finding.", True)
            for what, trend in silent.items()
            if trend.borderline
        ),
    ]


def _unit_caveats(probe: Probe) -> list[tuple[str, bool]]:
    rounding = cancels(probe) and bool((probe.gradient.rms > 0).any())
    copies = bool(probe.alike[-1] and probe.widths[-1] > 1 and probe.preactivation.rms[-1] > 0)
    copies = copies and not collapsed(probe)
    features, width = (probe.spec.widths[0], probe.widths[0]) if probe.spec else (0, 0)
    idle = width - features if probe.spec and probe.spec.init == "Identity" else 0
    return [
        ("The gradients drawn are rounding errors: in exact arithmetic they are 0.", rounding),
        (
            "Where all units say the same, inputs point one way or the opposite way; their cosine hides that.",
            copies and not collapsed(probe),
        ),
        (f"The identity copies {features} inputs into {width} units: {idle} units see nothing.", idle > 0),
        (f"Dead units are not judged on fewer than {DEAD_ROWS} rows.", probe.phi == "ReLU" and probe.rows < DEAD_ROWS),
        ("A single row cannot show whether inputs collapse.", probe.rows == 1),
    ]
