"""What somebody asked to have exported, held against the rules before anything is read."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from compliance import period
from pentarch.audit.model import Filters
from pentarch.platform import clock
from pentarch.platform.errors import InvalidInputError

EVERYTHING = Filters()
_ID_DIGITS = 24
_MOMENT = timedelta(milliseconds=1)


class Form(StrEnum):
    JSON = "json"
    CSV = "csv"
    PDF = "pdf"
    OCSF = "ocsf"
    """Findings as events of the Open Cybersecurity Schema Framework, in JSON."""

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self]

    @property
    def suffix(self) -> str:
        return "ocsf.json" if self is Form.OCSF else self.value


_MEDIA_TYPES = {
    Form.JSON: "application/json",
    Form.CSV: "text/csv; charset=utf-8",
    Form.PDF: "application/pdf",
    Form.OCSF: "application/json",
}


class Schema(StrEnum):
    PENTARCH = "pentarch"
    OCSF = "ocsf"


@dataclass(frozen=True, slots=True)
class Asked:
    """One export: what of whom, in which form. `end` is exclusive and never lies ahead of the time of asking."""

    tenant: str
    form: Form
    start: datetime | None
    end: datetime
    filters: Filters = EVERYTHING
    framework: str | None = None
    is_open: bool = False
    """Whether the range reached to the time of asking: asked again later, there is more in it."""

    @property
    def id(self) -> str:
        """The same for whoever asks for the same again; of an open range its end is no part of that."""
        said = self.as_json()
        if self.is_open:
            del said["end"]
        digest = hashlib.sha256(json.dumps([self.tenant, said], sort_keys=True).encode())
        return f"exp_{digest.hexdigest()[:_ID_DIGITS]}"

    def as_json(self) -> dict[str, Any]:
        return {
            "format": self.form,
            "start": None if self.start is None else clock.iso(self.start),
            "end": clock.iso(self.end),
            "filters": {name: value for name, value in asdict(self.filters).items() if value is not None},
            "framework": self.framework,
            "open": self.is_open,
        }

    @classmethod
    def from_json(cls, tenant: str, said: dict[str, Any]) -> "Asked":
        return cls(
            tenant=tenant,
            form=Form(said["format"]),
            start=None if said["start"] is None else clock.parse_iso(said["start"]),
            end=clock.parse_iso(said["end"]),
            filters=Filters(**said["filters"]),
            framework=said["framework"],
            is_open=said["open"],
        )

    @property
    def file_name(self) -> str:
        subject = "audit" if self.framework is None else f"audit-{self.framework.lower()}"
        first = "" if self.start is None else f"-{self.start:%Y%m%d}"
        return f"{subject}{first}-to-{self.end - _MOMENT:%Y%m%d}.{self.form.suffix}"


def judge(
    tenant: str,
    form: Form,
    at: datetime,
    *,
    start: str | None = None,
    end: str | None = None,
    schema: Schema | None = None,
    filters: Filters = EVERYTHING,
    framework: str | None = None,
) -> Asked:
    """The request, or InvalidInputError with the field that is at fault."""
    first, last = period.read(start, end)
    if first is not None and first > at:
        msg = "start_date lies in the future"
        raise InvalidInputError(msg, field="start_date")
    if schema is Schema.OCSF:
        if form not in (Form.JSON, Form.OCSF):
            msg = "the schema ocsf is one of JSON"
            raise InvalidInputError(msg, field="schema")
        form = Form.OCSF
    is_open = last is None or last > at
    return Asked(tenant, form, first, at if last is None else min(last, at), filters, framework, is_open)
