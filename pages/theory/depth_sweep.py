"""At which depth and gain can a network live?"""

import streamlit as st

from initlab import edge
from initlab.ui import compute_theory, depth_sweep, link, panels, session

spec, mended = link.spec_of(session.values())

st.title("At which depth and gain can a network live?", anchor=False)
depth_sweep.presets(spec)
quantity, grid, shortened = depth_sweep.controls(spec)
panels.notes([*session.notes(), *mended, *shortened, *depth_sweep.cluster_notes()])
theory = compute_theory.edge(grid.spec, grid.gains[0], grid.gains[-1])
sweep = depth_sweep.measured(grid)

row, column = depth_sweep.picked_cell(grid)
depth_sweep.map_chart(sweep, quantity, theory, spec, row, column)
depth_sweep.cell_panel(spec, grid, edge.cell_reading(sweep, row, column), row, column)
depth_sweep.theory_note(theory)
depth_sweep.table_panel(sweep)
st.caption(depth_sweep.source(grid))
