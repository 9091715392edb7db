"""The work budget: operations and bytes of a probe, known before anything is allocated."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from initlab.data_driven import CALIBRATION_ROWS, LSUV, Pretraining
from initlab.errors import invalid
from initlab.laws import Orthogonal
from initlab.spec import NetworkSpec
from initlab.tally import BLOCK

MAX_OPERATIONS: Final = 10**11  # ten to twenty seconds on one busy core
MAX_BYTES: Final = 2**31
IN_FLIGHT: Final = 32  # bytes of temporaries for each output of the layer that is worked on: four in float64
WEIGHT_IN_FLIGHT: Final = 24  # and for each of its weights: three
TALLY_BLOCKS: Final = 8  # the buffers of a sweep and of its five quantities
CALIBRATED_UNIT: Final = 100  # operations a row: phi, and variances in float64 on half of the rows each
ENCODED_UNIT, ENCODED_WEIGHT = 60, 20  # of an auto-encoder: phi and masks a row, the optimizer a step
EPOCHS: Final = "pretrain_epochs"
ENCODER_CALLS: Final = 10**6  # operations a step might take while Python gets from one to the next
LOG_BINS: Final = {"float32": 2**10, "float64": 2**13}  # a layer, of five quantities, eight bytes each


@dataclass(frozen=True, slots=True)
class Work:
    """Floating-point operations and peak bytes, both estimates from above."""

    operations: int
    bytes: int

    @property
    def affordable(self) -> bool:
        return self.operations <= MAX_OPERATIONS and self.bytes <= MAX_BYTES

    def __str__(self) -> str:
        return f"{self.operations / 1e9:,.1f} billion operations and {self.bytes / 2**20:,.0f} MiB"


LIMIT: Final = Work(MAX_OPERATIONS, MAX_BYTES)


def work(spec: NetworkSpec, rows: int | None = None) -> Work:
    """One probe: three matrix products a layer, the statistics, and what the start takes that is no plain draw.

    A data-driven start reads so many `rows`, the spec's own unless others are given.
    """
    size, units = _size(spec), sum(spec.widths[1:])
    weights = sum(a * b for a, b in pairwise(spec.widths))
    operations = 6 * spec.rows * weights + 40 * spec.rows * units + 100 * weights + start_operations(spec, rows)
    layers_kept = 2 if spec.normalization == "None" else 4  # z and phi(z); the normalized ones too
    kept = weights + layers_kept * spec.rows * units
    in_flight = IN_FLIGHT * spec.rows * max(spec.widths) + WEIGHT_IN_FLIGHT * max(
        a * b for a, b in pairwise(spec.widths)
    )
    return Work(operations, size * kept + in_flight + probe_bytes(spec) + 8 * TALLY_BLOCKS * BLOCK)


def probe_bytes(spec: NetworkSpec) -> int:
    """About what is kept of a probe at most: the histograms of five quantities, in eight bytes a bin."""
    return 40 * spec.depth * LOG_BINS[spec.precision]


def network_bytes(spec: NetworkSpec) -> int:
    """Of all weights."""
    return _size(spec) * sum(a * b for a, b in pairwise(spec.widths))


def _size(spec: NetworkSpec) -> int:
    """Bytes of a number."""
    return 4 if spec.precision == "float32" else 8


def start_operations(spec: NetworkSpec, rows: int | None = None) -> int:
    """What the weights take beyond drawing: a QR, and reading so many `rows`, the spec's own unless others are given; 0
    for most."""
    rows, fans = rows or spec.rows, list(pairwise(spec.widths))
    weights, qr = sum(a * b for a, b in fans), sum(4 * a * b * min(a, b) for a, b in fans)
    match spec.law:
        case Orthogonal():
            return qr
        case LSUV():
            seen = min(rows, CALIBRATION_ROWS)
            return qr + seen * (2 * weights + CALIBRATED_UNIT * sum(spec.widths[1:])) + 10 * weights
        case Pretraining(how):
            hidden, steps = weights - spec.widths[-2] * spec.widths[-1], -(-rows // how.batch)
            step = ENCODED_WEIGHT * hidden + spec.depth * ENCODER_CALLS
            return how.epochs * (rows * (10 * hidden + ENCODED_UNIT * sum(spec.widths[:-1])) + steps * step)
        case _:
            return 0


def fitting(spec: NetworkSpec, rows: int | None = None) -> NetworkSpec:
    """The nearest affordable spec, of `rows` as in `work`: fewer epochs of pre-training where these are most of the
    work, then fewer rows, the next power of two, where they are the spec's own, then fewer layers."""
    less = smaller if rows is None else _shallower
    while not work(spec, rows).affordable:
        learns = 2 * start_operations(spec, rows) > work(spec, rows).operations
        spec = _sooner(spec) if learns and _epochs(spec) > 1 else less(spec)
    return spec


def _epochs(spec: NetworkSpec) -> int:
    """Of pre-training."""
    return spec.law.how.epochs if isinstance(spec.law, Pretraining) else 1


def _sooner(spec: NetworkSpec) -> NetworkSpec:
    """A tenth of the epochs of pre-training fewer."""
    return spec.with_init(spec.init, **{**dict(spec.init_params), EPOCHS: _epochs(spec) * 9 // 10})


def smaller(spec: NetworkSpec) -> NetworkSpec:
    """One step towards less work."""
    fewer = 2 ** ((spec.rows - 1).bit_length() - 1)
    return replace(spec, batch=fewer) if spec.rows > 32 else _shallower(spec)


def _shallower(spec: NetworkSpec) -> NetworkSpec:
    return replace(spec, depth=max(1, spec.depth * 3 // 4))


def total(specs: Iterable[NetworkSpec]) -> Work:
    """Several probes, one after the other: their operations add up, their arrays are freed in between."""
    works = [work(spec) for spec in specs]
    return Work(sum(one.operations for one in works), max(one.bytes for one in works))


def require_affordable(spec: NetworkSpec, rows: int | None = None) -> None:
    """ValueError with the numbers and what would fit, where the budget is exceeded; `rows` as in `work`."""
    if not work(spec, rows).affordable:
        fit = fitting(spec, rows if spec.needs_data else None)
        sooner = f", {_epochs(fit)} epochs a layer" if _epochs(fit) != _epochs(spec) else ""
        remedy = f"depth {fit.depth} with batch {fit.batch}{sooner} fits"
        raise invalid(f"a probe may take at most {LIMIT}", work(spec, rows), remedy)
