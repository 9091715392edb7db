"""The same race on ten draws: would the same start win again? Computed when asked for, below the finished race."""

from typing import Final

import numpy as np
import pandas as pd
import streamlit as st

from initlab import repeats_readings
from initlab.arrays import Array
from initlab.figures import Figure
from initlab.figures.outcomes import dots_figure, gap_figure
from initlab.figures.progress import Course, Scale, progress_figure
from initlab.race_work import DRAWS, draws_work
from initlab.repeats import Repeats, quantiles, repeated
from initlab.spec import NetworkSpec
from initlab.train_spec import TrainSpec
from initlab.ui import ongoing, panels
from initlab.wording import capitalized

FIELD: Final = "race_draws"
KEPT: Final = "_race_draws"
Key = tuple[tuple[NetworkSpec, ...], TrainSpec]


def section(key: Key, *, finished: bool) -> None:
    """The switch, and below it what came of ten draws once the race itself is `finished`."""
    st.subheader("Would the same start win again?", anchor=False)
    st.toggle(
        f"{DRAWS} draws", key=FIELD, persist_state="session",
        help="Repeat the race with other weights and another order of the minibatches; the test rows stay the same",
    )  # fmt: skip
    if not st.session_state[FIELD]:
        return
    if not finished:
        st.caption(f"{DRAWS} draws follow when the race has been run to its end.")
        return
    try:
        cost = draws_work(*key).operations
        shown = ongoing.finished(KEPT, key, lambda: repeated(*key), repeats_readings.how_far, cost)
    except ValueError as error:
        st.info(f"{capitalized(str(error))}.", icon=":material/info:")
        return
    _charts(shown)
    _tables(shown)


def _charts(found: Repeats) -> None:
    title, of = "Test accuracy" if found.classes else "Test loss", f"of {found.draws} draws"
    left, right = st.columns(2)
    with left:
        said = repeats_readings.loss_reading(found)
        panels.chart(f"Training loss {of}", _loss_figure(found), said, "race_draws_loss")
    with right:
        said = repeats_readings.test_reading(found)
        panels.chart(f"{title} {of}", _test_figure(found), said, "race_draws_test")
    left, right = st.columns(2)
    with left:
        panels.chart(f"{title} at the end", _dots(found), repeats_readings.standing(found), "race_draws_end")
    with right:
        figure = gap_figure(found.labels, found.training_loss, found.test_losses[:, :, -1], panels.dark())
        panels.chart("Training loss against test loss", figure, repeats_readings.gap_reading(found), "race_draws_gap")
    said = repeats_readings.left_the_race(found)
    if said:
        st.caption(said)


def _courses(found: Repeats, times: Array, values: Array) -> list[Course]:
    """Median and 10 to 90 % of each contestant; who has left most draws goes no further."""
    low, middle, high = quantiles(values)
    gone = (found.retired > 0).mean(axis=0) >= 0.5
    return [
        Course(label, times, middle[k], bool(gone[k]), np.stack([low[k], high[k]]))
        for k, label in enumerate(found.labels)
    ]


def _loss_figure(found: Repeats) -> Figure:
    scale = Scale("Training loss, log scale", log=True)
    return progress_figure(
        _courses(found, found.times, found.losses), scale, found.train.epochs, "Epoch", panels.dark()
    )


def _test_figure(found: Repeats) -> Figure:
    if found.classes:
        courses, scale = (
            _courses(found, found.marks, 100 * found.accuracies),
            Scale("Test rows right, %", False, (0.0, 103.0)),
        )
    else:
        courses, scale = _courses(found, found.marks, found.test_losses), Scale("Test loss, log scale", log=True)
    return progress_figure(courses, scale, found.train.epochs, "Epoch", panels.dark())


def _dots(found: Repeats) -> Figure:
    if found.classes:
        values = 100 * found.accuracies[:, :, -1]
        return dots_figure(found.labels, values, found.retired, "Test rows right, %", panels.dark())
    values = found.test_losses[:, :, -1]
    return dots_figure(found.labels, values, found.retired, "Test loss, log scale", panels.dark(), log=True)


def _tables(found: Repeats) -> None:
    """One row a contestant; every draw of each while the panel is open."""
    panels.numbers(pd.DataFrame(repeats_readings.summary(found)), "initlab-race-draws.csv", "race_draws_summary")
    panels.numbers_panel(
        "Every draw", lambda: repeats_readings.draw_table(found), "initlab-race-every-draw.csv", "race_draws_table",
        "race_draws_panel",
    )  # fmt: skip
