"""The configurations table: what lies where. The partition is always the tenant's, but for the alarms'.

| key                          | item                                                                    |
|------------------------------|-------------------------------------------------------------------------|
| config#slo-01a1...           | a configuration as it is now: what is active, rolled out or pending     |
| version#slo-01a1...#00000002 | a version                                                               |
| name#acme#slo#latency        | which configuration has this name, under a label and a type             |
| change#id-of-the-event       | the place of a change in the list of all changes                        |
| change-of#slo-01a1...#event  | its place in the list of one configuration's changes                    |
| totals                       | how many configurations there are, of each type and in all; all changes |
| totals#acme                  | the same under a label                                                  |

In the partition `@alarm#name`, an item `tenant#config` for each roll-out that the alarm ends.

An id begins with its type, so one key finds a configuration, and one query those of a type, newest last.
"""

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from pentarch.configuration.model import ConfigType
from pentarch.platform.tables import TableName, TenantTable

CONFIG = "config#"
CHANGE = "change#"
TOTALS = "totals"
_ALARM = "@alarm#"


class _Item(TenantTable):
    class Meta:
        table_name = TableName("CONFIGURATIONS_TABLE")


class ConfigItem(_Item):
    class Meta(_Item.Meta):
        pass

    label = UnicodeAttribute()
    name = UnicodeAttribute()
    active = NumberAttribute()
    content = JSONAttribute()
    latest = NumberAttribute()
    revision = NumberAttribute()
    created_at = NumberAttribute()
    created_by = UnicodeAttribute()
    updated_at = NumberAttribute()
    updated_by = UnicodeAttribute()
    rollout = JSONAttribute(null=True)
    pending = JSONAttribute(null=True)
    brought_by = UnicodeAttribute(null=True)


class VersionItem(_Item):
    class Meta(_Item.Meta):
        pass

    content = JSONAttribute()
    origin = UnicodeAttribute()
    created_at = NumberAttribute()
    created_by = UnicodeAttribute()
    source = NumberAttribute(null=True)
    outcome = UnicodeAttribute(null=True)


class NameItem(_Item):
    class Meta(_Item.Meta):
        pass

    config_id = UnicodeAttribute()


class PlaceItem(_Item):
    """Nothing but its key: the place of a change, or of a roll-out under its alarm."""

    class Meta(_Item.Meta):
        pass


class TotalsItem(_Item):
    class Meta(_Item.Meta):
        pass

    all = NumberAttribute(default=0)
    changes = NumberAttribute(default=0)
    policy = NumberAttribute(default=0)
    constraint = NumberAttribute(default=0)
    slo = NumberAttribute(default=0)
    tenant_settings = NumberAttribute(default=0)
    routing_weights = NumberAttribute(default=0)
    routing_policy = NumberAttribute(default=0)
    sensitivity_policy = NumberAttribute(default=0)
    session_approval = NumberAttribute(default=0)
    limits = NumberAttribute(default=0)
    budget = NumberAttribute(default=0)
    retention = NumberAttribute(default=0)
    approval = NumberAttribute(default=0)


def config_key(config_id: str) -> str:
    return f"{CONFIG}{config_id}"


def version_key(config_id: str, number: int) -> str:
    return f"version#{config_id}#{number:08}"


def name_key(label: str, config_type: ConfigType, name: str) -> str:
    """A label holds no '#', so no two names share a key."""
    return f"name#{label}#{config_type}#{name}"


def change_of_key(config_id: str, event_id: str) -> str:
    return f"change-of#{config_id}#{event_id}"


def totals_key(label: str) -> str:
    return f"{TOTALS}#{label}"


def counter_of(config_type: ConfigType | None) -> str:
    """The name of a type's counter; `tenant` is the partition's name already."""
    if config_type is None:
        return "all"
    return "tenant_settings" if config_type is ConfigType.TENANT else config_type.value


def alarm_partition(alarm: str) -> str:
    """Alarms are the account's and go off without a tenant. A tenant's id cannot start with @."""
    return f"{_ALARM}{alarm}"
