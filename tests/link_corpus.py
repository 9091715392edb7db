"""Links as students and lecturers have saved them, and what each must open: old links keep their meaning for ever.

Only ever add to this table. Whoever changes a default, a range, a grid or a name makes the codec translate; the rows
stay as they are. Nothing here is computed from the app's own tables, so nothing here moves when they do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from initlab.spec import NetworkSpec


@dataclass(frozen=True, slots=True)
class SavedLink:
    """The query of a link, the spec it means, whether the app says that it changed something, and the page's view."""

    query: str
    spec: NetworkSpec
    notes: bool = False
    view: Mapping[str, str | float] = field(default_factory=dict)


SMALL: Final = (("mean", 0.0), ("stddev", 0.01))
OPENING: Final = NetworkSpec("Random normal", SMALL, 1.0, "Tanh", depth=10, width=128)
FULL: Final = "v=1&init={}&activation={}&depth={}&width={}&gain={}&shape={}&normalization={}&residual={}&bias={}" + (
    "&output={}&dataset={}&scaling={}&batch={}&loss={}&precision={}&seed={}"
)
REST: Final = (  # what the address bar of the first version said after the shared controls
    "&mean={}&stddev={}&value=0.1&minval=-0.05&maxval=0.05&scale=1&mode=fan_in&distribution=truncated_normal"
    "&sparsity=0.9&slope=0.01&alpha=1&explore_axis={}&explore_view={}&explore_layer={}&explore_fan={}"
)

CORPUS: Final = (
    # Copied from the address bar: the whole state, defaults included.
    SavedLink(
        FULL.format(
            "Random+normal", "Tanh", 10, 128, 1, "Constant", "None", False, 0, "Same", "Digits", "Standardized", 256,
            "Auto", "float32", 0,
        ) + REST.format(0, 0.01, "Log+magnitude", "Auto", 1, 128),
        OPENING,
        view={"explore_axis": "Log magnitude", "explore_view": "Auto", "explore_layer": 1, "explore_fan": 128},
    ),
    SavedLink(
        FULL.format(
            "He%20normal", "ReLU", 50, 256, 1.12, "Funnel", "None", True, 0.1, "LeCun%20normal", "Wine", "0-1", 128,
            "Cross-entropy", "float64", 7,
        ) + REST.format(0, 0.01, "Shared", "Heat+map", 12, 1024),
        NetworkSpec(
            "He normal", (), 1.12, "ReLU", (), 50, 256, "Funnel", "None", True, 0.1, "LeCun normal", "Wine", "0-1", 128,
            "Cross-entropy", "float64", 7,
        ),
        view={"explore_axis": "Shared", "explore_view": "Heat map", "explore_layer": 12, "explore_fan": 1024},
    ),
    SavedLink(
        FULL.format(
            "PyTorch+default", "Leaky+ReLU", 20, 64, 1, "Hourglass", "Layer", False, 0, "Same", "Moons", "Raw", 512,
            "Mean+squared+error", "float32", 2147483647,
        ) + REST.format(0, 0.05, "Own", "Ridges", 3, 16),
        NetworkSpec(
            "PyTorch default", (), 1.0, "Leaky ReLU", (("slope", 0.01),), 20, 64, "Hourglass", "Layer", False, 0.0,
            "Same", "Moons", "Raw", 512, "Mean squared error", "float32", 2147483647,
        ),
        view={"explore_axis": "Own", "explore_view": "Ridges", "explore_layer": 3, "explore_fan": 16},
    ),
    # Written by hand for a lecture: what is not said is what the app opened on in its first version.
    SavedLink("", OPENING),
    SavedLink("v=1", OPENING),
    SavedLink("depth=30", NetworkSpec("Random normal", SMALL, activation="Tanh", depth=30)),
    SavedLink("init=Zeros", NetworkSpec("Zeros", (), activation="Tanh", depth=10)),
    SavedLink("init=Ones&depth=3&width=16", NetworkSpec("Ones", (), activation="Tanh", depth=3, width=16)),
    SavedLink(
        "init=Constant&value=0.01&output=One+row+repeated",
        NetworkSpec("Constant", (("value", 0.01),), activation="Tanh", depth=10, output="One row repeated"),
    ),
    SavedLink(
        "init=Random+normal&stddev=1",
        NetworkSpec("Random normal", (("mean", 0.0), ("stddev", 1.0)), activation="Tanh", depth=10),
    ),
    SavedLink(
        "init=Random%20uniform&minval=0&maxval=1",
        NetworkSpec("Random uniform", (("maxval", 1.0), ("minval", 0.0)), activation="Tanh", depth=10),
    ),
    SavedLink(
        "activation=ReLU&depth=20&stddev=0.5",
        NetworkSpec("Random normal", (("mean", 0.0), ("stddev", 0.5)), activation="ReLU", depth=20),
    ),
    SavedLink(
        "init=Glorot+uniform&activation=Softsign", NetworkSpec("Glorot uniform", activation="Softsign", depth=10)
    ),
    SavedLink("init=Glorot+normal&activation=Sigmoid", NetworkSpec("Glorot normal", activation="Sigmoid", depth=10)),
    SavedLink("init=He+uniform&activation=ReLU&depth=30", NetworkSpec("He uniform", activation="ReLU", depth=30)),
    SavedLink("init=LeCun+normal&activation=SELU&depth=30", NetworkSpec("LeCun normal", activation="SELU", depth=30)),
    SavedLink(
        "init=Orthogonal&activation=Linear&depth=100&gain=1.06",
        NetworkSpec("Orthogonal", (), 1.06, "Linear", depth=100),
    ),
    SavedLink(
        "init=Variance+scaling&scale=2&mode=fan_avg&distribution=uniform&activation=GELU",
        NetworkSpec(
            "Variance scaling", (("distribution", "uniform"), ("mode", "fan_avg"), ("scale", 2.0)), activation="GELU",
            depth=10,
        ),
    ),
    SavedLink(
        "init=Sparse&sparsity=0.75&stddev=0.3&activation=Hard+tanh",
        NetworkSpec("Sparse", (("sparsity", 0.75), ("stddev", 0.3)), activation="Hard tanh", depth=10),
    ),
    SavedLink(
        "init=Truncated+normal&stddev=0.1&mean=0.05&activation=ELU&alpha=0.5",
        NetworkSpec(
            "Truncated normal", (("mean", 0.05), ("stddev", 0.1)), activation="ELU",
            activation_params=(("alpha", 0.5),), depth=10,
        ),
    ),
    SavedLink(
        "init=scikit-learn+default&dataset=Breast+cancer&batch=2048",
        NetworkSpec("scikit-learn default", activation="Tanh", depth=10, dataset="Breast cancer", batch=2048),
    ),
    SavedLink(
        "init=Identity&dataset=Gaussian+noise&loss=Random+cotangent&normalization=Batch",
        NetworkSpec(
            "Identity", activation="Tanh", depth=10, dataset="Gaussian noise", loss="Random cotangent",
            normalization="Batch",
        ),
    ),
    SavedLink(
        "embed=true&embed_options=dark_theme&seed=3",
        NetworkSpec("Random normal", SMALL, activation="Tanh", depth=10, seed=3),
    ),
    SavedLink("init=He+normal&stddev=0.3", NetworkSpec("He normal", activation="Tanh", depth=10)),
    SavedLink(  # the Isometry page, presets and a partner
        "init=Variance+scaling&scale=1&mode=fan_in&distribution=untruncated_normal&gain=1.5&depth=17&width=192"
        "&isometry_partner=Gaussian&isometry_row=3",
        NetworkSpec(
            "Variance scaling", (("distribution", "untruncated_normal"), ("mode", "fan_in"), ("scale", 1.0)), 1.5,
            "Tanh", depth=17, width=192,
        ),
        view={"isometry_partner": "Gaussian", "isometry_row": 3},
    ),
    SavedLink(
        "init=Constant&value=0.01&output=LeCun+normal&symmetry_layer=10&symmetry_steps=1&symmetry_optimizer=Adam"
        "&symmetry_rate=0.05&symmetry_noise=0.001&symmetry_dropout=0.5",
        NetworkSpec("Constant", (("value", 0.01),), activation="Tanh", depth=10, output="LeCun normal"),
        view={
            "symmetry_layer": 10, "symmetry_steps": 1, "symmetry_optimizer": "Adam", "symmetry_rate": 0.05,
            "symmetry_noise": 0.001, "symmetry_dropout": 0.5,
        },
    ),
    SavedLink(
        "v=1&init=Zeros", NetworkSpec("Zeros", (), activation="Tanh", depth=10),
        view={
            "symmetry_layer": 5, "symmetry_steps": 10, "symmetry_optimizer": "SGD", "symmetry_rate": 0.1,
            "symmetry_noise": 0.0, "symmetry_dropout": 0.0,
        },
    ),
    # Comparisons: the set of starts is one text.
    SavedLink(
        "compare_starts=Zeros%3BRandom+normal%2Cstddev%3D1%3BGlorot+normal%2Cgain%3D2&activation=ReLU&depth=20",
        NetworkSpec("Random normal", SMALL, activation="ReLU", depth=20),
        view={"compare_starts": "Zeros;Random normal,stddev=1;Glorot normal,gain=2"},
    ),
    SavedLink(
        "v=1&compare_starts=Variance scaling,scale=2,mode=fan_out;He normal;He normal&compare_same=False"
        "&compare_axis=Value&compare_view=Heat map",
        OPENING,
        view={
            "compare_starts": "Variance scaling,scale=2,mode=fan_out;He normal;He normal", "compare_same": False,
            "compare_axis": "Value", "compare_view": "Heat map",
        },
    ),
    SavedLink(
        "compare_starts=Random uniform,minval=0,maxval=1;PyTorch default",
        OPENING,
        view={"compare_starts": "Random uniform,minval=0,maxval=1;PyTorch default"},
    ),
    SavedLink(
        "activation=Sigmoid&phase_axis=Log&phase_weight=105&phase_bias=0.25",
        NetworkSpec("Random normal", SMALL, activation="Sigmoid", depth=10),
        view={"phase_axis": "Log", "phase_weight": 105.0, "phase_bias": 0.25},
    ),
    SavedLink(
        "v=1&race_starts=Zeros;He+normal&race_optimizer=Adam&race_rate=0.001&race_batch=32&race_epochs=20&race_dropout=0.5",
        OPENING,
        view={
            "race_starts": "Zeros;He normal", "race_optimizer": "Adam", "race_rate": 0.001, "race_batch": 32,
            "race_epochs": 20, "race_dropout": 0.5,
        },
    ),
    SavedLink(
        "v=1&dataset=Diabetes&race_starts=Random+normal,stddev=1;He+normal&race_draws=True",
        NetworkSpec("Random normal", SMALL, activation="Tanh", depth=10, dataset="Diabetes"),
        view={"race_starts": "Random normal,stddev=1;He normal", "race_draws": True},
    ),
    SavedLink(
        "v=1&init=LSUV&activation=Sigmoid&tolerance=0.05&iterations=20&compare_starts=LSUV;LSUV,tolerance=0.02",
        NetworkSpec("LSUV", (("iterations", 20), ("tolerance", 0.05)), activation="Sigmoid", depth=10),
        view={"compare_starts": "LSUV;LSUV,tolerance=0.02"},
    ),
    # Damaged on the way, mistyped or made up.
    SavedLink(
        "init=LSUV&tolerance=0&iterations=2.6",
        NetworkSpec("LSUV", (("iterations", 3), ("tolerance", 0.01)), activation="Tanh", depth=10),
        notes=True,
    ),
    SavedLink(
        "symmetry_steps=12&symmetry_noise=-1&symmetry_rate=1e9&symmetry_optimizer=Adagrad", OPENING, notes=True,
        view={"symmetry_steps": 10, "symmetry_noise": 0.0, "symmetry_rate": 10.0, "symmetry_optimizer": "SGD"},
    ),
    SavedLink("race_rate=1e30&race_epochs=-7", OPENING, notes=True, view={"race_rate": 10.0, "race_epochs": 1}),
    SavedLink("depth=1e9", NetworkSpec("Random normal", SMALL, activation="Tanh", depth=200), notes=True),
    SavedLink("depth=-3", NetworkSpec("Random normal", SMALL, activation="Tanh", depth=1), notes=True),
    SavedLink("depth=nan&width=inf&gain=1e400&seed=abc", OPENING, notes=True),
    SavedLink(  # from the page of pre-training, which takes the recipe's parameters whatever the start
        "init=Greedy+pre-training&pretrain_epochs=30&pretrain_rate=0.05&pretrain_corruption=0.2"
        "&pretrain_corruption_rise=0&pretrain_weights=Free&pretrain_reconstruction=Squared+error"
        "&pretrain_optimizer=Adam&pretrain_batch=64&activation=Sigmoid&depth=3&width=64&scaling=0-1&seed=5",
        NetworkSpec(
            "Greedy pre-training",
            (
                ("pretrain_batch", 64), ("pretrain_corruption", 0.2), ("pretrain_corruption_rise", 0.0),
                ("pretrain_epochs", 30), ("pretrain_optimizer", "Adam"), ("pretrain_rate", 0.05),
                ("pretrain_reconstruction", "Squared error"), ("pretrain_weights", "Free"),
            ),
            1.0, "Sigmoid", depth=3, width=64, scaling="0-1", seed=5,
        ),
    ),
    SavedLink(
        "pretraining_labels=50&pretraining_tune_optimizer=Adam&pretraining_tune_rate=0.005&pretraining_tune_epochs=50"
        "&pretraining_race=True&pretraining_layer=2&race_labels=200",
        OPENING,
        view={
            "pretraining_labels": "50", "pretraining_tune_optimizer": "Adam", "pretraining_tune_rate": 0.005,
            "pretraining_tune_epochs": 50, "pretraining_race": True, "pretraining_layer": 2, "race_labels": "200",
        },
    ),
    SavedLink(
        "pretraining_labels=77&pretrain_rate=nan&pretrain_weights=%3Cb%3E&pretraining_layer=9999",
        OPENING,
        notes=True,
        view={"pretraining_labels": "100", "pretrain_rate": 0.1, "pretrain_weights": "Tied", "pretraining_layer": 200},
    ),
    SavedLink(
        "lesson=edge-of-chaos&lesson_step=3&lesson_notes=True&seed=7",
        NetworkSpec("Random normal", SMALL, activation="Tanh", depth=10, seed=7),
        view={"lesson": "edge-of-chaos", "lesson_step": 3, "lesson_notes": True},
    ),
    SavedLink(
        "lesson=%3Cscript%3E&lesson_step=1e9&lesson_notes=perhaps", OPENING, notes=True,
        view={"lesson": "all", "lesson_step": 4, "lesson_notes": False},
    ),
    SavedLink(
        "own_example=Both&own_activation=ReLU&own_layout=(out%2C+in)&own_dataset=Moons&own_view=Ridges", OPENING,
        view={
            "own_example": "Both", "own_activation": "ReLU", "own_layout": "(out, in)", "own_dataset": "Moons",
            "own_view": "Ridges",
        },
    ),
    SavedLink("init=%3Cscript%3Ealert(1)%3C/script%3E", OPENING, notes=True),
    SavedLink("depth=" + "9" * 5000, OPENING, notes=True),
    SavedLink("depth=5&depth=7", NetworkSpec("Random normal", SMALL, activation="Tanh", depth=7), notes=True),
    SavedLink("width=100", NetworkSpec("Random normal", SMALL, activation="Tanh", depth=10, width=96), notes=True),
    SavedLink("gain=1.337", NetworkSpec("Random normal", SMALL, 1.33, "Tanh", depth=10), notes=True),
    SavedLink(
        "phase_weight=2.22&phase_bias=9", OPENING, notes=True, view={"phase_weight": 2.2, "phase_bias": 4.0},
    ),
    SavedLink("colour=red&utm_source=mail", OPENING, notes=True),
    SavedLink(
        "init=Random+uniform&minval=0.5&maxval=-0.5",
        NetworkSpec("Random uniform", (("maxval", 0.5), ("minval", -0.5)), activation="Tanh", depth=10),
        notes=True,
    ),
    SavedLink(
        "dataset=Diabetes&loss=Cross-entropy",
        NetworkSpec("Random normal", SMALL, activation="Tanh", depth=10, dataset="Diabetes"),
        notes=True,
    ),
    SavedLink("init=he+normal&activation=relu", OPENING, notes=True),
    SavedLink(
        "compare_starts=He normal", OPENING, notes=True, view={"compare_starts": "He normal;Glorot normal"}
    ),
    SavedLink(
        "compare_starts=he normal;Orthogonal,stddev=1;Random normal,stddev=9;Random uniform,minval=1,maxval=0",
        OPENING,
        notes=True,
        view={"compare_starts": "Orthogonal;Random normal,stddev=2;Random uniform,minval=0,maxval=1"},
    ),
)  # fmt: skip
