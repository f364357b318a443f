"""Optimistic concurrency: the version that a caller decided on, as `If-Match` or `expected_version` says it."""

import re
from dataclasses import dataclass

from pentarch.platform.errors import InvalidInputError

_TAG = re.compile(r'(?:W/)?"(\d{1,9})"')


@dataclass(frozen=True, slots=True)
class Expected:
    """The versions that are allowed to be the present one; none named: any."""

    versions: frozenset[int] = frozenset()

    def allows(self, version: int) -> bool:
        return not self.versions or version in self.versions

    def __str__(self) -> str:
        return " or ".join(str(version) for version in sorted(self.versions))


ANY = Expected()


def read(if_match: str | None, expected_version: int | None = None) -> Expected:
    named = set() if expected_version is None else {expected_version}
    if if_match is None or if_match.strip() == "*":
        return Expected(frozenset(named))
    tags = [_TAG.fullmatch(part.strip()) for part in if_match.split(",")]
    versions = {int(tag[1]) for tag in tags if tag}
    if len(versions) < len(tags):
        msg = 'If-Match names a version in quotes: "3"'
        raise InvalidInputError(msg, field="If-Match")
    if named and versions != named:
        msg = "If-Match and expected_version name different versions"
        raise InvalidInputError(msg, field="expected_version")
    return Expected(frozenset(versions))


def tag_of(version: int) -> str:
    return f'"{version}"'
