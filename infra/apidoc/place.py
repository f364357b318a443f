"""Where the document is kept: beside the edge function which serves it; docs/openapi.json is a link to it."""

from pathlib import Path

FILE = Path(__file__).parents[2] / "functions" / "edge" / "openapi.json"
