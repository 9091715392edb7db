"""The pieces of the Explore page: scenarios, axis and view, the RMS lines and the panels that open below."""

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from initlab import calibration_readings, readings
from initlab.band import SEEDS
from initlab.comparison import rivals
from initlab.data_driven import LSUV
from initlab.figures import Figure
from initlab.figures.histograms import AXES, Axis
from initlab.figures.layers import MAX_RIDGES
from initlab.measurement import Probe
from initlab.neuron import FANS
from initlab.scenarios import SCENARIOS
from initlab.spec import NetworkSpec
from initlab.table import layer_table, one_layer
from initlab.ui import compute, navigation, panels, pictures, session, starts, state
from initlab.ui.pace import Pace


def scenarios(spec: NetworkSpec) -> None:
    """Networks one click away."""
    panels.offers(
        "Scenarios", "scenario", SCENARIOS, lambda one: one.spec == spec, lambda one: session.apply_spec(one.spec)
    )


def compare_button(place: DeltaGenerator, spec: NetworkSpec) -> None:
    """Leave for the Compare page with this start, its remedy's and the two that everyone knows."""
    remedy = compute.remedy(spec) if compute.diagnosis(spec) else None
    navigation.leave(
        place, "compare_with", "compare", "Compare with others", ":material/compare:",
        {"compare_starts": starts.written(rivals(spec, remedy))},
        help="The same network, data and draws with other starts beside this one",
    )  # fmt: skip


def histogram_controls(depth: int) -> tuple[Axis, bool]:
    """The axis, and whether layers are drawn as ridges."""
    left, right = st.columns([3, 2])
    axis = left.segmented_control("Axis", AXES, key="explore_axis", required=True, persist_state="session")
    view = right.segmented_control("View", state.VIEWS, key="explore_view", required=True, persist_state="session")
    return axis or AXES[0], view == "Ridges" or (view == "Auto" and depth <= MAX_RIDGES)


def rms_chart(spec: NetworkSpec, reading: str, theory: str) -> None:
    """The RMS lines with the band of other draws behind them; where the band takes long, the lines come first alone.

    A chart costs the browser more than ten draws of a usual network cost the server, so a quick band waits for none.
    """
    title, has_band = "RMS against depth", compute.has_band(spec)
    if not panels.up(title):
        return
    st.markdown(f"**{title}**")
    place, note = st.empty(), st.empty()
    if not has_band:
        figure = pictures.rms_figure(spec, False, panels.dark())
        panels.picture(title, figure, f"{reading} {theory}", "rms", place=place)
        note.caption(f"{reading} {theory}  \nNo band: every other draw would have to read the data first.")
        return
    line, quick = compute.band_line([spec])
    if not quick:
        figure = pictures.rms_figure(spec, False, panels.dark())
        panels.picture(title, figure, reading, "rms_alone", place=place)
    pace = Pace()
    for count in compute.extend_band(spec, line=line):
        if pace.due():
            note.caption(f"{reading} Coloured bands: {count} of {SEEDS} other draws so far.")
    figure = pictures.rms_figure(spec, True, panels.dark())
    panels.picture(title, figure, f"{reading} {theory}", "rms", place=place)
    note.caption(f"{reading} {theory}  \nColoured bands: lowest to highest of {SEEDS} other draws.")


def share_charts(spec: NetworkSpec, probe: Probe) -> None:
    """Saturated outputs or silent units, where the activation can have them."""
    if spec.phi.saturates_beyond is not None:
        _share_chart(
            "Saturated outputs", pictures.saturation_figure(spec, panels.dark()), readings.saturated(probe), "saturated"
        )
    if spec.phi.dies:
        _share_chart("Silent units", pictures.death_figure(spec, panels.dark()), readings.dead(probe), "dead")


def _share_chart(title: str, figure: Figure | None, reading: str, key: str) -> None:
    """A chart with nothing in it is only its sentence."""
    if figure is None:
        st.caption(reading)
    else:
        panels.chart(title, figure, reading, key)


def inspect_panel(spec: NetworkSpec) -> None:
    """One layer from close by; computed only while the panel is open."""
    panel = st.expander("Inspect one layer", icon=":material/search:", key="inspect_panel", on_change="rerun")
    if not panel.open:
        return
    with panel:
        layer = 1
        if spec.depth > 1:
            session.apply({"explore_layer": min(int(session.value("explore_layer")), spec.depth)})
            layer = st.slider("Layer", 1, spec.depth, key="explore_layer", persist_state="session")
        probe, figure = compute.close_probe(spec), pictures.inspection_figure(spec, layer, panels.dark())
        table = pd.DataFrame(one_layer(probe, layer))
        panels.chart(f"Layer {layer}", figure, readings.one_layer(probe, layer), "inspection")
        panels.numbers(table, f"initlab-layer-{layer}.csv", "inspection_table")


def table_panel(spec: NetworkSpec) -> None:
    """All numbers of all layers."""
    panels.numbers_panel(
        "All numbers", lambda: layer_table(compute.close_probe(spec)), "initlab-layers.csv", "table", "table_panel"
    )


def lsuv_panel(spec: NetworkSpec) -> None:
    """What LSUV did, where the start is LSUV."""
    law = spec.law
    if not isinstance(law, LSUV):
        return
    panel = st.expander("How LSUV got there", icon=":material/straighten:", key="lsuv_panel", on_change="rerun")
    if not panel.open:
        return
    with panel:
        layers = compute.calibrated(spec)
        st.markdown(calibration_readings.reading(spec, law, layers))
        table = pd.DataFrame(calibration_readings.table(spec, layers))
        panels.numbers(table, "initlab-lsuv.csv", "lsuv_table")
        st.caption(calibration_readings.meaning(spec))


def neuron_panel(spec: NetworkSpec) -> None:
    """Why the square root of n: one neuron of the current law."""
    panel = st.expander("Why √n? One neuron", icon=":material/functions:", key="neuron_panel", on_change="rerun")
    if not panel.open:
        return
    with panel:
        fan_in = st.select_slider("Inputs n of the neuron", FANS, key="explore_fan", persist_state="session")
        figure, reading = pictures.neuron_figure(spec, fan_in, panels.dark())
        panels.chart(f"Sums of {fan_in} weighted inputs", figure, reading, "neuron")
