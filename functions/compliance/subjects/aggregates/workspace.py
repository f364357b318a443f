"""Files of the workspace that name a person, in any version, and what sessions propose.

A content lies under its own digest and is found through the index. So the masked content is written beside it, the
index's rows are led there, and the old content goes for good; a version keeps its number, author and time.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from compliance.subjects.aggregates.aggregate import Aggregate, Record
from compliance.subjects.aggregates.objects import Files
from compliance.subjects.model import Counts, Person, Request
from pentarch.files import store as files
from pentarch.files.errors import FileMissingError
from pentarch.platform import clock
from pentarch.platform.tables import Transaction
from pentarch.workspace import objects
from pentarch.workspace.errors import FileMovedError
from pentarch.workspace.model import digest
from pentarch.workspace.table import FileItem, path_of, version_key

_KINDS = ("file#", "version#")


def _rows(tenant: str) -> Iterator[FileItem]:
    """The present versions, and all that there were."""
    for kind in _KINDS:
        for item in FileItem.query(tenant, FileItem.key.startswith(kind), consistent_read=True):
            if not item.deleted:
                yield item


def _content(item: FileItem) -> bytes | None:
    """4 MB at most; None of what is no text, or was erased by another row already."""
    with suppress(FileMissingError):
        body = objects.get(objects.content_key(item.tenant, path_of(item.key), item.sha256))
        return None if b"\0" in body else body
    return None


def _naming(tenant: str, person: Person) -> Iterator[tuple[FileItem, bytes]]:
    for item in _rows(tenant):
        body = _content(item)
        if body is not None and person.name.are_in_bytes([body]):
            yield item, body


def _find(tenant: str, person: Person) -> Counts:
    found = {"files": 0, "versions": 0, "unread": 0, "called_so": 0}
    for item in _rows(tenant):
        body, is_present = _content(item), item.key.startswith(_KINDS[0])
        if body is not None and person.name.are_in_bytes([body]):
            found["files" if is_present else "versions"] += 1
        found["unread"] += int(is_present and body is None)
        found["called_so"] += int(is_present and person.name.are_in(path_of(item.key)))
    return found


def _records(tenant: str, person: Person) -> Iterator[Record]:
    for item, body in _naming(tenant, person):
        lines = [line for line in body.decode(errors="replace").splitlines() if person.name.are_in(line)]
        yield {"record": "file", "path": path_of(item.key), "version": int(item.version), "lines": lines}


def _erase(request: Request, person: Person) -> None:
    begun = clock.now()
    for item, body in _naming(request.tenant, person):
        path = path_of(item.key)
        masked = b"".join(person.name.masked_bytes([body]))
        after = digest(masked)
        objects.put(objects.content_key(item.tenant, path, after), masked, item.content_type)
        transaction = Transaction()
        for key in {item.key, *_twin(item)}:
            row = FileItem(item.tenant, key)
            unmoved = (FileItem.sha256 == item.sha256) & (FileItem.version == item.version)
            transaction.update(row, [FileItem.sha256.set(after)], condition=unmoved, otherwise=FileMovedError(path))
        with suppress(FileMovedError):  # it has a new version: this one is met again in the history
            transaction.commit()
    _sweep(request.tenant, person, begun)


def _twin(item: FileItem) -> tuple[str, ...]:
    """Of a present version, its row in the history, which has the same content."""
    if not item.key.startswith(_KINDS[0]):
        return ()
    return (version_key(path_of(item.key), int(item.version)),)


def _sweep(tenant: str, person: Person, begun: datetime) -> None:
    """Remove contents that name the person and that no row leads to any more; what was written since may have one."""
    led_to = {objects.content_key(tenant, path_of(item.key), item.sha256) for item, _ in _naming(tenant, person)}
    for version in files.versions(f"{objects.FILES}/{tenant}/", within=objects.bucket()):
        is_ours = version.key not in led_to and version.modified < begun
        if is_ours and person.name.are_in_bytes(files.version_chunks(version)):
            files.delete_version(version)


def _kept(request: Request, _: Person) -> str | None:
    found, grounds = request.found["workspace"], []
    if found["unread"]:
        grounds.append(f"{found['unread']} files hold no plain text, so nobody knows whom they name: look into them")
    if found["called_so"]:
        grounds.append("files are found by their paths: rename those that are called so")
    return "; ".join(grounds) or None


WORKSPACE = Aggregate(
    "workspace",
    ("WorkspaceTable", f"WorkspaceBucket/{objects.FILES}"),
    _find,
    _records,
    _erase,
    _kept,
)
PROPOSALS = Files("proposals", objects.PROPOSALS, bucket="WorkspaceBucket").aggregate()
