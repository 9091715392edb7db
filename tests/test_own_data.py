"""A table of one's own: what is read from a CSV, and the sentence for everything that cannot be."""

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from initlab.datasets import load
from initlab.diagnosis import remedy
from initlab.findings import findings
from initlab.measurement import measure
from initlab.own_data import OwnData, own_data, usual_target
from initlab.own_examples import example_table
from initlab.own_number import BOUND
from initlab.own_spec import back_on, on_own
from initlab.own_table import LARGEST, MOST_COLUMNS, read_table
from initlab.scenarios import DEFAULT
from initlab.spec import NetworkSpec
from initlab.start import build


def data_of(text: str | bytes, target: int | None = -1) -> OwnData:
    """The data in a CSV; the target is the usual one unless given."""
    table = read_table(text if isinstance(text, bytes) else text.encode())
    return own_data(table, usual_target(table) if target == -1 else target)


def unshuffled(data: OwnData) -> np.ndarray:
    """The inputs in the order of the file."""
    order = np.random.default_rng(0).permutation(data.rows)
    return data.inputs[np.argsort(order)]


@pytest.mark.parametrize(
    "text",
    [
        "a,b,kind\n1.5,2,x\n3,4,y\n",
        "a;b;kind\n1,5;2;x\n3;4;y\n",
        "a\tb\tkind\n1.5\t2\tx\n3\t4\ty",
        "a|b|kind\n1.5|2|x\n3|4|y",
        '"a","b","kind"\r\n"1.5","2","x"\r\n"3","4","y"\r\n',
        '"a","b","kind"\r\n"1,5","2","x"\r\n"3","4","y"\r\n',
        "\ufeffa,b,kind\n 1.5 , 2 ,x\n\n\n3,4,y\n,,\n",
        "1.5,2,x\n3,4,y\n",
        "a,b,kind\r1.5,2,x\r3,4,y\r",
        "0,1,2,kind\n1.5,2,7,x\n3,4,7,y\n",
        ",b,kind\n1.5e0,+2.,x\n3,4,y\n",
    ],
    ids=range(11),
)
def test_every_manner_of_writing_a_table_is_read_alike(text: str) -> None:
    data = data_of(text)
    np.testing.assert_array_equal(unshuffled(data), [[1.5, 2], [3, 4]])
    assert data.classes == ("x", "y")
    assert np.unique(np.asarray(data.targets)).tolist() == [0, 1]


def test_what_was_assumed_is_said() -> None:
    assert "Decimal commas: '1,5' is read as 1.5." in data_of("a;b;k\n1,5;2;x\n3;4;y").notes
    assert "No header: the columns are called 'column 1' and so on." in data_of("1,2,x\n3,4,y").notes
    assert "Left out because every row has the same value: 'b'." in data_of("a,b,k\n1,2,x\n3,2,y").notes
    doubled = data_of("a,a,a,a (2),k\n1,2,3,4,x\n3,4,5,6,y")
    assert "More than once in the header, and numbered: 'a'." in doubled.notes
    assert len(set(doubled.features)) == 4
    latin = data_of("größe,b,k\n1,2,x\n3,4,y".encode("latin-1"))
    assert "Line 1 is not UTF-8: the text is read as Windows-1252." in latin.notes
    assert latin.features[0] == "größe"
    assert data_of("a,k\n1,x\n2,y".encode("utf-16")).features == ("a",)


WHOLE = "a,k\n" + "".join(f"{n / 7},{n % 3}\n" for n in range(30))


def test_a_target_is_classes_a_regression_or_nothing() -> None:
    assert data_of(WHOLE).classes == ("0", "1", "2")
    assert data_of(WHOLE).outputs == 3
    amounts = data_of("a,k\n" + "".join(f"{n / 7},{n}\n" for n in range(30)))
    assert (amounts.classes, amounts.outputs) == ((), 1)
    assert abs(np.mean(np.asarray(amounts.targets))) < 1e-12
    assert abs(np.std(np.asarray(amounts.targets)) - 1) < 1e-12
    nothing = data_of(WHOLE, None)
    assert (nothing.targets, nothing.outputs, len(nothing.features)) == (None, 10, 2)
    assert data_of("k,a,b\nnone,1,2\nmild,3,4\n").classes == ("mild", "none")


BAD = {
    "empty": (b"", "a file must have something in it; received 0 bytes"),
    "blank": (b"\n \n\n", "a file must have something in it"),
    "too large": (b"1,2\n" * (LARGEST // 4 + 1), "a file has at most 1 MB; received 1,048,580 bytes"),
    "excel": (b"PK\x03\x04rest", "a CSV is plain text; received a ZIP archive, which .xlsx is, too; save the table as"),
    "binary": (b"a,b\n1,\x002\n3,4", "received the control character 0x00 in line 2"),
    "no encoding": (b"a,b\n1,2\n3,\x81\n", "received byte 0x81 in line 3"),
    "empty cell": (b"a,b,k\n1,2,x\n\n3,,y", "received an empty cell in row 4, column 'b'"),
    "not a number": (b"a,b,k\n1,NaN,x\n3,4,y", "received no number ('NaN') in row 2, column 'b'"),
    "infinite": (b"a,b,k\n1,2,x\n3,inf,y", "received 'inf' in row 3, column 'b'; write it as a number"),
    "too big": (b"a,b,k\n1,2,x\n3,1e999,y", "a number lies between -1e+30 and 1e+30; received '1e999' in row 3, col"),
    "text column": (b"a,city,k\n1,Rome,x\n3,Oslo,y", "'Rome' in row 2, column 'city' (and in 1 more of its rows)"),
    "slip": (b"a,b\n1,2\n3,4\n5,six\n", "received 'six' in row 4, column 'b'; write it as a number"),
    "missing target": (b"a,k\n1,x\n3,\n4,y", "received an empty cell in row 3, column 'k'"),
    "constant target": (b"a,k\n1,x\n3,x", "received 'x' in every row of column 'k'"),
    "constant features": (b"a,b,k\n1,2,x\n1,2,y", "received 2 columns with one value each"),
    "one column": (b"a\n1\n2", "a table needs a column besides the target; received one column"),
    "one row": (b"a,b\n1,2\n", "a table needs at least 2 rows of data; received 1 below its header"),
    "one row without names": (b"1,2\n", "at least 2 rows of data; received 1; add rows"),
    "header alone": (b"a,b\n", "received 0 below its header"),
    "wide": (b",".join([b"1"] * 10_000) + b"\n", f"at most {MOST_COLUMNS:,} columns; received 10,000 in row 1"),
    "ragged": (b"a,b,c\n1,2,3\n4,5\n", "every row has as many cells as row 1, which has 3; received 2 in row 3"),
    "open quote": (b'a,b\n"1,2\n3,4\n', "received in row 2: unexpected end of data"),
    "two decimals": (b'a,b\n"1,234",2\n3.5,4\n', "'1,234' in row 2, column 'a' and '3.5' in row 3, column 'a'"),
    "many classes": (
        b"a,k\n" + b"".join(b"%d,x%d\n" % (n, n) for n in range(101)),
        "a target has at most 100 classes; received 101 different texts in column 'k'",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("file", "sentence"), BAD.values(), ids=BAD)
def test_what_is_wrong_with_a_table_is_said_with_its_place(file: bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match="; received ") as error:
        data_of(file)
    assert sentence in str(error.value)
    assert str(error.value).count(";") >= 2, "it says what would do"


def test_a_strangers_names_are_cut_and_made_visible() -> None:
    with pytest.raises(ValueError, match="received ") as error:
        data_of('"' + "x\n\u202e" * 40 + '",k\nfoo,x\nbar,y')
    assert len(str(error.value)) < 300
    assert str(error.value).isprintable()


def test_the_row_in_a_sentence_is_the_one_a_spreadsheet_shows() -> None:
    with pytest.raises(ValueError, match="in row 5, column 'b'"):
        data_of('a,b,k\n"1",2,"x\ny"\n\n3,4,y\n5,,y')


def test_data_are_shuffled_cut_and_scaled_like_the_built_in_ones() -> None:
    reference = load("Iris")
    frame = pd.DataFrame(np.asarray(load("Iris", "Raw").inputs)).assign(k=reference.targets)
    data = data_of(frame.to_csv(index=False))
    ours = data.batch("Standardized", 20)
    order = np.random.default_rng(0).permutation(150)
    np.testing.assert_allclose(ours.inputs, reference.inputs[order][:20])
    np.testing.assert_array_equal(ours.targets, np.asarray(reference.targets)[order][:20])


MEASURES = b"\n".join(line.rpartition(b",")[0] for line in example_table().splitlines())


@pytest.mark.parametrize(("file", "target"), [(example_table(), 4), (MEASURES, 3), (MEASURES, None)])
def test_a_network_is_built_for_the_table_and_its_remedy_found_on_it(file: bytes, target: int | None) -> None:
    data = own_data(read_table(file), target)
    spec, notes = on_own(NetworkSpec("Random normal", (("stddev", 0.01),), activation="Tanh", depth=8, width=32), data)
    assert notes == []
    batch = data.batch(spec.scaling, spec.rows)
    probe = measure(build(spec), batch.inputs, batch.targets, spec.loss, spec)
    assert (spec.features, spec.outputs, probe.rows) == (len(data.features), data.outputs, 180)
    found = findings(probe)
    assert found[0].kind == "vanishing signal"
    cure = remedy(spec, found, batch.inputs, batch.targets)
    assert cure is not None
    assert back_on(DEFAULT, cure).dataset == DEFAULT.dataset
    assert back_on(DEFAULT, cure).init == "Glorot normal"


def test_a_loss_that_does_not_fit_the_target_is_replaced_and_said() -> None:
    spec = NetworkSpec(depth=1, width=4, loss="Cross-entropy")
    amounts = "a,k\n" + "".join(f"{n / 7},{n}\n" for n in range(30))
    own, notes = on_own(spec, data_of(amounts))
    assert own.loss == "Auto"
    assert notes == ["Cross-entropy does not fit this target: Auto is used."]
    assert on_own(spec, data_of(WHOLE))[0].loss == "Cross-entropy"


def test_what_the_table_makes_too_much_work_is_reduced_and_said() -> None:
    wide = (
        ",".join(f"c{n}" for n in range(1000)) + "\n" + "\n".join(",".join(["1"] * 999 + [str(n)]) for n in range(300))
    )
    data = own_data(read_table(wide.encode()), None)
    own, notes = on_own(NetworkSpec(depth=200, width=1024, batch=2048, precision="float64"), data)
    assert (own.depth, own.rows) == (200, 32)
    assert "Shown instead: depth 200 with 32 rows." in notes[0]


AS_A_TABLE = st.text(alphabet="0123456789.,;\t|\"'\n\r abxNEe-+\ufeffé", max_size=200)


def check_never_fails(data: bytes) -> None:
    """A sentence, or data that a network can be probed with."""
    try:
        table = read_table(data)
        found = own_data(table, usual_target(table))
    except ValueError as error:
        if "; received " not in str(error):
            raise
        return
    assert np.isfinite(found.inputs).all()
    assert np.abs(found.inputs).max() <= BOUND
    for scaling in ("Standardized", "0-1", "Raw"):
        batch = found.batch(scaling, 8)
        assert np.isfinite(batch.inputs).all()
        assert batch.targets is None or np.isfinite(batch.targets).all()


@given(st.binary(max_size=200) | AS_A_TABLE.map(str.encode))
def test_any_bytes_are_a_table_or_a_sentence(data: bytes) -> None:
    check_never_fails(data)


@st.composite
def spoiled(draw: st.DrawFn, whole: bytes) -> bytes:
    """A valid file with a few bytes changed, taken away or put in."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(0, len(data) - 1)))
        data[place : place + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)


SMALL = b"a,b,k\n" + b"".join(b"%d,%d.5,%c\n" % (n, n * n % 7, 97 + n % 2) for n in range(8))


@given(spoiled(SMALL))
def test_a_spoiled_table_is_a_table_or_a_sentence(data: bytes) -> None:
    check_never_fails(data)


@pytest.mark.stress
@settings(max_examples=5000)
@given(st.binary(max_size=500) | AS_A_TABLE.map(str.encode) | spoiled(SMALL))
def test_whatever_is_uploaded_is_a_table_or_a_sentence(data: bytes) -> None:
    check_never_fails(data)


def test_numbers_at_the_ends_of_their_range_scale_without_a_warning() -> None:
    ends = "a,b,k\n1e30,1e-320,1e30\n-1e30,2e-29,-1e30\n1e-30,5e-324,0\n"
    check_never_fails(ends.encode())


def test_long_tables_are_read() -> None:
    target = io.BytesIO()
    for n in range(LARGEST // 32):
        target.write(b"%d,%d\n" % (n % 10, n % 7))
    assert data_of(target.getvalue()).rows == LARGEST // 32
