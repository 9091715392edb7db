"""What a visitor saw, as one page to keep: settings, verdict, charts, tables, link and versions, offline and printable.

Charts come as finished HTML of whoever drew them; everything else is text and is escaped.
"""

import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.metadata import version
from typing import Final

LIBRARIES: Final = ("numpy", "scipy", "scikit-learn")
STYLE: Final = """
body {font: 16px/1.5 system-ui, sans-serif; color: #1E232B; background: #FFF; max-width: 62rem; margin: 2rem auto;
  padding: 0 1rem}
h1 {font-size: 1.9rem; margin: 0 0 .25rem} h2 {font-size: 1.25rem; margin: 2rem 0 .5rem}
.verdict {border: 1px solid #D9DCD6; border-left: 5px solid #0B5F8A; padding: .5rem 1rem; margin: 1rem 0}
.verdict h2 {margin: 0} .quiet {color: #5B616A} figure {margin: 1rem 0; break-inside: avoid}
table {border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums}
th, td {border-bottom: 1px solid #D9DCD6; padding: .15rem .6rem; text-align: right; white-space: nowrap}
th:first-child, td:first-child {text-align: left} .wide {overflow-x: auto} a {color: #0B5F8A; overflow-wrap: anywhere}
@media print {body {margin: 0; max-width: none; font-size: 11pt} .wide {overflow: visible}
  thead {display: table-header-group}}
"""


@dataclass(frozen=True, slots=True)
class Chart:
    """A finished picture in HTML, under its title and over its one-sentence reading."""

    title: str
    html: str
    reading: str


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers, row by row under the names of their columns."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything on the page. `script` is what the charts need, `verdict` the headline and then its evidence."""

    title: str
    link: str
    settings: Mapping[str, object]
    verdict: Sequence[str] = ()
    charts: Sequence[Chart] = ()
    tables: Sequence[Table] = ()
    script: str = ""

    def html(self) -> str:
        """The page, complete in itself."""
        title = f"initlab: {escape(self.title)}"
        return "\n".join(
            [
                f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>',
                '<meta name="viewport" content="width=device-width, initial-scale=1">',
                f"<style>{STYLE}</style>{self.script}</head><body><main><h1>{escape(self.title)}</h1>",
                f'<p class="quiet"><a href="{escape(self.link)}">{escape(self.link)}</a></p>',
                *self._verdict(),
                *map(_chart, self.charts),
                "<h2>Settings</h2>",
                _rows(("Setting", "Value"), self.settings.items()),
                *(f"<h2>{escape(table.title)}</h2>{_rows(table.columns, table.rows)}" for table in self.tables),
                f'<p class="quiet">Made with {escape(versions())}.</p></main></body></html>',
            ]
        )

    def _verdict(self) -> Iterable[str]:
        if self.verdict:
            first, *evidence = self.verdict
            yield f'<section class="verdict"><h2>{escape(first)}</h2>'
            yield from (f"<p>{escape(text)}</p>" for text in evidence)
            yield "</section>"


def versions() -> str:
    """Whose numbers these are: Python and the libraries that computed them."""
    return ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in LIBRARIES)])


def table_json(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The rows as JSON objects; what is not finite becomes the words that say so, which JSON has no number for."""
    records = [dict(zip(columns, map(_plain, row), strict=True)) for row in rows]
    return json.dumps(records, indent=1, ensure_ascii=False, allow_nan=False)


def _plain(cell: object) -> object:
    """NumPy's numbers as Python's own."""
    value = cell.item() if hasattr(cell, "item") else cell  # type: ignore[union-attr]
    if isinstance(value, float) and value - value != 0:  # NaN and both infinities
        return str(value)
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def _chart(chart: Chart) -> str:
    heading = f"<h2>{escape(chart.title)}</h2>" if chart.title else ""
    return f"<figure>{heading}{chart.html}<figcaption>{escape(chart.reading)}</figcaption></figure>"


def _rows(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    head = "".join(f"<th>{escape(str(name))}</th>" for name in columns)
    body = "".join("<tr>" + "".join(f"<td>{escape(_cell(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _cell(cell: object) -> str:
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)
