"""Figures that are made once, for all visitors, of what `compute` keeps."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from initlab import contrast
from initlab.figures import Figure, curves, depth, inspection, layers, multiples, neuron
from initlab.figures.histograms import Axis
from initlab.figures.sent import drawn_once
from initlab.figures.sheet import Heading
from initlab.figures.theme import Direction
from initlab.neuron import neuron_sums
from initlab.rules import dead_limits, saturation_limit
from initlab.spec import NetworkSpec
from initlab.tally import LayerStats
from initlab.ui import compute
from initlab.ui.store import remembered

Asked = ParamSpec("Asked")
Made = TypeVar("Made", bound=Figure | None)


def kept_figures(entries: int) -> Callable[[Callable[Asked, Made]], Callable[Asked, Made]]:
    """Keeps finished figures in the form in which the browser draws them: it is made once, not for every visitor."""

    def keep(make: Callable[Asked, Made]) -> Callable[Asked, Made]:
        @wraps(make)
        def finished(*args: Asked.args, **kwargs: Asked.kwargs) -> Made:
            figure: Any = make(*args, **kwargs)  # or None, where there is nothing to draw
            drawn: Any = figure if figure is None else drawn_once(figure)
            return drawn

        return remembered(entries)(finished)

    return keep


@kept_figures(512)
def layers_figure(spec: NetworkSpec, direction: Direction, axis: Axis, ridges: bool, dark: bool) -> Figure:
    return layers.layers_figure(_stats(spec, direction), direction, axis, ridges, dark)


@kept_figures(256)
def rms_figure(spec: NetworkSpec, banded: bool, dark: bool) -> Figure:
    """Alone, or with the band of other draws, which are measured here if they have been forgotten."""
    if banded:
        list(compute.extend_band(spec))
    return depth.rms_figure(compute.probe(spec), compute.band(spec) if banded else None, dark, compute.theory(spec))


@kept_figures(128)
def multiples_figure(
    specs: tuple[NetworkSpec, ...], direction: Direction, axis: Axis, same: bool, ridges: bool, dark: bool
) -> Figure:
    """The histograms of several starts beside each other."""
    headings = [
        Heading(label, contrast.verdict_word(compute.diagnosis(spec)), not compute.diagnosis(spec))
        for label, spec in zip(compute.labels_of(specs), specs, strict=True)
    ]
    return multiples.multiples_figure(
        [_stats(spec, direction) for spec in specs], headings, direction, axis, same=same, ridges=ridges, dark=dark
    )


@kept_figures(128)
def curves_figure(specs: tuple[NetworkSpec, ...], direction: Direction, seeds: int, dark: bool) -> Figure:
    """The RMS lines of several starts and theory's; with `seeds` draws behind them, which have been measured."""
    found = [_curve(spec, label, direction, seeds) for label, spec in zip(compute.labels_of(specs), specs, strict=True)]
    return curves.curves_figure(found, direction, dark)


def _curve(spec: NetworkSpec, label: str, direction: Direction, seeds: int) -> curves.Curve:
    stats, forward = _stats(spec, direction), direction == "forward"
    if seeds := seeds if compute.has_band(spec) else 0:
        list(compute.extend_band(spec, seeds))  # where it was forgotten since: a figure without it would be kept
    draws = [p.activation if forward else p.gradient for p in compute.profiles(spec, seeds) or ()] if seeds else []
    expected = compute.theory(spec).forward if forward else compute.theory(spec).backward
    return curves.Curve(
        label,
        depth.finite_rms(stats),
        contrast.quantiles(draws) if draws else None,
        contrast.fault(stats, backward=not forward),
        expected,
    )


def _stats(spec: NetworkSpec, direction: Direction) -> LayerStats:
    return compute.probe(spec).activation if direction == "forward" else compute.probe(spec).gradient


@kept_figures(256)
def saturation_figure(spec: NetworkSpec, dark: bool) -> Figure | None:
    """None where no output is saturated."""
    found = compute.probe(spec)
    if not found.saturated_share.any():
        return None
    return depth.shares_figure(found.saturated_share, saturation_limit(found), "saturated outputs", dark)


@kept_figures(256)
def death_figure(spec: NetworkSpec, dark: bool) -> Figure | None:
    """None where every unit answers to some row."""
    found = compute.probe(spec)
    if not found.dead_share.any():
        return None
    return depth.shares_figure(found.dead_share, float(dead_limits(found).min()), "silent units", dark)


@kept_figures(32)
def inspection_figure(spec: NetworkSpec, layer: int, dark: bool) -> Figure:
    return inspection.inspection_figure(compute.close_probe(spec), layer, dark)


@remembered(32)
def neuron_figure(spec: NetworkSpec, fan_in: int, dark: bool) -> tuple[Figure, str]:
    sums = neuron_sums(spec, fan_in)
    return drawn_once(neuron.neuron_figure(sums, dark)), sums.reading
