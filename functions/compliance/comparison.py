"""What changed between two assessments of a framework, by the ids of their findings.

A finding that was open before is fixed only when its check was made again and no longer finds it. Where the check
could not see its evidence the finding stays open: not having looked mends nothing.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Finding = Mapping[str, Any]
"""As the document of an assessment has it."""

NEW = "new"
STILL_FAILING = "still_failing"
NOT_SEEN = "not_seen"
_ID_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Comparison:
    """`open` are all findings that stand now, each with its state and the time when it was first seen."""

    open: tuple[Finding, ...]
    fixed: tuple[Finding, ...]

    def ids(self, state: str) -> list[str]:
        return [finding["id"] for finding in self.open if finding["state"] == state]


def finding_id(check_id: str, resource: str) -> str:
    """The same fault of the same resource has the same id in every assessment."""
    digest = hashlib.sha256(f"{check_id}\n{resource}".encode()).hexdigest()
    return f"f-{digest[:_ID_DIGITS]}"


def compare(
    found: Sequence[Finding],
    before: Iterable[Finding],
    *,
    unseen_checks: Collection[str],
    at: str,
    failing: Collection[str] = (),
) -> Comparison:
    """`found` are this time's findings, `before` the ones that were open last time; `at` is this time.

    `failing` are ids that stand beside `found` and are too many to be told: they are not fixed either.
    """
    known = {finding["id"]: finding for finding in before}
    standing = [
        {**finding, "state": STILL_FAILING, "first_seen": known[finding["id"]]["first_seen"]}
        if finding["id"] in known
        else {**finding, "state": NEW, "first_seen": at}
        for finding in found
    ]
    again = {finding["id"] for finding in found}.union(failing)
    gone = [finding for finding in known.values() if finding["id"] not in again]
    carried = [{**finding, "state": NOT_SEEN} for finding in gone if finding["check_id"] in unseen_checks]
    fixed = [finding for finding in gone if finding["check_id"] not in unseen_checks]
    return Comparison((*standing, *carried), tuple(fixed))
