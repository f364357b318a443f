"""Write `_sync` from `_async`: the same clients for programs without an event loop.

Each method is written once, for asyncio; this takes the waiting out of it. `make sdk` runs it, and a test compares.
"""

import re
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parent / "src" / "pentarch_client" / "_async"
TARGET = SOURCE.with_name("_sync")
_MARK = '# Written from _async by unasync.py ("make sdk"): change it there.\n'
_WORDS = (
    (r"\b(_?)Async(?=[A-Z])", r"\1"),
    (r"\bAbstractAsyncContextManager\b", "AbstractContextManager"),
    (r"\basynccontextmanager\b", "contextmanager"),
    (r"\basync (def|with|for)\b", r"\1"),
    (r"\bawait ", ""),
    (r"__a(enter|exit|iter)__", r"__\1__"),
    (r"\.aiter_", ".iter_"),
    (r"\ba(close|read)\(", r"\1("),
    (r"\basyncio\.wait_for\((\w+)\.recv\(\), (\w+)\)", r"\1.recv(\2)"),
    (r"\basyncio\.sleep\b", "time.sleep"),
    (r"^import asyncio\n", "import time\n"),
    (r"\bwebsockets\.asyncio\b", "websockets.sync"),
    (r"\b_async\b", "_sync"),
    (r"  # noqa: ASYNC109 [^\n]*", ""),
)


def written(text: str) -> str:
    text = _without("Awaitable", text)
    for pattern, replacement in _WORDS:
        text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
    return _MARK + text


def _without(generic: str, text: str) -> str:
    """`Awaitable[X]` as `X`, and its name out of the imports."""
    while (start := text.find(generic + "[")) >= 0:
        begin = start + len(generic) + 1
        depth, end = 1, begin
        while depth:
            depth += {"[": 1, "]": -1}.get(text[end], 0)
            end += 1
        text = text[:start] + text[begin : end - 1] + text[end:]
    return re.sub(rf"\b{generic}, |, {generic}\b", "", text)


def main() -> int:
    """Write what differs; with `--check`, only say what would."""
    wanted = {path.name: written(path.read_text()) for path in sorted(SOURCE.glob("*.py"))}
    formatted = {name: _formatted(text) for name, text in wanted.items()}
    TARGET.mkdir(exist_ok=True)
    there = {path.name: path.read_text() for path in TARGET.glob("*.py")}
    differing = sorted(name for name in formatted.keys() | there.keys() if formatted.get(name) != there.get(name))
    if "--check" in sys.argv:
        print("\n".join(differing), end="")
        return 1 if differing else 0
    for name in differing:
        if name in formatted:
            (TARGET / name).write_text(formatted[name])
        else:
            (TARGET / name).unlink()
    return 0


def _formatted(text: str) -> str:
    for arguments in (["check", "--select", "I001,F401", "--fix-only"], ["format"]):
        text = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, "--quiet", "--stdin-filename", str(TARGET / "x.py"), "-"],
            input=text,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    return text


if __name__ == "__main__":
    sys.exit(main())
