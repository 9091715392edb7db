"""What a visitor reads when something fails that should not have: never a stack trace, always a way on."""

import html
import logging
from typing import Final

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

SORRY: Final = (
    "**This page stopped at a fault of ours.** Nothing is lost: the settings are in the address of the page. "
    "Change a control to go on, or reload. If it stops again, send the address to whoever runs this server."
)
PAGE: Final = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>initlab: {what}</title>
<style>:root{{color-scheme:light dark}}
body{{font:1.1rem/1.5 sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem}}
</style><h1>{what}</h1><p>{why}</p><p><a href="{home}">Open the laboratory</a></p></html>"""


def told(error: Exception) -> bool:
    """Say so in the page and keep the details in the server's log; True, as Streamlit need not show them again."""
    logging.getLogger("initlab").error("a page failed", exc_info=error)
    st.error(SORRY, icon=":material/report:")
    return True


async def missing(request: Request, error: Exception) -> Response:
    """There is nothing at this address."""
    return _page(request, 404, "Nothing is here", f"There is nothing at {html.escape(request.url.path)}.")


async def failed(request: Request, error: Exception) -> Response:
    """The server could not answer. The error itself goes to the log, where Starlette writes it."""
    return _page(request, 500, "The server failed", "This is not your fault. Load the page again in a moment.")


def _page(request: Request, status: int, what: str, why: str) -> Response:
    home = html.escape(request.base_url.path)
    return HTMLResponse(PAGE.format(what=what, why=why, home=home), status)
