"""The array types and the shape words every file uses.

Shape words in trailing comments: B batch, L hidden layers, N width, C classes. Weights are `(fan_in, fan_out)`, so a
layer computes `z = h @ W + b`.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.floating[Any]]
Integers: TypeAlias = NDArray[np.integer[Any]]
Flags: TypeAlias = NDArray[np.bool_]
Parameters: TypeAlias = tuple[tuple[str, float | str], ...]  # sorted (name, value) pairs: flat and hashable
