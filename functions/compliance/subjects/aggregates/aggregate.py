"""What every kind of data about people answers: what is there of a person, what it says, and how it forgets them.

To join a slice's data, write a module beside this one that makes an `Aggregate` (of a table's texts with `rows.Texts`,
of a bucket's files with `objects.Files`), put it into `AGGREGATES`, and give the worker the rights. A test fails while
a table, a bucket or an area of a bucket of the template is covered by no aggregate and stands in no reason of `LEFT`.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.subjects.model import Counts, Person, Request

Record = Mapping[str, Any]


def environment_of(logical_id: str) -> str:
    """The name of a table or bucket, as the environment tells it: of `FilesBucket` in FILES_BUCKET."""
    return os.environ[re.sub(r"(?<=[a-z])(?=[A-Z])", "_", logical_id).upper()]


def nothing(_: Request, __: Person) -> None:
    return None


def no_records(_: str, __: Person) -> Iterator[Record]:
    return iter(())


@dataclass(frozen=True, slots=True)
class Aggregate:
    name: str
    covers: tuple[str, ...]
    """Tables and buckets by their logical ids; an area of a bucket behind a slash."""
    find: Callable[[str, Person], Counts]
    records: Callable[[str, Person], Iterator[Record]]
    erase: Callable[[Request, Person], None] | None
    """Done twice it changes nothing more."""
    kept: Callable[[Request, Person], str | None] = nothing
    """Why an erasure leaves something, if it does."""
    models: Callable[[str, Person], Iterator[str]] | None = None
    """Trained models that learned from something that names the person."""
