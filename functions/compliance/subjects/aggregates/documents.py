"""The documents that answer earlier requests of access."""

from compliance.subjects.aggregates.aggregate import Aggregate, no_records
from compliance.subjects.model import Person, Request
from pentarch.files import store as files
from pentarch.files.model import place

AREA = "subjects"
"""The bucket forgets them after a month."""


def prefix_of(tenant: str, digest: str) -> str:
    """Where the documents for a person lie."""
    return place(AREA, tenant, digest) + "/"


def _erase_documents(request: Request, _: Person) -> None:
    files.delete_for_good(prefix_of(request.tenant, request.digest))


DOCUMENTS = Aggregate("documents", (f"FilesBucket/{AREA}",), lambda _, __: {}, no_records, _erase_documents)
