"""What can layers learn without labels? Each rebuilds what it receives, freezes, and hands its code to the next."""

import streamlit as st

from initlab.ui import finetuning, panels, pretraining, session

spec, tune, mended = pretraining.experiment()

st.title("What can layers learn without labels?", anchor=False)
pretraining.presets(spec, tune)
panels.notes([*session.notes(), *mended])
pretraining.settings()
running = pretraining.current(spec, tune)
pretraining.walk(running, pretraining.buttons(running))
pretraining.pictures(running)
pretraining.tables(running)
st.caption(pretraining.source(running))
finetuning.section(spec, tune, running.now)
