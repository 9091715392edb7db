"""The pieces of the pre-training page: presets, settings, the walk up the stack, and what its codes look like."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Final, Literal

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from initlab import pretrain_readings as readings
from initlab.arrays import Array, Integers
from initlab.datasets import Batch
from initlab.figures import Figure, images, projection, stack
from initlab.figures.layers import shown_layers
from initlab.figures.progress import Course, Scale, progress_figure
from initlab.figures.sent import drawn_once
from initlab.initializers import INITIALIZERS
from initlab.pretrain_presets import PRESETS
from initlab.pretrain_spec import NAME
from initlab.pretraining import WATCHED, Pretrained, codes, reconstructed
from initlab.projection import project
from initlab.schedule import parted
from initlab.spec import NetworkSpec
from initlab.start import pretrain
from initlab.train_spec import TrainSpec
from initlab.ui import controls, desk, finetuning, gate, link, panels, session
from initlab.ui.kept import kept
from initlab.ui.pace import Pace
from initlab.wording import counted
from initlab.work import fitting, start_operations, work

RUNNING: Final = "_pretrain"
LINES: Final = 6  # layers drawn as lines
PICTURES: Final = 10
Mode = Literal["play", "step", "end", "pause"]


@dataclass(slots=True, eq=False)
class Running:
    """The walk of one visitor: what it is of, where it stands, how it goes on, and whether it does."""

    spec: NetworkSpec
    train: Batch
    test: Batch
    snapshots: Iterator[Pretrained]
    first: Pretrained
    now: Pretrained
    mode: Mode = "play"


def experiment() -> tuple[NetworkSpec, TrainSpec, list[str]]:
    """The network that is pre-trained, how it is fine-tuned, and what had to give way to the work budget."""
    values = session.values()
    plain = {**values, "init": "Zeros", "gain": 1.0, "batch": 1}  # what is learned has a limit of its own, below
    bare, notes = link.spec_of(plain)
    how: Any = {parameter.name: values[parameter.name] for parameter in INITIALIZERS[NAME].parameters}
    spec = replace(bare, batch=int(values["batch"])).with_init(NAME, **how)
    tune = finetuning.how(values, spec.seed)
    rows = len(parted(spec, tune)[0].inputs)
    if not work(spec, rows).affordable:
        fit = fitting(spec, rows)
        notes.append(
            f"Such a pre-training needs {work(spec, rows)}, beyond what a page may compute. Run instead: depth "
            f"{fit.depth}, {counted(fit.law.how.epochs, 'epoch')} a layer."  # pyright: ignore[reportAttributeAccessIssue]
        )
        spec = fit
    return spec, tune, notes


def presets(spec: NetworkSpec, tune: TrainSpec) -> None:
    """Pre-trainings one click away, on the draws of now."""
    panels.offers(
        "Presets",
        "pretrain_preset",
        PRESETS,
        lambda one: one.shown(spec, tune),
        lambda one: session.apply(link.pretraining_of(one)),
    )


def settings() -> None:
    """How the layers are pre-trained: the recipe's own parameters, the rarer ones behind a switch."""
    shown = INITIALIZERS[NAME].parameters
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        for parameter in shown:
            if not parameter.advanced:
                controls.parameter(parameter)
    with st.expander("More about the pre-training", icon=":material/tune:", key="pretrain_more"):
        advanced = [parameter for parameter in shown if parameter.advanced]
        for place, parameter in zip(st.columns(len(advanced)), advanced, strict=True):
            with place:
                controls.parameter(parameter)


def current(spec: NetworkSpec, tune: TrainSpec) -> Running:
    """The walk of this visitor; another one begins where anything about it has changed."""
    running: Running | None = st.session_state.get(RUNNING)
    if running is None or running.spec != spec:
        running = st.session_state[RUNNING] = _begun(spec, *parted(spec, tune), "play")
    return running


def _begun(spec: NetworkSpec, train: Batch, test: Batch, mode: Mode) -> Running:
    snapshots = desk.steps(pretrain(spec, None, train.inputs))
    first = next(snapshots)
    return Running(spec, train, test, snapshots, first, first, mode)


def buttons(running: Running) -> DeltaGenerator:
    """Rewind, and the place of what can be done only while layers are left: one more, play or pause, to the end."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Rewind", icon=":material/replay:", key="pretrain_rewind", on_click=_rewind, args=(running,),
            help="Back to the weights as they were drawn",
        )  # fmt: skip
        place = st.empty()
    if not running.now.finished:
        with place.container(horizontal=True):
            _button("Next layer", "step", ":material/skip_next:", running)
            if running.mode == "pause":
                _button("Play", "play", ":material/play_arrow:", running)
            else:
                _button("Pause", "pause", ":material/pause:", running)
            _button("To the end", "end", ":material/last_page:", running)
    return place


def _button(label: str, mode: Mode, icon: str, running: Running) -> None:
    st.button(label, icon=icon, key=f"pretrain_{mode}", on_click=_go, args=(running, mode))


def _go(running: Running, mode: Mode) -> None:
    running.mode = mode


def _rewind(running: Running) -> None:
    st.session_state[RUNNING] = _begun(running.spec, running.train, running.test, "pause")


def walk(running: Running, brakes: DeltaGenerator) -> None:
    """Verdict, stack and errors, drawn as the layers learn, until all have, or the visitor wants something else.

    `brakes` is the place of the buttons that are of no use when all have learned.
    """
    card, line = st.container(border=True, key="verdict").empty(), st.empty()
    narrow, wide = st.columns([2, 3])
    places = narrow.empty(), wide.empty()
    pace, drawings = Pace(), count()
    moving = running.mode != "pause" and not running.now.finished
    _draw(running, card, places, f"_{next(drawings)}" if moving else "")
    if not moving:
        return
    with gate.place(running, heavy=gate.is_heavy(start_operations(running.spec, len(running.train.inputs)))):
        for now in running.snapshots:
            frozen, running.now, left = now.layer > running.now.layer, now, pace.left(now.share)
            if now.finished or (frozen and running.mode == "step"):
                break
            if pace.due():
                line.progress(now.share, f"Layer {now.layer + 1} of {now.network.depth}, epoch {now.epoch}{left}")
                if running.mode != "end":
                    _draw(running, card, places, f"_{next(drawings)}")
    line.empty()
    _draw(running, card, places, "")
    if running.now.finished:
        brakes.empty()
    else:
        running.mode = "pause"
        st.rerun()


def _draw(
    running: Running, card: DeltaGenerator, places: tuple[DeltaGenerator, DeltaGenerator], drawing: str
) -> None:  # fmt: skip
    """One of several drawings in a run, each under keys of its own but the last."""
    now, dark = running.now, panels.dark()
    with card.container():
        panels.headline(readings.headline(now), readings.evidence(now))
    with places[0].container():
        figure = stack.stack_figure(
            running.spec.widths, now.layer, now.how.masked(now.layer), dark, overflowed=bool(now.broken)
        )  # fmt: skip
        panels.chart("The stack", figure, readings.stack(now), f"pretrain_stack{drawing}")
    with places[1].container():
        least = kept("pretrain_least", now, lambda: readings.least_error(now, running.train.inputs[:WATCHED]))
        figure = kept("pretrain_errors", (now, dark), lambda: drawn_once(_errors_figure(now, dark)))
        said = readings.error_reading(now, least)
        panels.chart("Reconstruction error, layer by layer", figure, said, f"pretrain_errors{drawing}")


def _errors_figure(now: Pretrained, dark: bool) -> Figure:
    """A curve a layer, each beginning where the one below it ended."""
    begun, epochs = len(now.errors), now.how.epochs
    shown = shown_layers(begun, LINES)
    courses = [
        Course(f"layer {k + 1}", k * epochs + np.arange(len(now.errors[k])), now.errors[k], bool(now.broken))
        for k in shown.tolist()
    ]
    scale = Scale("Error of a row, log scale", log=True)
    return progress_figure(courses, scale, now.network.depth * epochs, "Epochs, layer after layer", dark)


def pictures(running: Running) -> None:
    """What comes back from the layers that have learned, what their units look for, and how classes lie in a code."""
    now, depth = running.now, running.spec.depth
    if now.broken:
        return
    height = len(now.decoders)
    if depth > 1:
        session.apply({"pretraining_layer": min(int(session.value("pretraining_layer")), depth)})
        chosen = st.slider("Up to layer", 1, depth, key="pretraining_layer", persist_state="session")
        height = min(chosen, height)  # a walk that is not as far leaves the choice as it is, and so the link
    dark = panels.dark()
    found = kept("pretrain_pictures", (now, height, dark), lambda: _looked_at(running, height, dark))
    for place, picture in zip(st.columns([3, 2, 2]), found, strict=True):
        with place:
            panels.chart(*picture)


def _looked_at(running: Running, height: int, dark: bool) -> list[tuple[str, Figure, str, str]]:
    """Title, picture, reading and key of what `height` layers make of the test rows."""
    now, test = running.now, running.test
    inputs = test.inputs.astype(running.spec.precision)
    code = inputs
    for layer in range(height):
        code = codes(now.network, code, layer)
    back = reconstructed(now.network, now.decoders[:height], inputs)
    weights = now.network.weights[0]
    square = bool(images.side_of(len(weights)))
    draw = images.filters_figure if square else images.weights_figure
    filters = readings.filters(running.first.network, now.network, pictures=square)
    found = project(code)
    code_figure = projection.projection_figure(found.points, test.targets, dark)
    neighbours = readings.neighbours(height, code, inputs, test.targets, found)
    return [
        ("Up and down again", *_rebuilt(running, inputs, back, height, dark), "pretrain_rebuilt"),
        ("What layer 1 looks for", drawn_once(draw(weights, dark)), filters, "pretrain_filters"),
        (f"The code of layer {height}", drawn_once(code_figure), neighbours, "pretrain_codes"),
    ]


def _rebuilt(running: Running, inputs: Array, back: Array, height: int, dark: bool) -> tuple[Figure, str]:
    """Originals and what comes back: as pictures where the data are some, else row by row."""
    picked = _one_of_each(running.test)
    said = readings.rebuilt(height, running.now.network, inputs, back)
    names = ("test rows", f"rebuilt from layer {height}")
    if images.side_of(inputs.shape[1]):
        return drawn_once(images.digits_figure([inputs[picked], back[picked]], names, dark)), said
    figure = images.rows_figure([inputs[picked], back[picked]], names, dark)
    return drawn_once(figure), f"{said} {readings.COLOURS}"


def _one_of_each(test: Batch) -> Integers:
    """The first row of each class, or the first rows."""
    if test.targets is not None and np.issubdtype(test.targets.dtype, np.integer):
        first = np.unique(test.targets, return_index=True)[1]
        if len(first) >= 3:
            return first[:PICTURES]
    return np.arange(min(PICTURES, len(test.inputs)))


def tables(running: Running) -> None:
    """The error of every layer after every epoch."""
    panels.numbers_panel(
        "Every epoch", lambda: readings.error_table(running.now), "initlab-pretraining.csv", "pretrain_table",
        "pretrain_panel",
    )  # fmt: skip


def source(running: Running) -> str:
    """What was learned from, and how."""
    now, spec = running.now, running.spec
    how = now.how
    first, last = how.masked(0), how.masked(spec.depth - 1)
    hidden = f"{100 * first:g} % of the inputs hidden" + (f", rising to {100 * last:g} %" if last != first else "")
    return (
        f"{now.rows:,} rows of {spec.dataset} without their labels, {spec.scaling.lower()}; minibatches of "
        f"{how.batch}, {how.optimizer} at learning rate {how.rate:g}, {how.weights.lower()} weights, {hidden}. Errors "
        f"are of the first {min(WATCHED, now.rows)} rows with nothing hidden, pictures and codes of the "
        f"{len(running.test.inputs)} test rows, from which nothing was learned. Seed {spec.seed}, {spec.precision}."
    )
