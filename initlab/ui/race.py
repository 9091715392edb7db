"""The pieces of the race page: presets, contestants, how they train, the race as it runs and what came of it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from initlab import comparison, race_readings
from initlab.comparison import Start
from initlab.figures import Figure
from initlab.figures.progress import Course, Scale, progress_figure
from initlab.optimizers import OPTIMIZERS
from initlab.race import Snapshot, race
from initlab.race_export import race_json
from initlab.race_presets import PRESETS
from initlab.race_work import all_rows, fitted, race_work, training_rows
from initlab.spec import NetworkSpec
from initlab.train_spec import TrainSpec
from initlab.ui import desk, gate, link, panels, preparing, session, starts, state
from initlab.ui.pace import Pace
from initlab.wording import capitalized, listed, number

FIELD: Final = "race_starts"
RUNNING: Final = "_race"


@dataclass(slots=True, eq=False)
class Running:
    """The race of one visitor: what it is of, where it stands, and how it goes on."""

    key: tuple[tuple[NetworkSpec, ...], TrainSpec]
    snapshots: Iterator[Snapshot]
    now: Snapshot
    paused: bool = False
    stopped: bool = False

    @property
    def over(self) -> bool:
        return self.stopped or self.now.finished


def experiment() -> tuple[NetworkSpec, tuple[NetworkSpec, ...], TrainSpec, list[str]]:
    """Architecture, contestants and how they train, and what had to give way to the budget of a race."""
    values = session.values()
    spec, notes = link.spec_of({**values, "init": "Zeros", "gain": 1.0})
    if spec.loss == "Random cotangent":
        spec = replace(spec, loss="Auto")
        notes.append("Random cotangent knows no right answer, so there is nothing to learn from it: Auto is used.")
    how = TrainSpec(
        str(values["race_optimizer"]), float(values["race_rate"]), int(values["race_batch"]),
        int(values["race_epochs"]), float(values["race_decay"]), float(values["race_clip"]),
        float(values["race_dropout"]), seed=spec.seed, labels=link.labels_of(values["race_labels"]),
    )  # fmt: skip
    specs = comparison.specs(spec, starts.starts_of(str(values[FIELD])))
    fit, shorter = fitted(specs, how)
    if (fit, shorter) != (specs, how):
        notes.append(_beyond(specs, how, fit, shorter))
    rows = training_rows(fit[0], shorter)
    if shorter.batch > rows:
        notes.append(
            f"A minibatch of {how.batch:,} is more than the {rows:,} rows to train on: each step takes them all."
        )
    return spec, fit, shorter, notes


def _beyond(specs: tuple[NetworkSpec, ...], how: TrainSpec, fit: tuple[NetworkSpec, ...], shorter: TrainSpec) -> str:
    """What runs instead of what was asked for, and why the controls do not show it."""
    asked = {"depth": (specs[0].depth, fit[0].depth), "epochs": (how.epochs, shorter.epochs)}
    asked["minibatches of"] = (how.batch, shorter.batch)
    most = [max(int(dict(one.init_params).get("pretrain_epochs", 0)) for one in side) for side in (specs, fit)]
    asked["pre-training epochs of"] = (most[0], most[1])
    changed = [f"{name} {new:,} instead of {old:,}" for name, (old, new) in asked.items() if old != new]
    return (
        f"That race is beyond what a page may compute. It runs with {listed(changed)}; the controls keep what was "
        "asked for, and a smaller network gets more of it."
    )


def presets(spec: NetworkSpec, specs: tuple[NetworkSpec, ...], how: TrainSpec) -> None:
    """Races one click away, on the draws of now."""
    lineup = tuple(Start.of(one) for one in specs)
    panels.offers(
        "Presets", "race_preset", PRESETS,
        lambda one: one.shown(spec, lineup) and replace(one.how, seed=how.seed) == how,
        lambda one: session.apply(link.race_of(one, how.seed)),
    )  # fmt: skip


def training_controls() -> None:
    """How all contestants are trained."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.segmented_control(
            "Optimizer", tuple(OPTIMIZERS), key="race_optimizer", required=True, persist_state="session"
        )
        _slider("Learning rate", "race_rate", state.RACE_RATES)
        _slider("Epochs", "race_epochs", state.EPOCHS)
        _slider("Minibatch", "race_batch", state.BATCHES)
    with st.expander("More about the training", icon=":material/tune:", key="race_more"):
        left, middle, right, last = st.columns(4)
        with left:
            _slider("Weight decay", "race_decay", state.DECAYS, "Adds so much of each weight to its gradient")
        with middle:
            _slider("Gradient clipping", "race_clip", state.CLIPS, "Longest gradient of all parameters; 0 is off")
        with right:
            st.slider(
                "Dropout", 0.0, 0.9, step=0.1, key="race_dropout", persist_state="session",
                help="Share of the units silenced in each step",
            )  # fmt: skip
        with last:
            st.select_slider(
                "Labels", state.LABELS, key="race_labels", persist_state="session",
                help="Training rows that have one; starts that need none learn from all rows",
            )  # fmt: skip


def _slider(label: str, key: str, options: tuple[float, ...], help: str | None = None) -> None:
    st.select_slider(label, options, key=key, persist_state="session", format_func=lambda x: f"{x:g}", help=help)


def current(specs: tuple[NetworkSpec, ...], how: TrainSpec) -> Running | None:
    """The race of this visitor; another one begins where anything about it has changed. None where there can be none,
    and then the page says why."""
    kept: Running | None = st.session_state.get(RUNNING)
    if kept is None or kept.key != (specs, how):
        try:
            snapshots = desk.steps(race(specs, how))
        except ValueError as error:
            st.info(f"{capitalized(str(error))}.", icon=":material/info:")
            return None
        kept = Running((specs, how), snapshots, next(snapshots))
        st.session_state[RUNNING] = kept
    _prepare(kept)
    return kept


def _prepare(running: Running) -> None:
    """Let those starts that learn from the rows do so, before there is anything to pause or to draw."""
    place, pace, (specs, how) = st.empty(), Pace(), running.key
    costs = [preparing.announcement(spec, all_rows(spec, how)) for spec in specs if spec.needs_data]
    with gate.place(running, heavy=running.now.prepared < 1 and gate.is_heavy(race_work(specs, how).operations)):
        while running.now.prepared < 1:
            running.now = now = next(running.snapshots)
            left = pace.left(now.prepared)
            if pace.due():
                place.progress(now.prepared, f"Before the race: {'; '.join(costs)}{left}")
    place.empty()


def buttons(running: Running) -> DeltaGenerator:
    """Once more from the start, and the place of what can be done only while the race runs; another draw is in the
    sidebar."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Rewind", icon=":material/replay:", key="race_rewind", on_click=_rewind,
            help="Train again from the same weights",
        )  # fmt: skip
        place = st.empty()
    if not running.over:
        with place.container(horizontal=True):
            st.button(
                "Go on" if running.paused else "Pause",
                icon=":material/play_arrow:" if running.paused else ":material/pause:",
                key="race_pause", on_click=_pause, args=(running,),
            )  # fmt: skip
            st.button("Stop", icon=":material/stop:", key="race_stop", on_click=_stop, args=(running,))
    return place


def _pause(running: Running) -> None:
    running.paused = not running.paused


def _stop(running: Running) -> None:
    running.stopped, running.paused = True, False


def _rewind() -> None:
    st.session_state.pop(RUNNING, None)


def run(running: Running, brakes: DeltaGenerator) -> None:
    """Verdict and curves, drawn as the race goes on, until it is over, paused, or something else is asked for.

    `brakes` is the place of the buttons that a finished race has no use for.
    """
    card, line = st.container(border=True, key="verdict").empty(), st.empty()
    columns = st.columns(2)
    with columns[1]:
        judged = _judged(running.now)
    charts = columns[0].empty(), columns[1].empty()
    drawings, pace = count(1), Pace()
    _draw(running, card, charts, judged, next(drawings))
    moving = not (running.over or running.paused)
    with gate.place(running, heavy=moving and gate.is_heavy(race_work(*running.key).operations)):
        while not (running.over or running.paused):
            running.now = now = next(running.snapshots, running.now)
            share = now.step / now.steps
            left = pace.left(share)
            if pace.due() or now.finished:
                line.progress(share, f"{_how_far(now)}{left}")
                _draw(running, card, charts, judged, next(drawings))
    if running.now.finished:
        running.snapshots = iter(())  # the networks need not be kept
        brakes.empty()
    line.empty()
    if running.paused or running.stopped:
        state = "Paused" if running.paused else "Stopped"
        line.caption(f":material/flag: {state} after step {running.now.step:,} of {running.now.steps:,}.")


def _how_far(now: Snapshot) -> str:
    return f"Step {now.step:,} of {now.steps:,}, epoch {math.ceil(now.step / now.epoch)} of {now.train.epochs}"


def _judged(now: Snapshot) -> str:
    """What is drawn of the test rows: of classes either how many are right or their loss."""
    if not race_readings.classes(now):
        return race_readings.JUDGED[1]
    chosen = st.segmented_control(
        "Test rows", race_readings.JUDGED, key="race_test", required=True, persist_state="session",
        label_visibility="collapsed",
    )  # fmt: skip
    return chosen or race_readings.JUDGED[0]


def _draw(
    running: Running, card: DeltaGenerator, places: tuple[DeltaGenerator, DeltaGenerator], judged: str, drawing: int
) -> None:  # fmt: skip
    """One of several drawings in a run, each under keys of its own but the last."""
    now, live = running.now, "" if running.over else f"_{drawing}"
    with card.container():
        panels.headline(race_readings.headline(now), race_readings.evidence(now))
    with places[0].container():
        panels.chart("Training loss", _loss_figure(now), race_readings.loss_reading(now), f"race_loss{live}")
    with places[1].container():
        title = "" if race_readings.classes(now) else judged  # which the control above it says
        said = race_readings.test_reading(now, judged)
        panels.chart(title, test_figure(now, judged), said, f"race_tested{live}", name=judged)


def _loss_figure(now: Snapshot) -> Figure:
    found = [(runner, race_readings.loss_course(runner, now)) for runner in now.runners]
    courses = [Course(runner.label, *course, bool(runner.retired)) for runner, course in found]
    return progress_figure(courses, _losses(now, "Training loss"), now.train.epochs, "Epoch", panels.dark())


def test_figure(now: Snapshot, judged: str) -> Figure:
    """How the test rows fared with everybody, `judged` being one of JUDGED."""
    found = [(runner, race_readings.test_course(runner, now)) for runner in now.runners]
    if judged == race_readings.JUDGED[0]:
        courses = [Course(r.label, times, 100 * right, bool(r.retired)) for r, (times, _, right) in found]
        scale = Scale("Test rows right, %", bounds=(0.0, 103.0))
    else:
        courses = [Course(r.label, times, losses, bool(r.retired)) for r, (times, losses, _) in found]
        scale = _losses(now, "Test loss")
    return progress_figure(courses, scale, now.train.epochs, "Epoch", panels.dark())


def _losses(now: Snapshot, name: str) -> Scale:
    """Of losses, with the one of equal chances for all classes to compare them with."""
    expected = race_readings.expected_first_loss(now)
    return Scale(f"{name}, log scale", True, None, expected, f"ln {race_readings.classes(now)}")


def tables(now: Snapshot) -> None:
    """One row a contestant; every step of each while the panel is open."""
    st.markdown("**In numbers**")
    table = pd.DataFrame(race_readings.summary(now))
    panels.numbers(table, "initlab-race.csv", "race_summary", lambda: _json_button(now))
    for text in (race_readings.first_losses(now), race_readings.zero_note(now)):
        if text:
            st.caption(text)
    steps = "initlab-race-steps.csv", "race_steps", "race_steps_panel"
    panels.numbers_panel("Every step", lambda: race_readings.step_table(now), *steps)


def _json_button(now: Snapshot) -> None:
    """The whole race; written when it is asked for."""
    st.download_button(
        "Download JSON", lambda: race_json(now), "initlab-race.json", "application/json", key="race_summary_json",
        icon=":material/download:", on_click="ignore", help="Specs, every loss and every mark of every contestant",
    )  # fmt: skip


def source(now: Snapshot) -> str:
    """What they trained on, and what is the same for all."""
    spec = now.runners[0].spec
    kind = "rows with labels" if now.train.labels else "rows"
    limit = "" if now.batch == now.train.batch else f" (there are no more than {now.training_rows} rows)"
    return (
        f"{now.training_rows:,} {kind} of {spec.dataset} to train on and {now.test_rows:,} to test on, "
        f"{spec.scaling.lower()}; minibatches of {now.batch}{limit}, the same for all in the same order; "
        f"{now.train.optimizer} at learning rate {number(now.train.rate)}, seed {spec.seed}, {spec.precision}. "
        f"{number(now.nbytes / 2**20)} MB are kept of this race."
    )
