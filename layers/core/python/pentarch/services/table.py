"""The services table: what lies where. The partition is the tenant's, but for the due list.

| key                       | item                                                                               |
|---------------------------|------------------------------------------------------------------------------------|
| service#vfe-001           | a service                                                                          |
| by#chat_completion#A#vfe  | its copy among the active (A) or inactive (I) ones that offer a capability         |
| by##A#vfe-001             | its copy among all active or inactive ones                                         |
| health#vfe-001            | what is measured of it                                                             |
| credential#acme-key       | that a secret of this name is stored, and which version of it counts               |
| totals#07                 | how many services offer a capability: `a:chat` active and `i:chat` inactive ones   |

In the partition `@due`, an item `1793528130000#id` for each health check or watch over heartbeats, in order of time.

The copies let one query find all candidates of a capability, however many services there are. A capability's counters
share an item with those of others, so that any change of a service fits into one transaction.
"""

import zlib

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from pentarch.platform.tables import TableName, TenantTable
from pentarch.services.model import Status

SERVICE = "service#"
CREDENTIAL = "credential#"
DUE = "@due"
"""No tenant's id begins with an @."""
EVERY = ""
"""In place of a capability: all services."""
_TOTALS_ITEMS = 16
"""Never changes once services are stored. 33 copies go, 33 come, 16 counters and 3 more items: within a transaction."""


class _Item(TenantTable):
    class Meta:
        table_name = TableName("SERVICES_TABLE")


class ServiceItem(_Item):
    """A service, or a copy of it."""

    class Meta(_Item.Meta):
        pass

    body = JSONAttribute()
    revision = NumberAttribute()


class HealthItem(_Item):
    class Meta(_Item.Meta):
        pass

    averages = JSONAttribute()
    failures = NumberAttribute(default=0)
    beat_at = NumberAttribute(null=True)
    beat_every_s = NumberAttribute(null=True)
    beat_id = UnicodeAttribute(null=True)
    version = NumberAttribute()


class TotalsItem(_Item):
    """Declares the keys; the counters' names are the capabilities', so they are written by expression."""

    class Meta(_Item.Meta):
        pass


class CredentialItem(_Item):
    class Meta(_Item.Meta):
        pass

    fingerprint = UnicodeAttribute()
    version = UnicodeAttribute()
    revision = NumberAttribute()
    updated_at = NumberAttribute()
    updated_by = UnicodeAttribute()


class DueItem(_Item):
    class Meta(_Item.Meta):
        pass

    owner = UnicodeAttribute()
    service_id = UnicodeAttribute()
    kind = UnicodeAttribute()


def service_key(service_id: str) -> str:
    return f"{SERVICE}{service_id}"


def health_key(service_id: str) -> str:
    return f"health#{service_id}"


def credential_key(name: str) -> str:
    return f"{CREDENTIAL}{name}"


def shelf_prefix(capability: str, status: Status | None = None) -> str:
    """A capability holds no '#', so nothing else begins like this."""
    return f"by#{capability}#" + ("" if status is None else f"{_LETTERS[status]}#")


def shelves_beginning(capability: str) -> str:
    """Of every capability that begins so, in one range of keys."""
    return f"by#{capability}"


def shelf_key(capability: str, status: Status, service_id: str) -> str:
    return shelf_prefix(capability, status) + service_id


def totals_key(capability: str) -> str:
    return f"totals#{zlib.crc32(capability.encode()) % _TOTALS_ITEMS:02}"


def counter_of(capability: str, status: Status) -> str:
    return f"{_LETTERS[status].lower()}:{capability}"


_LETTERS = {Status.ACTIVE: "A", Status.INACTIVE: "I"}
