"""A race looked back at: its recorded moments, played by the browser or drawn all at once."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import streamlit as st

from initlab import replay
from initlab.figures import Figure, film, playback
from initlab.figures.histograms import AXES, Axis
from initlab.figures.layers import shown_layers
from initlab.figures.playback import Scene
from initlab.figures.progress import Course, Scale, progress_figure
from initlab.race import Runner, Snapshot
from initlab.recording import square
from initlab.replay import GUIDE, PICTURES, QUANTITIES, Diagnostic, Quantity
from initlab.schedule import split
from initlab.ui import panels, session, state

KEPT: Final = "_race_picture"
LINES: Final = 6  # layers drawn as lines: as many as can be told apart


def section(now: Snapshot) -> None:
    """What was recorded, as the picture that is chosen."""
    st.markdown("**Look back**")
    with st.container(horizontal=True, gap="medium"):
        chosen = _choose("Picture", PICTURES, "race_picture")
        draw = VIEWS[chosen](now)
    draw()
    panels.numbers_panel(
        "Every recorded moment", lambda: replay.mark_table(now), "initlab-race-moments.csv", "race_marks",
        "race_marks_panel",
    )  # fmt: skip


def _histograms(now: Snapshot) -> Callable[[], object]:
    quantity, axis = _quantity(), _axis()
    figure = _film(
        now, (quantity, axis, "film"), lambda: playback.histogram_film(_scene(now, quantity), axis, panels.dark())
    )
    title = f"{quantity}, layer by layer"
    return lambda: panels.chart(title, figure, f"{_played(now)} {replay.histories(now, quantity)}", "race_histograms")


def _rms(now: Snapshot) -> Callable[[], object]:
    quantity = _quantity()
    figure = _film(now, (quantity, "rms"), lambda: playback.rms_film(_scene(now, quantity), panels.dark()))
    reading = f"{_played(now)} {replay.histories(now, quantity)}"
    return lambda: panels.chart(f"RMS of the {quantity.lower()}", figure, reading, "race_rms")


def _strips(now: Snapshot) -> Callable[[], object]:
    quantity, axis = _quantity(), _axis()
    figure = _kept(
        now, (quantity, axis, "strips"), lambda: playback.strips_figure(_scene(now, quantity), axis, panels.dark())
    )
    reading = (
        "A strip a layer, a column a recorded moment. In a strip values run from the lowest number above the panel to "
        f"the largest; bright is where most of them are. {replay.histories(now, quantity)}"
    )
    return lambda: panels.chart(f"{quantity}: layers × steps", figure, reading, "race_strips")


def _decisions(now: Snapshot) -> Callable[[], object]:
    if not now.runners[0].marks[0].decision.size:
        return lambda: st.caption("A decision can be drawn where data have two features: Moons, Circles or Spirals.")
    figure = _film(now, ("decisions",), lambda: _film_of_decisions(now))
    return lambda: panels.chart(
        "Decision on the plane", figure, f"{_played(now)} {replay.decisions(now)}", "race_decisions"
    )


def _diagnostics(now: Snapshot) -> Callable[[], object]:
    labels = tuple(runner.label for runner in now.runners)
    session.apply({"race_contestant": min(int(session.value("race_contestant")), len(labels))})
    number = st.segmented_control(
        "Start", tuple(range(1, len(labels) + 1)), key="race_contestant", required=True, wrap=True,
        persist_state="session", format_func=lambda k: labels[k - 1],
    )  # fmt: skip
    return lambda: _diagnosed(now, now.runners[(number or 1) - 1])


def _diagnosed(now: Snapshot, runner: Runner) -> None:
    left, right = st.columns(2)
    with left:
        figure = _lines(now, runner, "update:data", Scale("step / weights, log scale", True, None, GUIDE, "10⁻³"))
        panels.chart("update:data", figure, replay.ratio_reading(runner, "update:data"), "race_updates")
    with right:
        figure = _lines(now, runner, "gradient:data", Scale("gradient / weights, log scale", True))
        panels.chart("gradient:data", figure, replay.ratio_reading(runner, "gradient:data"), "race_slopes")
    if not replay.saturates(runner):
        st.caption(replay.saturation_reading(runner))
        return
    figure = _lines(now, runner, "saturated share", Scale("Saturated outputs, %", bounds=(0.0, 103.0)), 100)
    panels.chart("Saturation", figure, replay.saturation_reading(runner), "race_saturation")


VIEWS: Final[Mapping[str, Callable[[Snapshot], Callable[[], object]]]] = MappingProxyType(
    dict(zip(PICTURES, (_histograms, _rms, _strips, _decisions, _diagnostics), strict=True))
)  # each draws its controls beside the others and gives back what is drawn below them


def _choose(label: str, options: tuple[str, ...], key: str) -> str:
    """On a phone they take as many lines as they need."""
    chosen = st.segmented_control(label, options, key=key, required=True, wrap=True, persist_state="session")
    return chosen or options[0]


def _quantity() -> Quantity:
    return QUANTITIES[QUANTITIES.index(_choose("Of", QUANTITIES, "race_quantity"))]


def _axis() -> Axis:
    return AXES[state.VALUE_AXES.index(_choose("Axis", state.VALUE_AXES, "race_axis"))]


def _kept(now: Snapshot, what: tuple[str, ...], make: Callable[[], Figure]) -> Figure:
    """The picture that was drawn last, as long as it is asked for again."""
    key = (*what, panels.dark())
    kept = st.session_state.get(KEPT)
    if kept is None or kept[0] is not now or kept[1] != key:
        kept = st.session_state[KEPT] = (now, key, make())
    return kept[2]


def _film(now: Snapshot, what: tuple[str, ...], make: Callable[[], Figure]) -> Figure:
    """A film that opens on the moment of its slider: Plotly's own buttons cannot be reached by keyboard."""
    steps, kept = replay.moments(now), _kept(now, what, make)
    if len(steps) < 2:
        return kept
    session.apply({"race_moment": steps[replay.moment_near(now, int(session.value("race_moment")))]})
    step = st.select_slider(
        "Open after step", steps, key="race_moment", persist_state="session", format_func=lambda step: f"{step:,}",
        help="By keyboard: the arrow keys go from one recorded moment to the next",
    )  # fmt: skip
    return film.opened_at(kept, steps.index(step)) if step else kept


def _played(now: Snapshot) -> str:
    steps = replay.moments(now)
    opens = steps[replay.moment_near(now, int(session.value("race_moment")))]
    return f"{len(steps)} moments from step {steps[0]} to {steps[-1]:,}, played here; it opens after step {opens:,}."


def _scene(now: Snapshot, quantity: Quantity) -> Scene:
    steps = replay.moments(now)
    moments = [[replay.stats(mark, quantity) for mark in replay.marks_at(now, step)] for step in steps]
    labels, going = [runner.label for runner in now.runners], [not runner.retired for runner in now.runners]
    return Scene(moments, steps, labels, going, "forward" if quantity == "Activations" else "backward")


def _film_of_decisions(now: Snapshot) -> Figure:
    steps, spec = replay.moments(now), now.runners[0].spec
    rows, _ = split(spec, now.train)
    plane = square(rows.inputs)[[0, -1]]
    moments = [[mark.decision for mark in replay.marks_at(now, step)] for step in steps]
    labels = [runner.label for runner in now.runners]
    return playback.decision_film(moments, steps, labels, rows.inputs, np.asarray(rows.targets), plane, panels.dark())


def _lines(now: Snapshot, runner: Runner, which: Diagnostic, scale: Scale, factor: float = 1.0) -> Figure:
    found, times = replay.diagnostic(runner, which), [mark.step / now.epoch for mark in runner.marks]
    names = [*(f"layer {layer + 1}" for layer in range(runner.spec.depth)), "output"]
    shown = shown_layers(found.shape[1], LINES)
    courses = [Course(names[layer], np.array(times), factor * found[:, layer]) for layer in shown]
    return progress_figure(courses, scale, now.train.epochs, "Epoch", panels.dark())
