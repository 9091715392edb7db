"""initlab for a class: `app.py` behind security headers, with the browser's files compressed. `make serve` starts it.

INITLAB_FRAME_ANCESTORS lists the sites that may show it in a frame, e.g. "https://moodle.example.edu"; otherwise the
site itself alone.
"""

import os

import streamlit as st
from starlette.middleware import Middleware

from initlab.server import mishap, opening
from initlab.server.guard import Guard, ancestors
from initlab.server.packed import Packed

opening.prepare()
app = st.App(
    "app.py",
    middleware=[
        Middleware(Guard, frame_ancestors=ancestors(os.environ.get("INITLAB_FRAME_ANCESTORS", ""))),
        Middleware(Packed),
    ],
    on_script_error=mishap.told,
    exception_handlers={404: mishap.missing, 500: mishap.failed},
)
