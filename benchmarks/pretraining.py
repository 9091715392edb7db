"""How fast is pre-training, against the same loop in PyTorch where it is installed?

`python -m benchmarks.pretraining` pre-trains the default network of the page (digits, three layers of 64 sigmoid units,
the classic settings) in turns with an eager PyTorch loop of as many steps on the same rows, one thread, and prints
median CPU time. PyTorch's loop is the usual one: tied weights by `linear(h, W.t())`, masks by `rand_like`, its own
optimizer, the error of the same watched rows after every epoch.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.core import Ratio, interleaved
from benchmarks.rivals import imported_torch
from initlab.arrays import Array
from initlab.pretrain_presets import PRESETS
from initlab.pretrain_spec import PretrainSpec
from initlab.pretraining import WATCHED
from initlab.schedule import parted
from initlab.spec import NetworkSpec
from initlab.start import pretrain
from initlab.train_spec import TrainSpec

RATIO: Final = Ratio("torch", "ours", "at least 4")
LIMIT: Final = 5.0  # seconds the default run may take


def ours(spec: NetworkSpec, inputs: Array) -> Callable[[], None]:
    """The whole walk, as the page takes it."""

    def run() -> None:
        for _ in pretrain(spec, None, inputs):
            pass

    return run


def torch_walk(torch: Any, spec: NetworkSpec, how: PretrainSpec, inputs: Array) -> Callable[[], None]:
    """Layer after layer of tied denoising auto-encoders."""
    functional = torch.nn.functional

    def rebuilt(x: Any, w: Any, b: Any, c: Any) -> Any:
        return functional.linear(torch.sigmoid(functional.linear(x, w, b)), w.t(), c)

    def layer(below: Any, units: int, masked: float) -> Any:
        features, bound = below.shape[1], 4 * (6 / (below.shape[1] + units)) ** 0.5
        w = torch.nn.Parameter(torch.empty(units, features).uniform_(-bound, bound))
        b, c = torch.nn.Parameter(torch.zeros(units)), torch.nn.Parameter(torch.zeros(features))
        descent = getattr(torch.optim, how.optimizer)([w, b, c], lr=how.rate)
        for _ in range(how.epochs):
            order = torch.randperm(len(below))
            for start in range(0, len(below), how.batch):
                x = below[order[start : start + how.batch]]
                seen = x * (torch.rand_like(x) >= masked)
                descent.zero_grad()
                outputs = rebuilt(seen, w, b, c)
                loss = functional.binary_cross_entropy_with_logits(outputs, x, reduction="sum") / len(x)
                loss.backward()
                descent.step()
            with torch.no_grad():
                watched = below[:WATCHED]
                functional.binary_cross_entropy_with_logits(rebuilt(watched, w, b, c), watched, reduction="sum")
        with torch.no_grad():
            return torch.sigmoid(functional.linear(below, w, b))

    def run() -> None:
        h = torch.from_numpy(inputs)
        for index, units in enumerate(spec.widths[1:-1]):
            h = layer(h, units, how.masked(index))

    return run


def main() -> None:
    spec, torch = next(iter(PRESETS.values())).spec, imported_torch()
    inputs = parted(spec, TrainSpec())[0].inputs.astype(np.float32)
    contenders: dict[str, Callable[[], object]] = {"ours": ours(spec, inputs)}
    if torch is not None:
        contenders["torch"] = torch_walk(torch, spec, PretrainSpec(), inputs)
    with threadpool_limits(1):
        times = interleaved(contenders)
    print(f"default pre-training: {times['ours']:.2f} s of CPU (asked for: at most {LIMIT:g})")
    if torch is not None:
        print(f"{RATIO.name}: {RATIO.of(times):.2f} (asked for: {RATIO.target})")


if __name__ == "__main__":
    main()
