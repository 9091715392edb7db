"""Born-dead networks: the formula has the published numbers, drawn networks follow it, a whole batch lies below it."""

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest
from pictures import layout, traces
from sampling import sampled

from initlab import NetworkSpec, build
from initlab.arrays import Array
from initlab.born_dead import (
    AT_ONCE,
    MATRICES,
    NETWORKS,
    NUMBERS,
    BornDead,
    born_dead,
    is_symmetric,
    networks,
    probability,
)
from initlab.datasets import load
from initlab.figures.born_dead import born_dead_figure
from initlab.ui.starts import MENU

DIGITS = load("Digits", rows=256).inputs
SPEC = NetworkSpec(depth=10, width=3)
SYMMETRIC = [name for name in MENU if is_symmetric(SPEC.with_init(name))]


def shares(found: BornDead) -> Array:
    assert found.one
    return found.one.share


@pytest.mark.parametrize(("width", "published"), [(2, 0.944), (3, 0.737), (5, 0.272)])
def test_the_formula_has_the_published_numbers(width: int, published: float) -> None:
    assert probability((width,) * 10)[-1] == pytest.approx(published, abs=5e-4)


def test_the_formula_is_exact_where_it_is_tiny_and_takes_layers_of_any_width() -> None:
    assert probability((128,) * 10)[-1] == pytest.approx(10 * 2.0**-128, rel=1e-12)
    assert probability((1024,) * 3)[-1] > 0
    np.testing.assert_allclose(probability((1, 2, 3)), [0.5, 1 - 0.5 * 0.75, 1 - 0.5 * 0.75 * 0.875])


@pytest.mark.parametrize("init", sampled(SYMMETRIC, every=4))
def test_drawn_networks_follow_the_formula_at_every_depth(init: str) -> None:
    found = born_dead(SPEC.with_init(init), DIGITS)
    assert found.init == init
    assert found.one
    assert found.one.networks == NETWORKS
    deviation = np.sqrt(found.expected * (1 - found.expected) / NETWORKS)
    assert (np.abs(found.one.share - found.expected) < 4 * deviation).all()
    assert (np.diff(found.one.share) >= 0).all(), "no network comes back to life"


@pytest.mark.parametrize(("width", "published"), [(2, 0.89), (3, 0.56), (5, 0.07)])
def test_a_whole_batch_of_digits_is_less_often_dead_by_as_much_as_published(width: int, published: float) -> None:
    found = born_dead(replace(SPEC, width=width), DIGITS)
    assert found.one
    assert found.batch
    assert (found.batch.rows, found.batch.networks) == (256, 1000)
    assert found.batch.share[-1] == pytest.approx(published, abs=0.005 + 4 * found.batch.error[-1])
    assert found.batch.share[-1] < found.expected[-1] - 4 * found.batch.error[-1]


@pytest.mark.parametrize("shape", ["Constant", "Funnel"])
def test_a_network_counts_as_dead_exactly_when_it_is_by_its_own_forward_pass(shape: str) -> None:
    spec = NetworkSpec("He normal", depth=6, width=4, shape=shape, precision="float64")
    dead = []
    for seed in range(300):
        run = build(replace(spec, seed=seed)).forward(DIGITS[:1])
        dead.append([not all(a.any() for a in run.activations[: layer + 1]) for layer in range(6)])
    share, expected = np.mean(dead, axis=0), probability(spec.widths[1:-1])
    assert (np.abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / 300)).all()
    found = born_dead(spec, DIGITS)
    assert found.one
    assert found.one.share[-1] == pytest.approx(share[-1], abs=4 * np.sqrt(0.25 / 300))


@pytest.mark.parametrize("init", ["Zeros", "Ones", "Constant", "Identity", "Sparse"])
def test_he_normal_stands_in_for_what_is_not_symmetric(init: str) -> None:
    found = born_dead(SPEC.with_init(init), DIGITS)
    assert found.init == "He normal"
    np.testing.assert_array_equal(shares(found), shares(born_dead(SPEC, DIGITS)))


def test_one_sided_parameters_are_seen() -> None:
    assert not is_symmetric(SPEC.with_init("Random uniform", minval=0.0, maxval=1.0))
    assert not is_symmetric(SPEC.with_init("Random normal", mean=0.1))
    assert not is_symmetric(SPEC.with_init("Random normal", stddev=0.0))
    assert is_symmetric(SPEC.with_init("LSUV"))


def test_the_size_of_the_weights_does_not_matter_at_any_depth() -> None:
    small = born_dead(replace(SPEC.with_init("Random normal", stddev=0.01), depth=60, width=6), DIGITS)
    large = born_dead(replace(SPEC.with_init("Random normal", stddev=2.0), depth=60, width=6), DIGITS)
    np.testing.assert_array_equal(shares(small), shares(large))
    assert 0 < shares(small)[-1] < 1


def test_what_no_draw_could_show_is_not_drawn_but_said() -> None:
    found = born_dead(replace(SPEC, width=128), DIGITS)
    assert found.one is None
    assert found.batch is None
    assert "with probability 2.94·10⁻³⁸, 1 − (1 − 2⁻¹²⁸)¹⁰" in found.reading
    assert "No feasible number of draws" in found.reading


def test_the_reading_quotes_what_was_found() -> None:
    found = born_dead(SPEC, DIGITS)
    assert found.one
    assert "10 layers of 3 units is born dead for one input with probability 0.737, 1 − (1 − 2⁻³)¹⁰" in found.reading
    assert "Of 4,000 networks drawn with He normal, 74 % ± 0.69 % are." in found.reading
    assert "On all 256 rows at once" in found.reading
    single = born_dead(SPEC, DIGITS[:1])
    assert "rows at once" not in single.reading
    assert "1 layer of 1 unit is" in born_dead(replace(SPEC, depth=1, width=1), DIGITS).reading
    assert "the product of" in born_dead(replace(SPEC, width=8, shape="Funnel"), DIGITS).reading


def test_a_first_row_of_zeros_is_passed_over() -> None:
    padded = np.concatenate([np.zeros((3, 64)), DIGITS[:5]])
    np.testing.assert_array_equal(shares(born_dead(SPEC, padded)), shares(born_dead(SPEC, DIGITS)))


@pytest.mark.parametrize("depth", [1, 20, 200])
@pytest.mark.parametrize("width", [1, 8, 128, 1024])
@pytest.mark.parametrize("rows", [1, 256, 2048])
def test_the_work_is_bounded(depth: int, width: int, rows: int) -> None:
    widths = (64, *[width] * depth)
    count = networks(widths, rows)
    assert 1 <= count <= NETWORKS
    if count > 1:
        largest = 64 * width if depth == 1 else max(64 * width, width**2)
        assert count * max(largest, rows * width) <= AT_ONCE
        assert count * (64 * width + (depth - 1) * width**2) <= NUMBERS
        assert count * depth <= MATRICES


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("depth", [1, 10, 60])
def test_the_figure_has_the_formula_and_both_findings_with_their_errors(dark: bool, depth: int) -> None:
    found = born_dead(replace(SPEC, depth=depth), DIGITS)
    assert found.one
    assert found.batch
    figure = born_dead_figure(found, dark)
    go.Figure(data=figure.data, layout=layout(figure).to_plotly_json())  # validates: ours are built without
    line, one, batch = traces(figure)
    np.testing.assert_allclose(line["y"], 100 * found.expected)
    for dots, deaths in ((one, found.one), (batch, found.batch)):
        at = np.array(dots["x"]) - 1
        assert at[-1] == depth - 1
        assert len(at) == min(depth, 20)
        np.testing.assert_allclose(dots["y"], 100 * deaths.share[at])
        np.testing.assert_allclose(dots["error_y"]["array"], 100 * deaths.error[at])
        assert dots["error_y"]["array"].min() > 0
    assert one["marker"]["symbol"] != batch["marker"]["symbol"]
