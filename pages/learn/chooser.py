"""Which start should this network have?"""

import streamlit as st

from initlab.ui import chooser, panels, session

st.title("Which start should I use?", anchor=False)
panels.notes(session.notes())
chooser.controls()
found = chooser.advice()
chooser.answer(found)

left, right = st.columns(2)
with left:
    chooser.picture(found)
with right:
    chooser.code(found)
    chooser.biases(found)
chooser.overview()
