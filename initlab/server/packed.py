"""Streamlit's own scripts and styles, compressed once for all visitors: two thirds less on the wire at a first visit.

Streamlit sends them as they are, because compressing anew for each visitor costs more than it saves.
"""

from typing import Final

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST: Final = 2**26  # bytes kept; all files of Streamlit's compressed are a third of that
LEVEL: Final = 9  # is paid once


class Packed:
    """Answers a second request for a file from memory. A name that stands for its content may be kept for ever."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._zip = app, GZipMiddleware(app, compresslevel=LEVEL)
        self._kept: dict[str, list[Message]] = {}
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _packable(scope):
            await self._app(scope, receive, send)
            return
        kept = self._kept.get(scope["path"]) or await self._pack(scope, receive)
        for message in kept:
            await send(message)

    async def _pack(self, scope: Scope, receive: Receive) -> list[Message]:
        messages: list[Message] = []

        async def collect(message: Message) -> None:
            messages.append(message)

        await self._zip(scope, receive, collect)
        size = sum(len(message.get("body", b"")) for message in messages)
        lasting = "immutable" in Headers(raw=messages[0]["headers"]).get("cache-control", "")
        if messages[0]["status"] == 200 and lasting and self._bytes + size <= MOST:
            self._kept[scope["path"]] = messages
            self._bytes += size
        return messages


def _packable(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET" or "/static/" not in scope["path"]:
        return False
    headers = Headers(scope=scope)
    whole = not any(name in headers for name in ("range", "if-none-match", "if-modified-since"))
    return whole and "gzip" in headers.get("accept-encoding", "")
