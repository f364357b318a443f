"""What the routes of the slice share."""

from typing import Annotated

from fastapi import Path

READ = "sessions:read"
WRITE = "sessions:write"
DECIDE = "approvals:write"
MAX_LIMIT = 100
MAX_OFFSET = 100_000
"""Walked by keys, 0.1 KB each."""

Id = Annotated[str, Path(alias="id", max_length=64)]
