"""The pieces pages are put together from: verdict card, figure card, numbers."""

from collections.abc import Iterable
from typing import Final

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from initlab import readings
from initlab.band import SEEDS
from initlab.diagnosis import changes
from initlab.figures import Figure, theme
from initlab.figures.histograms import AXES, Axis
from initlab.figures.layers import MAX_RIDGES
from initlab.findings import Finding
from initlab.measurement import Probe
from initlab.neuron import FANS
from initlab.scenarios import SCENARIOS
from initlab.spec import NetworkSpec
from initlab.table import layer_table, one_layer
from initlab.ui import compute, link, session

ICONS: Final = {
    "overflow": "block", "symmetry": "content_copy", "vanishing signal": "trending_down",
    "exploding signal": "trending_up", "vanishing gradient": "south_west", "exploding gradient": "north_west",
    "saturation": "compress", "dead units": "power_off", "input collapse": "merge",
}  # fmt: skip
MOST_NOTES: Final = 6
PHRASES: Final = {  # of a changed field; an initializer or activation needs no more than its name
    "gain": "gain {:g}", "bias_stddev": "biases of {:g}", "normalization": "normalization {}", "shape": "shape {}",
    "residual": "residual connections: {}", "output": "output layer {}", "scaling": "{} inputs", "loss": "loss {}",
}  # fmt: skip


def dark() -> bool:
    """Whether the visitor sees the dark theme."""
    return st.context.theme.type == "dark"


def notes(sentences: list[str]) -> None:
    """What the app had to change in a link or a setting, quietly."""
    if sentences:
        more = f" And {len(sentences) - MOST_NOTES} more." if len(sentences) > MOST_NOTES else ""
        st.caption(f":material/info: {' '.join(sentences[:MOST_NOTES])}{more}")


def style() -> None:
    """What no theme option sets: dark ink on the bright primary button of the dark theme."""
    if dark():
        st.html("<style>[data-testid='stBaseButton-primary'] * {color: #14171C}</style>")


def verdict_card(findings: tuple[Finding, ...], healthy: str, caveats: Iterable[str]) -> DeltaGenerator:
    """The headline, its evidence and, right of them, the place for the remedy's button."""
    with st.container(border=True, key="verdict"):
        words, action = st.columns([5, 2], vertical_alignment="center")
        with words:
            if findings:
                first = findings[0]
                st.header(first.headline, icon=f":material/{ICONS[first.kind]}:", anchor=False)
                st.markdown(first.evidence)
                for other in findings[1:]:
                    st.caption(f"Also: {other.headline[0].lower()}{other.headline[1:]}. {_news(other, first)}")
            else:
                st.header("Healthy at the start", icon=":material/check_circle:", anchor=False)
                st.markdown(healthy)
            for caveat in caveats:
                st.caption(caveat)
    return action


def _news(finding: Finding, before: Finding) -> str:
    """The evidence without the sentences that were said already."""
    said = before.evidence.rstrip(".").split(". ")
    return ". ".join(part for part in finding.evidence.rstrip(".").split(". ") if part not in said) + "."


def remedy_button(place: DeltaGenerator, spec: NetworkSpec, remedy: NetworkSpec | None) -> None:
    """One button that opens the remedy; its label says what changes."""
    if remedy is None:
        place.caption("No nearby start was healthy on three draws.")
        return
    place.button(
        remedy_label(spec, remedy), key="remedy", type="primary", width="stretch",
        on_click=session.apply_spec, args=(remedy,),
        help="Probed on three draws before it is offered: healthy on all of them",
    )  # fmt: skip


def remedy_label(spec: NetworkSpec, remedy: NetworkSpec) -> str:
    """What the remedy changes: Use Glorot normal with Tanh, gain 1."""
    words = [PHRASES.get(name, "{}").format(getattr(remedy, name)) for name in changes(spec, remedy)]
    return "Use " + " with ".join(words[:2]) + "".join(f", {word}" for word in words[2:])


def chart(title: str, figure: Figure, reading: str, key: str) -> None:
    """A titled chart, its one-sentence reading under it and as its alternative text."""
    st.markdown(f"**{title}**")
    st.plotly_chart(figure, theme=None, key=key, alt=reading, config=theme.CONFIG)
    st.caption(reading)


def numbers(table: pd.DataFrame, file_name: str, key: str) -> None:
    """The numbers behind a chart, as a table and as CSV."""
    precise = st.column_config.NumberColumn(format="%.3g")  # the default would round 10⁻¹⁰ to 0
    floats = table.select_dtypes("float").columns
    st.dataframe(table, hide_index=True, key=key, column_config=dict.fromkeys(floats, precise))
    st.download_button(
        "Download CSV", table.to_csv(index=False), file_name, "text/csv", key=f"{key}_csv", icon=":material/download:",
        on_click="ignore",
    )  # fmt: skip


def scenario_buttons(spec: NetworkSpec) -> None:
    """One click each; the one that is open is marked, and says what to look for."""
    chosen = next((name for name, scenario in SCENARIOS.items() if scenario.spec == spec), None)
    st.session_state["scenario"] = chosen
    st.pills("Scenarios", tuple(SCENARIOS), key="scenario", label_visibility="collapsed", on_change=_open_scenario)
    if chosen:
        st.caption(SCENARIOS[chosen].look_for)


def _open_scenario() -> None:
    name = st.session_state["scenario"]
    if name:
        session.apply_spec(SCENARIOS[name].spec)


def histogram_controls(depth: int) -> tuple[Axis, bool]:
    """The axis, and whether layers are drawn as ridges."""
    left, right = st.columns([3, 2])
    axis = left.segmented_control("Axis", AXES, key="explore_axis", required=True, persist_state="session")
    view = right.segmented_control("View", link.VIEWS, key="explore_view", required=True, persist_state="session")
    return axis or AXES[0], view == "Ridges" or (view == "Auto" and depth <= MAX_RIDGES)


def rms_chart(spec: NetworkSpec, reading: str) -> None:
    """The RMS lines with the band of other draws behind them; where the band takes long, the lines come first alone.

    A chart costs the browser more than ten draws of a usual network cost the server, so a quick band waits for none.
    """
    st.markdown("**RMS against depth**")
    place, note = st.empty(), st.empty()
    if compute.band(spec) is None and compute.band_takes_long(spec):
        figure = compute.rms_figure(spec, None, dark())
        place.plotly_chart(figure, theme=None, key="rms_alone", alt=reading, config=theme.CONFIG)
    for count in compute.extend_band(spec):
        note.caption(f"{reading} Band: {count} of {SEEDS} other draws so far.")
    figure = compute.rms_figure(spec, compute.band(spec), dark())
    place.plotly_chart(figure, theme=None, key="rms", alt=reading, config=theme.CONFIG)
    note.caption(f"{reading} Band: lowest to highest of {SEEDS} other draws.")


def share_charts(spec: NetworkSpec, probe: Probe) -> None:
    """Saturated outputs or silent units, where the activation can have them."""
    if spec.phi.saturates_beyond is not None:
        _share_chart(
            "Saturated outputs", compute.saturation_figure(spec, dark()), readings.saturated(probe), "saturated"
        )
    if spec.phi.dies:
        _share_chart("Silent units", compute.death_figure(spec, dark()), readings.dead(probe), "dead")


def _share_chart(title: str, figure: Figure | None, reading: str, key: str) -> None:
    """A chart with nothing in it is only its sentence."""
    if figure is None:
        st.caption(reading)
    else:
        chart(title, figure, reading, key)


def inspect_panel(spec: NetworkSpec, probe: Probe) -> None:
    """One layer from close by; computed only while the panel is open."""
    panel = st.expander("Inspect one layer", icon=":material/search:", key="inspect_panel", on_change="rerun")
    if not panel.open:
        return
    with panel:
        layer = 1
        if spec.depth > 1:
            st.session_state["explore_layer"] = min(st.session_state["explore_layer"], spec.depth)
            layer = st.slider("Layer", 1, spec.depth, key="explore_layer", persist_state="session")
        figure, table = compute.inspection_figure(spec, layer, dark()), pd.DataFrame(one_layer(probe, layer))
        chart(f"Layer {layer}", figure, readings.one_layer(probe, layer), "inspection")
        numbers(table, f"initlab-layer-{layer}.csv", "inspection_table")


def table_panel(probe: Probe) -> None:
    """All numbers of all layers."""
    panel = st.expander("All numbers", icon=":material/table:", key="table_panel", on_change="rerun")
    if panel.open:
        with panel:
            numbers(pd.DataFrame(layer_table(probe)), "initlab-layers.csv", "table")


def neuron_panel(spec: NetworkSpec) -> None:
    """Why the square root of n: one neuron of the current law."""
    panel = st.expander("Why √n? One neuron", icon=":material/functions:", key="neuron_panel", on_change="rerun")
    if not panel.open:
        return
    with panel:
        fan_in = st.select_slider("Inputs n of the neuron", FANS, key="explore_fan", persist_state="session")
        figure, reading = compute.neuron_figure(spec, fan_in, dark())
        chart(f"Sums of {fan_in} weighted inputs", figure, reading, "neuron")
