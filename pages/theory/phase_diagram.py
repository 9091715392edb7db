"""Where can a deep network live? Order, chaos and the edge between them, by mean-field theory."""

import streamlit as st

from initlab import phase_readings as readings
from initlab.ui import link, panels, phase, session

spec, mended = link.spec_of(session.values())
chosen = phase.chosen_point()

st.title("Where can a deep network live?", anchor=False)
st.caption(readings.MEANING)
phase.presets(spec, chosen)
panels.notes([*session.notes(), *mended])
phase.verdict(spec)
phase.plane_chart(spec, chosen)
phase.point_controls(spec)
phase.map_charts(spec, chosen)
phase.table_panel(spec, chosen)
st.caption(readings.SOURCE)
