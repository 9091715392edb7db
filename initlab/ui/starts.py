"""A set of starts as one text of a link: `Zeros;Random normal,stddev=1;Glorot normal,gain=2`.

Parameters that have Keras's value and a gain of 1 are left out. Like every field, the text is hostile until it has been
mended: into the nearest set of two to six starts that the widgets can show.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from initlab.arrays import Parameters
from initlab.comparison import FEWEST, MOST, Start, newcomer
from initlab.initializers import INITIALIZERS, Recipe
from initlab.parameters import Parameter
from initlab.ui.fields import Choice, Grid, Steps, nearest, shown

MENU: Final = tuple(INITIALIZERS)
GAINS: Final = tuple(float(f"{10 ** (k / 40):.3g}") for k in range(-40, 41))
GAIN: Final = Grid("gain", 1.0, GAINS)
LONGEST: Final = 1000  # characters; the longest set that we write ourselves has 540


def parameter_field(parameter: Parameter, default: float | str) -> Choice | Grid | Steps:
    if isinstance(default, str):
        return Choice(parameter.name, default, parameter.choices)
    if parameter.grid:
        return Grid(parameter.name, default, parameter.grid)
    return Steps(parameter.name, default, parameter.minimum, parameter.maximum, parameter.step)


def start_fields(recipe: Recipe) -> Mapping[str, Choice | Steps | Grid]:
    """What can be set on a start of this initializer, in the order in which it is written."""
    return {**{p.name: parameter_field(p, p.default) for p in recipe.parameters}, "gain": GAIN}


def written(starts: Sequence[Start]) -> str:
    """The text of a set."""
    return ";".join(_one_written(start) for start in starts)


def _one_written(start: Start) -> str:
    values = {**dict(start.init_params), "gain": start.gain}
    fields = start_fields(INITIALIZERS[start.init])
    said = [f"{name}={field.text(values[name])}" for name, field in fields.items() if values[name] != field.default]
    return ",".join([start.init, *said])


def changed(start: Start, name: str, value: float | str) -> Start:
    """The start with one thing changed; another initializer comes with its own parameters."""
    if name == "init":
        return Start(str(value), (), start.gain)
    if name == "gain":
        return replace(start, gain=float(value))
    values = {**dict(start.init_params), name: value}
    return Start(start.init, _ordered(values)[0], start.gain)


def _ordered(values: dict[str, float | str]) -> tuple[Parameters, bool]:
    """Sorted pairs, a minimum above the maximum swapped with it, and whether it was."""
    low, high = (float(values.get(name, 0.0)) for name in ("minval", "maxval"))
    if low > high:
        values = {**values, "minval": high, "maxval": low}
    return tuple(sorted(values.items())), low > high


def starts_of(text: str) -> tuple[Start, ...]:
    """The set that a mended text describes."""
    return _read(text)[0]


def mend(text: str) -> tuple[str, tuple[str, ...]]:
    """The text as we write it, and what had to be changed; ValueError where not even one start can be read."""
    starts, changes = _read(text)
    return written(starts), changes


def _read(text: str) -> tuple[tuple[Start, ...], tuple[str, ...]]:
    changes: list[str] = []
    text = text.rstrip("; ")
    entries = text.split(";", MOST)
    if len(entries) > MOST:
        changes.append(f"of {text.count(';') + 1:,} starts the first {MOST} are kept")
    kept = ";".join(entries[:MOST])
    if len(kept) > LONGEST:
        changes.append(f"only the first {LONGEST:,} characters are read, and the rest of the link is dropped")
    found: list[Start] = []
    for entry in kept[:LONGEST].split(";"):
        name, *settings = entry.split(",")
        if name.strip() in MENU:
            found.append(_one(name.strip(), settings, changes))
        else:
            changes.append(f"{shown(name)} is no initializer and left out")
    if not found:
        raise ValueError("is not a set of starts")
    while len(found) < FEWEST:
        found.append(newcomer(found))
        changes.append(f"there is nothing to compare with, so {found[-1].init} is added")
    return tuple(found), tuple(changes)


def _one(name: str, settings: Sequence[str], changes: list[str]) -> Start:
    """A start from `stddev=1` and the like; `changes` collects what was not to be had."""
    fields = start_fields(INITIALIZERS[name])
    values = {key: field.default for key, field in fields.items()}
    for setting in settings:
        key, _, given = (part.strip() for part in setting.partition("="))
        if key not in fields:
            changes.append(f"{name} has no {shown(key)}")
            continue
        field = fields[key]
        values[key], why = nearest(field, given)  # type: ignore[assignment]
        if why:
            changes.append(f"{key} = {shown(given)} of {name} {why}, {field.text(values[key])} is used")
    gain = float(values.pop("gain"))
    ordered, swapped = _ordered(values)
    if swapped:
        changes.append("the minimum lies above the maximum, the two are swapped")
    return Start(name, ordered, gain)
