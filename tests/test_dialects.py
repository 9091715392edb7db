"""What other libraries call a law: where it is said to be ours, what they draw is compared with ours."""

import warnings
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn.neural_network import MLPClassifier

from initlab.arrays import Array
from initlab.data_driven import DATA_DRIVEN
from initlab.dialects import DIALECTS, LIBRARIES, Dialect, calls, dialects, literal
from initlab.initializers import INITIALIZERS, recipe
from initlab.law_marginal import marginal
from initlab.law_words import in_words

FANS = (96, 64)
SIGNIFICANCE = 1e-4
Entry = tuple[str, str, Dialect]
ENTRIES: list[Entry] = [
    (init, library, found) for init in INITIALIZERS for library, found in dialects(init).items() if found
]


def ids(entry: object) -> str | None:
    return entry if isinstance(entry, str) else None


def values(init: str) -> dict[str, float | str]:
    return {p.name: p.default for p in recipe(init).parameters}


def by_keras(call: str) -> Array:
    with warnings.catch_warnings():  # a development tool's own deprecations are not ours to fix
        warnings.simplefilter("ignore")
        import keras
    return np.asarray(eval(call, {"keras": keras})(FANS, dtype="float32"), float)  # noqa: S307


def by_jax(call: str) -> Array:
    import jax
    import jax.numpy as jnp

    found = eval(call, {"jax": jax, "jnp": jnp, "fan_in": FANS[0], "fan_out": FANS[1]})  # noqa: S307
    return np.asarray(found(jax.random.key(0), FANS, jnp.float32) if callable(found) else found, float)


def by_torch(call: str) -> Array:
    torch: Any = pytest.importorskip("torch")
    torch.manual_seed(0)
    layer = torch.nn.Linear(*FANS)
    names = {"nn": torch.nn, "w": layer.weight, "fan_in": FANS[0], "fan_out": FANS[1]}
    found = eval(call, names)  # noqa: S307
    return np.asarray(getattr(found, "weight", found).detach().numpy().T, float)


def by_scikit_learn(call: str) -> Array:
    network = eval(call, {"MLPClassifier": MLPClassifier})  # noqa: S307
    network.set_params(hidden_layer_sizes=FANS[1:], solver="sgd", learning_rate_init=1e-300, random_state=1)
    network.partial_fit(np.random.default_rng(0).normal(size=(2, FANS[0])), [0, 1], classes=[0, 1])
    return network.coefs_[0]


DRAWN: Mapping[str, Callable[[str], Array]] = {
    "Keras": by_keras, "PyTorch": by_torch, "JAX": by_jax, "scikit-learn": by_scikit_learn,
}  # fmt: skip


def follows(w: Array, init: str) -> bool:
    """Whether every weight could be drawn by our law, of tanh units where it depends on them."""
    law = marginal(recipe(init).bound(recipe(init).complete({}), "Tanh"), *FANS)
    if law.spread is None:
        found = dict(zip(*np.unique(w.astype(np.float32), return_counts=True), strict=True))
        return {np.float32(value): share * w.size for value, share in law.atoms} == pytest.approx(found)
    if law.atoms:
        zeros = (w == 0).sum(axis=0)
        return bool((zeros == zeros[0]).all()) and (w == 0).mean() == pytest.approx(law.atoms[0][1])
    low, high = law.spread.support()
    inside = low - 1e-6 < w.min() and w.max() < high + 1e-6
    return bool(inside and stats.kstest(w.ravel(), law.spread.cdf).pvalue > SIGNIFICANCE)


def test_every_initializer_has_a_row_and_no_other_has() -> None:
    assert [name for name in INITIALIZERS if name in DIALECTS] == list(DIALECTS)
    assert len(DIALECTS) >= 20
    assert dialects("a newcomer") == dict.fromkeys(LIBRARIES)
    assert all(set(row) <= set(LIBRARIES) for row in DIALECTS.values())
    for init in INITIALIZERS:
        assert tuple(dialects(init)) == tuple(calls(init)) == LIBRARIES


@pytest.mark.parametrize(("init", "library", "dialect"), ENTRIES, ids=ids)
def test_what_is_said_to_have_our_law_has_it_and_what_is_said_to_differ_does(
    init: str, library: str, dialect: Dialect
) -> None:
    assert follows(DRAWN[library](dialect.call(values(init))), init) == _agrees(init, dialect)


def _agrees(init: str, dialect: Dialect) -> bool:
    """scikit-learn's start differs from Glorot's for sigmoids alone, and the comparison is made for tanh."""
    return dialect.same or init == "scikit-learn default"


@pytest.mark.parametrize(("init", "library", "dialect"), ENTRIES, ids=ids)
def test_where_a_law_differs_one_sentence_says_how(init: str, library: str, dialect: Dialect) -> None:
    assert dialect.note or dialect.same
    if dialect.note:
        assert dialect.note[0].isupper()
        assert dialect.note.endswith(".")
        assert "None" not in dialect.note


@pytest.mark.parametrize("init", INITIALIZERS)
def test_calls_take_the_parameters_that_are_set(init: str) -> None:
    moved = {p.name: p.choices[-1] if p.choices else p.maximum for p in recipe(init).parameters}
    for library, found in dialects(init).items():
        call = calls(init, moved)[library]
        if found is None:
            assert call is None
            continue
        assert call == found.call(moved)
        assert not any(sign in str(call) for sign in "{}")
        named = [name for name in moved if f"{{{name}}}" in found.written]
        numbers = [moved[name] for name in named]
        assert all(literal(number) in str(call) for number in numbers if not isinstance(number, str))
        assert found.says(init, values(init)) == found.same
        assert found.says(init, moved) == (found.same and len(named) == len(moved))


def test_jax_spells_the_untruncated_normal_law_as_keras_spells_the_cut_one() -> None:
    given = {"scale": 2.0, "mode": "fan_out", "distribution": "untruncated_normal"}
    found = calls("Variance scaling", given)
    assert found["JAX"] == 'jax.nn.initializers.variance_scaling(2, "fan_out", "normal")'
    assert found["Keras"] == (
        'keras.initializers.VarianceScaling(scale=2, mode="fan_out", distribution="untruncated_normal")'
    )


@pytest.mark.parametrize("x", [0.05, 2.0, 1e-7, 1 / 3, 0.1 + 0.2, 12345678.0, -0.3])
def test_a_literal_is_exact(x: float) -> None:
    assert float(literal(x)) == x


@pytest.mark.parametrize("init", INITIALIZERS)
@pytest.mark.parametrize("activation", ["Tanh", "Sigmoid"])
def test_every_law_has_words(init: str, activation: str) -> None:
    law = recipe(init).bound(recipe(init).complete({}), activation)
    words = in_words(law)
    assert 3 < len(words) < 140
    assert ("auto-encoder" in words or "until" in words) == isinstance(law, DATA_DRIVEN)


def test_the_library_table_is_read_only() -> None:
    with pytest.raises(TypeError):
        DIALECTS["He normal"]["Keras"] = SimpleNamespace()  # type: ignore[index]
