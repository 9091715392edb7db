"""Data sets: true to their declared shapes, scaled, shuffled once, and never fetched from anywhere."""

import socket
from typing import NoReturn

import numpy as np
import pytest
from sklearn import datasets as sources

from initlab import DATASETS
from initlab.datasets import SCALINGS, TOY_ROWS, load

NAMES = (
    "Digits", "Iris", "Wine", "Breast cancer", "Diabetes", "Moons", "Circles", "Spirals", "Gaussian noise"
)  # fmt: skip
SHAPES = {"Digits": (1797, 64, 10), "Iris": (150, 4, 3), "Wine": (178, 13, 3), "Diabetes": (442, 10, 0)}
each_dataset = pytest.mark.parametrize("name", DATASETS)
each_scaling = pytest.mark.parametrize("scaling", SCALINGS)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a data set asked for the network")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)


def test_there_are_nine_in_menu_order() -> None:
    assert tuple(DATASETS) == NAMES
    assert [entry.name for entry in DATASETS.values()] == list(NAMES)


@each_dataset
@each_scaling
def test_the_declared_shape_is_the_true_one(name: str, scaling: str) -> None:
    entry, batch = DATASETS[name], load(name, scaling)
    assert batch.inputs.shape == (entry.rows, entry.features)
    assert batch.inputs.dtype == float
    assert np.isfinite(batch.inputs).all()
    if batch.targets is None:
        assert (name, entry.classes, entry.outputs) == ("Gaussian noise", 0, 10)
        return
    assert batch.targets.shape == (entry.rows,)
    if entry.classes:
        assert np.issubdtype(batch.targets.dtype, np.integer)
        np.testing.assert_array_equal(np.unique(batch.targets), np.arange(entry.classes))
        assert entry.outputs == entry.classes
    else:
        assert entry.outputs == 1


@pytest.mark.parametrize(("name", "shape"), SHAPES.items())
def test_the_classics_have_their_well_known_sizes(name: str, shape: tuple[int, int, int]) -> None:
    entry = DATASETS[name]
    assert (entry.rows, entry.features, entry.classes) == shape


@each_dataset
def test_standardized_columns_have_mean_zero_and_deviation_one_or_are_constant(name: str) -> None:
    raw, scaled = load(name, "Raw").inputs, load(name, "Standardized").inputs
    constant = raw.std(axis=0) == 0
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(scaled.std(axis=0), np.where(constant, 0, 1), rtol=1e-12)
    assert constant.any() == (name == "Digits"), "the digits' left margin is always white"


@each_dataset
def test_columns_scaled_to_0_1_reach_both_ends_or_are_constant(name: str) -> None:
    raw, scaled = load(name, "Raw").inputs, load(name, "0-1").inputs
    constant = raw.std(axis=0) == 0
    np.testing.assert_allclose(scaled.min(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(scaled.max(axis=0), np.where(constant, 0, 1), rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("Digits", sources.load_digits),
        ("Iris", sources.load_iris),
        ("Wine", sources.load_wine),
        ("Breast cancer", sources.load_breast_cancer),
        ("Diabetes", sources.load_diabetes),
    ],
)
def test_raw_rows_are_those_of_the_source_each_with_its_own_target(name: str, source) -> None:
    inputs, targets = source(return_X_y=True)
    batch = load(name, "Raw")
    if not DATASETS[name].classes:
        targets = (targets - targets.mean()) / targets.std()
    assert batch.targets is not None
    mine, theirs = (np.column_stack(pair) for pair in ((batch.inputs, batch.targets), (inputs, targets)))
    mine, theirs = (rows[np.lexsort(rows.T)] for rows in (mine, theirs))
    np.testing.assert_array_equal(mine, theirs)
    assert not np.array_equal(batch.inputs, inputs), "the rows are shuffled"


def test_a_regression_target_is_standardized_over_the_whole_set() -> None:
    targets = load("Diabetes").targets
    assert targets is not None
    assert targets.mean() == pytest.approx(0, abs=1e-12)
    assert targets.std() == pytest.approx(1)
    few = load("Diabetes", rows=10).targets
    np.testing.assert_array_equal(few, targets[:10])


@each_dataset
@each_scaling
@pytest.mark.parametrize("rows", [1, 7, 100, 10**6])
def test_fewer_rows_are_the_first_of_the_same_shuffle(name: str, scaling: str, rows: int) -> None:
    whole, few = load(name, scaling), load(name, scaling, rows)
    assert len(few.inputs) == min(rows, DATASETS[name].rows)
    np.testing.assert_array_equal(few.inputs, whole.inputs[:rows])
    if whole.targets is None:
        assert few.targets is None
    else:
        np.testing.assert_array_equal(few.targets, whole.targets[:rows])


@pytest.mark.parametrize("name", [name for name, entry in DATASETS.items() if entry.classes])
def test_the_first_rows_are_a_fair_sample_of_the_classes(name: str) -> None:
    targets, classes, rows = load(name).targets, DATASETS[name].classes, 128
    assert targets is not None
    expected = rows * np.bincount(targets, minlength=classes) / len(targets)
    counts = np.bincount(targets[:rows], minlength=classes)
    assert (np.abs(counts - expected) < 4 * np.sqrt(expected)).all()  # a hypergeometric count varies less than that
    assert counts.all()


@pytest.mark.parametrize("name", ["Moons", "Circles", "Spirals"])
def test_the_toys_are_balanced_and_no_line_tells_them_apart_as_well_as_a_neighbour_does(name: str) -> None:
    batch = load(name)
    assert len(batch.inputs) == TOY_ROWS
    assert batch.targets is not None
    assert np.bincount(batch.targets).tolist() == [TOY_ROWS // 2] * 2
    distance = ((batch.inputs[:, None] - batch.inputs) ** 2).sum(axis=2)
    np.fill_diagonal(distance, np.inf)
    by_neighbour = (batch.targets[distance.argmin(axis=1)] == batch.targets).mean()
    design = np.column_stack([batch.inputs, np.ones(TOY_ROWS)])
    line = np.linalg.lstsq(design, 2.0 * batch.targets - 1)[0]
    by_line = ((design @ line > 0) == batch.targets).mean()
    assert by_neighbour > 0.98
    assert by_line < 0.9


@pytest.mark.parametrize("name", ["Digits", "Gaussian noise"])
def test_what_a_caller_does_to_a_batch_does_not_reach_the_next(name: str) -> None:
    before = load(name, "Raw").inputs.copy()
    load(name, "Raw").inputs[...] = 0
    np.testing.assert_array_equal(load(name, "Raw").inputs, before)
