"""All numbers of all layers: each column is the probe's own, and survives the way through CSV."""

import csv
from dataclasses import replace
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from probed import probed

from initlab.measurement import Probe
from initlab.scenarios import SCENARIOS
from initlab.spec import NetworkSpec
from initlab.table import layer_table, one_layer

QUANTITIES = ("preactivation", "activation", "weight", "gradient", "weight gradient")
MOMENTS = ("mean", "std", "rms", "minimum", "maximum", "finite share")
SPECS = {
    "healthy": NetworkSpec("Glorot normal", activation="Tanh", depth=5, width=24, batch=64, shape="Funnel"),
    "all zero": replace(SCENARIOS["Zeros"].spec, width=16),
    "overflow": replace(SCENARIOS["Too large"].spec, depth=40, gain=10.0, width=32, batch=32),
    "one of everything": NetworkSpec("Ones", depth=1, width=1, batch=1),
}


@pytest.fixture(params=SPECS.values(), ids=list(SPECS))
def probe(request: pytest.FixtureRequest) -> Probe:
    return probed(request.param)


def test_every_column_has_one_value_a_layer(probe: Probe) -> None:
    table = layer_table(probe)
    assert all(column.shape == (probe.depth,) for column in table.values())
    assert list(table["layer"]) == list(range(1, probe.depth + 1))
    assert tuple(table["width"]) == probe.widths


def test_every_number_of_every_quantity_is_there_and_is_the_probes(probe: Probe) -> None:
    table = layer_table(probe)
    for quantity in QUANTITIES:
        stats = getattr(probe, quantity.replace(" ", "_"))
        for moment in (*MOMENTS, "zeros"):
            np.testing.assert_array_equal(table[f"{quantity} {moment}"], getattr(stats, moment.replace(" ", "_")))
    for name in ("saturated share", "dead share", "distinct units", "input correlation"):
        np.testing.assert_array_equal(table[name], getattr(probe, name.replace(" ", "_")))
    assert len(table) == 2 + 4 + len(QUANTITIES) * (len(MOMENTS) + 1)


def test_the_most_wanted_columns_come_first(probe: Probe) -> None:
    assert list(layer_table(probe))[:4] == ["layer", "width", "activation rms", "gradient rms"]


def test_one_layer_is_the_same_numbers_lying_down(probe: Probe) -> None:
    whole, layer = layer_table(probe), probe.depth
    table = one_layer(probe, layer)
    assert table["quantity"] == list(QUANTITIES)
    for row, quantity in enumerate(QUANTITIES):
        for moment in MOMENTS:
            np.testing.assert_equal(table[moment][row], whole[f"{quantity} {moment}"][layer - 1])


def test_both_tables_come_back_from_csv_to_the_last_digit(probe: Probe) -> None:
    for table in (layer_table(probe), one_layer(probe, 1)):
        header, *rows = csv.reader(StringIO(pd.DataFrame(table).to_csv(index=False)))
        assert header == list(table)
        for name, texts in zip(header, zip(*rows, strict=True), strict=True):
            read = list(texts) if name == "quantity" else [float(text or "nan") for text in texts]
            np.testing.assert_array_equal(read, table[name])
