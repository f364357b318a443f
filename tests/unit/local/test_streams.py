"""What a restart of the emulator must not remember."""

import json
from pathlib import Path

from local import streams

KEPT = {"functions": {"a": 1}, streams.KEPT: {"__account_region_scoped__": True, "data": {"mapping": 3643}}}


def test_only_the_positions_in_streams_are_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "lambda.json"
    file.write_text(json.dumps({"__ministack_format__": 1, "payload": KEPT}))
    streams.begin_anew(tmp_path)
    told = json.loads(file.read_text())
    assert told["payload"] == KEPT | {streams.KEPT: {"__account_region_scoped__": True, "data": {}}}
    assert [found.name for found in tmp_path.iterdir()] == ["lambda.json"]


def test_a_state_without_functions_is_left_alone(tmp_path: Path) -> None:
    streams.begin_anew(tmp_path)
    file = tmp_path / "lambda.json"
    file.write_text("{}")
    streams.begin_anew(tmp_path)
    assert file.read_text() == "{}"
