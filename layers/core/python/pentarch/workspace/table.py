"""The workspace's index: what lies where, in a tenant's partition.

| key                   | item                                                                                     |
|-----------------------|------------------------------------------------------------------------------------------|
| file#path             | the present version of a file; a file that was deleted has none                          |
| version#path#00000012 | every version that there was, the deletions too                                          |
| totals                | how many files there are, and their bytes                                                |

A file is what its row here says: the object in S3 is found through it, so what a crash leaves behind is an object that
nobody names, and several files change together in one transaction.
"""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from pentarch.platform.tables import TableName, TenantTable

TOTALS_KEY = "totals"
_DIGITS = 8


class _Item(TenantTable):
    class Meta:
        table_name = TableName("WORKSPACE_TABLE")


class FileItem(_Item):
    """A row of either kind: the present version, or one of the history."""

    class Meta(_Item.Meta):
        pass

    version = NumberAttribute()
    size = NumberAttribute()
    sha256 = UnicodeAttribute()
    content_type = UnicodeAttribute()
    modified = NumberAttribute()
    author = UnicodeAttribute()
    event_id = UnicodeAttribute()
    deleted = BooleanAttribute(default=False)


class TotalsItem(_Item):
    class Meta(_Item.Meta):
        pass

    files = NumberAttribute(default=0)
    bytes = NumberAttribute(default=0)


def file_key(path: str) -> str:
    return f"file#{path}"


def path_of(key: str) -> str:
    """The path in a file's or a version's key."""
    kind, _, rest = key.partition("#")
    return rest if kind == "file" else rest.rpartition("#")[0]


def version_key(path: str, version: int) -> str:
    return f"version#{path}#{version:0{_DIGITS}}"
