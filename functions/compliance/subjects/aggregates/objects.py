"""Files that name a person: found, their lines given out, and rewritten without the name, former versions removed."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain

from compliance.subjects.aggregates.aggregate import Aggregate, Record, environment_of
from compliance.subjects.model import Counts, Person, Request
from pentarch.files import store as files
from pentarch.files.errors import FileMissingError
from pentarch.files.model import Version, place
from pentarch.files.store import Upload

MAX_SHOWN_CHARACTERS = 200_000
"""Of a file's lines that name the person; a document of access says when there are more."""
_MAX_LINE_BYTES = 64 * 1024
"""A longer line is shown in parts."""


@dataclass(frozen=True, slots=True)
class Files:
    """An area of a bucket, whose files are text or are told of as unread."""

    name: str
    area: str
    bucket: str = "FilesBucket"
    """By its logical id."""
    looks_at: Callable[[str], bool] = lambda _: True

    def aggregate(self) -> Aggregate:
        return Aggregate(self.name, (f"{self.bucket}/{self.area}",), self.find, self.records, self.erase, self.kept)

    def find(self, tenant: str, person: Person) -> Counts:
        found = {"files": 0, "former_versions": 0, "unread": 0}
        for version in self._versions(tenant):
            naming = names(version, person)
            if naming is None:
                found["unread"] += int(version.is_latest)
            elif naming or self._is_named(version, person):
                found["files" if version.is_latest else "former_versions"] += 1
        return found

    def records(self, tenant: str, person: Person) -> Iterator[Record]:
        for version in self._versions(tenant):
            if version.is_latest and (names(version, person) or self._is_named(version, person)):
                lines, is_whole = _lines_of(version, person)
                yield {"record": "file", "key": version.key, "bytes": version.size, "lines": lines, "all": is_whole}

    def erase(self, request: Request, person: Person) -> None:
        """Write what is in force again without the name, then remove the version that had it; so at any end."""
        for version in self._versions(request.tenant):
            naming = names(version, person)
            target = self._masked_key(version, person)
            if not naming and target == version.key:
                continue
            if version.is_latest:
                _rewrite(version, target, person, is_text=naming is not None)
            files.delete_version(version)

    def kept(self, request: Request, _: Person) -> str | None:
        unread = request.found[self.name]["unread"]
        return f"{unread} files hold no plain text, so nobody knows whom they name: look into them" if unread else None

    def _versions(self, tenant: str) -> Iterator[Version]:
        return (
            one
            for one in files.versions(self._place(tenant), within=environment_of(self.bucket))
            if self.looks_at(one.key)
        )

    def _place(self, tenant: str) -> str:
        return place(self.area, tenant) + "/"

    def _is_named(self, version: Version, person: Person) -> bool:
        return self._masked_key(version, person) != version.key

    def _masked_key(self, version: Version, person: Person) -> str:
        """What lies in front of a file's own name is the area and the tenant, which nobody renames."""
        area, tenant, own = version.key.split("/", 2)
        return place(area, tenant, person.name.masked(own))


def names(version: Version, person: Person) -> bool | None:
    """Whether a file's text names the person; None of what is no text."""
    with suppress(FileMissingError):
        text = _text(version)
        return None if text is None else person.name.are_in_bytes(text)
    return False


def _text(version: Version) -> Iterator[bytes] | None:
    pieces = files.version_chunks(version)
    first = next(pieces, b"")
    return None if b"\0" in first else chain((first,), pieces)


def _rewrite(version: Version, target: str, person: Person, *, is_text: bool) -> None:
    pieces = files.version_chunks(version)
    with Upload(target, files.content_type(version), within=version.bucket) as upload:
        for piece in person.name.masked_bytes(pieces) if is_text else pieces:
            upload.write(piece)


def _lines_of(version: Version, person: Person) -> tuple[list[str], bool]:
    """The lines that name the person, as many as are shown, and whether those are all."""
    shown: list[str] = []
    left = MAX_SHOWN_CHARACTERS
    for line in _lines(version):
        if person.name.are_in(line):
            if len(line) > left:
                return shown, False
            shown.append(line)
            left -= len(line)
    return shown, True


def _lines(version: Version) -> Iterator[str]:
    held = b""
    for piece in files.version_chunks(version):
        *lines, held = (held + piece).split(b"\n")
        yield from (line.decode(errors="replace") for line in lines)
        while len(held) > _MAX_LINE_BYTES:
            part, held = held[:_MAX_LINE_BYTES], held[_MAX_LINE_BYTES:]
            yield part.decode(errors="replace")
    yield held.decode(errors="replace")
