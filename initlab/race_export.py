"""A race as JSON: who ran, on what, and every number on the way, for a notebook or another program.

JSON knows neither NaN nor infinity. Infinite numbers are the texts "Infinity" and "-Infinity", which Python's float()
and JavaScript's Number() read; null is not a number, or something that does not apply: the accuracy of a regression,
the saturation of a phi that never saturates, a ratio before the first step.
"""

import json
import math
from dataclasses import asdict
from typing import Any, Final

import numpy as np

from initlab.race import Runner, Snapshot
from initlab.recording import Mark
from initlab.schedule import SPLIT
from initlab.spec import NetworkSpec

FORMAT: Final = 1  # raised when a key changes its meaning
PAIRS: Final = ("init_params", "activation_params")


def race_json(snapshot: Snapshot) -> str:
    """The whole race up to this snapshot, as valid JSON whatever overflowed."""
    return json.dumps(_plain(race_record(snapshot)), allow_nan=False, ensure_ascii=False)


def race_record(snapshot: Snapshot) -> dict[str, Any]:
    """The same as dictionaries and lists; numbers may still be NaN or infinite."""
    spec = snapshot.runners[0].spec
    return {
        "format": FORMAT,
        "finished": snapshot.finished,
        "seed": snapshot.train.seed,
        "train_spec": asdict(snapshot.train),
        "data": {
            "dataset": spec.dataset, "scaling": spec.scaling, "training_rows": snapshot.training_rows,
            "test_rows": snapshot.test_rows, "split_seed": SPLIT, "class_prior_entropy": snapshot.prior,
        },
        "steps": snapshot.steps,
        "steps_per_epoch": snapshot.epoch,
        "minibatch": snapshot.batch,
        "contestants": [_contestant(runner) for runner in snapshot.runners],
    }  # fmt: skip


def _contestant(runner: Runner) -> dict[str, Any]:
    return {
        "label": runner.label,
        "spec": _spec(runner.spec),
        "steps": runner.step,
        "retired": runner.retired,
        "training_loss": runner.losses,
        "marks": [_mark(mark) for mark in runner.marks],
    }


def _spec(spec: NetworkSpec) -> dict[str, Any]:
    """Parameters by their names: `NetworkSpec` takes them back as pairs."""
    return {name: dict(value) if name in PAIRS else value for name, value in asdict(spec).items()}


def _mark(mark: Mark) -> dict[str, Any]:
    """Without its histograms."""
    return {
        "step": mark.step,
        "test_loss": mark.test_loss,
        "test_accuracy": mark.accuracy,
        "activation_rms": mark.activation.rms,
        "gradient_rms": mark.gradient.rms,
        "saturated_share": mark.saturated_share,
        "update_ratio": mark.update_ratio,
        "gradient_ratio": mark.gradient_ratio,
    }


def _plain(part: Any) -> Any:
    """Lists for arrays, null for NaN and texts for infinities."""
    match part:
        case dict():
            return {name: _plain(value) for name, value in part.items()}
        case list() | tuple():
            return [_plain(value) for value in part]
        case np.ndarray():
            return [_plain(value) for value in part.tolist()]
        case float() if math.isnan(part):
            return None
        case float() if math.isinf(part):
            return "Infinity" if part > 0 else "-Infinity"
        case _:
            return part
