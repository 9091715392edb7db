"""Code to take away: every program runs, draws by the law of its spec and computes what our network computes."""

import ast
import builtins
import re
from dataclasses import replace
from functools import cache
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from programs import Ran, in_turn, needed, program, ran
from scipy import stats

from initlab.activations import ACTIVATIONS
from initlab.arrays import Array
from initlab.codegen import FRAMEWORKS, snippet
from initlab.data_driven import LSUV, Pretraining
from initlab.datasets import DATASETS, SCALINGS, load
from initlab.initializers import INITIALIZERS, recipe
from initlab.law_marginal import Marginal, marginal
from initlab.network import Network
from initlab.spec import NORMALIZATIONS, OUTPUTS, SHAPES, NetworkSpec
from initlab.start import build

# Layers of one shape all over, so that a framework compiles each of its functions once. Five of 64 x 64 weights tell
# the deviation of a normal law to 0.5 %, so that 2 % are four standard errors.
BASE = NetworkSpec(dataset="Gaussian noise", depth=5, width=64, batch=64)
WITHIN = 0.02
SIGMAS = 4.5  # a right program fails one comparison in 150,000; what each draws is fixed by its seed
SIGNIFICANCE = 1e-5
STRESSED = {"Keras": (1, 2), "JAX": (1, 2)}  # turns that a single spec never has
PARAMETERS: dict[str, list[dict[str, float | str]]] = {
    "Constant": [{"value": -0.3}],
    "Random normal": [{"mean": 0.1, "stddev": 0.2}, {"stddev": 0.0}],
    "Random uniform": [{"minval": -0.1, "maxval": 0.3}, {"minval": 0.5, "maxval": 0.5}],
    "Truncated normal": [{"mean": 0.1, "stddev": 0.2}, {"stddev": 0.0, "mean": 0.1}],
    "Variance scaling": [
        *({"scale": 2.5, "mode": mode, "distribution": law} for mode, law in product(
            ("fan_in", "fan_out", "fan_avg"), ("truncated_normal", "untruncated_normal", "uniform")
        )),
        {"scale": 0.0},
    ],
    "Sparse": [{"sparsity": 0.5, "stddev": 0.3}, {"sparsity": 0.07}, {"sparsity": 1.0}],
    "Greedy pre-training": [{"pretrain_epochs": 1, "pretrain_batch": 32}],
}  # fmt: skip


def case(index: int, init: str, **changes: Any) -> NetworkSpec:
    """A spec with this start; activation and the rest go round with the index."""
    start = BASE.with_init(init, **{**PARAMETERS.get(init, [{}])[0], **changes})
    return replace(
        start, activation=tuple(ACTIVATIONS)[index % len(ACTIVATIONS)], depth=1 if start.needs_data else start.depth,
        normalization=NORMALIZATIONS[index % 3], residual=index % 2 == 1, output=OUTPUTS[index // 2 % 3],
        bias_stddev=0.2 * (index % 4 == 2), gain=1.3 if index % 3 else 1.0,
        precision="float64" if index % 7 == 3 else "float32", seed=index,
    )  # fmt: skip


CASES = [case(index, init) for index, init in enumerate(INITIALIZERS)]
OTHERS = [case(i, init, **more) for init, rest in PARAMETERS.items() for i, more in enumerate(rest[1:])]


def assert_follows(w: Array, law: Marginal) -> None:
    """Its standard deviation is right within 2 % or as well as so many draws can tell; and so is its shape."""
    values = w.astype(float).ravel()
    at = [np.isclose(values, value, rtol=1e-6, atol=0) for value, _ in law.atoms]
    for here, (_, share) in zip(at, law.atoms, strict=True):
        assert here.mean() == pytest.approx(share, abs=1e-9)
    values = values[~np.any(at, axis=0)] if at else values
    if law.spread is None:
        assert not values.size
        return
    kurtosis = 3 + float(law.spread.stats(moments="k"))
    error = SIGMAS * np.sqrt((kurtosis - 1) / (4 * values.size))
    assert values.std() == pytest.approx(law.spread.std(), rel=max(WITHIN, error))
    assert stats.kstest(values, law.spread.cdf).pvalue > SIGNIFICANCE


def assert_weights_follow_the_law(spec: NetworkSpec, found: Ran) -> None:
    assert [w.shape for w in found.weights] == list(pairwise(spec.widths))
    assert {w.dtype for w in found.weights} == {np.dtype(spec.precision)}
    *hidden, last = found.weights
    if isinstance(spec.law, LSUV):
        for w in hidden:
            gram = w.T @ w if len(w) >= len(w.T) else w @ w.T
            np.testing.assert_allclose(gram / gram[0, 0], np.eye(len(gram)), atol=1e-5)
    elif not isinstance(spec.law, Pretraining):
        for fans in set(pairwise(spec.widths[:-1])):
            same = np.concatenate([w for w in hidden if w.shape == fans])
            law = marginal(spec.law, *fans)
            assert_follows(same / spec.gain, law)
            assert law.spread is None or len(np.unique(same)) > same.size * (law.share - 0.01), "layers draw alike"
    if spec.output == "One row repeated":
        np.testing.assert_array_equal(last, np.repeat(last[:1], len(last), axis=0))
        last = last[:1]
    if spec.output != "Same":
        assert_follows(last, marginal(recipe("LeCun normal").bound(), *spec.widths[-2:]))
    elif not spec.needs_data:
        assert_follows(last / spec.gain, marginal(spec.law, *spec.widths[-2:]))


def assert_biases_follow_the_law(spec: NetworkSpec, found: Ran) -> None:
    assert [b.shape for b in found.biases] == [(n,) for n in spec.widths[1:]]
    for layer, (b, fans) in enumerate(zip(found.biases, pairwise(spec.widths), strict=True)):
        if isinstance(spec.law, Pretraining) and layer < spec.depth:
            continue
        own = layer == spec.depth and spec.output != "Same"
        reach = np.sqrt(3 * spec.law.bias_variance(*fans))
        if spec.bias_stddev and not own:
            assert_follows(b, Marginal(stats.norm(0, spec.bias_stddev)))
        elif reach and not own:
            assert_follows(b, Marginal(stats.uniform(-reach, 2 * reach)))
        else:
            assert not b.any()


def assert_computes_what_we_compute(spec: NetworkSpec, found: Ran, exact: float) -> None:
    network = Network(
        found.weights, found.biases, spec.activation, spec.activation_params, spec.normalization, spec.residual
    )
    ours = network.forward(load(spec.dataset, spec.scaling, spec.rows).inputs).activations
    # where all rows or units are equal a normalization divides their rounding by the root of its epsilon, 1/316
    rounding = 2e-11 if found.weights[0].dtype == float else 2e-4
    noise = rounding if spec.normalization != "None" else 0.0
    for mine, theirs in zip(ours, found.activations, strict=True):
        scale = max(float(np.abs(mine[np.isfinite(mine)]).max(initial=0)), 1e-30)
        np.testing.assert_allclose(theirs, mine, rtol=exact, atol=exact * scale + noise)


def assert_right(spec: NetworkSpec, framework: str) -> None:
    found = program(spec, framework)
    np.testing.assert_array_equal(found.data, load(spec.dataset, spec.scaling, spec.rows).inputs.astype(spec.precision))
    assert_weights_follow_the_law(spec, found)
    assert_biases_follow_the_law(spec, found)
    # of what is asked for in float64 Keras computes tanh and others in float32
    double = spec.precision == "float64" and framework != "Keras"
    assert_computes_what_we_compute(spec, found, exact=1e-8 if double else 1e-4)
    printed = [float(text) for text in re.findall(r"activations (\S+)", found.printed)]
    exact = [a.astype(float).std() for a in found.activations]
    np.testing.assert_allclose(printed, exact, rtol=6e-3)


@pytest.mark.parametrize(("framework", "spec"), in_turn(CASES, {"Keras": (7, 20), "JAX": (7, 20)}))
def test_every_initializer_and_activation_runs_with_the_exact_law(framework: str, spec: NetworkSpec) -> None:
    assert_right(spec, framework)


@pytest.mark.parametrize("spec", OTHERS, ids=lambda spec: f"{spec.init} {dict(spec.init_params)}")
def test_every_parameter_of_a_law_arrives_in_the_code(spec: NetworkSpec) -> None:
    assert_right(spec, "NumPy")


@pytest.mark.stress
@pytest.mark.parametrize("spec", OTHERS, ids=lambda spec: f"{spec.init} {dict(spec.init_params)}")
@pytest.mark.parametrize("framework", FRAMEWORKS[1:])
def test_every_parameter_of_a_law_arrives_in_every_framework(framework: str, spec: NetworkSpec) -> None:
    assert_right(spec, framework)


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("scaling", SCALINGS)
def test_the_data_are_the_very_rows_of_the_spec(dataset: str, scaling: str) -> None:
    spec = NetworkSpec("Identity", dataset=dataset, scaling=scaling, depth=1, width=4, batch=300)
    assert_right(spec, "NumPy")


@pytest.mark.parametrize("shape", SHAPES)
def test_the_widths_are_those_of_the_shape(shape: str) -> None:
    assert_right(replace(BASE, shape=shape, residual=True, width=96, depth=7), "NumPy")


@pytest.mark.parametrize(("framework", "spec"), in_turn([replace(BASE, depth=2, bias_stddev=0.1)], STRESSED))
def test_layers_of_one_shape_have_different_weights_and_a_seed_gives_the_same_ones_again(
    framework: str, spec: NetworkSpec
) -> None:
    needed(framework)
    one, again, other = (ran(s, framework) for s in (spec, spec, replace(spec, seed=1)))
    assert abs(np.corrcoef(one.weights[0].ravel(), one.weights[1].ravel())[0, 1]) < SIGMAS / 64
    assert abs(np.corrcoef(one.biases[0], one.biases[1])[0, 1]) < SIGMAS / 8
    for a, b, c in zip(one.weights, again.weights, other.weights, strict=True):
        np.testing.assert_array_equal(a, b)
        assert (a != c).any()


def test_weights_are_no_copies_of_generated_data() -> None:
    found = program(replace(BASE.with_init("Random normal", stddev=1.0), scaling="Raw"), "NumPy")
    assert abs(np.corrcoef(found.weights[0].ravel(), found.data.ravel())[0, 1]) < SIGMAS / 64


# Starts whose activations hardly depend on the draw: of ten draws of ours at these sizes they differ by less than a
# quarter of the 2 per cent (the test below computes it), so that two right programs agree.
WIDE = NetworkSpec(dataset="Gaussian noise", depth=2, width=256)
STEADY = [
    replace(WIDE.with_init("Random normal", stddev=1.0), activation="Tanh"),
    replace(WIDE.with_init("Orthogonal"), activation="Linear", width=64, gain=0.9),
    replace(WIDE.with_init("Glorot normal"), activation="Softsign"),
    replace(WIDE.with_init("He uniform"), activation="Erf", normalization="Batch"),
    replace(WIDE.with_init("LeCun normal"), activation="Tanh", normalization="Layer", residual=True),
    replace(WIDE.with_init("PyTorch default"), activation="Hard tanh", gain=3.0),
]


@cache
def expected(spec: NetworkSpec) -> tuple[Array, Array]:
    """Mean over ten draws of the standard deviation of each layer, and how far one draw is from it."""
    inputs = load(spec.dataset, spec.scaling, spec.rows).inputs
    found = [build(replace(spec, seed=seed)).forward(inputs).activations for seed in range(10)]
    stds = [[a.astype(float).std() for a in activations] for activations in found]
    return np.mean(stds, axis=0), np.std(stds, axis=0, ddof=1)


@pytest.mark.parametrize(("framework", "spec"), in_turn(STEADY, {"Keras": (1, 6), "JAX": (1, 6)}))
def test_every_layer_has_the_standard_deviation_that_initlab_finds(framework: str, spec: NetworkSpec) -> None:
    mean, spread = expected(spec)
    assert (spread < WITHIN / 4 * mean).all()
    found = [a.astype(float).std() for a in program(spec, framework).activations]
    np.testing.assert_allclose(found, mean, rtol=WITHIN)


def sweep() -> list[NetworkSpec]:
    """Everything that code is made of, each value with each start."""
    changes: list[dict[str, Any]] = [
        *({"activation": phi} for phi in ACTIVATIONS),
        *({"dataset": data, "scaling": scaling} for data, scaling in zip(DATASETS, SCALINGS * 3, strict=True)),
        *({"normalization": norm, "residual": residual, "output": output}
          for norm, residual, output in product(NORMALIZATIONS, (False, True), OUTPUTS)),
        *({"shape": shape, "depth": depth} for shape, depth in product(SHAPES, (1, 2, 3, 40))),
        {"bias_stddev": 0.25, "gain": 0.0}, {"gain": 1e-7}, {"batch": 1}, {"batch": 2048}, {"width": 1},
        {"seed": 2**31 - 1, "precision": "float64"},
    ]  # fmt: skip
    return [replace(NetworkSpec(init), **change) for init in INITIALIZERS for change in changes]


@pytest.mark.parametrize("every", [23, pytest.param(1, marks=pytest.mark.stress)])
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_programs_compile_have_short_lines_and_import_what_they_name(framework: str, every: int) -> None:
    for spec in sweep()[::every]:
        code = snippet(spec, framework)
        tree = compile(code, framework, "exec", ast.PyCF_ONLY_AST)
        imported = {
            (a.asname or a.name) for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom) for a in n.names
        }
        stored = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        inner = {a.arg for n in ast.walk(tree) if isinstance(n, ast.arguments) for a in n.args}
        defined = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef)}
        assert used <= imported | stored | inner | defined | set(dir(builtins)), spec
        assert imported <= used, spec
        assert max(map(len, code.splitlines())) <= 125, spec
        assert "$" not in code


def test_an_unknown_framework_is_refused_with_the_choices() -> None:
    with pytest.raises(ValueError, match="NumPy") as found:
        snippet(BASE, "Theano")
    assert all(framework in str(found.value) for framework in FRAMEWORKS)


@pytest.mark.parametrize(
    ("spec", "framework", "says"),
    [
        (BASE, "PyTorch", "kaiming_normal_ differs: same variance, but the normal law is not cut"),
        (BASE, "Keras", "keras.initializers.HeNormal()"),
        (BASE, "JAX", "init = jax.nn.initializers.he_normal()"),
        (BASE.with_init("LSUV"), "Keras", "Keras has no function for it"),
        (BASE.with_init("Truncated normal"), "PyTorch", "trunc_normal_ differs: cuts at −2 and 2 themselves"),
        (BASE.with_init("PyTorch default"), "JAX", "only the weights are the same"),
        (replace(BASE, gain=1.2), "NumPy", "Gain: weights times 1.2"),
        (BASE.with_init("Glorot uniform"), "NumPy", "Law: U(-b, b), b = √(6/(fan_in + fan_out))."),
    ],
)  # fmt: skip
def test_the_code_says_the_law_and_where_its_namesake_differs(spec: NetworkSpec, framework: str, says: str) -> None:
    assert says in re.sub(r"\n# ", " ", snippet(spec, framework))


@pytest.mark.stress
@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_combination_runs_with_the_exact_law(framework: str, activation: str) -> None:
    needed(framework)
    for index, (init, norm, residual, output, shape) in enumerate(
        product(INITIALIZERS, NORMALIZATIONS, (False, True), OUTPUTS, SHAPES)
    ):
        if framework in ("Keras", "JAX") and index % 13:
            continue  # thousands of programs, each of which compiles its functions
        if framework == "Keras" and init in ("Constant", "Ones", "Greedy pre-training"):
            continue  # equal units leave a normalization nothing but rounding, and Keras rounds to float32
        spec = replace(
            case(index % 84, init), activation=activation, activation_params=(), normalization=norm, residual=residual,
            output=output, shape=shape, depth=3, seed=index, precision="float32" if framework == "Keras" else "float64",
        )  # fmt: skip
        assert_right(spec, framework)
        program.cache_clear()
