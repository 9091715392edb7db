"""How fast is a probe, against the obvious NumPy version, its own matrix products, and PyTorch where it is installed?

`python -m benchmarks.core` times every cell in turns (probe, rival, rival, ...), one BLAS thread, and prints medians
and ratios. Seconds are of CPU time, so that a busy neighbour counts for nobody. The data are passed in, so loading
them is nobody's cost. `--quick` takes a corner of the grid.
"""

import argparse
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import cycle, product
from statistics import geometric_mean, median
from types import ModuleType
from typing import Final

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.rivals import Task, bare_products, imported_torch, obvious, torch_eager
from initlab.datasets import load
from initlab.draws import Draws
from initlab.probe import probe
from initlab.spec import NetworkSpec
from initlab.start import build

NETWORKS: Final = {"Tanh": "Glorot normal", "ReLU": "He normal"}
FULL: Final = ((5, 20, 50, 100), (64, 128, 256, 512), (128, 512))  # depth, width, batch
QUICK: Final = ((5, 50), (64, 256), (128, 512))
ROUNDS: Final = (3, 9)  # at least, at most
SECONDS: Final = 2.0  # a cell gets more rounds until it has taken this long


@dataclass(frozen=True, slots=True)
class Ratio:
    """One contender's time over another's, and what is asked of it."""

    over: str
    under: str
    target: str

    def of(self, times: dict[str, float]) -> float:
        return times[self.over] / times[self.under]

    @property
    def name(self) -> str:
        return f"{self.over}/{self.under}"


RATIOS: Final = (
    Ratio("obvious", "probe", "mean at least 2.8, none under 2.2"),
    Ratio("probe", "products", "at most 3.5"),
    Ratio("torch", "probe", "every one over 1"),
    Ratio("moved gain", "probe", "at most 0.8"),
)


def tasks(depths: tuple[int, ...], widths: tuple[int, ...], batches: tuple[int, ...]) -> Iterator[Task]:
    """The cells of the grid, on real digits."""
    for (activation, init), depth, width, batch in product(NETWORKS.items(), depths, widths, batches):
        spec = NetworkSpec(init=init, activation=activation, depth=depth, width=width, batch=batch)
        data = load(spec.dataset, spec.scaling, spec.rows)
        assert data.targets is not None
        yield Task(spec, data.inputs, data.targets.astype(np.int64))


def contenders(task: Task, torch: ModuleType | None) -> dict[str, Callable[[], object]]:
    """What is timed, by name. The moved slider keeps its unit draws and never asks for the same gain twice running."""
    draws, gains = Draws(task.spec.seed), cycle((0.9, 1.1, 1.2))
    found: dict[str, Callable[[], object]] = {
        "probe": lambda: probe(task.spec, task.inputs, task.targets),
        "moved gain": lambda: probe(replace(task.spec, gain=next(gains)), task.inputs, task.targets, draws=draws),
        "obvious": lambda: obvious(task),
        "products": bare_products(task),
    }
    if torch is not None:
        found["torch"] = lambda: torch_eager(torch, task)
    return found


def interleaved(functions: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Median CPU seconds of each, taking turns after one unmeasured round."""
    taken: dict[str, list[float]] = {name: [] for name in functions}
    started, least, most = time.perf_counter(), *ROUNDS
    while (done := min(map(len, taken.values()))) <= most and (
        done <= least or time.perf_counter() - started < SECONDS
    ):
        for name, function in functions.items():
            before = time.process_time()
            function()
            taken[name].append(time.process_time() - before)
    return {name: median(times[1:]) for name, times in taken.items()}


def check() -> None:
    """The obvious version and the probe say the same about the same network, or the comparison is worth nothing."""
    for task in tasks((4,), (32,), (128,)):
        ours = probe(replace(task.spec, precision="float64"), task.inputs, task.targets)
        weights = build(replace(task.spec, precision="float64")).weights
        for layer, plain in enumerate(obvious(task, weights)):
            for name in ("preactivation", "activation", "gradient", "weight", "weight_gradient"):
                stats = getattr(ours, name)
                for field in ("mean", "std", "rms", "minimum", "maximum", "edges"):
                    np.testing.assert_allclose(getattr(stats, field)[layer], plain[name][field], rtol=1e-4, atol=1e-9)
                assert np.abs(stats.counts[layer] - plain[name]["counts"]).sum() <= stats.size[layer] // 500
                assert stats.zeros[layer] == plain[name]["zeros"]
            for name in ("saturated_share", "dead_share", "input_correlation"):
                assert math.isclose(getattr(ours, name)[layer], plain[name], abs_tol=1e-3), name
            assert ours.distinct_units[layer] == plain["distinct_units"] or plain["dead_share"] > 0


def summary(cells: list[dict[str, float]], ratios: list[Ratio]) -> None:
    """Over the cells; `whole grid` is the ratio of the summed times, which the largest cells decide."""
    print(f"\n{'ratio':18}{'geometric mean':>16}{'min':>8}{'max':>8}{'whole grid':>12}   asked for")
    for ratio in ratios:
        values = [ratio.of(times) for times in cells]
        whole = sum(times[ratio.over] for times in cells) / sum(times[ratio.under] for times in cells)
        numbers = f"{geometric_mean(values):16.2f}{min(values):8.2f}{max(values):8.2f}{whole:12.2f}"
        print(f"{ratio.name:18}{numbers}   {ratio.target}")


def main() -> None:
    parser = argparse.ArgumentParser(description="speed of the probe")
    parser.add_argument("--quick", action="store_true", help="a corner of the grid")
    quick, torch = parser.parse_args().quick, imported_torch()
    with threadpool_limits(1):
        check()
        cells, ratios = [], [ratio for ratio in RATIOS if torch is not None or "torch" not in ratio.name]
        for task in tasks(*(QUICK if quick else FULL)):
            times = interleaved(contenders(task, torch))
            if not cells:
                print(f"{'milliseconds, ratios':20}", *(f"{n:>10}" for n in times), *(f"{r.name:>17}" for r in ratios))
            cells.append(times)
            spec = task.spec
            print(
                f"{spec.activation:5}{spec.depth:4} x{spec.width:4} x{spec.rows:4}",
                *(f"{1e3 * seconds:10.1f}" for seconds in times.values()),
                *(f"{ratio.of(times):17.2f}" for ratio in ratios),
                flush=True,
            )
        summary(cells, ratios)


if __name__ == "__main__":
    main()
