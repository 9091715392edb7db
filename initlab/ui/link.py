"""The one codec of state: between the query of a link, the widgets of a session, and a spec.

`FIELDS` lists every parameter of every link. A query is hostile until it has been through `decode`, which never fails
and gives the nearest valid value, else the default, and says what it changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from initlab import catalogue, work
from initlab.activations import ACTIVATIONS
from initlab.comparison import MOST, PRESETS
from initlab.datasets import DATASETS, SCALINGS
from initlab.experiments import Experiment
from initlab.figures.histograms import AXES
from initlab.grid import ALL_GAINS, SPANS
from initlab.initializers import INITIALIZERS
from initlab.isometry import PARTNERS
from initlab.losses import LOSS_NAMES
from initlab.neuron import FANS
from initlab.optimizers import OPTIMIZERS
from initlab.phase import AXES as PLANE_AXES
from initlab.phase import BIASES, WEIGHTS
from initlab.pretrain_presets import Preset as Pretraining
from initlab.race_presets import PRESETS as RACES
from initlab.race_presets import Race
from initlab.race_readings import JUDGED
from initlab.replay import PICTURES
from initlab.replay import QUANTITIES as REPLAYED
from initlab.scenarios import DEFAULT
from initlab.spec import NORMALIZATIONS, OUTPUTS, PRECISIONS, SHAPES, NetworkSpec
from initlab.sweep import QUANTITIES
from initlab.symmetry import MARKS
from initlab.ui.fields import Choice, Coded, Field, Flag, Grid, Steps, Value, nearest, shown, table
from initlab.ui.starts import GAINS, MENU, mend, parameter_field, written

VERSION: Final = "1"
RESERVED: Final = ("v", "embed", "embed_options")
WIDTHS: Final = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024)
BATCHES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048)
RATES: Final = (*(float(f"{m}e{e}") for e in range(-4, 1) for m in (1, 2, 5)), 10.0)
NOISES: Final = (0.0, *(float(f"{m}e{e}") for e in range(-9, 0) for m in (1, 3)), 1.0)
DEEPEST: Final = (10, 20, 30, 60, 100, 200)
RACE_RATES: Final = (1e-5, 2e-5, 5e-5, *RATES)
EPOCHS: Final = (1, 2, 5, 10, 20, 50, 100, 200)
DECAYS: Final = (0.0, *(float(f"1e{e}") for e in range(-5, 1)))
ALL: Final = "All"
LABELS: Final = ("50", "100", "200", "500", "1000", ALL)  # rows with a label
CLIPS: Final = (0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
VALUE_AXES: Final = ("Log magnitude", "Value")
VIEWS: Final = ("Auto", "Ridges", "Heat map")
SPEC_NAMES: Final = {"bias": "bias_stddev"}  # where a link is shorter than the spec


def _parameters() -> list[Field]:
    start: dict[str, Any] = dict(DEFAULT.init_params)
    owners = [INITIALIZERS[DEFAULT.init], *INITIALIZERS.values(), *ACTIVATIONS.values()]
    return [parameter_field(p, start.get(p.name, p.default)) for owner in owners for p in owner.parameters]


FIELDS: Final[Mapping[str, Field]] = table([
    Choice("init", DEFAULT.init, MENU),
    Choice("activation", DEFAULT.activation, tuple(ACTIVATIONS)),
    Steps("depth", DEFAULT.depth, 1, 200, 1),
    Grid("width", DEFAULT.width, WIDTHS),
    Grid("gain", DEFAULT.gain, GAINS),
    Choice("shape", DEFAULT.shape, SHAPES),
    Choice("normalization", DEFAULT.normalization, NORMALIZATIONS),
    Flag("residual", DEFAULT.residual),
    Steps("bias", DEFAULT.bias_stddev, 0.0, 2.0, 0.05),
    Choice("output", DEFAULT.output, OUTPUTS),
    Choice("dataset", DEFAULT.dataset, tuple(DATASETS)),
    Choice("scaling", DEFAULT.scaling, SCALINGS),
    Grid("batch", DEFAULT.batch, BATCHES),
    Choice("loss", DEFAULT.loss, LOSS_NAMES),
    Choice("precision", DEFAULT.precision, PRECISIONS),
    Steps("seed", DEFAULT.seed, 0, 2**31 - 1, 1),
    *_parameters(),
    Choice("explore_axis", AXES[0], AXES),
    Choice("explore_view", VIEWS[0], VIEWS),
    Steps("explore_layer", 1, 1, 200, 1),
    Grid("explore_fan", 128, FANS),
    Choice("phase_axis", PLANE_AXES[0], PLANE_AXES),
    Grid("phase_weight", 3.0, WEIGHTS),
    Grid("phase_bias", 0.04, BIASES),
    Choice("isometry_partner", PARTNERS[0], PARTNERS),
    Steps("isometry_row", 1, 1, BATCHES[-1], 1),
    Steps("symmetry_layer", 5, 1, 200, 1),
    Grid("symmetry_steps", 10, MARKS),
    Choice("symmetry_optimizer", "SGD", tuple(OPTIMIZERS)),
    Grid("symmetry_rate", 0.1, RATES),
    Grid("symmetry_noise", 0.0, NOISES),
    Steps("symmetry_dropout", 0.0, 0.0, 0.9, 0.1),
    Coded("compare_starts", written(next(iter(PRESETS.values())).starts), mend),
    Choice("compare_axis", VALUE_AXES[0], VALUE_AXES),
    Flag("compare_same", True),
    Choice("compare_view", VIEWS[0], VIEWS),
    Choice("sweep_quantity", QUANTITIES[0], QUANTITIES),
    Grid("sweep_deepest", 30, DEEPEST),
    Choice("sweep_span", next(iter(SPANS)), tuple(SPANS)),
    Steps("sweep_depth", DEFAULT.depth, 1, 200, 1),
    Grid("sweep_gain", DEFAULT.gain, ALL_GAINS),
    Coded("race_starts", written(next(iter(RACES.values())).starts), mend),
    Choice("race_optimizer", "SGD", tuple(OPTIMIZERS)),
    Grid("race_rate", 0.05, RACE_RATES),
    Grid("race_batch", 64, BATCHES),
    Grid("race_epochs", 10, EPOCHS),
    Grid("race_decay", 0.0, DECAYS),
    Grid("race_clip", 0.0, CLIPS),
    Steps("race_dropout", 0.0, 0.0, 0.9, 0.1),
    Choice("race_test", JUDGED[0], JUDGED),
    Choice("race_picture", PICTURES[0], PICTURES),
    Choice("race_quantity", REPLAYED[0], REPLAYED),
    Choice("race_axis", VALUE_AXES[0], VALUE_AXES),
    Steps("race_moment", 0, 0, 10**6, 1),
    Steps("race_contestant", 4, 1, MOST, 1),
    Flag("race_draws", False),
    Choice("race_labels", ALL, LABELS),
    Steps("pretraining_layer", 3, 1, 200, 1),
    Choice("pretraining_labels", "100", LABELS),
    Choice("pretraining_tune_optimizer", "SGD", tuple(OPTIMIZERS)),
    Grid("pretraining_tune_rate", 0.1, RACE_RATES),
    Grid("pretraining_tune_epochs", 100, EPOCHS),
    Flag("pretraining_race", False),
    Coded("catalogue_search", "", catalogue.mended),
    Choice("catalogue_for", catalogue.ANY, (catalogue.ANY, *ACTIVATIONS)),
    Choice("catalogue_init", "He normal", MENU),
    Grid("catalogue_fan_in", 128, catalogue.FANS),
    Grid("catalogue_fan_out", 128, catalogue.FANS),
])  # fmt: skip
DEFAULTS: Final[Mapping[str, Value]] = {name: field.default for name, field in FIELDS.items()}


def encode(values: Mapping[str, Value]) -> dict[str, str]:
    """The whole state as a query, defaults included."""
    return {"v": VERSION, **{name: field.text(values[name]) for name, field in FIELDS.items()}}


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
            f"Shown instead: depth {fit.depth} with {fit.rows} rows."
        )
        spec = fit
    return spec, notes


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


SHARED: Final = tuple(name for name in FIELDS if hasattr(DEFAULT, SPEC_NAMES.get(name, name)))


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
