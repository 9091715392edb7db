"""The app as a visitor without a browser opens it: a session, and what stands on its page."""

import base64
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

import numpy as np
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from initlab.arrays import Array
from initlab.spec import NetworkSpec
from initlab.ui.fields import Value
from initlab.ui.link import encode, spec_of, values_of
from initlab.ui.navigation import PAGES
from initlab.ui.state import FIELDS

APP: Final = Path(__file__).parent.parent / "app.py"
SECONDS: Final = 60
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)  # else: 0.1 s a visit
QUICK: Final = {"depth": "4", "width": "16", "batch": "32"}  # for sweeps in which the network does not matter


def visit(
    query: Mapping[str, str | list[str]] | None = None, theme: str = "light", page: str = "", **state: Any
) -> AppTest:
    """The page under that address after its first run, as a link opens it; `state` is set beforehand, such as which
    panels are open."""
    app = AppTest.from_file(APP, default_timeout=SECONDS)
    if page:
        app._page_hash = calc_hash(page)  # switch_page would have to run the default page first
    app.query_params.update(query or {})
    app.context["theme"] = theme
    for name, value in state.items():
        app.session_state[name] = value
    return app.run()


def follow(app: AppTest) -> AppTest:
    """The page after a click on its one link to another."""
    (found,) = (link.proto for link in app.get("page_link"))
    app.query_params.clear()
    app.query_params.update(parse_qsl(found.query_string))
    app.switch_page(next(page.script for page in PAGES if page.url_path == found.page)).run()
    assert not app.exception
    return app


def link_to(spec: NetworkSpec) -> dict[str, str]:
    """The query of a link that opens this spec."""
    defaults: dict[str, Value] = {name: field.default for name, field in FIELDS.items()}
    return encode({**defaults, **values_of(spec)})


def shown_spec(app: AppTest) -> NetworkSpec:
    """What the widgets and the rest of the session describe."""
    values = {name: app.session_state[name] for name in FIELDS}
    return spec_of(values)[0]


def charts(app: AppTest) -> dict[str, Any]:
    """Every chart by its key, as the JSON the browser receives."""
    found: Any = app.get("plotly_chart")
    return {chart.key: json.loads(chart.proto.spec) for chart in found}


def alternative_texts(app: AppTest) -> dict[str, str]:
    found: Any = app.get("plotly_chart")
    return {chart.key: chart.proto.alt for chart in found}


def numbers_in(part: Any) -> Array:
    """A list or one of Plotly's typed arrays."""
    if isinstance(part, dict):
        flat = np.frombuffer(base64.b64decode(part["bdata"]), part["dtype"])
        return flat.reshape([int(n) for n in part["shape"].split(",")]) if "shape" in part else flat
    return np.array([np.nan if number is None else number for number in part], float)


def captions(app: AppTest) -> list[str]:
    return [caption.value for caption in app.caption]


def notes(app: AppTest) -> str:
    """What the app says it had to change; empty where it changed nothing."""
    return next((text for text in captions(app) if text.startswith(":material/info:")), "")
