"""What an ASGI application answers to one request, without a server."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Answer:
    messages: Sequence[Message]

    @property
    def status(self) -> int:
        return self.messages[0]["status"]

    @property
    def headers(self) -> Headers:
        return Headers(raw=self.messages[0]["headers"])

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages)


def ask(
    app: ASGIApp, path: str, headers: Mapping[str, str], kind: str = "http", received: Sequence[Message] = ()
) -> Answer:
    """The messages the application sends; `received` are those it is sent in turn."""
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": kind, "method": "GET", "path": path, "headers": raw, "query_string": b"", "server": ("h", 80)}
    waiting, sent = iter(received), list[Message]()

    async def receive() -> Message:
        return next(waiting, {"type": "http.request", "body": b""})

    async def send(message: Message) -> None:
        sent.append(message)

    finished(app(scope, receive, send))
    return Answer(sent)


def finished(work: Awaitable[Result]) -> Result:
    """What it comes to, in a thread of its own: Playwright keeps a loop running in the first one."""

    async def waited() -> Result:
        return await work

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, waited()).result()
