"""The compliance table's part that assessments use: what lies where. The partition is always the tenant.

| key                        | item                                                                                |
|----------------------------|-------------------------------------------------------------------------------------|
| check#01a1...              | an assessment; ids begin with their time, so these are in order                     |
| list#SOC2#01a1...          | its place in the list of its framework                                              |
| totals                     | how many assessments there are, of each framework and in all                        |
| state#SOC2#latest          | where a framework stands; one GetItem for whoever decides by it                     |
| state#SOC2#schedule        | when it is assessed again; with the former, one query tells the status of all       |
| state-of#acme#SOC2         | where a framework stands for one organization                                       |

What the last three lines tell of is `pentarch.standing.StateItem`, which others read too.
"""

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from pentarch.platform.tables import TableName, TenantTable

CHECK = "check#"
STATE = "state#"
LATEST = "latest"
SCHEDULE = "schedule"
TOTALS = "totals"
ALL = "all"


class ComplianceItem(TenantTable):
    """What every item of the table has; other parts of the slice keep theirs here too."""

    class Meta:
        table_name = TableName("COMPLIANCE_TABLE")


class CheckItem(ComplianceItem):
    class Meta(ComplianceItem.Meta):
        pass

    framework = UnicodeAttribute()
    scope = JSONAttribute()
    evidence_types = JSONAttribute()
    generate_report = BooleanAttribute()
    requested_by = UnicodeAttribute()
    requested_at = NumberAttribute()
    correlation_id = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    completed_at = NumberAttribute(null=True)
    figures = JSONAttribute(null=True)
    document = JSONAttribute(null=True)
    evidence = JSONAttribute(null=True)
    failure = UnicodeAttribute(null=True)


class ListRow(ComplianceItem):
    """Nothing but its key."""

    class Meta(ComplianceItem.Meta):
        pass


class TotalsItem(ComplianceItem):
    class Meta(ComplianceItem.Meta):
        pass

    all = NumberAttribute(default=0)
    soc2 = NumberAttribute(default=0)
    gdpr = NumberAttribute(default=0)
    hipaa = NumberAttribute(default=0)
    pci_dss = NumberAttribute(default=0)


def check_key(check_id: str) -> str:
    return f"{CHECK}{check_id}"


def list_prefix(framework: str) -> str:
    return f"list#{framework}#"


def counter_of(framework: str | None) -> str:
    return ALL if framework is None else framework.lower().replace("-", "_")


def schedule_key(framework: str) -> str:
    return f"{STATE}{framework}#{SCHEDULE}"


def organization_prefix(organization: str) -> str:
    """An organization's name holds no '#', so no two share a key."""
    return f"state-of#{organization}#"


def organization_key(organization: str, framework: str) -> str:
    return f"{organization_prefix(organization)}{framework}"
