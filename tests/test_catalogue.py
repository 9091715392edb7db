"""The catalogue: search, advice whose claims are computed, and the gains of all activations."""

import math
import re

import numpy as np
import pytest
from designed import MENU
from hypothesis import given
from hypothesis import strategies as st

from initlab import catalogue, gain_table, meanfield
from initlab.activations import ACTIVATIONS
from initlab.advice import ADVICE
from initlab.dialects import LIBRARIES
from initlab.initializers import INITIALIZERS, recipe
from initlab.probe import probe
from initlab.spec import NetworkSpec
from initlab.start import build
from initlab.wording import number


@pytest.mark.parametrize(
    ("search", "made_for", "found"),
    [
        ("", "Any", tuple(INITIALIZERS)),
        ("he normal", "Any", ("He normal",)),
        ("  XAVIER ", "Any", ("Glorot uniform", "Glorot normal", "scikit-learn default")),
        ("kaiming uniform", "Any", ("He uniform", "LeCun uniform")),
        ("martens", "Any", ("Sparse",)),
        ("", "SELU", ("LeCun normal", "LeCun uniform")),
        ("uniform", "SELU", ("LeCun uniform",)),
        ("nothing of the kind", "Any", ()),
        ("$(rm -rf) <script>", "Any", ()),
    ],
)
def test_a_search_finds_what_has_all_its_words(search: str, made_for: str, found: tuple[str, ...]) -> None:
    assert catalogue.matching(search, made_for) == found


def test_every_initializer_is_found_by_its_name_and_by_what_it_is_made_for() -> None:
    for name, entry in INITIALIZERS.items():
        assert name in catalogue.matching(name)
        assert all(name in catalogue.matching("", phi) for phi in entry.made_for)


@given(st.text(max_size=300))
def test_a_search_from_a_link_becomes_one_that_stays_as_it_is(text: str) -> None:
    kept, _ = catalogue.mended(text)
    assert len(kept) <= catalogue.LONGEST
    assert kept.isprintable()
    assert catalogue.mended(kept) == (kept, ())


def test_what_is_cut_off_a_search_is_said() -> None:
    assert catalogue.mended("he normal") == ("he normal", ())
    kept, changes = catalogue.mended("a" * 10_000)
    assert kept == "a" * catalogue.LONGEST
    assert changes == ("only the first 40 characters are searched for",)


def test_the_overview_has_the_variance_of_these_fans_and_none_where_there_is_none() -> None:
    laws = [recipe(name).bound(recipe(name).complete({}), "Tanh") for name in INITIALIZERS]
    found = catalogue.overview(tuple(INITIALIZERS), laws, 64, 256)
    variances = dict(zip(found["initializer"], found["variance"], strict=True))
    assert variances["He normal"] == pytest.approx(2 / 64)
    assert variances["Glorot uniform"] == pytest.approx(2 / (64 + 256))
    without = {name for name, v in variances.items() if np.isnan(v)}
    assert without & set(MENU) == {"Greedy pre-training", "Identity", "LSUV"}
    assert without == {name for name, law in zip(INITIALIZERS, laws, strict=True) if law.moments(64, 256)[1] is None}
    assert all(len(column) == len(INITIALIZERS) for column in found.values())


@pytest.mark.parametrize("name", INITIALIZERS)
def test_every_initializer_is_read_aloud_and_spoken_in_every_library(name: str) -> None:
    law = recipe(name).bound(recipe(name).complete({}), "Tanh")
    for fans in [(1, 1), (64, 10), (3, 200)]:
        text = catalogue.reading(law, *fans)
        assert text.startswith(f"{fans[0] * fans[1]:,} weight")
        assert text.endswith(".")
    values = {p.name: p.default for p in recipe(name).parameters}
    assert [library for library, _, _ in catalogue.spoken(name, values)] == list(LIBRARIES)


def test_every_initializer_has_advice_in_whole_sentences() -> None:
    assert [name for name in INITIALIZERS if name in ADVICE] == list(ADVICE)
    assert len(ADVICE) >= 20
    for advice in ADVICE.values():
        for text in advice:
            assert re.fullmatch(r"[A-Z].{5,130}\.", text)


def wide_chi(name: str, variance: float) -> float:
    return float(meanfield.chi(name, variance))


def test_what_the_advice_says_of_signal_and_gradient_is_so() -> None:
    assert float(meanfield.variance_map("ReLU", 1.0, 1.0)) == pytest.approx(0.5)  # Glorot and LeCun halve it
    assert wide_chi("Sigmoid", 1.0) < 0.1  # vanishes with Glorot all the same
    assert wide_chi("Tanh", 2.0) > 1.02  # past the edge of chaos with He
    assert wide_chi("ReLU", 2.0) == pytest.approx(1)
    assert float(meanfield.fixed_point("SELU", 1.0)) == pytest.approx(1)
    assert recipe("Random normal").variance(400, 9) == pytest.approx(1 / 400)
    assert recipe("PyTorch default").variance(64, 64) == pytest.approx(1 / (3 * 64))
    assert recipe("scikit-learn default").variance(64, 64, "Sigmoid") == pytest.approx(1 / 64 / 3)
    assert pytest.approx(1 / 30, rel=0.06) == 10**-1.5  # ten weights of 0.01 a unit: √10 · 0.01


def test_what_the_advice_says_of_units_and_data_is_so() -> None:
    small = NetworkSpec(depth=3, width=16, batch=32, activation="Tanh")
    for name in ("Constant", "Ones"):
        assert (probe(small.with_init(name)).distinct_units == 1).all()
    zeros = probe(small.with_init("Zeros"))
    assert not zeros.activation.rms.any()
    assert not zeros.gradient.rms.any()
    wider = build(NetworkSpec("Identity", depth=2, width=100))
    assert (wider.weights[0].any(axis=0).sum(), wider.weights[0].shape[1]) == (64, 100)
    uniform = probe(NetworkSpec("Random uniform", (("maxval", 1.0), ("minval", 0.0)), depth=4, width=32, batch=32))
    assert uniform.activation.rms[-1] > 1000
    lsuv = probe(NetworkSpec("LSUV", depth=10, width=64, activation="Sigmoid"))
    assert lsuv.preactivation.std == pytest.approx(np.ones(10), abs=0.1)
    assert lsuv.input_correlation[-1] > 1 - 1e-6


def test_the_gains_are_those_of_the_activations() -> None:
    found = gain_table.gain_table()
    assert found["activation"] == list(ACTIVATIONS)
    rows = {name: gain_table.gain_of(name) for name in ACTIVATIONS}
    assert rows["Tanh"].forward == pytest.approx(1.59254, abs=1e-5)
    assert rows["SiLU"].backward == pytest.approx(1.62332, abs=1e-5)
    assert rows["Softplus"].mean == pytest.approx(0.80606, abs=1e-5)
    assert math.isnan(rows["GELU"].torch)
    assert rows["ReLU"].torch == pytest.approx(math.sqrt(2))
    assert rows["ReLU"].growth == pytest.approx(1, abs=1e-6)
    assert all(len(column) == len(ACTIVATIONS) for column in found.values())


def test_a_gain_leaves_a_deep_network_away_from_its_edge_and_the_sentence_quotes_it() -> None:
    text = gain_table.gain_reading()
    chi, growth = gain_table.deep("Tanh", 5 / 3)
    assert chi == pytest.approx(1.21, abs=0.005)
    assert 5_000 < growth < 15_000
    assert f"grows {number(growth)} times" in text
    assert gain_table.gain_of("SiLU").growth > 1e6
    assert gain_table.gain_of("Sigmoid").chi == pytest.approx(0.15, abs=0.01)


def test_a_wide_network_does_what_the_table_says_of_its_gradient() -> None:
    gain, depth, width = ACTIVATIONS["Softsign"].gain, 40, 512
    spec = NetworkSpec("LeCun normal", (), gain, "Softsign", (), depth, width, dataset="Gaussian noise", batch=64)
    rms = probe(spec).gradient.rms
    expected = math.log(gain_table.deep("Softsign", gain, depth)[1])
    assert expected > 3
    # three deviations of ln RMS after depth - 1 layers, as the trend rule of the findings has them
    assert math.log(rms[0] / rms[-1]) == pytest.approx(expected, abs=1.5 * math.sqrt(5 * (depth - 1) / width))
