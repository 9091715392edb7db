"""One phrasing for every rejected value: the rule, what arrived, what would do."""

from collections.abc import Iterable
from typing import Final

LONGEST: Final = 40  # characters of a stranger's text that are worth repeating


def unknown(what: str, got: object, known: Iterable[str]) -> ValueError:
    """Say what was asked for and everything that would have been accepted."""
    return ValueError(f"unknown {what} {represented(got)}; choose one of {', '.join(known)}")


def out_of_range(what: str, got: object, low: float, high: float) -> ValueError:
    """Say the two bounds and the value that lies outside them (or is no number at all)."""
    return ValueError(f"{what} must be a number from {low:g} to {high:g}; received {represented(got)}")


def invalid(rule: str, got: object, remedy: str) -> ValueError:
    """Say the rule that was broken, the value that broke it, and what would be accepted."""
    return ValueError(f"{rule}; received {got}; {remedy}")


def represented(got: object) -> str:
    """What arrived, as Python writes it; in words where it is a number with more digits than Python cares to write."""
    try:
        return repr(got)
    except ValueError:
        return "a number of thousands of digits"


def quoted(text: str) -> str:
    """A stranger's text for a sentence: on one line, of what can be seen, and not all of it where it is long."""
    seen = "".join(c if c.isprintable() else "�" for c in text[: LONGEST + 1])
    return f"'{seen[:LONGEST]}…'" if len(seen) > LONGEST else f"'{seen}'"
