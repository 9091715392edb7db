"""The panel of born-dead networks on the symmetry page: its numbers, and where it does not apply."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from visits import alternative_texts, captions, link_to, visit

from initlab.born_dead import born_dead
from initlab.datasets import load
from initlab.spec import NetworkSpec


def opened(spec: NetworkSpec) -> AppTest:
    """The symmetry page with the panel open."""
    app = visit(link_to(spec) | {"symmetry_steps": "0"}, page="symmetry", born_dead_panel=True)
    assert not app.exception
    return app


def test_the_panel_of_born_dead_networks_shows_the_formula_and_drawn_networks_for_the_sidebars_sizes() -> None:
    spec = NetworkSpec(depth=6, width=3, batch=32)
    app = opened(spec)
    found = born_dead(spec, load("Digits", rows=32).inputs)
    assert alternative_texts(app)["born_dead"] == found.reading
    (table,) = [frame.value for frame in app.dataframe if "formula, one input" in frame.value]
    np.testing.assert_allclose(table["formula, one input"], found.expected)
    assert found.one
    np.testing.assert_array_equal(table["drawn, one input"], found.one.share)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (NetworkSpec(activation="Tanh", depth=4, width=3, batch=32), "Not with Tanh: only ReLU's output and slope"),
        (NetworkSpec(depth=4, width=64, batch=32), "No feasible number of draws would show it"),
        (NetworkSpec("Ones", depth=4, width=3, batch=32), "those of He normal stand in"),
        (NetworkSpec("PyTorch default", depth=4, width=3, batch=32), "without biases, which can bring a silent layer"),
    ],
)
def test_the_panel_says_where_it_does_not_apply_and_what_it_leaves_out(spec: NetworkSpec, said: str) -> None:
    app = opened(spec)
    assert said in " ".join([*captions(app), *(text.value for text in app.markdown)])
