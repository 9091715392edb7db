"""The pieces of the page of depth and gain: presets, the map with its progress, the picked cell and the numbers."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import streamlit as st

from initlab.edge import Theory, reading, sweep_table
from initlab.figures.sweep import CLIP, Mark, sweep_figure
from initlab.grid import SPANS, Grid, depths_to, gains_around
from initlab.scenarios import DEFAULT
from initlab.spec import NetworkSpec
from initlab.sweep import QUANTITIES, Quantity, Sweep, assembled
from initlab.ui import cluster, compute_theory, link, navigation, panels, session, starts, state
from initlab.ui.pace import Pace
from initlab.wording import capitalized, number, power

ROWS: Final = 64  # of the data: a map is a thousand networks
TITLES: Final[dict[Quantity, str]] = {
    "Gradient": "How much larger the gradient is in layer 1 than in the last layer",
    "Signal": "How much larger the activations are in the last layer than in layer 1",
}


@dataclass(frozen=True, slots=True)
class Preset:
    """A map one click away, and what to look for in it."""

    name: str
    spec: NetworkSpec
    look_for: str


RELU: Final = replace(DEFAULT, init="He normal", init_params=(), activation="ReLU")
TABLE: Final = (
    Preset(
        "Too small, tanh", DEFAULT,
        "N(0, 0.01) lies far left of the edge: whatever the depth, its weights would have to be nine times larger.",
    ),
    Preset(
        "Glorot, tanh", replace(DEFAULT, init="Glorot normal", init_params=()),
        "Below gain 1 the gradient vanishes, above it explodes, but slowly: tanh bends before it does.",
    ),
    Preset(
        "He, ReLU", RELU,
        "A wedge around gain 1: the deeper the network, the less the gain may be off.",
    ),
    Preset(
        "Glorot, sigmoid", replace(DEFAULT, init="Glorot normal", init_params=(), activation="Sigmoid"),
        "At gain 1 nothing deep can live: sigmoid needs weights ten times as large.",
    ),
    Preset(
        "LeCun, SELU", replace(DEFAULT, init="LeCun normal", init_params=(), activation="SELU"),
        "A wedge again, left of gain 1: with 30 layers the gradient keeps its size near gain 0.85. Theory's 0.69 is "
        "about layers whose signal has settled; before it has, a layer shrinks the gradient.",
    ),
    Preset(
        "Batch normalization", replace(RELU, normalization="Batch"),
        "All columns are alike: the gain is divided out again, and depth alone decides.",
    ),
    Preset(
        "Residual", replace(RELU, residual=True),
        "No gain is too small: the skips carry the gradient past the layers. Large ones explode all the sooner.",
    ),
)  # fmt: skip
PRESETS: Final = {preset.name: preset for preset in TABLE}


def presets(spec: NetworkSpec) -> None:
    """Maps one click away."""
    panels.offers(
        "Presets",
        "sweep_preset",
        PRESETS,
        lambda preset: preset.spec == spec,
        lambda preset: session.apply_spec(preset.spec),
    )


def controls(spec: NetworkSpec) -> tuple[Quantity, Grid, list[str]]:
    """What is drawn, the map that is measured, and what of it had to be left out."""
    what, far, wide = st.columns([2, 3, 2])
    quantity = what.segmented_control(
        "What is drawn", QUANTITIES, key="sweep_quantity", required=True, persist_state="session"
    )
    assert quantity  # noqa: S101  it is required
    deepest = far.select_slider("Deepest network", state.DEEPEST, key="sweep_deepest", persist_state="session")
    span = wide.segmented_control("Gains", tuple(SPANS), key="sweep_span", required=True, persist_state="session")
    plain = replace(spec, depth=1, gain=1.0, batch=min(spec.batch, ROWS))
    critical = compute_theory.edge(plain, 0.1, 10.0).critical_gain
    grid = Grid(plain, depths_to(deepest), gains_around(critical, SPANS[span or next(iter(SPANS))]))
    fit = compute_theory.fitted_map(grid)
    if fit == grid:
        return quantity, grid, []
    note = (
        f"The whole map needs {grid.work}. Measured instead, with {fit.spec.rows} rows: {len(fit.depths)} depths up to "
        f"{fit.depths[-1]} and {len(fit.gains)} gains."
    )
    return quantity, fit, [note]


def cluster_notes() -> list[str]:
    """What is wrong with the cluster that was asked for, if anything."""
    trouble = cluster.trouble()
    return [f"{capitalized(trouble)}. Computed here."] if trouble else []


def measured(grid: Grid) -> Sweep:
    """The finished map; while it is measured, how far it is and how long it will still take."""
    kept, place = compute_theory.blocks(grid), st.empty()
    slow = "" if grid.shares_prefixes else ", one by one because their widths depend on the depth"
    pace = Pace()
    if len(kept.found) < compute_theory.effort(grid)[1]:
        place.progress(0.0, f"{grid.cells:,} networks to measure{slow}")
    for share in compute_theory.extend_sweep(grid, kept, _say_lost):
        left = pace.left(share)
        if pace.due():
            place.progress(share, f"{share:.0%} of {grid.cells:,} networks measured{slow}{left}")
    place.empty()
    return assembled(grid, kept.found)


def _say_lost() -> None:
    panels.notes(["The cluster went away in the middle of the map: the rest was computed here."])


def picked_cell(grid: Grid) -> tuple[int, int]:
    """Row and column of the cell nearest to what was picked last; the selectors show it."""
    depth, gain = int(session.value("sweep_depth")), float(session.value("sweep_gain"))
    row = int(np.argmin(np.abs(np.array(grid.depths) - depth)))
    column = int(np.argmin(np.abs(np.log(np.array(grid.gains) / gain))))
    session.apply({"sweep_depth": grid.depths[row], "sweep_gain": grid.gains[column]})
    return row, column


def map_chart(sweep: Sweep, quantity: Quantity, theory: Theory, spec: NetworkSpec, row: int, column: int) -> None:
    """The map; a click picks a cell."""
    grid = sweep.grid
    picked, here = Mark(grid.depths[row], grid.gains[column]), Mark(spec.depth, spec.gain)
    figure = sweep_figure(sweep, quantity, theory, here, picked, panels.dark())
    panels.chart(TITLES[quantity], figure, reading(sweep, quantity, theory), "sweep_map", _pick)


def _pick() -> None:
    points = st.session_state["sweep_map"]["selection"]["points"]
    if points:
        session.apply({"sweep_depth": points[0]["y"], "sweep_gain": 10 ** points[0]["x"]})


def cell_panel(spec: NetworkSpec, grid: Grid, words: str, row: int, column: int) -> None:
    """The picked cell in words, its selectors for the keyboard, and the way to Explore."""
    with st.container(border=True, key="sweep_cell"):
        st.markdown(words)
        deep, wide, action = st.columns([2, 3, 2], vertical_alignment="bottom")
        deep.select_slider("Depth of the cell", grid.depths, key="sweep_depth", persist_state="session")
        wide.select_slider(
            "Gain of the cell", grid.gains, key="sweep_gain", persist_state="session", format_func=lambda g: f"{g:g}"
        )
        offered = starts.GAINS[0] <= grid.gains[column] <= starts.GAINS[-1]
        target = replace(spec, depth=grid.depths[row], gain=grid.gains[column])
        navigation.leave(
            action, "sweep_open", "explore", "Open in Explore", ":material/ssid_chart:", link.values_of(target),
            help=None if offered else f"Explore's gain slider goes from {starts.GAINS[0]:g} to {starts.GAINS[-1]:g}",
            disabled=not offered,
        )  # fmt: skip


def theory_note(theory: Theory) -> None:
    """What the dashed lines are, or why there are none."""
    if np.isfinite(theory.reach).any():
        lines = "Dashed: theory of wide networks. 6 ξ is where the gradient has changed twentyfold"
        doubts = f"; bear in mind that {' and '.join(theory.doubts)}" if theory.doubts else ""
        st.caption(f"{lines}{doubts}.")
    else:
        st.caption(f"No theory is drawn: {' and '.join(theory.doubts)}.")


def table_panel(sweep: Sweep) -> None:
    """All numbers of all cells."""
    panels.numbers_panel(
        "All numbers", lambda: sweep_table(sweep), "initlab-depth-gain.csv", "sweep_table", "sweep_panel"
    )


def source(grid: Grid) -> str:
    """Where the numbers come from, and what the colours leave out."""
    spec = grid.spec
    rows = "1 row" if spec.rows == 1 else f"{spec.rows} rows"
    return (
        f"{grid.cells:,} networks, each with one forward and one backward pass of {rows} of {spec.dataset} "
        f"({spec.scaling.lower()}), seed {spec.seed}, in {spec.precision}; gains from {number(grid.gains[0])} to "
        f"{number(grid.gains[-1])}. Colours stay the same beyond a factor of {power(CLIP)}."
    )
