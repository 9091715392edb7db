"""The race that pre-training exists for: the same network from three starts, fine-tuned on few labels, on ten draws."""

from collections.abc import Mapping
from typing import Final

import pandas as pd
import streamlit as st

from initlab import finetuning, race_readings
from initlab.comparison import Start
from initlab.figures import Figure, multiples
from initlab.figures.layers import MAX_RIDGES
from initlab.figures.outcomes import dots_figure
from initlab.figures.sent import drawn_once
from initlab.figures.sheet import Heading
from initlab.optimizers import OPTIMIZERS
from initlab.pretraining import Pretrained
from initlab.race import Snapshot, race
from initlab.race_presets import Race
from initlab.race_work import DRAWS, draws_work, race_work
from initlab.repeats import Repeats, repeated
from initlab.repeats_readings import how_far
from initlab.spec import NetworkSpec
from initlab.train_spec import TrainSpec
from initlab.ui import link, navigation, ongoing, panels, state
from initlab.ui.fields import Value
from initlab.ui.kept import kept
from initlab.ui.race import test_figure
from initlab.wording import capitalized

FIELD: Final = "pretraining_race"
BATCH: Final = 16
NOISE: Final = "Gaussian noise"


def how(values: Mapping[str, Value], seed: int) -> TrainSpec:
    """How the three are trained."""
    return TrainSpec(
        str(values["pretraining_tune_optimizer"]), float(values["pretraining_tune_rate"]), BATCH,
        int(values["pretraining_tune_epochs"]), seed=seed, labels=link.labels_of(values["pretraining_labels"]),
    )  # fmt: skip


def section(spec: NetworkSpec, tune: TrainSpec, walked: Pretrained) -> None:
    """The race of three below the walk, and ten draws of it where asked for, once all layers have learned."""
    st.subheader("Does it help? The whole stack, trained with labels", anchor=False)
    if spec.dataset == NOISE:
        st.caption("These data have nothing to predict: there is no race to be had.")
        return
    _controls()
    if walked.broken or not walked.finished:
        st.caption(
            f"Layer {walked.layer + 1} has not learned: there is no race. A lower learning rate keeps it finite."
            if walked.broken
            else "The race follows when all layers have learned."
        )
        return
    specs = finetuning.contestants(spec)
    try:
        race_of(specs, tune)
        draws_of(specs, tune)
    except ValueError as error:
        st.info(f"{capitalized(str(error))}.", icon=":material/info:")


def _controls() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.select_slider(
            "Labels", state.LABELS, key="pretraining_labels", persist_state="session",
            help="Training rows whose label is known; pre-training sees all rows without",
        )  # fmt: skip
        st.segmented_control(
            "Optimizer of the race", tuple(OPTIMIZERS), key="pretraining_tune_optimizer", required=True,
            persist_state="session",
        )  # fmt: skip
        for key, label, options in (
            ("pretraining_tune_rate", "Learning rate of the race", state.RACE_RATES),
            ("pretraining_tune_epochs", "Epochs of the race", state.EPOCHS),
        ):
            st.select_slider(label, options, key=key, persist_state="session", format_func=lambda x: f"{x:g}")


def race_of(specs: tuple[NetworkSpec, ...], tune: TrainSpec) -> None:
    """One draw: who gets how many test rows right, and every layer's activations before and after."""
    cost = race_work(specs, tune).operations
    now = ongoing.finished("_pretrain_race", (specs, tune), lambda: race(specs, tune), _how_far, cost)
    dark, title = panels.dark(), "Test accuracy" if race_readings.classes(now) else "Test loss"
    left, right = st.columns([2, 3])
    with left:
        figure = kept("pretrain_test", (now, dark), lambda: drawn_once(test_figure(now, title)))
        panels.chart(title, figure, race_readings.test_reading(now, title), "pretrain_test")
    with right:
        figure = kept("pretrain_layers", (now, dark), lambda: drawn_once(_layers_figure(now, dark)))
        panels.chart("Activations, before and after", figure, finetuning.layers_reading(now), "pretrain_layers")
    st.caption(finetuning.source(now))
    link_place = st.container(width="content")
    navigation.leave(
        link_place, "pretrain_to_race", "race", "Open this race", ":material/sports_score:", _as_race(specs, tune),
        help="Every curve, film and number of the three contestants",
    )  # fmt: skip


def draws_of(specs: tuple[NetworkSpec, ...], tune: TrainSpec) -> None:
    """The switch, and what came of ten draws: other weights, another order, other rows with labels."""
    st.toggle(
        f"{DRAWS} draws", key=FIELD, persist_state="session",
        help="Pre-training and race again with other weights, another order and other rows that have labels",
    )  # fmt: skip
    if not st.session_state[FIELD]:
        return
    cost = draws_work(specs, tune).operations
    found = ongoing.finished("_pretrain_draws", (specs, tune), lambda: repeated(specs, tune), how_far, cost)
    panels.chart("Test error at the end", _dots(found), finetuning.reading(found), "pretrain_dots")
    panels.numbers(pd.DataFrame(finetuning.summary(found)), "initlab-finetuning.csv", "pretrain_draws")


def _how_far(now: Snapshot) -> tuple[float, str]:
    if now.prepared < 1:
        return now.prepared, "Pre-training on the training rows"
    return now.step / now.steps, f"Step {now.step:,} of {now.steps:,}"


def _layers_figure(now: Snapshot, dark: bool) -> Figure:
    """A row of panels before the race and one after it."""
    ends = [
        (runner.marks[k].activation, Heading(runner.label, when, mark=index))
        for k, when in ((0, "before"), (-1, "after"))
        for index, runner in enumerate(now.runners)
    ]
    stats, headings = [one for one, _ in ends], [heading for _, heading in ends]
    ridges = now.runners[0].spec.depth <= MAX_RIDGES
    return multiples.multiples_figure(stats, headings, "forward", "Shared", same=True, ridges=ridges, dark=dark)


def _dots(found: Repeats) -> Figure:
    values = finetuning.errors(found)
    if found.classes:
        return dots_figure(found.labels, 100 * values, found.retired, "Test rows wrong, %", panels.dark())
    return dots_figure(found.labels, values, found.retired, "Test loss, log scale", panels.dark(), log=True)


def _as_race(specs: tuple[NetworkSpec, ...], tune: TrainSpec) -> dict[str, Value]:
    """The values with which the race page shows the same."""
    return link.race_of(Race("", specs[0], tuple(Start.of(spec) for spec in specs), "", tune), tune.seed)
