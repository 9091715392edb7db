"""The pieces of the page on the article: its claims by ruling, and the one that is looked at."""

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd
import streamlit as st

from initlab.article import ALL, CLAIMS, ICONS, TECHNIQUES, Claim, told
from initlab.dialects import calls
from initlab.lesson import settings
from initlab.ui import compute_theory, lesson_pictures, navigation, panels, session
from initlab.ui.lessons import PLACES, destination

GROUPS: Final[Mapping[str, Sequence[Claim]]] = {"Techniques": TECHNIQUES, "Claims": CLAIMS}


def chosen() -> Claim:
    """The claim of the link."""
    return ALL[str(session.value("article_claim"))]


def choices(claim: Claim) -> None:
    """All claims, each with the sign of its ruling."""
    for label, group in GROUPS.items():
        key = f"article_{label.lower()}"
        slugs = [one.slug for one in group]
        st.session_state[key] = claim.slug if claim.slug in slugs else None
        st.pills(label, slugs, key=key, format_func=_marked, on_change=_choose, args=(key,))


def _marked(slug: str) -> str:
    return f":material/{ICONS[ALL[slug].ruling]}: {ALL[slug].title}"


def _choose(key: str) -> None:
    """Callback; a second click on what is chosen changes nothing."""
    if st.session_state[key]:
        session.apply({"article_claim": st.session_state[key]})


def ruling(claim: Claim) -> None:
    """What the article says, the ruling, and the numbers it rests on."""
    with st.spinner("The networks answer"):
        found = compute_theory.situation(claim.situation)
        said = told(claim, found)
        picture = lesson_pictures.drawn(claim.picture, found)
    with st.container(border=True, key="verdict"):
        st.caption(f"The article says: {claim.says}")
        panels.headline(claim.ruling, said.finding, ICONS[claim.ruling])
        with st.container(horizontal=True, vertical_alignment="center"):
            page, changes = destination(claim.situation, claim.picture)
            navigation.leave(
                st.container(width="content"), "article_try", page, f"Try it: {PLACES[page]}", ":material/science:",
                changes, help="The app in exactly this state; Back returns here",
            )  # fmt: skip
        st.caption(settings(claim.situation))
    if claim.init:
        st.markdown(f"**{claim.init} in Keras**")
        st.code(f"kernel_initializer={calls(claim.init, claim.params)['Keras']}", language=None)
    if picture.figure is None:
        st.caption(picture.reading)
    else:
        panels.chart(picture.title, picture.figure, picture.reading, "article_picture")
    panels.numbers_panel(
        "The numbers", lambda: lesson_pictures.numbers(found), "initlab-claim.csv", "article_numbers", "article_panel"
    )


def all_rulings() -> None:
    """Every claim in one table."""
    st.markdown("**All claims**")
    rows = [{"claim": one.title, "the article says": one.says, "ruling": one.ruling} for one in ALL.values()]
    panels.numbers(pd.DataFrame(rows), "initlab-article.csv", "article_table")
