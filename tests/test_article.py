"""The article, claim by claim: every ruling is put to the test again, on several draws."""

from collections import Counter

import pytest
from visits import captions, charts, follow, shown_spec, visit

from initlab.article import ALL, CLAIMS, ICONS, TECHNIQUES, Claim, told
from initlab.initializers import INITIALIZERS
from initlab.situations import Contest, Copies, Networks, drawn, found
from initlab.ui.lessons import destination

SLOW = {"pre-training", "faster", "accurate", "overfit"}  # they train
claims = pytest.mark.parametrize("claim", ALL.values(), ids=ALL)


@claims
def test_every_ruling_stands_on_the_numbers_it_quotes(claim: Claim) -> None:
    said = told(claim, found(claim.situation))
    assert said.holds, said.numbers
    assert "{" not in said.finding
    assert "not a number" not in said.finding


@pytest.mark.parametrize(
    "claim", [pytest.param(one, marks=pytest.mark.stress) if slug in SLOW else one for slug, one in ALL.items()]
)
@pytest.mark.parametrize("seed", [7, pytest.param(8, marks=pytest.mark.stress)])
def test_another_draw_bears_the_ruling_out(claim: Claim, seed: int) -> None:
    assert told(claim, found(drawn(claim.situation, seed))).holds


def test_a_ruling_can_fall() -> None:
    claim, healthy = ALL["too-small"], Networks((ALL["he-normal"].situation.specs[0],))
    assert not told(claim, found(healthy)).holds


@claims
def test_who_tries_a_claim_lands_on_its_own_network(claim: Claim) -> None:
    """A page shows one architecture: all networks of a claim must share it."""
    specs = claim.situation.specs
    assert len({(one.activation, one.depth, one.width, one.dataset, one.shape) for one in specs}) == 1
    page, changes = destination(claim.situation, claim.picture)
    assert changes["depth"] == specs[0].depth
    expected = {Copies: "symmetry", Contest: "race", Networks: "compare" if len(specs) > 1 else "explore"}
    assert page == expected[type(claim.situation)]


def test_every_technique_of_the_article_is_there_with_its_start() -> None:
    assert [claim.init for claim in TECHNIQUES] == [
        "Zeros", "Constant", "Random normal", "Random uniform", "Glorot uniform", "Glorot normal", "He uniform",
        "He normal", "Greedy pre-training",
    ]  # fmt: skip
    assert all(claim.init in INITIALIZERS for claim in TECHNIQUES)
    assert len(ALL) == len(TECHNIQUES) + len(CLAIMS)


def test_not_everything_is_confirmed() -> None:
    assert Counter(claim.ruling for claim in ALL.values()).keys() == ICONS.keys()


def test_the_page_opens_on_a_claim_that_is_half_true_and_leads_into_the_laboratory() -> None:
    app = visit({}, page="article")
    assert app.header[0].value == "Half true"
    assert "article_picture" in charts(app)
    app.pills(key="article_techniques").select("he-uniform").run()
    assert app.header[0].value == "Confirmed"
    assert any("It is made for ReLU" in text for text in captions(app))
    follow(app)
    assert shown_spec(app).activation == "ReLU"


def test_a_claim_that_nobody_made_opens_the_default() -> None:
    app = visit({"article_claim": "<script>"}, page="article")
    assert not app.exception
    assert app.header[0].value == "Half true"
