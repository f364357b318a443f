"""Let functions read tables' streams again after a restart.

MiniStack (1.5.33) keeps how far each function has read a stream, and not the stream itself: after a restart, as many
new records as there were old ones would be taken for read. Without the number a function begins where its event source
says, which is at the beginning of the new stream.
"""

import json
from pathlib import Path

KEPT = "dynamodb_stream_positions"


def begin_anew(state: Path) -> None:
    """Forget the positions in the state that the emulator is about to read."""
    file = state / "lambda.json"
    if not file.exists():
        return
    told = json.loads(file.read_text())
    positions = told.get("payload", {}).get(KEPT, {})
    if not positions.get("data"):
        return
    positions["data"] = {}
    fresh = file.with_suffix(".json.new")
    fresh.write_text(json.dumps(told))
    fresh.replace(file)
