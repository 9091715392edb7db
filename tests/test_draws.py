"""Unit draws: what depends on the seed and the layer alone, what stays paired, what is kept and for how long."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import special, stats

from initlab.arrays import Array
from initlab.draws import OUTPUT_LAYER, Draws, LayerDraws, draws_from

KINDS: dict[str, Callable[[LayerDraws], Array]] = {
    "normal": LayerDraws.normal,
    "truncated": LayerDraws.truncated,
    "uniform": LayerDraws.uniform,
    "bias normal": LayerDraws.bias_normal,
    "bias uniform": LayerDraws.bias_uniform,
}
CUT = 2.0  # Keras's
SIZE = 300 * 200
SIGNIFICANCE = 1e-3  # the seeds are fixed: a right law passes for ever, a wrong one has p far below
each_kind = pytest.mark.parametrize("kind", KINDS)


def layer(seed: int = 0, index: int = 0, fan_in: int = 300, fan_out: int = 200) -> LayerDraws:
    return Draws(seed).layer(index, fan_in, fan_out)


@each_kind
def test_draws_depend_on_the_seed_and_the_layer_alone(kind: str) -> None:
    draw = KINDS[kind]
    again, other_seed, other_layer = draw(layer()), draw(layer(seed=1)), draw(layer(index=1))
    np.testing.assert_array_equal(draw(layer()), again)
    for other in (other_seed, other_layer):  # independent: correlation 0 within five standard errors
        assert abs(np.corrcoef(again.ravel(), other.ravel())[0, 1]) < 5 / np.sqrt(again.size)


@pytest.mark.parametrize("before", KINDS)
@each_kind
def test_it_does_not_matter_what_was_asked_for_before(kind: str, before: str) -> None:
    one = layer()
    KINDS[before](one)
    np.testing.assert_array_equal(KINDS[kind](one), KINDS[kind](layer()))


@each_kind
def test_a_second_layer_asked_for_in_between_changes_nothing(kind: str) -> None:
    draws = Draws(0)
    KINDS[kind](draws.layer(7, 20, 30))
    np.testing.assert_array_equal(KINDS[kind](draws.layer(0, 300, 200)), KINDS[kind](layer()))


def test_every_layer_and_the_output_layer_have_a_stream_of_their_own() -> None:
    indices = (*range(200), OUTPUT_LAYER)  # 200 is the greatest depth
    first = {float(layer(index=index, fan_in=2, fan_out=2).normal()[0, 0]) for index in indices}
    assert len(first) == len(indices)


@pytest.mark.parametrize(
    ("kind", "law"),
    [
        ("normal", stats.norm()),
        ("truncated", stats.truncnorm(-CUT, CUT)),
        ("uniform", stats.uniform(-1, 2)),
    ],
)
def test_unit_draws_follow_their_law(kind: str, law: stats.rv_continuous) -> None:
    assert stats.kstest(KINDS[kind](layer()).ravel(), law.cdf).pvalue > SIGNIFICANCE


@pytest.mark.parametrize(("kind", "law"), [("bias normal", stats.norm()), ("bias uniform", stats.uniform(-1, 2))])
def test_biases_follow_their_law(kind: str, law: stats.rv_continuous) -> None:
    assert stats.kstest(KINDS[kind](layer(fan_in=1, fan_out=SIZE)), law.cdf).pvalue > SIGNIFICANCE


def test_a_cut_draw_keeps_every_normal_draw_within_the_cut_and_redraws_the_others() -> None:
    draws = layer()
    normal, truncated = draws.normal(), draws.truncated()
    inside = np.abs(normal) <= CUT
    np.testing.assert_array_equal(truncated[inside], normal[inside])
    assert (truncated[~inside] != normal[~inside]).all()
    assert np.abs(truncated).max() <= CUT
    share = 2 * special.ndtr(-CUT)  # .0455, a binomial count
    assert (~inside).mean() == pytest.approx(share, abs=5 * np.sqrt(share * (1 - share) / SIZE))


def test_uniform_draws_are_the_normal_ones_through_their_distribution_function() -> None:
    draws = layer()
    np.testing.assert_allclose(draws.uniform(), 2 * special.ndtr(draws.normal().astype(float)) - 1, atol=2e-7)
    assert np.abs(draws.uniform()).max() <= 1
    np.testing.assert_allclose(draws.bias_uniform(), 2 * special.ndtr(draws.bias_normal().astype(float)) - 1, atol=2e-7)


def test_biases_and_masks_are_independent_of_the_weights() -> None:
    draws = layer(fan_in=1, fan_out=SIZE)
    mask = draws.generator("mask").random(SIZE)
    pairs = [(draws.normal()[0], draws.bias_normal()), (draws.normal()[0], mask), (draws.bias_normal(), mask)]
    for one, other in pairs:
        assert abs(np.corrcoef(one, other)[0, 1]) < 5 / np.sqrt(SIZE)


@pytest.mark.parametrize("kind", ["normal", "uniform", "bias normal"])
def test_draws_are_made_once_and_cannot_be_changed(kind: str) -> None:
    draws = layer()
    made = KINDS[kind](draws)
    assert KINDS[kind](draws) is made
    with pytest.raises(ValueError, match="read-only"):
        made[...] = 0


def test_what_a_caller_does_to_cut_draws_does_not_reach_the_next() -> None:
    draws = layer()
    expected, normal = draws.truncated().copy(), draws.normal().copy()
    if (mine := draws.truncated()).flags.writeable:
        mine[...] = 0
    np.testing.assert_array_equal(draws.truncated(), expected)
    np.testing.assert_array_equal(draws.normal(), normal)


def test_draws_are_kept_between_networks_while_they_fit() -> None:
    draws = Draws(0, max_bytes=3 * 4 * 100)  # three layers of 100 float32
    first = [draws.layer(index, 10, 10).normal() for index in range(3)]
    draws.trim()
    assert all(draws.layer(index, 10, 10).normal() is first[index] for index in range(3))


def test_trimming_forgets_the_layers_asked_for_longest_ago_until_the_rest_fit() -> None:
    draws = Draws(0, max_bytes=3 * 4 * 100 + 1)
    first = [draws.layer(index, 10, 10).normal() for index in (0, 1, 2, 0, 3)]  # layer 0 is asked for again
    draws.trim()
    for index, kept in [(2, first[2]), (0, first[0]), (3, first[4])]:
        assert draws.layer(index, 10, 10).normal() is kept
    again = draws.layer(1, 10, 10).normal()
    assert again is not first[1]
    np.testing.assert_array_equal(again, first[1])


def test_draws_beyond_the_bound_are_given_up_before_the_next_layer_is_made() -> None:
    draws = Draws(0, max_bytes=0)
    for index in range(5):
        assert draws.layer(index, 10, 10).normal().size == 100
        assert sum(draws.layer(i, 10, 10).nbytes for i in range(index + 1)) <= 4 * 100


def test_nothing_is_kept_where_nothing_may_be_kept() -> None:
    draws = Draws(0, max_bytes=0)
    draws.layer(0, 10, 10).truncated()
    draws.trim()
    assert draws.layer(0, 10, 10).nbytes == 0


def test_every_kept_array_is_counted_in_bytes() -> None:
    draws = layer(fan_in=10, fan_out=20)
    assert draws.nbytes == 0
    kept = [draws.normal(), draws.uniform(), draws.bias_normal()]
    before = draws.nbytes
    assert before == sum(array.nbytes for array in kept) == 4 * (2 * 200 + 20)
    changed = draws.truncated().nbytes
    assert before < draws.nbytes < before + changed / 2, "of the cut draws only the redrawn ones are kept"


def test_layers_of_one_index_but_other_fans_do_not_share_an_array() -> None:
    draws = Draws(0)
    assert draws.layer(0, 10, 20).normal().shape == (10, 20)
    assert draws.layer(0, 20, 10).normal().shape == (20, 10)


def test_draws_from_a_generator_are_in_double_precision_and_advance_it() -> None:
    rng = np.random.default_rng(3)
    one, two = (draws_from(rng, 20, 30).normal() for _ in range(2))
    assert one.dtype == float
    assert not np.array_equal(one, two)
    np.testing.assert_array_equal(draws_from(np.random.default_rng(3), 20, 30).normal(), one)
