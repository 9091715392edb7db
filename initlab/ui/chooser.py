"""The pieces of the chooser: what is asked, the start to use, why, and all activations at a glance."""

from typing import Final

import pandas as pd
import streamlit as st

from initlab import readings
from initlab.activations import ACTIVATIONS
from initlab.chooser import ROWS, Advice
from initlab.dialects import calls
from initlab.rules import Finding
from initlab.spec import NORMALIZATIONS
from initlab.table import layer_table
from initlab.ui import compute_theory, link, navigation, panels, pictures, session
from initlab.ui.panels import ICONS
from initlab.ui.state import CHOOSER_DEPTHS

CODE: Final = {
    "Keras": "Dense({width}, kernel_initializer={call})", "PyTorch": "{call}",
    "JAX": "w = {call}(key, ({width}, {width}))",
}  # fmt: skip


def controls() -> None:
    """Activation, depth and what else the architecture has."""
    activation, depth, more = st.columns([3, 4, 5], vertical_alignment="bottom")
    activation.selectbox("Activation", tuple(ACTIVATIONS), key="chooser_activation", persist_state="session")
    depth.select_slider("Hidden layers", CHOOSER_DEPTHS, key="chooser_depth", persist_state="session")
    with more.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Normalization", NORMALIZATIONS, key="chooser_normalization", required=True, persist_state="session"
        )
        st.toggle("Residual connections", key="chooser_residual", persist_state="session")


def advice() -> Advice:
    """What to use there."""
    values = session.values()
    with st.spinner("Probing starts"):
        return compute_theory.advice(
            str(values["chooser_activation"]), int(values["chooser_depth"]), str(values["chooser_normalization"]),
            bool(values["chooser_residual"]),
        )  # fmt: skip


def answer(found: Advice) -> None:
    """The start to use, why, and the way into the laboratory."""
    with st.container(border=True, key="verdict"):
        words, action = st.columns([5, 2], vertical_alignment="center")
        with words:
            panels.headline(found.headline, found.why, _icon(found.findings))
            for one in found.findings:
                st.caption(f"{one.headline}. {one.evidence}")
            st.caption(f"Probed on three draws, on {ROWS} digits, at width {found.spec.width}.")
        navigation.leave(
            action, "chooser_open", "explore", "Open in the laboratory", ":material/ssid_chart:",
            link.values_of(found.spec),
        )  # fmt: skip


def _icon(findings: tuple[Finding, ...]) -> str:
    return ICONS[findings[0].kind] if findings else "check_circle"


def code(found: Advice) -> None:
    """The line in each library that has the law."""
    spec = found.spec
    lines = []
    for library, call in calls(spec.init, dict(spec.init_params)).items():
        if call and library in CODE:
            lines.append(f"# {library}\n{CODE[library].format(width=spec.width, call=call)}")
    st.markdown("**As code**")
    st.code("\n".join(lines), language=None)
    st.caption("The whole network as code: open it in the laboratory, then Share, Code.")


def picture(found: Advice) -> None:
    """That it holds, layer by layer."""
    figure = pictures.rms_figure(found.spec, False, panels.dark())
    panels.chart("RMS against depth", figure, readings.rms(found.probe), "chooser_rms")
    panels.numbers_panel(
        "The numbers", lambda: layer_table(found.probe), "initlab-chosen.csv", "chooser_layers", "chooser_panel"
    )


def biases(found: Advice) -> None:
    st.markdown("**And the biases?**")
    st.markdown(compute_theory.about_biases(found.spec))


def overview() -> None:
    """Every activation at this depth, one row after the other."""
    values = session.values()
    panel = st.expander("Every activation at this depth", icon=":material/table:", key="chooser_all", on_change="rerun")
    if not panel.open:
        return
    with panel:
        asked = int(values["chooser_depth"]), str(values["chooser_normalization"]), bool(values["chooser_residual"])
        bar, rows = st.progress(0.0), []
        for done, name in enumerate(ACTIVATIONS, 1):
            rows.append(compute_theory.advice(name, *asked).row)
            bar.progress(done / len(ACTIVATIONS), f"{done} of {len(ACTIVATIONS)} activations")
        bar.empty()
        panels.numbers(pd.DataFrame(rows), "initlab-chooser.csv", "chooser_table")
