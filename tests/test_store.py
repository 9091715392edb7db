"""What is kept between visitors is bounded, in entries and in bytes: every cache stands in a table with its largest."""

import ast
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from initlab.measurement import Probe
from initlab.probe import probe
from initlab.recording import RECORD_BYTES
from initlab.spec import INTEGERS, NetworkSpec
from initlab.start import build
from initlab.ui import compute, compute_theory, store
from initlab.ui.store import Store, stored
from initlab.work import network_bytes, probe_bytes

ROOT: Final = Path(__file__).parent.parent
DEEPEST, ROWS, WIDEST = INTEGERS["depth"][1], INTEGERS["batch"][1], INTEGERS["width"][1]
KILO, MEGA = 2**10, 2**20
MOST: Final = 300 * MEGA  # of one cache
FIGURE, LAYERS = 400 * KILO, 64 * DEEPEST  # twice over, measured at 200 layers; a few numbers a layer
LARGEST: Final = {  # bytes of the largest entry
    "batch": 2 * 64 * 8 * ROWS,  # no data have more than 64 columns
    "draws": compute.DRAWS_BYTES + 9 * MEGA,  # one layer of 1024 units more
    "calibrated": LAYERS, "diagnosis": 2 * LAYERS, "_healing": 2 * KILO, "theory": LAYERS,
    "_kept_profiles": 40 * 16 * DEEPEST, "mean_squares": 8 * ROWS, "expected_correlations": LAYERS,
    "layers_figure": FIGURE, "rms_figure": FIGURE, "multiples_figure": FIGURE, "curves_figure": FIGURE,
    "saturation_figure": FIGURE,
    "death_figure": FIGURE, "inspection_figure": FIGURE, "neuron_figure": FIGURE, "trouble": KILO,
    "spectral_law": MEGA, "_births": 10 * LAYERS, "plane": FIGURE, "picks": FIGURE,
    "point": KILO, "plane_figure": FIGURE, "point_maps": 100 * KILO, "blocks": 30 * 41 * 64, "law_figure": FIGURE,
    "gains": 100 * KILO, "edge": 10 * LAYERS,
    "_finding": RECORD_BYTES + MEGA,  # copies in training: 8.2 MB, the most of all lessons; a race less
    "fitted_map": 10 * KILO, "effort": KILO, "law_reading": KILO, "comparison_table": 4 * KILO, "affordable": 4 * KILO,
    "labels_of": KILO,
    "about_biases": KILO, "_advising": probe_bytes(NetworkSpec(depth=100)),
}  # fmt: skip
FOR_GOOD: Final = {  # two files of a few kB, one connection, the unit draws of 32 seeds, 2 MB each, the pages of the
    # menu, and eight data sets in two parts, 2 MB at most
    "example_table", "example_weights", "_client", "_recent", "_menu", "_parts",
}  # fmt: skip


def cached() -> Iterator[tuple[str, str, dict[str, ast.expr]]]:
    """Every function that is decorated with a cache: its name, the cache's, and its settings."""
    for file in (ROOT / "app.py", *ROOT.glob("pages/**/*.py"), *ROOT.glob("initlab/**/*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for decorator in getattr(node, "decorator_list", ()):
                call = decorator if isinstance(decorator, ast.Call) else None
                kind = ast.unparse(call.func if call else decorator).rsplit(".", 1)[-1]
                if kind in ("remembered", "kept_figures") and call:
                    yield getattr(node, "name", ""), "cache_resource", {"max_entries": call.args[0]}
                elif kind in ("cache_resource", "cache_data", "cache", "lru_cache"):
                    settings = {word.arg: word.value for word in call.keywords if word.arg} if call else {}
                    yield getattr(node, "name", ""), kind, settings


def test_every_cache_has_a_bound_in_entries_and_bytes() -> None:
    entries = {
        name: ast.literal_eval(settings["max_entries"])  # a cache without one fails here
        for name, kind, settings in cached()
        if kind.startswith("cache_")
    }
    assert entries.keys() == LARGEST.keys(), "say here what the largest entry of a new cache takes"
    assert not {name: count * LARGEST[name] for name, count in entries.items() if count * LARGEST[name] > MOST}


def test_what_is_kept_for_good_is_small_and_named() -> None:
    assert {name for name, kind, _ in cached() if not kind.startswith("cache_")} == FOR_GOOD


def deep(value: Any) -> int:
    """Bytes of all arrays in it."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if is_dataclass(value):
        return sum(deep(getattr(value, entry.name)) for entry in fields(value))
    return sum(deep(each) for each in value) if isinstance(value, list | tuple) else 0


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_a_probe_and_a_network_are_no_larger_than_their_stores_count(precision: str) -> None:
    spec = NetworkSpec("Random normal", (("stddev", 0.01),), activation="Tanh", depth=100, width=8, batch=16,
                       precision=precision)  # fmt: skip
    found: Probe = probe(spec)
    assert 0 < deep(found) <= probe_bytes(spec)
    assert sum(weights.nbytes for weights in build(spec).weights) == network_bytes(spec)


def test_the_largest_are_kept_by_their_bytes() -> None:
    for cache in (compute.start_stages, compute._probings, compute_theory._followed):
        assert isinstance(cache, Store)
    spec = NetworkSpec(depth=DEEPEST, precision="float64")
    assert probe_bytes(spec) * 64 > 10 * store.BYTES, "entries alone would be no bound"


def test_a_store_keeps_what_was_asked_for_last_as_far_as_it_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BYTES", 100)
    made: list[int] = []

    @stored(4, lambda size: size)
    def thing(size: int) -> list[int]:
        made.append(size)
        return [size]

    first = thing(40)
    thing(30)
    assert thing(40) is first
    thing(35)  # 105 in all: 30 was asked for longest ago
    assert (len(thing), thing.nbytes) == (2, 75)
    assert thing(40) is first
    assert thing(30) == [30]
    assert made == [40, 30, 35, 30]
    thing(1000)
    assert (len(thing), thing.nbytes) == (1, 1000), "what is too large stays until the next comes"
    for size in (1, 2, 3, 4, 5):
        thing(size)
    assert (len(thing), thing.nbytes) == (4, 14)


def test_what_one_page_asks_for_in_turn_is_kept_whatever_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BYTES", 100)
    made: list[int] = []

    @stored(8, lambda key: 90, fewest=3)
    def thing(key: int) -> list[int]:
        made.append(key)
        return [key]

    for key in (1, 2, 3, 1, 2, 3, 4, 2, 3, 4):
        thing(key)
    assert made == [1, 2, 3, 4]
    assert len(thing) == 3


def test_several_who_ask_at_once_get_the_same_thing() -> None:
    together = threading.Barrier(8)

    @stored(4, lambda key: 1)
    def thing(key: str) -> list[str]:
        return [key]

    def ask(_: int) -> list[str]:
        together.wait()
        return thing("one")

    with ThreadPoolExecutor(8) as visitors:
        first, *others = visitors.map(ask, range(8))
    assert all(other is first for other in others)
