"""Who is let in, and what the server says of itself: asked without a server."""

from typing import Final

import pytest
from asked_over import ask
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from initlab.server.guard import Guard, ancestors

HOST: Final = {"host": "lab.example.edu"}


class Inner:
    """Answers in its own words, and notes what messages it is given."""

    def __init__(self) -> None:
        self.heard: list[Message] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await PlainTextResponse("the app")(scope, receive, send)
            return
        while (message := await receive())["type"] != "websocket.disconnect":
            self.heard.append(message)
        await send({"type": "websocket.accept"})


def guarded() -> tuple[Guard, Inner]:
    inner = Inner()
    return Guard(inner, ("'self'",)), inner


@pytest.mark.parametrize("path", ["/", "/race", "/static/js/index.js", "/media/x.png", "/_stcore/health"])
def test_every_answer_carries_the_security_headers(path: str) -> None:
    found = ask(guarded()[0], path, HOST)
    assert found.body == b"the app"
    assert found.headers["x-content-type-options"] == "nosniff"
    rules = dict(rule.split(" ", 1) for rule in found.headers["content-security-policy"].split("; "))
    assert rules["default-src"] == rules["frame-ancestors"] == "'self'"
    assert "unsafe" not in rules["script-src"]
    assert rules["script-src"].count("sha256-") == 1, "Streamlit's page has one script of its own within it"


@pytest.mark.parametrize(
    "path", ["/_stcore/metrics", "/lab/_stcore/metrics", "/_stcore/agent/mcp", "/_stcore/script-health-check"]
)
def test_what_the_server_knows_of_itself_is_not_public(path: str) -> None:
    found = ask(guarded()[0], path, HOST)
    assert (found.status, found.body) == (404, b"Not found")
    assert "content-security-policy" in found.headers


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost", "https://lab.example.edu.evil.example", ""]
)
def test_a_websocket_from_a_foreign_page_is_closed_before_it_is_accepted(origin: str) -> None:
    guard, inner = guarded()
    found = ask(guard, "/_stcore/stream", {**HOST, "origin": origin}, "websocket")
    assert [(message["type"], message["code"]) for message in found.messages] == [("websocket.close", 1008)]
    assert not inner.heard


@pytest.mark.parametrize("origin", [{}, {"origin": "https://lab.example.edu"}, {"origin": "http://lab.example.edu"}])
def test_ones_own_page_and_clients_that_are_no_browsers_are_let_in(origin: dict[str, str]) -> None:
    guard, _ = guarded()
    found = ask(guard, "/_stcore/stream", {**HOST, **origin}, "websocket", [{"type": "websocket.disconnect"}])
    assert [message["type"] for message in found.messages] == ["websocket.accept"]


def test_no_visitor_can_empty_the_caches_of_all() -> None:
    guard, inner = guarded()
    sent = [BackMsg(clear_cache=True), BackMsg(set_run_on_save=True), BackMsg(app_heartbeat=True)]
    messages = [{"type": "websocket.receive", "bytes": message.SerializeToString()} for message in sent]
    spoilt = {"type": "websocket.receive", "bytes": b"\xff\xff not a message"}
    ask(guard, "/_stcore/stream", HOST, "websocket", [*messages, spoilt, {"type": "websocket.disconnect"}])
    assert inner.heard == [messages[2], spoilt], "what is no message is Streamlit's to refuse"


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("", ("'self'",)),
        ("https://moodle.example.edu", ("https://moodle.example.edu",)),
        (" 'self'  https://*.example.edu:8443 http://localhost ", ("'self'", "https://*.example.edu:8443", "http://localhost")),
        ("*", ("*",)),
        ("'none'", ("'none'",)),
    ],
)  # fmt: skip
def test_the_sites_that_may_frame_the_app_are_a_list(setting: str, expected: tuple[str, ...]) -> None:
    assert ancestors(setting) == expected


@pytest.mark.parametrize("setting", ["moodle", "https://a;script-src", "https://a,https://b", "javascript:x", "self"])
def test_what_is_no_origin_is_refused_with_what_would_do(setting: str) -> None:
    with pytest.raises(ValueError, match=r"origins with blanks between them, got .*; write https://host"):
        ancestors(setting)
