"""The overview of the lessons: five chapters, what each comes to, and where to begin."""

import streamlit as st

from initlab.lesson import Chapter, Lesson
from initlab.lessons import CHAPTERS, LESSONS
from initlab.ui.lesson_progress import go, notes_switch, score
from initlab.wording import counted


def overview() -> None:
    """All lessons, and where to begin."""
    done = [score(lesson) for lesson in LESSONS.values()]
    right, answered = (sum(counts) for counts in zip(*done, strict=True))
    _begin(right, answered)
    left, other = st.columns(2)
    for index, chapter in enumerate(CHAPTERS):
        with (left, other)[_side(index)]:
            _chapter(index, chapter)
    notes_switch()
    if st.session_state["lesson_notes"]:
        st.markdown(
            "**For the teacher.** Every question is answered by a network that runs here and now; on another draw "
            "(the button under an answer) its digits change and its answer stays. Project the question, let the room "
            "choose A, B or C, then reveal. The address bar always holds the question that is shown."
        )


def _side(index: int) -> int:
    """The column of a chapter, so that both are about as long."""
    return index % 2


def _begin(right: int, answered: int) -> None:
    open_ones = [one for one in LESSONS.values() if score(one)[1] < len(one.steps)]
    lesson = open_ones[0] if open_ones else next(iter(LESSONS.values()))
    minutes = sum(one.minutes for one in LESSONS.values())
    with st.container(border=True, key="lessons_begin"):
        words, action = st.columns([5, 2], vertical_alignment="center")
        with words:
            st.header("Predict first. Then the network answers.", anchor=False)
            said = f"{right} of {answered} predicted right so far." if answered else (
                f"{len(LESSONS)} lessons, {minutes} minutes in all. Every answer is computed when you ask for it."
            )  # fmt: skip
            st.markdown(said)
        action.button(
            f"{'Go on' if answered else 'Begin'}: {lesson.title}", type="primary", key="lessons_start", width="stretch",
            on_click=go, args=(lesson.slug,), shortcut="Alt+Right",
        )  # fmt: skip


def _chapter(index: int, chapter: Chapter) -> None:
    with st.container(border=True, key=f"lessons_chapter_{index}"):
        st.subheader(chapter.title, anchor=False)
        st.markdown(f"**{chapter.line}**")
        for lesson in chapter.lessons:
            with st.container(gap=None, key=f"lessons_row_{lesson.slug}"):
                st.button(
                lesson.title, type="tertiary", key=f"lessons_open_{lesson.slug}", on_click=go, args=(lesson.slug,),
                icon=":material/check_circle:" if score(lesson)[1] == len(lesson.steps) else ":material/play_circle:",
            )  # fmt: skip
                st.caption(f"{lesson.line} {_progress(lesson)}")


def _progress(lesson: Lesson) -> str:
    right, answered = score(lesson)
    if answered:
        return f"{right} of {len(lesson.steps)} predicted right."
    return f"{counted(len(lesson.steps), 'question')}, {lesson.minutes} min."
