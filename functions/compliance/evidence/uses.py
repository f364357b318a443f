"""Evidence of who used what they were given: the audit trail counts the events of each actor."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from compliance.evidence.context import Collector, Context
from compliance.evidence.gathering import over
from compliance.evidence.identity import TooManyToReadError, describe, principals
from compliance.model import JsonObject
from pentarch.audit import store as audit
from pentarch.audit.model import Filters
from pentarch.identity.model import Principal

WINDOW_DAYS = 90
"""PCI DSS v4.0.1, 8.2.6: accounts that were not used for 90 days are removed or disabled."""
MAX_ASKED = 500
"""One query for each. A part would not do: the forgotten credential may be in the rest."""


def _uses(context: Context) -> Sequence[JsonObject]:
    usable = [one for one in principals(context) if one.is_usable(context.at)]
    if len(usable) > MAX_ASKED:
        raise TooManyToReadError
    # From midnight on, so that days are counted and no hour is cut, which would cost a query more.
    since = context.at.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=WINDOW_DAYS)

    def count(one: Principal) -> JsonObject:
        acts = audit.count(context.tenant, Filters(actor=one.subject), since)
        return {**describe(one, context), "window_days": WINDOW_DAYS, "acts": acts}

    return over(count, usable)


COLLECTORS: Mapping[str, Collector] = {"uses": _uses}
