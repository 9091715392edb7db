"""The pieces of the Compare page: presets, small multiples, RMS lines with their bands, tables."""

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from initlab import comparison, contrast
from initlab.comparison import PRESETS, SEEDS, Preset, Start
from initlab.figures.histograms import AXES, Axis
from initlab.figures.layers import MAX_RIDGES
from initlab.spec import NetworkSpec
from initlab.ui import compute, link, panels, pictures, session, shown, starts, state
from initlab.ui.pace import Pace
from initlab.wording import listed
from initlab.work import LIMIT, total

FIELD = "compare_starts"


def experiment() -> tuple[NetworkSpec, tuple[Start, ...], list[str]]:
    """The architecture of the sidebar, the starts of the link, and what had to give way to the work budget."""
    values = session.values()
    spec, notes = link.spec_of({**values, "init": "Zeros", "gain": 1.0})
    lineup = starts.starts_of(str(values[FIELD]))
    fit, _ = compute.affordable(spec, lineup)
    if fit != spec:
        needed = total(comparison.specs(spec, lineup))
        notes.append(
            f"{len(lineup)} networks like this need {needed}; the limit is {LIMIT}. "
            f"Shown instead: depth {fit.depth} with {fit.rows} rows."
        )
    return fit, lineup, notes


def presets(spec: NetworkSpec, lineup: tuple[Start, ...]) -> None:
    """Comparisons one click away."""
    panels.offers("Presets", "compare_preset", PRESETS, lambda preset: preset.shown(spec, lineup), _open)


def _open(preset: Preset) -> None:
    session.apply({**link.architecture_of(preset.spec), FIELD: starts.written(preset.starts)})


def histogram_controls(depth: int) -> tuple[Axis, bool, bool]:
    """The axis, whether all starts share it, and whether layers are drawn as ridges."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        axis = st.segmented_control(
            "Axis", state.VALUE_AXES, key="compare_axis", required=True, persist_state="session"
        )
        view = st.segmented_control("View", state.VIEWS, key="compare_view", required=True, persist_state="session")
        same = st.toggle("Same axis for all", key="compare_same", persist_state="session")
    ridges = view == "Ridges" or (view == "Auto" and depth <= MAX_RIDGES)
    return AXES[state.VALUE_AXES.index(axis or AXES[0])], same, ridges


def histograms(specs: tuple[NetworkSpec, ...], axis: Axis, *, same: bool, ridges: bool) -> None:
    """Activations and gradients of every start, side by side; on a phone one below the other."""
    names, probes = compute.labels_of(specs), [compute.probe(spec) for spec in specs]
    forward, backward = st.columns(2)
    with forward:
        figure = pictures.multiples_figure(specs, "forward", axis, same, ridges, panels.dark())
        panels.chart("Activations", figure, contrast.activations(names, probes), "compare_activations")
    with backward:
        figure = pictures.multiples_figure(specs, "backward", axis, same, ridges, panels.dark())
        panels.chart("Back-propagated gradients", figure, contrast.gradients(names, probes), "compare_gradients")


def rms_charts(spec: NetworkSpec, lineup: tuple[Start, ...]) -> None:
    """RMS against depth, forward and backward; where the bands take long, the lines come first alone."""
    specs = comparison.specs(spec, lineup)
    places = [column.container() for column in st.columns(2)]
    charts = [place.empty() for place in places]
    note = st.empty()
    _say_theory_limits(specs)
    _, fit = compute.affordable(spec, lineup)
    if fit != spec:
        _draw_rms(charts, specs, seeds=0)
        note.caption(
            f"No band: {SEEDS} draws of {len(specs)} starts would take more operations than a page may "
            f"({LIMIT.operations / 1e9:,.0f} billion). Depth {fit.depth} with {fit.rows} rows would do."
        )
        return
    banded = [one for one in specs if compute.has_band(one)]
    line, quick = compute.band_line(banded, SEEDS)
    if not quick:
        _draw_rms(charts, specs, seeds=0)
    pace = Pace()
    for done, one in enumerate(banded):
        for count in compute.extend_band(one, SEEDS, line=line):
            if pace.due():
                note.caption(f"Bands: {done * SEEDS + count} of {len(banded) * SEEDS} other draws so far.")
    _draw_rms(charts, specs, seeds=SEEDS)
    note.caption(f"Markers: this draw. {_bands(specs)}")


def _bands(specs: tuple[NetworkSpec, ...]) -> str:
    """What the bands are, and whose is missing."""
    without = [name for name, one in zip(compute.labels_of(specs), specs, strict=True) if not compute.has_band(one)]
    if len(without) == len(specs):
        return "No bands: every other draw would have to read the data first."
    drawn = f"Coloured lines and bands: median and 10 to 90 % of {SEEDS} other draws, the same for all"
    missing = f"; not of {listed(without)}, whose every draw would have to read the data first" if without else ""
    return f"{drawn}{missing}."


def _say_theory_limits(specs: tuple[NetworkSpec, ...]) -> None:
    limits = contrast.theory_limits(compute.labels_of(specs), [compute.theory(spec) for spec in specs])
    if limits:
        st.caption(limits)


def _draw_rms(places: list[DeltaGenerator], specs: tuple[NetworkSpec, ...], seeds: int) -> None:
    names, probes = compute.labels_of(specs), [compute.probe(spec) for spec in specs]
    found = [compute.theory(spec) for spec in specs]
    signal = f"{contrast.signal_rms(names, probes)} {contrast.signal_theory(names, probes, found)}"
    gradient = f"{contrast.gradient_rms(names, probes)} {contrast.gradient_theory(names, probes, found)}"
    suffix = "" if seeds else "_alone"
    with places[0].container():
        figure = pictures.curves_figure(specs, "forward", seeds, panels.dark())
        panels.chart("Signal: RMS of the activations", figure, signal, f"compare_signal{suffix}")
    with places[1].container():
        figure = pictures.curves_figure(specs, "backward", seeds, panels.dark())
        panels.chart("Gradient: RMS of ∂loss/∂z", figure, gradient, f"compare_gradient{suffix}")


def tables(specs: tuple[NetworkSpec, ...]) -> None:
    """One row a start; every layer of every start while the panel is open."""
    names, probes = compute.labels_of(specs), [compute.probe(spec) for spec in specs]
    st.markdown("**In numbers**")
    panels.numbers(pd.DataFrame(compute.comparison_table(specs)), "initlab-comparison.csv", "compare_summary")
    st.caption(
        "Factors are means from layer to layer in the direction of travel; shares and counts are those of the worst "
        "layer; the last column is the gradient's RMS in layer 1 over that in the last layer."
    )

    def table() -> shown.Columns:
        bands = [compute.profiles(spec, SEEDS) or [] for spec in specs]
        theory = [compute.theory(spec) for spec in specs]
        measured = all(band or not compute.has_band(spec) for band, spec in zip(bands, specs, strict=True))
        return contrast.layer_table(names, probes, bands if measured else [], theory)

    panels.numbers_panel(
        "Every layer", table, "initlab-comparison-layers.csv", "compare_layers", "compare_layers_panel"
    )
