"""Which arrays are in the bytes of a weights file? Read without unpickling, and without trusting what it says.

A .npz is a ZIP archive of .npy files. Sizes are checked before anything is unpacked, and a member is never read further
than its size allows; a header is matched against what NumPy writes, not evaluated.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from math import prod
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from initlab.errors import invalid, quoted
from initlab.own_table import require_size

Tensors = dict[str, NDArray[Any]]
MOST_TENSORS: Final = 512
MOST_UNPACKED: Final = 2**23  # bytes of all tensors together
MAGIC: Final = b"\x93NUMPY"
LONGEST_HEADER: Final = 1000
MOST_AXES: Final = 8
ENCRYPTED: Final = 1  # in the flags of a ZIP archive's member
KINDS: Final = "fiu"  # floating point and whole numbers
SIZES: Final = (1, 2, 4, 8)  # bytes of one
DESCR: Final = re.compile(r"'descr':\s*(?:'([<>|=]?)([a-zA-Z])([0-9]{0,4})[^']*'|(\[))")
ORDER: Final = re.compile(r"'fortran_order':\s*(True|False)")
SHAPE: Final = re.compile(r"'shape':\s*\(([0-9\s,]{0,100})\)")
HOW: Final = "save the arrays with numpy.savez('weights.npz', w1=..., b1=..., w2=..., b2=...)"
BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, OverflowError,
    IndexError, KeyError, struct.error,
)  # fmt: skip
SIGNATURES: Final[Mapping[bytes, str]] = MappingProxyType({
    MAGIC: "a single array (.npy)", b"\x80": "a pickle, which could run anything", b"\x89HDF": "an HDF5 file (.h5)",
    b"\x1f\x8b": "a gzip archive",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Header:
    """What a .npy says of its array, and where the numbers begin."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    fortran: bool
    start: int


def read_tensors(data: bytes) -> Tensors:
    """The arrays of a .npz or .safetensors by name, in the order of the file; ValueError says what is wrong with it, or
    with which of them."""
    require_size(data)
    if data.startswith(b"PK"):
        return _npz(data)
    if _is_safetensors(data):
        return _safetensors(data)
    what = next((kind for signature, kind in SIGNATURES.items() if data.startswith(signature)), "another kind of file")
    raise invalid("weights come as .npz or .safetensors", what, HOW)


def _npz(data: bytes) -> Tensors:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except BROKEN as error:
        raise invalid("a .npz is a ZIP archive", f"a broken one ({quoted(str(error))})", HOW) from None
    members = archive.infolist()
    _check_members(members)
    found: Tensors = {}
    for member in members:
        name = member.filename.removesuffix(".npy")
        found[name] = _npy(_unpacked(archive, member), name)
    return found


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    """Before anything is unpacked: what the archive lists must be a few arrays of a bearable size."""
    names = [member.filename for member in members]
    if not members:
        raise invalid("a .npz holds arrays", "an empty archive", HOW)
    if len(members) > MOST_TENSORS:
        raise invalid(f"a file holds at most {MOST_TENSORS} tensors", f"{len(members):,}", "leave some out")
    foreign = next((name for name in names if not name.endswith(".npy")), None)
    if foreign:
        pickled = "a PyTorch or Keras file has to be converted: " if _is_framework(names) else ""
        raise invalid("a .npz holds arrays alone (.npy)", f"a member {quoted(foreign)}", f"{pickled}{HOW}")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise invalid("every tensor has a name of its own", f"{quoted(twice)} twice", HOW)
    total = sum(member.file_size for member in members)
    if total > MOST_UNPACKED:
        largest = max(members, key=lambda member: member.file_size)
        received = f"{total:,} bytes, {largest.file_size:,} of them in {quoted(largest.filename.removesuffix('.npy'))}"
        rule = f"unpacked, the tensors have at most {MOST_UNPACKED / 2**20:g} MB"
        raise invalid(rule, received, "use fewer or smaller layers")


def _is_framework(names: list[str]) -> bool:
    return any(name.endswith(("data.pkl", ".h5", "config.json")) for name in names)


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The member's bytes; one more than the archive lists is one too many."""
    name = quoted(member.filename.removesuffix(".npy"))
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or member.flag_bits & ENCRYPTED:
        what = "an encryption" if member.flag_bits & ENCRYPTED else "another compression"
        raise invalid("a tensor is stored or deflated", f"{what} of {name}", HOW)
    try:
        with archive.open(member) as stream:
            data = stream.read(member.file_size + 1)
    except BROKEN as error:
        raise invalid("every tensor can be unpacked", f"{name}: {quoted(str(error))}", HOW) from None
    if len(data) != member.file_size:
        received = f"{len(data):,} bytes of {name} where it lists {member.file_size:,}"
        raise invalid("an archive says how large its members are", received, HOW)
    return data


def _npy(data: bytes, name: str) -> NDArray[Any]:
    """The numbers of one .npy file."""
    header = _header(data, quoted(name))
    expected, there = prod(header.shape) * header.dtype.itemsize, len(data) - header.start
    if expected != there:
        received = f"{quoted(name)} of shape {written(header.shape)}, which takes {expected:,} bytes, with {there:,}"
        raise invalid("a tensor has as many numbers as its shape says", received, HOW)
    flat = np.frombuffer(data, header.dtype, offset=header.start)
    return flat.reshape(header.shape, order="F" if header.fortran else "C")


def _header(data: bytes, name: str) -> _Header:
    if len(data) < 12 or not data.startswith(MAGIC):
        raise invalid("every member is a NumPy array", f"{name}, which is none", HOW)
    wide = data[6] > 1  # versions 2 and 3 write a longer length
    start = 12 if wide else 10
    length = int.from_bytes(data[8:start], "little")
    text = data[start : start + min(length, LONGEST_HEADER)].decode("latin-1")
    descr, order, shape = DESCR.search(text), ORDER.search(text), SHAPE.search(text)
    if not (descr and order and shape) or length > LONGEST_HEADER:
        raise invalid("a tensor says its type and shape", f"an unreadable header of {name}", HOW)
    sizes = tuple(map(int, re.findall(r"[0-9]+", shape[1])))
    if not all(sizes) or len(sizes) > MOST_AXES:
        rule = f"a tensor has at most {MOST_AXES} axes, and none of length 0"
        raise invalid(rule, f"the shape {written(sizes)} of {name}", HOW)
    return _Header(_dtype(descr, name), sizes, order[1] == "True", start + length)


def _dtype(descr: re.Match[str], name: str) -> np.dtype[Any]:
    order, kind, size, structured = descr.groups()
    if structured or kind not in KINDS or int(size or 0) not in SIZES or (kind == "f" and size == "1"):
        what = "Python objects" if kind == "O" else "a structure" if structured else f"the type {quoted(kind + size)}"
        unread = ", which only unpickling could read and which could run anything" if kind == "O" else ""
        raise invalid("a tensor holds floating-point or whole numbers", f"{what} in {name}{unread}", "convert it")
    return np.dtype(f"{order if order in '<>' else '='}{kind}{size}")


def _is_safetensors(data: bytes) -> bool:
    """Eight bytes of length, then the header in JSON."""
    return data[8:9] == b"{" and int.from_bytes(data[:8], "little") <= len(data) - 8


def _safetensors(data: bytes) -> Tensors:
    if find_spec("safetensors") is None:
        received = "a .safetensors file, for which the package safetensors is not installed here"
        remedy = "load it where it is and save with numpy.savez('weights.npz', **tensors)"
        raise invalid("weights come as .npz", received, remedy)
    try:
        found: Tensors = dict(import_module("safetensors.numpy").load(data))
    except Exception as error:  # the package has an error class of its own, and lets others through
        received = f"{type(error).__name__}: {quoted(str(error).strip(chr(39)))}"
        raise invalid("a .safetensors file can be read as NumPy arrays", received, "save as float32") from None
    if not found:
        raise invalid("a .safetensors holds tensors", "none", HOW)
    if len(found) > MOST_TENSORS:
        raise invalid(f"a file holds at most {MOST_TENSORS} tensors", f"{len(found):,}", "leave some out")
    for name, tensor in found.items():
        if not tensor.size or tensor.ndim > MOST_AXES:
            rule = f"a tensor has at most {MOST_AXES} axes, and none of length 0"
            raise invalid(rule, f"the shape {written(tensor.shape)} of {quoted(name)}", "leave it out")
        if tensor.dtype.kind not in KINDS or tensor.dtype.itemsize not in SIZES:
            received = f"the type {tensor.dtype} in {quoted(name)}"
            raise invalid("a tensor holds floating-point or whole numbers", received, "save as float32")
    return found


def written(shape: tuple[int, ...]) -> str:
    """A shape for a sentence: (64, 32); one with many axes in short."""
    sizes = ", ".join(map(str, shape[:4])) + (", …" if len(shape) > 4 else "")
    return f"({sizes}{',' if len(shape) == 1 else ''})"
