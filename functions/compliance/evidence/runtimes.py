"""Until when AWS supports a Lambda runtime; the dates are data, with their source, in runtimes.json."""

import json
from datetime import date, datetime
from functools import cache
from pathlib import Path


@cache
def _deprecated() -> dict[str, str]:
    data = json.loads((Path(__file__).parent / "runtimes.json").read_text(encoding="utf-8"))
    return dict(data["deprecated"])


def support_days_left(runtime: str, at: datetime) -> int | None:
    """Below zero when support has ended; None for a runtime that the data does not know."""
    ends = _deprecated().get(runtime)
    return None if ends is None else (date.fromisoformat(ends) - at.date()).days
