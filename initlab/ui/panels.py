"""The pieces pages are put together from: verdict card, figure card, numbers."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Literal, Protocol, TypeVar

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from initlab.diagnosis import changes
from initlab.figures import Figure, theme
from initlab.figures.sent import drawn_once
from initlab.findings import Finding
from initlab.report import table_json
from initlab.spec import NetworkSpec
from initlab.ui import session, shown

ICONS: Final = {
    "overflow": "block", "symmetry": "content_copy", "vanishing signal": "trending_down",
    "exploding signal": "trending_up", "vanishing gradient": "south_west", "exploding gradient": "north_west",
    "saturation": "compress", "dead units": "power_off", "input collapse": "merge",
}  # fmt: skip
MOST_NOTES: Final = 6
READABLE: Final = "[data-testid='stCaptionContainer'] {{color: {}; opacity: 1}}"  # the default is too pale for a hall
ROOMY: Final = """
.st-key-verdict h2 {padding: 0 0 0.4rem}
@media (min-width: 900px) {[data-testid='stMainBlockContainer'] {padding-left: 3rem; padding-right: 3rem}}
"""
LESSONS: Final = """
.st-key-lesson_question :is([data-testid='stMarkdown'] p, [data-testid='stRadio'] label p) {font-size: 1.2rem}
.st-key-lesson_question [data-testid='stRadio'] [role='radiogroup'] {gap: 0.5rem}
.st-key-lesson_question h2 {padding: 0.2rem 0 0.4rem}
.st-key-lesson_why [data-testid='stMarkdown'] p {font-size: 1.1rem}
.st-key-lesson_question [data-testid='stRadio'] label > div:first-child {box-shadow: 0 0 0 1px currentColor}
button :is(kbd, :has(> kbd)) {color: inherit !important; opacity: 1 !important}
[class*='st-key-lessons_row'] button p {font-size: 1.15rem; font-weight: 600}
[class*='st-key-lessons_row'] button {min-height: 2rem; padding-top: 0; padding-bottom: 0}
"""  # what a room reads from its last row
LEAVING: Final = """
[data-testid='stMainBlockContainer'] [data-testid='stPageLink-NavLink'] {{
  border: 1px solid {}; margin: 0; min-height: 2.5rem; justify-content: center}}
[data-testid='stElementContainer']:has(> [data-testid='stPageLink']) {{margin: 0}}
[data-testid='stPageLink-NavLink']:focus-visible {{outline: 2px solid {}}}
"""  # a link that looks like the buttons beside it: see navigation.leave
TAKING: Final = """
.st-key-take {position: fixed; top: 0.6rem; right: 5.25rem; width: auto; z-index: 999991}
[data-testid='stStatusWidget'] > div > :not([data-testid='stStatusWidgetRunningIcon']) {display: none}
"""  # the menu stands in the bar of the menu of pages, left of the sign that a page is running. Streamlit's own button
# to stop that would leave half a page; whatever takes long here can be paused, stopped or changed
PRESENTING: Final = """
html {font-size: 20px}
[data-testid='stMainBlockContainer'] {max-width: none; padding-top: 4rem}
@media (min-width: 1440px) {.st-key-present {position: fixed; top: 0.4rem; right: 5rem; width: auto; z-index: 999991;
  gap: 0.5rem}}
[data-testid='stHorizontalBlock']:has([data-testid='stPlotlyChart'])
  > [data-testid='stColumn']:not(:has([data-testid='stPlotlyChart'], .st-key-lesson_question)),
[data-testid='stMainBlockContainer'] :is(h1, [data-testid='stExpander'], [data-testid='stDataFrame'],
  [data-testid='stDownloadButton'], [class*='st-key'][class*='_axis'], [class*='st-key'][class*='_view'],
  .st-key-offers, .st-key-own_files, .st-key-verdict [data-testid='stCaptionContainer']) {display: none}
"""  # for the back row: what is there to be worked with gives way to what is to be seen
LARGE: Final = 1e7  # in a column of a table
MOST: Final = 2.0**53  # a browser's whole numbers end here: it takes larger ones for faults, so they are shown as text
PHRASES: Final = {  # of a changed field; an initializer or activation needs no more than its name
    "gain": "gain {:g}", "bias_stddev": "biases of {:g}", "normalization": "normalization {}", "shape": "shape {}",
    "residual": "residual connections: {}", "output": "output layer {}", "scaling": "{} inputs", "loss": "loss {}",
}  # fmt: skip


def dark() -> bool:
    """Whether the visitor sees the dark theme."""
    return st.context.theme.type == "dark"


def notes(sentences: list[str]) -> None:
    """What the app had to change in a link or a setting, quietly."""
    if sentences:
        more = f" And {len(sentences) - MOST_NOTES} more." if len(sentences) > MOST_NOTES else ""
        st.caption(f":material/info: {' '.join(sentences[:MOST_NOTES])}{more}")


def style() -> None:
    """What no theme option sets."""
    ink = "[data-testid='stBaseButton-primary']:enabled * {color: #14171C}" if dark() else ""
    look = theme.palette(dark())
    leaving = LEAVING.format(st.get_option(f"theme.{'dark' if dark() else 'light'}.borderColor"), look.ink)
    presented = PRESENTING if presenting() else ""
    st.html(f"<style>{READABLE.format(look.muted)} {ROOMY} {LESSONS} {TAKING} {leaving} {ink} {presented}</style>")


class Offer(Protocol):
    """An experiment that a page offers."""

    @property
    def look_for(self) -> str: ...


Offered = TypeVar("Offered", bound=Offer)


def offers(
    label: str, key: str, table: Mapping[str, Offered], is_shown: Callable[[Offered], bool],
    show: Callable[[Offered], None],
) -> None:  # fmt: skip
    """Experiments one click each; the one that is shown is marked, and says what to look for. `show` is a callback."""
    chosen = next((name for name, offer in table.items() if is_shown(offer)), None)
    st.session_state[key] = chosen
    with st.container(key="offers"):
        st.pills(
            label, tuple(table), key=key, label_visibility="collapsed", on_change=_show_chosen, args=(key, table, show)
        )
        if chosen:
            st.caption(table[chosen].look_for)


def _show_chosen(key: str, table: Mapping[str, Offered], show: Callable[[Offered], None]) -> None:
    name = st.session_state[key]
    if name:
        show(table[name])


def verdict_card(findings: tuple[Finding, ...], healthy: str, caveats: Iterable[str]) -> DeltaGenerator:
    """The headline, its evidence and, right of them, the place for the remedy's button."""
    with st.container(border=True, key="verdict"):
        words, action = st.columns([5, 2], vertical_alignment="center")
        with words:
            if findings:
                first = findings[0]
                headline(first.headline, first.evidence, ICONS[first.kind])
                for other in findings[1:]:
                    st.caption(f"Also: {other.headline[0].lower()}{other.headline[1:]}. {_news(other, first)}")
            else:
                headline("Healthy at the start", healthy, "check_circle")
            for caveat in caveats:
                st.caption(caveat)
    return action


def headline(words: str, evidence: str, icon: str = "") -> None:
    """The verdict of a page, and what it rests on."""
    st.header(words, icon=f":material/{icon}:" if icon else None, anchor=False)
    st.markdown(evidence)
    shown.verdict(words, evidence)


def _news(finding: Finding, before: Finding) -> str:
    """The evidence without the sentences that were said already."""
    said = before.evidence.rstrip(".").split(". ")
    return ". ".join(part for part in finding.evidence.rstrip(".").split(". ") if part not in said) + "."


def remedy_button(place: DeltaGenerator, spec: NetworkSpec, remedy: NetworkSpec | None) -> None:
    """One button that opens the remedy; its label says what changes."""
    if remedy is None:
        place.caption("No nearby start was healthy on three draws.")
        return
    place.button(
        remedy_label(spec, remedy), key="remedy", type="primary", width="stretch",
        on_click=session.apply_spec, args=(remedy,),
        help="Probed on three draws before it is offered: healthy on all of them",
    )  # fmt: skip


def remedy_label(spec: NetworkSpec, remedy: NetworkSpec) -> str:
    """What the remedy changes: Use Glorot normal with Tanh, gain 1."""
    words = [PHRASES.get(name, "{}").format(getattr(remedy, name)) for name in changes(spec, remedy)]
    return "Use " + " with ".join(words[:2]) + "".join(f", {word}" for word in words[2:])


def chart(
    title: str, figure: Figure, reading: str, key: str, on_pick: Callable[[], None] | Literal["ignore"] = "ignore",
    *, name: str = "",
) -> None:  # fmt: skip
    """A chart under its title, its one-sentence reading below it and as its alternative text; `on_pick` hears of a
    click. One without a title of its own has a `name`."""
    if not up(name or title):
        return
    if title:
        st.markdown(f"**{title}**")
    picture(name or title, figure, reading, key, on_pick)
    st.caption(reading)


def up(name: str) -> bool:
    """Whether the chart of that name is to be drawn: in presenter mode it is one chart at a time."""
    place = shown.place(name)
    return not presenting() or place == session.value("present_chart")


def presenting() -> bool:
    """Whether the page is thrown onto the wall of a hall."""
    return bool(session.value("present"))


def picture(
    name: str, figure: Figure, reading: str, key: str, on_pick: Callable[[], None] | Literal["ignore"] = "ignore",
    place: DeltaGenerator | None = None,
) -> None:  # fmt: skip
    """The figure itself, in larger type and thicker lines for a hall."""
    shown.chart(name, shown.Drawn(name, figure, reading))
    (place or st).plotly_chart(
        drawn_once(theme.projected(figure) if presenting() else figure),
        theme=None,
        key=key,
        alt=reading,
        config=theme.config(key),
        on_select=on_pick,
        selection_mode="points",
    )


def numbers(table: pd.DataFrame, file_name: str, key: str, beside: Callable[[], object] | None = None) -> None:
    """The numbers behind a chart, as a table, as CSV and as JSON; `beside` draws what else there is to download."""
    columns, formats = table.copy(), {}
    for name, column in table.select_dtypes("float").items():
        largest = max(filter(math.isfinite, column.abs()), default=0.0)
        if largest > MOST:
            columns[name] = column.map(_scientific, na_action="ignore")
            formats[str(name)] = st.column_config.TextColumn(alignment="right")
        else:  # the default would round 10⁻¹⁰ to 0, and three digits would write 10¹⁰ with all its zeros
            formats[str(name)] = st.column_config.NumberColumn(format="scientific" if largest >= LARGE else "%.3g")
    st.dataframe(columns, hide_index=True, key=key, column_config=formats, placeholder="–")
    shown.table(file_name.removesuffix(".csv"), lambda: table)
    with st.container(horizontal=True):
        _download("CSV", lambda: table.to_csv(index=False), file_name, "text/csv", key)
        if beside:
            beside()
        else:
            _download("JSON", lambda: _json(table), file_name.replace(".csv", ".json"), "application/json", key)


def numbers_panel(title: str, make: Callable[[], shown.Columns], file_name: str, key: str, panel: str) -> None:
    """The same in a panel; made while that is open, and for the report."""
    place = st.expander(title, icon=":material/table:", key=panel, on_change="rerun")
    shown.table(file_name.removesuffix(".csv"), make)
    if place.open:
        with place:
            numbers(pd.DataFrame(make()), file_name, key)


def _download(kind: str, data: Callable[[], str], file_name: str, mime: str, key: str) -> None:
    """Written when it is asked for."""
    st.download_button(
        f"Download {kind}", data, file_name, mime, key=f"{key}_{kind.lower()}", icon=":material/download:",
        on_click="ignore",
    )  # fmt: skip


def _json(table: pd.DataFrame) -> str:
    return table_json([str(name) for name in table.columns], table.itertuples(index=False, name=None))


def _scientific(x: float) -> str:
    """As the browser writes it in the columns beside: 1.03E24."""
    mantissa, _, exponent = f"{x:.3e}".partition("e")
    return f"{float(mantissa):g}E{int(exponent)}" if exponent else mantissa
