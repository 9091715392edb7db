"""What a public server lets in and what it says of itself: security headers, no metrics, no foreign websockets."""

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Final

import streamlit
from google.protobuf.message import DecodeError
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.proto.BackMsg_pb2 import BackMsg

ANCESTOR: Final = re.compile(r"\*|'self'|'none'|https?://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?", re.IGNORECASE)
PRIVATE: Final = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check")
OF_THE_OWNER: Final = ("clear_cache", "set_run_on_save")  # orders that Streamlit takes from anybody, for all sessions
HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
}
SOURCES: Final = {  # what a page may load: nothing but this server's own files, and what the page itself has made
    "default-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",  # Streamlit and Plotly write their styles into the page
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}


def ancestors(setting: str) -> tuple[str, ...]:
    """The sites that may show the app in a frame, from a list with blanks between them; this site alone if empty.

    Raises ValueError for what is no origin: a line break or a semicolon would end the header.
    """
    found = tuple(setting.split()) or ("'self'",)
    for one in found:
        if not ANCESTOR.fullmatch(one):
            raise ValueError(
                f"frame ancestors are origins with blanks between them, got {one!r}; "
                "write https://host, https://*.host, a port after a colon if there is one, 'self', 'none' or *"
            )
    return found


def policy(frame_ancestors: Iterable[str]) -> str:
    """The content security policy: scripts from this server alone, and the one that Streamlit's page has within it."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    inline = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in inline]
    rules = {
        **SOURCES,
        "script-src": " ".join(["'self'", *(f"'sha256-{digest}'" for digest in hashes)]),
        "frame-ancestors": " ".join(frame_ancestors),
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


class Guard:
    """Around everything else. Streamlit refuses foreign websockets too, but first asks the internet for its own
    address, and lets any page of the visitor's own machine in."""

    def __init__(self, app: ASGIApp, frame_ancestors: Iterable[str]) -> None:
        self._app = app
        self._headers = {**HEADERS, "content-security-policy": policy(frame_ancestors)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "websocket" and _foreign(Headers(scope=scope)):
            await send({"type": "websocket.close", "code": 1008, "reason": "this page is not from here"})
        elif scope["type"] == "websocket":
            await self._app(scope, partial(_without_orders, receive), send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        hidden = any(private in scope["path"] for private in PRIVATE)
        app = PlainTextResponse("Not found", 404) if hidden else self._app
        await app(scope, receive, with_headers)


async def _without_orders(receive: Receive) -> Message:
    """The next message of a visitor who gives no orders."""
    while _is_order(message := await receive()):
        pass
    return message


def _is_order(message: Message) -> bool:
    try:
        return BackMsg.FromString(message.get("bytes") or b"").WhichOneof("type") in OF_THE_OWNER
    except DecodeError:
        return False


def _foreign(headers: Headers) -> bool:
    """Whether a browser says that another site's page opens this connection. Other clients say nothing."""
    origin = headers.get("origin")
    if origin is None or origin in config.get_option("server.corsAllowedOrigins"):
        return False
    return origin.partition("://")[2] != headers.get("host")
