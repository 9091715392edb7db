"""What rows and columns are in the bytes of a CSV, or what is wrong with it and where?

Row numbers are those a spreadsheet shows: from 1, the header and empty lines counted.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Final, NamedTuple

from initlab.errors import invalid, quoted
from initlab.own_number import is_number

LARGEST: Final = 2**20  # bytes of a file
MOST_COLUMNS: Final = 1024
FEWEST_ROWS: Final = 2
DELIMITERS: Final = (";", "\t", "|", ",")  # the comma last: it may stand within a number
SAMPLE: Final = 20  # rows by which the delimiter is judged
MOST_NAMED: Final = 3  # in a sentence
NUMBERED: Final = 3  # columns from which on 0, 1, 2... is a header that some program wrote
SIGNATURES: Final[Mapping[bytes, str]] = MappingProxyType({
    b"PK\x03\x04": "a ZIP archive, which .xlsx is, too", b"\xd0\xcf\x11\xe0": "an old Excel file", b"%PDF": "a PDF",
    b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"\x1f\x8b": "a gzip archive", b"\x93NUM": "a NumPy array",
})  # fmt: skip
CONTROL: Final = re.compile(r"[^\t\n\r\f -\U0010FFFF]")
SAVE: Final = "save the table as CSV (comma separated values)"


class Row(NamedTuple):
    """The cells of a row, and which row of the file it is."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The names of the columns, all different, and the rows of data as text; `notes` say what had to be assumed."""

    names: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]

    def column(self, index: int) -> list[str]:
        return [row.cells[index] for row in self.rows]

    def place(self, row: Row, column: int) -> str:
        """Where a cell stands, in words."""
        return f"row {row.number}, column {quoted(self.names[column])}"


def require_size(data: bytes) -> None:
    """ValueError where a file is empty or too large."""
    if len(data) > LARGEST:
        size = f"{len(data) / 2**20:.1f} MB" if len(data) > 1.05 * LARGEST else f"{len(data):,} bytes"
        raise invalid(f"a file has at most {LARGEST / 2**20:g} MB", size, "leave out what is not needed")
    if not data.strip():
        raise invalid("a file must have something in it", f"{len(data)} bytes", "choose another file")


def read_table(data: bytes) -> Table:
    """The table in the bytes of a CSV; ValueError says what is wrong, and where."""
    require_size(data)
    text, notes = _decoded(data)
    rows = list(_filled(text, _delimiter(text)))
    if not rows:
        raise invalid("a table needs rows", "empty lines only", "choose another file")
    _require_shape(rows)
    headed = _is_header(rows[0].cells)
    names, more = _names(rows[0].cells) if headed else (_numbered(len(rows[0].cells)), ())
    if not headed:
        more = (f"No header: the columns are called {quoted(names[0])} and so on.",)
    rows = rows[headed:]
    if len(rows) < FEWEST_ROWS:
        besides = " below its header" if headed else ""
        raise invalid(f"a table needs at least {FEWEST_ROWS} rows of data", f"{len(rows)}{besides}", "add rows")
    return Table(names, tuple(rows), (*notes, *more))


def _decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Text from UTF-8, UTF-16 with its mark, or else the Windows code page of Western Europe, which is said."""
    for signature, kind in SIGNATURES.items():
        if data.startswith(signature):
            raise invalid("a CSV is plain text", kind, SAVE)
    notes: tuple[str, ...] = ()
    try:
        text = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        text = data.decode("cp1252", "replace")
        if "\N{REPLACEMENT CHARACTER}" in text:
            rule = "a CSV is text in UTF-8"
            raise invalid(rule, f"byte {data[error.start]:#04x} in line {line}", "save it as CSV UTF-8") from None
        notes = (f"Line {line} is not UTF-8: the text is read as Windows-1252.",)
    odd = CONTROL.search(text)
    if odd:
        where = f"the control character {ord(odd[0]):#04x} in line {text.count(chr(10), 0, odd.start()) + 1}"
        raise invalid("a CSV is plain text", where, SAVE)
    return text, notes


def _delimiter(text: str) -> str:
    """The first that splits all of the first rows into as many cells, else the one that splits most."""
    widths: dict[str, Counter[int]] = {}
    for delimiter in DELIMITERS:
        try:
            found = Counter(len(row.cells) for row in islice(_filled(text, delimiter), SAMPLE))
        except ValueError:
            continue
        if len(found) == 1 and min(found) > 1:
            return delimiter
        widths[delimiter] = found
    usual = {delimiter: found.most_common(1)[0][0] for delimiter, found in widths.items() if found}
    return max(usual, key=usual.__getitem__) if max(usual.values(), default=1) > 1 else ","


def _filled(text: str, delimiter: str) -> Iterator[Row]:
    """The rows in which something is written."""
    reader, number = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 0
    try:
        for number, cells in enumerate(reader, 1):
            stripped = tuple(map(str.strip, cells))
            if any(stripped):
                yield Row(number, stripped)
    except csv.Error as error:
        rule = "cells are separated, and quoted from end to end or not at all"
        raise invalid(rule, f"in row {number + 1}: {error}", "close its quotes, or take them out") from None


def _require_shape(rows: Sequence[Row]) -> None:
    first, width = rows[0], len(rows[0].cells)
    if width > MOST_COLUMNS:
        remedy = "keep the columns that matter"
        raise invalid(f"a table has at most {MOST_COLUMNS:,} columns", f"{width:,} in row {first.number}", remedy)
    odd = next((row for row in rows if len(row.cells) != width), None)
    if odd:
        rule = f"every row has as many cells as row {first.number}, which has {width}"
        raise invalid(rule, f"{len(odd.cells)} in row {odd.number}", "quote a cell that holds the separator itself")


def _is_header(cells: Sequence[str]) -> bool:
    """Whether these are names: none is a number, or all numbers just count the columns."""
    numbers = [cell for cell in cells if is_number(cell)]
    counting = [[str(start + place) for place in range(len(numbers))] for start in (0, 1)]
    return not numbers or (len(numbers) >= NUMBERED and numbers in counting)


def _names(cells: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names that are all different, and what had to be added for that."""
    names, taken, counts, doubled = list[str](), set(cells), Counter[str](), list[str]()
    for cell, numbered in zip(cells, _numbered(len(cells)), strict=True):
        name = base = cell or numbered
        counts[base] += 1
        if counts[base] > 1 or (not cell and name in taken):
            doubled.append(quoted(base))
            while name in taken:
                counts[base] += name != base
                name = f"{base} ({max(2, counts[base])})"
        taken.add(name)
        names.append(name)
    return tuple(names), _about_doubled(list(dict.fromkeys(doubled)))


def _about_doubled(names: Sequence[str]) -> tuple[str, ...]:
    if not names:
        return ()
    more = f" and {len(names) - MOST_NAMED} more names" if len(names) > MOST_NAMED else ""
    return (f"More than once in the header, and numbered: {', '.join(names[:MOST_NAMED])}{more}.",)


def _numbered(width: int) -> tuple[str, ...]:
    return tuple(f"column {place}" for place in range(1, width + 1))
