"""The figures of a comparison: the panels are the probes' histograms, the lines their RMS, no labels overlap."""

import json
import re
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import layout, traces
from probed import probed
from sampling import sampled

from initlab.comparison import Start, labels, specs, start
from initlab.figures import theme
from initlab.figures.curves import Curve, curves_figure
from initlab.figures.depth import finite_rms, log10
from initlab.figures.ends import spread
from initlab.figures.histograms import Axis, profile
from initlab.figures.multiples import multiples_figure
from initlab.figures.sent import drawn_once
from initlab.figures.sheet import GAP, PANEL, Heading, columns_for
from initlab.figures.theme import Direction
from initlab.measurement import Probe
from initlab.spec import NetworkSpec
from initlab.tally import LayerStats
from initlab.theory import Expected, expect

BYTES = 60_000
BOTH: tuple[Direction, ...] = ("forward", "backward")
SIX = [
    start("Zeros"), start("Random uniform", minval=0.0, maxval=1.0), start("He normal"), start("Glorot normal"),
    start("PyTorch default"), start("Variance scaling", scale=2.0, mode="fan_out", gain=1.12),
]  # fmt: skip
SITUATIONS = {
    "usual": NetworkSpec(activation="Tanh", depth=10, batch=64),
    "deep, with overflow and underflow": NetworkSpec(activation="ReLU", depth=200, width=16, batch=16),
    "one": NetworkSpec(activation="Tanh", depth=1, width=1, batch=1),
    "float64": NetworkSpec(activation="ReLU", depth=60, width=64, batch=16, precision="float64"),
}


@pytest.mark.parametrize("count", [2, 4, 6])
def test_every_row_of_panels_has_its_axis_title_beside_its_middle(count: int) -> None:
    figure = heights([one.activation for one in probes_of(SITUATIONS["usual"])[:count]], ridges=True)
    titles = [note.y for note in layout(figure).annotations if note.text == "layer"]
    ticks = np.array(layout(figure).yaxis.tickvals).reshape(len(titles), -1)
    assert len(titles) == -(-count // columns_for(count))
    for title, row in zip(titles, ticks, strict=True):
        assert row[0] < title < row[-1]
        assert title - row[-1] + PANEL == pytest.approx(PANEL / 2)


@cache
def probes_of(spec: NetworkSpec) -> list[Probe]:
    return [probed(one) for one in specs(spec, SIX)]


def headings(lineup: list[Start] = SIX) -> list[Heading]:
    return [Heading(label, "vanishes" if k % 2 else "healthy", not k % 2) for k, label in enumerate(labels(lineup))]


def heights(stats: list[LayerStats], *, ridges: bool, same: bool = True, dark: bool = False) -> go.Figure:
    return multiples_figure(
        stats, headings()[: len(stats)], "forward", "Log magnitude", same=same, ridges=ridges, dark=dark
    )


@pytest.mark.parametrize("dark", sampled([False, True]))
@pytest.mark.parametrize("ridges", [False, True])
@pytest.mark.parametrize("axis", ["Log magnitude", "Shared"])
@pytest.mark.parametrize("spec", SITUATIONS.values(), ids=SITUATIONS)
def test_every_figure_is_valid_small_and_plain(spec: NetworkSpec, axis: Axis, *, ridges: bool, dark: bool) -> None:
    for direction in BOTH:
        stats = [p.activation if direction == "forward" else p.gradient for p in probes_of(spec)]
        for same in (True, False):
            figure = multiples_figure(stats, headings(), direction, axis, same=same, ridges=ridges, dark=dark)
            text = figure.to_json() or ""
            go.Figure(json.loads(text))  # Plotly's own validation
            assert len(text) < BYTES
            assert len(traces(figure)) == (2 if ridges else 3)


def test_the_panels_of_a_heat_map_are_the_starts_in_reading_order() -> None:
    stats = [probe.activation for probe in probes_of(SITUATIONS["usual"])]
    lines = [np.array(trace.z) for trace in traces(heights(stats, ridges=False))[1:]]
    pitch = round(lines[0].shape[1] / (3 - GAP))
    cells = round(pitch * (1 - GAP))
    for index, one in enumerate(stats):
        panel = lines[index // 3][:, index % 3 * pitch : index % 3 * pitch + cells]
        assert panel.any(axis=1).tolist() == [one.log_counts[layer].any() for layer in range(10)]
    for z in lines:
        assert z.shape == (10, 3 * pitch - (pitch - cells))
        assert not z[:, cells:pitch].any()


def test_a_ridge_peaks_where_the_histogram_does() -> None:
    stats = probes_of(SITUATIONS["usual"])[2].activation
    figure = heights([stats, stats], ridges=True)
    _, ridges = traces(figure)
    ticks = [label for label in layout(figure).annotations if re.fullmatch(r"[\d.]+|10.*", label.text)]
    per_decade = (ticks[1].x - ticks[0].x) / np.log10(float(ticks[1].text) / float(ticks[0].text))
    gaps = np.flatnonzero(np.isnan(ridges.x))
    parts = [slice(a + 1, b) for a, b in pairwise([-1, *gaps])]
    assert len(parts) == 20
    for layer, part in enumerate(parts[:10]):
        top = ridges.x[part][np.argmin(ridges.y[part])]
        value = np.log10(float(ticks[0].text)) + (top - ticks[0].x) / per_decade
        p = profile(stats, layer, "Log magnitude")
        peak = p.edges[np.argmax(p.heights)]
        assert value == pytest.approx(peak, abs=0.25)
    assert np.nanmin(ridges.x) >= 0
    assert np.nanmax(ridges.x) <= 2 - GAP


@pytest.mark.parametrize(("count", "columns"), [(2, 2), (3, 3), (4, 2), (5, 3), (6, 3)])
def test_no_row_has_more_panels_than_a_phone_can_show(count: int, columns: int) -> None:
    assert columns_for(count) == columns


def test_on_the_same_axis_only_the_lowest_panels_have_numbers_on_their_own_all_have() -> None:
    stats = [probe.activation for probe in probes_of(SITUATIONS["usual"])[2:]]
    for same, rows in ((True, 1), (False, 2)):
        figure = multiples_figure(stats, headings()[2:], "forward", "Log magnitude", same=same, ridges=True, dark=False)
        heights = {label.y for label in layout(figure).annotations if label.yanchor == "top"}
        assert len(heights) == rows


def test_panels_name_their_start_its_verdict_and_what_cannot_be_drawn() -> None:
    figure = heights([p.activation for p in probes_of(SITUATIONS["deep, with overflow and underflow"])], ridges=False)
    texts = [label.text for label in layout(figure).annotations]
    flat = [re.sub(r"<[^>]*>", " ", text) for text in texts]
    for symbol, label in zip(theme.SYMBOLS.values(), labels(SIX), strict=True):
        assert any(text.startswith(f" {symbol} ") and label in " ".join(text.split()) for text in flat)
    assert "all exactly 0" in [text.replace("<br>", " ") for text in texts]
    assert any("overflow" in text for text in texts)
    assert sum("vanishes" in text for text in texts) == 3


@pytest.mark.parametrize("ridges", [False, True])
def test_the_layers_that_overflowed_are_named_and_not_the_rows_that_are_drawn(*, ridges: bool) -> None:
    stats = probed(NetworkSpec("Ones", activation="ReLU", depth=200, width=64, batch=16)).activation
    gone = np.flatnonzero(stats.finite_share < 1) + 1
    assert gone.tolist() == [*range(gone[0], 201)]
    texts = [label.text.replace("<br>", " ") for label in layout(heights([stats, stats], ridges=ridges)).annotations]
    assert texts.count(f"layers {gone[0]} to 200: overflow") == 2


def curves(spec: NetworkSpec) -> list[Curve]:
    names, found = labels(SIX), probes_of(spec)
    return [
        Curve(
            name,
            finite_rms(p.activation),
            None if k % 2 else np.outer([0.5, 1, 2], p.activation.rms),
            "a note" * (k == 0),
        )
        for k, (name, p) in enumerate(zip(names, found, strict=True))
    ]


def with_theory(spec: NetworkSpec, direction: Direction) -> list[Curve]:
    found = []
    for curve, probe in zip(curves(spec), probes_of(spec), strict=True):
        assert probe.spec is not None
        theory = expect(probe.spec, np.array([0.5, 1.0, 2.0]), float(finite_rms(probe.gradient)[-1]))
        found.append(replace(curve, expected=theory.forward if direction == "forward" else theory.backward))
    return found


@pytest.mark.parametrize("direction", BOTH)
def test_theory_is_one_dashed_trace_and_one_band_for_all_starts_behind_the_lines(direction: Direction) -> None:
    found = with_theory(SITUATIONS["usual"], direction)
    band, line, *others = traces(curves_figure(found, direction, dark=False))
    assert len(others) == len(traces(curves_figure(curves(SITUATIONS["usual"]), direction, dark=False)))
    assert (line.line.dash, line.line.color) == ("dash", theme.LIGHT.theory)
    assert band.fill == "toself"
    expected = [curve.expected for curve in found if curve.expected is not None]
    assert len(expected) == 4  # neither Zeros nor the uniform law from 0 to 1
    ends = np.flatnonzero(np.isnan(line.y))
    parts = [slice(a + 1, b) for a, b in pairwise([-1, *ends])]
    for one, part in zip(expected, parts, strict=True):
        np.testing.assert_array_equal(line.x[part], np.arange(1, 11))
        np.testing.assert_allclose(10 ** line.y[part], one.rms)
    shapes = [slice(a + 1, b) for a, b in pairwise([-1, *np.flatnonzero(np.isnan(band.y))])]
    for one, part in zip(expected, shapes, strict=True):
        np.testing.assert_allclose(10 ** band.y[part], [*one.high, *one.low[::-1]])


def test_a_deep_theory_line_is_thinned_between_its_two_ends() -> None:
    spec = NetworkSpec("He normal", depth=200, width=64, gain=3.0)
    expected = expect(spec, np.ones(1), 1.0).forward
    assert isinstance(expected, Expected)
    deep = Curve("deep", np.full(200, 1.0), expected=expected)
    _, line, _ = traces(curves_figure([deep], "forward", dark=False))
    layers, drawn = line.x[:-1].astype(int) - 1, np.flatnonzero(np.isfinite(expected.rms))
    assert (layers[0], layers[-1]) == (0, drawn[-1])
    assert len(layers) <= 25 < len(drawn)
    np.testing.assert_allclose(line.y[:-1], log10(expected.rms)[layers])


@pytest.mark.parametrize("direction", BOTH)
def test_six_deep_lines_with_theory_stay_small(direction: Direction) -> None:
    names = labels(SIX)
    spec = NetworkSpec("He normal", depth=200, width=64)
    theory = expect(spec, np.ones(1), 1.0)
    rms = np.geomspace(1, 1e-3, 200)
    six = [Curve(name, rms, np.outer([0.5, 1, 2], rms), expected=theory.forward) for name in names]
    figure = drawn_once(curves_figure(six, direction, dark=True))
    go.Figure(json.loads(figure.to_json() or ""))  # Plotly's own validation
    assert len(figure.to_json() or "") < BYTES


@pytest.mark.parametrize("dark", sampled([False, True], 1))
@pytest.mark.parametrize("direction", BOTH)
@pytest.mark.parametrize("spec", SITUATIONS.values(), ids=SITUATIONS)
def test_lines_are_valid_and_labels_do_not_overlap(spec: NetworkSpec, direction: Direction, *, dark: bool) -> None:
    figure = curves_figure(with_theory(spec, direction), direction, dark)
    text = figure.to_json() or ""
    go.Figure(json.loads(text))
    assert len(text) < BYTES
    low, high = layout(figure).yaxis.range
    margin, height = layout(figure).margin, layout(figure).height
    pixels = (height - margin.t - margin.b) / (high - low)
    places = sorted((label.y * pixels, 16 * (1 + label.text.count("<br>"))) for label in layout(figure).annotations)
    assert len(places) == 6
    for (below, half), (above, other) in pairwise(places):
        assert above - below >= (half + other) / 2


def test_markers_are_this_draw_lines_the_median_and_bands_the_rest() -> None:
    spec = SITUATIONS["usual"]
    figure = curves_figure(curves(spec), "forward", dark=False)
    bands, lines = traces(figure)[:3], traces(figure)[3:]
    assert len(lines) == 6
    probe = probes_of(spec)[2]
    sizes = np.array(lines[2].marker.size)
    marked = sizes > 0
    np.testing.assert_allclose(10 ** np.array(lines[2].y)[:10], probe.activation.rms)
    values = np.array(lines[2].y)[marked]
    np.testing.assert_allclose(10 ** values[np.isfinite(values)], probe.activation.rms)
    band = bands[1]
    edges = {layer: 10 ** band.y[band.x == layer] for layer in (1.0, 10.0)}
    for layer, found in edges.items():
        np.testing.assert_allclose(sorted(found), np.array([0.5, 2]) * probe.activation.rms[int(layer) - 1])
    assert [line.marker.symbol for line in lines] == list(theme.SYMBOLS)
    assert [line.line.color for line in lines] == list(theme.OKABE_ITO[False])


def test_names_stand_where_the_journey_ends() -> None:
    for direction, side, end in zip(BOTH, ("left", "right"), (1, 0), strict=True):
        figure = curves_figure(curves(SITUATIONS["usual"]), direction, dark=False)
        assert layout(figure).yaxis.side == side
        assert {label.x for label in layout(figure).annotations} == {layout(figure).xaxis.range[end]}


@given(st.lists(st.floats(0, 100), min_size=2, max_size=6))
def test_labels_keep_their_order_and_stay_in_the_picture(wanted: list[float]) -> None:
    sizes = [10.0] * len(wanted)
    places = spread(wanted, sizes, 0, 100)
    order = np.argsort(wanted, kind="stable")
    assert (np.diff(np.array(places)[order]) >= 10 - 1e-9).all()
    assert min(places) >= 5 - 1e-9
    assert max(places) <= 95 + 1e-9


def test_labels_with_room_stay_where_they_belong() -> None:
    assert spread([80, 20, 50], [10, 10, 10], 0, 100) == [80, 20, 50]


def test_panels_are_as_high_as_their_constant_says() -> None:
    figure = heights([probe.activation for probe in probes_of(SITUATIONS["usual"])], ridges=False)
    first = traces(figure)[1]
    assert first.dy * len(first.z) == pytest.approx(PANEL)
    assert first.y0 - first.dy / 2 == min(tick for tick in layout(figure).yaxis.tickvals) - first.dy / 2
