"""A process of its own that takes no more than so many seconds of its processor, and may find the disk full.

Whoever exceeds the time is ended by the system, however busy the machine is.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parent
HOMELESS: Final = {"HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1"}


def limited(arguments: list[str], seconds: int) -> str:
    """What a Python with these arguments prints within the limit; the tests' own files can be imported."""
    found = subprocess.run(
        [sys.executable, *arguments], cwd=TESTS.parent, capture_output=True, text=True, check=False,
        env={**os.environ, **HOMELESS, "PYTHONPATH": f"{TESTS.parent}{os.pathsep}{TESTS}"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds)),
    )  # fmt: skip
    assert found.returncode == 0, f"it ended with {found.returncode}:\n{found.stderr}"
    return found.stdout


def fill_the_disk() -> None:
    """From now on whatever this process writes to a file fails, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
