"""Take it with you: one menu with the link and its QR code, the report, and presenter mode."""

import io
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode, urlsplit

import pandas as pd
import segno
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from initlab.codegen import FRAMEWORKS, snippet
from initlab.figures import document
from initlab.report import Report, Table
from initlab.ui import link, panels, session, shown, state
from initlab.ui.fields import Value
from initlab.ui.navigation import Page

LINK, CODE, REPORT, PRESENT = "Link and QR code", "Code", "Report", "Presenter mode"
CONTROLS: Final = {
    "init": "Initializer", "activation": "Activation", "depth": "Depth", "width": "Width", "gain": "Gain",
}  # fmt: skip
HIDEABLE: Final = {**state.SECTIONS, **CONTROLS}
MOST_ROWS: Final = 300  # of a table in the report; its CSV has them all
QR_WIDTH: Final = 440  # pixels: read from the back row once the browser is zoomed to the wall
NOWHERE: Final = "http://localhost:8501"  # where there is no browser to ask for its address
SELECTORS: Final[Mapping[str, str]] = MappingProxyType(  # of what is no widget with a key of its own
    {
        "sidebar": "[data-testid='stSidebar'], [data-testid='stExpandSidebarButton']",
        "menu": "[data-testid='stHeader']",
        "scenario": ".st-key-offers",
    }
)


def menu(page: Page) -> Callable[[], None]:
    """The menu, beside the title; what was chosen from it, to be opened when the page is there."""
    hide(session.values())
    if panels.presenting():
        return _leaf(st.container(key="present", horizontal=True, vertical_alignment="center"))
    if st.context.is_embedded:  # its bar is not there
        return _nothing
    with st.container(key="take"):
        chosen = st.menu_button(
            "Share", _entries(page), key="take_menu", icon=":material/ios_share:", type="tertiary",
            on_click=_present,
        )  # fmt: skip
    if chosen == LINK:
        _link(page.url_path)
    elif chosen == CODE:
        _code()
    return partial(_report, page) if chosen == REPORT else _nothing


def _entries(page: Page) -> tuple[str, ...]:
    """Code is of the network that the sidebar describes."""
    described = page.controls == "Network" and page.url_path != "own"  # there its data, or even its weights, are others
    return (LINK, CODE, REPORT, PRESENT) if described else (LINK, REPORT, PRESENT)


def _nothing() -> None:
    """Nothing was chosen."""


def hide(values: Mapping[str, Value]) -> None:
    """Take what the link hides out of sight, out of reach of the keyboard and out of what is read aloud."""
    names = [name for name in str(values["hide"]).split(",") if name]
    if names:
        selectors = ", ".join(SELECTORS.get(name, f".st-key-{name}") for name in names)
        st.html(f"<style>{selectors} {{display: none !important}}</style>")


def address(url_path: str, changes: Mapping[str, Value], *, embed: bool = False) -> str:
    """The link to this page in the state of the session with these changes; defaults are left out."""
    parts = urlsplit(st.context.url or NOWHERE)
    query = link.short({**session.values(), **changes}) | ({"embed": "true"} if embed else {})
    return f"{parts.scheme}://{parts.netloc}{_prefix(parts.path, url_path)}{url_path}?{urlencode(query)}"


def _prefix(path: str, url_path: str) -> str:
    """Where the app lives on its server, in front of the page's own address."""
    return path.removesuffix("/").removesuffix(url_path).removesuffix("/") + "/"


def qr(text: str) -> bytes:
    """The text as a QR code in PNG, black on white with the quiet zone that scanners need, whatever the theme."""
    picture = io.BytesIO()
    segno.make(text, error="l", micro=False).save(picture, kind="png", scale=8, border=4)
    return picture.getvalue()


def _present() -> None:
    """Callback of the menu."""
    if st.session_state["take_menu"] == PRESENT:
        session.apply({"present": True, "present_chart": 1})


@st.dialog(LINK, width="large", icon=":material/link:")
def _link(url_path: str) -> None:
    """What to send, and what to throw onto the wall."""
    hidden = st.multiselect(
        "Hide from those who open it", list(HIDEABLE), key="take_hide", format_func=HIDEABLE.__getitem__,
        placeholder="Nothing: they see what you see",
    )  # fmt: skip
    with st.container(horizontal=True):
        present = st.toggle("In presenter mode", key="take_present")
        embed = st.toggle("In a frame of a course page", key="take_embed", help="Without Streamlit's own frame")
    url = address(url_path, {"hide": ",".join(hidden), "present": present}, embed=embed)
    st.code(url, language=None, wrap_lines=True)
    st.image(qr(url), width=QR_WIDTH, alt="QR code of the link")
    st.caption(
        "The same link opens the same picture, number for number: initializer, network, data and seed are in it."
    )


@st.dialog(CODE, width="large", icon=":material/code:")
def _code() -> None:
    """The network as a program of one's own, with the very law."""
    spec, _ = link.spec_of(session.values())
    first = FRAMEWORKS[0]
    framework = st.segmented_control("Written in", FRAMEWORKS, default=first, required=True, key="take_framework")
    framework = framework or first
    text = snippet(spec, framework)
    st.code(text, language=None, height=420)
    st.download_button(
        "Download code", text, f"initlab_{framework.lower()}.py", "text/x-python", key="take_code",
        icon=":material/download:", on_click="ignore",
    )  # fmt: skip
    st.caption(
        "Runs as it is and prints the deviation of every layer's activations. The law is the same; the random numbers "
        "are the framework's own."
    )


@st.dialog(REPORT, icon=":material/description:")
def _report(page: Page) -> None:
    """One file with everything the page shows."""
    found, url, values = shown.now(), address(page.url_path, {}), session.values()
    settings = {name: state.FIELDS[name].text(values[name]) for name in link.relevant(values, page.url_path)}
    st.markdown(
        f"{_count(len(found.charts), 'chart')}, {_count(len(found.tables), 'table')}, the verdict, all settings and "
        "the link, in one HTML file of some 5 MB that opens without the internet and prints. Charts of "
        "closed panels are not in it."
    )
    st.download_button(
        "Download report", lambda: _written(page.title, url, found, settings), f"initlab-{page.url_path}.html",
        "text/html", key="take_report", type="primary", icon=":material/download:", on_click="ignore",
    )  # fmt: skip


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _written(title: str, url: str, found: shown.Shown, settings: Mapping[str, object]) -> str:
    """The report's HTML, made when it is asked for."""
    charts = [document.chart(one.title, one.figure, one.reading) for one in found.charts.values() if one]
    tables = [_table(name, pd.DataFrame(make())) for name, make in found.tables.items()]
    return Report(title, url, settings, found.verdict, charts, tables, document.script()).html()


def _table(name: str, table: pd.DataFrame) -> Table:
    """Its first rows, where there are more than anybody prints."""
    cut = f", the first {MOST_ROWS:,} of {len(table):,} rows" if len(table) > MOST_ROWS else ""
    rows = list(table[:MOST_ROWS].itertuples(index=False, name=None))
    return Table(f"{name}{cut}", [str(column) for column in table.columns], rows)


def _leaf(row: DeltaGenerator) -> Callable[[], None]:
    """One chart at a time: the buttons and keys of a presenter's remote control, filled in when the page is there."""

    def fill() -> None:
        names = list(shown.now().charts)
        place = int(session.value("present_chart"))
        if names and place > len(names):
            session.apply({"present_chart": len(names)})
            st.rerun()
        row.button(
            "Previous", key="present_previous", icon=":material/chevron_left:", shortcut="PageUp",
            on_click=_turn, args=(place - 1,), disabled=place <= 1,
        )  # fmt: skip
        row.button(
            "Next", key="present_next", icon=":material/chevron_right:", shortcut="PageDown",
            on_click=_turn, args=(place + 1,), disabled=place >= len(names),
        )  # fmt: skip
        row.button("Leave", key="present_leave", icon=":material/close:", on_click=_leave, help="Back to all charts")
        row.caption(f"{place} of {_count(len(names), 'chart')}" if names else "No chart on this page")

    return fill


def _turn(place: int) -> None:
    session.apply({"present_chart": place})


def _leave() -> None:
    session.apply({"present": False})
