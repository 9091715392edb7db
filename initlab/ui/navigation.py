"""The pages, in menu order: title, frozen address, script, and which shared controls each draws."""

from collections.abc import Mapping
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Literal, TypeAlias

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitAPIException
from streamlit.navigation.page import StreamlitPage

from initlab.experiments import EXPERIMENTS
from initlab.pretrain_presets import PRESETS as PRETRAININGS
from initlab.ui import link, session
from initlab.ui.fields import Value

Controls: TypeAlias = Literal["Network", "Architecture", "None"]  # an architecture is a network without its start


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `url_path` is in links for ever; `section` is its heading in the top menu.

    `opening` is what differs from the defaults where a visit starts on this page without a query.
    """

    title: str
    url_path: str
    script: str
    section: str
    icon: str
    controls: Controls = "Network"
    opening: Mapping[str, Value] = field(default_factory=dict[str, Value])


CLASSIC: Final = link.pretraining_of(next(iter(PRETRAININGS.values())))
SYMMETRIC: Final = link.experiment_of(EXPERIMENTS["One row repeated"])  # the default network has no copies to show


PAGES: Final = (
    Page("Signal and gradient", "explore", "pages/explore/signal.py", "Explore", ":material/ssid_chart:"),
    Page("Compare starts", "compare", "pages/explore/compare.py", "Explore", ":material/compare:", "Architecture"),
    Page(
        "Symmetry", "symmetry", "pages/explore/symmetry.py", "Explore", ":material/content_copy:", opening=SYMMETRIC
    ),
    Page("Your own", "own", "pages/explore/own.py", "Explore", ":material/upload_file:"),
    Page("Phase diagram", "phase-diagram", "pages/theory/phase_diagram.py", "Theory", ":material/map:"),
    Page("Depth and gain", "depth-sweep", "pages/theory/depth_sweep.py", "Theory", ":material/grid_on:"),
    Page("Isometry", "isometry", "pages/theory/isometry.py", "Theory", ":material/open_in_full:"),
    Page("Training race", "race", "pages/training/race.py", "Training", ":material/sports_score:", "Architecture"),
    Page(
        "Pre-training", "pretraining", "pages/training/pretraining.py", "Training", ":material/layers:", "Architecture",
        CLASSIC,
    ),
    Page("Lessons", "lessons", "pages/learn/lessons.py", "Learn", ":material/school:", "None"),
    Page("The article, claim by claim", "article", "pages/learn/article.py", "Learn", ":material/fact_check:", "None"),
    Page("Chooser", "chooser", "pages/learn/chooser.py", "Learn", ":material/checklist:", "None"),
    Page("Catalogue", "catalogue", "pages/learn/catalogue.py", "Learn", ":material/menu_book:", "None"),
)  # fmt: skip


def announce() -> None:
    """Tell Streamlit, before there is any visitor, that the menu is ours.

    It ignores the `pages/` directory from the first call of `st.navigation` on, in all sessions. Until then it looks a
    link up in the old menu that the directory stands for, finds only scripts that lie flat in it, and greets whoever
    opened the link with "Page not found". No page can be made without a visitor; that the call has none is its only
    complaint.
    """
    with suppress(StreamlitAPIException):
        st.navigation([])


def current() -> tuple[Page, StreamlitPage]:
    """Draw the menu; the page the visitor is on, and its script to run.

    Streamlit serves its default page at `/` and nowhere else, so the first page is there twice: in the menu at `/`,
    and hidden under the `url_path` that links may use.
    """
    sections = {section: [copy(script) for script in scripts] for section, scripts in _menu().items()}
    chosen = st.navigation(sections, position="top")
    return next(page for page in PAGES if page.title == chosen.title), chosen


@cache
def _menu() -> dict[str, list[StreamlitPage]]:
    """The scripts by their headings: made with the first visitor, because looking for thirteen files takes longer than
    all that follows. Each run gets copies, as one of them is marked as the page that may run."""
    first = PAGES[0]
    alias = st.Page(first.script, title=first.title, url_path=first.url_path, visibility="hidden")
    sections: dict[str, list[StreamlitPage]] = {"": [alias]}
    for page in PAGES:
        address = None if page is first else page.url_path
        script = st.Page(page.script, title=page.title, icon=page.icon, url_path=address, default=page is first)
        sections.setdefault(page.section, []).append(script)
    return sections


def leave(
    place: DeltaGenerator, key: str, url_path: str, label: str, icon: str, changes: Mapping[str, Value],
    *, help: str | None = None, disabled: bool = False,
) -> None:  # fmt: skip
    """What opens another page in the state of the session with these `changes`; one Back returns.

    A link is one step of the browser's history; a button that switches pages is two. `panels.style` makes it look like
    a button.
    """
    script = next(page.script for page in PAGES if page.url_path == url_path)
    place.container(key=key).page_link(
        script, label=label, icon=icon, query_params=link.encode({**session.values(), **changes}),
        help=help, disabled=disabled, width="stretch",
    )  # fmt: skip
