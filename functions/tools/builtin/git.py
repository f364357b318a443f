"""Git over https: what a revision holds, what changed, who wrote it."""

import io
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from dulwich.annotate import update_lines
from dulwich.diff_tree import RenameDetector, TreeChange, tree_changes
from dulwich.graph import find_merge_base
from dulwich.object_store import iter_tree_contents, tree_lookup_path
from dulwich.objects import Blob, Commit
from dulwich.patch import write_object_diff
from dulwich.repo import Repo

from pentarch.platform.egress import Reach
from tools.builtin import remote
from tools.failures import Code, ToolFailedError

DEPTHS = {"clone": 1, "show": 1, "diff": 1, "log": 100, "blame": 500}
MERGE_BASE_DEPTH = 500
MAX_TEXT_BYTES = 1024 * 1024
"""Of a diff or a file, before the result as a whole is cut to what is kept."""
MAX_BLAMED_BYTES = 256 * 1024
_FILE_MODES = (0o100644, 0o100755, 0o120000)


def run(request: Mapping[str, Any]) -> dict[str, Any]:
    asked = request["parameters"]
    operation = asked["operation"]
    is_diff = operation == "diff"
    from_merge_base = is_diff and asked.get("from_merge_base", False)
    fetched = remote.fetch(
        asked["repository"],
        [asked["base"], asked.get("head")] if is_diff else [asked.get("ref")],
        Path("repository"),
        depth=asked.get("depth") or (MERGE_BASE_DEPTH if from_merge_base else DEPTHS[operation]),
        reach=Reach(request["reach"]),
        authorization=request.get("authorization"),
    )
    with closing(fetched.repository):
        return _answered(operation, fetched, asked)


def _answered(operation: str, fetched: remote.Fetched, asked: Mapping[str, Any]) -> dict[str, Any]:
    repository, most = fetched.repository, asked["max_entries"]
    path = None if asked.get("path") is None else asked["path"].strip("/").encode()
    commit = fetched.commits[-1]
    match operation:
        case "diff":
            from_merge_base = asked.get("from_merge_base", False)
            return diff(repository, fetched.commits[0], commit, path, most, from_merge_base=from_merge_base)
        case "clone":
            branches = {"default_branch": fetched.default_branch, "branches": list(fetched.branches[:most])}
            return tree(repository, commit, most) | branches
        case "log":
            return log(repository, commit, path, most)
        case "show":
            return show(repository, commit, path or b"")
        case _:
            return blame(repository, commit, path or b"")


def tree(repository: Repo, commit: Commit, most: int) -> dict[str, Any]:
    """Every file of a revision; the first ones are listed."""
    files: list[dict[str, Any]] = []
    count = size = 0
    for entry in iter_tree_contents(repository.object_store, commit.tree):
        if entry.mode not in _FILE_MODES or entry.sha is None or entry.path is None:
            continue  # a submodule is another repository's
        length = repository.object_store[entry.sha].raw_length()
        count, size = count + 1, size + length
        if len(files) < most:
            files.append({"path": _text(entry.path), "bytes": length})
    return {"commit": told(commit), "files": files, "file_count": count, "bytes": size, "truncated": count > most}


def show(repository: Repo, commit: Commit, path: bytes) -> dict[str, Any]:
    data = _file(repository, commit, path)
    text, is_cut = _readable(data)
    return {
        "commit": told(commit),
        "path": _text(path),
        "bytes": len(data),
        "is_binary": text is None,
        "content": text,
        "truncated": is_cut,
    }


def diff(
    repository: Repo, base: Commit, head: Commit, path: bytes | None, most: int, *, from_merge_base: bool
) -> dict[str, Any]:
    """A unified diff, and what it adds and removes, file by file."""
    begun = base
    if from_merge_base:
        found = find_merge_base(repository, [base.id, head.id])
        if not found:
            msg = "the two have no common commit within the history that was fetched: give a larger depth"
            raise ToolFailedError(Code.NOT_FOUND, msg)
        merged = repository[found[0]]
        begun = merged if isinstance(merged, Commit) else base
    out = io.BytesIO()
    files: list[dict[str, Any]] = []
    changed = inserted = deleted = 0
    is_cut = False
    for change in _changes(repository, begun, head, path):
        text = _unified(repository, change)
        plus, minus = _counted(text)
        changed, inserted, deleted = changed + 1, inserted + plus, deleted + minus
        if len(files) < most:
            files.append({**_named(change), "insertions": plus, "deletions": minus})
        if out.tell() + len(text) <= MAX_TEXT_BYTES:
            out.write(text)
        else:
            is_cut = True
    return {
        "base": told(begun),
        "head": told(head),
        "files_changed": changed,
        "insertions": inserted,
        "deletions": deleted,
        "files": files,
        "diff": _text(out.getvalue()),
        "truncated": is_cut or changed > len(files),
    }


def log(repository: Repo, commit: Commit, path: bytes | None, most: int) -> dict[str, Any]:
    """Commits, newest first."""
    paths = None if path is None else [path]
    walker = repository.get_walker(include=[commit.id], paths=paths, max_entries=most + 1)
    commits = [told(entry.commit) for entry in walker]
    return {"commits": commits[:most], "count": min(len(commits), most), "truncated": len(commits) > most}


def blame(repository: Repo, commit: Commit, path: bytes) -> dict[str, Any]:
    """For each line of a file the commit that wrote it, as far as the fetched history goes."""
    if len(_file(repository, commit, path)) > MAX_BLAMED_BYTES:
        msg = f"blame takes files of {MAX_BLAMED_BYTES} bytes at most"
        raise ToolFailedError(Code.TOO_LARGE, msg)
    revisions: list[tuple[Commit, Any]] = []
    name = path
    for entry in repository.get_walker(include=[commit.id], paths=[path], follow=True):
        change = next((one for one in _flat(entry.changes()) if one.new is not None and one.new.path == name), None)
        if change is None or change.new is None:
            continue
        revisions.append((entry.commit, change.new))
        if change.old is not None and change.old.path is not None:
            name = change.old.path
    lines: list[Any] = []
    for one, found in reversed(revisions):
        blob = repository.object_store[found.sha]
        if isinstance(blob, Blob):
            lines = update_lines(lines, (one, found), blob)
    commits = {one.id.decode(): told(one) for (one, _), _ in lines}
    shown = [
        {"line": number, "commit": one.id.decode(), "text": _text(text).rstrip("\r\n")}
        for number, ((one, _), text) in enumerate(lines, 1)
    ]
    return {"path": _text(path), "lines": shown, "line_count": len(shown), "commits": commits}


def told(commit: Commit) -> dict[str, Any]:
    name, _, rest = _text(commit.author).partition(" <")
    zone = timezone(timedelta(seconds=commit.author_timezone))
    at = datetime.fromtimestamp(min(max(commit.author_time, 0), 253_402_300_799 - 86_400), UTC).astimezone(zone)
    return {
        "id": commit.id.decode(),
        "message": _text(commit.message)[:10_000],
        "author": name,
        "email": rest.rstrip(">"),
        "date": at.isoformat(),
        "parents": [parent.decode() for parent in commit.parents],
    }


def _file(repository: Repo, commit: Commit, path: bytes) -> bytes:
    try:
        _, name = tree_lookup_path(repository.__getitem__, commit.tree, path)
        found = repository.object_store[name]
    except (KeyError, ValueError) as error:
        msg = "the revision has no such file"
        raise ToolFailedError(Code.NOT_FOUND, msg) from error
    if not isinstance(found, Blob):
        msg = "it is a folder, not a file"
        raise ToolFailedError(Code.BAD_PARAMETERS, msg)
    return found.data


def _changes(repository: Repo, base: Commit, head: Commit, path: bytes | None) -> Iterator[TreeChange]:
    store = repository.object_store
    for change in tree_changes(store, base.tree, head.tree, rename_detector=RenameDetector(store)):
        places = [one.path for one in (change.old, change.new) if one is not None and one.path is not None]
        if path is None or any(place == path or place.startswith(path + b"/") for place in places):
            yield change


def _unified(repository: Repo, change: TreeChange) -> bytes:
    out = io.BytesIO()
    old, new = change.old, change.new
    write_object_diff(
        out,
        repository.object_store,
        (None, None, None) if old is None else (old.path, old.mode, old.sha),
        (None, None, None) if new is None else (new.path, new.mode, new.sha),
    )
    return out.getvalue()


def _counted(text: bytes) -> tuple[int, int]:
    """Lines that are added and removed; the two lines that name the file are neither."""
    plus = minus = 0
    is_body = False
    for line in text.split(b"\n"):
        if line.startswith(b"@@"):
            is_body = True
        elif is_body:
            plus += line.startswith(b"+")
            minus += line.startswith(b"-")
    return plus, minus


def _named(change: TreeChange) -> dict[str, Any]:
    old = None if change.old is None or change.old.path is None else _text(change.old.path)
    new = None if change.new is None or change.new.path is None else _text(change.new.path)
    named = {"path": new or old, "change": change.type}
    return named | ({"old_path": old} if old and new and old != new else {})


def _flat(changes: Any) -> Iterator[TreeChange]:  # noqa: ANN401 (a merge has a list for each of its changes)
    for one in changes:
        if isinstance(one, list):
            yield from (each for each in one if each is not None)
        elif one is not None:
            yield one


def _readable(data: bytes) -> tuple[str | None, bool]:
    """The text of a file, cut where it is long; None for what is no text."""
    if b"\0" in data[:8000]:
        return None, False
    return _text(data[:MAX_TEXT_BYTES]), len(data) > MAX_TEXT_BYTES


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
