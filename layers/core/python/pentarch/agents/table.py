"""The agents' table: what lies where, in a tenant's partition.

| key                       | item                                                                            |
|---------------------------|---------------------------------------------------------------------------------|
| agent#id                  | the agent as it is now, and how many things use it                              |
| version#id#000003         | the definition as its third version has it                                      |
| name#casefolded           | whose the name is                                                               |
| user#id#workflow#id       | that a workflow uses the agent                                                  |
| list#..., totals#...      | its places in the lists (`pentarch.platform.shelves`)                           |
| text#id                   | what searches read: name, description, and what lists filter and sort by        |
"""

from pynamodb.attributes import JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from pentarch.platform.tables import TableName, TenantTable

MAX_VERSION_DIGITS = 6


class _Item(TenantTable):
    class Meta:
        table_name = TableName("AGENTS_TABLE")


class AgentItem(_Item):
    class Meta(_Item.Meta):
        pass

    name = UnicodeAttribute()
    description = UnicodeAttribute()
    type = UnicodeAttribute()
    status = UnicodeAttribute()
    configuration = JSONAttribute()
    capabilities = ListAttribute[str]()
    tags = ListAttribute[str]()
    metadata = JSONAttribute()
    created_at = NumberAttribute()
    updated_at = NumberAttribute()
    created_by = UnicodeAttribute()
    updated_by = UnicodeAttribute(null=True)
    version = NumberAttribute()
    users = NumberAttribute(default=0)


class VersionItem(_Item):
    class Meta(_Item.Meta):
        pass

    body = JSONAttribute()
    created_at = NumberAttribute()
    created_by = UnicodeAttribute()
    changed = ListAttribute[str]()


class NameItem(_Item):
    class Meta(_Item.Meta):
        pass

    agent_id = UnicodeAttribute()


class UserItem(_Item):
    class Meta(_Item.Meta):
        pass


def agent_key(agent_id: str) -> str:
    return f"agent#{agent_id}"


def version_key(agent_id: str, number: int) -> str:
    return f"version#{agent_id}#{number:0{MAX_VERSION_DIGITS}}"


def name_key(name: str) -> str:
    return f"name#{name.casefold()}"


def user_key(agent_id: str, kind: str = "", user_id: str = "") -> str:
    """Where it is said that something uses an agent; without a user, what all such keys begin with."""
    return f"user#{agent_id}#{kind}#{user_id}" if kind else f"user#{agent_id}#"
