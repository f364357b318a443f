"""A small framework over a house whose doors can be opened, and assessments of it through the real functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

import compliance.worker
import fanout.stream
from compliance import assessing
from compliance.api import app, handler
from compliance.checks.judging import judge
from compliance.model import LATE, Check, Control, Fault, Framework, JsonObject, Outcome, Section, Severity, Unseen
from pentarch.web.admission import Gate
from support.lambdas import Caller
from support.pump import Stack
from support.stopped_clock import StoppedClock
from support.tenants import make_tenant

CHECK = "/api/v1/compliance/check"
CHECKS = "/api/v1/compliance/checks"
STATUS = "/api/v1/compliance/status"
SCHEDULES = "/api/v1/compliance/schedules"


@dataclass(slots=True)
class House:
    """What there is to see; a section that is None cannot be seen."""

    doors: dict[str, bool] | None = field(default_factory=lambda: {"front": True, "back": True})
    """Whether each is closed."""
    lamps: dict[str, bool] | None = field(default_factory=lambda: {"hall": True})
    looks: int = 0
    """How often evidence was collected."""
    late_looks: int = 0
    """How many of the first looks take too long."""

    def collect(self, names: Sequence[str]) -> dict[str, Section]:
        self.looks += 1
        if self.late_looks >= self.looks:
            return {name: Unseen(LATE) for name in names}
        return {name: _section(getattr(self, name)) for name in names}


def _section(things: Mapping[str, bool] | None) -> Section:
    if things is None:
        return Unseen("nobody may look")
    return [{"name": name, "fine": fine} for name, fine in things.items()]


def _all_fine(things: Sequence[JsonObject]) -> Outcome:
    faults = tuple(
        Fault(thing["name"], f"{thing['name']} is not as it should be") for thing in things if not thing["fine"]
    )
    return Outcome(tuple(thing["name"] for thing in things), faults)


def a_check(name: str, severity: Severity, section: str, evidence_type: str) -> Check:
    return Check(name, f"{name} is well", severity, evidence_type, (section,), "Because.", "Mend it.", _all_fine)


RULES = {
    check.id: check
    for check in (
        a_check("doors-closed", Severity.CRITICAL, "doors", "access_control"),
        a_check("lamps-lit", Severity.MEDIUM, "lamps", "monitoring"),
    )
}
CONTROLS = (
    Control("C1", "Doors", "Doors are closed.", 2.0, ("doors-closed",)),
    Control("C2", "House", "The house is in order.", 1.0, ("doors-closed", "lamps-lit")),
    Control("C3", "Lamps", "Lamps are lit.", 1.0, ("lamps-lit",)),
)
FRAMEWORKS = {
    name: Framework(name, f"The {name} framework", "1", CONTROLS) for name in ("SOC2", "GDPR", "HIPAA", "PCI-DSS")
}


class Auditor(Stack):
    """The functions that an assessment passes through, over a house."""

    def __init__(self, patch: pytest.MonkeyPatch, clock: StoppedClock) -> None:
        super().__init__(patch, clock)
        self.house = House()
        rules = assessing.Rules(FRAMEWORKS, RULES, judge, lambda _one, names, _at, _within: self.house.collect(names))
        patch.setattr(assessing, "deployed", lambda: rules)
        app.state.gate = Gate()
        self.reads_stream("fanout", fanout.stream.handler)
        self.reads_queue("worker", "COMPLIANCE_QUEUE_URL", compliance.worker.handler, batch=1)

    def tenant(self, name: str) -> Caller:
        return Caller(handler, {"X-API-Key": make_tenant(name)})


def run(api: Caller, framework: str = "SOC2", **more: Any) -> dict[str, Any]:
    """The reply to a run that is answered at once."""
    found: dict[str, Any] = api.post(CHECK, {"framework": framework, **more}).expect(200).data
    return found


def seen(api: Caller, check_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"{CHECKS}/{check_id}").expect(200).data
    return found


def stands(api: Caller, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(STATUS, query=query or None).expect(200).data["frameworks"]
    return found
