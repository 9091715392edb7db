"""The hot path: moments and two histograms of every layer, gathered in one sweep over blocks that fit the cache.

Own histogram: 64 equal bins between a layer's minimum and maximum. Log histogram: a float's exponent and its first two
mantissa bits *are* a logarithmic bin number (four bins an octave, thirteen a decade), so one shift replaces a log10.
Moments are summed in float64 about the layer's minimum, so that nothing overflows and the deviation of values that
barely differ survives.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from initlab.arrays import Array, Integers

BINS: Final = 64
BLOCK: Final = 2**14  # values in one sweep: with its float64 and integer copies some 450 kB, about a core's L2
BINS_PER_OCTAVE: Final = 4
BELOW_ONE: Final = 1 - 2**-21  # keeps the maximum inside the last bin


@dataclass(frozen=True, slots=True, eq=False)
class LayerStats:
    """Statistics of one quantity; the first axis is the layer. Moments are of the finite values, NaN if there are none.

    `counts` lie between each layer's own `edges`; `log_counts` are of |x| on fixed `log_edges` (log10) shared by all
    layers, exact `zeros` apart. Rounding may put a value that lies on an edge into the bin beside it.
    """

    mean: Array
    std: Array
    rms: Array
    minimum: Array
    maximum: Array
    finite_share: Array
    counts: Integers  # (L, 64)
    edges: Array  # (L, 65)
    log_counts: Integers  # (L, K)
    log_edges: Array  # (K + 1,)
    zeros: Integers
    size: Integers


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
        self.layout = LAYOUTS[np.dtype(dtype)]
        self.floats, self.wide = np.empty(BLOCK, dtype), np.empty(BLOCK)
        self.integers = np.empty(BLOCK, self.layout.integer)


class Tally:
    """Takes the layers of one quantity in any order; small ones of equal size share a block. Ends with `stats()`."""

    def __init__(self, layers: int, workspace: Workspace) -> None:
        self._layout, self._workspace = workspace.layout, workspace
        self._block = np.empty(BLOCK, workspace.floats.dtype)
        self._waiting: list[int] = []
        self._size = 0  # of each waiting layer
        self._mean, self._std, self._low, self._high = np.full((4, layers), np.nan)
        self._edge, self._span = np.full((2, layers), np.nan)
        self._sizes, self._zeros = np.zeros((2, layers), np.int64)
        self._counts = np.zeros((layers, BINS), np.int64)
        self._log_counts = np.zeros((layers, self._layout.bins), np.int64)

    def add(self, layer: int, values: Array) -> None:
        """Note the values of one layer."""
        flat = values.reshape(-1)
        self._sizes[layer] = flat.size
        if flat.size > BLOCK // 2:
            self._sweep(np.array([layer]), flat[None])
            return
        if flat.size != self._size or (len(self._waiting) + 1) * flat.size > BLOCK:
            self._flush()
            self._size = flat.size
        start = len(self._waiting) * flat.size
        self._block[start : start + flat.size] = flat
        self._waiting.append(layer)

    def stats(self) -> LayerStats:
        """Everything gathered so far."""
        self._flush()
        first_odd = self._layout.bins - BINS_PER_OCTAVE
        odd = self._log_counts[:, first_odd:].sum(axis=1)
        used = np.flatnonzero(self._log_counts[:, :first_odd].any(axis=0))
        first, last = (int(used[0]), int(used[-1]) + 1) if used.size else (0, 1)
        return LayerStats(
            self._mean, self._std, np.hypot(self._mean, self._std), self._low, self._high, 1 - odd / self._sizes,
            self._counts, self._edge[:, None] + self._span[:, None] * np.linspace(0, 1, BINS + 1),
            self._log_counts[:, first:last].copy(), self._log_edges(first, last), self._zeros, self._sizes,
        )  # fmt: skip

    def _log_edges(self, first: int, last: int) -> Array:
        bits = np.arange(first, last + 1, dtype=self._layout.integer) << self._layout.shift
        values = bits.view(self._block.dtype).astype(float)
        values[values == 0] = self._layout.smallest
        values[np.isinf(values)] = float(np.finfo(self._block.dtype).max)
        return np.log10(values)

    def _flush(self) -> None:
        if self._waiting:
            layers, self._waiting = np.array(self._waiting), []
            self._sweep(layers, self._block[: layers.size * self._size].reshape(layers.size, self._size))

    def _sweep(self, layers: Integers, rows: Array) -> None:
        """Fill in everything about `rows`, one a layer."""
        self._count_magnitudes(layers, rows)
        low, high = rows.min(axis=1), rows.max(axis=1)
        with np.errstate(all="ignore"):
            span = high - low
            tiny, huge = self._layout.safe
            plain = (span > tiny) & (span < huge)  # also False for NaN, for inf and for constant rows
        for row in np.flatnonzero(~plain):
            self._rescaled(layers[row], rows[row])
        if not plain.all():
            layers, rows, low, high, span = layers[plain], rows[plain], low[plain], high[plain], span[plain]
        if layers.size:
            self._low[layers], self._high[layers] = low, high
            self._edge[layers], self._span[layers] = low, high.astype(float) - low
            self._bin(layers, rows, low[:, None], (BINS * BELOW_ONE / span)[:, None])

    def _bin(self, layers: Integers, rows: Array, low: Array, scale: Array) -> None:
        """Own histogram and moments, a block at a time."""
        work, total, squares = self._workspace, *np.zeros((2, layers.size))
        offset = np.arange(0, layers.size * BINS, BINS, dtype=self._layout.integer)[:, None]
        for start in range(0, rows.shape[1], BLOCK):
            block = rows[:, start : start + BLOCK]
            floats, integers, wide = (
                buffer[: block.size].reshape(block.shape) for buffer in (work.floats, work.integers, work.wide)
            )
            np.subtract(block, low, out=floats)
            np.copyto(wide, floats)
            total += wide.sum(axis=1)
            squares += np.vecdot(wide, wide)
            np.multiply(floats, scale.astype(floats.dtype, copy=False), out=floats)
            np.copyto(integers, floats, casting="unsafe")
            if layers.size > 1:
                integers += offset
            counts = np.bincount(integers.reshape(-1), minlength=layers.size * BINS)
            self._counts[layers] += counts.reshape(-1, BINS)
        mean = total / rows.shape[1]
        self._mean[layers] = mean + low[:, 0]
        self._std[layers] = np.sqrt(np.maximum(squares / rows.shape[1] - mean * mean, 0))

    def _count_magnitudes(self, layers: Integers, rows: Array) -> None:
        """Log histogram, zeros apart, from the bits."""
        bins, bits = self._layout.bins, rows.view(self._layout.integer)
        offset = np.arange(0, layers.size * bins, bins, dtype=self._layout.integer)[:, None]
        for start in range(0, rows.shape[1], BLOCK):
            block = bits[:, start : start + BLOCK]
            integers = self._workspace.integers[: block.size].reshape(block.shape)
            np.bitwise_and(block, self._layout.magnitude, out=integers)
            np.right_shift(integers, self._layout.shift, out=integers)
            if layers.size > 1:
                integers += offset
            counts = np.bincount(integers.reshape(-1), minlength=layers.size * bins)
            self._log_counts[layers] += counts.reshape(-1, bins)
        if self._log_counts[layers, 0].any():  # the lowest bin also holds denormals
            self._zeros[layers] = rows.shape[1] - np.count_nonzero(rows, axis=1)
            self._log_counts[layers, 0] -= self._zeros[layers]

    def _rescaled(self, layer: int, row: Array) -> None:
        """The same for one row that is constant, extreme or not wholly finite: slower, in scaled float64."""
        values = row[np.isfinite(row)].astype(float)
        if not values.size:
            return
        exponent = int(np.frexp(np.abs(values).max())[1])
        values = np.ldexp(values, -exponent)
        low, high = float(values.min()), float(values.max())
        edge, span = (low, high - low) if high > low else (low - abs(low) / 2, abs(low)) if low else (-0.5, 1.0)
        self._counts[layer] = np.histogram(values, BINS, (edge, edge + span))[0]
        moments = values.mean(), values.std(), low, high, edge, span
        for field, value in zip(
            (self._mean, self._std, self._low, self._high, self._edge, self._span), moments, strict=True
        ):
            field[layer] = np.ldexp(value, exponent)
