"""Python sources that a tool shall look at, put into a folder of the run: given, of the workspace, or of a repository.

Only files of Python source are put there, so that no configuration that lies beside them has a say in what is checked.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import Any

from pentarch.platform.egress import Reach
from tools.failures import Code, ToolFailedError

FOLDER = "given"
"""In the run's directory; files of the workspace are there already when the run begins."""
ENDINGS = (".py", ".pyi")
MAX_FILES = 2000
MAX_BYTES = 16 * 1024 * 1024
_REGULAR = (0o100644, 0o100755)


def gathered(request: Mapping[str, Any]) -> Path:
    """The folder with the sources, each under its own path."""
    asked, folder = request["parameters"], Path(FOLDER)
    folder.mkdir(exist_ok=True)
    if "code" in asked:
        _write(folder, [("code.py", asked["code"].encode())])
    elif "files" in asked:
        _write(folder, ((path, text.encode()) for path, text in asked["files"].items()))
    elif "repository" in asked:
        _write(folder, _of_repository(request))
    if not any(folder.rglob("*.py*")):
        msg = f"there is no Python source in it: files are named {' or '.join('*' + one for one in ENDINGS)}"
        raise ToolFailedError(Code.NOT_FOUND, msg)
    return folder


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in ENDINGS and path.is_file())


def name_of(path: str | Path, folder: Path) -> str:
    """A file as its owner knows it."""
    return str(Path(path).resolve().relative_to(folder.resolve()))


def safe_path(name: str) -> PurePosixPath:
    """A relative path that stays where it is put."""
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name or not path.name:
        msg = f"{name[:100]!r} is no path of a file"
        raise ToolFailedError(Code.BAD_PARAMETERS, msg)
    return path


def _write(folder: Path, sources: Any) -> None:  # noqa: ANN401 (pairs of a path and its content)
    count = size = 0
    for name, content in sources:
        path = safe_path(name)
        if path.suffix not in ENDINGS:
            continue
        count, size = count + 1, size + len(content)
        if count > MAX_FILES or size > MAX_BYTES:
            msg = f"there are more than {MAX_FILES} files or {MAX_BYTES} bytes of source"
            raise ToolFailedError(Code.TOO_LARGE, msg)
        place = folder / path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        except OSError as error:  # a name that is too long, a folder named as a file
            msg = f"{name[:100]!r} cannot be a file's path"
            raise ToolFailedError(Code.BAD_PARAMETERS, msg) from error


def _of_repository(request: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    from dulwich.object_store import iter_tree_contents
    from dulwich.objects import Blob

    from tools.builtin import remote

    asked = request["parameters"]
    fetched = remote.fetch(
        asked["repository"],
        [asked.get("ref")],
        Path("repository"),
        depth=1,
        reach=Reach(request["reach"]),
        authorization=request.get("authorization"),
    )
    with closing(fetched.repository):
        store = fetched.repository.object_store
        for entry in iter_tree_contents(store, fetched.commits[0].tree):
            if entry.path is None or entry.sha is None or entry.mode not in _REGULAR:
                continue  # a link leads elsewhere, a submodule is another repository's
            name = entry.path.decode(errors="replace")
            found = store[entry.sha] if name.endswith(ENDINGS) else None
            if isinstance(found, Blob):
                yield name, found.data
