"""Several processes of the app behind Debian's HAProxy, with the configuration that `deploy/` has for it."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.browser import ROOT, Server, free_port, serving, stop, wait_until_healthy

CONFIGURATION: Final = ROOT / "deploy" / "haproxy.cfg"
PROGRAM: Final = shutil.which("haproxy") or "/usr/sbin/haproxy"


@dataclass(frozen=True, slots=True)
class Proxied(Server):
    """The proxy's own address, and the processes behind it."""

    behind: tuple[Server, ...] = ()


@contextmanager
def proxied(count: int) -> Iterator[Proxied]:
    """`count` processes, reached through one address; the proxy has two places."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        behind = tuple(
            stack.enter_context(serving(ROOT / "serve.py", folder / f"app{number}.log")) for number in range(count)
        )
        port, log = free_port(), folder / "proxy.log"
        places = {f"APP{number}": server.url.removeprefix("http://") for number, server in enumerate(behind, 1)}
        process = subprocess.Popen(
            [PROGRAM, "-f", str(CONFIGURATION)], stdout=stack.enter_context(log.open("wb")), stderr=subprocess.STDOUT,
            env={**os.environ, "LISTEN": f"127.0.0.1:{port}", **places},
        )  # fmt: skip
        stack.callback(stop, process)
        server = Proxied(f"http://127.0.0.1:{port}", log, process, behind)
        wait_until_healthy(server)
        yield server


def is_open(server: Server) -> bool:
    """Whether anything listens there."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0
