"""What a version lends to prompts once it serves in production: see `pentarch.llm.specialists`."""

import json
from typing import Any

from pentarch.files import store as files
from pentarch.llm.specialists import MAX_EXAMPLE_CHARACTERS, MAX_EXAMPLES, Briefing
from specialists import signing
from specialists.model import Specialist, Version


def rows(version: Version) -> dict[str, list[dict[str, Any]]]:
    """The held-out rows that probe a model, and examples of what it learned from."""
    prefix = signing.prefix(version.tenant, version.specialist_id)
    found: dict[str, list[dict[str, Any]]] = json.loads(files.get(f"{prefix}/{version.model_hash}/rows.json"))
    return found


def of(specialist: Specialist, version: Version) -> Briefing:
    """Its description, and labelled texts as far as it learned from such."""
    examples = [
        (str(row["text"])[:MAX_EXAMPLE_CHARACTERS], str(row["label"]))
        for row in rows(version)["examples"]
        if "text" in row and "label" in row
    ]
    return Briefing(
        specialist_id=specialist.id,
        name=specialist.name,
        version=version.number,
        instructions=specialist.description,
        examples=tuple(examples[:MAX_EXAMPLES]),
        mode=specialist.mode,
        tuned=None if version.tuned is None else dict(version.tuned),
    )
