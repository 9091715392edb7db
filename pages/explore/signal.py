"""Does the signal survive? Activations forward, gradients backward, layer by layer."""

import streamlit as st

from initlab import readings
from initlab.findings import caveats
from initlab.ui import compute, explore, link, panels, pictures, preparing, session

spec, mended = link.spec_of(session.values())

st.title("Does the signal survive?", anchor=False)
explore.scenarios(spec)
panels.notes([*session.notes(), *mended])
preparing.probes([spec])
probe = compute.probe(spec)
findings = compute.diagnosis(spec)
remedy_place = panels.verdict_card(findings, readings.healthy(probe), caveats(probe))
axis, ridges = explore.histogram_controls(spec.depth)

forward, backward = st.columns(2)
with forward:
    figure = pictures.layers_figure(spec, "forward", axis, ridges, panels.dark())
    panels.chart("Activations", figure, readings.activations(probe), "activations")
with backward:
    figure = pictures.layers_figure(spec, "backward", axis, ridges, panels.dark())
    panels.chart("Back-propagated gradients", figure, readings.gradients(probe), "gradients")

explore.rms_chart(spec, readings.rms(probe), readings.theory(probe, compute.theory(spec)))
explore.share_charts(spec, probe)
explore.lsuv_panel(spec)
explore.inspect_panel(spec)
explore.neuron_panel(spec)
explore.table_panel(spec)
st.caption(readings.source(probe))
if findings:
    panels.remedy_button(remedy_place, spec, compute.remedy(spec))
explore.compare_button(remedy_place, spec)
