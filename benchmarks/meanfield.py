"""How fast is a phase diagram, against solving every cell with adaptive quadrature?

`python -m benchmarks.meanfield` computes q* and chi_1 on a 100 x 100 grid, and cell by cell for a random sample of it,
which is scaled up to all cells: the whole would take minutes an activation. CPU time; the target is a factor of 500.
"""

import math
import time
from typing import Final

import numpy as np
from scipy import integrate, optimize

from initlab import ACTIVATIONS, meanfield
from initlab.activations import Activation
from initlab.arrays import Array

WEIGHTS, BIASES = np.meshgrid(np.linspace(0.05, 10, 100), np.linspace(0, 4, 100))
SAMPLE: Final = 12
ROUNDS: Final = 5
TOO_LARGE: Final = 1e4  # a cell whose signal passes this diverges


def cell_by_cell(phi: Activation, weight: float, bias: float) -> tuple[float, float]:
    """q* and chi_1 of one cell as one would write it: bracket by doubling, brentq, quad split at the kinks."""

    def expectation(slope: bool, q: float) -> float:
        f = phi.derivative if slope else phi

        def integrand(z: float) -> float:
            return float(f(np.asarray(math.sqrt(q) * z))) ** 2 * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)

        cuts = [0.0, *(k / math.sqrt(q) for k in phi.kinks if abs(k) < 10 * math.sqrt(q))]
        return float(integrate.quad(integrand, -10, 10, points=cuts, epsabs=1e-9, epsrel=1e-9, limit=200)[0])

    def growth(q: float) -> float:
        return weight * expectation(False, q) + bias - q

    q = 1.0
    factor = 2.0 if growth(q) > 0 else 0.5
    while 1e-8 < q < TOO_LARGE and (growth(q * factor) > 0) == (factor > 1):
        q *= factor
    if q >= TOO_LARGE:
        return math.inf, weight * expectation(True, q)
    if q <= 1e-8:
        return 0.0, weight * expectation(True, q)
    low, high = sorted((q, q * factor))
    found = float(optimize.root_scalar(growth, bracket=(low, high), xtol=1e-9).root)
    return found, weight * expectation(True, found)


def grid(name: str) -> tuple[Array, Array]:
    q = meanfield.fixed_point(name, WEIGHTS, BIASES)
    return q, meanfield.chi(name, WEIGHTS, BIASES, q)


def timed(name: str) -> tuple[Array, Array, float]:
    """q*, chi_1 and the median time of a grid."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        grid(name)
        times.append(time.process_time() - start)
    return *grid(name), float(np.median(times))


def main() -> None:
    rng = np.random.default_rng(0)
    print(
        f"{'activation':<12}{'grid s':>9}{'a cell s':>10}{'all cells s':>13}{'factor':>8}{'worst q*':>10}{'chi_1':>9}"
    )
    for name, phi in ACTIVATIONS.items():
        q, chi, mine = timed(name)
        cells = rng.choice(WEIGHTS.size, SAMPLE, replace=False)
        start = time.process_time()
        slow = np.array([cell_by_cell(phi, WEIGHTS.flat[cell], BIASES.flat[cell]) for cell in cells])
        a_cell = (time.process_time() - start) / SAMPLE
        fast, settled = np.column_stack([q.flat[cells], chi.flat[cells]]), np.isfinite(slow[:, 0])
        assert np.isinf(fast[~settled, 0]).all()
        worst = np.abs(fast[settled] - slow[settled]).max(axis=0, initial=0)
        everything = a_cell * WEIGHTS.size
        print(
            f"{name:<12}{mine:>9.3f}{a_cell:>10.4f}{everything:>13.0f}{everything / mine:>8.0f}"
            f"{worst[0]:>10.0e}{worst[1]:>9.0e}"
        )


if __name__ == "__main__":
    main()
