"""Links to reports that work for whoever holds them, until they end or are withdrawn.

A link names everything that it gives away, and is signed as a whole: whose report, which one, in which form, until
when, to whom it was given, and the series that it belongs to. Raising the tenant's series ends all that were given out.
The key is a secret that the compliance API alone may read.
"""

import hmac
import json
import os
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from urllib.parse import urlencode

from pynamodb.attributes import NumberAttribute

from compliance.reports import facts
from compliance.reports.asked import Form
from compliance.reports.errors import LinkEndedError, LinkForgedError, LinkWithdrawnError
from compliance.table import ComplianceItem
from pentarch.events import store as events
from pentarch.identity.model import Caller
from pentarch.limits import store as limits
from pentarch.limits.model import COMPLIANCE
from pentarch.platform import clients
from pentarch.platform.tables import Transaction, batch_get

PATH = "/api/v1/compliance/reports"
DEFAULT_MINUTES = 60
LONGEST = timedelta(hours=1)
PER_HOUR = 600
"""Requests by links, of a tenant: counted apart, so that a link that went astray uses up nobody's own."""
_PURPOSE = "pentarch-report-link-1"
_SERIES = "links"


class SeriesItem(ComplianceItem):
    """The series of the tenant's links: `links` in the compliance table; without it, the first."""

    class Meta(ComplianceItem.Meta):
        pass

    series = NumberAttribute(default=0)


@dataclass(frozen=True, slots=True)
class Link:
    tenant: str
    check_id: str
    form: str
    expires: int
    """In seconds since 1970."""
    series: int
    issued_to: str
    """The subject of the credential that it was shown to."""

    def path(self) -> str:
        """Below the base URL that the caller already uses: a stage's address is the gateway's business."""
        told = {
            "tenant": self.tenant,
            "format": self.form,
            "expires": self.expires,
            "series": self.series,
            "issued_to": self.issued_to,
            "signature": _signature(self),
        }
        return f"{PATH}/{self.check_id}?{urlencode(told)}"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Makes the links that one reply shows, with one read for all of them."""

    caller: Caller
    series: int
    at: datetime

    @classmethod
    def of(cls, caller: Caller, at: datetime) -> "Issuer":
        return cls(caller, _series(caller.tenant), at)

    def path(self, check_id: str, form: Form = Form.PDF) -> str:
        expires = int((self.at + lifetime()).timestamp())
        return Link(self.caller.tenant, check_id, form, expires, self.series, self.caller.subject).path()


def lifetime() -> timedelta:
    return min(LONGEST, timedelta(minutes=int(os.environ.get("REPORT_LINK_MINUTES", DEFAULT_MINUTES))))


def accept(link: Link, signature: str, at: datetime) -> None:
    """Raises LinkForgedError, LinkEndedError or LinkWithdrawnError; what was not signed here costs no read."""
    if not hmac.compare_digest(signature.encode(), _signature(link).encode()):
        raise LinkForgedError
    if link.expires <= at.timestamp():
        raise LinkEndedError
    limits.count(f"{link.tenant}#links", per_hour=PER_HOUR, bucket=COMPLIANCE, at=at)
    if link.series != _series(link.tenant):
        raise LinkWithdrawnError


def withdraw(caller: Caller, correlation_id: str, at: datetime) -> None:
    """End every link that the tenant's callers were shown."""
    transaction = Transaction()
    transaction.update(SeriesItem(caller.tenant, _SERIES), [SeriesItem.series.add(1)])
    events.record(transaction, facts.links_withdrawn(caller, correlation_id, at))
    transaction.commit()


def _series(tenant: str) -> int:
    [item] = batch_get([(SeriesItem, tenant, _SERIES)], consistent=True)
    return int(item.series) if item else 0


def _signature(link: Link) -> str:
    said = json.dumps([_PURPOSE, *astuple(link)])
    return hmac.new(_key(os.environ["LINKS_SECRET"]), said.encode(), sha256).hexdigest()


@cache
def _key(secret: str) -> bytes:
    """Read once in the life of a process; after a change, links that are known end within that time."""
    return clients.secretsmanager().get_secret_value(SecretId=secret)["SecretString"].encode()
