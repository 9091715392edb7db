"""Every rejected value is answered with the rule, what arrived and what would do."""

import numpy as np
import pytest

from initlab import ACTIVATIONS, DATASETS, INITIALIZERS, draw
from initlab.activations import activation
from initlab.datasets import SCALINGS, load
from initlab.errors import invalid, out_of_range, unknown
from initlab.losses import LOSS_NAMES, resolve


def test_an_unknown_name_is_answered_with_every_choice_in_the_order_given() -> None:
    message = str(unknown("fruit", "stone", ["pear", "apple"]))
    assert message == "unknown fruit 'stone'; choose one of pear, apple"


def test_a_value_out_of_range_is_answered_with_both_bounds() -> None:
    assert str(out_of_range("gain", -3, 0.1, 1e6)) == "gain must be a number from 0.1 to 1e+06; received -3"


def test_a_broken_rule_is_answered_with_what_arrived_and_the_remedy() -> None:
    assert str(invalid("rows must be even", 3, "drop one")) == "rows must be even; received 3; drop one"


def _draw(name: str) -> object:
    return draw(name, np.random.default_rng(0), 2, 2)


@pytest.mark.parametrize(
    ("what", "ask", "choices"),
    [
        ("initializer", _draw, INITIALIZERS),
        ("activation", activation, ACTIVATIONS),
        ("data set", load, DATASETS),
        ("scaling", lambda name: load("Iris", name), SCALINGS),
        ("loss", lambda name: resolve(name, None), LOSS_NAMES),
    ],
)
@pytest.mark.parametrize("name", ["tahn", "", "TANH", "<script>"])
def test_every_table_names_what_was_asked_and_all_it_has(what: str, ask, choices, name: str) -> None:
    with pytest.raises(ValueError, match=f"^unknown {what} ") as caught:
        ask(name)
    assert repr(name) in str(caught.value)
    assert str(caught.value).split("choose one of ")[1] == ", ".join(choices)
