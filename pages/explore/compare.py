"""Which start carries the signal? Two to six of them, on the same network, data and draws."""

import streamlit as st

from initlab import comparison, readings
from initlab.ui import compare, compute, lineup, panels, preparing, session

spec, starts, mended = compare.experiment()
specs = comparison.specs(spec, starts)

st.title("Which start carries the signal?", anchor=False)
compare.presets(spec, starts)
panels.notes([*session.notes(), *mended])
lineup.editor("compare_starts", spec)
preparing.probes(specs)
axis, same, ridges = compare.histogram_controls(spec.depth)
compare.histograms(specs, axis, same=same, ridges=ridges)
compare.rms_charts(spec, starts)
compare.tables(specs)
st.caption(readings.same_for_all(compute.probe(specs[0])))
