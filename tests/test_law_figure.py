"""The picture of a law: bars of what was drawn, the density, single values of their own."""

import numpy as np
import plotly.graph_objects as go
import pytest
from pictures import layout, traces, words

from initlab.catalogue import drawn
from initlab.figures.law import law_figure
from initlab.figures.theme import DARK, LIGHT
from initlab.initializers import INITIALIZERS, recipe
from initlab.law_marginal import marginal


def picture(name: str, fans: tuple[int, int] = (64, 48), dark: bool = False):
    law = recipe(name).bound(recipe(name).complete({}), "Tanh")
    return law_figure(drawn(law, *fans, 0), marginal(law, *fans), dark)


@pytest.mark.parametrize("fans", [(64, 48), (1, 1), (2, 512)])
@pytest.mark.parametrize("name", INITIALIZERS)
def test_every_law_has_a_valid_picture_with_few_traces(name: str, fans: tuple[int, int]) -> None:
    figure = picture(name, fans)
    go.Figure(figure.to_dict())  # Plotly's own validation
    assert 1 <= len(traces(figure)) <= 3
    assert layout(figure).xaxis.range[0] < layout(figure).xaxis.range[1]
    assert len(figure.to_json() or "") < 20_000


@pytest.mark.parametrize("name", ["He normal", "Glorot uniform", "Orthogonal", "Sparse"])
def test_bars_and_line_have_the_area_that_single_values_leave(name: str) -> None:
    bars, line, *_ = traces(picture(name))
    law = marginal(recipe(name).bound(recipe(name).complete({})), 64, 48)
    width = bars.x[1] - bars.x[0]
    assert bars.y.sum() * width == pytest.approx(law.share, abs=2e-3)
    assert np.trapezoid(line.y, line.x) == pytest.approx(law.share, rel=0.02)


def test_a_value_with_a_probability_of_its_own_is_named_with_its_share() -> None:
    assert set(words(picture("Zeros"))) == {"100 % are 0"}
    assert {"98 % are 0", "1.6 % are 1"} == set(words(picture("Identity")))
    assert any(text.endswith("are 0") for text in words(picture("Sparse")))


@pytest.mark.parametrize(("dark", "look", "other"), [(False, LIGHT, DARK), (True, DARK, LIGHT)])
def test_the_picture_follows_the_theme(dark: bool, look, other) -> None:
    text = picture("Sparse", dark=dark).to_json() or ""
    assert look.ink in text
    assert other.ink not in text
