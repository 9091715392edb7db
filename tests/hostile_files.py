"""Files that somebody uploads to do harm, or by mistake: each with what the sentence about it says.

Run as a script, on a full disk, it reads them all and prints what came of each.
"""

import json
import resource
import sys
import zipfile
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from archives import archive, filled, npy, npz
from limits import fill_the_disk

from initlab.own_data import own_data, usual_target
from initlab.own_table import LARGEST, read_table
from initlab.own_tensors import read_tensors
from initlab.own_weights import own_weights

OK: Final = "read"


class File(NamedTuple):
    """What it is, the bytes, and what is said of it; `OK` where it is read."""

    name: str
    made: Callable[[], bytes]
    said: str


def encrypted(data: bytes) -> bytes:
    """The archive with the flag of an encryption in the headers of its members."""
    changed = bytearray(data)
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        changed[data.index(signature) + flags] |= 1
    return bytes(changed)


def shaped(shape: str) -> bytes:
    """An archive of one array that says it has this shape."""
    text = f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({shape},), }}"
    return archive({"w.npy": b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode() + bytes(48)})


def nested(depth: int) -> bytes:
    """A .safetensors header of dictionaries in dictionaries."""
    text = b'{"a":' * depth + b"1" + b"}" * depth
    return len(text).to_bytes(8, "little") + text


def members(number: int) -> bytes:
    return archive({f"{n}.npy": b"" for n in range(number)})


DIGITS, LARGE = b"1" * 130_000, LARGEST - 10
TABLES: Final = (
    File("a long row of digits that is no number", lambda: b"a,b\n" + DIGITS + b"x,1\n2,3\n", "write it as a number"),
    File("many of them", lambda: b"a,b\n" + b"".join(DIGITS + b"x,%d\n" % n for n in range(7)), "at least two values"),
    File("an endless number", lambda: b"a,b\n" + DIGITS + b",1\n2,3\n", "a number lies between"),
    File("an endless fraction", lambda: b"a,b\n0." + DIGITS + b",1\n2,3\n", OK),
    File("a cell as long as the file", lambda: b"a,b\n" + b"1" * LARGE, "field larger than field limit"),
    File("nothing but commas", lambda: b"," * LARGE + b"1", "at most 1,024 columns; received 1,048,567"),
    File("nothing but line ends", lambda: b"\n" * (LARGE // 8) + b"1", "needs at least 2 rows of data"),
    File("nothing but quotes", lambda: b'"' * LARGE, "close its quotes"),
    File("names that want numbers", lambda: _named_alike(), "with one value each"),
    File("many rows", lambda: b"1,2\n3,4\n" * 2**14, OK),
)  # fmt: skip
WEIGHTS: Final = (
    File("a name of 5,000 digits", lambda: npz(**{"w" + "9" * 5000: filled(2, 3), "w" + "9" * 5001: filled(3, 4)}), OK),
    File("a name of 60,000 words", lambda: npz(**{"w" + "1a" * 30_000: filled(2, 3), "w2": filled(3, 4)}), OK),
    File("a shape of 900 digits", lambda: shaped("9" * 900), "an unreadable header of 'w'"),
    File("a shape of 90 digits", lambda: shaped("9" * 90), "as many numbers as its shape"),
    File("10,000 members", lambda: members(10_000), "at most 512 tensors; received 10,000"),
    File("an encrypted member", lambda: encrypted(npz(w1=filled(2, 3))), "received an encryption of 'w1'"),
    File("a way out of the folder", lambda: archive({"../../etc/passwd": b"x"}), "a member '../../etc/passwd'"),
    File("an absolute name", lambda: archive({"/etc/w1.npy": npy(filled(2, 3)), "/w2.npy": npy(filled(3, 4))}), OK),
    File("a name in HTML", lambda: npz(**{"<img src=x>": filled(2, 3), "w2": filled(5, 4)}), "after '<img src=x>' of"),
    File("half a megabyte behind the archive", lambda: npz(w1=filled(2, 3)) + bytes(2**19), "received a broken one"),
    File("a bomb", lambda: archive({"w.npy": npy(np.zeros(2**21))}, zipfile.ZIP_DEFLATED), "at most 8 MB"),
    File("the largest numbers", lambda: npz(w1=np.full((2, 3), 2**64 - 1, "u8"), w2=np.full((3, 3), -(2**63))), OK),
    File("a nested header", lambda: nested(80_000), "safetensors"),
)  # fmt: skip


def _named_alike() -> bytes:
    names = b",".join(b"a (%d)" % (n % 512) for n in range(1024))
    return names + b"\n" + (b",".join([b"1"] * 1024) + b"\n") * 200


def _table(data: bytes) -> None:
    table = read_table(data)
    own_data(table, usual_target(table))


def _weights(data: bytes) -> None:
    own_weights(read_tensors(data), "Tanh")


def said(read: Callable[[bytes], None], data: bytes) -> str:
    """What is said of a file."""
    try:
        read(data)
    except ValueError as error:
        return str(error)
    return OK


def megabytes() -> int:
    """The most this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 2**10


if __name__ == "__main__":
    fill_the_disk()
    tasks = [(read, file.made()) for read, files in ((_table, TABLES), (_weights, WEIGHTS)) for file in files]
    before = megabytes()
    json.dump({"said": [said(*task) for task in tasks], "megabytes": megabytes() - before}, sys.stdout)
