"""The live table: what lies where.

| partition        | key             | item                                                                         |
|------------------|-----------------|------------------------------------------------------------------------------|
| acme             | head            | the number that the tenant's latest event got                                |
| acme             | rooms           | the names of the rooms that its connections are in                           |
| acme#feed        | 000000000042    | the event with that number                                                   |
| acme#told        | an event's id   | that it has a number, and which                                              |
| acme#session#s1  | 000000000042    | the same event once more, in the list of its session                         |
| acme#session#s1  | head            | the session's latest number, and the highest id among its numbered events    |
| acme#room#r1     | head            | how far each connection in the room was told, and who is telling them        |
| acme#room#r1     | c#Kx9=          | a connection: whose it is, and what it wants to hear                         |
| acme#tickets     | a ticket's hash | who may connect with it, once                                                |
| #connection#Kx9= | at              | the tenant and room of a connection: the gateway's messages say its id alone |

The feed lasts `FEED_DAYS`; the tenant's head stays, so that no number is given twice.
"""

from datetime import datetime, timedelta

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from pentarch.platform.tables import PartitionTable, TableName

FEED_DAYS = 7
SESSION_DAYS = 400
"""For so long after its last event a session is known to have had some."""
HEAD = "head"
ROOMS = "rooms"
AT = "at"
_DIGITS = 12


class _Item(PartitionTable):
    class Meta:
        table_name = TableName("LIVE_TABLE")

    ttl = NumberAttribute(null=True)


class HeadItem(_Item):
    class Meta(_Item.Meta):
        pass

    number = NumberAttribute(default=0)


class RoomsItem(_Item):
    class Meta(_Item.Meta):
        pass

    rooms = UnicodeSetAttribute(null=True)


class EventRow(_Item):
    class Meta(_Item.Meta):
        pass

    previous = NumberAttribute()
    id = UnicodeAttribute()
    type = UnicodeAttribute()
    session = UnicodeAttribute(null=True)
    numbered_at = NumberAttribute()
    data = JSONAttribute()


class MarkItem(_Item):
    class Meta(_Item.Meta):
        pass

    number = NumberAttribute()


class SessionItem(_Item):
    class Meta(_Item.Meta):
        pass

    number = NumberAttribute()
    highest = UnicodeAttribute()


class ConnectionItem(_Item):
    class Meta(_Item.Meta):
        pass

    subject = UnicodeAttribute()
    roles = JSONAttribute()
    scopes = JSONAttribute()
    subscriptions = JSONAttribute(null=True)
    connected_at = NumberAttribute()
    resume = NumberAttribute(null=True)


class PointerItem(_Item):
    class Meta(_Item.Meta):
        pass

    tenant = UnicodeAttribute()
    room = UnicodeAttribute()


class TicketItem(_Item):
    class Meta(_Item.Meta):
        pass

    caller = JSONAttribute()


def feed_partition(tenant: str) -> str:
    return f"{tenant}#feed"


def marks_partition(tenant: str) -> str:
    return f"{tenant}#told"


def session_partition(tenant: str, session: str) -> str:
    return f"{tenant}#session#{session}"


def room_partition(tenant: str, room: str) -> str:
    return f"{tenant}#room#{room}"


def tickets_partition(tenant: str) -> str:
    return f"{tenant}#tickets"


def pointer_partition(connection_id: str) -> str:
    """No tenant begins with a number sign."""
    return f"#connection#{connection_id}"


def connection_key(connection_id: str) -> str:
    return f"c#{connection_id}"


def number_key(number: int) -> str:
    return f"{number:0{_DIGITS}}"


def feed_end(at: datetime) -> int:
    """When what is written now is no longer part of the feed, in Unix seconds."""
    return _days_after(at, FEED_DAYS)


def session_end(at: datetime) -> int:
    return _days_after(at, SESSION_DAYS)


def _days_after(at: datetime, days: int) -> int:
    return int((at + timedelta(days=days)).timestamp())
