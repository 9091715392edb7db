"""The pieces of the Catalogue page: search, the table of all that was found, one initializer in detail, the gains."""

import pandas as pd
import streamlit as st

from initlab import catalogue
from initlab.activations import ACTIVATIONS
from initlab.advice import ADVICE
from initlab.initializers import INITIALIZERS
from initlab.laws import Law
from initlab.spec import NetworkSpec
from initlab.ui import compute_theory, link, navigation, panels, session
from initlab.wording import capitalized, listed


def search() -> tuple[str, ...]:
    """What is looked for, and the names of what was found; all of them where nothing was."""
    left, right = st.columns([3, 2])
    words = left.text_input(
        "Search", key="catalogue_search", max_chars=catalogue.LONGEST, persist_state="session",
        placeholder="A name, a paper, what a library calls it", icon=":material/search:",
    )  # fmt: skip
    wanted = right.selectbox(
        "Made for", (catalogue.ANY, *ACTIVATIONS), key="catalogue_for", persist_state="session",
    )  # fmt: skip
    found = catalogue.matching(words, wanted)
    if not found:
        st.caption("Nothing answers to this search: all are shown.")
    return found or tuple(INITIALIZERS)


def fans() -> tuple[int, int]:
    """Inputs and outputs of the layer that everything here is computed for."""
    left, right = st.columns(2)
    fan_in = left.select_slider("fan_in", catalogue.FANS, key="catalogue_fan_in", persist_state="session",
                                help="Inputs of a unit")  # fmt: skip
    fan_out = right.select_slider("fan_out", catalogue.FANS, key="catalogue_fan_out", persist_state="session",
                                  help="Units of the layer")  # fmt: skip
    return int(fan_in), int(fan_out)


def law_of(name: str) -> Law:
    """With the parameters and the activation of the laboratory."""
    return spec_of(name).law


def spec_of(name: str) -> NetworkSpec:
    return link.spec_of({**session.values(), "init": name})[0]


def table(names: tuple[str, ...], fan_in: int, fan_out: int) -> None:
    """All that was found, side by side."""
    columns = catalogue.overview(names, [law_of(name) for name in names], fan_in, fan_out)
    panels.numbers(pd.DataFrame(columns), "initlab-initializers.csv", "catalogue_table")
    st.caption("With the parameters, the activation and the seed that the laboratory has now.")


def chosen(names: tuple[str, ...]) -> str:
    """One of them to look at closely."""
    if session.value("catalogue_init") not in names:
        session.apply({"catalogue_init": names[0]})
    name = st.selectbox("In detail", names, key="catalogue_init", persist_state="session")
    return name or names[0]


def detail(name: str, fan_in: int, fan_out: int) -> None:
    """The law in picture and formula, what it is for, and the way into the laboratory."""
    spec = spec_of(name)
    law, entry = spec.law, INITIALIZERS[name]
    st.header(name, anchor=False)
    left, right = st.columns([3, 2])
    with left:
        of = law_key(spec), fan_in, fan_out
        figure, reading = compute_theory.law_figure(*of, panels.dark()), compute_theory.law_reading(*of)
        panels.chart("", figure, reading, "catalogue_law")
    with right:
        st.markdown(f"{capitalized(entry.about)}." + (f" {entry.paper}." if entry.paper else ""))
        st.latex(law.formula(fan_in, fan_out))
        if entry.made_for:
            st.markdown(f"**Made for** {listed(entry.made_for)}.")
        if name in ADVICE:
            st.markdown(f"**Use it for:** {ADVICE[name].use}")
            st.markdown(f"**Not for:** {ADVICE[name].avoid}")
        navigation.leave(
            st.container(), "catalogue_open", "explore", "Open in the laboratory", ":material/science:", {"init": name},
            help="The network of the laboratory, started with this initializer",
        )  # fmt: skip


def law_key(spec: NetworkSpec) -> NetworkSpec:
    """All of a spec that its law depends on: what is cached by it serves many networks."""
    return NetworkSpec(spec.init, spec.init_params, activation=spec.activation, seed=spec.seed)


def dialects(name: str) -> None:
    """The same law in four libraries."""
    st.subheader("In other words", anchor=False)
    spoken = catalogue.spoken(name, dict(spec_of(name).init_params))
    for place, (library, call, note) in zip(st.columns(2) + st.columns(2), spoken, strict=True):
        with place:
            st.markdown(f"**{library}**")
            if call:
                st.code(call, language=None, wrap_lines=True)  # colours of a language are too pale
            if note or not call:
                st.caption(note or "It has no function for this.")


def gains() -> None:
    """The gains of all activations, and what they do not do."""
    st.header("Gains of activations", anchor=False)
    table, reading = compute_theory.gains()
    st.markdown(reading)
    panels.numbers(pd.DataFrame(table), "initlab-gains.csv", "catalogue_gains")
    st.caption("For z ~ N(0, 1), computed. PyTorch's calculate_gain raises an error where a dash stands.")
