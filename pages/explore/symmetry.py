"""Why must weights differ? Units that start alike, what training makes of them, and what sets them apart."""

import streamlit as st

from initlab.ui import born_dead, link, panels, session, symmetry

spec, mended = link.spec_of(session.values())
shown = symmetry.view(spec)

st.title("Why must weights differ?", anchor=False)
symmetry.experiments(shown)
panels.notes([*session.notes(), *mended, *shown.notes])
verdict = st.container()
symmetry.controls(shown)
walk, end, moment = symmetry.walk(shown, verdict)
symmetry.verdict_card(verdict, shown, walk, end)

symmetry.layer_slider(shown)
symmetry.pair_charts(shown, walk, moment)
symmetry.count_charts(walk, moment)
symmetry.collapse_chart(spec)
born_dead.panel(spec)
symmetry.numbers_panel(shown, walk, moment)
st.caption(symmetry.source(shown))
