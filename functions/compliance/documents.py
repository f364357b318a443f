"""The document of an assessment: the one JSON value that replies, reports and exports are made from.

    check_id, tenant, framework, framework_title, framework_version, requested_by, started_at, completed_at, status
    scope               {organization, project, time_range: {start, end}}
    evidence_types      those that were looked at
    overall_compliance  in [0, 1]; assessed_share tells how much of the framework was seen at all
    controls            [{id, name, description, status, score, weight, evidence_count, checks: [ids]}]
    checks              [{id, title, severity, evidence_type, verdict, reason, rationale, remediation, examined,
                        examined_count, faults: [{resource, message}], fault_count}]; examined and faults are cut
    findings            all that are open, the gravest first: [{id, check_id, title, severity, resource, message,
                        remediation, controls: [ids], state: new|still_failing|not_seen, first_seen}]
    finding_counts      {critical, high, medium, low}
    comparison          {previous_check_id, new: [ids], fixed: [findings], still_failing: [ids], not_seen: [ids]}
    seal                the head of the audit trail's log when the assessment ended, or null
    evidence            {key, sha256, collected_at}; the verdicts follow from it, see `judged`

Everything here is pure: the same evidence gives the same document.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compliance.comparison import Comparison, compare, finding_id
from compliance.model import Check, Control, Fault, Framework, Outcome, Section, Severity, Unseen, Verdict
from compliance.scoring import ControlScore, Result, score_all, score_control

MAX_EXAMINED = 100
"""Names of resources that a check's row shows; the count tells of all."""
MAX_FAULTS = 100
MAX_FINDINGS = 500
"""Of one check: a thousand open buckets are one thing to mend."""
_ORDER = {severity: place for place, severity in enumerate(Severity)}

Judge = Any
"""`(check, sections) -> (verdict, outcome or reason)`, as `compliance.checks.judge`."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A check, what it said, and what that rests on."""

    check: Check
    verdict: Verdict
    reason: str | None = None
    examined: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def result(self) -> Result:
        return Result(self.check.severity, self.verdict)


def evidence_of(sections: Mapping[str, Section], collected_at: str) -> dict[str, Any]:
    """Evidence as it is stored."""
    return {
        "collected_at": collected_at,
        "sections": {
            name: {"unseen": section.reason} if isinstance(section, Unseen) else {"items": [*section]}
            for name, section in sections.items()
        },
    }


def sections_of(evidence: Mapping[str, Any]) -> dict[str, Section]:
    return {
        name: Unseen(stored["unseen"]) if "unseen" in stored else tuple(stored["items"])
        for name, stored in evidence["sections"].items()
    }


def wanted(framework: Framework, checks: Mapping[str, Check], evidence_types: Iterable[str]) -> list[Check]:
    """The checks of a framework that read evidence of these types, each once."""
    types = frozenset(evidence_types)
    return [check for check in _checks(framework, checks) if check.evidence_type in types]


def judged(
    framework: Framework,
    checks: Mapping[str, Check],
    evidence_types: Iterable[str],
    sections: Mapping[str, Section],
    judge: Judge,
) -> list[Judged]:
    """Every check of a framework; one whose type of evidence was left out has not been assessed."""
    asked = {check.id for check in wanted(framework, checks, evidence_types)}
    return [_judged(check, sections, judge, asked=check.id in asked) for check in _checks(framework, checks)]


def scores(framework: Framework, results: Sequence[Judged]) -> list[ControlScore]:
    by_id = {one.check.id: one.result for one in results}
    return [score_control([by_id[name] for name in control.checks], control.weight) for control in framework.controls]


def results_of(
    framework: Framework, results: Sequence[Judged], before: Sequence[Mapping[str, Any]], at: str
) -> dict[str, Any]:
    """What follows from verdicts and from the findings that were open before."""
    scored = scores(framework, results)
    overall = score_all(scored)
    by_id = {one.check.id: one for one in results}
    unseen = {one.check.id for one in results if one.verdict is Verdict.NOT_ASSESSED}
    failing = {finding_id(one.check.id, fault.resource) for one in results for fault in one.faults}
    compared = compare(_findings(framework, results), before, unseen_checks=unseen, at=at, failing=failing)
    findings = sorted(compared.open, key=_gravest_first)
    return {
        "overall_compliance": overall.score,
        "assessed_share": overall.assessed_share,
        "controls": [_control(*pair, by_id) for pair in zip(framework.controls, scored, strict=True)],
        "checks": [_check(one) for one in results],
        "findings": findings,
        "finding_counts": counts(findings),
        "comparison": _comparison(compared),
    }


def counts(findings: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    found = {severity.value: 0 for severity in Severity}
    for finding in findings:
        found[finding["severity"]] += 1
    return found


def _checks(framework: Framework, checks: Mapping[str, Check]) -> list[Check]:
    names = dict.fromkeys(name for control in framework.controls for name in control.checks)
    return [checks[name] for name in names]


def _judged(check: Check, sections: Mapping[str, Section], judge: Judge, *, asked: bool) -> Judged:
    if not asked:
        return Judged(
            check, Verdict.NOT_ASSESSED, f"evidence of type {check.evidence_type} was left out by the request"
        )
    verdict, said = judge(check, sections)
    if isinstance(said, Outcome):
        return Judged(check, verdict, None, said.examined, said.faults)
    return Judged(check, verdict, said)


def _findings(framework: Framework, results: Sequence[Judged]) -> list[dict[str, Any]]:
    controls: dict[str, list[str]] = {}
    for control in framework.controls:
        for name in control.checks:
            controls.setdefault(name, []).append(control.id)
    return [finding for one in results for finding in _findings_of(one, controls[one.check.id])]


def _findings_of(one: Judged, controls: Sequence[str]) -> list[dict[str, Any]]:
    """One of each resource, whatever is wrong with it: a finding's id is the check's and the resource's."""
    by_resource: dict[str, list[str]] = {}
    for fault in one.faults:
        messages = by_resource.setdefault(fault.resource, [])
        if fault.message not in messages:
            messages.append(fault.message)
    return [
        {
            "id": finding_id(one.check.id, resource),
            "check_id": one.check.id,
            "title": one.check.title,
            "severity": one.check.severity.value,
            "resource": resource,
            "message": "; ".join(by_resource[resource]),
            "remediation": one.check.remediation,
            "controls": [*controls],
        }
        for resource in sorted(by_resource)[:MAX_FINDINGS]
    ]


def _control(control: Control, scored: ControlScore, by_id: Mapping[str, Judged]) -> dict[str, Any]:
    return {
        "id": control.id,
        "name": control.name,
        "description": control.description,
        "status": scored.status.value,
        "score": scored.score,
        "weight": control.weight,
        "evidence_count": sum(len(by_id[name].examined) for name in control.checks),
        "checks": [*control.checks],
    }


def _check(one: Judged) -> dict[str, Any]:
    check = one.check
    return {
        "id": check.id,
        "title": check.title,
        "severity": check.severity.value,
        "evidence_type": check.evidence_type,
        "verdict": one.verdict.value,
        "reason": one.reason,
        "rationale": check.rationale,
        "remediation": check.remediation,
        "examined": [*one.examined[:MAX_EXAMINED]],
        "examined_count": len(one.examined),
        "faults": [{"resource": fault.resource, "message": fault.message} for fault in one.faults[:MAX_FAULTS]],
        "fault_count": len(one.faults),
    }


def _comparison(compared: Comparison) -> dict[str, Any]:
    kept = ("id", "check_id", "severity", "resource", "message", "first_seen")
    return {
        "new": compared.ids("new"),
        "fixed": [{name: finding[name] for name in kept} for finding in compared.fixed],
        "still_failing": compared.ids("still_failing"),
        "not_seen": compared.ids("not_seen"),
    }


def _gravest_first(finding: Mapping[str, Any]) -> tuple[int, str, str]:
    return _ORDER[Severity(finding["severity"])], finding["check_id"], finding["resource"]
