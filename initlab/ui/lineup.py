"""The editor of a set of starts: one chip a start, and the controls of the one that is chosen below them.

The set is one text under its field's name, as in the link; the widgets here only show it and change it, so they can be
drawn on any page and nothing is kept twice.
"""

from typing import Any, Final

import streamlit as st

from initlab.comparison import FEWEST, MOST, Start, labels, newcomer
from initlab.figures import theme
from initlab.initializers import INITIALIZERS
from initlab.parameters import Parameter
from initlab.spec import NetworkSpec
from initlab.ui import controls, link, navigation, starts
from initlab.ui.starts import GAINS, MENU

MARKS: Final = tuple(theme.SYMBOLS.values())


def editor(field: str, spec: NetworkSpec) -> None:
    """Show and change the set under `field`; `spec` is the architecture with which Explore opens one of them."""
    lineup = starts.starts_of(st.session_state[field])
    chosen = st.session_state.get(f"_{field}_chosen")
    chosen = chosen if chosen is not None and chosen < len(lineup) else None
    chips = [f"{mark} {label}" for mark, label in zip(MARKS, labels(lineup), strict=False)]
    st.session_state[f"{field}_chip"] = None if chosen is None else chips[chosen]
    st.pills("Starts", chips, key=f"{field}_chip", label_visibility="collapsed", on_change=_choose, args=(field, chips))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Add", icon=":material/add:", key=f"{field}_add", disabled=len(lineup) == MOST,
            on_click=_set, args=(field, (*lineup, newcomer(lineup)), len(lineup)),
        )  # fmt: skip
        if chosen is None:
            st.caption("Choose a start to change, duplicate or remove it, or to open it in Explore.", width="content")
            return
    with st.container(border=True, key=f"{field}_editor"):
        _settings(field, lineup, chosen)
        _actions(field, lineup, chosen, spec)


def _choose(field: str, chips: list[str]) -> None:
    chip = st.session_state[f"{field}_chip"]
    st.session_state[f"_{field}_chosen"] = chips.index(chip) if chip else None


def _set(field: str, lineup: tuple[Start, ...], chosen: int | None) -> None:
    st.session_state[field] = starts.written(lineup)
    st.session_state[f"_{field}_chosen"] = chosen


def _settings(field: str, lineup: tuple[Start, ...], chosen: int) -> None:
    """Initializer, its parameters and the gain of the chosen start, side by side."""
    start = lineup[chosen]
    recipe = INITIALIZERS[start.init]
    shown = [parameter for parameter in recipe.parameters if not parameter.advanced]
    places = st.columns([3, *[3] * len(shown), 3])
    values = {"init": start.init, **dict(start.init_params), "gain": start.gain}
    for name, value in values.items():
        st.session_state[f"{field}_{name}"] = value
    with places[0]:
        st.selectbox("Start", MENU, help=controls.about(recipe), **_wired(field, "init", lineup, chosen))
    for place, parameter in zip(places[1:], shown, strict=False):
        with place:
            _parameter(parameter, _wired(field, parameter.name, lineup, chosen))
    with places[-1]:
        st.select_slider(
            "Gain of this start", GAINS, help=controls.GAIN_HELP, format_func=lambda gain: f"{gain:g}",
            **_wired(field, "gain", lineup, chosen),
        )  # fmt: skip


def _parameter(parameter: Parameter, wired: dict[str, Any]) -> None:
    if parameter.choices:
        st.selectbox(parameter.label, parameter.choices, help=parameter.help, **wired)
    elif parameter.grid:
        st.select_slider(
            parameter.label, parameter.grid, help=parameter.help, format_func=lambda value: f"{value:g}", **wired
        )  # fmt: skip
    else:
        low, high, step = parameter.minimum, parameter.maximum, parameter.step
        st.slider(parameter.label, low, high, step=step, help=parameter.help, **wired)


def _wired(field: str, name: str, lineup: tuple[Start, ...], chosen: int) -> dict[str, Any]:
    """Key and callback of the widget that changes `name` of the chosen start."""
    return {"key": f"{field}_{name}", "on_change": _change, "args": (field, name, lineup, chosen)}


def _change(field: str, name: str, lineup: tuple[Start, ...], chosen: int) -> None:
    value = st.session_state[f"{field}_{name}"]
    new = starts.changed(lineup[chosen], name, value)
    _set(field, (*lineup[:chosen], new, *lineup[chosen + 1 :]), chosen)


def _actions(field: str, lineup: tuple[Start, ...], chosen: int, spec: NetworkSpec) -> None:
    """Duplicate, remove, open in Explore."""
    before, start, after = lineup[:chosen], lineup[chosen], lineup[chosen + 1 :]
    with st.container(horizontal=True):
        st.button(
            "Duplicate", icon=":material/content_copy:", key=f"{field}_duplicate", disabled=len(lineup) == MOST,
            on_click=_set, args=(field, (*before, start, start, *after), chosen + 1),
        )  # fmt: skip
        st.button(
            "Remove", icon=":material/delete:", key=f"{field}_remove", disabled=len(lineup) == FEWEST,
            on_click=_set, args=(field, (*before, *after), None),
        )  # fmt: skip
        place, target = st.container(width="content"), link.values_of(start.applied(spec))
        navigation.leave(place, f"{field}_open", "explore", "Open in Explore", ":material/ssid_chart:", target)
