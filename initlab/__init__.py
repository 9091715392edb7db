"""The laboratory for weight initialization: what an initializer does to a deep network, measured."""

from initlab import meanfield
from initlab.activations import ACTIVATIONS
from initlab.datasets import DATASETS
from initlab.diagnosis import Finding, diagnose
from initlab.initializers import INITIALIZERS, draw, draw_bias
from initlab.measurement import Probe, measure
from initlab.network import Backward, Forward, Network
from initlab.pretrain_spec import PretrainSpec
from initlab.pretraining import Pretrained
from initlab.probe import probe
from initlab.race import Snapshot, race, train
from initlab.spec import NetworkSpec
from initlab.start import build, pretrain
from initlab.sweep import Sweep, sweep
from initlab.train_spec import TrainSpec

__all__ = [
    "ACTIVATIONS",
    "DATASETS",
    "INITIALIZERS",
    "Backward",
    "Finding",
    "Forward",
    "Network",
    "NetworkSpec",
    "PretrainSpec",
    "Pretrained",
    "Probe",
    "Snapshot",
    "Sweep",
    "TrainSpec",
    "build",
    "diagnose",
    "draw",
    "draw_bias",
    "meanfield",
    "measure",
    "pretrain",
    "probe",
    "race",
    "sweep",
    "train",
]
