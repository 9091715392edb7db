"""Where starts lie in the plane: as far out as their drawn weights scatter, and said where the place means little."""

from typing import Any, Final

import numpy as np
import pytest
from designed import MENU as DESIGNED

from initlab import draw, draw_bias
from initlab.landmarks import Place, at_place, here, landmarks, without_place
from initlab.phase import WEIGHTS
from initlab.spec import NetworkSpec
from initlab.ui.phase import SCALES
from initlab.ui.starts import GAINS, MENU

FULL_NAMES: Final = {"Glorot": "Glorot uniform", "He": "He normal", "LeCun": "LeCun normal"}


@pytest.mark.parametrize("width", [64, 256])
def test_a_landmark_lies_where_its_drawn_weights_and_biases_scatter(width: int) -> None:
    rng = np.random.default_rng(0)
    for names, place in landmarks(width, "Tanh"):
        for name in names:
            weights = draw(FULL_NAMES.get(name, name), rng, width, width, activation="Tanh")
            biases = np.concatenate([
                draw_bias(FULL_NAMES.get(name, name), rng, width, width, activation="Tanh") for _ in range(20)
            ])  # fmt: skip
            assert width * np.mean(weights**2) == pytest.approx(place.weight, rel=6 / width, abs=1e-9)
            assert np.mean(biases**2) == pytest.approx(place.bias, rel=4 * (2 / len(biases)) ** 0.5)


@pytest.mark.parametrize("width", [1, 2, 128, 1024])
def test_square_layers_put_the_named_initializers_where_the_books_do(width: int) -> None:
    places = {name: place for names, place in landmarks(width, "Tanh") for name in names}
    assert places["LeCun"] == places["Glorot"] == places["Orthogonal"] == Place(1.0, 0.0)
    assert places["He"] == Place(2.0, 0.0)
    assert places["Zeros"] == Place(0.0, 0.0)
    assert places["PyTorch default"] == pytest.approx(Place(1 / 3, 1 / (3 * width)))
    assert places["scikit-learn default"] == pytest.approx(Place(1.0, 1 / width))
    assert places["Random normal"] == pytest.approx(Place(width * 0.05**2, 0.0))


def test_every_initializer_is_a_landmark_or_said_to_have_no_place() -> None:
    named = {name for names, _ in landmarks(128, "Tanh") for name in names} | set(without_place())
    assert {FULL_NAMES.get(name, name) for name in named} | {"Variance scaling"} >= set(MENU) - {
        "Glorot normal", "He uniform", "LeCun uniform",
    }  # fmt: skip
    without = tuple(name for name in without_place() if name in DESIGNED)
    assert without == ("Constant", "Greedy pre-training", "Ones", "Identity", "LSUV")


def test_scikit_learn_starts_sigmoid_closer_to_zero() -> None:
    places = {name: place for names, place in landmarks(128, "Sigmoid") for name in names}
    assert places["scikit-learn default"] == pytest.approx(Place(1 / 3, 1 / 384))


@pytest.mark.parametrize(("spec", "layer", "fans"), [
    (NetworkSpec(depth=10, width=128), 2, (128, 128)),
    (NetworkSpec(depth=1, width=128), 1, (64, 128)),
    (NetworkSpec(depth=1, width=64), 1, (64, 64)),
    (NetworkSpec(depth=3, width=96, shape="Funnel"), 2, (96, 48)),
    (NetworkSpec(depth=40, width=16, shape="Funnel"), 3, (15, 15)),
])  # fmt: skip
def test_the_network_is_placed_by_its_first_square_hidden_layer(
    spec: NetworkSpec, layer: int, fans: tuple[int, int]
) -> None:
    found = here(spec)
    assert (found.layer, found.fans) == (layer, fans)
    assert any("No hidden layer is square" in doubt for doubt in found.doubts) == (fans[0] != fans[1])


def test_gain_counts_twice_and_biases_of_the_sidebar_replace_the_laws_own() -> None:
    assert here(NetworkSpec("LeCun normal", gain=2.0)).place == pytest.approx(Place(4.0, 0.0))
    assert here(NetworkSpec("PyTorch default", width=64)).place == pytest.approx(Place(1 / 3, 1 / 192))
    assert here(NetworkSpec("PyTorch default", width=64, bias_stddev=0.3)).place == pytest.approx(Place(1 / 3, 0.09))


@pytest.mark.parametrize(("change", "doubt", "sure"), [
    ({}, "", True),
    ({"normalization": "Batch"}, "Batch normalization", False),
    ({"residual": True}, "Residual connections", False),
    ({"width": 8}, "every draw differs", True),
    ({"init": "Orthogonal"}, "Orthogonal weights", True),
    ({"init": "Ones"}, "", False),
    ({"init": "Identity"}, "no law with a variance", False),
    ({"init": "Zeros"}, "All weights of a layer are equal", True),
])  # fmt: skip
def test_what_theory_leaves_out_is_said(change: dict[str, Any], doubt: str, sure: bool) -> None:
    found = here(NetworkSpec(**{"depth": 5, "width": 128, **change}))
    assert found.sure == sure
    assert any(doubt in text for text in found.doubts) or not doubt
    assert bool(found.doubts) == bool(change)


@pytest.mark.parametrize("name", ["Constant", "Ones", "Identity"])
def test_weights_that_do_not_scatter_around_0_have_no_place(name: str) -> None:
    assert here(NetworkSpec(name)).place is None
    assert here(NetworkSpec("Random uniform", (("minval", 0.0), ("maxval", 1.0)))).place is None


@pytest.mark.parametrize("bias", [0.0, 0.04, 4.0])
def test_a_chosen_point_opens_a_start_that_lies_there(bias: float) -> None:
    for weight in WEIGHTS[::7]:
        wanted = Place(weight, bias)
        spec = at_place(NetworkSpec(depth=3), wanted, SCALES, GAINS)
        found = here(spec).place
        assert found is not None
        assert found.weight == pytest.approx(weight, rel=0.03 if weight > 500 or weight < 0.02 else 0.005)
        assert found.bias == pytest.approx(bias, rel=1e-9)
        assert dict(spec.init_params)["scale"] in SCALES
        assert spec.gain in GAINS


def test_a_scale_on_the_slider_needs_no_gain() -> None:
    spec = at_place(NetworkSpec(gain=2.0, depth=3), Place(1.7, 0.0), SCALES, GAINS)
    assert (dict(spec.init_params)["scale"], spec.gain, spec.bias_stddev) == (1.7, 1.0, 0.0)
    assert spec.init == "Variance scaling"
    assert dict(spec.init_params)["distribution"] == "untruncated_normal"
