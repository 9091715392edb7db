"""Streamlit's own files go over the wire compressed, and are compressed once."""

import gzip
from typing import Final

import pytest
from asked_over import ask
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from initlab.server import packed
from initlab.server.packed import Packed

TEXT: Final = "let weights = draw();\n" * 500
FOR_EVER: Final = "public, immutable, max-age=31536000"


class Files:
    """Counts how often it is asked."""

    def __init__(self, cached: str = FOR_EVER, status: int = 200) -> None:
        self.times, self._cached, self._status = 0, cached, status

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.times += 1
        await PlainTextResponse(TEXT, self._status, {"cache-control": self._cached})(scope, receive, send)


def test_a_file_is_compressed_once_for_all_visitors() -> None:
    files = Files()
    app = Packed(files)
    for _ in range(3):
        found = ask(app, "/static/js/index.js", {"accept-encoding": "gzip, br"})
        assert found.headers["content-encoding"] == "gzip"
        assert gzip.decompress(found.body).decode() == TEXT
        assert len(found.body) < len(TEXT) / 20
    assert files.times == 1


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/static/js/index.js", {}),
        ("/static/js/index.js", {"accept-encoding": "gzip", "range": "bytes=0-10"}),
        ("/static/js/index.js", {"accept-encoding": "gzip", "if-none-match": "x"}),
        ("/_stcore/health", {"accept-encoding": "gzip"}),
    ],
)
def test_everything_else_goes_through_untouched(path: str, headers: dict[str, str]) -> None:
    files = Files()
    app = Packed(files)
    for times in (1, 2):
        found = ask(app, path, headers)
        assert "content-encoding" not in found.headers
        assert found.body.decode() == TEXT
        assert files.times == times


@pytest.mark.parametrize("files", [Files(cached="no-cache"), Files(status=404)])
def test_what_may_change_and_what_is_not_there_is_not_kept(files: Files) -> None:
    app = Packed(files)
    before = files.times
    for _ in range(2):
        ask(app, "/static/anything", {"accept-encoding": "gzip"})
    assert files.times == before + 2


def test_no_more_is_kept_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MOST", 1)
    files = Files()
    app = Packed(files)
    for _ in range(2):
        assert gzip.decompress(ask(app, "/static/js/index.js", {"accept-encoding": "gzip"}).body).decode() == TEXT
    assert files.times == 2
