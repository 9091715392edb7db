"""The numbers that lessons ask for and explain with, each read off what was found."""

import math
from collections.abc import Callable
from typing import Literal, TypeAlias

from initlab import meanfield
from initlab.race import Snapshot
from initlab.situations import Found
from initlab.symmetry import Walk
from initlab.theory import here

Quantity: TypeAlias = Callable[[Found], float]
Stats: TypeAlias = Literal["activation", "gradient", "weight", "weight_gradient", "preactivation"]


def rms(what: Stats, layer: int, network: int = 0) -> Quantity:
    """The RMS in a hidden layer, counted from 1, or from the last as -1."""
    return lambda found: float(getattr(found.probes[network], what).rms[layer - (layer > 0)])


def last_over_first(what: Stats, network: int = 0) -> Quantity:
    """The RMS in the last hidden layer over that in layer 1."""
    return times(rms(what, -1, network), rms(what, 1, network))


def first_over_last(what: Stats, network: int = 0) -> Quantity:
    """The RMS in layer 1 over that in the last hidden layer: the way a gradient travels."""
    return times(rms(what, 1, network), rms(what, -1, network))


def per_layer(change: Quantity, network: int = 0) -> Quantity:
    """The mean factor from one layer to the next that makes up this change."""
    return lambda found: change(found) ** (1 / (found.specs[network].depth - 1))


def times(quantity: Quantity, other: Quantity) -> Quantity:
    """One quantity over another; infinite over 0."""

    def ratio(found: Found) -> float:
        above, below = quantity(found), other(found)
        return above / below if below else math.inf

    return ratio


def saturated(layer: int = -1, network: int = 0) -> Quantity:
    """The share of a hidden layer's outputs with hardly any slope."""
    return lambda found: float(found.probes[network].saturated_share[layer - (layer > 0)])


def most_silent(network: int = 0) -> Quantity:
    """The share of silent units in the layer that has most of them."""
    return lambda found: float(found.probes[network].dead_share.max())


def difference(layer: int = -1, network: int = 0) -> Quantity:
    """1 minus the mean cosine between the signals of different inputs in that layer."""
    return lambda found: float(found.probes[network].input_difference[layer - (layer > 0)])


def data_difference(found: Found) -> float:
    """1 minus the mean cosine between different inputs."""
    return found.probes[0].data_difference


def loss(network: int = 0) -> Quantity:
    """Before the first step."""
    return lambda found: found.probes[network].loss


def finite_layers(found: Found) -> float:
    """How many hidden layers have nothing but finite values."""
    return float((found.probes[0].activation.finite_share == 1).sum())


def parameter(name: str, network: int = 0, less: int = 0) -> Quantity:
    """A number of the start or of the architecture, such as stddev, gain, width or depth; `less` is taken off."""

    def value(found: Found) -> float:
        spec = found.specs[network]
        given = dict(spec.init_params)
        return float(given[name] if name in given else getattr(spec, name)) - less

    return value


def product(*quantities: Quantity) -> Quantity:
    return lambda found: math.prod(quantity(found) for quantity in quantities)


def power(base: Quantity, exponent: Quantity) -> Quantity:
    return lambda found: base(found) ** exponent(found)


def root(quantity: Quantity) -> Quantity:
    """Its square root."""
    return lambda found: math.sqrt(quantity(found))


def through(rate: Quantity, network: int = 0) -> Quantity:
    """What a factor from layer to layer makes between the first and the last."""
    return power(rate, parameter("depth", network, less=1))


def layers_to(limit: float, rate: Quantity) -> Quantity:
    """After how many layers of this factor a signal of size 1 reaches `limit`."""
    return lambda found: math.log(limit) / math.log(rate(found))


def law_mean(network: int = 0) -> Quantity:
    """The mean that the law of the hidden weights declares."""
    return lambda found: _moments(found, network)[0]


def weight_deviation(network: int = 0) -> Quantity:
    """The standard deviation of a hidden weight by its law, the gain included."""
    return lambda found: math.sqrt(_moments(found, network)[1]) * found.specs[network].gain


def _moments(found: Found, network: int) -> tuple[float, float]:
    spec = found.specs[network]
    mean, variance = spec.law.moments(spec.width, spec.width)
    return float(mean), math.nan if variance is None else float(variance)


def matrices(found: Found) -> float:
    """Weight matrices, the output layer's among them."""
    return found.specs[0].depth + 1.0


def saturates_beyond(found: Found) -> float:
    """The |z| from which the activation counts as flat."""
    return float(found.specs[0].phi.saturates_beyond or math.nan)


def weight_variance(network: int = 0) -> Quantity:
    """fan_in Var[W] of the last hidden layer by its law, the gain included."""

    def variance(found: Found) -> float:
        place = here(found.specs[network])
        return place[0] if place else math.nan

    return variance


def chi(network: int = 0) -> Quantity:
    """chi_1 at infinite width: what a layer multiplies the gradient's mean square by, once the signal has settled."""

    def value(found: Found) -> float:
        spec = found.specs[network]
        weight, bias = here(spec) or (math.nan, 0.0)
        return float(meanfield.chi(spec.activation, weight, bias))

    return value


def slope_square(network: int = 0) -> Quantity:
    """E[phi'^2] where the signal has settled, at infinite width."""
    return times(chi(network), weight_variance(network))


def distinct_after(layer: int) -> Quantity:
    """Distinct units of a hidden layer after the steps."""
    return lambda found: float(_walk(found).moments[-1].distinct[layer - (layer > 0)])


def parted_layers(found: Found) -> float:
    """Hidden layers whose units all differ after the steps."""
    walk = _walk(found)
    return float((walk.moments[-1].distinct == walk.widths).sum())


def moved_layers(found: Found) -> float:
    """Weight matrices, the output layer's among them, that the steps have changed."""
    return float(_walk(found).moments[-1].moved.sum())


def accuracy(contestant: int) -> Quantity:
    """The share of the test rows that are right at the end."""
    return lambda found: _race(found).runners[contestant].marks[-1].accuracy


def final_loss(contestant: int) -> Quantity:
    """The test loss at the end."""
    return lambda found: _race(found).runners[contestant].marks[-1].test_loss


def lead(one: int, other: int) -> Quantity:
    """By how many percentage points of the test rows one contestant ends ahead of another."""
    return lambda found: 100 * (accuracy(one)(found) - accuracy(other)(found))


def condition(network: int) -> Quantity:
    """log10 of the largest singular value of the deepest Jacobian over its smallest."""

    def decades(found: Found) -> float:
        last = found.jacobians[network].last
        return math.nan if last is None else last.condition

    return decades


def singular_zeros(network: int) -> Quantity:
    """The share of the deepest Jacobian's singular values that are exactly 0."""

    def share(found: Found) -> float:
        last = found.jacobians[network].last
        return math.nan if last is None else last.zeros / last.size

    return share


def spread(network: int) -> Quantity:
    """Variance of the squared singular values of the deepest Jacobian, their mean made 1."""

    def variance(found: Found) -> float:
        last = found.jacobians[network].last
        return math.nan if last is None else last.variance

    return variance


def born_dead(found: Found) -> float:
    """The probability that chance silences a whole layer, for one input."""
    assert found.births is not None  # noqa: S101
    return float(found.births.expected[-1])


def drawn_dead(found: Found) -> float:
    """The share of the drawn networks that are dead for one input."""
    assert found.births is not None  # noqa: S101
    return float(found.births.one.share[-1]) if found.births.one else math.nan


def number_of(value: float) -> Quantity:
    """A number that the network does not change, such as ln 10."""
    return lambda found: value


def _walk(found: Found) -> Walk:
    assert found.walk is not None  # noqa: S101
    return found.walk


def _race(found: Found) -> Snapshot:
    assert found.race is not None  # noqa: S101
    return found.race
