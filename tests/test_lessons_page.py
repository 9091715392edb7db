"""The lessons page without a browser: overview, prediction before the picture, score, and links of strangers."""

from streamlit.testing.v1 import AppTest
from visits import alternative_texts, captions, charts, notes, visit

from initlab.lessons import LESSONS

PAGE = "lessons"
SMALL = LESSONS["too-small"]


def lessons(query: dict[str, str] | None = None, theme: str = "light") -> AppTest:
    app = visit(query, theme, page=PAGE)
    assert not app.exception
    return app


def predict(app: AppTest, choice: int) -> AppTest:
    app.radio[0].set_value(choice).run()
    app.button(key="lesson_reveal").click().run()
    assert not app.exception
    return app


def test_the_overview_lists_every_lesson_and_begins_with_the_first() -> None:
    app = lessons()
    labels = {button.label for button in app.button}
    assert {lesson.title for lesson in LESSONS.values()} <= labels
    assert not charts(app)
    app.button(key="lessons_start").click().run()
    assert app.title[0].value == next(iter(LESSONS.values())).title


def test_a_lesson_from_the_first_prediction_to_the_next_question() -> None:
    app = lessons({"lesson": SMALL.slug})
    assert app.title[0].value == SMALL.title
    assert app.header[0].value == SMALL.steps[0].question
    assert not charts(app), "the picture would give the answer away"
    assert app.button(key="lesson_reveal").disabled
    predict(app, 0)
    assert list(charts(app)) == ["lesson_picture"]
    assert app.header[1].value.endswith("of it is left.")
    assert all(alternative_texts(app).values())
    assert any("√(128 · 0.01²) = 0.113" in text.value for text in app.markdown)
    (try_it,) = (found.proto for found in app.get("page_link"))
    assert "stddev=0.01" in try_it.query_string
    assert f"lesson={SMALL.slug}" in try_it.query_string
    app.button(key="lesson_next").click().run()
    assert app.header[0].value == SMALL.steps[1].question
    assert not charts(app)
    predict(app, 3)
    assert any(text.endswith("1 of 2 predicted right") for text in captions(app))
    assert any("Not as predicted" in text.value for text in app.markdown)
    app.button(key="lesson_draw").click().run()
    assert app.query_params["seed"] == "1"
    assert list(charts(app)) == ["lesson_picture"]
    app.button(key="lesson_back").click().run()
    assert app.header[0].value == SMALL.steps[0].question
    assert list(charts(app)) == ["lesson_picture"], "what was revealed stays so"
    app.button(key="lesson_back").click().run()
    assert any("1 of 3 predicted right." in text for text in captions(app))


def test_a_link_can_switch_the_teachers_notes_on() -> None:
    app = lessons({"lesson": "zzz", "lesson_notes": "True"})
    assert any("For the teacher" in text.value for text in app.markdown)
    app = lessons({"lesson": SMALL.slug, "lesson_notes": "True"}, "dark")
    shown = " ".join(text.value for text in app.markdown)
    assert all(text in shown for text in (*SMALL.misconceptions, *SMALL.discuss))


def test_a_hostile_link_opens_the_nearest_thing_and_says_so() -> None:
    app = lessons({"lesson": "<script>alert(1)</script>", "lesson_step": "1e9"})
    assert app.title[0].value == "What will this network do?"
    assert "lesson" in notes(visit({"lesson": "<script>"}))
    app = lessons({"lesson": SMALL.slug, "lesson_step": "1e9"})
    assert app.header[0].value == SMALL.steps[-1].question
