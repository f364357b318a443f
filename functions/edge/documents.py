"""The reference of the whole bundle: the OpenAPI document, and a page that shows it. Both are the same for everybody.

`openapi.json` is made from the functions by `make openapi`. The page loads nothing from elsewhere, and its policy lets
it run its own script alone.
"""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
PAGES = {"/openapi.json": "openapi.json", "/docs": "docs.html"}
METHODS = ("GET", "HEAD")
MAX_AGE_S = 300
"""How long a copy may be shown after an update of the stack without asking whether it still holds."""


class Document(NamedTuple):
    text: str
    etag: str
    headers: dict[str, str]


def answer(path: str, known: str | None) -> tuple[int, dict[str, str], str]:
    """Status, headers and body for one of `PAGES`; `known` is the `If-None-Match` that was sent."""
    found = _read(PAGES[path])
    headers = {"ETag": found.etag, "Cache-Control": f"public, max-age={MAX_AGE_S}"}
    if known is not None and found.etag in known:
        return 304, headers, ""
    return 200, headers | found.headers, found.text


@cache
def _read(name: str) -> Document:
    text = (HERE / name).read_text(encoding="utf-8")
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    if name.endswith(".json"):
        return Document(text, etag, {"Content-Type": "application/json"})
    return Document(text, etag, {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": _policy(text)})


def _policy(page: str) -> str:
    """What a page may do: run and be styled by what stands in it, and fetch from where it came."""
    hashes = {
        tag: " ".join(f"'sha256-{_digest(inline)}'" for inline in re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL))
        for tag in ("script", "style")
    }
    return (
        f"default-src 'none'; script-src {hashes['script']}; style-src {hashes['style']}; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
