"""Does the signal survive on data, or in a network, of my own?"""

import streamlit as st

from initlab.ui import link, own, own_pictures, panels, session

spec, mended = link.spec_of(session.values())

st.title("Does the signal survive in yours?", anchor=False)
panels.notes([*session.notes(), *mended])
found = own.probed(spec)
if found:
    place = own_pictures.verdict(found)
    own_pictures.histograms(found)
    own_pictures.rms(found)
    own_pictures.shares(found)
    own_pictures.tables(found)
    st.caption(found.source)
    own_pictures.way_out(place, found, spec)
