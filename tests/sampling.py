"""Parameters of a test of which `make test` takes a fair sample and `make stress` the rest."""

from collections.abc import Iterable
from typing import Any

import pytest


def sampled(values: Iterable[Any], offset: int = 0, every: int = 12) -> list[Any]:
    """All values; those that are not `offset`, `offset + every`, ... are marked for `make stress`.

    Pages take different offsets, so that together they see most of a table.
    """
    rows = [value if isinstance(value, tuple) else (value,) for value in values]
    return [
        pytest.param(*row, marks=() if index % every == offset % every else pytest.mark.stress)
        for index, row in enumerate(rows)
    ]
