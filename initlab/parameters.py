"""What a user may set on an initializer or an activation: enough to validate it and to draw its widget."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from initlab.arrays import Parameters
from initlab.errors import invalid, out_of_range, represented, unknown


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number with its range and step, or one of `grid` where steps are not equal; with `choices` one of a few words.

    Where the step is a whole `int`, so is the number. What is `advanced` has a place on a page of its own: the small
    forms, where a start is one of many, leave it out.
    """

    name: str
    default: float | str
    help: str
    minimum: float = 0.0
    maximum: float = 1.0
    step: float = 0.01
    choices: tuple[str, ...] = ()
    grid: tuple[float, ...] = ()
    advanced: bool = False

    @property
    def label(self) -> str:
        return LABELS.get(self.name, self.name.replace("_", " ").capitalize())

    def validated(self, value: object) -> float | str:
        """The value as a plain number or word; ValueError names the range or the choices."""
        if self.choices:
            if not isinstance(value, str) or value not in self.choices:
                raise unknown(self.name, value, self.choices)
            return value
        if isinstance(self.step, int):
            return whole_number(self.name, value, int(self.minimum), int(self.maximum))
        return finite_number(self.name, value, self.minimum, self.maximum)


LABELS = {
    "stddev": "Standard deviation", "minval": "Minimum", "maxval": "Maximum",
    "pretrain_epochs": "Epochs a layer", "pretrain_rate": "Pre-training rate", "pretrain_corruption": "Hidden inputs",
    "pretrain_corruption_rise": "More hidden a layer", "pretrain_weights": "Decoder weights",
    "pretrain_reconstruction": "Reconstruction error", "pretrain_optimizer": "Pre-training optimizer",
    "pretrain_batch": "Pre-training minibatch",
}  # fmt: skip


def finite_number(what: str, value: object, low: float, high: float) -> float:
    """`value` as a float within [low, high]; ValueError otherwise, NaN, inf and endless whole numbers included."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise out_of_range(what, value, low, high)
    return float(value)


def whole_number(what: str, value: object, low: int, high: int) -> int:
    """`value` as an int within [low, high]; ValueError otherwise."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise out_of_range(f"{what} (whole)", value, low, high)
    return int(finite_number(what, value, low, high))


def pairs(what: str, given: object) -> dict[str, float | str]:
    """(name, value) pairs by name; ValueError where they are none."""
    try:
        return dict(given)  # type: ignore[call-overload]
    except (TypeError, ValueError):
        rule = f"{what} are (name, value) pairs"
        raise invalid(rule, represented(given), 'write (("stddev", 0.1),)') from None


def complete(owner: str, parameters: Iterable[Parameter], given: Mapping[str, object]) -> Parameters:
    """All parameters of `owner`, validated, defaults filled in, sorted by name."""
    known = {p.name: p for p in parameters}
    for name in given:
        if name not in known:
            raise unknown(f"parameter of {owner}", name, known or ["(it has none)"])
    return tuple(sorted((name, p.validated(given.get(name, p.default))) for name, p in known.items()))
