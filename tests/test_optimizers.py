"""Optimizers against PyTorch's update rules written in JAX, by hand, on a parabola and on Rosenbrock's valley."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from oracles import jnp

from initlab.arrays import Array
from initlab.optimizers import OPTIMIZERS, optimizer

every = pytest.mark.parametrize("name", OPTIMIZERS)


def minimize(
    name: str, gradient: Callable[[list[Array]], list[Array]], start: list[Array], rate: float, steps: int
) -> list[list[Array]]:
    """The parameters before the first step and after each."""
    chosen = optimizer(name)
    path, state = [start], chosen.init(start)
    for _ in range(steps):
        changes, state = chosen.update(gradient(path[-1]), state, rate)
        path.append([p + change for p, change in zip(path[-1], changes, strict=True)])
    return path


def rosenbrock(point: list[Array]) -> list[Array]:
    """The gradient of (1 - x)^2 + 100 (y - x^2)^2, minimal at (1, 1)."""
    x, y = point[0]
    return [np.array([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)])]


def torch_rule(name: str, gradients: Sequence[Array], rate: float) -> list[Array]:
    """The sum of all changes as PyTorch's documentation words each algorithm, its defaults, momentum 0.9."""
    w, v, m, s = (jnp.zeros_like(gradients[0]) for _ in range(4))
    for t, g in enumerate(map(jnp.asarray, gradients), start=1):
        if name == "Adam":
            m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
            w = w - rate * (m / (1 - 0.9**t)) / (jnp.sqrt(s / (1 - 0.999**t)) + 1e-8)
        else:
            v = {"SGD": 0.0, "Momentum": 0.9}[name] * v + g
            w = w - rate * v
    return [np.asarray(w)]


@every
def test_twenty_changes_add_up_to_what_pytorchs_rule_gives(name: str) -> None:
    rng = np.random.default_rng(0)
    gradients = [rng.standard_normal((3, 4)) * 10.0 ** rng.integers(-6, 3, (3, 4)) for _ in range(20)]
    left = iter(gradients)
    path = minimize(name, lambda _: [next(left)], [np.zeros((3, 4))], 0.05, 20)
    np.testing.assert_allclose(path[-1][0], torch_rule(name, gradients, 0.05)[0], rtol=1e-12)


def test_the_first_steps_are_those_computed_by_hand() -> None:
    ones = [np.array([2.0])]
    expected = {"SGD": [-0.2, -0.4], "Momentum": [-0.2, -0.58], "Adam": [-0.1, -0.2]}
    for name, places in expected.items():
        path = minimize(name, lambda _: ones, [np.array([0.0])], 0.1, 2)
        np.testing.assert_allclose([p[0][0] for p in path[1:]], places, rtol=1e-8)


@pytest.mark.parametrize(("name", "rate"), [("SGD", 0.1), ("Momentum", 0.02), ("Adam", 0.1)])
def test_a_parabola_is_descended_to_its_floor(name: str, rate: float) -> None:
    scales = np.array([1.0, 4.0])
    path = minimize(name, lambda p: [scales * (p[0] - 3)], [np.array([-2.0, 8.0])], rate, 400)
    np.testing.assert_allclose(path[-1][0], 3, atol=1e-3)


@pytest.mark.parametrize(
    ("name", "rate", "steps"), [("SGD", 1e-3, 30_000), ("Momentum", 5e-4, 8_000), ("Adam", 0.02, 6_000)]
)
def test_rosenbrocks_valley_is_followed_to_its_end(name: str, rate: float, steps: int) -> None:
    path = minimize(name, rosenbrock, [np.array([-1.2, 1.0])], rate, steps)
    np.testing.assert_allclose(path[-1][0], 1, atol=1e-2)
    middle = path[steps // 10][0]
    assert abs(middle[1] - middle[0] ** 2) < 0.1, "in the valley long before its end"


def test_gradient_descent_on_a_parabola_contracts_by_one_minus_rate_times_curvature() -> None:
    path = minimize("SGD", lambda p: [4 * p[0]], [np.array([1.0])], 0.1, 5)
    np.testing.assert_allclose([p[0][0] for p in path], 0.6 ** np.arange(6), rtol=1e-12)


@every
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_given_is_changed_and_the_precision_stays(name: str, dtype: type) -> None:
    chosen, parameters = optimizer(name), [np.ones((2, 3), dtype), np.ones(3, dtype)]
    gradients, state = [p * dtype(0.5) for p in parameters], chosen.init(parameters)
    state = chosen.update(gradients, state, 0.1)[1]
    for array in [*gradients, *(a for mean in state.means for a in mean)]:
        array.setflags(write=False)
    changes, after = chosen.update(gradients, state, 0.1)
    again, _ = chosen.update(gradients, state, 0.1)
    assert (state.steps, after.steps) == (1, 2)
    for change, repeated, p in zip(changes, again, parameters, strict=True):
        assert (change.dtype, change.shape) == (dtype, p.shape)
        np.testing.assert_array_equal(change, repeated)


@every
def test_a_state_with_room_makes_the_same_changes_in_the_arrays_it_has(name: str) -> None:
    chosen, rng = optimizer(name), np.random.default_rng(0)
    parameters = [np.ones((2, 3)), np.ones(3)]
    state, room = chosen.init(parameters), [np.empty_like(p) for p in parameters]
    own = state.with_room(room)
    arrays = [*room, *(mean for kept in own.means for mean in kept)]
    for _ in range(3):
        gradients = [rng.standard_normal(p.shape) for p in parameters]
        expected, state = chosen.update(gradients, state, 0.1)
        changes, own = chosen.update(gradients, own, 0.1)
        for change, theirs in zip(changes, expected, strict=True):
            np.testing.assert_array_equal(change, theirs)
            assert any(change is array for array in arrays)
        assert (own.steps, own.room) == (state.steps, room)
        assert not state.room


@every
def test_no_gradient_is_no_change(name: str) -> None:
    path = minimize(name, lambda p: [np.zeros(4)], [np.arange(4.0)], 1.0, 3)
    np.testing.assert_array_equal(path[-1][0], np.arange(4.0))


@pytest.mark.parametrize("size", [1e-3, 1.0, 1e3])
def test_adams_first_step_has_the_size_of_the_rate_however_large_the_gradient(size: float) -> None:
    path = minimize("Adam", lambda p: [np.array([size, -size])], [np.zeros(2)], 0.01, 1)
    np.testing.assert_allclose(path[-1][0], [-0.01, 0.01], rtol=2e-5)


def test_an_unknown_optimizer_is_answered_with_the_choices() -> None:
    with pytest.raises(ValueError, match="unknown optimizer 'Adagrad'; choose one of SGD, Momentum, Adam"):
        optimizer("Adagrad")
