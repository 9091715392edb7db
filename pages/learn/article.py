"""Which claims about weight initialization hold, and in what numbers?"""

import streamlit as st

from initlab.ui import article, panels, session

claim = article.chosen()

st.title("Which claims of the article hold?", anchor=False)
st.caption(
    "What is commonly taught about weight initialization, claim by claim. Each is put to the test on a real network, "
    "here and now."
)
panels.notes(session.notes())
article.choices(claim)
article.ruling(claim)
article.all_rulings()
