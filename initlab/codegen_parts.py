"""What the code of every framework has in common: title, data, widths, and how pieces are put together."""

import re
from collections.abc import Iterable, Mapping
from string import Template
from textwrap import dedent, fill, indent
from types import MappingProxyType
from typing import Final

from initlab.data_driven import DATA_DRIVEN, LSUV, Pretraining
from initlab.dialects import LIBRARIES, ZERO_BIASES, dialect, literal
from initlab.law_words import in_words
from initlab.pretrain_spec import HALF
from initlab.spec import NetworkSpec
from initlab.wording import counted

WIDE: Final = 100  # columns of a line that a notebook shows without a scroll bar
SHORT: Final = 4  # layers whose widths are written out
IMPORTS: Final = (  # in this order, each where the code says the word
    (r"\bceil\(", "from math import ceil"),
    (r"\bnp\.", "import numpy as np"),
    (r"\bkeras\.", "import keras"),
    (r"\bjax\.", "import jax"),
    (r"\bjnp\.", "import jax.numpy as jnp"),
    (r"\btorch\.", "import torch"),
    (r"(?<!\.)\bnn\.", "from torch import nn"),
    (r"\bF\.", "from torch.nn import functional as F"),
)
SCIENCE: Final = (("scipy", ("special", "stats")), ("sklearn", ("datasets", "preprocessing")))

SOURCES: Final[Mapping[str, str]] = MappingProxyType({
    "Digits": "data = datasets.load_digits(return_X_y=True)[0]",
    "Iris": "data = datasets.load_iris(return_X_y=True)[0]",
    "Wine": "data = datasets.load_wine(return_X_y=True)[0]",
    "Breast cancer": "data = datasets.load_breast_cancer(return_X_y=True)[0]",
    "Diabetes": "data = datasets.load_diabetes(return_X_y=True)[0]",
    "Moons": "data = datasets.make_moons(1024, noise=0.1, random_state=0)[0]",
    "Circles": "data = datasets.make_circles(1024, noise=0.05, factor=0.5, random_state=0)[0]",
    "Spirals": (
        "points = np.random.default_rng(0)\n"
        "turn = np.sqrt(points.random(1024))\n"
        "angle = turn * 3.5 * np.pi + np.arange(1024) % 2 * np.pi\n"
        "data = turn[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)\n"
        "data = data + points.normal(0, 0.02, data.shape)"
    ),
    "Gaussian noise": "data = np.random.default_rng(0).standard_normal((1024, 64))",
})  # fmt: skip
SCALERS: Final = {"Standardized": "StandardScaler", "0-1": "MinMaxScaler"}


def filled(template: str, **values: object) -> str:
    """A dedented template with its $words replaced; each may have several lines, which keep the word's indentation."""
    lines = []
    for line in dedent(template).strip("\n").splitlines():
        margin = line[: len(line) - len(line.lstrip())]
        found = Template(line.strip()).substitute(values)
        lines += [indent(part, margin) for part in found.splitlines()] if found or not line.strip() else []
        lines += [] if line.strip() else [""]
    return "\n".join(lines)


def assembled(spec: NetworkSpec, framework: str, blocks: Iterable[str]) -> str:
    """Title, what must be imported, and the blocks of code apart."""
    body = spaced(block for block in blocks if block)
    return f"{title(spec, framework)}\n{imports(body)}\n\n{body}\n"


def spaced(blocks: Iterable[str]) -> str:
    """A blank line between any two blocks, and two around a function."""
    found = ""
    for block in blocks:
        function = block.startswith(("def ", "@", "class "))
        after = found.rpartition("\n\n")[2].startswith(("def ", "@", "class ")) if found else False
        found += ("\n\n\n" if function or after else "\n\n") * bool(found) + block
    return found


def imports(body: str) -> str:
    """One line a module that the code names."""
    lines = [line for word, line in IMPORTS if re.search(word, body)]
    for package, names in SCIENCE:
        used = [name for name in names if re.search(rf"(?<!\.)\b{name}\.", body)]
        lines += [f"from {package} import {', '.join(used)}"] if used else []
    return "\n".join(lines)


def title(spec: NetworkSpec, framework: str) -> str:
    """What the code does, the law in plain text, and where the framework's namesake is another one."""
    units = f"{spec.width} units" if spec.shape == "Constant" else f"{spec.shape.lower()} from {spec.width} units"
    gain = f" Gain: weights times {literal(spec.gain)}." if spec.gain != 1 else ""
    lines = [
        f"{spec.init}, {spec.activation}, {counted(spec.depth, 'hidden layer')} of {units}, {spec.dataset}: "
        "the start of initlab with other random numbers.",
        f"Law: {in_words(spec.law)}.{gain}",
        namesake(spec, framework),
    ]
    return "\n".join(comment(line) for line in lines if line)


def namesake(spec: NetworkSpec, framework: str) -> str:
    """Where the framework has no such law, or another one under this name."""
    if framework not in LIBRARIES:
        return ""
    known = dialect(spec.init, framework)
    if known is None:
        return f"{framework} has no function for it."
    if known.same and known.note != ZERO_BIASES:
        return ""
    return f"{framework}'s {known.name} differs: {known.note[0].lower()}{known.note[1:]}"


def comment(text: str) -> str:
    return fill(text, WIDE, initial_indent="# ", subsequent_indent="# ")


def data(spec: NetworkSpec) -> str:
    """The same rows of the same data as initlab has, in NumPy."""
    scaler = SCALERS.get(spec.scaling)
    scaled = f"data = preprocessing.{scaler}().fit_transform(data)" if scaler else ""
    rows = f"data = data[np.random.default_rng(0).permutation(len(data))[:{spec.rows}]]"
    return "\n".join(filter(None, [SOURCES[spec.dataset], scaled, f'{rows}.astype("{spec.precision}")']))


def widths(spec: NetworkSpec) -> str:
    """Inputs, hidden layers, outputs."""
    first, *hidden, last = spec.widths
    if len(hidden) > SHORT and len(set(hidden)) == 1:
        return f"widths = [{first}] + {len(hidden)} * [{hidden[0]}] + [{last}]"
    return fill(f"widths = {list(spec.widths)}", WIDE, subsequent_indent="    ")


def generator(spec: NetworkSpec) -> str:
    """NumPy's; where the data were drawn from the same seed, a stream apart from theirs."""
    same = spec.seed == 0 and "default_rng(0)" in SOURCES[spec.dataset]
    return f"rng = np.random.default_rng({'[0, 1])  # other numbers than the data have' if same else f'{spec.seed})'}"


def comprehension(name: str, item: str, loop: str) -> str:
    """A list on one line, or on four where that would be too wide."""
    line = f"{name} = [{item} {loop}]"
    if len(line) <= WIDE:
        return line
    if len(item) > WIDE:
        item = re.sub(r"^([\w.]+\()(\w+), (\w+=.*), (\w+=.*)\)$", r"\1\n    \2,\n    \3,\n    \4,\n)", item)
    return f"{name} = [\n{indent(item, '    ')}\n    {loop}\n]"


def plain(spec: NetworkSpec) -> bool:
    """Whether a hidden layer hands on phi(z) and nothing else."""
    return spec.normalization == "None" and not spec.residual


def is_data_driven(spec: NetworkSpec) -> bool:
    return isinstance(spec.law, DATA_DRIVEN)


def times(spec: NetworkSpec) -> str:
    """The gain as a factor, where there is one and it is not for the end."""
    return f"{literal(spec.gain)} * " if spec.gain != 1 and not is_data_driven(spec) else ""


def masked(law: Pretraining, layer: str) -> str:
    """The share of its inputs that a layer does not see, as an expression in its number `layer`; empty if none."""
    first, rise = law.how.corruption, law.how.corruption_rise
    if not rise or first >= HALF:
        return literal(first) if first else ""
    return f"max({literal(first)}, min({literal(first)} + {literal(rise)} * {layer}, {literal(HALF)}))"


def law_parts(spec: NetworkSpec) -> tuple[LSUV | None, Pretraining | None]:
    """The law, if it is one of those that need data."""
    law = spec.law
    return law if isinstance(law, LSUV) else None, law if isinstance(law, Pretraining) else None


def is_flatter(spec: NetworkSpec) -> bool:
    """Whether the output layer, which no sigmoid follows, is drawn a quarter as wide as the layers below."""
    return spec.output == "Same" and isinstance(spec.law, Pretraining) and spec.law.activation == "Sigmoid"
