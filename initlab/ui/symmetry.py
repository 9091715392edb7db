"""The pieces of the symmetry page: experiments, controls, the verdict with its offers, the pictures."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from initlab import copies
from initlab import symmetry_readings as readings
from initlab.arrays import Integers
from initlab.experiments import COPIES, EXPERIMENTS, Experiment
from initlab.figures import symmetry as figures
from initlab.optimizers import OPTIMIZERS
from initlab.spec import OUTPUTS, NetworkSpec
from initlab.symmetry import MARKS, Moment, Trial, Walk, fitted
from initlab.theory import broken
from initlab.ui import compute, compute_theory, link, panels, preparing, session, state
from initlab.ui.fields import Grid
from initlab.ui.pace import Pace
from initlab.work import work

COLUMNS: Final = (5, 5, 6)  # the last holds words
NOISE: Final = 1e-3  # what the page offers to break a symmetry with
QUICK: Final = 4 * 10**9  # operations; fewer take no half second, and a bar that flashes tells nothing


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: the spec as it can be afforded, the trial, the steps and the layer, and what was changed."""

    asked: NetworkSpec
    spec: NetworkSpec
    trial: Trial
    steps: int
    layer: int
    notes: tuple[str, ...]


def view(spec: NetworkSpec) -> View:
    """From the link and the widgets, brought within the work budget."""
    values = session.values()
    trial = Trial(
        str(values["symmetry_optimizer"]), float(values["symmetry_rate"]), float(values["symmetry_noise"]),
        float(values["symmetry_dropout"]),
    )  # fmt: skip
    asked = int(values["symmetry_steps"])
    fit, steps = fitted(spec, asked)
    layer = min(int(values["symmetry_layer"]), fit.depth)
    return View(spec, fit, trial, steps, layer, _mended(spec, fit, asked, steps))


def _mended(spec: NetworkSpec, fit: NetworkSpec, asked: int, steps: int) -> tuple[str, ...]:
    notes = []
    cut = [f"on {fit.rows} of {spec.rows} rows"] if fit.rows < spec.rows else []
    cut += [f"in {fit.depth} of {spec.depth} layers"] if fit.depth < spec.depth else []
    if cut:
        notes.append(
            "Steps of this network would take too long or too much memory: the copies are followed "
            f"{' and '.join(cut)}."
        )
    if steps < asked:
        notes.append(f"{asked} steps exceed the work budget: {steps} are taken.")
    return tuple(notes)


def experiments(shown: View) -> None:
    """Experiments one click away."""
    now = shown.asked, shown.trial
    panels.offers(
        "Experiments", "symmetry_experiment", EXPERIMENTS, lambda one: (one.spec, one.trial) == now, open_experiment
    )


def open_experiment(experiment: Experiment) -> None:
    """Callback: its network, trial, steps and layer."""
    session.apply(link.experiment_of(experiment))


def controls(shown: View) -> None:
    """What is done to the copies, and which layer is looked at."""
    steps, rate, optimizer = st.columns(COLUMNS)
    steps.select_slider(
        "Steps", MARKS, key="symmetry_steps", persist_state="session",
        help="Full-batch steps of training, in float64: rounding in float32 can split copies",
    )  # fmt: skip
    _pick(rate, "symmetry_rate", "Learning rate", "Of every step")
    optimizer.segmented_control(
        "Optimizer", tuple(OPTIMIZERS), key="symmetry_optimizer", required=True, persist_state="session"
    )
    noise, dropout, output = st.columns(COLUMNS)
    _pick(
        noise, "symmetry_noise", "Noise ε on the weights",
        "Standard deviation of what is added to every weight before the first step, from the draws of the seed",
    )  # fmt: skip
    dropout.slider(
        "Dropout", 0.0, 0.9, step=0.1, key="symmetry_dropout", persist_state="session",
        help="Share of hidden units silenced in each row of each step",
    )  # fmt: skip
    st.session_state["symmetry_output"] = shown.asked.output
    output.segmented_control(
        "Output layer", OUTPUTS, key="symmetry_output", on_change=_set_output,
        help="The same setting as under More: LeCun normal is a random output layer",
    )  # fmt: skip


def _pick(place: DeltaGenerator, name: str, label: str, help: str) -> None:
    field = state.FIELDS[name]
    assert isinstance(field, Grid)  # noqa: S101
    place.select_slider(
        label, field.values, key=name, help=help, persist_state="session", format_func=lambda value: f"{value:g}"
    )


def layer_slider(shown: View) -> None:
    """Which layer's units are compared."""
    if shown.spec.depth > 1:
        session.apply({"symmetry_layer": shown.layer})
        st.slider("Layer", 1, shown.spec.depth, key="symmetry_layer", persist_state="session")


def _set_output() -> None:
    chosen = st.session_state["symmetry_output"]
    if chosen:
        session.apply({"output": chosen})


def walk(shown: View, place: DeltaGenerator) -> tuple[Walk, Moment, Moment]:
    """Take the steps that are still to be taken, with progress; the next change of a control stops them.

    Gives the walk, the moment it reached and the one that is drawn: past an overflow there is nothing to see.
    """
    with place:
        preparing.networks([replace(shown.spec, precision="float64")])
        preparing.probes([shown.asked])
    note, found, cost, pace = place.empty(), None, work(shown.spec).operations, Pace()
    for found in compute_theory.walk(shown.spec, shown.trial, shown.steps, heavy=lambda steps: steps * cost > QUICK):
        done = len(found.moments) - 1
        if (shown.steps - done) * cost > QUICK and pace.due():
            note.progress(done / max(shown.steps, 1), f"Step {done} of {shown.steps}")
    note.empty()
    assert found is not None  # noqa: S101  the generator gives the whole walk at last
    end = found.moments[min(shown.steps, len(found.moments) - 1)]
    seen = [moment for moment in found.moments[: end.step + 1] if moment.finite and moment.weights]
    return found, end, end if end.finite or not seen else seen[-1]


def verdict_card(place: DeltaGenerator, shown: View, found: Walk, moment: Moment) -> None:
    """What became of the copies, and what to try next."""
    said = copies.verdict(found, moment)
    with place.container(border=True, key="symmetry_verdict"):
        words, action = st.columns([5, 2], vertical_alignment="center")
        with words:
            panels.headline(said.headline, said.text, said.icon)
        with action:
            _offers(shown, found, moment)


def _offers(shown: View, found: Walk, moment: Moment) -> None:
    """One click to a symmetric start, past a gradient of zero, or out of the symmetry."""
    if not moment.finite:
        return
    if not found.copied.any():
        _offer("copies", "Open a start of copies", open_experiment, EXPERIMENTS["One row repeated"])
        return
    if moment.cause == "flat" and (found.before_weights > found.before).any():  # saturated: nothing small moves it
        _offer("start", "Use Glorot normal", session.apply_spec, shown.asked.with_init("Glorot normal"))
        return
    if copies.without_gradient(moment):
        if shown.asked.output != COPIES.output:
            _offer("output", COPIES.output, session.apply, {"output": COPIES.output})
        if moment.step == 0:
            _offer("step", "After one step", session.apply, {"symmetry_steps": 1})
    if not shown.trial.noise and (moment.distinct < found.widths).any():
        _offer("noise", f"Break it: noise of {NOISE:g}", session.apply, {"symmetry_noise": NOISE})


def _offer(name: str, label: str, callback: Callable[..., None], argument: object) -> None:
    st.button(label, key=f"symmetry_offer_{name}", width="stretch", on_click=callback, args=(argument,))


def pair_charts(shown: View, found: Walk, moment: Moment) -> None:
    """Every unit of the layer against every other: what comes in, and what comes back."""
    layer, width, dark = shown.layer, int(found.widths[shown.layer - 1]), panels.dark()
    weights, gradients = moment.weights[layer - 1], moment.gradients[layer - 1]
    left, right = st.columns(2)
    with left:
        figure = figures.cosines_figure(weights, "forward", _empty("weight", moment), dark)
        reading = readings.weights(moment, layer, width)
        panels.chart(f"Incoming weights of layer {layer}, {_when(moment)}", figure, reading, "symmetry_weights")
    with right:
        figure = figures.cosines_figure(gradients, "backward", _empty("gradient", moment), dark)
        reading = readings.gradients(moment, layer, width)
        panels.chart(f"Gradients of layer {layer}, {_when(moment)}", figure, reading, "symmetry_gradients")


def _empty(what: str, moment: Moment) -> str:
    return f"every {what} is exactly 0" if moment.finite else "overflow: no directions left"


def count_charts(found: Walk, moment: Moment) -> None:
    """How many units differ, layer by layer and step by step."""
    dark, path = panels.dark(), _path(found, moment)
    left, right = st.columns(2)
    with left:
        figure = figures.layers_figure(found.before, moment.distinct, found.widths, moment.step, dark)
        panels.chart("Distinct units a layer", figure, readings.layers(found, moment), "symmetry_layers")
    with right:
        figure = figures.steps_figure(path, found.widths, dark)
        panels.chart("Distinct units, step by step", figure, readings.path(found, moment), "symmetry_path")


def collapse_chart(spec: NetworkSpec) -> None:
    """The second symmetry: inputs that become one."""
    probe = compute.probe(spec)
    correlation, data = readings.correlation(probe), 1 - probe.data_difference
    theory = compute_theory.expected_correlations(spec)
    figure = figures.correlation_figure(correlation, data, theory, panels.dark())
    panels.chart(
        "The second symmetry: inputs that become alike", figure, readings.collapse(probe, theory), "symmetry_inputs"
    )
    failing = broken(spec)
    st.caption(
        f"No theory is drawn. {' '.join(failing)}" if failing
        else "Theory (dashed): the mean over pairs of inputs in infinitely wide layers, all inputs being of one size."
    )  # fmt: skip


def numbers_panel(shown: View, found: Walk, moment: Moment) -> None:
    """What the charts show, as tables."""
    panel = st.expander("All numbers", icon=":material/table:", key="symmetry_table_panel", on_change="rerun")
    if not panel.open:
        return
    probe, layer = compute.probe(shown.asked), shown.layer
    with panel:
        counts = {f"step {step}": row for step, row in enumerate(_path(found, moment))}
        table = pd.DataFrame(
            {"layer": range(1, shown.spec.depth + 1), "units": found.widths, "start": found.before, **counts}
        )
        panels.numbers(table, "initlab-distinct-units.csv", "symmetry_counts_table")
        inputs = {"layer": range(1, probe.depth + 1), "mean cosine between inputs": readings.correlation(probe)}
        expected = compute_theory.expected_correlations(shown.asked)
        inputs |= {} if expected is None else {"expected by theory": expected}
        panels.numbers(pd.DataFrame(inputs), "initlab-input-correlation.csv", "symmetry_inputs_table")
        for name, cosine in (("weights", moment.weights[layer - 1]), ("gradients", moment.gradients[layer - 1])):
            st.caption(f"Cosines between the {name} of layer {layer}'s units, {_when(moment)}")
            units = [f"unit {unit}" for unit in range(1, len(cosine) + 1)]
            pairs = pd.DataFrame({"unit": units, **dict(zip(units, cosine.astype(float), strict=True))})
            panels.numbers(pairs, f"initlab-{name}-cosines.csv", f"symmetry_{name}_table")


def _path(found: Walk, moment: Moment) -> Integers:
    return np.array([m.distinct for m in found.moments[: moment.step + 1]])


def _when(moment: Moment) -> str:
    return f"after {moment.step} step{'s' if moment.step > 1 else ''}" if moment.step else "before the first step"


def source(shown: View) -> str:
    """Where the numbers come from, and what counts as distinct."""
    spec, rows = shown.spec, f"{shown.spec.rows} row{'s' if shown.spec.rows > 1 else ''}"
    return (
        f"{rows} of {spec.dataset} ({spec.scaling.lower()}), seed {spec.seed}, all steps in float64 on all of them. "
        "Units are distinct when their weights differ, and their outputs or gradients too; the verdict on the page "
        "Signal and gradient looks one step ahead: to it, unequal gradients are enough."
    )
