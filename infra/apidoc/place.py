"""Where what is made is kept: the document beside the edge function, which serves it (docs/openapi.json is a link)."""

from pathlib import Path

_ROOT = Path(__file__).parents[2]
FILE = _ROOT / "functions" / "edge" / "openapi.json"
TYPES = _ROOT / "sdk" / "js" / "src" / "operations.d.ts"
