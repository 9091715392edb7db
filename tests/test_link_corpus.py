"""The frozen corpus of links: every one still opens what it opened when it was saved."""

from urllib.parse import parse_qs

import pytest
from link_corpus import CORPUS, SavedLink

from initlab.ui.link import decode, encode, spec_of


@pytest.mark.parametrize("link", CORPUS, ids=lambda link: link.query[:60] or "(empty)")
def test_a_saved_link_still_means_what_it_meant(link: SavedLink) -> None:
    values, notes = decode(parse_qs(link.query, keep_blank_values=True))
    spec, mended = spec_of(values)
    assert spec == link.spec
    assert bool(notes or mended) == link.notes
    assert {name: values[name] for name in link.view} == link.view


@pytest.mark.parametrize("link", CORPUS, ids=lambda link: link.query[:60] or "(empty)")
def test_the_link_that_the_app_makes_of_it_opens_the_same_without_a_word(link: SavedLink) -> None:
    values, _ = decode(parse_qs(link.query, keep_blank_values=True))
    again, notes = decode({name: [text] for name, text in encode(values).items()})
    assert (again, notes) == (values, [])


def test_the_corpus_is_large_and_no_link_is_in_it_twice() -> None:
    assert len({link.query for link in CORPUS}) == len(CORPUS) >= 25
    assert sum(link.notes for link in CORPUS) >= 8
