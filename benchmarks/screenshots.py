"""Pictures of every page, on a projector and on a phone, light and dark, written to `docs/`; the README shows one."""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Browser, ViewportSize

from benchmarks.browser import ROOT, chromium, serving, settled, visit
from initlab.ui.navigation import PAGES

HALL: Final = ViewportSize(width=1920, height=1080)
PHONE: Final = ViewportSize(width=390, height=844)
FOLDER: Final = ROOT / "docs"


@dataclass(frozen=True, slots=True)
class View:
    """One way of looking at a page; `suffix` ends the name of its picture."""

    suffix: str
    viewport: ViewportSize
    color_scheme: Literal["light", "dark"]


VIEWS: Final = (
    View("light", HALL, "light"), View("dark", HALL, "dark"), View("phone", PHONE, "light"),
    View("phone-dark", PHONE, "dark"),
)  # fmt: skip


def picture(browser: Browser, url: str, view: View, target: Path) -> None:
    """Open `url` as `view` says and write what is on the screen once it has settled."""
    with browser.new_context(viewport=view.viewport, color_scheme=view.color_scheme) as context:
        page = context.new_page()
        page.goto(url)
        settled(page)
        if page.get_by_role("dialog").count():
            sys.exit(f"{url} opens with a dialog: {page.get_by_role('dialog').first.inner_text()}")
        page.evaluate("() => document.fonts.ready")
        page.screenshot(path=target, animations="disabled")
    print(target.relative_to(ROOT))


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(ROOT / "app.py", Path(folder) / "app.log") as server,
        chromium() as browser,
    ):
        visit(browser, server)
        for page in PAGES:
            for view in VIEWS:
                target = FOLDER / f"{page.url_path}-{view.suffix}.png"
                picture(browser, f"{server.url}/{page.url_path}", view, target)


if __name__ == "__main__":
    main()
