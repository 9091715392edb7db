"""One row of the corpus of links, and what a link without a query opens."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from initlab.spec import NetworkSpec


@dataclass(frozen=True, slots=True)
class SavedLink:
    """The query of a link, the spec it means, whether the app says that it changed something, and the page's view."""

    query: str
    spec: NetworkSpec
    notes: bool = False
    view: Mapping[str, str | float] = field(default_factory=dict)


SMALL: Final = (("mean", 0.0), ("stddev", 0.01))
OPENING: Final = NetworkSpec("Random normal", SMALL, 1.0, "Tanh", depth=10, width=128)
