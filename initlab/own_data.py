"""A table of one's own as inputs and targets: every column but the target a feature, scaled as the built-in data are.

The target decides the kind of task: text or a few whole numbers are classes, other numbers a regression.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from initlab.arrays import Array
from initlab.datasets import Batch, scaled
from initlab.errors import invalid, out_of_range, quoted
from initlab.losses import Targets
from initlab.own_number import BOUND, UNKNOWN, WITH_COMMA, WITH_POINT, is_missing, is_number, numbers
from initlab.own_table import Row, Table
from initlab.wording import counted

MOST_CLASSES: Final = 100
FEW: Final = 20  # different whole numbers that are still names of classes rather than amounts
OUTPUTS_WITHOUT_TARGET: Final = 10  # as for the built-in data
MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True, eq=False)
class OwnData:
    """Inputs `(rows, features)` as they stand in the file, in a fixed shuffled order, and targets as a network takes
    them; `notes` say what was made of the columns."""

    inputs: Array
    targets: Targets
    features: tuple[str, ...]
    classes: tuple[str, ...]  # empty: a regression, or no target
    notes: tuple[str, ...]

    @property
    def rows(self) -> int:
        return len(self.inputs)

    @property
    def outputs(self) -> int:
        """Width of the output layer that fits, as for the built-in data."""
        if self.targets is None:
            return OUTPUTS_WITHOUT_TARGET
        return len(self.classes) or 1

    def batch(self, scaling: str, rows: int) -> Batch:
        """The first rows, features scaled over the whole table."""
        inputs = scaled(self.inputs, scaling)[:rows]
        return Batch(inputs, None if self.targets is None else self.targets[:rows])


def usual_target(table: Table) -> int:
    """The column most likely meant: the only one that is text, else the last."""
    text = [index for index in range(len(table.names)) if not any(map(is_number, table.column(index)))]
    return text[0] if len(text) == 1 else len(table.names) - 1


def own_data(table: Table, target: int | None) -> OwnData:
    """The table with column `target` (from 0) to be predicted, or none; ValueError says which cell or column is in the
    way."""
    if target is not None and not 0 <= target < len(table.names):
        raise out_of_range("the target's column", target, 0, len(table.names) - 1)
    chosen = [column for column in range(len(table.names)) if column != target]
    if not chosen:
        raise invalid("a table needs a column besides the target", "one column", "choose no target, or add columns")
    comma = _decimal_comma(table)
    columns = {column: _numeric(table, column) for column in chosen}
    varying = [column for column in chosen if np.ptp(columns[column]) > 0]
    if not varying:
        received = f"{counted(len(chosen), 'column')} with one value each"
        raise invalid("a column besides the target must vary", received, "add a column, or choose another target")
    order = np.random.default_rng(0).permutation(len(table.rows))
    targets, classes, said = (None, (), ()) if target is None else _target(table, target)
    constant = [table.names[column] for column in chosen if column not in varying]
    return OwnData(
        np.stack([columns[column] for column in varying], axis=1)[order],
        None if targets is None else targets[order],
        tuple(table.names[column] for column in varying),
        classes,
        (*table.notes, *comma, *_dropped(constant), *said),
    )


def _dropped(names: Sequence[str]) -> tuple[str, ...]:
    if not names:
        return ()
    listed = ", ".join(quoted(name) for name in names[:MOST_NAMED])
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return (f"Left out because every row has the same value: {listed}{more}.",)


def _decimal_comma(table: Table) -> tuple[str, ...]:
    """How a number with a comma was read; ValueError where others have a point, since one of the two is no decimal."""
    if not any("," in cell for row in table.rows for cell in row.cells):
        return ()
    found: dict[str, tuple[Row, int]] = {}
    for row in table.rows:
        for column, cell in enumerate(row.cells):
            for kind, pattern in (("comma", WITH_COMMA), ("point", WITH_POINT)):
                if kind not in found and pattern.fullmatch(cell):
                    found[kind] = row, column
        if len(found) == 2:
            break
    if "comma" not in found:
        return ()
    row, column = found["comma"]
    cell = row.cells[column]
    if "point" in found:
        other, its_column = found["point"]
        raise invalid(
            "decimals have either a point or a comma throughout",
            f"{quoted(cell)} in {table.place(row, column)} and "
            f"{quoted(other.cells[its_column])} in {table.place(other, its_column)}",
            "write 1234.5 without a separator of thousands",
        )
    return (f"Decimal commas: {quoted(cell)} is read as {cell.replace(',', '.')}.",)


def _numeric(table: Table, column: int) -> Array:
    cells = table.column(column)
    if not all(map(is_number, cells)):
        raise _no_number(table, next(row for row in table.rows if not is_number(row.cells[column])), column)
    found = numbers(cells)
    large = np.flatnonzero(np.abs(found) > BOUND)
    if large.size:
        row = table.rows[large[0]]
        received = f"{quoted(row.cells[column])} in {table.place(row, column)}"
        raise invalid(f"a number lies between -{BOUND:g} and {BOUND:g}", received, "use another unit")
    return found


def _no_number(table: Table, row: Row, column: int) -> ValueError:
    cell, place = row.cells[column], table.place(row, column)
    if is_missing(cell):
        what = f"no number ({quoted(cell)})" if cell else "an empty cell"
        return invalid("no cell may be missing", f"{what} in {place}", "fill it in, or delete the row or the column")
    texts = sum(not is_number(other) for other in table.column(column))
    share = "" if texts == 1 else f" (and in {texts - 1} more of its rows)"
    remedy = "write it as a number" if texts == 1 else "delete the column, code it as numbers, or make it the target"
    return invalid(
        "a column holds numbers throughout, unless it is a target that is text",
        f"{quoted(cell)} in {place}{share}",
        remedy,
    )


def _target(table: Table, column: int) -> tuple[Targets, tuple[str, ...], tuple[str, ...]]:
    """Targets as a network takes them, the names of the classes, and what is said of it."""
    cells, name = table.column(column), quoted(table.names[column])
    missing = next((row for row in table.rows if row.cells[column].lower() in UNKNOWN), None)
    if missing:
        raise _no_number(table, missing, column)
    is_text = 2 * sum(map(is_number, cells)) <= len(cells)  # fewer texts than numbers are slips
    values = np.array(cells) if is_text else _numeric(table, column)
    classes, targets = np.unique(values, return_inverse=True)
    if len(classes) < 2:
        received = f"{quoted(cells[0])} in every row of column {name}"
        raise invalid("a target must take at least two values", received, "choose another target, or none")
    if values.dtype.kind == "f" and not _few_whole(classes, len(values)):
        return _regression(values), (), (f"Target {name}: a regression, standardized.",)
    if len(classes) > MOST_CLASSES:
        received = f"{len(classes)} different texts in column {name}"
        raise invalid(f"a target has at most {MOST_CLASSES} classes", received, "choose another target, or none")
    words = tuple(f"{one:g}" if values.dtype.kind == "f" else str(one) for one in classes)
    shown = ", ".join(map(quoted, words[:MOST_NAMED])) + ("…" if len(words) > MOST_NAMED else "")
    return targets, words, (f"Target {name}: {len(words)} classes, {shown}.",)


def _few_whole(unique: Array, rows: int) -> bool:
    """Whether these numbers are rather names of classes: whole, few, and most of them more than once."""
    return len(unique) <= FEW and rows >= 2 * len(unique) and bool((unique == np.round(unique)).all())


def _regression(values: Array) -> Array:
    """Mean 0 and deviation 1."""
    relative = values / np.abs(values).max()
    return (relative - relative.mean()) / relative.std()
