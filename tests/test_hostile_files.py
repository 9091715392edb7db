"""What is uploaded to do harm: a sentence each, in bounded time and memory, and nothing on the disk."""

import json

from hostile_files import OK, TABLES, WEIGHTS
from limits import limited

SECONDS = 30  # of the processor, for all files together: each of some took an hour once
MOST_MEGABYTES = 100


def test_hostile_files_get_a_sentence_in_bounded_time_and_memory_without_a_disk() -> None:
    found = json.loads(limited(["tests/hostile_files.py"], SECONDS))
    for file, said in zip((*TABLES, *WEIGHTS), found["said"], strict=True):
        assert file.said in said, file.name
        assert said == OK or said.count(";") >= 2, file.name
        assert len(said) < 500, file.name
    assert found["megabytes"] < MOST_MEGABYTES
