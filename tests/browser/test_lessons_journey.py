"""One full lesson in a real Chromium by keyboard alone, and its worksheet on paper."""

from pathlib import Path

from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from benchmarks.browser import settled
from initlab.lessons import LESSONS
from tests.browser.conftest import NewPage

FIRST, SECOND = list(LESSONS.values())[:2]
FOCUSED = "() => document.activeElement.type ?? ''"
WORDS = "() => document.activeElement.innerText ?? ''"
MOST_TABS = 40


def tab_to_choices(page: Page) -> None:
    """With the keyboard, as far as it takes."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == "radio":
            return
    raise AssertionError("no choice can be reached with the tab key")


def predict(page: Page, key: str) -> None:
    """From the first choice, the last one with the arrow up and the second with the arrow down."""
    tab_to_choices(page)
    page.keyboard.press(key)
    page.locator("button:enabled", has_text="Reveal").wait_for()
    settled(page)


def tab_to(page: Page, word: str) -> None:
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if word in page.evaluate(WORDS):
            return
    raise AssertionError(f"{word} cannot be reached with the tab key")


def forward(page: Page) -> None:
    page.keyboard.press("Alt+ArrowRight")
    settled(page)


def test_a_lesson_goes_by_keyboard_alone_from_the_overview_to_its_printed_worksheet(
    new_page: NewPage, browser: Browser, tmp_path: Path
) -> None:
    page = new_page("/lessons")
    forward(page)
    page.get_by_role("heading", name=FIRST.steps[0].question).wait_for()
    assert page.get_by_role("button", name="Reveal").is_disabled()
    predict(page, "ArrowUp")
    assert page.get_by_role("radio").last.is_checked()
    assert not page.locator(".js-plotly-plot").count(), "nothing is shown before the prediction is revealed"
    forward(page)  # which must not move the radio that has the focus
    page.get_by_text("As predicted").wait_for()
    assert settled(page).locator(".js-plotly-plot").count() == 1
    forward(page)
    page.get_by_role("heading", name=FIRST.steps[1].question).wait_for()
    page.wait_for_url("**lesson_step=2&**")
    predict(page, "ArrowDown")
    forward(page)
    page.get_by_text(f"{FIRST.steps[1].choices[1]} (predicted)").wait_for()
    page.get_by_text("1 of 2 predicted right").wait_for()
    tab_to(page, "Worksheet")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    html = Path(download.value.path()).read_text(encoding="utf-8")
    forward(page)
    page.get_by_role("heading", name=SECOND.title).wait_for()
    page.keyboard.press("Alt+ArrowLeft")
    page.wait_for_url("**lesson=all&**")
    printed(browser, html, tmp_path / "worksheet.pdf")


def printed(browser: Browser, html: str, target: Path) -> None:
    """The questions come first, the answers on another page."""
    with browser.new_context() as context:
        page = context.new_page()
        page.set_content(html)
        page.pdf(path=target, prefer_css_page_size=True)
    texts = [" ".join(page.extract_text().split()) for page in PdfReader(target).pages]
    assert len(texts) >= 2
    start = next(k for k, text in enumerate(texts) if "Answers:" in text)
    questions, answers = " ".join(texts[:start]), " ".join(texts[start:])
    for step in FIRST.steps:
        assert step.question in questions
        assert all(choice in questions for choice in step.choices)
    assert "32 times larger." in answers
    assert "32 times larger." not in questions
    assert f"lesson={FIRST.slug}" in questions
