"""How fast is a step of training, against scikit-learn, PyTorch where it is installed, and its own matrix products?

`python -m benchmarks.training` trains every cell's network on digits in float32, an epoch of each contender in turns,
one thread, and prints median CPU time a step. An epoch of scikit-learn is `partial_fit`; PyTorch's is the usual eager
loop over a `Sequential` of `Linear` and `ReLU` with its own optimizer; all see the same full minibatches in the same
order. `--quick` takes a corner of the grid.
"""

import argparse
import warnings
from collections.abc import Callable, Iterator
from itertools import cycle, product
from types import ModuleType
from typing import Any, Final

import numpy as np
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from benchmarks.core import Ratio, interleaved, summary
from benchmarks.rivals import Task, bare_products, imported_torch
from initlab.datasets import Batch, load
from initlab.losses import prepared
from initlab.race import race
from initlab.spec import NetworkSpec
from initlab.start import build
from initlab.train_spec import TrainSpec
from initlab.training import begin

SHAPES: Final = ((3, 64), (5, 128), (10, 128))  # depth, width
BATCHES: Final = (64, 128)
RATES: Final = {"SGD": 1e-3, "Adam": 1e-4}
RATIOS: Final = (
    Ratio("scikit-learn", "ours", "at least 1.8, 3 at width 64"),
    Ratio("torch", "ours", "at least 1.4"),
    Ratio("ours", "products", "at most 2 at width 128"),
)
Contenders = dict[str, Callable[[], object]]


def cells(quick: bool) -> Iterator[tuple[Task, str, list[Batch]]]:
    """Network, optimizer and an epoch of minibatches, all of the same size."""
    shapes, batches = (SHAPES[:2], BATCHES[:1]) if quick else (SHAPES, BATCHES)
    data = load("Digits")
    assert data.targets is not None
    inputs, targets = data.inputs.astype(np.float32), data.targets.astype(np.int64)
    for (depth, width), rows, optimizer in product(shapes, batches, RATES):
        spec = NetworkSpec(depth=depth, width=width, batch=rows)
        full = range(0, len(inputs) - rows + 1, rows)
        epoch = [Batch(inputs[start : start + rows], targets[start : start + rows]) for start in full]
        yield Task(spec, inputs[:rows], targets[:rows]), optimizer, epoch


def ours(task: Task, optimizer: str, epoch: list[Batch]) -> Callable[[], None]:
    """What a race does with each of its contestants."""
    training, loss = begin(build(task.spec), optimizer), prepared("Auto", 10, task.targets)

    def run() -> None:
        for batch in epoch:
            training.slope(batch, loss)
            training.move(RATES[optimizer])

    return run


def scikit(task: Task, optimizer: str, epoch: list[Batch]) -> Callable[[], object]:
    """Its own epoch, without shuffling, without momentum and without a penalty."""
    inputs, targets = (np.concatenate(parts) for parts in zip(*((b.inputs, b.targets) for b in epoch), strict=True))
    classifier: Any = MLPClassifier(
        (task.spec.width,) * task.spec.depth, solver=optimizer.lower(), alpha=0, momentum=0, shuffle=False,
        batch_size=len(epoch[0].inputs), learning_rate_init=RATES[optimizer],  # pyright: ignore[reportArgumentType]
    )  # fmt: skip
    classifier.partial_fit(inputs, targets, classes=np.arange(10))
    assert classifier.coefs_[0].dtype == np.float32
    return lambda: classifier.partial_fit(inputs, targets)


def torch_epoch(torch: Any, task: Task, optimizer: str, epoch: list[Batch]) -> Callable[[], None]:
    """The loop of every tutorial."""
    widths, layers = task.spec.widths, []
    for index in range(len(widths) - 1):
        layers += [torch.nn.Linear(widths[index], widths[index + 1]), torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    descent = getattr(torch.optim, optimizer)(model.parameters(), lr=RATES[optimizer])
    batches = [(torch.from_numpy(batch.inputs), torch.from_numpy(np.asarray(batch.targets))) for batch in epoch]

    def run() -> None:
        for inputs, targets in batches:
            descent.zero_grad()
            torch.nn.functional.cross_entropy(model(inputs), targets).backward()
            descent.step()

    return run


def products(task: Task, epoch: list[Batch]) -> Callable[[], None]:
    """The bare matrix products of so many steps."""
    once = bare_products(task)

    def run() -> None:
        for _ in epoch:
            once()

    return run


def contenders(task: Task, optimizer: str, epoch: list[Batch], torch: ModuleType | None) -> Contenders:
    found: Contenders = {
        "ours": ours(task, optimizer, epoch),
        "scikit-learn": scikit(task, optimizer, epoch),
        "products": products(task, epoch),
    }
    if torch is not None:
        found["torch"] = torch_epoch(torch, task, optimizer, epoch)
    return found


def six_against_one() -> float:
    """A race of six over six races of one, in CPU time."""
    starts = ("He normal", "Glorot normal", "LeCun normal", "Orthogonal", "He uniform", "Glorot uniform")
    specs, how = [NetworkSpec(name, depth=5, width=64) for name in starts], TrainSpec(epochs=3)
    turn = cycle(specs)
    times = interleaved(
        {"six": lambda: list(race(specs, how)), "singles": lambda: [list(race([next(turn)], how)) for _ in specs]}
    )
    return times["six"] / times["singles"]


def main() -> None:
    parser = argparse.ArgumentParser(description="speed of training")
    parser.add_argument("--quick", action="store_true", help="a corner of the grid")
    quick, torch = parser.parse_args().quick, imported_torch()
    warnings.simplefilter("ignore")  # scikit-learn's, that one epoch was not enough
    ratios, found = [ratio for ratio in RATIOS if torch is not None or ratio.over != "torch"], []
    with threadpool_limits(1):
        for task, optimizer, epoch in cells(quick):
            times = interleaved(contenders(task, optimizer, epoch, torch))
            if not found:
                print(f"{'µs a step, ratios':22}", *(f"{n:>13}" for n in times), *(f"{r.name:>20}" for r in ratios))
            found.append(times)
            print(
                f"{task.spec.depth:2} x{task.spec.width:4} x{len(task.inputs):4} {optimizer:8}",
                *(f"{1e6 * seconds / len(epoch):13.0f}" for seconds in times.values()),
                *(f"{ratio.of(times):20.2f}" for ratio in ratios),
                flush=True,
            )
        summary(found, ratios)
        print(f"\na race of six over six races of one: {six_against_one():.2f} (asked for: at most 1)")


if __name__ == "__main__":
    main()
