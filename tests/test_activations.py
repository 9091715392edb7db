"""Activations: values and slopes against JAX and differences, gains against quadrature and the published table."""

import math

import numpy as np
import oracles
import pytest
from scipy import integrate

from initlab import ACTIVATIONS
from initlab.activations import SATURATED_SLOPE, SELU_ALPHA, SELU_SCALE, Activation, activation

NAMES = (
    "Linear", "ReLU", "Leaky ReLU", "Tanh", "Sigmoid", "SELU", "ELU", "GELU", "SiLU", "Softplus", "Softsign",
    "Hard tanh", "Mish", "Erf",
)  # fmt: skip
LEAKY = activation("Leaky ReLU", slope=0.2)
# facts: forward 1/sqrt(E[phi^2]), backward 1/sqrt(E[phi'^2]), E[phi], all to five decimals
GAINS = [
    (ACTIVATIONS["Linear"], 1, 1, 0),
    (ACTIVATIONS["ReLU"], 1.41421, 1.41421, 0.39894),
    (ACTIVATIONS["Leaky ReLU"], 1.41414, 1.41414, 0.39495),
    (LEAKY, 1.38675, 1.38675, 0.31915),
    (ACTIVATIONS["Tanh"], 1.59254, 1.46741, 0),
    (ACTIVATIONS["Sigmoid"], 1.84623, 4.72265, 0.5),
    (ACTIVATIONS["SELU"], 1, 0.96603, 0),
    (ACTIVATIONS["ELU"], 1.24520, 1.22343, 0.16052),
    (ACTIVATIONS["GELU"], 1.53353, 1.48111, 0.28209),
    (ACTIVATIONS["SiLU"], 1.67653, 1.62332, 0.20662),
    (ACTIVATIONS["Softplus"], 1.04187, 1.84623, 0.80606),
    (ACTIVATIONS["Mish"], 1.48685, 1.44476, 0.24040),
    (ACTIVATIONS["Softsign"], 2.33753, 2.09578, 0),
    (ACTIVATIONS["Hard tanh"], 1.39204, 1.21029, 0),
    (ACTIVATIONS["Erf"], 1.46717, 1.32522, 0),
]
TORCH_GAINS = {
    "Linear": 1, "ReLU": math.sqrt(2), "Leaky ReLU": 1.41414, "Tanh": 5 / 3, "Sigmoid": 1, "SELU": 0.75
}  # fmt: skip
SATURATING = ("Tanh", "Sigmoid", "Softsign", "Hard tanh", "Erf")
ROUNDING = 5e-6  # the table has five decimals
# no kink among them; the far ones must give their limits without a warning, which would fail the test
Z = np.concatenate([np.linspace(-12, 12, 241) + 0.0123, [-1e15, -1e4, -104, -1e-9, 1e-9, 104, 1e4, 1e15]])
each_activation = pytest.mark.parametrize("phi", ACTIVATIONS.values(), ids=ACTIVATIONS)


def test_the_table_holds_the_fourteen_in_menu_order() -> None:
    assert tuple(ACTIVATIONS) == NAMES
    assert [phi.name for phi in ACTIVATIONS.values()] == list(NAMES)


@each_activation
def test_values_and_slopes_are_those_of_jax(phi: Activation) -> None:
    expected, expected_slope = np.asarray(oracles.PHI[phi.name](Z)), oracles.slope(phi.name, Z)
    # 1 - tanh(z)^2 and its kin lose relative, not absolute, accuracy in the tails: hence the absolute part
    np.testing.assert_allclose(phi(Z), expected, rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(phi.derivative(Z), expected_slope, rtol=1e-12, atol=1e-14)


@each_activation
def test_slopes_are_central_differences(phi: Activation) -> None:
    # error: step^2/6 times a third derivative of order one, plus 2e-16 |phi| / step
    step, z = 1e-5, Z[:241]
    difference = (phi(z + step) - phi(z - step)) / (2 * step)
    np.testing.assert_allclose(phi.derivative(z), difference, rtol=0, atol=1e-9)


@each_activation
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_and_argument_are_kept(phi: Activation, dtype: type) -> None:
    z = Z.astype(dtype)
    z.setflags(write=False)
    assert phi(z).dtype == phi.derivative(z).dtype == dtype
    assert phi(z).shape == phi.derivative(z).shape == z.shape
    few = 60 * np.finfo(dtype).eps  # roundings of arguments up to 12, which slopes near one pass on
    np.testing.assert_allclose(phi(z), phi(Z), rtol=few, atol=few)
    np.testing.assert_allclose(phi.derivative(z), phi.derivative(Z), rtol=few, atol=few)
    np.testing.assert_array_equal(phi.derivative_from(z, phi(z)), phi.derivative(z))


@pytest.mark.parametrize(("phi", "forward", "backward", "mean"), GAINS, ids=[g[0].name for g in GAINS])
def test_gains_and_mean_are_the_published_ones(phi: Activation, forward: float, backward: float, mean: float) -> None:
    assert phi.gain == pytest.approx(forward, abs=ROUNDING)
    assert phi.backward_gain == pytest.approx(backward, abs=ROUNDING)
    z, step = np.linspace(-9, 9, 360_001, retstep=True)  # the tails beyond 9 hold 1e-18
    density = np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    assert integrate.trapezoid(phi(z) * density, dx=step) == pytest.approx(mean, abs=ROUNDING)


@each_activation
def test_a_gain_keeps_the_rms_of_one_layer(phi: Activation) -> None:
    # the trapezoid's error is step^2/12 times a jump of the slope (1e-9 here), step/2 times one of the value itself
    z, step = np.linspace(-9, 9, 180_001, retstep=True)
    density = np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    forward = integrate.trapezoid(phi(z) ** 2 * density, dx=step)
    backward = integrate.trapezoid(phi.derivative(z) ** 2 * density, dx=step)
    assert phi.gain**2 * forward == pytest.approx(1, abs=1e-7)
    assert phi.backward_gain**2 * backward == pytest.approx(1, abs=step if phi.kinks else 1e-7)


@each_activation
def test_the_torch_gain_is_there_exactly_where_torch_has_one(phi: Activation) -> None:
    if phi.name in TORCH_GAINS:
        assert phi.torch_gain == pytest.approx(TORCH_GAINS[phi.name], abs=ROUNDING)
    else:
        assert phi.torch_gain is None
    assert LEAKY.torch_gain == pytest.approx(1.38675, abs=ROUNDING)


@each_activation
def test_an_activation_saturates_where_its_slope_is_six_percent_of_the_largest(phi: Activation) -> None:
    assert (phi.saturates_beyond is not None) == (phi.name in SATURATING)
    if phi.saturates_beyond is None:
        return
    steepest, edge = phi.derivative(np.linspace(-0.5, 0.5, 101)).max(), phi.saturates_beyond
    below, beyond = phi.derivative(np.array([edge * (1 - 1e-9), edge * (1 + 1e-9)])) / steepest
    assert beyond < SATURATED_SLOPE < below
    if phi.name != "Hard tanh":
        assert below == pytest.approx(0.06, abs=1e-8)
    far = np.array([-1e4, -2 * edge, 2 * edge, 1e4])
    assert (phi.derivative(far) < SATURATED_SLOPE * steepest).all()


def test_saturated_tanh_means_an_output_beyond_ninety_seven_percent() -> None:
    edge = ACTIVATIONS["Tanh"].saturates_beyond
    assert edge is not None
    assert math.tanh(edge) == pytest.approx(0.97, abs=0.001)


@each_activation
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_largest_floats_never_become_nan(phi: Activation, dtype: type) -> None:
    largest = np.finfo(dtype).max
    with np.errstate(all="ignore"):  # SELU's factor 1.05 may overflow to inf, as it should
        z = np.array([-largest, largest], dtype)
        assert not np.isnan(phi(z)).any()
        assert not np.isnan(phi.derivative(z)).any()


@pytest.mark.parametrize(("name", "at", "slopes"), [("ReLU", 0, 0), ("Leaky ReLU", 0, 0.01), ("Hard tanh", 1, 0)])
def test_the_slope_at_a_kink_is_the_flatter_one(name: str, at: float, slopes: float) -> None:
    assert ACTIVATIONS[name].derivative(np.array([at], float))[0] == slopes


def test_only_relu_can_die() -> None:
    assert [phi.name for phi in ACTIVATIONS.values() if phi.dies] == ["ReLU"]


def test_selu_has_its_fixed_point_at_mean_zero_and_variance_one() -> None:
    assert (SELU_SCALE, SELU_ALPHA) == (1.0507009873554805, 1.6732632423543772)
    assert ACTIVATIONS["SELU"].gain == pytest.approx(1, abs=1e-10)


@pytest.mark.parametrize("slope", [0.0, 0.01, 0.2, 0.9])
def test_the_slope_of_leaky_relu_is_a_parameter(slope: float) -> None:
    phi = activation("Leaky ReLU", slope=slope)
    np.testing.assert_allclose(phi(np.array([-2.0, 3.0])), [-2 * slope, 3])
    np.testing.assert_allclose(phi.derivative(np.array([-2.0, 3.0])), [slope, 1])
    exact = math.sqrt(2 / (1 + slope**2))
    assert (phi.gain, phi.backward_gain, phi.torch_gain) == pytest.approx((exact,) * 3, rel=1e-9)


@pytest.mark.parametrize("alpha", [0.1, 1.0, 3.0])
def test_the_alpha_of_elu_is_a_parameter(alpha: float) -> None:
    phi, z = activation("ELU", alpha=alpha), np.array([-50.0, -1.0, 2.0])
    np.testing.assert_allclose(phi(z), [-alpha, alpha * math.expm1(-1), 2])
    np.testing.assert_allclose(phi.derivative(z), [alpha * math.exp(-50), alpha * math.exp(-1), 1])


def test_the_default_parameters_give_the_entry_of_the_table() -> None:
    assert activation("Leaky ReLU", slope=0.01) is ACTIVATIONS["Leaky ReLU"]
    assert activation("Tanh") is ACTIVATIONS["Tanh"]


@pytest.mark.parametrize(
    ("name", "parameters"), [("Leaky ReLU", {"slope": -0.1}), ("ELU", {"alpha": math.nan}), ("Tanh", {"slope": 0.1})]
)
def test_parameters_are_checked(name: str, parameters: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must be a number from|unknown parameter of Tanh"):
        activation(name, **parameters)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", [name for name, phi in ACTIVATIONS.items() if phi.in_place])
def test_a_slope_can_be_told_from_what_was_written_over_the_argument(name: str, dtype: type) -> None:
    phi, z = ACTIVATIONS[name], np.concatenate([Z, [0.0, np.inf, -np.inf, np.nan]]).astype(dtype)
    value, expected = phi(z), phi.derivative(z)
    assert phi.in_place is not None
    assert phi.in_place(z) is z
    np.testing.assert_array_equal(z, value)
    np.testing.assert_array_equal(phi.derivative_from(z, z), expected)
