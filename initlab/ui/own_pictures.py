"""The pictures on the page for one's own: the verdict, histograms, RMS and shares of a probe that is in no cache."""

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from initlab import readings
from initlab.aside import HELPER
from initlab.diagnosis import remedy
from initlab.figures import depth, layers
from initlab.figures.histograms import AXES
from initlab.figures.layers import MAX_RIDGES
from initlab.findings import caveats, dead_limits, saturation_limit
from initlab.own_probe import OwnProbe
from initlab.own_spec import back_on
from initlab.own_tensors import written
from initlab.spec import NetworkSpec
from initlab.table import layer_table
from initlab.theory import Theory, expect
from initlab.ui import navigation, panels, shown, state
from initlab.ui.fields import literal
from initlab.ui.kept import kept, origin
from initlab.wording import counted


def verdict(found: OwnProbe) -> DeltaGenerator:
    """What was read and assumed, then what it leads to; the place for what to do about it."""
    said = " ".join(found.notes)
    st.caption(f":material/info: {subject(found)} {literal(said)}")
    place = panels.verdict_card(found.findings, readings.healthy(found.probe), caveats(found.probe))
    shown.verdict(*shown.now().verdict, f"{subject(found)} {said}", found.source)  # the report's settings do not say it
    return place


def subject(found: OwnProbe) -> str:
    """Whose network it is, and how large."""
    widths = found.probe.widths
    each = f" of {widths[0]}" if len(set(widths)) == 1 else f", {min(widths)} to {max(widths)} wide"
    inputs = found.batch.inputs.shape[1]
    whose = "The network in the sidebar" if found.weights is None else "The network in the file"
    layers_ = f"{counted(len(widths), 'hidden layer')}{each}"
    aside = "" if found.weights is None else " Of the sidebar only scaling, rows and loss count."
    return f"{whose}: {counted(inputs, 'input')}, {layers_}.{aside}"


def histograms(found: OwnProbe) -> None:
    """Activations forward, gradients backward, layer by layer."""
    left, right = st.columns([3, 2])
    axis = left.segmented_control("Axis", AXES, key="own_axis", required=True, persist_state="session") or AXES[0]
    view = right.segmented_control("View", state.VIEWS, key="own_view", required=True, persist_state="session")
    ridges = view == "Ridges" or (view == "Auto" and found.probe.depth <= MAX_RIDGES)
    probe, dark = found.probe, panels.dark()
    forward, backward = st.columns(2)
    with forward:
        figure = layers.layers_figure(probe.activation, "forward", axis, ridges, dark)
        panels.chart("Activations", figure, readings.activations(probe), "activations")
    with backward:
        figure = layers.layers_figure(probe.gradient, "backward", axis, ridges, dark)
        panels.chart("Back-propagated gradients", figure, readings.gradients(probe), "gradients")


def rms(found: OwnProbe) -> None:
    """Both RMS lines, and theory's where the network follows a law."""
    probe, expected = found.probe, _theory(found)
    said = [readings.rms(probe), *([readings.theory(probe, expected)] if expected else [])]
    figure = depth.rms_figure(probe, None, panels.dark(), expected)
    panels.chart("RMS against depth", figure, " ".join(said), "rms")


def _theory(found: OwnProbe) -> Theory | None:
    if found.spec is None:
        return None
    squares = (found.batch.inputs.astype(float) ** 2).mean(axis=1)
    return expect(found.spec, squares, float(depth.finite_rms(found.probe.gradient)[-1]))


def shares(found: OwnProbe) -> None:
    """Saturated outputs or silent units, where there are any."""
    probe = found.probe
    if probe.saturated_share.any():
        figure = depth.shares_figure(probe.saturated_share, saturation_limit(probe), "saturated outputs", panels.dark())
        panels.chart("Saturated outputs", figure, readings.saturated(probe), "saturated")
    if probe.dead_share.any():
        limit = float(np.min(dead_limits(probe)))
        figure = depth.shares_figure(probe.dead_share, limit, "silent units", panels.dark())
        panels.chart("Silent units", figure, readings.dead(probe), "dead")


def tables(found: OwnProbe) -> None:
    """What was read from the file, and all numbers of all layers."""
    if found.weights is not None:
        panel = st.expander("What was read", icon=":material/data_array:", key="own_read", on_change="rerun")
        if panel.open:
            with panel:
                panels.numbers(_read(found), "initlab-own-tensors.csv", "own_tensors")
    panel = st.expander("All numbers", icon=":material/table:", key="own_table", on_change="rerun")
    if panel.open:
        with panel:
            panels.numbers(pd.DataFrame(layer_table(found.probe)), "initlab-own-layers.csv", "own_layers")


def _read(found: OwnProbe) -> pd.DataFrame:
    assert found.weights  # noqa: S101  the caller has looked
    network, names = found.weights.network, found.weights.names
    with np.errstate(all="ignore"):  # of weights that are not finite
        deviations = np.array([weight.std(dtype=float) for weight in network.weights])
    return pd.DataFrame({
        "layer": [*map(str, range(1, len(names))), "output"],
        "weight": [weight for weight, _ in names],
        "bias": [bias or "zeros" for _, bias in names],
        "(in, out)": [written(weight.shape) for weight in network.weights],
        "weight std": deviations,
        "√in × std": deviations * np.sqrt([weight.shape[0] for weight in network.weights]),
    })  # fmt: skip


def way_out(place: DeltaGenerator, found: OwnProbe, spec: NetworkSpec) -> None:
    """The remedy of the sidebar's network, or the chooser for one that came as it is."""
    if not found.findings:
        return
    if found.spec is not None:
        cure = kept("remedy", origin("probe"), lambda: _remedy(found))
        panels.remedy_button(place, spec, cure and back_on(spec, cure))
        return
    depth_field = state.FIELDS["chooser_depth"]
    changes = {
        "chooser_activation": found.probe.phi, "chooser_depth": depth_field.parse(str(found.probe.depth)),
        "chooser_normalization": "None", "chooser_residual": False,
    }  # fmt: skip
    navigation.leave(place, "own_chooser", "chooser", "Which start instead?", ":material/checklist:", changes)


def _remedy(found: OwnProbe) -> NetworkSpec | None:
    """A start that is healthy on these very data."""
    data = found.batch
    return found.spec and HELPER.done(remedy, found.spec, found.findings, data.inputs, data.targets)
