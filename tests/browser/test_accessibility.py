"""What axe finds on the pages: nothing of ours, and of Streamlit's own DOM only what is listed here and counted."""

import re
from collections import Counter
from typing import Final, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from sampling import sampled

from benchmarks.browser import settled
from initlab.ui.navigation import PAGES
from tests.browser.conftest import NewPage

UPLOADER: Final = (
    '<section role="presentation" tabindex="-1" data-testid="stFileUploaderDropzone" aria-label="{}" aria-disabled='
)
ALLOWED: Final = {  # rule and element: how many at most, on any page
    'list: <ul data-testid="stSidebarNavItems">': 1,  # Streamlit's menu on a phone wraps its sections
    "listitem: <li>": len(PAGES),
    **{
        f"presentation-role-conflict: {UPLOADER.format(label)[:120]}": 1
        for label in ("Your data (.csv)", "Your weights (.npz)")
    },
}
PANELS: Final = ("Inspect one layer", "Why √n? One neuron", "All numbers")
TALL: Final = 3600  # axe judges colours only where they are on the screen


def faults(page: Page) -> Counter[str]:
    """Violations by rule and element, once what was pale because it was being drawn anew has its colour back."""
    page.wait_for_function("() => document.getAnimations().length === 0")
    found = Axe().run(page).response["violations"]
    return Counter(f"{rule['id']}: {bare(node['html'])}" for rule in found for node in rule["nodes"])


def bare(html: str) -> str:
    """The element without its generated classes."""
    return re.sub(r' class="[^"]*"', "", html)[:120]


def open_everything(page: Page) -> Page:
    for title in PANELS:
        settled(page).get_by_text(title, exact=True).click()
    opener = page.get_by_test_id("stExpandSidebarButton")
    if opener.is_visible():
        opener.click()
    page.get_by_text("More", exact=True).click()
    return settled(page)


@pytest.mark.parametrize(
    ("scheme", "width"),
    [
        ("dark", 390),
        *(pytest.param(*rest, marks=pytest.mark.stress) for rest in (("light", 390), ("light", 1440), ("dark", 1440))),
    ],
)  # fmt: skip
def test_axe_finds_nothing_of_ours_with_everything_open(
    new_page: NewPage, scheme: Literal["light", "dark"], width: int
) -> None:
    page = open_everything(new_page(width=width, height=TALL, color_scheme=scheme))
    assert faults(page) <= Counter(ALLOWED)


@pytest.mark.stress
@pytest.mark.parametrize(
    ("path", "panel", "width", "scheme"),
    [
        ("/compare", "Every layer", 1440, "light"),
        ("/symmetry", "All numbers", 1440, "dark"),
        ("/own?own_example=Both", "What was read", 390, "dark"),
        ("/own", "All numbers", 1440, "light"),
        ("/pretraining", "Every epoch", 1440, "light"),
        ("/catalogue", "Gains of activations", 1440, "dark"),
        ("/catalogue?catalogue_init=Sparse", "Gains of activations", 390, "light"),
        (
            "/pretraining?dataset=Iris&depth=1&width=8&pretraining_tune_epochs=1&pretraining_race=True",
            "Every epoch",
            390,
            "dark",
        ),
    ],
)
def test_axe_finds_nothing_of_ours_on_the_pages_of_several_networks(
    new_page: NewPage, path: str, panel: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    page = new_page(path, width=width, height=TALL, color_scheme=scheme)
    page.get_by_text(panel, exact=True).click()
    assert faults(settled(page)) <= Counter(ALLOWED)


@pytest.mark.stress
@pytest.mark.parametrize(
    ("path", "scheme", "query"),
    [
        (page.url_path, *look)
        for look in (("light", ""), ("dark", ""), ("light", "?embed=true"), ("dark", "?present=1"))
        for page in PAGES
    ],
)
def test_axe_finds_nothing_of_ours_on_any_page(
    new_page: NewPage, path: str, scheme: Literal["light", "dark"], query: str
) -> None:
    page = new_page(f"/{path}{query}", height=TALL, color_scheme=scheme)
    assert faults(page) <= Counter(ALLOWED)


@pytest.mark.stress
@pytest.mark.parametrize("query", sampled(["", "?init=Glorot+normal&activation=ReLU"]))
def test_axe_finds_nothing_of_ours_on_a_page_as_it_opens(new_page: NewPage, query: str) -> None:
    page = new_page("/" + query, height=TALL)
    assert faults(page) <= Counter(ALLOWED)
    page.evaluate("() => document.querySelector('[data-testid=stMain]').append(new Image())")
    assert faults(page).keys() == {"image-alt: <img>"}, "axe is awake"
