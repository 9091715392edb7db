"""How layers are pre-trained: validated once, and the same thing as the parameters of the recipe."""

from dataclasses import fields

import pytest

from initlab.initializers import recipe
from initlab.pretrain_spec import CHOICES, PARAMETERS, PREFIX, PretrainSpec, of_parameters, parameters_of


def test_the_defaults_are_the_classic_settings() -> None:
    how = PretrainSpec()
    assert [how.masked(layer) for layer in range(3)] == [0.1, 0.2, 0.3]
    assert (how.weights, how.reconstruction, how.optimizer) == ("Tied", "Cross-entropy", "SGD")


def test_no_layer_is_left_without_inputs() -> None:
    assert PretrainSpec(corruption=0.1, corruption_rise=0.3).masked(5) == 0.5
    assert PretrainSpec(corruption=0.7, corruption_rise=0.1).masked(5) == 0.7
    assert PretrainSpec(corruption=0.0, corruption_rise=0.0).masked(100) == 0.0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"corruption": 1.0}, "corruption must be a number from 0 to 0.9; received 1.0"),
        ({"corruption_rise": float("nan")}, "corruption rise must be a number from 0 to 0.9"),
        ({"rate": 0.0}, "rate must be a number from 0.0001 to 10"),
        ({"epochs": 2.5}, "epochs .whole. must be a number from 1 to 1000"),
        ({"batch": 0}, "batch must be a number from 1 to 2048"),
        *(({name: "none"}, ", ".join(choices)) for name, choices in CHOICES.items()),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_rule(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        PretrainSpec(**given)  # type: ignore[arg-type]


def test_the_parameters_of_the_recipe_are_its_fields_with_its_defaults() -> None:
    assert {p.name.removeprefix(PREFIX) for p in PARAMETERS} == {field.name for field in fields(PretrainSpec)}
    assert of_parameters({p.name: p.default for p in PARAMETERS}) == PretrainSpec()
    assert recipe("Greedy pre-training").parameters == PARAMETERS


def test_every_value_a_slider_can_have_is_one_the_spec_takes_and_gives_back() -> None:
    for parameter in PARAMETERS:
        for value in parameter.choices or parameter.grid or (parameter.minimum, parameter.maximum):
            values = {**parameters_of(PretrainSpec()), parameter.name: value}
            assert parameters_of(of_parameters(values)) == values
