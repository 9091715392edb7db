"""Does the better start really win? Two to six of them in training, on the same rows in the same order."""

import streamlit as st

from initlab.ui import lineup, panels, playback, race, race_draws, session

spec, specs, how, mended = race.experiment()

st.title("Does the better start really win?", anchor=False)
race.presets(spec, specs, how)
panels.notes([*session.notes(), *mended])
lineup.editor("race_starts", spec)
race.training_controls()
running = race.current(specs, how)
if running:
    race.run(running, race.buttons(running))
    playback.section(running.now)
    race.tables(running.now)
    st.caption(race.source(running.now))
    race_draws.section(running.key, finished=running.now.finished)
