"""The files on the page for one's own: two uploaders, what can be chosen about them, and the probe of what is there.

What is uploaded stays in the memory of the session: it is in no link, in no cache that others share, and on no disk.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from initlab.activations import ACTIVATIONS
from initlab.own_data import OwnData, own_data, usual_target
from initlab.own_examples import SHOWN, example_table, example_weights
from initlab.own_probe import TABLE, OwnProbe, fitting, operations, probe_both, probe_data, probe_weights
from initlab.own_spec import on_own
from initlab.own_table import read_table
from initlab.own_tensors import read_tensors
from initlab.own_weights import LAYOUTS, OwnWeights, own_weights
from initlab.spec import NetworkSpec
from initlab.ui import gate, session
from initlab.ui.fields import literal
from initlab.ui.kept import kept, origin
from initlab.wording import capitalized
from initlab.work import work

NO_TARGET: Final = "No target"
EXAMPLE: Final = "the example table"


@dataclass(frozen=True, slots=True)
class Files:
    """What is probed: bytes of a table, of weights, or of both; `example` where they are ours."""

    table: bytes | None
    weights: bytes | None
    example: bool

    @property
    def name(self) -> str:
        return EXAMPLE if self.example else TABLE


def probed(spec: NetworkSpec) -> OwnProbe | None:
    """Draw the uploaders with what can be chosen about the files; the probe, or None where a file was refused."""
    with st.container(key="own_files"):
        left, right = st.columns(2)
        table = _uploader(
            left, "Your data", "own_csv", ".csv", example_table,
            "Columns of numbers, best with their names in the first row; one can be the target, in numbers or words. "
            "At most 1 MB and 1,024 columns.",
        )  # fmt: skip
        weights = _uploader(
            right, "Your weights", "own_npz", ".npz", example_weights,
            "Dense layers in order: numpy.savez('weights.npz', w1=…, b1=…, w2=…, b2=…), or a .safetensors file. At "
            "most 1 MB and 200 hidden layers.",
        )  # fmt: skip
        st.caption(
            ":material/lock: A file stays in the memory of this session: it is stored nowhere and is in no link. After "
            "another page it has to be uploaded again."
        )
    files = _shown(table, weights)
    data, network = _data(left, files), _network(right, files)
    if (files.table and not data) or (files.weights and not network):
        return None
    return _probe(right, spec, files, data, network)


def _uploader(
    place: DeltaGenerator, label: str, key: str, ending: str, example: Callable[[], bytes], needed: str
) -> bytes | None:  # fmt: skip
    """One uploader, what it wants beside it, and a file that it takes."""
    with place:
        file = st.file_uploader(f"{label} ({ending})", key=key)
        words, sample = st.columns([3, 1])
        words.caption(needed)
        sample.download_button(
            f"Example ({ending})", example, f"initlab-example{ending}", key=f"{key}_example",
            icon=":material/download:", type="tertiary", on_click="ignore",
        )  # fmt: skip
    return file.getvalue() if file else None


def _shown(table: bytes | None, weights: bytes | None) -> Files:
    """What was uploaded, or else the chosen example."""
    if table is not None or weights is not None:
        return Files(table, weights, example=False)
    chosen = st.segmented_control(
        "No file yet: shown is an example of", tuple(SHOWN), key="own_example", required=True, persist_state="session"
    )
    st.caption(SHOWN[chosen or "Data"])
    return Files(
        None if chosen == "Weights" else example_table(), None if chosen == "Data" else example_weights(), example=True
    )


def _data(place: DeltaGenerator, files: Files) -> OwnData | None:
    """The table with the chosen target; None without a table, or where it was refused."""
    given = files.table
    if given is None:
        return None
    with place:
        try:
            names, usual = kept("names", given, lambda: _columns(given))
            options = [*range(len(names)), None]
            target = st.selectbox(
                "Target column", options, usual, key=f"own_target_{_digest(given)[:12]}",
                format_func=lambda column: NO_TARGET if column is None else names[column],
            )  # fmt: skip
            return kept("data", (_digest(given), target), lambda: own_data(read_table(given), target))
        except ValueError as error:
            _refused("This table cannot be used", error)
    return None


def _columns(given: bytes) -> tuple[tuple[str, ...], int]:
    table = read_table(given)
    return table.names, usual_target(table)


def _network(place: DeltaGenerator, files: Files) -> OwnWeights | None:
    """The network of the weights; None without weights, or where they were refused."""
    given = files.weights
    if given is None:
        return None
    with place:
        left, right = st.columns(2)
        activation = left.selectbox(
            "Activation of the hidden layers", tuple(ACTIVATIONS), key="own_activation", persist_state="session"
        )
        layout = right.selectbox(
            "Stored as", LAYOUTS, key="own_layout", persist_state="session",
            help="Keras, JAX and scikit-learn store a weight as (in, out), PyTorch as (out, in). Auto: what chains",
        )  # fmt: skip
        try:
            made_of = _digest(given), activation, layout
            return kept("network", made_of, lambda: own_weights(read_tensors(given), activation, layout))
        except ValueError as error:
            _refused("These weights cannot be used", error)
    return None


def _probe(
    place: DeltaGenerator, spec: NetworkSpec, files: Files, data: OwnData | None, network: OwnWeights | None
) -> OwnProbe | None:  # fmt: skip
    """The probe of what there is, completed by the sidebar's network or by a built-in data set."""
    made_of = repr(spec), files.name, data and origin("data"), network and origin("network")
    try:
        if network and data:
            return _made(made_of, operations(network, spec.batch), lambda: probe_both(network, data, spec, files.name))
        if network:
            dataset = _dataset(place, network)
            made_of = *made_of, dataset
            return _made(made_of, operations(network, spec.batch), lambda: probe_weights(network, dataset, spec))
        assert data  # noqa: S101  an example has one or the other
        with st.spinner("Building the network"):
            cost = work(on_own(spec, data)[0]).operations
            return _made(made_of, cost, lambda: probe_data(data, spec, files.name))
    except ValueError as error:
        _refused("The two do not fit each other", error)
    return None


def _made(made_of: Hashable, cost: int, make: Callable[[], OwnProbe]) -> OwnProbe:
    """The last probe, or another behind the gate."""
    with gate.place(object(), heavy=gate.is_heavy(cost) and origin("probe") != made_of):
        return kept("probe", made_of, make)


def _dataset(place: DeltaGenerator, network: OwnWeights) -> str:
    """The built-in data to send through weights that came without any."""
    options = fitting(network.features)
    if session.value("own_dataset") not in options:
        session.apply({"own_dataset": options[0]})
    return place.selectbox(
        f"Data with {network.features} features", options, key="own_dataset", persist_state="session",
        help="Until you upload a table of your own",
    )  # fmt: skip


def _refused(headline: str, error: ValueError) -> None:
    st.error(f"**{headline}.** {literal(capitalized(str(error)))}.", icon=":material/error:")


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
