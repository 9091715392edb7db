"""The pictures of a recorded race: valid, within their size, and true to the marks."""

import json
from dataclasses import replace
from functools import cache

import numpy as np
import plotly.graph_objects as go
import pytest
from pictures import layout, matrix, traces

from initlab import NetworkSpec, TrainSpec, race, replay
from initlab.figures.histograms import Axis
from initlab.figures.playback import FILM_BYTES, SQUARE, Scene, decision_film, histogram_film, rms_film, strips_figure
from initlab.figures.sheet import GAP
from initlab.race import Snapshot
from initlab.recording import square
from initlab.schedule import split

HOW = TrainSpec(epochs=1, batch=128, rate=1)
BASE = NetworkSpec("Glorot normal", activation="Tanh", depth=4, width=16)
RELU = replace(BASE, activation="ReLU")
RACES = {
    "usual": ([BASE, BASE.with_init("Zeros"), BASE.with_init("He normal")], HOW),
    "one retires": (
        [RELU, replace(RELU.with_init("Random normal", stddev=2.0), gain=10.0)],
        HOW,
    ),
    "one layer alone": ([replace(BASE, depth=1, width=1)], HOW),
    "deep": ([replace(BASE, depth=120, width=4), replace(BASE.with_init("Zeros"), depth=120, width=4)], HOW),
}  # fmt: skip


@cache
def raced(name: str) -> Snapshot:
    *_, last = race(*RACES[name])
    return last


def scene(now: Snapshot, quantity: replay.Quantity = "Activations") -> Scene:
    steps = replay.moments(now)
    moments = [[replay.stats(mark, quantity) for mark in replay.marks_at(now, step)] for step in steps]
    going = [not runner.retired for runner in now.runners]
    return Scene(moments, steps, [r.label for r in now.runners], going, "forward")


@pytest.mark.parametrize("axis", ["Log magnitude", "Shared"])
@pytest.mark.parametrize("name", RACES)
def test_every_picture_is_valid_and_within_its_size(name: str, axis: Axis) -> None:
    for quantity in replay.QUANTITIES:
        seen = scene(raced(name), quantity)
        dark = quantity == "Gradients"
        for figure in (histogram_film(seen, axis, dark), rms_film(seen, dark), strips_figure(seen, axis, dark)):
            text = figure.to_json() or ""
            go.Figure(json.loads(text))
            assert len(text) < 2 * FILM_BYTES


def test_a_panel_of_a_frame_is_the_histogram_of_its_contestant_at_that_moment() -> None:
    seen = scene(raced("usual"))
    frame = histogram_film(seen, "Shared", False).frames[-1]
    z = matrix(frame.data[0].z)
    pitch = round(z.shape[1] / (3 - GAP))
    cells = round(pitch * (1 - GAP))
    for index, stats in enumerate(seen.moments[-1]):
        panel = z[:, index * pitch : index * pitch + cells]
        for layer in range(4):
            weights = panel[layer].astype(float)
            if weights.any():
                place = (weights @ (np.arange(cells) + 0.5)) / weights.sum() / cells
                mean = stats.counts[layer] @ (stats.edges[layer, :-1] + stats.edges[layer, 1:]) / 2 / stats.size[layer]
                assert -1.08 + 2.16 * place == pytest.approx(mean, abs=0.03), "a tanh spans -1 to 1, with a little room"


def test_who_has_left_the_race_does_not_set_the_axis() -> None:
    seen = scene(raced("one retires"))
    assert seen.going == [True, False]
    low, high = layout(rms_film(seen, False)).yaxis.range
    staying = np.array([found[0].rms for found in seen.moments])
    assert low <= np.log10(staying.min()) <= np.log10(staying.max()) <= high < np.log10(staying.max()) + 3


def test_who_has_left_sets_the_axis_where_nothing_can_be_seen_of_the_others() -> None:
    specs, how = RACES["one retires"]
    *_, now = race([RELU.with_init("Zeros"), specs[1]], how)
    seen = scene(now)
    assert seen.going == [True, False]
    high = layout(rms_film(seen, False)).yaxis.range[1]
    assert high >= np.log10(seen.moments[0][1].rms.max())


def test_a_strip_has_large_values_above_small_ones_and_a_column_a_moment() -> None:
    seen = scene(raced("usual"), "Gradients")
    figure = strips_figure(seen, "Log magnitude", False)
    z = matrix(traces(figure)[0].z)
    cells = round(z.shape[1] / (3 - GAP) * (1 - GAP))
    strips = z[:, :cells].reshape(4, -1, cells)  # of Glorot normal
    for layer, strip in enumerate(strips):
        rows = strip[:, 0].argmax(), strip[:, -1].argmax()
        sizes = seen.moments[0][0].rms[layer], seen.moments[-1][0].rms[layer]
        if abs(np.log10(sizes[1] / sizes[0])) > 0.5:
            assert (rows[0] > rows[1]) == (sizes[1] > sizes[0])
    words = [word.text for word in layout(figure).annotations]
    assert any("nothing to<br>draw" in word for word in words), "Zeros"
    assert str(seen.steps[-1]) in words


def test_a_decision_lies_where_its_training_rows_lie() -> None:
    spec, how = replace(BASE, dataset="Moons"), TrainSpec(epochs=30, rate=0.3)
    *_, now = race([spec, spec.with_init("Zeros")], how)
    rows, _ = split(spec, how)
    classes, corners, steps = np.asarray(rows.targets), square(rows.inputs)[[0, -1]], replay.moments(now)
    moments = [[mark.decision for mark in replay.marks_at(now, step)] for step in steps]
    figure = decision_film(moments, steps, ["a", "b"], rows.inputs, classes, corners, False)
    go.Figure(json.loads(figure.to_json() or ""))
    z, picture, dots = matrix(figure.frames[-1].data[0].z), traces(figure)[0], traces(figure)[1:3]
    agreed = []
    for k, dot in enumerate(dots):
        inside = np.array(dot.x) < 1  # the first panel
        column = ((np.array(dot.x)[inside] - picture.x0) / picture.dx).round().astype(int)
        row = ((np.array(dot.y)[inside] - picture.y0) / picture.dy).round().astype(int)
        agreed.append((z[row, column] > 120) == bool(k))
    assert np.concatenate(agreed).mean() > 0.95
    assert picture.dy * len(z) == pytest.approx(SQUARE)
