"""The chooser: what it advises is healthy, its reasons are true, and it says so where no start helps."""

import pytest
from visits import charts, follow, shown_spec, visit

from initlab.activations import ACTIVATIONS
from initlab.chooser import REASONS, about_biases, advice
from initlab.diagnosis import healthy
from initlab.spec import NetworkSpec
from initlab.ui.state import CHOOSER_DEPTHS


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_what_is_advised_is_healthy_on_three_draws_and_its_reason_is_given(activation: str) -> None:
    found = advice(activation, 10)
    assert not found.findings
    assert healthy(found.spec)
    assert found.why.startswith(REASONS[activation])
    assert found.row["then"] == "healthy on three draws"


@pytest.mark.stress
@pytest.mark.parametrize("normalization", ["None", "Batch", "Layer"])
@pytest.mark.parametrize("depth", CHOOSER_DEPTHS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_chooser_knows_a_start_everywhere(activation: str, depth: int, normalization: str) -> None:
    found = advice(activation, depth, normalization)
    assert not found.findings
    assert found.headline.startswith("Use ")


def test_the_rule_of_thumb_is_kept_where_it_holds() -> None:
    starts = {name: advice(name, 5).spec.init for name in ("ReLU", "Tanh", "SELU", "Linear")}
    assert starts == {"ReLU": "He normal", "Tanh": "Glorot normal", "SELU": "LeCun normal", "Linear": "Glorot normal"}


def test_a_deep_sigmoid_network_needs_more_than_a_start() -> None:
    found = advice("Sigmoid", 20)
    assert found.changed == ("activation",)
    assert found.headline == "Use Glorot normal with Tanh"
    assert advice("Sigmoid", 2).changed == ()


def test_normalization_may_be_what_has_to_go() -> None:
    found = advice("ReLU", 50, "Batch")
    assert "no normalization" in found.headline
    assert found.spec.normalization == "None"


def test_zero_biases_are_shown_to_move() -> None:
    assert "64 of 64 distinct" in about_biases(NetworkSpec("He normal", depth=3, width=64, batch=32))
    assert "1 of 64 distinct" in about_biases(NetworkSpec("Zeros", depth=3, width=64, batch=32))


def test_the_page_answers_and_opens_the_laboratory_in_that_state() -> None:
    app = visit({"chooser_activation": "Tanh", "chooser_depth": "5"}, page="chooser")
    assert app.header[0].value == "Use Glorot normal"
    assert "chooser_rms" in charts(app)
    follow(app)
    assert shown_spec(app) == advice("Tanh", 5).spec


def test_the_table_of_all_activations_opens_on_request() -> None:
    app = visit({"chooser_depth": "1"}, page="chooser", chooser_all=True)
    assert len(app.dataframe[0].value) == len(ACTIVATIONS)
