"""What will this network do? Predict first; then the real computation answers."""

import streamlit as st

from initlab.ui import lesson_overview, lesson_progress, lessons, panels, session

here = lesson_progress.current()

if here is None:
    st.title("What will this network do?", anchor=False)
    panels.notes(session.notes())
    lesson_overview.overview()
else:
    lessons.judge(here)
    lessons.heading(here)
    panels.notes(session.notes())
    left, right = st.columns([5, 6], gap="large")
    with left:
        lessons.question(here)
    with right:
        lessons.answer(here)
    lessons.why(here)
    lessons.teacher(here)
