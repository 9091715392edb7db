"""Networks before a page shows them: what a data-driven start costs is said, then how far it is; then heavy probes.

The next change of a control stops it, and whoever asks again goes on from there.
"""

import math
from collections.abc import Iterable
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from initlab.spec import NetworkSpec
from initlab.ui import compute, gate
from initlab.ui.pace import Pace
from initlab.work import start_operations

SPEED: Final = 2 * gate.HEAVY  # operations a second, on a core that has others to serve too


def networks(specs: Iterable[NetworkSpec]) -> None:
    """Build what has to read the data first and is not there yet."""
    place = st.empty()  # always, so that nothing moves on the page that comes after
    for spec in specs:
        if spec.needs_data and compute.start_stages(spec).result is None:
            _network(spec, place)


def probes(specs: Iterable[NetworkSpec]) -> None:
    """The same, and then probe them where together that is heavy; else they are probed as the page asks for them."""
    specs = tuple(specs)
    networks(specs)
    if gate.is_heavy(sum(compute.probing(spec) for spec in specs)):
        for spec in specs:
            compute.probe(spec, heavy=True)


def _network(spec: NetworkSpec, place: DeltaGenerator) -> None:
    heavy, pace = gate.is_heavy(start_operations(spec)), Pace()
    for stage in compute.start_stages(spec).follow(line=gate.line(heavy=heavy)):
        left = pace.left(stage.share)
        if pace.due() and heavy:
            place.progress(stage.share, f"{announcement(spec)}{left}")
    place.empty()


def announcement(spec: NetworkSpec, rows: int | None = None) -> str:
    """What a start will cost that reads so many rows, the spec's own unless others are given."""
    cost = start_operations(spec, rows)
    seconds = math.ceil(cost / SPEED)
    return f"{spec.init} reads the data: about {cost / 1e9:,.1f} billion operations, about {seconds} s"
