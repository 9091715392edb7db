"""A weights file: read without running anything or unpacking a bomb, with a sentence for whatever is wrong in it."""

import io
import json
import pickle
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from archives import archive, filled, npy, npz
from hypothesis import given, settings
from hypothesis import strategies as st

from initlab.findings import findings
from initlab.own_data import own_data
from initlab.own_examples import example_table, example_weights
from initlab.own_probe import NOISE, probe_both, probe_weights
from initlab.own_table import read_table
from initlab.own_tensors import MOST_UNPACKED, read_tensors
from initlab.own_weights import own_weights
from initlab.scenarios import DEFAULT


class Trap:
    """Runs when it is unpickled."""

    sprung = False

    def __reduce__(self) -> tuple[object, ...]:
        return setattr, (Trap, "sprung", True)


def bomb(size: int) -> bytes:
    return archive({"w1.npy": npy(np.zeros(size // 8)), "w2.npy": npy(np.zeros((1, 1)))}, zipfile.ZIP_DEFLATED)


def lying(data: bytes, size: int) -> bytes:
    """The archive with another uncompressed size of its first member in both of its headers."""
    changed = bytearray(data)
    changed[22:26] = size.to_bytes(4, "little")
    central = data.index(b"PK\x01\x02")
    changed[central + 24 : central + 28] = size.to_bytes(4, "little")
    return bytes(changed)


def header(text: str, numbers: bytes = bytes(48)) -> bytes:
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode("latin-1") + numbers


GOOD = {"w1": filled(2, 3), "w2": filled(3, 4)}
TWO_THREE = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }\n"
BAD = {
    "empty": (b"", "a file must have something in it"),
    "large": (npz(w1=np.random.default_rng(0).random((400, 400))), "a file has at most 1 MB; received 1.2 MB"),
    "text": (b"1,2,3\n", "weights come as .npz or .safetensors; received another kind of file; save the arrays"),
    "pickle": (pickle.dumps([1.0]), "received a pickle, which could run anything"),
    "one array": (npy(filled(2, 3)), "received a single array (.npy)"),
    "keras": (b"\x89HDF\r\n", "received an HDF5 file (.h5)"),
    "torch": (archive({"model/data.pkl": b"x"}), "a member 'model/data.pkl'; a PyTorch or Keras file has to be conv"),
    "zip": (archive({"readme.txt": b"x"}), "a .npz holds arrays alone (.npy); received a member 'readme.txt'"),
    "no members": (archive({}), "received an empty archive"),
    "truncated": (npz(**GOOD)[:200], "a .npz is a ZIP archive; received a broken one"),
    "bomb": (bomb(2**26), "at most 8 MB; received 67,109,128 bytes, 67,108,992 of them in 'w1'"),
    "lying bomb": (lying(bomb(2**26), 200), "every tensor can be unpacked; received 'w1': "),
    "lying small": (lying(npz(**GOOD), 5000), "'w1'"),
    "many": (archive({f"w{n}.npy": b"" for n in range(600)}), "a file holds at most 512 tensors; received 600"),
    "other compression": (archive({"w1.npy": npy(1.0)}, zipfile.ZIP_BZIP2), "another compression of 'w1'"),
    "no array": (archive({"w1.npy": b"hello, world, hello"}), "received 'w1', which is none"),
    "objects": (archive({"w1.npy": npy([Trap()], allow_pickle=True)}), "Python objects in 'w1', which only unpickling"),
    "texts": (npz(w1=np.array(["a"])), "the type 'U1' in 'w1'"),
    "complex": (npz(w1=np.ones((2, 3), complex), w2=filled(3, 4)), "the type 'c16' in 'w1'"),
    "structure": (npz(w1=np.zeros(2, [("a", "f8")])), "received a structure in 'w1'"),
    "header": (archive({"w1.npy": header("{'descr': __import__('os'), }")}), "an unreadable header of 'w1'"),
    "long header": (archive({"w1.npy": header(TWO_THREE + " " * 2000)}), "an unreadable header of 'w1'"),
    "lying shape": (
        archive({"w1.npy": header(TWO_THREE.replace("2,", "20000000000,"))}),
        "'w1' of shape (20000000000, 3), which takes 480,000,000,000 bytes, with 48",
    ),
    "empty tensor": (npz(w1=np.zeros((0, 3)), w2=filled(3, 4)), "received the shape (0, 3) of 'w1'"),
    "many axes": (npz(w1=np.zeros((1,) * 20)), "a tensor has at most 8 axes"),
    "convolution": (npz(conv=np.zeros((3, 3, 2, 2)), **GOOD), "received 'conv' of shape (3, 3, 2, 2); leave it out"),
    "counter": (npz(**GOOD, steps=np.array(7)), "received 'steps' of shape ()"),
    "one weight": (npz(w1=filled(2, 3)), "at least two weights, so that it has a hidden layer; received 'w1'"),
    "no chain": (
        npz(w1=filled(2, 3), w2=filled(4, 5)),
        "stored as (in, out) or (out, in); received 'w2' of shape (4, 5) after 'w1' of shape (2, 3)",
    ),
    "stray bias": (npz(**GOOD, **{"norm.bias": np.ones(3)}), "'norm.bias' of shape (3,), which belongs to none by"),
    "long bias": (npz(**GOOD, b1=np.ones(5)), "received 'b1' with 5 for 'w1' with 3 outputs"),
    "wide layer": (npz(w1=np.zeros((1, 2000)), w2=np.zeros((2000, 1))), "at most 1,024 units; received 2,000 in 'w1'"),
    "many inputs": (npz(w1=np.zeros((5000, 1)), w2=filled(1, 3)), "at most 4,096 inputs; received 5,000 in 'w1'"),
    "deep": (npz(**{f"w{n}": np.ones((1, 1)) for n in range(300)}), "at most 200 hidden layers; received 299"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "sentence"), BAD.values(), ids=BAD)
def test_what_is_wrong_with_weights_is_said_with_the_tensors_name(file: bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match="; received ") as error:
        own_weights(read_tensors(file), "Tanh")
    assert sentence in str(error.value)
    assert not Trap.sprung


def test_the_trap_would_have_sprung() -> None:
    assert "data" not in Trap.__dict__
    (array,) = np.load(io.BytesIO(npz(w1=np.array([Trap()]))), allow_pickle=True).values()
    assert array.dtype == object
    assert Trap.sprung
    Trap.sprung = False


def test_two_members_of_one_name_are_refused() -> None:
    double = archive({"w1.npy": npy(filled(2, 3)), "w2.npy": npy(filled(2, 3))}).replace(b"w2.npy", b"w1.npy")
    with pytest.raises(ValueError, match=r"received 'w1.npy' twice"):
        read_tensors(double)


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    file = bomb(2 * MOST_UNPACKED)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("it was opened"))
    with pytest.raises(ValueError, match="at most 8 MB"):
        read_tensors(file)


def check_never_fails(data: bytes) -> None:
    """A sentence, or a network that can be probed."""
    try:
        found = own_weights(read_tensors(data), "Tanh")
    except ValueError as error:
        if "; received " not in str(error):
            raise
        return
    assert findings(probe_weights(found, NOISE, replace(DEFAULT, batch=4)).probe) is not None


SMALL = npz(w1=filled(2, 3), b1=np.ones(3), w2=filled(3, 2))
PACKED = npz(True, w1=filled(2, 3).astype(np.float32), b1=np.ones(3), w2=filled(3, 2))


@st.composite
def spoiled(draw: st.DrawFn) -> bytes:
    """A valid file with a few bytes changed, taken away or put in."""
    data = bytearray(draw(st.sampled_from((SMALL, PACKED))))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(data) - 1))
        data[place : place + draw(st.sampled_from((0, 1, 1, 1, 2)))] = draw(st.binary(min_size=1, max_size=2))
    return bytes(data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)


@st.composite
def spoiled_members(draw: st.DrawFn) -> bytes:
    """A sound archive whose arrays are not."""
    data = bytearray(npy(filled(2, 3)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(data) - 1))
        data[place : place + draw(st.sampled_from((0, 1, 1, 1, 2)))] = draw(st.binary(min_size=1, max_size=2))
    return archive({"w1.npy": bytes(data), draw(st.text(max_size=5)) + ".npy": npy(filled(3, 2))})


SHAPES = st.lists(st.integers(1, 4), max_size=3).map(tuple)
NAMES = st.sampled_from(["w1", "b1", "w2", "b2", "x", "1.weight", "1.bias", "é\n"])
NETWORKS = st.dictionaries(NAMES, SHAPES, min_size=1).map(
    lambda s: npz(**{n: filled(*shape) for n, shape in s.items()})
)
ANY = st.binary(max_size=100) | spoiled() | spoiled_members() | NETWORKS


@given(ANY)
def test_any_bytes_are_a_network_or_a_sentence(data: bytes) -> None:
    check_never_fails(data)


@pytest.mark.stress
@settings(max_examples=5000)
@given(ANY)
def test_whatever_is_uploaded_is_a_network_or_a_sentence(data: bytes) -> None:
    check_never_fails(data)


def safetensors(tensors: dict[str, np.ndarray]) -> bytes:
    """The format by hand: the header's length, the header, the numbers."""
    described, numbers = {}, b""
    for name, values in tensors.items():
        end = len(numbers) + values.nbytes
        described[name] = {"dtype": "F64", "shape": list(values.shape), "data_offsets": [len(numbers), end]}
        numbers += values.tobytes()
    text = json.dumps(described).encode()
    return len(text).to_bytes(8, "little") + text + numbers


def test_safetensors_are_read_where_their_package_is_and_else_the_way_out_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = safetensors(GOOD)
    monkeypatch.setattr("initlab.own_tensors.find_spec", lambda _: None)
    with pytest.raises(ValueError, match=r"is not installed here; load it where it is and save with numpy\.savez"):
        read_tensors(file)
    package = ModuleType("safetensors.numpy")
    package.__dict__["load"] = lambda data: GOOD if data == file else pytest.fail("other bytes")
    monkeypatch.setitem(sys.modules, "safetensors", ModuleType("safetensors"))
    monkeypatch.setitem(sys.modules, "safetensors.numpy", package)
    monkeypatch.setattr("initlab.own_tensors.find_spec", lambda _: True)
    assert own_weights(read_tensors(file), "Tanh").network.depth == 1
    package.__dict__["load"] = lambda _: {}["w1"]
    with pytest.raises(ValueError, match="received KeyError: "):
        read_tensors(file)


def test_nothing_is_written_to_the_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("builtins.open", lambda *_, **__: pytest.fail("a file was opened"))
    probe_both(own_weights(read_tensors(example_weights()), "Tanh"), own_data(read_table(example_table()), 4), DEFAULT)
    assert not list(tmp_path.iterdir())
