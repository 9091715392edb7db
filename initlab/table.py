"""All numbers of all layers, as columns: the table beside every picture and the CSV."""

import numpy as np

from initlab.arrays import Array, Integers
from initlab.measurement import Probe

QUANTITIES = ("preactivation", "activation", "weight", "gradient", "weight_gradient")
MOMENTS = ("mean", "std", "rms", "minimum", "maximum", "finite_share")


def layer_table(probe: Probe) -> dict[str, Array | Integers]:
    """Column name to one value a hidden layer."""
    columns: dict[str, Array | Integers] = {"layer": np.arange(1, probe.depth + 1), "width": np.array(probe.widths)}
    columns |= {
        "activation rms": probe.activation.rms,
        "gradient rms": probe.gradient.rms,
        "saturated share": probe.saturated_share,
        "dead share": probe.dead_share,
        "distinct units": probe.distinct_units,
        "input correlation": probe.input_correlation,
    }
    for quantity in QUANTITIES:
        stats = getattr(probe, quantity)
        for moment in MOMENTS:
            name = f"{quantity.replace('_', ' ')} {moment.replace('_', ' ')}"
            columns.setdefault(name, getattr(stats, moment))
        columns[f"{quantity.replace('_', ' ')} zeros"] = stats.zeros
    return columns


def one_layer(probe: Probe, layer: int) -> dict[str, list[str] | Array]:
    """The moments of layer `layer` (from 1), one row a quantity."""
    rows = [getattr(probe, quantity) for quantity in QUANTITIES]
    columns = {moment.replace("_", " "): np.array([getattr(s, moment)[layer - 1] for s in rows]) for moment in MOMENTS}
    return {"quantity": [q.replace("_", " ") for q in QUANTITIES], **columns}
