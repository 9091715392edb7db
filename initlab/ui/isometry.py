"""The pieces of the Isometry page: presets, the pair that is compared, and its pictures."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import pandas as pd
import streamlit as st

from initlab import isometry as core
from initlab import isometry_readings as readings
from initlab.figures import isometry as figures
from initlab.isometry_readings import Side, Sides
from initlab.scenarios import DEFAULT
from initlab.spec import NetworkSpec
from initlab.ui import compute_theory, link, panels, preparing, session
from initlab.ui.pace import Pace

QUICK: Final = 2 * 10**10  # operations that take about half a second: no progress to show


@dataclass(frozen=True, slots=True)
class Preset:
    """A start, its partner, and what to look for."""

    spec: NetworkSpec
    look_for: str
    partner: str = "Auto"


def _gaussian(activation: str, gain: float, depth: int, width: int = 192) -> NetworkSpec:
    return NetworkSpec(*core.GAUSSIAN, gain, activation, depth=depth, width=width)


PRESETS: Final[Mapping[str, Preset]] = MappingProxyType({
    "Too small": Preset(
        DEFAULT,
        "Both shrink a change about ninefold a layer. Orthogonal weights shrink it in all directions alike, Gaussian "
        "ones some directions more than a million million times as much as others.",
    ),
    "Tanh near the edge": Preset(
        _gaussian("Tanh", 1.06, 17),
        "Just above the critical gain tanh is almost linear: through 16 layers orthogonal weights keep the spread of "
        "the squares below 1, Gaussian ones add about 1 with every layer.",
    ),
    "Tanh, σ_w = 1.5": Preset(
        _gaussian("Tanh", 1.5, 17),
        "Far above it the slopes of tanh differ from unit to unit: orthogonal weights no longer keep all directions "
        "alike, but the squares spread about a third as far as with Gaussian ones.",
    ),
    "ReLU": Preset(
        _gaussian("ReLU", 1.41, 17),
        "ReLU cuts off about half of the directions, and no choice of weights brings them back: the condition number "
        "is infinite for both.",
    ),
    "Linear, 100 layers": Preset(
        _gaussian("Linear", 1.0, 101, 128),
        "A product of orthogonal matrices is orthogonal: all singular values stay 1 at any depth. Those of a product "
        "of Gaussian ones spread without bound.",
    ),
})  # fmt: skip


def presets(spec: NetworkSpec) -> None:
    """Comparisons one click away."""
    now = spec, session.value("isometry_partner")
    panels.offers("Presets", "isometry_preset", PRESETS, lambda preset: (preset.spec, preset.partner) == now, _open)


def _open(preset: Preset) -> None:
    session.apply({**link.values_of(preset.spec), "isometry_partner": preset.partner})


def controls(spec: NetworkSpec) -> tuple[str, int]:
    """The partner's kind and the input row (from 1)."""
    left, right = st.columns(2)
    partner = left.segmented_control(
        "Compared with", core.PARTNERS, key="isometry_partner", required=True, persist_state="session",
        help="Weights of the same variance, Auto: orthogonal unless the start is",
    )  # fmt: skip
    if spec.rows == 1:
        return partner or core.PARTNERS[0], 1
    session.apply({"isometry_row": min(int(session.value("isometry_row")), spec.rows)})
    row = right.slider(
        "Input row", 1, spec.rows, key="isometry_row", persist_state="session", help="The Jacobian is taken there"
    )
    return partner or core.PARTNERS[0], row


def pair(spec: NetworkSpec, kind: str) -> tuple[tuple[NetworkSpec, NetworkSpec], int, list[str]]:
    """The two networks, cut to what the budget allows, how many spectra of each are shown, and what was cut."""
    other = core.partner(spec, kind)
    depth, spectra = core.fitting(spec, other)
    said = []
    if depth < spec.depth:
        said.append(
            f"Singular values of {spec.depth} layers of width {spec.width} exceed the budget of "
            f"{core.MAX_OPERATIONS / 1e9:,.0f} billion operations: {depth} layers fit and are shown."
        )
    return (replace(spec, depth=depth), replace(other, depth=depth)), spectra, said


def measured(networks: tuple[NetworkSpec, NetworkSpec], spectra: int, row: int) -> Sides:
    """Both networks measured, layer by layer where that takes long, so that a changed control is heeded."""
    preparing.networks(replace(spec, precision="float64") for spec in networks)
    names = [core.name(spec) for spec in networks]
    if names[0] == names[1]:
        names[1] += ", again"
    place, sides, pace = st.empty(), [], Pace()
    for label, spec in zip(names, networks, strict=True):
        layers = core.shown_layers(core.layers_below(spec.widths[:-1]), spec.depth, spectra)
        long, found = core.operations(spec, spectra) > QUICK, None
        for found in compute_theory.isometry(spec, row, layers, heavy=long):
            if long and found.reached < spec.depth and pace.due():
                place.progress(found.reached / spec.depth, f"{label}: layer {found.reached} of {spec.depth}")
        assert found is not None  # noqa: S101
        law = compute_theory.spectral_law(spec, found.argument, spec.depth - found.below)
        sides.append(Side(label, spec, found, law))
    place.empty()
    return sides[0], sides[1]


def verdict(sides: Sides) -> None:
    """The comparison in a few words, and its numbers."""
    with st.container(border=True, key="isometry_verdict"):
        panels.headline(readings.headline(sides), readings.verdict(sides), "open_in_full")
        for caveat in readings.caveats(sides):
            st.caption(caveat)


def ridges(sides: Sides) -> None:
    """Both distributions on one common axis."""
    for index, (side, place) in enumerate(zip(sides, st.columns(2), strict=True)):
        with place:
            figure = figures.ridges_figure(sides, index, panels.dark())
            panels.chart(f"Singular values: {side.name}", figure, readings.ridges(side), f"isometry_ridges_{index}")


def lines(sides: Sides) -> None:
    """Size and spread against depth."""
    st.html(figures.legend(sides, panels.dark()))
    left, right = st.columns(2)
    with left:
        figure = figures.extremes_figure(sides, panels.dark())
        panels.chart("Smallest to largest against depth", figure, readings.extremes(sides), "isometry_extremes")
    with right:
        figure = figures.variance_figure(sides, panels.dark())
        panels.chart("Spread of the squares against depth", figure, readings.variance(sides), "isometry_variance")


def draws_panel(sides: Sides, row: int) -> None:
    """How much of the spread is this draw's alone: other seeds, the deepest layer only, while the panel is open."""
    panel = st.expander("Other draws", icon=":material/casino:", key="isometry_draws_panel", on_change="rerun")
    if not panel.open:
        return
    with panel:
        place, found = st.empty(), []
        draws = core.affordable_draws(sides[0].spec, sides[1].spec)
        for k in range(1, draws + 1):
            pair = [side._replace(spec=link.with_seed(side.spec, side.spec.seed + k)) for side in sides]
            for side in pair:
                step = side.found
                heavy = core.operations(side.spec, 1) > QUICK
                for step in compute_theory.isometry(side.spec, row, (side.spec.depth,), heavy=heavy):
                    place.caption(f"Draw {k} of {draws}: {side.name}, layer {step.reached} of {side.spec.depth}")
                found.append(side._replace(found=step))
        place.caption(readings.draws(sides, found))
        if found:
            panels.numbers(pd.DataFrame(readings.draws_table(found)), "initlab-isometry-draws.csv", "isometry_draws")


def table_panel(sides: Sides) -> None:
    """All numbers of all layers shown."""
    panels.numbers_panel(
        "All numbers", lambda: readings.table(sides), "initlab-isometry.csv", "isometry_table", "isometry_table_panel"
    )
