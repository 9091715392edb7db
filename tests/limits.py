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


LIMIT: Final = """
import resource, runpy, sys
seconds, *sys.argv = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def limited(arguments: list[str], seconds: int) -> str:
    """What a script with its arguments prints within the limit; the tests' own files can be imported.

    The limit is set by the new process itself: between fork and exec it cannot be, where JAX has threads.
    """
    found = subprocess.run(
        [sys.executable, "-c", LIMIT, str(seconds), *arguments],
        cwd=TESTS.parent, capture_output=True, text=True, check=False,
        env={**os.environ, **HOMELESS, "PYTHONPATH": f"{TESTS.parent}{os.pathsep}{TESTS}"},
    )  # fmt: skip
    assert found.returncode == 0, f"it ended with {found.returncode}:\n{found.stderr}"
    return found.stdout


def fill_the_disk() -> None:
    """From now on whatever this process writes to a file fails, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
