"""What does each initializer draw, what is it for, and what do others call it?"""

import streamlit as st

from initlab.ui import catalogue, link, panels, session

_, mended = link.spec_of(session.values())

st.title("What does each initializer draw?", anchor=False)
found = catalogue.search()
panels.notes([*session.notes(), *mended])
fan_in, fan_out = catalogue.fans()
catalogue.table(found, fan_in, fan_out)
name = catalogue.chosen(found)
catalogue.detail(name, fan_in, fan_out)
catalogue.dialects(name)
catalogue.gains()
