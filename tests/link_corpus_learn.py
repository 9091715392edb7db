"""Saved links to the pages that teach or take uploads, and those that hide or present: rows are only ever added."""

from typing import Final

from saved_link import OPENING, SMALL, SavedLink

from initlab.spec import NetworkSpec

LEARN: Final = (
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
        "catalogue_search=xavier&catalogue_for=Tanh&catalogue_init=Glorot+normal&catalogue_fan_in=64"
        "&catalogue_fan_out=10",
        OPENING,
        view={
            "catalogue_search": "xavier", "catalogue_for": "Tanh", "catalogue_init": "Glorot normal",
            "catalogue_fan_in": 64, "catalogue_fan_out": 10,
        },
    ),
    SavedLink("article_claim=he-normal", OPENING, view={"article_claim": "he-normal"}),
    SavedLink(
        "chooser_activation=SELU&chooser_depth=40&chooser_normalization=Layer&chooser_residual=True", OPENING,
        notes=True,
        view={
            "chooser_activation": "SELU", "chooser_depth": 50, "chooser_normalization": "Layer",
            "chooser_residual": True,
        },
    ),
    SavedLink(
        "hide=gain,scenario&present=1&present_chart=2", OPENING,
        view={"hide": "scenario,gain", "present": True, "present_chart": 2},
    ),
    SavedLink("hide=nothing,%3Cscript%3E&present=True", OPENING, notes=True, view={"hide": "", "present": False},
    ),
    SavedLink(
        "own_example=Both&own_activation=ReLU&own_layout=(out%2C+in)&own_dataset=Moons&own_view=Ridges", OPENING,
        view={
            "own_example": "Both", "own_activation": "ReLU", "own_layout": "(out, in)", "own_dataset": "Moons",
            "own_view": "Ridges",
        },
    ),
)  # fmt: skip
