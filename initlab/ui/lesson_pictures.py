"""The picture that answers a question of a lesson: one entry a kind, each with its title and its reading."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

import pandas as pd

from initlab import contrast, readings
from initlab import isometry as core
from initlab import isometry_readings as directions
from initlab import race_readings as racing
from initlab import symmetry_readings as symmetric
from initlab.figures import Figure, curves
from initlab.figures import isometry as isometry_figures
from initlab.figures import symmetry as symmetry_figures
from initlab.figures.born_dead import born_dead_figure
from initlab.figures.depth import finite_rms
from initlab.figures.theme import Direction
from initlab.isometry_readings import Side, Sides
from initlab.lesson import Picture
from initlab.situations import Found
from initlab.spec import NetworkSpec
from initlab.table import layer_table
from initlab.ui import compute, compute_theory, panels, pictures
from initlab.ui.race import test_figure
from initlab.wording import number

DOWN: Final[Direction] = "backward"


class Drawn(NamedTuple):
    """A chart, without a figure only its sentence; `legend` is HTML that stands above it."""

    title: str
    figure: Figure | None
    reading: str
    legend: str = ""


def drawn(picture: Picture, found: Found) -> Drawn:
    """The picture of this kind, in the visitor's colours."""
    return PICTURES[picture](found, panels.dark())


def numbers(found: Found) -> pd.DataFrame:
    """What the pictures of this situation show, as a table."""
    if found.race:
        return pd.DataFrame(racing.summary(found.race))
    if found.walk:
        last = found.walk.moments[-1]
        return pd.DataFrame(
            {
                "layer": range(1, len(last.distinct) + 1), "units": found.walk.widths, "start": found.walk.before,
                f"step {last.step}": last.distinct,
            }
        )  # fmt: skip
    if found.jacobians:
        return pd.DataFrame(directions.table(_sides(found)))
    if found.births:
        return pd.DataFrame(found.births.table)
    names = compute.labels_of(found.specs)
    parts = [pd.DataFrame(layer_table(probe)) for probe in found.probes]
    for name, part in zip(names, parts, strict=True):
        part.insert(0, "network", name)
    return pd.concat(parts)


def _both(found: Found, dark: bool) -> Drawn:
    spec, probe = found.specs[0], found.probes[0]
    reading = f"{readings.rms(probe)} {readings.theory(probe, compute.theory(spec))}"
    return Drawn("RMS against depth", pictures.rms_figure(spec, False, dark), reading)


def _signals(found: Found, dark: bool) -> Drawn:
    figure = pictures.curves_figure(found.specs, "forward", 0, dark)
    names, theory = compute.labels_of(found.specs), [compute.theory(spec) for spec in found.specs]
    reading = f"{contrast.signal_rms(names, found.probes)} {contrast.signal_theory(names, found.probes, theory)}"
    return Drawn("Signal: RMS of the activations", figure, reading)


def _gradients(found: Found, dark: bool) -> Drawn:
    figure = pictures.curves_figure(found.specs, "backward", 0, dark)
    names, theory = compute.labels_of(found.specs), [compute.theory(spec) for spec in found.specs]
    reading = f"{contrast.gradient_rms(names, found.probes)} {contrast.gradient_theory(names, found.probes, theory)}"
    return Drawn("Gradient: RMS of ∂loss/∂z", figure, reading)


def _two_gradients(found: Found, dark: bool) -> Drawn:
    probe = found.probes[0]
    lines = {"δ = ∂loss/∂z": probe.gradient, "∂loss/∂W": probe.weight_gradient}
    figure = curves.curves_figure([curves.Curve(name, finite_rms(stats)) for name, stats in lines.items()], DOWN, dark)
    said = [
        f"{name} from {number(stats.rms[-1])} in layer {probe.depth} to {number(stats.rms[0])} in layer 1"
        for name, stats in lines.items()
    ]
    return Drawn("Two gradients: RMS against depth", figure, f"Coming down: {'; '.join(said)}.")


def _saturated(found: Found, dark: bool) -> Drawn:
    figure = pictures.saturation_figure(found.specs[0], dark)
    return Drawn("Saturated outputs", figure, readings.saturated(found.probes[0]))


def _silent(found: Found, dark: bool) -> Drawn:
    return Drawn("Silent units", pictures.death_figure(found.specs[0], dark), readings.dead(found.probes[0]))


def _alike(found: Found, dark: bool) -> Drawn:
    probe, theory = found.probes[0], compute_theory.expected_correlations(found.specs[0])
    correlation, data = symmetric.correlation(probe), 1 - probe.data_difference
    figure = symmetry_figures.correlation_figure(correlation, data, theory, dark)
    return Drawn("How alike inputs become", figure, symmetric.collapse(probe, theory))


def _copies(found: Found, dark: bool) -> Drawn:
    walk = found.walk
    assert walk is not None  # noqa: S101
    moment = walk.moments[-1]
    figure = symmetry_figures.layers_figure(walk.before, moment.distinct, walk.widths, moment.step, dark)
    return Drawn("Distinct units a layer", figure, symmetric.layers(walk, moment))


def _accuracy(found: Found, dark: bool) -> Drawn:
    assert found.race is not None  # noqa: S101
    reading = racing.test_reading(found.race, racing.JUDGED[0])
    return Drawn("Test digits right, epoch by epoch", test_figure(found.race, racing.JUDGED[0]), reading)


def _test_loss(found: Found, dark: bool) -> Drawn:
    assert found.race is not None  # noqa: S101
    reading = racing.test_reading(found.race, racing.JUDGED[1])
    return Drawn(racing.JUDGED[1], test_figure(found.race, racing.JUDGED[1]), reading)


def _directions(found: Found, dark: bool) -> Drawn:
    sides = _sides(found)
    legend, figure = isometry_figures.legend(sides, dark), isometry_figures.extremes_figure(sides, dark)
    return Drawn("Smallest to largest singular value", figure, directions.extremes(sides), legend)


def _sides(found: Found) -> Sides:
    one, other = (_side(spec, jacobian) for spec, jacobian in zip(found.specs, found.jacobians, strict=True))
    return one, other


def _side(spec: NetworkSpec, jacobian: core.Isometry) -> Side:
    law = compute_theory.spectral_law(spec, jacobian.argument, spec.depth - jacobian.below)
    return Side(core.name(spec), spec, jacobian, law)


def _births(found: Found, dark: bool) -> Drawn:
    assert found.births is not None  # noqa: S101
    return Drawn("Dead before the first step", born_dead_figure(found.births, dark), found.births.reading)


PICTURES: Final[Mapping[Picture, Callable[[Found, bool], Drawn]]] = MappingProxyType({
    "signal and gradient": _both, "signals": _signals, "gradients": _gradients, "two gradients": _two_gradients,
    "saturated": _saturated, "silent": _silent, "alike inputs": _alike, "copies": _copies, "accuracy": _accuracy,
    "test loss": _test_loss,
    "singular values": _directions, "born dead": _births,
})  # fmt: skip
