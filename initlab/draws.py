"""Common random numbers: the unit draws that every law, gain and initializer scales and shapes.

A layer's numbers depend on the seed and its index alone, so two initializers are compared on the same randomness, a
network of depth d is a prefix of one of depth d + 1, and a moved gain slider draws nothing. SFC64 is NumPy's fastest
generator; float32 draws carry 24 random bits, which is ample for a weight, and both precisions share them.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from initlab.arrays import Array, Integers

OUTPUT_LAYER = 2**32 - 1  # the output layer's own stream, whatever the depth
DROPOUT = 2**32 - 2  # no layer either: the stream of dropout's masks, with one child a step
CALIBRATION = 2**32 - 3  # nor this: which rows a data-driven start looks at, with one child a layer
CUT = 2.0  # Keras cuts a truncated normal at two standard deviations
KINDS = ("weights", "bias", "mask")  # independent child streams of a layer's seed


class LayerDraws:
    """The unit draws of one `(fan_in, fan_out)` layer; each kind is drawn once and kept, read-only.

    With a number of `networks` the weights are those of so many such layers `(networks, fan_in, fan_out)`.
    """

    def __init__(
        self, seed: np.random.SeedSequence, fan_in: int, fan_out: int,
        dtype: type[np.float32] | type[np.float64] = np.float32, networks: int | None = None,
    ) -> None:  # fmt: skip
        self.fan_in, self.fan_out, self.dtype = fan_in, fan_out, dtype
        self._shape = (fan_in, fan_out) if networks is None else (networks, fan_in, fan_out)
        self._seed = seed
        self._kept: dict[str, NDArray[Any]] = {}

    @property
    def nbytes(self) -> int:
        return sum(array.nbytes for array in self._kept.values())

    def generator(self, kind: str) -> np.random.Generator:
        """The child stream of that kind, from its beginning."""
        child = np.random.SeedSequence(self._seed.entropy, spawn_key=(*self._seed.spawn_key, KINDS.index(kind)))
        return np.random.Generator(np.random.SFC64(child))

    def once(self, kind: str, make: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        """What `make` returns, computed the first time only."""
        if kind not in self._kept:
            made = make()
            made.setflags(write=False)
            self._kept[kind] = made
        return self._kept[kind]

    def normal(self) -> Array:
        """N(0, 1)."""
        return self.once("normal", lambda: self._standard_normal(self._stream))

    def truncated(self) -> Array:
        """N(0, 1) cut at +-2: the normal draws, with only those beyond the cut (5 %) drawn again."""
        values = self.normal().copy()
        values.reshape(-1)[self._beyond()] = self.once("redrawn", self._redrawn)
        return values

    def uniform(self) -> Array:
        """U(-1, 1): the normal draws through their own distribution function, so normal and uniform stay paired."""
        return self.once("uniform", lambda: special.ndtr(self.normal()) * 2 - 1)

    def bias_normal(self) -> Array:
        """N(0, 1) for the biases."""
        return self.once("bias", lambda: self.generator("bias").standard_normal(self.fan_out, dtype=self.dtype))

    def bias_uniform(self) -> Array:
        """U(-1, 1) for the biases, paired with `bias_normal`."""
        return special.ndtr(self.bias_normal()) * 2 - 1

    @cached_property
    def _stream(self) -> np.random.Generator:
        """First the normal draws, then the redraws of the truncated ones: one generator serves both."""
        return self.generator("weights")

    def _standard_normal(self, rng: np.random.Generator) -> Array:
        return rng.standard_normal(self._shape, dtype=self.dtype)

    def _beyond(self) -> Integers:
        """Where the normal draws lie beyond the cut."""
        return self.once("beyond", lambda: np.flatnonzero(np.abs(self.normal().reshape(-1)) > CUT).astype(np.int32))

    def _redrawn(self) -> Array:
        """A draw within the cut for each of them."""
        found = self._stream.standard_normal(self._beyond().size, dtype=self.dtype)
        again = np.flatnonzero(np.abs(found) > CUT)
        while again.size:
            fresh = self._stream.standard_normal(again.size, dtype=self.dtype)
            found[again] = fresh
            again = again[np.abs(fresh) > CUT]
        return found


class Draws:
    """The layers' draws of one seed, kept between networks; `trim` brings them back under `max_bytes`."""

    def __init__(self, seed: int, max_bytes: int = 2**28) -> None:
        self.seed = seed
        self._max_bytes = max_bytes
        self._layers: dict[tuple[int, int, int], LayerDraws] = {}

    def layer(self, index: int, fan_in: int, fan_out: int) -> LayerDraws:
        """The draws of hidden layer `index` (from 0), or of `OUTPUT_LAYER`."""
        key = (index, fan_in, fan_out)
        found = self._layers.pop(key, None)
        if found is None:
            self.trim()
            found = LayerDraws(np.random.SeedSequence(self.seed, spawn_key=(index,)), fan_in, fan_out)
        self._layers[key] = found
        return found

    def dropout(self, step: int) -> np.random.Generator:
        """What draws the masks of step `step`: a step need not know how many went before it."""
        return np.random.Generator(np.random.SFC64(np.random.SeedSequence(self.seed, spawn_key=(DROPOUT, step))))

    def calibration(self, *layer: int) -> np.random.Generator:
        """What picks the minibatches of a layer (from 0, or `OUTPUT_LAYER`); without one, the rows for all of them."""
        return np.random.Generator(np.random.SFC64(np.random.SeedSequence(self.seed, spawn_key=(CALIBRATION, *layer))))

    def trim(self) -> None:
        """Forget the layers asked for longest ago until the rest fit."""
        kept = sum(layer.nbytes for layer in list(self._layers.values()))
        for key in list(self._layers):
            if kept <= self._max_bytes:
                return
            forgotten = self._layers.pop(key, None)  # another thread may have been here
            kept -= forgotten.nbytes if forgotten else 0


def draws_from(rng: np.random.Generator, fan_in: int, fan_out: int) -> LayerDraws:
    """One layer's float64 draws, seeded from `rng`."""
    entropy: list[Any] = rng.integers(2**32, size=4).tolist()
    return LayerDraws(np.random.SeedSequence(entropy), fan_in, fan_out, np.float64)
