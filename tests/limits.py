"""A process of its own that may write no file and take no more than so many seconds of its processor.

Whoever exceeds the time is ended by the system, however busy the machine is; writing to a file fails as on a full disk.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parent
FULL: Final = {"HOME": "/nonexistent", "TMPDIR": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1"}


def limited(arguments: list[str], seconds: int) -> str:
    """What a Python with these arguments prints, under both limits; the tests' own files can be imported."""
    found = subprocess.run(
        [sys.executable, *arguments], cwd=TESTS.parent, capture_output=True, text=True, check=False,
        env={**os.environ, **FULL, "PYTHONPATH": f"{TESTS.parent}{os.pathsep}{TESTS}"},
        preexec_fn=lambda: _limit(seconds),
    )  # fmt: skip
    assert found.returncode == 0, f"it ended with {found.returncode}:\n{found.stderr}"
    return found.stdout


def _limit(seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
