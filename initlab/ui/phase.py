"""The pieces of the Phase diagram page: presets, the plane, the chosen point with its maps, the way to Explore."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import pandas as pd
import streamlit as st

from initlab import phase_readings as readings
from initlab.arrays import Parameters
from initlab.figures import maps
from initlab.initializers import INITIALIZERS
from initlab.landmarks import GENERAL, Place, at_place, here, landmarks
from initlab.phase import AXES, BIASES, WEIGHTS, Axis
from initlab.scenarios import DEFAULT, SCENARIOS
from initlab.spec import NetworkSpec
from initlab.ui import compute_theory, link, navigation, panels, session, starts, state
from initlab.ui.fields import Value

ICONS: Final = {
    "ordered": "compress", "critical": "balance", "chaotic": "call_split", "diverging": "trending_up",
}  # fmt: skip
SCALES: Final = tuple(
    round(parameter.step * k, 9)
    for parameter in INITIALIZERS[GENERAL].parameters if parameter.name == "scale"
    for k in range(round(parameter.maximum / parameter.step) + 1)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Preset:
    """A network, a chosen point of its plane, and what to look for."""

    spec: NetworkSpec
    chosen: Place
    look_for: str


def _general(activation: str, scale: float, depth: int, gain: float = 1.0, bias: float = 0.0) -> NetworkSpec:
    spec = NetworkSpec(activation=activation, depth=depth, gain=gain, bias_stddev=bias)
    return spec.with_init(GENERAL, scale=scale, distribution="untruncated_normal")


PRESETS: Final[Mapping[str, Preset]] = MappingProxyType({
    "Too small": Preset(
        DEFAULT, Place(3.0, 0.04),
        "N(0, 0.01) lies at the left end, deep on the ordered side: nothing is left after two layers. Glorot would "
        "put the network on the edge.",
    ),
    "Tanh at the edge": Preset(
        _general("Tanh", 1.7, 50, bias=0.2), Place(1.7, 0.04),
        "With biases the edge moves to the right: σ_w² = 1 would vanish here, 1.7 carries information through all 50 "
        "layers.",
    ),
    "Chaotic tanh": Preset(
        _general("Tanh", 4.0, 50, bias=0.2), Place(4.0, 0.04),
        "On the chaotic side two inputs that almost agree drift apart, whatever they had in common, and the gradient "
        "explodes.",
    ),
    "ReLU: He": Preset(
        SCENARIOS["He on deep ReLU"].spec, Place(2.0, 0.0),
        "ReLU has no edge but one point, σ_w² = 2 without biases, and He starts there. To the right the signal grows "
        "without bound.",
    ),
    "Glorot on sigmoid": Preset(
        SCENARIOS["Glorot on sigmoid"].spec, Place(1.0, 0.0),
        "The edge of sigmoid lies a hundred times further right than Glorot's start: each layer passes on a small "
        "part of the gradient.",
    ),
    "Sigmoid at its edge": Preset(
        _general("Sigmoid", 2.9, 20, gain=5.96), Place(100.0, 0.0),
        "σ_w² = 103 does put sigmoid on its edge, where most of its outputs are nearly 0 or 1. The chosen point, 100, "
        "lies a little to its left, on the ordered side.",
    ),
})  # fmt: skip


def presets(spec: NetworkSpec, chosen: Place) -> None:
    """Networks and points one click away."""
    now = spec, chosen
    panels.offers("Presets", "phase_preset", PRESETS, lambda preset: (preset.spec, preset.chosen) == now, _open)


def _open(preset: Preset) -> None:
    session.apply({**link.values_of(preset.spec), **_fields(preset.chosen), "phase_axis": AXES[0]})


def chosen_point() -> Place:
    """The point of the link, before its sliders are drawn."""
    values = session.values()
    return Place(float(values["phase_weight"]), float(values["phase_bias"]))


def verdict(spec: NetworkSpec) -> None:
    """How deep the sidebar's start can be, and what theory leaves out of it."""
    found = here(spec)
    at = compute_theory.point(spec.activation, spec.activation_params, *found.place) if found.place else None
    with st.container(border=True, key="phase_verdict"):
        icon = ICONS[at.phase] if at and found.sure else "wrong_location"
        panels.headline(readings.headline(spec, at), readings.verdict(spec, found, at), icon)
        for doubt in found.doubts:
            st.caption(doubt)


def plane_chart(spec: NetworkSpec, chosen: Place) -> None:
    """The plane, in which a click chooses a point."""
    plane = compute_theory.plane(*_plane_key(spec))
    figure = compute_theory.plane_figure(spec, _axis(), *chosen, panels.dark())
    reading = readings.plane(plane, spec, here(spec))
    panels.chart(f"{spec.activation}: order and chaos", figure, reading, "phase_plane", on_pick=_pick)


def _pick() -> None:
    """Callback of a click in the plane: the sliders go to the nearest values they have."""
    points = st.session_state["phase_plane"]["selection"]["points"]
    if points:
        spec, _ = link.spec_of(session.values())
        logarithmic = compute_theory.plane(*_plane_key(spec)).window.logarithmic
        weight = 10 ** points[0]["x"] if logarithmic else points[0]["x"]
        session.apply(_fields(Place(weight, points[0]["y"])))


def _plane_key(spec: NetworkSpec) -> tuple[str, Parameters, Axis]:
    return spec.activation, spec.activation_params, _axis()


def _axis() -> Axis:
    """The axis of the link, whose control stands below the picture."""
    chosen = session.value("phase_axis")
    return next(axis for axis in AXES if axis == chosen)


def _fields(place: Place) -> dict[str, Value]:
    names = ("phase_weight", "phase_bias")
    return {name: state.FIELDS[name].parse(f"{value:.12g}") for name, value in zip(names, place, strict=True)}


def point_controls(spec: NetworkSpec) -> Place:
    """The chosen point, by sliders, and the way to start the network there."""
    st.markdown("**The chosen point**, also by a click in the plane")
    left, middle, view, right = st.columns([3, 3, 3, 2], vertical_alignment="bottom")
    view.segmented_control("Axis of σ_w²", AXES, key="phase_axis", required=True, persist_state="session")
    weight = left.select_slider(
        "σ_w², scatter of the weights", WEIGHTS, key="phase_weight", persist_state="session", format_func=_plain
    )
    bias = middle.select_slider(
        "σ_b², variance of the biases", BIASES, key="phase_bias", persist_state="session", format_func=_plain
    )
    wanted = Place(float(weight), float(bias))
    started = at_place(spec, wanted, SCALES, starts.GAINS)
    navigation.leave(
        right, "phase_open", "explore", "Open in Explore", ":material/ssid_chart:", link.values_of(started),
        help=readings.opened(started, wanted),
    )  # fmt: skip
    return wanted


def _plain(value: float) -> str:
    return f"{value:g}"


def map_charts(spec: NetworkSpec, chosen: Place) -> None:
    """What a layer does at the chosen point, to the size of the signal and to the likeness of inputs."""
    name, params, (weight, bias) = spec.activation, spec.activation_params, chosen
    at = compute_theory.point(name, params, weight, bias)
    size, likeness = compute_theory.point_maps(name, params, weight, bias, spec.depth)
    left, right = st.columns(2)
    with left:
        figure = maps.map_figure(size, at.q, maps.VARIANCE, panels.dark())
        panels.chart("Size: the variance map", figure, readings.size(size, at), "phase_size")
    with right:
        figure = maps.map_figure(likeness, at.correlation, maps.CORRELATION, panels.dark())
        panels.chart("Likeness: the correlation map", figure, readings.likeness(likeness, at), "phase_likeness")


def table_panel(spec: NetworkSpec, chosen: Place) -> None:
    """Theory's numbers at every marked point, and the whole plane."""
    panel = st.expander("All numbers", icon=":material/table:", key="phase_table_panel", on_change="rerun")
    if not panel.open:
        return
    found = here(spec)
    places = [("this network", found.place)] if found.place else []
    places += [
        ("chosen point", chosen),
        *((", ".join(m.names), m.place) for m in landmarks(spec.width, spec.activation)),
    ]
    key = spec.activation, spec.activation_params
    rows = [(name, compute_theory.point(*key, *place)) for name, place in places]
    with panel:
        panels.numbers(pd.DataFrame(readings.point_table(rows)), "initlab-points.csv", "phase_points")
        plane = compute_theory.plane(*_plane_key(spec))
        panels.numbers(pd.DataFrame(readings.plane_table(plane)), "initlab-phase-diagram.csv", "phase_cells")
