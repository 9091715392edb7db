"""What a map costs is known beforehand, what is too large is refused with what would fit, and its parts cover it."""

from dataclasses import replace

import numpy as np
import pytest

from initlab import NetworkSpec, sweep
from initlab.grid import DEPTHS, GAINS, LIMIT, Grid

SPEC = NetworkSpec(width=128, batch=64)


def test_the_usual_map_has_thirty_depths_and_gains_on_both_sides_of_one() -> None:
    assert tuple(range(1, 31)) == DEPTHS
    assert len(GAINS) == 41
    assert GAINS[0] == 0.1
    assert GAINS[20] == 1.0
    assert GAINS[-1] == 10.0
    assert Grid(SPEC).affordable


@pytest.mark.parametrize("depths", [(), (2, 1), (3, 3), (0, 1), (1, 201)])
def test_impossible_depths_are_refused_in_words(depths: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="depth"):
        Grid(SPEC, depths)


@pytest.mark.parametrize("gains", [(), (1.0, 0.5), (-1.0, 1.0), (1.0, 1e9), (float("nan"),)])
def test_impossible_gains_are_refused_in_words(gains: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="gain"):
        Grid(SPEC, (1, 2), gains)


@pytest.mark.parametrize("shape", ["Constant", "Funnel"])
@pytest.mark.parametrize("width", [1, 128, 1024])
@pytest.mark.parametrize("batch", [1, 64])
def test_the_blocks_cover_every_cell_once(shape: str, width: int, batch: int) -> None:
    grid = Grid(replace(SPEC, shape=shape, width=width, batch=batch))
    covered = np.zeros((len(grid.depths), len(grid.gains)), int)
    for rows, columns in grid.blocks():
        covered[rows, columns] += 1
    assert (covered == 1).all()


def test_a_wide_map_takes_smaller_blocks() -> None:
    assert len(Grid(SPEC).blocks()) < len(Grid(replace(SPEC, width=512)).blocks())


def test_the_blocks_of_one_gain_come_together_so_that_it_is_applied_once() -> None:
    columns = [columns.start for _, columns in Grid(replace(SPEC, width=1024)).blocks()]
    assert columns == sorted(columns)
    assert len(columns) > len(set(columns)) == 41


@pytest.mark.stress
@pytest.mark.parametrize("shape", ["Constant", "Hourglass"])
@pytest.mark.parametrize("init", ["He normal", "Orthogonal"])
def test_what_is_too_large_is_refused_with_what_would_fit(shape: str, init: str) -> None:
    spec = NetworkSpec(init, width=1024, batch=2048, shape=shape, dataset="Digits")
    grid = Grid(spec, tuple(range(8, 201, 8)))
    assert not grid.affordable
    fit = grid.fitting()
    assert fit.affordable
    assert fit.spec.rows < grid.spec.rows
    with pytest.raises(ValueError, match=f"{len(fit.depths)} depths up to {fit.depths[-1]} with batch {fit.spec.rows}"):
        sweep(spec, grid.depths)


def test_what_fits_is_left_alone() -> None:
    assert Grid(SPEC).fitting() == Grid(SPEC)


def test_the_limit_is_named_with_its_numbers() -> None:
    assert str(LIMIT) == "1,000.0 billion operations and 2,048 MiB"
