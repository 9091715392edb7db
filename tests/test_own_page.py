"""The page for one's own: it opens on an example, takes files, and says what is wrong with them."""

import re
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import psutil
import pytest
from archives import npz
from streamlit.testing.v1 import AppTest
from visits import QUICK, captions, charts, follow, numbers_in, shown_spec, visit

from initlab.datasets import load
from initlab.measurement import Probe, measure
from initlab.own_data import own_data
from initlab.own_examples import example_table, example_weights
from initlab.own_probe import probe_data
from initlab.own_table import read_table
from initlab.spec import NetworkSpec
from initlab.start import build
from initlab.ui import shown

TABLE = example_table()
HOSTILE = b"<b>a</b>,**b** [l](http://e.com),$c$\n1,2,<i>x</i>\n3,5,y\n4,6,y\n"
SPEC = NetworkSpec("Random normal", (("stddev", 0.01),), activation="Tanh", depth=4, width=16)


def upload(app: AppTest, key: str, name: str, data: bytes) -> AppTest:
    app.file_uploader(key=key).set_value((name, data, "application/octet-stream"))
    return app.run()


def plain(text: str) -> str:
    """Markdown as it is read."""
    return re.sub(r"\\(.)", r"\1", text).replace("\N{WORD JOINER}", "")


def about(app: AppTest) -> str:
    (found,) = (plain(text) for text in captions(app) if text.startswith(":material/info: The network in"))
    return found.removeprefix(":material/info: ")


def check_rms(app: AppTest, probe: Probe) -> None:
    """The lines drawn are those of this probe."""
    lines = [trace for trace in charts(app)["rms"]["data"] if trace["mode"] == "lines+markers"]
    for line, stats in zip(lines, (probe.activation, probe.gradient), strict=True):
        np.testing.assert_allclose(10 ** numbers_in(line["y"]), stats.rms, rtol=1e-6)


def test_it_opens_on_an_example_that_is_called_one_and_has_its_remedy() -> None:
    app = visit(QUICK, page="own")
    assert not app.exception
    assert app.header[0].value == "The signal vanishes"
    assert app.segmented_control(key="own_example").label == "No file yet: shown is an example of"
    spec = shown_spec(app)
    check_rms(app, probe_data(own_data(read_table(TABLE), 4), spec).probe)
    assert any("32 rows of the example table (standardized)" in text for text in captions(app))
    assert len([one for one in app.get("download_button") if one.proto.label.startswith("Example")]) == 2
    app.button(key="remedy").click().run()
    assert app.header[0].value == "Healthy at the start"
    assert shown_spec(app) == replace(spec.with_init("Glorot normal"), gain=spec.gain)
    assert [label for label in ("Link and QR code", "Code") if label in str(app.get("menu_button")[0].proto)] == [
        "Link and QR code"
    ]


def test_uploaded_weights_give_the_numbers_of_the_network_itself() -> None:
    network = build(replace(SPEC, shape="Funnel"))
    file = npz(**{f"w{n}": w for n, w in enumerate(network.weights)})
    app = upload(visit({**QUICK, "own_dataset": "Iris"}, page="own", own_read=True), "own_npz", "w.npz", file)
    assert not app.exception
    data = load("Digits", rows=32)
    probe = measure(network, data.inputs, data.targets)
    check_rms(app, probe)
    assert about(app).startswith("The network in the file: 64 inputs, 4 hidden layers, 4 to 16 wide.")
    assert "No biases in the file: zeros are used." in about(app)
    assert app.selectbox(key="own_dataset").options == ["Digits", "Gaussian noise"]
    assert list(app.dataframe[0].value["weight"]) == ["w0", "w1", "w2", "w3", "w4"]
    app.selectbox(key="own_activation").set_value("ReLU").run()
    check_rms(app, measure(replace(network, activation="ReLU"), data.inputs, data.targets))
    follow(app)
    assert app.session_state["chooser_activation"] == "ReLU"


def test_both_files_are_probed_together_and_what_does_not_fit_is_said() -> None:
    app = upload(visit(QUICK, page="own"), "own_csv", "t.csv", TABLE)
    assert not [control for control in app.segmented_control if control.key == "own_example"]
    assert "32 rows of your table" in captions(app)[-2]
    upload(app, "own_npz", "w.npz", example_weights())
    assert app.header[0].value == "The gradient vanishes"
    assert "transposed. Target 'kind': 3 classes, 'A', 'B', 'C'." in about(app)
    (target,) = (box for box in app.selectbox if box.label == "Target column")
    target.set_value(target.options.index("mass_mg")).run()
    assert not app.exception
    assert "'A' in row 2, column 'kind' (and in 179 more of its rows)" in plain(app.error[0].value)
    assert not charts(app)
    assert app.query_params["depth"] == QUICK["depth"], "a refused file leaves the link as it is"


def test_names_from_a_file_are_shown_as_they_are_written() -> None:
    app = upload(visit({**QUICK, "scaling": "Raw"}, page="own"), "own_csv", "<script>.csv", HOSTILE)
    assert not app.exception
    assert "Target '$c$': 2 classes, '<i>x</i>', 'y'." in about(app)
    upload(app, "own_csv", "t.csv", HOSTILE.replace(b"3,5", b"3,**"))
    (error,) = (one.value for one in app.error)
    assert "'**' in row 3, column '**b** [l](http://e.com)'" in plain(error)
    written = [error, *captions(app), *(text.value for text in app.markdown)]
    assert not any(re.search(r"(?<!\\)\[l|<b>|http://", text) for text in written)


def test_the_report_says_whose_network_it_was() -> None:
    app = upload(visit(QUICK, page="own"), "own_csv", "t.csv", HOSTILE)
    found: shown.Shown = app.session_state[shown.KEY]
    assert "The network in the sidebar: 2 inputs, 4 hidden layers of 16." in found.verdict[2]
    assert "'<i>x</i>'" in found.verdict[2], "which the report escapes"
    assert "3 rows of your table" in found.verdict[3]


@pytest.mark.parametrize(
    ("query", "chart"), [({"own_example": "Weights"}, "activations"), ({"own_view": "Heat map"}, "gradients")]
)
def test_what_a_link_says_of_the_page_is_shown(query: dict[str, str], chart: str) -> None:
    app = visit({**QUICK, **query}, page="own")
    assert not app.exception
    assert chart in charts(app)
    for name, value in query.items():
        assert app.session_state[name] == value


def damaged(data: bytes, rng: Random) -> bytes:
    """Cut off somewhere, with some bytes changed, or nothing but noise."""
    match rng.randrange(3):
        case 0:
            return data[: rng.randrange(len(data))]
        case 1:
            changed = bytearray(data)
            for _ in range(rng.randint(1, 20)):
                changed[rng.randrange(len(data))] = rng.randrange(256)
            return bytes(changed)
        case _:
            return rng.randbytes(rng.randrange(20_000))


@pytest.mark.stress
def test_a_thousand_files_in_one_session_leave_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    rng, app, process, resident = Random(0), visit(QUICK, page="own"), psutil.Process(), list[int]()  # noqa: S311  no secret
    for count in range(1000):
        key, whole = rng.choice((("own_csv", TABLE), ("own_npz", example_weights())))
        app = upload(app, key, f"{count}.bin", damaged(whole, rng))
        assert not app.exception, count
        assert app.header or app.error, count
        if count % 100 == 99:
            resident.append(process.memory_info().rss)
    assert not list(tmp_path.rglob("*"))
    assert max(resident[2:]) - resident[1] < 2**26, "what was read is forgotten"
