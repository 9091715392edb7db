"""A spec for data of one's own: everything that is computed from a spec works, with the table's features and rows."""

from dataclasses import dataclass, fields
from typing import Any

from initlab.own_data import OwnData
from initlab.spec import NetworkSpec, hidden_widths
from initlab.work import LIMIT, fitting, work


@dataclass(frozen=True, slots=True)
class OwnSpec(NetworkSpec):
    """`dataset` is no more than the built-in one with the same kind of target: classes, a regression, or none."""

    features: int = 1
    outputs: int = 1
    table_rows: int = 2

    @property
    def widths(self) -> tuple[int, ...]:
        return (self.features, *hidden_widths(self.shape, self.depth, self.width), self.outputs)

    @property
    def rows(self) -> int:
        return min(self.batch, self.table_rows)


def on_own(spec: NetworkSpec, data: OwnData) -> tuple[OwnSpec, list[str]]:
    """The network of `spec` with inputs and outputs for these data, and what had to be changed for that."""
    values: dict[str, Any] = {entry.name: getattr(spec, entry.name) for entry in fields(NetworkSpec)}
    kind = "Gaussian noise" if data.targets is None else "Digits" if data.classes else "Diabetes"
    notes = []
    unfit = {"Diabetes": ("Cross-entropy",), "Gaussian noise": ("Cross-entropy", "Mean squared error")}
    if spec.loss in unfit.get(kind, ()):
        notes.append(f"{spec.loss} does not fit this target: Auto is used.")
        values["loss"] = "Auto"
    found = OwnSpec(
        **{**values, "dataset": kind}, features=data.inputs.shape[1], outputs=data.outputs, table_rows=data.rows
    )
    if not work(found).affordable:
        fit = fitting(found)
        notes.append(
            f"On these data this network needs {work(found)}; the limit is {LIMIT}. "
            f"Shown instead: depth {fit.depth} with {fit.rows} rows."
        )
        assert isinstance(fit, OwnSpec)  # noqa: S101  made by `replace`
        found = fit
    return found, notes


def back_on(spec: NetworkSpec, found: NetworkSpec) -> NetworkSpec:
    """What `found` changes about a network on data of one's own, as a change of `spec`, whose data are others."""
    values: dict[str, Any] = {entry.name: getattr(found, entry.name) for entry in fields(NetworkSpec)}
    return NetworkSpec(**{**values, **{name: getattr(spec, name) for name in ("dataset", "loss", "depth", "batch")}})
