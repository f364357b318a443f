"""Files of a workspace, read and changed: the index decides, in one transaction with the events; S3 holds contents."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from pentarch.events import store as events
from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.tables import Transaction, batch_get
from pentarch.workspace import facts, objects
from pentarch.workspace.errors import FileMovedError, FileTooLargeError, NoSuchFileError
from pentarch.workspace.model import MAX_FILE_BYTES, Author, Content, Entry, File, Totals, digest
from pentarch.workspace.table import TOTALS_KEY, FileItem, TotalsItem, file_key, path_of, version_key

_ATTEMPTS = 5
ANY = -1
"""In place of an expected version: whichever there is."""
ABSENT = 0
"""The version of a file that is not there."""


class Page(NamedTuple):
    """Files in the order of their paths; `next_cursor` is the path after which the next page begins."""

    entries: tuple[Entry, ...]
    next_cursor: str | None


def get(tenant: str, path: str, version: int | None = None) -> File:
    """A file as it is, or as it was in a version. NoSuchFileError."""
    entry = head(tenant, path, version)
    return File(entry, read(tenant, entry))


def read(tenant: str, entry: Entry) -> bytes:
    """The content of a version that is not a deletion."""
    return objects.get(objects.content_key(tenant, entry.path, entry.sha256))


def head(tenant: str, path: str, version: int | None = None) -> Entry:
    """As `get`, without the content."""
    key = file_key(path) if version is None else version_key(path, version)
    [item] = batch_get([(FileItem, tenant, key)], consistent=True)
    if item is None or item.deleted:
        raise NoSuchFileError(path, version)
    return _to_entry(item)


def heads(tenant: str, paths: Sequence[str]) -> dict[str, Entry]:
    """Those of up to 100 files that there are, in one call."""
    items = batch_get([(FileItem, tenant, file_key(path)) for path in paths], consistent=True) if paths else []
    return {path: _to_entry(item) for path, item in zip(paths, items, strict=True) if item is not None}


def page(tenant: str, prefix: str = "", *, limit: int = 100, cursor: str | None = None) -> Page:
    begins = file_key(prefix)
    found = list(
        FileItem.query(
            tenant,
            FileItem.key.startswith(begins),
            consistent_read=True,
            limit=limit + 1,
            last_evaluated_key=None if cursor is None else _place(tenant, file_key(cursor)),
        )
    )
    shown = tuple(_to_entry(item) for item in found[:limit])
    return Page(shown, shown[-1].path if len(found) > limit else None)


def history(tenant: str, path: str, *, limit: int = 100, before: int | None = None) -> Page:
    """A path's versions, newest first, deletions too; `before` and the cursor are versions."""
    found = list(
        FileItem.query(
            tenant,
            FileItem.key.startswith(version_key(path, 0)[:-8]),
            scan_index_forward=False,
            consistent_read=True,
            limit=limit + 1,
            last_evaluated_key=None if before is None else _place(tenant, version_key(path, before)),
        )
    )
    shown = tuple(_to_entry(item) for item in found[:limit])
    return Page(shown, str(shown[-1].version) if len(found) > limit else None)


def totals(tenant: str) -> Totals:
    [item] = batch_get([(TotalsItem, tenant, TOTALS_KEY)], consistent=True)
    return Totals(int(item.files), int(item.bytes)) if item else Totals()


def put(author: Author, content: Content, at: datetime, *, expected: int = ANY) -> Entry:
    """Write a file's next version. FileMovedError where it is not in the version that was expected (ABSENT: none)."""
    check_size(content)
    keep(author.tenant, [content])
    for _ in range(_ATTEMPTS):
        before = heads(author.tenant, [content.path])
        present = before[content.path].version if content.path in before else ABSENT
        if expected not in (ANY, present):
            raise FileMovedError(content.path, {"version": present})
        transaction = Transaction()
        [entry] = add_changes(transaction, author, [content], before, at)
        try:
            transaction.commit()
        except FileMovedError:
            continue
        return entry
    raise FileMovedError(content.path)


def delete(author: Author, path: str, at: datetime, *, expected: int = ANY) -> Entry:
    """End a file; its versions stay. NoSuchFileError, and FileMovedError as of `put`."""
    for _ in range(_ATTEMPTS):
        before = head(author.tenant, path)
        if expected not in (ANY, before.version):
            raise FileMovedError(path, {"version": before.version})
        event = facts.event_of(facts.DELETED, author, path, at, version=before.version + 1)
        ended = Entry(path, before.version + 1, 0, "", "", at, author.subject, event.id, deleted=True)
        transaction = Transaction()
        transaction.delete(
            FileItem(author.tenant, file_key(path)),
            condition=FileItem.version == before.version,
            otherwise=FileMovedError(path),
        )
        _put_version(transaction, author.tenant, ended)
        _add_to_totals(transaction, author.tenant, -1, -before.size)
        events.record(transaction, event)
        try:
            transaction.commit()
        except FileMovedError:
            continue
        return ended
    raise FileMovedError(path)


def check_size(content: Content) -> None:
    if len(content.body) > MAX_FILE_BYTES:
        msg = f"a file has {MAX_FILE_BYTES} bytes at most"
        raise FileTooLargeError(msg, details={"size": len(content.body), "max_size": MAX_FILE_BYTES})


def keep(tenant: str, contents: Sequence[Content]) -> None:
    """Bring contents to where the index will find them; until it names them they are nobody's."""
    for one in contents:
        objects.put(objects.content_key(tenant, one.path, digest(one.body)), one.body, one.content_type)


def add_changes(
    transaction: Transaction,
    author: Author,
    contents: Sequence[Content],
    before: Mapping[str, Entry],
    at: datetime,
    **data: str,
) -> list[Entry]:
    """Add the next version of each file to a transaction, which then fails by FileMovedError where `before` is past.

    `before` is what the changes were made against: the files that were there, by path. The contents were kept. Three
    items a file, and one for all.
    """
    made = []
    for one in contents:
        last = before.get(one.path)
        version = (last.version if last is not None else _last_version(author.tenant, one.path)) + 1
        event = facts.event_of(
            facts.WRITTEN, author, one.path, at, version=version, size=len(one.body), sha256=digest(one.body), **data
        )
        entry = Entry(
            one.path, version, len(one.body), digest(one.body), one.content_type, at, author.subject, event.id
        )
        unmoved = FileItem.key.does_not_exist() if last is None else FileItem.version == last.version
        transaction.put(
            _to_item(author.tenant, file_key(one.path), entry), condition=unmoved, otherwise=FileMovedError(one.path)
        )
        _put_version(transaction, author.tenant, entry)
        events.record(transaction, event)
        made.append(entry)
    new = sum(one.path not in before for one in contents)
    grown = sum(entry.size for entry in made) - sum(before[one.path].size for one in contents if one.path in before)
    _add_to_totals(transaction, author.tenant, new, grown)
    return made


def _last_version(tenant: str, path: str) -> int:
    """Of a file that is not there: the number of its deletion, if there was one."""
    [*newest] = history(tenant, path, limit=1).entries
    return newest[0].version if newest else ABSENT


def _put_version(transaction: Transaction, tenant: str, entry: Entry) -> None:
    item = _to_item(tenant, version_key(entry.path, entry.version), entry)
    transaction.put(item, condition=FileItem.key.does_not_exist(), otherwise=FileMovedError(entry.path))


def _add_to_totals(transaction: Transaction, tenant: str, count: int, size: int) -> None:
    item = TotalsItem(tenant, TOTALS_KEY)
    transaction.update(item, [TotalsItem.files.add(count), TotalsItem.bytes.add(size)])


def _place(tenant: str, key: str) -> dict[str, dict[str, str]]:
    return {"tenant": {"S": tenant}, "key": {"S": key}}


def _to_item(tenant: str, key: str, entry: Entry) -> FileItem:
    return FileItem(
        tenant,
        key,
        version=entry.version,
        size=entry.size,
        sha256=entry.sha256,
        content_type=entry.content_type,
        modified=epoch_ms(entry.modified),
        author=entry.author,
        event_id=entry.event_id,
        deleted=entry.deleted,
    )


def _to_entry(item: FileItem) -> Entry:
    return Entry(
        path=path_of(item.key),
        version=int(item.version),
        size=int(item.size),
        sha256=item.sha256,
        content_type=item.content_type,
        modified=from_epoch_ms(int(item.modified)),
        author=item.author,
        event_id=item.event_id,
        deleted=bool(item.deleted),
    )
