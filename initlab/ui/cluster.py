"""Whether large work goes to the cluster that the setting names."""

import streamlit as st

from initlab import parallel


@st.cache_resource(max_entries=1, ttl=60, show_spinner=False)
def trouble() -> str:
    """Why the cluster cannot be used, asked once a minute; empty where nothing is wrong."""
    try:
        if found := parallel.address_set():
            parallel.cluster(found)
    except ValueError as error:
        return f"{error}"
    return ""


def address(operations: float) -> str:
    """Where so much work goes: to the cluster, or "" to stay here, also where the cluster is in trouble."""
    return parallel.address_set() if operations >= parallel.LARGE and not trouble() else ""
