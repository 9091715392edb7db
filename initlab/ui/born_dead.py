"""The panel of born-dead networks on the symmetry page."""

import pandas as pd
import streamlit as st

from initlab.born_dead import BornDead
from initlab.figures.born_dead import born_dead_figure
from initlab.spec import NetworkSpec
from initlab.ui import compute_theory, panels


def panel(spec: NetworkSpec) -> None:
    """How likely a layer is silent by chance, for the width and depth of the sidebar; computed while it is open."""
    place = st.expander("Born dead: a layer silent by chance", icon=":material/power_off:", key="born_dead_panel",
                        on_change="rerun")  # fmt: skip
    if not place.open:
        return
    with place:
        if not spec.phi.dies:
            st.caption(
                f"Not with {spec.activation}: only ReLU's output and slope are both exactly 0 on a whole side, so that "
                "chance can silence a unit, and a layer of them lets nothing through."
            )
            return
        found = compute_theory.born_dead(spec)
        if found.one:
            panels.chart(
                "Dead before the first step", born_dead_figure(found, panels.dark()), found.reading, "born_dead"
            )
            panels.numbers(pd.DataFrame(found.table), "initlab-born-dead.csv", "born_dead_table")
        else:
            st.markdown(found.reading)
        st.caption(" ".join(_left_out(spec, found)))


def _left_out(spec: NetworkSpec, found: BornDead) -> list[str]:
    """What the drawn networks are, and what of the sidebar's network they are without."""
    said = ["The same networks at every depth; bars are one standard error."] if found.one else []
    if found.init != spec.init:
        said.append(
            f"The weights of {spec.init} are not as likely negative as positive: those of {found.init} stand in."
        )
    missing = ["biases"] if spec.bias_stddev or spec.law.bias_variance(spec.width, spec.width) else []
    missing += ["normalization"] if spec.normalization != "None" else []
    missing += ["residual connections"] if spec.residual else []
    if missing:
        said.append(f"All this is without {' and '.join(missing)}, which can bring a silent layer back.")
    return said
