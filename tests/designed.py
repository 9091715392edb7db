"""The initializers of the design, in its order; the table may have more, at any place."""

from typing import Final

MENU: Final = (
    "Zeros", "Constant", "Random normal", "Random uniform", "Glorot uniform", "Glorot normal", "He uniform",
    "He normal", "Greedy pre-training", "Ones", "Truncated normal", "Variance scaling", "LeCun normal", "LeCun uniform",
    "Orthogonal", "Identity", "Sparse", "LSUV", "PyTorch default", "scikit-learn default",
)  # fmt: skip
