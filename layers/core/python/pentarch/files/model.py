"""Where a tenant's objects lie: every key is `<area>/<tenant>/...`, so a key tells whose it is."""

from dataclasses import dataclass
from datetime import datetime

UPLOADS = "files"
"""What a tenant puts there itself."""
JOBS = "jobs"
"""What jobs are given and make."""
AREAS = (UPLOADS, JOBS)
_SCHEME = "s3://"


@dataclass(frozen=True, slots=True)
class Entry:
    """One object of a listing. The entity tag names its very content."""

    key: str
    etag: str
    size: int


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an object in a bucket that keeps them."""

    bucket: str
    key: str
    id: str
    size: int
    is_latest: bool
    modified: datetime


@dataclass(frozen=True, slots=True)
class Location:
    """A place in S3: an object, or everything whose key starts with the prefix."""

    bucket: str
    prefix: str

    @classmethod
    def parse(cls, address: str) -> "Location | None":
        """From `s3://bucket/prefix`; None for anything else."""
        bucket, _, prefix = address.removeprefix(_SCHEME).partition("/")
        return cls(bucket, prefix) if address.startswith(_SCHEME) and bucket else None

    def belongs_to(self, tenant: str) -> bool:
        """Whether nothing but the tenant's objects can lie there."""
        return self.prefix.startswith(tuple(f"{area}/{tenant}/" for area in AREAS))


def place(area: str, tenant: str, *names: str) -> str:
    return "/".join((area, tenant, *names))
