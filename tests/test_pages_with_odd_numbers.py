"""Every page where a network's numbers overflow, die away, are subnormal or none: it says so, and no box is red."""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any, Final

import numpy as np
import pytest
from archives import npz
from sampling import sampled
from streamlit.testing.v1 import AppTest
from visits import captions, charts, numbers_in, visit

from initlab.ui.navigation import PAGES

STARTS: Final = {"compare_starts": "Ones,gain=10;He normal,gain=10", "race_starts": "Ones,gain=10;He normal,gain=10"}
QUICK: Final = {
    **STARTS, "race_epochs": "1", "pretrain_epochs": "1", "pretrain_rate": "10", "pretraining_tune_epochs": "1",
    "pretraining_tune_rate": "10", "pretraining_race": "True", "batch": "16", "width": "8", "activation": "ReLU",
}  # fmt: skip
SITUATIONS: Final = {
    "overflow": {"init": "He normal", "gain": "10", "depth": "50", "activation": "Linear"},
    "float64": {"init": "Ones", "gain": "10", "depth": "140", "width": "32", "precision": "float64"},
    "subnormal": {"init": "Random normal", "stddev": "0.01", "depth": "28", "activation": "Linear"},
    "subnormal float64": {
        "init": "Random normal", "stddev": "0.01", "depth": "200", "activation": "Linear", "precision": "float64",
    },
    "zero": {"init": "Zeros", "depth": "6", "activation": "ReLU", "batch": "1", "normalization": "Batch"},
    "residual": {"init": "Ones", "gain": "10", "depth": "50", "activation": "SiLU", "residual": "True"},
    "normalized": {"init": "Ones", "gain": "10", "depth": "50", "activation": "Linear", "normalization": "Layer"},
    "raw": {"init": "Random uniform", "maxval": "1", "gain": "10", "depth": "50", "dataset": "Wine", "scaling": "Raw"},
}  # fmt: skip
VERDICTS: Final = {
    "overflow": "The numbers overflow", "float64": "The numbers overflow", "subnormal": "The signal vanishes",
    "subnormal float64": "The signal vanishes", "zero": "Units are copies of one another",
    "residual": "The numbers overflow",
}  # fmt: skip


def parts(chart: Any) -> Iterator[Any]:
    """Every array of numbers that is drawn, typed or listed; what the pointer reads (`customdata`) may be infinite."""
    if isinstance(chart, dict):
        if "bdata" in chart:
            yield chart
        for name, part in chart.items():
            yield from parts(part) if name != "customdata" else ()
    elif isinstance(chart, list):
        if chart and all(isinstance(one, int | float | None) for one in chart):
            yield chart
        for part in chart:
            yield from parts(part)


def check(app: AppTest) -> None:
    """Nothing red, and no infinity for Plotly, which would choose its axes by it; NaN is a gap."""
    assert not app.exception
    assert not app.error
    for key, chart in charts(app).items():
        json.dumps(chart, allow_nan=False)
        assert not [part for part in parts(chart) if np.isinf(numbers_in(part)).any()], key


@pytest.mark.parametrize(
    ("situation", "page"), sampled(product(SITUATIONS, (page.url_path for page in PAGES)), every=11)
)
def test_a_page_shows_numbers_that_are_none(situation: str, page: str) -> None:
    app = visit({**QUICK, **SITUATIONS[situation]}, page=page)
    check(app)
    if page == "explore" and situation in VERDICTS:
        assert app.header[0].value == VERDICTS[situation]


def weights(odd: float, dtype: str) -> bytes:
    """Three layers of four units, the odd number in the second."""
    rng = np.random.default_rng(0)
    found = {f"w{n}": rng.standard_normal(shape).astype(dtype) for n, shape in enumerate([(4, 4), (4, 4), (4, 3)])}
    found["w1"][1, 2] = odd
    return npz(**found)


@pytest.mark.parametrize(
    ("odd", "dtype", "activation", "said"),
    sampled([
        (np.nan, "f4", "Tanh", "The numbers overflow"), (np.inf, "f4", "ReLU", "The numbers overflow"),
        (-np.inf, "f8", "Sigmoid", ""), (3e38, "f4", "Linear", ""), (1.7e308, "f8", "Linear", ""),
        (1e-45, "f4", "Tanh", ""), (5e-324, "f8", "ReLU", ""), (6e4, "f2", "GELU", ""), (np.nan, "f2", "Softplus", ""),
    ], every=4),
)  # fmt: skip
def test_weights_of_ones_own_may_hold_anything(odd: float, dtype: str, activation: str, said: str) -> None:
    app = visit({"own_activation": activation}, page="own", own_read=True, own_table=True)
    app.file_uploader(key="own_npz").set_value(("w.npz", weights(odd, dtype), "application/octet-stream"))
    check(app.run())
    if said:
        assert app.header[0].value == said


@pytest.mark.parametrize("scaling", sampled(["Standardized", "0-1", "Raw"], every=3))
def test_a_table_of_ones_own_may_hold_the_smallest_and_the_largest_numbers(scaling: str) -> None:
    table = b"a,b,k\n1e30,1e-320,x\n-1e30,2e-29,y\n1e-30,5e-324,x\n"
    app = visit({"scaling": scaling, "depth": "6", "width": "8", "activation": "Linear"}, page="own", own_table=True)
    app.file_uploader(key="own_csv").set_value(("t.csv", table, "text/csv"))
    check(app.run())
    assert any("3 rows of your table" in caption for caption in captions(app))
