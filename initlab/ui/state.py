"""Every parameter of every link: its name, its default, and what else it may be.

One entry here and a widget under the same key make a control part of the link.
"""

from collections.abc import Mapping
from typing import Any, Final

from initlab import catalogue
from initlab.activations import ACTIVATIONS
from initlab.article import ALL as CLAIMS
from initlab.comparison import MOST, PRESETS
from initlab.datasets import DATASETS, SCALINGS
from initlab.figures.histograms import AXES
from initlab.grid import ALL_GAINS, SPANS
from initlab.initializers import INITIALIZERS
from initlab.isometry import PARTNERS
from initlab.lessons import LESSONS, MOST_STEPS
from initlab.losses import LOSS_NAMES
from initlab.neuron import FANS
from initlab.optimizers import OPTIMIZERS
from initlab.own_examples import ACTIVATION, SHOWN
from initlab.own_weights import LAYOUTS
from initlab.phase import AXES as PLANE_AXES
from initlab.phase import BIASES, WEIGHTS
from initlab.race_presets import PRESETS as RACES
from initlab.race_readings import JUDGED
from initlab.replay import PICTURES
from initlab.replay import QUANTITIES as REPLAYED
from initlab.scenarios import DEFAULT
from initlab.spec import NORMALIZATIONS, OUTPUTS, PRECISIONS, SHAPES
from initlab.sweep import QUANTITIES
from initlab.symmetry import MARKS
from initlab.ui.fields import Choice, Coded, Field, Flag, Grid, Steps, Subset, Value, table
from initlab.ui.starts import GAINS, MENU, mend, parameter_field, written

RESERVED: Final = ("v", "embed", "embed_options")
WIDTHS: Final = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024)
BATCHES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048)
RATES: Final = (*(float(f"{m}e{e}") for e in range(-4, 1) for m in (1, 2, 5)), 10.0)
NOISES: Final = (0.0, *(float(f"{m}e{e}") for e in range(-9, 0) for m in (1, 3)), 1.0)
CHOOSER_DEPTHS: Final = (1, 2, 3, 5, 10, 20, 30, 50, 100)
DEEPEST: Final = (10, 20, 30, 60, 100, 200)
RACE_RATES: Final = (1e-5, 2e-5, 5e-5, *RATES)
EPOCHS: Final = (1, 2, 5, 10, 20, 50, 100, 200)
DECAYS: Final = (0.0, *(float(f"1e{e}") for e in range(-5, 1)))
ALL: Final = "All"
OVERVIEW: Final = "all"  # where no lesson is chosen
LABELS: Final = ("50", "100", "200", "500", "1000", ALL)  # rows with a label
CLIPS: Final = (0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
VALUE_AXES: Final = ("Log magnitude", "Value")
VIEWS: Final = ("Auto", "Ridges", "Heat map")
SPEC_NAMES: Final = {"bias": "bias_stddev"}  # where a link is shorter than the spec


def _parameters() -> list[Field]:
    start: dict[str, Any] = dict(DEFAULT.init_params)
    owners = [INITIALIZERS[DEFAULT.init], *INITIALIZERS.values(), *ACTIVATIONS.values()]
    return [parameter_field(p, start.get(p.name, p.default)) for owner in owners for p in owner.parameters]


CONTROLS: Final = (
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
    Choice("lesson", OVERVIEW, (OVERVIEW, *LESSONS)),
    Steps("lesson_step", 1, 1, MOST_STEPS, 1),
    Flag("lesson_notes", False),
    Coded("catalogue_search", "", catalogue.mended),
    Choice("catalogue_for", catalogue.ANY, (catalogue.ANY, *ACTIVATIONS)),
    Choice("catalogue_init", "He normal", MENU),
    Grid("catalogue_fan_in", 128, catalogue.FANS),
    Grid("catalogue_fan_out", 128, catalogue.FANS),
    Choice("article_claim", "glorot-sigmoid", tuple(CLAIMS)),
    Choice("chooser_activation", "ReLU", tuple(ACTIVATIONS)),
    Grid("chooser_depth", 20, CHOOSER_DEPTHS),
    Choice("chooser_normalization", "None", NORMALIZATIONS),
    Flag("chooser_residual", False),
    Choice("own_example", next(iter(SHOWN)), tuple(SHOWN)),
    Choice("own_activation", ACTIVATION, tuple(ACTIVATIONS)),
    Choice("own_layout", LAYOUTS[0], LAYOUTS),
    Choice("own_dataset", "Iris", tuple(DATASETS)),
    Choice("own_axis", AXES[0], AXES),
    Choice("own_view", VIEWS[0], VIEWS),
)  # fmt: skip
SECTIONS: Final[Mapping[str, str]] = {  # what a lecturer may hide besides single controls, and how it is called
    "sidebar": "All shared controls", "menu": "The menu of pages", "take": "The menu of this list",
    "scenario": "Scenarios", "verdict": "The verdict", "remedy": "The remedy", "more": "More settings",
    "new_draw": "New draw",
}  # fmt: skip
FIELDS: Final[Mapping[str, Field]] = table([
    *CONTROLS,
    Subset("hide", (*SECTIONS, *table(CONTROLS))),
    Flag("present", False, ("0", "1")),
    Steps("present_chart", 1, 1, 30, 1),
])  # fmt: skip
DEFAULTS: Final[Mapping[str, Value]] = {name: field.default for name, field in FIELDS.items()}
SHARED: Final = tuple(name for name in FIELDS if hasattr(DEFAULT, SPEC_NAMES.get(name, name)))
