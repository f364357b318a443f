"""The seals table: what lies where.

| partition      | key                | item                                                                          |
|----------------|--------------------|-------------------------------------------------------------------------------|
| acme           | head               | the newest head with its signature; its condition decides who appends         |
| acme           | batch#000000000007 | a batch: its head, and the ids and hashes of its leaves (until it is pruned)  |
| acme           | tile#0#000000002   | a tile of the tree (`pentarch.sealing.tiles`); kept for good, 32 bytes a leaf |
| acme           | anchor             | the newest anchor with its signature, and how far its removals have come      |
| acme           | anchor#000001      | each anchor                                                                   |
| acme#leaf#3    | 019a..             | where an event's leaf is, by the last letter of its id: sealed once, found    |
| acme#pending   | 000000000007       | a batch that the bucket does not hold yet                                     |
| #tenants       | acme               | a tenant with a trail, and how far the sweep has looked                       |
| #keys          | 5fd2..             | a public key that trails are signed with                                      |

No tenant's name has a `#`.
"""

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from pentarch.platform.tables import PartitionTable, TableName

TENANTS, KEYS = "#tenants", "#keys"
HEAD, ANCHOR = "head", "anchor"
_DIGITS = 12
_MARKED_BY = 1
"""Letters of an event's id that spread a tenant's marks: 16 partitions."""


class _Item(PartitionTable):
    class Meta:
        table_name = TableName("SEALS_TABLE")


class HeadItem(_Item):
    class Meta(_Item.Meta):
        pass

    size = NumberAttribute()
    statement = UnicodeAttribute()
    signature = BinaryAttribute(legacy_encoding=False)


class BatchItem(_Item):
    class Meta(_Item.Meta):
        pass

    statement = UnicodeAttribute()
    signature = BinaryAttribute(legacy_encoding=False)
    base = BinaryAttribute(legacy_encoding=False, null=True)
    ids = UnicodeAttribute(null=True)
    """With commas between them; gone with the events when they are pruned."""
    hashes = BinaryAttribute(legacy_encoding=False, null=True)


class TileItem(_Item):
    class Meta(_Item.Meta):
        pass

    hashes = BinaryAttribute(legacy_encoding=False)


class MarkItem(_Item):
    class Meta(_Item.Meta):
        pass

    index = NumberAttribute()
    batch = NumberAttribute()


class AnchorItem(_Item):
    class Meta(_Item.Meta):
        pass

    number = NumberAttribute()
    statement = UnicodeAttribute()
    signature = BinaryAttribute(legacy_encoding=False)
    base = BinaryAttribute(legacy_encoding=False)
    removed = NumberAttribute(default=0)
    """The last batch whose events are removed; the anchor's own when all is done."""


class PendingItem(_Item):
    class Meta(_Item.Meta):
        pass


class TenantItem(_Item):
    class Meta(_Item.Meta):
        pass

    swept_to = UnicodeAttribute(null=True)


class KeyItem(_Item):
    class Meta(_Item.Meta):
        pass

    pem = UnicodeAttribute()


def batch_key(number: int) -> str:
    return f"batch#{number:0{_DIGITS}}"


def tile_key(level: int, number: int) -> str:
    return f"tile#{level}#{number:0{_DIGITS}}"


def anchor_key(number: int) -> str:
    return f"anchor#{number:0{_DIGITS}}"


def marks_of(tenant: str, event_id: str) -> str:
    """The partition of an event's mark."""
    return f"{tenant}#leaf#{event_id[-_MARKED_BY:]}"


def pending_of(tenant: str) -> str:
    return f"{tenant}#pending"


def pending_key(number: int) -> str:
    return f"{number:0{_DIGITS}}"
