"""The hot path: moments and two histograms of every layer, gathered in one sweep over blocks that fit the cache.

Own histogram: 64 equal bins between a layer's minimum and maximum. Log histogram: a float's exponent and its first two
mantissa bits *are* a logarithmic bin number (four bins an octave, thirteen a decade), so one shift replaces a log10.
Moments are summed in float64 about the layer's minimum, so that nothing overflows and the deviation of values that
barely differ survives.
"""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from initlab.arrays import Array, Integers
from initlab.errors import unknown

BINS: Final = 64
BLOCK: Final = 2**16  # values in one sweep: fewer calls are worth more than a block that fits L2 alone
MAX_ROWS: Final = 16  # small layers in one sweep: enough to share the cost of its calls
BINS_PER_OCTAVE: Final = 4
BELOW_ONE: Final = 1 - 2**-21  # keeps the maximum inside the last bin
ALONG: Final = np.linspace(0, 1, BINS + 1)  # from the first edge to the last


@dataclass(frozen=True, slots=True, eq=False)
class LayerStats:
    """Statistics of one quantity; the first axis is the layer. Moments are of the finite values, NaN if there are none.

    `counts` lie between each layer's own `edges`; `log_counts` are of |x| on fixed `log_edges` (log10) shared by all
    layers, exact `zeros` apart. Rounding may put a value that lies on an edge into the bin beside it. A brief tally
    counts nothing: no bins, no zeros.
    """

    mean: Array
    std: Array
    rms: Array
    minimum: Array
    maximum: Array
    finite_share: Array
    counts: Integers  # (L, 64)
    log_counts: Integers  # (L, K)
    log_edges: Array  # (K + 1,)
    zeros: Integers
    size: Integers

    @property
    def edges(self) -> Array:
        """`(L, 65)`, from a layer's minimum to its maximum."""
        start, stop = _range(self.minimum, self.maximum)
        return start[:, None] * (1 - ALONG) + stop[:, None] * ALONG


def unseen() -> LayerStats:
    """Of no layer."""
    none, counts = np.zeros(0), np.zeros((0, BINS), np.uint16)
    return LayerStats(
        *[none] * 6, counts=counts, log_counts=counts, log_edges=none, zeros=counts[:, 0], size=counts[:, 0]
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a precision's bits are read, and the range of magnitudes that need no rescaling."""

    integer: Any
    magnitude: int  # the mask that clears the sign
    shift: int  # leaves exponent and two mantissa bits
    bins: int  # the last four hold inf and NaN
    smallest: float
    safe: tuple[float, float]


LAYOUTS: Final = {
    np.dtype(np.float32): _Layout(np.int32, 2**31 - 1, 21, 2**10, 2.0**-149, (1e-30, 1e30)),
    np.dtype(np.float64): _Layout(np.int64, 2**63 - 1, 50, 2**13, 2.0**-1074, (1e-140, 1e140)),
}


class Workspace:
    """The buffers of one block, lent to several tallies of the same precision."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = np.dtype(dtype)
        if self.dtype not in LAYOUTS:
            raise unknown("precision", str(self.dtype), map(str, LAYOUTS))
        self.layout = LAYOUTS[self.dtype]
        self.floats, self.wide = np.empty(BLOCK, dtype), np.empty(BLOCK)
        self.integers = np.empty(BLOCK, self.layout.integer)
        rows = np.arange(MAX_ROWS, dtype=self.layout.integer)[:, None]
        self.own_offset, self.log_offset = rows * BINS, rows * self.layout.bins


class _Swept(NamedTuple):
    """What one sweep found out about its rows."""

    low: Array
    high: Array
    mean: Array
    std: Array
    counts: Integers
    log_counts: Integers
    zeros: Integers
    odd: Integers  # values that are not finite


class Tally:
    """Takes the layers of one quantity in any order, each once; small ones of equal size share a sweep.

    A `brief` one leaves out the histograms, which are more than half of the work.
    """

    def __init__(self, workspace: Workspace, *, brief: bool = False) -> None:
        self._work, self._layout, self._brief = workspace, workspace.layout, brief
        self._block = np.empty(BLOCK, workspace.dtype)
        self._waiting = 0
        self._layers: list[int] = []
        self._sizes: list[int] = []
        self._swept: list[_Swept] = []

    def add(self, layer: int, values: Array) -> None:
        """Note the values of one layer."""
        flat = values.reshape(-1)
        if self._waiting and (flat.size != self._sizes[-1] or self._is_full(flat.size)):
            self._flush()
        self._layers.append(layer)
        self._sizes.append(flat.size)
        if flat.size > BLOCK // 2:
            self._sweep(flat[None])
            return
        start = self._waiting * flat.size
        self._block[start : start + flat.size] = flat
        self._waiting += 1

    def stats(self) -> LayerStats:
        """Everything gathered so far, sorted by layer."""
        self._flush()
        order, (first, last) = np.argsort(self._layers), self._used()
        sizes = np.array(self._sizes)[order]
        trimmed = [swept._replace(log_counts=swept.log_counts[:, first:last]) for swept in self._swept]
        found = _Swept(*(np.concatenate(parts)[order] for parts in zip(*trimmed, strict=True)))
        return LayerStats(
            found.mean, found.std, np.hypot(found.mean, found.std), found.low, found.high, 1 - found.odd / sizes,
            found.counts, found.log_counts, self._log_edges(first, last), found.zeros, sizes,
        )  # fmt: skip

    def _used(self) -> tuple[int, int]:
        """Where the log histograms begin and end: with the first and the last bin in which any layer has values."""
        if self._brief:
            return 0, 0
        used = np.flatnonzero(sum(swept.log_counts.sum(axis=0) for swept in self._swept))
        if used.size:
            return int(used[0]), int(used[-1]) + 1
        top = self._layout.bins - BINS_PER_OCTAVE if any(swept.odd.any() for swept in self._swept) else 1
        return top - 1, top

    def _is_full(self, size: int) -> bool:
        return self._waiting == MAX_ROWS or (self._waiting + 1) * size > BLOCK

    def _flush(self) -> None:
        if self._waiting:
            rows, self._waiting = self._waiting, 0
            size = self._sizes[-1]
            self._sweep(self._block[: rows * size].reshape(rows, size))

    def _sweep(self, rows: Array) -> None:
        low, high = rows.min(axis=1), rows.max(axis=1)
        span, (tiny, huge) = high - low, self._layout.safe
        if span.min() > tiny and span.max() < huge:  # False for NaN too
            self._keep(rows, low.astype(float), high.astype(float), *self._own(rows, low, span))
        elif len(rows) > 1:
            for row in rows:
                self._sweep(row[None])
        else:
            self._keep(rows, *_carefully(rows[0]))

    def _keep(self, rows: Array, low: Array, high: Array, mean: Array, std: Array, counts: Integers) -> None:
        if self._brief:
            none, odd = np.zeros((len(rows), 0), np.int64), np.count_nonzero(~np.isfinite(rows), axis=1)
            self._swept.append(_Swept(low, high, mean, std, none, none, np.zeros(len(rows), np.int64), odd))
        else:
            self._swept.append(_Swept(low, high, mean, std, counts, *self._magnitudes(rows)))

    def _own(self, rows: Array, low: Array, span: Array) -> tuple[Array, Array, Integers]:
        """Mean, standard deviation and own histogram, a block at a time; all zeros in a brief tally."""
        work, count = self._work, len(rows)
        first, scale = low[:, None], (BINS * BELOW_ONE / span).astype(work.dtype, copy=False)[:, None]
        total, squares, counts = 0.0, 0.0, np.zeros(count * BINS, np.int64)
        for start in range(0, rows.shape[1], BLOCK):
            block = rows[:, start : start + BLOCK]
            floats, integers, wide = (
                buffer[: block.size].reshape(block.shape) for buffer in (work.floats, work.integers, work.wide)
            )
            np.subtract(block, first, out=floats)
            np.copyto(wide, floats)
            total = total + wide.sum(axis=1)
            squares = squares + np.vecdot(wide, wide)
            if self._brief:
                continue
            np.multiply(floats, scale, out=floats)
            np.copyto(integers, floats, casting="unsafe")
            if count > 1:
                integers += work.own_offset[:count]
            counts = counts + np.bincount(integers.reshape(-1), minlength=count * BINS)
        mean = total / rows.shape[1]
        std = np.sqrt(np.maximum(squares / rows.shape[1] - mean * mean, 0))
        return mean + low, std, counts.reshape(count, BINS)

    def _magnitudes(self, rows: Array) -> tuple[Integers, Integers, Integers]:
        """The log histogram from the bits; the zeros, and what is not finite, apart."""
        work, count, bins = self._work, len(rows), self._layout.bins
        bits, counts = rows.view(self._layout.integer), 0
        for start in range(0, rows.shape[1], BLOCK):
            block = bits[:, start : start + BLOCK]
            integers = work.integers[: block.size].reshape(block.shape)
            np.bitwise_and(block, self._layout.magnitude, out=integers)
            np.right_shift(integers, self._layout.shift, out=integers)
            if count > 1:
                integers += work.log_offset[:count]
            counts = counts + np.bincount(integers.reshape(-1), minlength=count * bins)
        counts = np.asarray(counts).reshape(count, bins)
        zeros = np.array([_zeros(row) if found else 0 for row, found in zip(rows, counts[:, 0], strict=True)])
        counts[:, 0] -= zeros
        return counts[:, :-BINS_PER_OCTAVE], zeros, counts[:, -BINS_PER_OCTAVE:].sum(axis=1)

    def _log_edges(self, first: int, last: int) -> Array:
        bits = np.arange(first, last + 1, dtype=self._layout.integer) << self._layout.shift
        values = bits.view(self._work.dtype).astype(float)
        values[values == 0] = self._layout.smallest
        values[np.isinf(values)] = float(np.finfo(self._work.dtype).max)
        return np.log10(values)


def _zeros(row: Array) -> int:
    """Apart from the smallest denormals that share their bin. Flags are counted three times as fast as floats."""
    return int(np.count_nonzero(row == 0))


def _range(low: Array, high: Array) -> tuple[Array, Array]:
    """First and last edge of the own histogram; a constant gets an interval of its own size around it."""
    half = np.where(low == high, np.where(low == 0, 1.0, np.abs(low)) / 2, 0)
    return low - half, high + half


def _carefully(row: Array) -> tuple[Array, Array, Array, Array, Integers]:
    """low, high, mean, std, counts of a row that is constant, extreme or not all finite: in scaled float64."""
    low, high = row.min(), row.max()
    if low == high and np.isfinite(low):  # a constant lies in the middle of the interval that it gets
        value, counts = np.array([low], float), np.zeros((1, BINS), np.int64)
        counts[0, BINS // 2] = row.size
        return value, value, value, np.zeros(1), counts
    values = row[np.isfinite(row)].astype(float)
    if not values.size:
        nan = np.array([np.nan])
        return nan, nan, nan, nan, np.zeros((1, BINS), np.int64)
    exponent = int(np.frexp(np.abs(values).max())[1])
    values = np.ldexp(values, -exponent)
    moments = np.array([[values.min()], [values.max()], [values.mean()], [values.std()]])
    start, stop = _range(moments[0], moments[1])
    counts = np.histogram(np.clip((values - start) / (stop - start), 0, 1), BINS, (0, 1))[0]
    low, high, mean, std = np.ldexp(moments, exponent)
    return low, high, mean, std, counts[None]
