"""The one codec of state: between the query of a link, the widgets of a session, and a spec.

A query is hostile until it has been through `decode`, which never fails
and gives the nearest valid value, else the default, and says what it changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from initlab import work
from initlab.activations import ACTIVATIONS
from initlab.datasets import DATASETS
from initlab.experiments import Experiment
from initlab.initializers import INITIALIZERS
from initlab.pretrain_presets import Preset as Pretraining
from initlab.race_presets import Race
from initlab.spec import NetworkSpec
from initlab.ui.fields import Coded, Field, Value, nearest, shown
from initlab.ui.starts import written
from initlab.ui.state import ALL, DEFAULTS, FIELDS, RESERVED, SHARED, SPEC_NAMES

VERSION: Final = "1"


def encode(values: Mapping[str, Value]) -> dict[str, str]:
    """The whole state as a query, defaults included."""
    return {"v": VERSION, **{name: field.text(values[name]) for name, field in FIELDS.items()}}


def short(values: Mapping[str, Value]) -> dict[str, str]:
    """The same without the defaults, for a link that is to be read from a wall."""
    changed = {name: text for name, text in encode(values).items() if name == "v" or values[name] != DEFAULTS[name]}
    return {"v": VERSION, **changed}


def relevant(values: Mapping[str, Value], url_path: str) -> list[str]:
    """The fields that decide what this page shows: the network's, its start's and the page's own."""
    owners = INITIALIZERS[str(values["init"])], ACTIVATIONS[str(values["activation"])]
    parameters = {p.name for owner in owners for p in owner.parameters}
    own = tuple(f"{word}_" for word in url_path.split("-"))
    return [name for name in FIELDS if name in SHARED or name in parameters or name.startswith(own)]


def decode(query: Mapping[str, Sequence[str]]) -> tuple[dict[str, Value], list[str]]:
    """Valid values for every field, and a sentence for each thing that had to be changed."""
    values, notes = dict(DEFAULTS), []
    for name, texts in query.items():
        field = FIELDS.get(name)
        if field is None:
            if name not in RESERVED:
                notes.append(f"{shown(name)} is not a parameter of this app: ignored.")
            continue
        if len(texts) > 1:
            notes.append(f"{shown(name)} is given {len(texts)} times: the last one counts.")
        values[name], note = _parsed(field, texts[-1])
        notes += note
    return values, notes


def _parsed(field: Field, text: str) -> tuple[Value, list[str]]:
    if isinstance(field, Coded):
        return _mended(field, text)
    value, why = nearest(field, text)
    return value, [f"{field.name} = {shown(text)} {why}: {field.text(value)} is used."] if why else []


def _mended(field: Coded, text: str) -> tuple[Value, list[str]]:
    """The first change is said, the others are counted."""
    try:
        value, changes = field.mend(text)
    except ValueError as error:
        return field.default, [f"{field.name} = {shown(text)} {error}: the default is used."]
    others = len(changes) - 1
    more = f" {others} more thing{'s' if others > 1 else ''} in it had to be mended." if others else ""
    return value, [f"{field.name}: {changes[0]}.{more}"] if changes else []


def spec_of(values: Mapping[str, Value]) -> tuple[NetworkSpec, list[str]]:
    """The spec these values describe; what contradicts itself or exceeds the work budget is mended, and said."""
    values, notes = _untangled(dict(values))
    parameters = {p.name for p in INITIALIZERS[str(values["init"])].parameters}
    slopes = {p.name for p in ACTIVATIONS[str(values["activation"])].parameters}
    shared: dict[str, Any] = {SPEC_NAMES.get(name, name): values[name] for name in SHARED}
    spec = NetworkSpec(
        init_params=tuple(sorted((name, values[name]) for name in parameters)),
        activation_params=tuple(sorted((name, values[name]) for name in slopes)),
        **shared,
    )
    if not work.work(spec).affordable:
        fit = work.fitting(spec)
        notes.append(
            f"This network needs {work.work(spec)}; the limit is {work.LIMIT}. "
            f"Shown instead: depth {fit.depth} with {fit.rows} rows{_sooner(spec, fit)}."
        )
        spec = fit
    return spec, notes


def _sooner(spec: NetworkSpec, fit: NetworkSpec) -> str:
    """What had to be taken from pre-training, if it was."""
    epochs = dict(fit.init_params).get("pretrain_epochs")
    return f" and {epochs} epochs a layer" if fit.init_params != spec.init_params else ""


def values_of(spec: NetworkSpec) -> dict[str, Value]:
    """The widgets' values that describe this spec."""
    shared = {name: getattr(spec, SPEC_NAMES.get(name, name)) for name in SHARED}
    return {**shared, **dict(spec.init_params), **dict(spec.activation_params)}


def experiment_of(experiment: Experiment) -> dict[str, Value]:
    """The widgets' values that open this experiment on symmetry."""
    trial = experiment.trial
    return {
        **values_of(experiment.spec),
        "symmetry_optimizer": trial.optimizer, "symmetry_rate": trial.rate, "symmetry_noise": trial.noise,
        "symmetry_dropout": trial.dropout, "symmetry_steps": experiment.steps, "symmetry_layer": experiment.layer,
    }  # fmt: skip


def race_of(race: Race, seed: int) -> dict[str, Value]:
    """The widgets' values that open this race, on the draws of `seed`."""
    how = race.how
    return {
        **architecture_of(race.spec), "seed": seed, "race_starts": written(race.starts),
        "race_optimizer": how.optimizer, "race_rate": how.rate, "race_batch": how.batch, "race_epochs": how.epochs,
        "race_decay": how.weight_decay, "race_clip": how.clip, "race_dropout": how.dropout,
        "race_labels": labels_text(how.labels),
    }  # fmt: skip


def pretraining_of(preset: Pretraining) -> dict[str, Value]:
    """The widgets' values that open this pre-training, except for its draw."""
    tune, values = preset.tune, architecture_of(preset.spec)
    return {
        **{name: value for name, value in values.items() if name != "seed"}, **dict(preset.spec.init_params),
        "pretraining_tune_optimizer": tune.optimizer, "pretraining_tune_rate": tune.rate,
        "pretraining_tune_epochs": tune.epochs, "pretraining_labels": labels_text(tune.labels),
    }  # fmt: skip


def labels_of(text: Value) -> int:
    """How many rows have labels, 0 for all; `labels_text` is its inverse."""
    return 0 if text == ALL else int(text)


def labels_text(labels: int) -> str:
    return str(labels) if labels else ALL


def architecture_of(spec: NetworkSpec) -> dict[str, Value]:
    """The same without the start: initializer, its parameters and gain."""
    start = {"init", "gain", *dict(spec.init_params)}
    return {name: value for name, value in values_of(spec).items() if name not in start}


def _untangled(values: dict[str, Value]) -> tuple[dict[str, Value], list[str]]:
    notes = []
    if float(values["minval"]) > float(values["maxval"]):
        values["minval"], values["maxval"] = values["maxval"], values["minval"]
        if values["init"] == "Random uniform":
            notes.append("The minimum lies above the maximum: the two are swapped.")
    data = DATASETS[str(values["dataset"])]
    without_classes = values["loss"] == "Cross-entropy" and not data.classes
    if without_classes or (values["loss"] == "Mean squared error" and data.name == "Gaussian noise"):
        notes.append(f"{values['loss']} does not fit {data.name}: Auto is used.")
        values["loss"] = "Auto"
    return values, notes


def with_seed(spec: NetworkSpec, seed: int) -> NetworkSpec:
    """The same experiment with another draw."""
    return replace(spec, seed=seed % 2**31)
