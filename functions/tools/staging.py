"""Files of the tenant's that a run needs, put into its directory before it begins."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Any

from tools.builtin.sources import ENDINGS, FOLDER
from tools.builtin.sql_query import FILE as DATABASE
from tools.failures import Code, ToolFailedError
from tools.stored import list_stored, open_stored

MAX_DATABASE_BYTES = 64 * 1024 * 1024
MAX_SOURCES = 500
MAX_SOURCE_BYTES = 16 * 1024 * 1024
_PAGE = 1000
_MAX_PAGES = 20
_READERS = 8


def database(tenant: str, parameters: Mapping[str, Any], place: Path) -> None:
    stored = open_stored(tenant, parameters["path"], parameters.get("version"))
    (place / DATABASE).write_bytes(stored.whole(MAX_DATABASE_BYTES))


def sources(tenant: str, parameters: Mapping[str, Any], place: Path) -> None:
    """The Python source of a path: one file, or what lies below a folder, which ends with a slash."""
    path = parameters.get("path")
    if path is None:
        return
    if not path.endswith("/"):
        stored = open_stored(tenant, path)
        name = PurePosixPath(path).name
        target = place / FOLDER / (name if name.endswith(ENDINGS) else f"{name}.py")
        target.parent.mkdir()
        target.write_bytes(stored.whole(MAX_SOURCE_BYTES))
        return
    _folder(tenant, path, place / FOLDER)


def _folder(tenant: str, path: str, folder: Path) -> None:
    rows = _listed(tenant, path)
    if len(rows) > MAX_SOURCES or sum(row["size"] for row in rows) > MAX_SOURCE_BYTES:
        msg = f"{path} has more than {MAX_SOURCES} files or {MAX_SOURCE_BYTES} bytes of Python source"
        raise ToolFailedError(Code.TOO_LARGE, msg)

    def fetch(name: str) -> tuple[str, bytes]:
        return name, open_stored(tenant, name).read()

    folder.mkdir()
    with ThreadPoolExecutor(_READERS) as pool:
        for name, content in pool.map(fetch, [row["path"] for row in rows]):
            target = folder / PurePosixPath(name.removeprefix(path))
            if ".." in target.parts:
                continue  # an object of S3 may have any name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def _listed(tenant: str, path: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    cursor: str | None = None
    for _ in range(_MAX_PAGES):
        page = list_stored(tenant, path, limit=_PAGE, cursor=cursor)
        rows += [row for row in page["entries"] if row["path"].endswith(ENDINGS)]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    return rows
