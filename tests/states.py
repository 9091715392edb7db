"""What a state of the app may be: an oracle for one field's value, and every valid state for Hypothesis."""

from collections.abc import Mapping

from hypothesis import strategies as st

from initlab.comparison import FEWEST, MOST, Start
from initlab.initializers import INITIALIZERS
from initlab.ui.fields import Choice, Coded, Field, Flag, Grid, Steps, Subset, Value
from initlab.ui.starts import MENU, changed, start_fields, written
from initlab.ui.state import FIELDS


def offered(field: Field, value: Value) -> bool:
    """Whether the field's widget can show this value, of this very type."""
    match field:
        case Choice():
            return value in field.options
        case Flag():
            return isinstance(value, bool)
        case Subset():
            return field.parse(str(value)) == value
        case Grid():
            return any(value == known and type(value) is type(known) for known in field.values)
        case Steps():
            number, whole = float(value), isinstance(field.step, int)
            steps = (number - field.minimum) / field.step
            inside = field.minimum <= number <= field.maximum
            return inside and abs(steps - round(steps)) < 1e-6 and isinstance(value, int if whole else float)
        case Coded():
            return field.mend(str(value)) == (value, ())


def not_offered(values: Mapping[str, Value]) -> dict[str, Value]:
    """What of these values no widget can show."""
    return {name: value for name, value in values.items() if not offered(FIELDS[name], value)}


def any_value(field: Field) -> st.SearchStrategy[Value]:
    """Everything the field's widget can show."""
    match field:
        case Choice():
            return st.sampled_from(field.options)
        case Flag():
            return st.booleans()
        case Subset():
            return st.sets(st.sampled_from(field.options)).map(lambda words: field.parse(",".join(words)))
        case Grid():
            return st.sampled_from(field.values)
        case Steps():
            last = round((field.maximum - field.minimum) / field.step)
            whole = isinstance(field.step, int)
            return st.integers(0, last).map(lambda k: field.minimum + k * field.step if whole else _step(field, k))
        case Coded() if field.name == "catalogue_search":
            return st.text(st.characters(categories=("L", "N", "P"), max_codepoint=0x24F), max_size=40)
        case Coded():
            return st.lists(any_start, min_size=FEWEST, max_size=MOST).map(written)


def _step(field: Steps, k: int) -> float:
    """The k-th step as a slider reports it: the decimal number, free of binary dust."""
    return float(f"{field.minimum + k * field.step:.9g}")


@st.composite
def starts_that_widgets_can_show(draw: st.DrawFn) -> Start:
    """Any initializer with any parameters and gain of its sliders."""
    name = draw(st.sampled_from(MENU))
    start = Start(name)
    for parameter, field in start_fields(INITIALIZERS[name]).items():
        start = changed(start, parameter, draw(any_value(field)))  # type: ignore[arg-type]
    return start


any_start: st.SearchStrategy[Start] = starts_that_widgets_can_show()
any_state: st.SearchStrategy[dict[str, Value]] = st.fixed_dictionaries({n: any_value(f) for n, f in FIELDS.items()})
