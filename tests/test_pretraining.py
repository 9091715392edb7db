"""Greedy layer-wise pre-training: layers learn, what is below does not move, deep sigmoid nets learn after."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from sampling import sampled

from initlab import NetworkSpec, TrainSpec, build, diagnose, probe, race
from initlab.draws import Draws
from initlab.network import Network
from initlab.pretrain_spec import PretrainSpec, Reconstruction, parameters_of
from initlab.pretraining import Pretrained, codes, pretrained, reconstructed
from initlab.schedule import split
from initlab.start import pretrain

RECONSTRUCTIONS: tuple[tuple[Reconstruction, float], ...] = (("Cross-entropy", 1.0), ("Squared error", 0.2))
SPEC = NetworkSpec("Greedy pre-training", activation="Sigmoid", depth=3, width=32, scaling="0-1", batch=256)


def walked(how: PretrainSpec | None = None, **changes: object) -> list[Pretrained]:
    return list(pretrain(replace(SPEC, **changes), how))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def walk() -> list[Pretrained]:
    return walked()


@pytest.mark.parametrize(
    ("activation", "how"),
    sampled([
        (activation, PretrainSpec(weights=weights, reconstruction=reconstruction, optimizer=optimizer, rate=rate))
        for activation in ("Sigmoid", "Tanh", "ReLU", "Linear")
        for weights in ("Tied", "Free")
        for reconstruction, scale in RECONSTRUCTIONS
        for optimizer, rate in (("SGD", 0.1 * scale), ("Momentum", 0.02 * scale), ("Adam", 0.003))
    ], every=6),
)  # fmt: skip
def test_the_reconstruction_error_falls_at_every_layer(activation: str, how: PretrainSpec) -> None:
    *_, last = walked(how, activation=activation)
    assert last.finished
    assert not last.broken
    assert [len(errors) for errors in last.errors] == [how.epochs + 1] * 3
    for errors in last.errors:
        assert errors[-1] < errors[1] < errors[0]


def test_frozen_layers_do_not_move_and_those_above_are_as_they_were_drawn(walk: list[Pretrained]) -> None:
    for before, after in pairwise(walk):
        frozen = before.layer
        for layer in range(frozen):
            np.testing.assert_array_equal(before.network.weights[layer], after.network.weights[layer])
            np.testing.assert_array_equal(before.network.biases[layer], after.network.biases[layer])
        for layer in range(after.layer + 1, SPEC.depth + 1):
            np.testing.assert_array_equal(walk[0].network.weights[layer], after.network.weights[layer])
    assert [now.layer for now in walk] == sorted(now.layer for now in walk)
    assert {now.layer for now in walk} == {0, 1, 2, 3}


def test_a_layer_learns_from_what_the_layers_below_it_make_of_the_rows(walk: list[Pretrained]) -> None:
    last, rows = walk[-1], build(SPEC.with_init("Zeros")).accepted(_rows())
    second = list(
        pretrained(_above(walk, 1), PretrainSpec(0.2, 0.1), codes(last.network, rows, 0), _Shifted(SPEC.seed))
    )
    np.testing.assert_array_equal(second[-1].network.weights[0], last.network.weights[1])


class _Shifted(Draws):
    """The draws of a network without its first layer."""

    def layer(self, index: int, fan_in: int, fan_out: int):  # type: ignore[no-untyped-def]
        return super().layer(index + 1, fan_in, fan_out)


def _above(walk: list[Pretrained], layer: int) -> Network:
    """The untrained network without its first layer."""
    first = walk[0].network
    return replace(first, weights=first.weights[layer:], biases=first.biases[layer:])


def _rows():
    from initlab.datasets import load

    return load("Digits", "0-1", 256).inputs


def test_the_share_of_the_work_rises_from_nothing_to_all(walk: list[Pretrained]) -> None:
    shares = [now.share for now in walk]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] == 1
    assert [now.finished for now in walk] == [False] * (len(walk) - 1) + [True]


def test_the_snapshots_do_not_move_with_the_training(walk: list[Pretrained]) -> None:
    assert not np.array_equal(walk[0].network.weights[0], walk[-1].network.weights[0])
    fresh = next(pretrain(SPEC))
    np.testing.assert_array_equal(walk[0].network.weights[0], fresh.network.weights[0])


def test_two_runs_of_one_seed_are_the_same_bit_for_bit_and_another_seed_is_another(walk: list[Pretrained]) -> None:
    again, other = walked()[-1], walked(seed=1)[-1]
    for one, two in zip(walk[-1].network.weights, again.network.weights, strict=True):
        np.testing.assert_array_equal(one, two)
    assert not np.array_equal(walk[-1].network.weights[0], other.network.weights[0])


def test_a_deeper_network_begins_with_the_shallower_one(walk: list[Pretrained]) -> None:
    deeper = walked(depth=4)[-1]
    for layer in range(3):
        np.testing.assert_array_equal(walk[-1].network.weights[layer], deeper.network.weights[layer])


def test_build_gives_the_network_that_pretraining_ends_with_times_the_gain(walk: list[Pretrained]) -> None:
    np.testing.assert_array_equal(build(SPEC).weights[1], walk[-1].network.weights[1])
    doubled = build(replace(SPEC, gain=2.0))
    np.testing.assert_allclose(doubled.weights[1], 2 * walk[-1].network.weights[1], rtol=1e-6)
    np.testing.assert_array_equal(doubled.biases[1], walk[-1].network.biases[1])


def test_the_output_layer_starts_narrow_because_it_is_linear() -> None:
    weights = build(SPEC).weights[-1]
    assert np.abs(weights).max() <= (6 / (32 + 10)) ** 0.5


def test_who_goes_on_with_a_walk_may_be_another_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a page: every change of a control is a run, and each run is a thread of its own."""
    monkeypatch.setattr("initlab.pretraining.PATIENCE", -1.0)  # something to see after every step
    walk = pretrain(SPEC, PretrainSpec(epochs=1))
    with ThreadPoolExecutor(1) as first:
        between = first.submit(lambda: next(now for now in walk if 0 < now.share < 1 / 3)).result()
        assert first.submit(np.geterr).result() == np.geterr()
    assert (between.layer, between.epoch) == (0, 0)
    with ThreadPoolExecutor(1) as second:
        *_, last = second.submit(lambda: list(walk)).result()
    assert last.finished


def test_its_parameters_reach_the_auto_encoders() -> None:
    free = SPEC.with_init("Greedy pre-training", **parameters_of(PretrainSpec(weights="Free", epochs=2)))
    *_, last = pretrain(free)
    assert len(last.errors[0]) == 3
    assert not np.array_equal(last.decoders[0].weights, last.network.weights[0].T)
    tied = walked(PretrainSpec(epochs=2))[-1]
    np.testing.assert_array_equal(tied.decoders[0].weights, tied.network.weights[0].T)


def test_reconstructions_come_closer_to_the_rows_than_their_mean() -> None:
    rows = _rows().astype(np.float32)
    last = walked(PretrainSpec(epochs=50))[-1]
    for height in (1, 2, 3):
        back = reconstructed(last.network, last.decoders[:height], rows)
        assert back.shape == rows.shape
        assert ((back - rows) ** 2).mean() < 0.6 * ((rows - rows.mean(axis=0)) ** 2).mean()


@pytest.mark.parametrize("changes", [{"normalization": "Batch"}, {"residual": True, "width": 64}])
def test_codes_are_what_the_network_itself_hands_on(changes: dict[str, object]) -> None:
    spec = replace(SPEC, **changes)  # type: ignore[arg-type]
    *_, last = pretrain(spec, PretrainSpec(epochs=2))
    h = last.network.accepted(_rows())
    forward = last.network.forward(h)
    for layer in range(3):
        h = codes(last.network, h, layer)
        np.testing.assert_allclose(h, forward.activations[layer], rtol=1e-5, atol=1e-6)


def test_a_step_too_large_ends_the_layer_with_a_sentence_and_leaves_no_trace() -> None:
    found = walked(PretrainSpec(rate=10.0, reconstruction="Squared error"), activation="Linear")
    last = found[-1]
    assert last.finished
    assert last.broken.startswith("Layer 1 at learning rate 10: the reconstruction error became ")
    np.testing.assert_array_equal(last.network.weights[0], found[0].network.weights[0])
    assert all(np.isfinite(w).all() for w in build(replace(SPEC, activation="Linear")).weights)


@pytest.mark.parametrize(
    ("rows", "said"),
    [(np.zeros((0, 64)), "no row"), (np.zeros((3, 5)), "inputs must be"), (np.zeros(64), "inputs must")],
)
def test_what_is_no_data_is_refused(rows, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        list(pretrain(SPEC, inputs=rows))


def test_what_takes_too_long_is_refused_before_anything_runs() -> None:
    with pytest.raises(ValueError, match="may take at most"):
        next(pretrain(replace(SPEC, depth=200, width=1024)))
    with pytest.raises(ValueError, match="may take at most"):
        race([replace(SPEC, depth=100, width=512)], TrainSpec(epochs=1))


@pytest.mark.stress
def test_a_race_waits_for_its_pretrained_start_and_learns_it_from_all_training_rows() -> None:
    specs, how = (SPEC, SPEC.with_init("Glorot uniform")), TrainSpec(epochs=2, labels=50)
    snapshots = list(race(specs, how))
    waiting = [now for now in snapshots if now.prepared < 1]
    assert waiting
    assert all(not runner.step and not runner.marks for now in waiting for runner in now.runners)
    assert [now.prepared for now in snapshots] == sorted(now.prepared for now in snapshots)
    last = snapshots[-1]
    assert (last.training_rows, last.test_rows, last.finished) == (50, 359, True)
    network = build(SPEC, split(SPEC, how)[0].inputs)
    mark = next(now for now in snapshots if now.prepared == 1).runners[0].marks[0]
    expected = network.forward(split(SPEC, how)[1].inputs).outputs.argmax(axis=1) == split(SPEC, how)[1].targets
    assert mark.accuracy == pytest.approx(expected.mean())


def test_nothing_counts_as_done_before_the_last_layer_is_frozen(monkeypatch) -> None:
    monkeypatch.setattr("initlab.pretraining.PATIENCE", -1.0)  # something to look at after every step
    how = PretrainSpec(epochs=2)
    steps = walked(how)
    assert len(steps) > 3 * 2 * 16
    assert [now.share == 1 for now in steps] == [now.finished for now in steps]
    specs = [SPEC.with_init("Greedy pre-training", **parameters_of(how))]
    assert all(bool(now.runners[0].marks) == (now.prepared == 1) for now in race(specs, TrainSpec(epochs=1)))


def test_deep_sigmoid_networks_that_small_weights_leave_at_chance_learn_after_pretraining() -> None:
    deep = replace(SPEC, depth=4).with_init("Greedy pre-training", **parameters_of(PretrainSpec(epochs=3)))
    specs = (deep, deep.with_init("Random normal", stddev=0.01))
    learned = []
    for seed in range(10):
        how = TrainSpec(epochs=10, rate=0.5, batch=16, seed=seed, labels=500)
        *_, last = race([replace(spec, seed=seed) for spec in specs], how, closely=False)
        pre, small = (runner.marks[-1].accuracy for runner in last.runners)
        assert small < 0.15
        learned.append(pre > 0.6)
    assert sum(learned) >= 8


def test_a_pretrained_start_is_healthy_where_its_widths_and_units_are() -> None:
    assert diagnose(probe(SPEC)) == ()
