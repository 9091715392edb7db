"""The pieces of a lesson: a question, its answer once predicted, the way into the app, and what a teacher needs."""

from collections.abc import Mapping
from typing import Final, TypeAlias

import streamlit as st

from initlab.comparison import Start
from initlab.experiments import Experiment
from initlab.lesson import Picture, Step, Told, letter, settings, told
from initlab.lessons import following
from initlab.race_presets import Race
from initlab.situations import Births, Contest, Copies, Directions, Networks, Situation
from initlab.situations import drawn as on_draws
from initlab.ui import compute_theory, lesson_pictures, link, navigation, panels, session, starts, state
from initlab.ui.fields import Value
from initlab.ui.lesson_progress import Answer, Here, go, notes_switch, score
from initlab.wording import counted
from initlab.worksheet import Answered, worksheet

PLACES: Final = {"explore": "Signal and gradient", "compare": "Compare starts", "symmetry": "Symmetry",
                 "isometry": "Isometry", "race": "Training race"}  # fmt: skip


Place: TypeAlias = tuple[str, Mapping[str, Value]]  # a page, and what to change on the way there


def heading(here: Here) -> None:
    """The title, and how far it is."""
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.title(here.lesson.title, anchor=False, width="content")
        right, answered = score(here.lesson)
        said = f" · {right} of {answered} predicted right" if answered else ""
        st.caption(f"Question {here.number} of {len(here.lesson.steps)}{said}", width="content")


def question(here: Here) -> None:
    """The situation, the question, the choices and the way on."""
    with st.container(key="lesson_question"):
        st.markdown(here.step.setting)
        st.header(here.step.question, anchor=False)
        if here.answer.right is None:
            _choices(here)
        else:
            st.markdown("  \n".join(_judged(here)))
    _buttons(here)
    st.caption(settings(here.situation))


def _choices(here: Here) -> None:
    key, answer = _choice_key(here), here.answer
    if answer.choice is not None:
        st.session_state[key] = answer.choice
    st.radio(
        "Your prediction", range(len(here.step.choices)), index=None, key=key,
        format_func=lambda choice: f"**{letter(choice)}** {here.step.choices[choice]}", label_visibility="collapsed",
        on_change=_choose, args=(answer, key),
    )  # fmt: skip


def _judged(here: Here) -> list[str]:
    """The choices once the network has answered: a check for the right one, a cross for another that was predicted."""
    right, lines = _told(here.step, here.situation).right, []
    for choice, text in enumerate(here.step.choices):
        line = f"**{letter(choice)}** {text}"
        if choice == right:
            line = f":material/check_circle: **{letter(choice)} {text}**"
        elif choice == here.answer.choice:
            line = f":material/cancel: {line} (predicted)"
        lines.append(line)
    return lines


def _choice_key(here: Here) -> str:
    return f"lesson_choice_{here.lesson.slug}_{here.number}"


def _choose(answer: Answer, key: str) -> None:
    answer.choice = st.session_state[key]


def _buttons(here: Here) -> None:
    """One key leads through a lesson: Alt and the right arrow reveal, then go on."""
    lesson, answer = here.lesson, here.answer
    with st.container(horizontal=True, vertical_alignment="center", key="lesson_buttons"):
        back = (lesson.slug, here.number - 1) if here.number > 1 else (state.OVERVIEW, 1)
        word = "Back" if here.number > 1 else "All lessons"
        st.button(word, key="lesson_back", shortcut="Alt+Left", on_click=go, args=back)
        if answer.right is None:
            st.button(
                "Reveal", type="primary", key="lesson_reveal", shortcut="Alt+Right", disabled=answer.choice is None,
                on_click=_reveal, args=(here,), help=None if answer.choice is not None else "Predict first",
            )  # fmt: skip
            if not here.last:
                st.button("Skip", type="tertiary", key="lesson_skip", on_click=go, args=(lesson.slug, here.number + 1))
            return
        after = following(lesson.slug)
        if not here.last:
            label, target = "Next question", (lesson.slug, here.number + 1)
        else:
            label, target = ("Next lesson", (after.slug, 1)) if after else ("All lessons", (state.OVERVIEW, 1))
        st.button(label, type="primary", key="lesson_next", shortcut="Alt+Right", on_click=go, args=target)


def _reveal(here: Here) -> None:
    """Callback: the prediction counts from now on, also one that arrives together with the click."""
    here.answer.choice = st.session_state.get(_choice_key(here), here.answer.choice)
    here.answer.asked = True


def judge(here: Here) -> None:
    """Hold the prediction against the network, once that was asked for; in no callback, because it may have to wait."""
    answer = here.answer
    if answer.asked and answer.right is None:
        answer.right = answer.choice == _told(here.step, here.situation).right


def _told(step: Step, situation: Situation) -> Told:
    return told(step, compute_theory.situation(situation))


def answer(here: Here) -> None:
    """Nothing but a question mark, until a prediction has been revealed; then the real computation."""
    if here.answer.right is None or here.answer.choice is None:
        with st.container(border=True, key="lesson_waiting"):
            st.header("?", anchor=False, text_alignment="center")
            st.caption("The network answers when you have predicted.", text_alignment="center")
        return
    with st.spinner("The network answers"):
        said = _told(here.step, here.situation)
        picture = lesson_pictures.drawn(here.step.picture, compute_theory.situation(here.situation))
    with st.container(border=True, key="verdict"):
        _verdict(here, said)
    if picture.legend:
        st.html(picture.legend)
    if picture.figure is None:
        st.caption(picture.reading)
    else:
        panels.chart(picture.title, picture.figure, picture.reading, "lesson_picture")
    found = compute_theory.situation(here.situation)
    panels.numbers_panel(
        "The numbers", lambda: lesson_pictures.numbers(found), "initlab-lesson.csv", "lesson_table", "lesson_numbers"
    )


def _verdict(here: Here, said: Told) -> None:
    hit = here.answer.choice == said.right
    icon = ":material/check_circle:" if hit else ":material/arrow_forward:"
    st.header(said.measured, icon=icon, anchor=False)
    right = f"**{letter(said.right)}** {here.step.choices[said.right]}"
    st.markdown(f"As predicted: {right}" if hit else f"Not as predicted. It is {right}")


def why(here: Here) -> None:
    """The formula with this network's numbers, why, and the way into the app."""
    if here.answer.right is None:
        return
    said = _told(here.step, here.situation)
    with st.container(border=True, key="lesson_why"):
        st.markdown(f"**{said.formula}**")
        st.markdown(said.why)
        if not said.usual:
            usual = f"{letter(here.step.answer)} {here.step.choices[here.step.answer]}"
            st.caption(f"This draw is unusual. On most draws the answer is {usual}, which the text explains.")
        with st.container(horizontal=True, vertical_alignment="center"):
            page, changes = destination(here.situation, here.step.picture)
            navigation.leave(
                st.container(width="content"), "lesson_try", page, f"Try it: {PLACES[page]}", ":material/science:",
                changes,
                help=f"The app in exactly this state; Back returns here{_where(here.situation)}",
            )  # fmt: skip
            st.button(
                "New draw", icon=":material/casino:", key="lesson_draw", on_click=_redraw,
                help="Other random numbers, the same question: does the answer hold?",
            )  # fmt: skip
    if here.last:
        st.markdown(f":material/bookmark: **To remember.** {here.lesson.remember}")


def _where(situation: Situation) -> str:
    """What a link cannot open."""
    return ". See the panel Born dead there" if isinstance(situation, Births) else ""


def _redraw() -> None:
    session.apply({"seed": (int(session.value("seed")) + 1) % 2**31})


def destination(situation: Situation, picture: Picture) -> Place:
    """The page that shows this situation, and the values that bring it there."""
    spec = situation.specs[0]
    lineup = tuple(Start.of(one) for one in situation.specs)
    match situation:
        case Networks(specs) if len(specs) > 1:
            return "compare", {**link.architecture_of(spec), "compare_starts": starts.written(lineup)}
        case Networks() if picture == "alike inputs":
            return "symmetry", {**link.values_of(spec), "symmetry_steps": 0}
        case Networks():
            return "explore", link.values_of(spec)
        case Copies(_, trial, steps):
            return "symmetry", link.experiment_of(Experiment("", spec, "", trial, steps, min(5, spec.depth)))
        case Contest(_, how):
            return "race", link.race_of(Race("", spec, lineup, "", how), how.seed)
        case Directions():
            return "isometry", {**link.values_of(spec), "isometry_partner": "Auto", "isometry_row": 1}
        case Births():
            return "symmetry", link.values_of(spec)


def teacher(here: Here) -> None:
    """The switch, the worksheet, and the notes where they are wanted."""
    lesson = here.lesson
    with st.container(horizontal=True, vertical_alignment="center", key="lesson_foot"):
        notes_switch()
        st.download_button(
            "Worksheet", lambda: _worksheet(here), f"initlab-{lesson.slug}.html", "text/html", key="lesson_worksheet",
            icon=":material/print:", on_click="ignore", help="To print: the questions, and the answers on a page apart",
        )  # fmt: skip
    if not st.session_state["lesson_notes"]:
        return
    with st.container(border=True, key="lesson_notes_card"):
        each = lesson.minutes / len(lesson.steps)
        st.markdown(f"**{lesson.minutes} minutes**, about {counted(round(each), 'minute')} a question.")
        expected, discuss = st.columns(2)
        expected.markdown("\n".join(["**Expect to hear**", *(f"* {text}" for text in lesson.misconceptions)]))
        discuss.markdown("\n".join(["**To discuss**", *(f"* {text}" for text in lesson.discuss)]))


def _worksheet(here: Here) -> str:
    seed, lesson = int(session.value("seed")), here.lesson
    steps = [(step, on_draws(step.situation, seed)) for step in lesson.steps]
    address = f"{(st.context.url or '').split('?')[0]}?lesson={lesson.slug}&seed={seed}"
    return worksheet(lesson, [Answered(step, asked, _told(step, asked)) for step, asked in steps], address)
