"""Files over the wire: one of 1 MB is taken, a larger one refused, also where its size is not said before."""

import asyncio
from collections.abc import Sequence
from http.client import HTTPConnection
from typing import Final
from urllib.parse import urlsplit

from asked_over import finished
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.browser import Server
from tests.load.visitor import Visitor

HEAD: Final = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
TAIL: Final = b"\r\n--edge--\r\n"
MOST: Final = 2**20  # bytes: server.maxUploadSize
WRAPPING: Final = 2**20  # what Streamlit lets a request be larger than its file


def answered(url: str, session: str, body: bytes, size: int | None) -> int:
    """The status of an upload that says it has this size; no more is sent than the server reads. None: in one chunk
    that is not said to be the last."""
    wire = HTTPConnection(urlsplit(url).netloc, timeout=30)
    wire.request("GET", "/_stcore/health")
    answer = wire.getresponse()
    answer.read()
    cookie = (answer.headers["set-cookie"] or "").partition(";")[0]
    wire.putrequest("PUT", f"/_stcore/upload_file/{session}/file")
    wire.putheader("Content-Type", "multipart/form-data; boundary=edge")
    wire.putheader("Cookie", cookie)
    wire.putheader("X-Xsrftoken", cookie.partition("=")[2])
    wire.putheader(*(("Transfer-Encoding", "chunked") if size is None else ("Content-Length", str(size))))
    wire.endheaders()
    wire.send(b"%x\r\n%b\r\n" % (len(body), body) if size is None else body)
    status = wire.getresponse().status
    wire.close()
    return status


async def uploads(url: str, requests: Sequence[tuple[bytes, int | None]]) -> list[int]:
    """What one visitor is answered to each."""
    async with Visitor(url) as visitor:
        await visitor.send(visitor.message())
        session = ""
        while not session:
            assert visitor.socket
            message = await visitor.socket.recv()
            assert isinstance(message, bytes)
            session = ForwardMsg.FromString(message).new_session.initialize.session_id
        return [await asyncio.to_thread(answered, url, session, *request) for request in requests]


def test_no_file_is_larger_than_the_setting_says(server: Server) -> None:
    whole = HEAD + b"1" * (MOST - len(HEAD + TAIL)) + TAIL
    endless = HEAD + b"1" * (MOST + WRAPPING)
    before = len(server.log.read_text())
    assert finished(uploads(server.url, [(whole, MOST), (b"", MOST + 1), (endless, None)])) == [204, 413, 413]
    assert "Traceback" not in server.log.read_text()[before:]
