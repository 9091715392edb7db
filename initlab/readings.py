"""One sentence under every chart, made from the numbers that are drawn: also what a screen reader says of it."""

from collections.abc import Iterable, Iterator

import numpy as np

from initlab.measurement import Probe
from initlab.tally import LayerStats
from initlab.theory import Expected, Theory
from initlab.wording import capitalized, layers_in_words, number, percent

CHANGE = 3.0  # a smaller factor between first and last layer reads as "keep their size"
MANY_ZEROS = 0.02


def activations(probe: Probe) -> str:
    """How the activations change from layer 1 to the last."""
    return _histograms(probe.activation, "activations", probe.precision, backward=False)


def gradients(probe: Probe) -> str:
    """How the back-propagated gradients change on their way from the last layer to layer 1."""
    return _histograms(probe.gradient, "gradients", probe.precision, backward=True)


def rms(probe: Probe) -> str:
    """The two ends of both lines and their factor a layer; of one layer, where it is."""
    forward = _ends(probe.activation, "the activations' RMS", backward=False)
    backward = _ends(probe.gradient, "the gradients'", backward=True)
    return f"{capitalized(forward)}; {backward}."


def theory(probe: Probe, expected: Theory) -> str:
    """How far the measured RMS lies from what is expected, at the end of either way; or why nothing is."""
    if expected.broken:
        reasons = [f"{reason[0].lower()}{reason[1:-1]}" for reason in expected.broken]
        return f"No theory line: {'; '.join(reasons)}."
    words = [
        *_residual("the activations' RMS", expected.forward, probe.activation, range(probe.depth, 0, -1)),
        *_residual("the gradients'", expected.backward, probe.gradient, range(1, probe.depth)),
    ]
    if not words:
        return "No theory line: nothing was measured that it could be held against."
    anchor = " Its gradients start from the RMS measured in the top layer." if len(words) == 2 else ""
    return " ".join([f"Theory (dashed) expects {'; '.join(words)}.{anchor}", *expected.cautions])


def saturated(probe: Probe) -> str:
    """Where the share of saturated outputs is largest."""
    worst = int(np.argmax(probe.saturated_share))
    share = percent(float(probe.saturated_share[worst]))
    if probe.saturated_share[worst] == 0:
        return "No output is saturated: the slope is above 6 % of its maximum everywhere."
    return f"Up to {share} of the outputs (layer {worst + 1}) have a slope below 6 % of the maximum."


def dead(probe: Probe) -> str:
    """Where the share of silent units is largest; silent on this batch is not dead for ever."""
    worst = int(np.argmax(probe.dead_share))
    share = percent(float(probe.dead_share[worst]))
    if probe.dead_share[worst] == 0:
        return f"Every unit answers to at least one of the {probe.rows} rows."
    return (
        f"Up to {share} of the units (layer {worst + 1}) are silent on all {probe.rows} rows; "
        "as deep inputs become alike a healthy network may have up to half."
    )


def one_layer(probe: Probe, layer: int) -> str:
    """The three spreads that matter of layer `layer` (from 1)."""
    z, a, d = (stats.rms[layer - 1] for stats in (probe.preactivation, probe.activation, probe.gradient))
    return (
        f"Layer {layer}: pre-activations of RMS {number(z)} become activations of RMS {number(a)}; the gradient that "
        f"arrives has RMS {number(d)}."
    )


def healthy(probe: Probe) -> str:
    """Why nothing is wrong, in numbers."""
    return f"{rms(probe)} Nothing vanishes, explodes, saturates, dies or is stuck in symmetry."


def quantile_of_magnitude(stats: LayerStats, layer: int, q: float) -> float:
    """The magnitude below which a share `q` of the finite values lies, zeros included; from the log histogram."""
    total = stats.zeros[layer] + np.cumsum(stats.log_counts[layer])
    target = q * total[-1]
    if stats.zeros[layer] >= target:
        return 0.0
    largest = max(abs(stats.minimum[layer]), abs(stats.maximum[layer]))  # the last bin reaches beyond it
    return min(float(10 ** np.interp(target, total, stats.log_edges[1:])), float(largest))


def _histograms(stats: LayerStats, what: str, precision: str, *, backward: bool) -> str:
    odd = np.flatnonzero(stats.finite_share < 1)
    if odd.size:
        at = int(odd[-1] if backward else odd[0])
        share = percent(float(1 - stats.finite_share[at]))
        return f"Layer {at + 1} is the first to leave the range of {precision}: {share} of its {what} are inf or NaN."
    silent = np.flatnonzero(stats.zeros == stats.size)
    if silent.size:
        return f"All {what} are exactly 0 in {layers_in_words(silent + 1)}: there is nothing to draw on this axis."
    start, end = (len(stats.mean) - 1, 0) if backward else (0, len(stats.mean) - 1)
    first, last = quantile_of_magnitude(stats, start, 0.9), quantile_of_magnitude(stats, end, 0.9)
    zeros = float((stats.zeros / stats.size).max())
    aside = (
        f" Up to {percent(zeros)} of a layer are exactly 0 and not drawn on a log axis." if zeros > MANY_ZEROS else ""
    )
    if start == end:
        return f"Nine {what} in ten are smaller than {number(first)}.{aside}"
    sentence = (
        f"Nine {what} in ten are smaller than {number(first)} in layer {start + 1} and smaller than {number(last)} in "
        f"layer {end + 1}"
    )
    return f"{sentence}: {_movement(first, last)}.{aside}"


def _movement(first: float, last: float) -> str:
    if first == 0 or last == 0:
        return "most of a layer is exactly 0"
    factor = last / first
    if 1 / CHANGE < factor < CHANGE:
        return "they keep their size"
    return f"they {'grow' if factor > 1 else 'shrink'} {number(max(factor, 1 / factor))} times"


def _ends(stats: LayerStats, what: str, *, backward: bool) -> str:
    values, finite = stats.rms, np.flatnonzero(stats.finite_share == 1)
    if not finite.size:
        return f"{what} is finite in no layer"
    start, end = (finite[-1], finite[0]) if backward else (finite[0], finite[-1])
    first, last = float(values[start]), float(values[end])
    if start == end:
        return f"{what} is {number(first)} in layer {start + 1}"
    path = f"{what} goes from {number(first)} in layer {start + 1} to {number(last)} in layer {end + 1}"
    if first <= 0 or last <= 0:
        return path
    return f"{path}, × {number((last / first) ** (1 / abs(end - start)))} a layer"


def source(probe: Probe) -> str:
    """Where the numbers come from."""
    return f"{_passes(probe)}; loss {number(probe.loss, 3)}."


def same_for_all(probe: Probe) -> str:
    """Where the numbers of several starts come from; `probe` is any of them."""
    return f"For every start: {_passes(probe)[0].lower()}{_passes(probe)[1:]}, the same rows and unit draws for all."


def _passes(probe: Probe) -> str:
    spec = probe.spec
    data = f"{spec.dataset} ({spec.scaling.lower()}), seed {spec.seed}" if spec else "the given inputs"
    rows = f"{probe.rows} row{'s' if probe.rows > 1 else ''}"
    return f"One forward and one backward pass with {rows} of {data}, in {probe.precision}"


def _residual(what: str, expected: Expected | None, stats: LayerStats, layers: Iterable[int]) -> Iterator[str]:
    """In the first of `layers` where both are numbers: how far apart they are."""
    if expected is None:
        return
    with np.errstate(all="ignore"):
        ratio = np.where(stats.finite_share == 1, stats.rms, np.nan) / expected.rms
    layer = next((layer for layer in layers if 0 < ratio[layer - 1] < np.inf), None)
    if layer is None:
        return
    (rms, low, high), share = (float(values[layer - 1]) for values in expected), float(ratio[layer - 1])
    apart = f"{percent(abs(share - 1))} {'above' if share > 1 else 'below'}"
    if not 0.5 < share < 2:
        apart = f"{number(max(share, 1 / share))} times {'more' if share > 1 else 'less'}"
    place = "within" if low <= share * rms <= high else "outside"
    yield f"{what} in layer {layer} to be {number(rms)}: measured {apart}, {place} its band"
