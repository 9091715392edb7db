"""The library as docs/notebook.md shows it: every block runs, one after the other, and the figure draws itself."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from plotly.io import renderers

PAGE = Path(__file__).parent.parent / "docs/notebook.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def notebook() -> dict[str, Any]:
    """What the cells have left behind, and under `shown` what each showed last."""
    names: dict[str, Any] = {"shown": []}
    for block in BLOCKS:
        tree = ast.parse(block)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, PAGE.name, "exec"), names)  # noqa: S102  our own page
        names["shown"].append(last and eval(compile(ast.Expression(last.value), PAGE.name, "eval"), names))  # noqa: S307
    return names


def test_every_block_runs(notebook: dict[str, Any]) -> None:
    assert len(notebook["shown"]) == len(BLOCKS) >= 6


def test_ten_lines_find_the_fault_and_its_cure(notebook: dict[str, Any]) -> None:
    lines = [line for line in BLOCKS[0].splitlines() if line]
    assert len(lines) <= 11
    found, cured = notebook["found"], notebook["cured"]
    assert found.activation.rms[-1] < 1e-6 * found.activation.rms[0]
    assert cured.activation.rms[-1] > 0.1 * cured.activation.rms[0]


def test_a_notebook_draws_the_figure_by_itself(notebook: dict[str, Any]) -> None:
    mime = renderers["plotly_mimetype"]  # what Plotly chooses where it finds itself in a notebook
    assert mime.to_mimebundle(notebook["shown"][0].to_dict()).keys() == {"application/vnd.plotly.v1+json"}


def test_the_better_start_learns(notebook: dict[str, Any]) -> None:
    accuracies = [runner.marks[-1].accuracy for runner in notebook["last"].runners]
    assert accuracies[1] > accuracies[0] + 0.3
