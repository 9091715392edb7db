"""The shared controls of the sidebar: six for the experiment, the rest under "More"."""

from typing import Final

import streamlit as st

from initlab.activations import ACTIVATIONS
from initlab.datasets import DATASETS
from initlab.initializers import INITIALIZERS, Recipe
from initlab.parameters import Parameter
from initlab.spec import NetworkSpec
from initlab.ui import link, session, state
from initlab.ui.fields import Choice, Grid, Steps
from initlab.wording import capitalized

GAIN_HELP: Final = "Multiplies every weight, whichever law is chosen: find the edge between vanishing and exploding"


def network_controls(spec: NetworkSpec, *, with_start: bool) -> None:
    """Draw every control, or those of the architecture alone; `spec` is what they describe."""
    phi = ACTIVATIONS[spec.activation]
    if with_start:
        _initializer(spec)
    _choose("activation", "Activation", help=f"$\\varphi(z) = {phi.formula}$")
    for one in phi.parameters:
        parameter(one)
    _slide("depth", "Depth", help="Hidden layers; a linear output layer follows")
    _pick("width", "Width", help="Units of a hidden layer")
    if with_start:
        _pick("gain", "Gain", help=GAIN_HELP)
    more = st.expander("More", key="more", on_change="rerun")
    if more.open:  # eleven widgets that nobody sees would cost every rerun a tenth of its time
        with more:
            _more()
    st.button(
        "New draw", icon=":material/casino:", key="new_draw", width="stretch", help="The next seed",
        on_click=session.apply_spec, args=(link.with_seed(spec, spec.seed + 1),),
    )  # fmt: skip


def _initializer(spec: NetworkSpec) -> None:
    recipe = INITIALIZERS[spec.init]
    _choose("init", "Initializer", help=about(recipe))
    st.caption(f"$\\small {spec.law.formula(spec.width, spec.width)}$")
    for one in recipe.parameters:
        if not one.advanced:
            parameter(one)
    if any(one.advanced for one in recipe.parameters):
        st.caption("More of its settings, and how it goes: on the page Pre-training.")


def about(recipe: Recipe) -> str:
    """What an initializer does, what it is made for and where it was published."""
    made_for = f" Made for {', '.join(recipe.made_for)}." if recipe.made_for else ""
    return f"{capitalized(recipe.about)}.{made_for} {recipe.paper}".strip()


def _more() -> None:
    _choose("dataset", "Data", help=". ".join(f"{d.name}: {d.about}" for d in DATASETS.values()))
    _choose("scaling", "Scaling of the inputs")
    _pick("batch", "Rows at most", help="A data set with fewer rows is used whole")
    _choose("loss", "Loss", help="Auto: cross-entropy for classes, mean squared error for a regression")
    _choose(
        "shape", "Shape", help="A funnel ends at a quarter of the width; an hourglass narrows to it and widens again"
    )
    _choose("normalization", "Normalization", help="Of the pre-activations, before the activation")
    st.toggle("Residual connections", key="residual", persist_state="session", help="h' = φ(norm(z)) + h")
    _slide("bias", "Bias standard deviation", help="0 keeps the law's own biases, which are zeros for most")
    _choose("output", "Output layer", help="One row repeated keeps hidden units alike; LeCun normal tells them apart")
    _choose("precision", "Precision", help="float64 hides explosions that float32 shows")
    st.number_input("Seed", 0, 2**31 - 1, step=1, key="seed", persist_state="session")


def _choose(name: str, label: str, help: str | None = None) -> None:
    field = state.FIELDS[name]
    assert isinstance(field, Choice)  # noqa: S101
    st.selectbox(label, field.options, key=name, help=help, persist_state="session")


def _slide(name: str, label: str, help: str | None = None) -> None:
    field = state.FIELDS[name]
    assert isinstance(field, Steps)  # noqa: S101
    st.slider(label, field.minimum, field.maximum, step=field.step, key=name, help=help, persist_state="session")


def _pick(name: str, label: str, help: str | None = None) -> None:
    field = state.FIELDS[name]
    assert isinstance(field, Grid)  # noqa: S101
    st.select_slider(
        label, field.values, key=name, help=help, persist_state="session", format_func=lambda value: f"{value:g}"
    )


def parameter(parameter: Parameter) -> None:
    """The widget of a parameter of an initializer or activation, under its name."""
    if parameter.choices:
        _choose(parameter.name, parameter.label, parameter.help)
    elif parameter.grid:
        _pick(parameter.name, parameter.label, parameter.help)
    else:
        _slide(parameter.name, parameter.label, parameter.help)
