"""Does a deep network stretch all directions alike? Singular values of its Jacobian, layer by layer."""

import streamlit as st

from initlab import isometry_readings as readings
from initlab.ui import isometry, link, panels, session

spec, mended = link.spec_of(session.values())

st.title("Does the network stretch all directions alike?", anchor=False)
st.caption(readings.MEANING)
isometry.presets(spec)
partner, row = isometry.controls(spec)
networks, spectra, cut = isometry.pair(spec, partner)
panels.notes([*session.notes(), *mended, *cut])
sides = isometry.measured(networks, spectra, row)
isometry.verdict(sides)
isometry.ridges(sides)
isometry.lines(sides)
isometry.draws_panel(sides, row)
isometry.table_panel(sides)
st.caption(readings.source(sides, row))
