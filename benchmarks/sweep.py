"""How fast is a sweep, against the obvious loop over its cells?

`python -m benchmarks.sweep` checks that both say the same about the same weights, then times them in turns, one BLAS
thread, and prints medians and their ratio. 30 depths x 40 gains at width 128 with 64 rows of digits.
"""

import time
from dataclasses import replace
from statistics import median
from typing import Final

import numpy as np
from threadpoolctl import threadpool_limits

from initlab.arrays import Array
from initlab.datasets import Batch, load
from initlab.draws import Draws
from initlab.grid import Grid
from initlab.losses import loss_and_gradient
from initlab.network import Network
from initlab.spec import NetworkSpec
from initlab.start import build
from initlab.sweep import Sweep, assembled, sweep_blocks

DEPTHS: Final = tuple(range(1, 31))
GAINS: Final = tuple(float(gain) for gain in np.geomspace(0.1, 10, 40))
ROUNDS: Final = 5
TARGET: Final = 12


def grids() -> dict[str, Grid]:
    """What is timed, on real digits."""
    tanh = NetworkSpec("Glorot normal", activation="Tanh", width=128, batch=64)
    relu = NetworkSpec("He normal", activation="ReLU", width=128, batch=64)
    return {"tanh": Grid(tanh, DEPTHS, GAINS), "ReLU": Grid(relu, DEPTHS, GAINS)}


def own_draws(spec: NetworkSpec) -> Network:
    """A network as one would write it: float64 weights, drawn for this cell alone."""
    rng = np.random.default_rng(spec.seed)
    weights = []
    for fan_in, fan_out in zip(spec.widths, spec.widths[1:], strict=False):
        std = spec.gain * float(spec.law.moments(fan_in, fan_out)[1] or 0) ** 0.5
        weights.append(rng.normal(0, std, (fan_in, fan_out)))
    return Network(weights, [np.zeros(w.shape[1]) for w in weights], spec.activation)


def obvious(grid: Grid, data: Batch, make=own_draws) -> Array:
    """RMS in the first and the last layer, of activations and of gradients: build, forward, backward, cell by cell."""
    found = np.zeros((4, len(grid.depths), len(grid.gains)))
    for row, depth in enumerate(grid.depths):
        for column, gain in enumerate(grid.gains):
            network = make(replace(grid.spec, depth=depth, gain=gain))
            forward = network.forward(data.inputs)
            _, output_gradient = loss_and_gradient("Auto", forward.outputs, data.targets)
            backward = network.backward(forward, output_gradient)
            ends = (forward.activations[0], forward.activations[-1], backward.gradients[0], backward.gradients[-1])
            found[:, row, column] = [np.sqrt((values**2).mean()) for values in ends]
    return found


def ours(grid: Grid, data: Batch) -> Sweep:
    """Everything included: the draws too are made anew."""
    return assembled(grid, sweep_blocks(grid, data.inputs, data.targets))


def check(grid: Grid, data: Batch) -> None:
    """Both say the same about the same weights, or the comparison is worth nothing."""
    small = Grid(replace(grid.spec, precision="float64"), (1, 2, 7, 30), (0.5, 1.0, 1.5))
    draws = Draws(small.spec.seed)
    plain = obvious(small, data, lambda spec: build(spec, draws=draws))
    np.testing.assert_allclose(np.array(ours(small, data).ends), plain, rtol=1e-9)


def main() -> None:
    with threadpool_limits(1):
        for name, grid in grids().items():
            data = load(grid.spec.dataset, grid.spec.scaling, grid.spec.rows)
            check(grid, data)
            taken: dict[str, list[float]] = {"obvious": [], "sweep": []}
            for _ in range(ROUNDS):
                for contender, run in (("obvious", obvious), ("sweep", ours)):
                    before = time.process_time()
                    run(grid, data)
                    taken[contender].append(time.process_time() - before)
            slow, fast = median(taken["obvious"]), median(taken["sweep"])
            print(f"{name:6} obvious {slow:6.2f} s, sweep {fast:6.3f} s: {slow / fast:5.1f} x (asked for: {TARGET})")


if __name__ == "__main__":
    main()
