"""Run as a script, on a full disk: opens pages, uploads a table, writes the report, and prints what came of it."""

import json
import sys
import tempfile
from typing import Any

from limits import fill_the_disk
from visits import QUICK, charts, visit

from initlab.own_examples import example_table
from initlab.ui import shown, take

SHORT = {**QUICK, "race_epochs": "1", "race_starts": "Zeros;Glorot normal"}


def disk_is_full() -> bool:
    try:
        with tempfile.TemporaryFile() as target:
            target.write(b"x")
            target.flush()
    except OSError:
        return True
    return False


def report() -> int:
    """Characters of the report of what was shown last."""
    app: Any = visit(QUICK)
    found: shown.Shown = app.session_state[shown.KEY]
    return len(take._written("Signal", "http://localhost", found, {}))


def uploaded() -> list[str]:
    app = visit(QUICK, page="own")
    app.file_uploader(key="own_csv").set_value(("t.csv", example_table(), "text/csv"))
    app.run()
    return [*(one.message for one in app.exception), *(caption.value for caption in app.caption)]


if __name__ == "__main__":
    fill_the_disk()
    pages = {page: visit(SHORT, page=page) for page in sys.argv[1:]}
    found = {
        "full": disk_is_full(), "report": report(), "uploaded": uploaded(),
        "charts": {page: len(charts(app)) for page, app in pages.items()},
        "exceptions": [one.message for app in pages.values() for one in app.exception],
    }  # fmt: skip
    json.dump(found, sys.stdout)
