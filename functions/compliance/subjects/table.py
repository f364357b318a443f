"""The compliance table's part that requests of data subjects use. The partition is always the tenant.

| key                                    | item                                                                  |
|----------------------------------------|-----------------------------------------------------------------------|
| subject#019a...                        | a request; ids begin with their time, so these are in order           |
| subject-open#2026-12-21T..#019a...     | the place of one that is not answered, by when it is due              |
| subject-closed#2026-11-21T..#019a...   | the place of one that is answered, by when that was                   |
| subject-person#erasure#5be1...         | which request of a person, by digest, is open                         |
| subject-key                            | the key of the tenant's digests                                       |
| subject-totals                         | how many requests there are                                           |
"""

from pynamodb.attributes import BinaryAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from compliance.table import ComplianceItem

REQUEST = "subject#"
OPEN = "subject-open#"
CLOSED = "subject-closed#"
PERSON = "subject-person#"
KEY = "subject-key"
TOTALS = "subject-totals"


class RequestItem(ComplianceItem):
    class Meta(ComplianceItem.Meta):
        pass

    kind = UnicodeAttribute()
    state = UnicodeAttribute()
    digest = UnicodeAttribute()
    requested_by = UnicodeAttribute()
    received_at = NumberAttribute()
    due_at = NumberAttribute()
    person = JSONAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    correlation_id = UnicodeAttribute(null=True)
    found = JSONAttribute(null=True)
    models = JSONAttribute(null=True)
    erased = JSONAttribute(null=True)
    retained = JSONAttribute(null=True)
    answered_at = NumberAttribute(null=True)
    export = UnicodeAttribute(null=True)
    refusal = UnicodeAttribute(null=True)


class PlaceItem(ComplianceItem):
    """Nothing but its key, or the request that it stands for."""

    class Meta(ComplianceItem.Meta):
        pass

    request_id = UnicodeAttribute(null=True)


class KeyItem(ComplianceItem):
    class Meta(ComplianceItem.Meta):
        pass

    secret = BinaryAttribute(legacy_encoding=False)


class TotalsItem(ComplianceItem):
    class Meta(ComplianceItem.Meta):
        pass

    all = NumberAttribute(default=0)
