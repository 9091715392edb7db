"""Which start for this activation, depth and normalization? The one that three draws find healthy, and why it is.

The rule of thumb says where to look first; a probe decides. Where no start helps, the answer says what else has to
change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import numpy as np

from initlab.activations import ACTIVATIONS
from initlab.datasets import load
from initlab.diagnosis import LEVEL, STARTS, changes, healthy, remedy
from initlab.findings import Finding, findings
from initlab.losses import loss_and_gradient
from initlab.measurement import Probe
from initlab.probe import probe
from initlab.spec import NetworkSpec
from initlab.start import build
from initlab.wording import number, percent

ROWS: Final = 64  # of the digits, which tell a healthy start from a sick one as well as all of them
RECTIFIED: Final = "so the weights are made stronger to make up for it: twice the variance, 2/fan_in"
LEVEL_AT_ZERO: Final = (
    "has slope 1 at 0: small signals pass as through a linear layer, so a variance of 1/fan_in keeps them level, "
    "1/fan_out keeps the gradient level, and Glorot takes the average of the two fans"
)
NEVER_LEVEL: Final = "so no start can keep the gradient of a deep network level"
REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Linear": f"A linear unit {LEVEL_AT_ZERO.split(': ', 1)[0]}: {LEVEL_AT_ZERO.split(': ', 1)[1]}",
        "ReLU": f"ReLU drops the negative half of the signal, which is half of its power, {RECTIFIED}",
        "Leaky ReLU": f"Leaky ReLU keeps little of the negative half of the signal, {RECTIFIED}",
        "ELU": f"ELU flattens the negative half of the signal, {RECTIFIED}, a little more than it needs",
        "GELU": f"GELU drops most of the negative half of the signal, {RECTIFIED}, which is near enough",
        "SiLU": f"SiLU drops most of the negative half of the signal, {RECTIFIED}, which is near enough",
        "Mish": f"Mish drops most of the negative half of the signal, {RECTIFIED}, which is near enough",
        "Tanh": f"Tanh {LEVEL_AT_ZERO}",
        "Softsign": f"Softsign {LEVEL_AT_ZERO}",
        "Hard tanh": f"Hard tanh {LEVEL_AT_ZERO}",
        "Erf": f"Erf has slope 1.13 at 0 and bends like tanh: {LEVEL_AT_ZERO.split(': ', 1)[1]}",
        "SELU": "SELU was made for a variance of 1/fan_in: mean 0 and variance 1 then pull every layer back to them",
        "Sigmoid": f"A sigmoid's slope is at most 1/4, {NEVER_LEVEL}",
        "Softplus": f"Softplus has a slope of 1/2 at 0 and a mean that grows with the signal, {NEVER_LEVEL}",
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Advice:
    """What to use: a network, its probe, and what is still wrong with it (empty: healthy on three draws).

    `asked` is the network as it was asked for, with the rule of thumb's start; `changed` are the fields that had to
    give way besides the start.
    """

    asked: NetworkSpec
    spec: NetworkSpec
    probe: Probe
    findings: tuple[Finding, ...]
    changed: tuple[str, ...]

    @property
    def headline(self) -> str:
        """What to use, in a few words."""
        others = " and ".join(CHANGES[name][getattr(self.spec, name)] for name in self.changed)
        words = f"Use {self.spec.init}{f' with {others}' if others else ''}"
        return words if not self.findings else f"No start is healthy here; {self.spec.init} is the least bad"

    @property
    def why(self) -> str:
        """The rule, with this network's numbers."""
        fan_in, fan_out = self.spec.width, self.spec.width
        variance = self.spec.law.moments(fan_in, fan_out)[1]
        said = f"{REASONS[self.asked.activation]}."
        if variance:
            said += (
                f" Here the variance of a weight is {number(variance)}, {number(fan_in * variance)} times 1/{fan_in}."
            )
        first, last = self.probe.activation.rms[[0, -1]]
        lowest, top = self.probe.gradient.rms[[0, -1]]
        return (
            f"{said} Probed: the activations' RMS goes from {number(first)} in layer 1 to {number(last)} in layer "
            f"{self.spec.depth}, the gradient's from {number(top)} there to {number(lowest)} in layer 1."
        )

    @property
    def row(self) -> dict[str, str]:
        """The same as one row of a table."""
        besides = " and ".join(CHANGES[name][getattr(self.spec, name)] for name in self.changed)
        return {
            "activation": self.asked.activation, "start": self.spec.init, "also change": besides,
            "then": self.findings[0].headline if self.findings else "healthy on three draws",
        }  # fmt: skip


CHANGES: Final[Mapping[str, Mapping[object, str]]] = {  # what a changed field is called, by its new value
    "activation": {name: name for name in ACTIVATIONS},
    "normalization": {"None": "no normalization", "Batch": "batch normalization", "Layer": "layer normalization"},
    "residual": {False: "no residual connections", True: "residual connections"},
}


def advice(activation: str, depth: int, normalization: str = "None", *, residual: bool = False) -> Advice:
    """The start to use, on the digits and at width 128; ValueError where the spec is none."""
    plain = NetworkSpec(activation=activation, depth=depth, normalization=normalization, residual=residual, batch=ROWS)
    starts = [plain.with_init(name) for name in STARTS.get(activation, LEVEL)]
    best = next((spec for spec in starts if healthy(spec)), None)
    if best is None:
        seeds = (starts[0], replace(starts[0], seed=1))
        ill = next(filter(None, (findings(probe(spec, detail="findings")) for spec in seeds)), ())
        best = remedy(starts[0], ill) or starts[0]
    found = probe(best)
    changed = tuple(name for name in changes(plain, best) if name in CHANGES)
    return Advice(starts[0], best, found, findings(found), changed)


def about_biases(spec: NetworkSpec) -> str:
    """Why biases may start at zero, in this network's numbers."""
    batch = load(spec.dataset, spec.scaling, spec.rows)
    network = build(spec, batch.inputs)
    forward = network.forward(batch.inputs)
    backward = network.backward(forward, loss_and_gradient(spec.loss, forward.outputs, batch.targets)[1])
    moving = np.array([np.count_nonzero(gradient) / gradient.size for gradient in backward.bias_gradients[:-1]])
    distinct = int(probe(spec, batch.inputs, batch.targets).distinct_units.min())
    share = "all" if moving.min() == 1 else f"{percent(float(moving.min()))} or more"
    return (
        f"Zero biases are fine: random weights tell the units apart already ({distinct} of {min(spec.widths[1:-1])} "
        f"distinct in the layer with the fewest), and in every layer {share} of the biases have a gradient, so they "
        "move at the first step."
    )
