"""The sessions' table: what lies where, in a tenant's partition.

| key                          | item                                                                              |
|------------------------------|-----------------------------------------------------------------------------------|
| session#id                   | the session, with what it proposes                                                |
| list#all#id                  | its place in the list of all sessions                                             |
| list#running#id              | its place in the list of its state                                                |
| adoptable#digest#id          | a session that nobody ran yet, by who wants what of which skill                   |
| totals                       | how many sessions there are, of each state and in all                             |
| skill#name                   | a skill of the tenant's own                                                       |

The lists' rows hold nothing but their keys, so that a far page is cheap; ids begin with their time, so a list is in
order. They lie here and not in an index because an index follows later than the totals, which share their transaction.
"""

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from pentarch.platform.tables import TableName, TenantTable

ALL = "all"
TOTALS_KEY = "totals"
ID_PREFIX = "session-"


class _Item(TenantTable):
    class Meta:
        table_name = TableName("SESSIONS_TABLE")


class SessionItem(_Item):
    class Meta(_Item.Meta):
        pass

    revision = NumberAttribute()
    status = UnicodeAttribute()
    facts = JSONAttribute()


class ListRow(_Item):
    class Meta(_Item.Meta):
        pass


class TotalsItem(_Item):
    class Meta(_Item.Meta):
        pass

    all = NumberAttribute(default=0)
    created = NumberAttribute(default=0)
    running = NumberAttribute(default=0)
    pending_approval = NumberAttribute(default=0)
    completed = NumberAttribute(default=0)
    rejected = NumberAttribute(default=0)
    failed = NumberAttribute(default=0)
    expired = NumberAttribute(default=0)


class SkillItem(_Item):
    class Meta(_Item.Meta):
        pass

    revision = NumberAttribute()
    definition = JSONAttribute()
    created_at = NumberAttribute()
    updated_at = NumberAttribute()
    author = UnicodeAttribute()


def session_key(session_id: str) -> str:
    return f"session#{session_id}"


def list_key(listed: str, session_id: str) -> str:
    return f"list#{listed}#{session_id}"


def adoptable_key(digest: str, session_id: str) -> str:
    return f"adoptable#{digest}#{session_id}"


def skill_key(name: str) -> str:
    return f"skill#{name}"
