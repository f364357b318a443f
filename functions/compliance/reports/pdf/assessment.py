"""An assessment as a report that can be handed to an auditor."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, PageBreak, Spacer

from compliance.reports.pdf import drawing, look
from compliance.reports.pdf.cover import Cover
from compliance.reports.pdf.paper import Imprint, write
from compliance.reports.pdf.seals import evidence_section
from compliance.reports.words import count, moment
from pentarch.platform.clock import parse_iso

Document = Mapping[str, Any]

MAX_SHOWN_OF_A_CHECK = 100
"""Resources listed below one check; the JSON report has them all."""
MANY = 2_000
"""Of more findings than this, only a few of each check are shown: a row takes a millisecond, and somebody waits."""
FEW_SHOWN = 10
MAX_FIXED_SHOWN = 200
_BARS_BESIDE_HEAD = 4
_ROWS_KEPT_TOGETHER = 3
_ROOM_FOR_A_CHECK = 190
"""Its head and the first rows, in points."""
_FINDING_COLUMNS = (36, 38, 15, 12)
_ROOM_FOR_A_SECTION = 260
_ROOM_FOR_A_TABLE = 140
_RESOURCE_WIDTH = look.WIDTH * _FINDING_COLUMNS[0] / sum(_FINDING_COLUMNS) - drawing.CELL_PADDING * 2 - 1
_STATES = {"new": "New", "still_failing": "Still failing", "not_seen": "Not seen this time"}
_SEVERITIES = tuple(look.SEVERITIES)


def render(document: Document, *, ascii_only: bool) -> bytes:
    imprint = Imprint(
        title=f"{document['framework_title']} assessment",
        subject=_scope(document),
        mark=f"Check {document['check_id']}",
        made_at=parse_iso(document["completed_at"]),
        cover=_cover(document),
    )
    story = [PageBreak(), *sections(document), PageBreak(), *evidence_section(document)]
    return write(imprint, story, ascii_only=ascii_only)


def sections(document: Document) -> Iterator[Flowable]:
    """All but the evidence; beginning on a page of their own."""
    yield from _summary(document)
    yield PageBreak()
    yield from _controls(document)
    yield CondPageBreak(_ROOM_FOR_A_SECTION)
    yield from _findings(document)
    yield from _fixed(document)
    yield from _unseen(document)
    yield from _passed(document)


def _scope(document: Document) -> str:
    scope = document["scope"]
    named = [name for name in (scope["organization"], scope["project"]) if name]
    return " · ".join(named) or f"Tenant {document['tenant']}"


def _cover(document: Document) -> Cover:
    scope = document["scope"]
    period = scope["time_range"]
    return Cover(
        kind="Compliance assessment",
        title=document["framework_title"],
        subtitle=f"{document['framework']}, {_version(document)}",
        figure=look.percent(document["overall_compliance"]),
        figure_name="overall compliance",
        share=document["overall_compliance"],
        pairs=[
            ("Organization", scope["organization"] or "—"),
            ("Project", scope["project"] or "—"),
            ("Tenant", document["tenant"]),
            ("Period", f"{moment(period['start'])} to {moment(period['end'])}"),
            ("Assessed", moment(document["completed_at"])),
            ("Requested by", document["requested_by"]),
            ("Kinds of evidence", ", ".join(name.replace("_", " ") for name in document["evidence_types"])),
            ("Check", document["check_id"]),
        ],
        note=(
            "Made by machine from the evidence that the last section names. It shows what that evidence says of the "
            "controls that machines can check; it is no auditor's opinion, and no certificate."
        ),
    )


def _version(document: Document) -> str:
    version = str(document["framework_version"])
    return version if version[:1].isalpha() else f"version {version}"


def _summary(document: Document) -> Iterator[Flowable]:
    controls = document["controls"]
    counts = document["finding_counts"]
    compliant = sum(control["status"] == "compliant" for control in controls)
    applicable = sum(control["status"] != "not_applicable" for control in controls)
    total = sum(counts.values())
    yield look.said("Summary", look.SECTION)
    yield drawing.Tiles(
        [
            (look.percent(document["overall_compliance"]), "overall compliance", look.ACCENT),
            (look.percent(document["assessed_share"]), "of the controls assessed", look.MUTED),
            (f"{compliant} of {applicable}", "controls compliant", look.STATUSES["compliant"][1]),
            (str(total), "open findings", look.SEVERITIES["critical"] if total else look.STATUSES["compliant"][1]),
        ]
    )
    yield look.said(
        "A control's score is the share of its checks that passed, weighted by severity; the overall score is the "
        "share over all controls, weighted by the framework's weights. A check that could not see its evidence counts "
        "as one that failed, so missing evidence never raises a score.",
        look.FAINT,
    )
    yield Spacer(0, 6)
    yield KeepTogether(
        [
            look.said("Open findings by severity", look.GROUP),
            drawing.Bars(drawing.by_severity(counts), name_width=70, label_width=0),
        ]
    )
    yield KeepTogether([look.said("Since the assessment before", look.GROUP), _changes(document)])
    bars = [_bar(control) for control in controls]
    first, rest = bars[:_BARS_BESIDE_HEAD], bars[_BARS_BESIDE_HEAD:]
    yield KeepTogether([look.said("Score by control", look.GROUP), _scores(first)])
    if rest:
        yield _scores(rest)


def _scores(bars: Sequence[drawing.Bar]) -> drawing.Bars:
    return drawing.Bars(bars, name_width=78, label_width=176)


def _bar(control: Mapping[str, Any]) -> drawing.Bar:
    label, color = look.STATUSES[control["status"]]
    is_scored = control["status"] not in ("not_assessed", "not_applicable")
    told = look.percent(control["score"]) if is_scored else label
    return drawing.Bar(control["id"], control["name"], control["score"] if is_scored else None, told, color)


def _changes(document: Document) -> Flowable:
    comparison = document["comparison"]
    before = comparison["previous_check_id"]
    if before is None:
        return look.said("This is the first assessment of this framework; there is none to compare it with.")
    told = [
        count(len(comparison["new"]), "new finding"),
        f"{len(comparison['fixed'])} fixed",
        f"{len(comparison['still_failing'])} still failing",
    ]
    if comparison["not_seen"]:
        told.append(f"{len(comparison['not_seen'])} still open because their evidence could not be seen")
    return look.said(f"{', '.join(told)}, compared with check {before}.")


def _controls(document: Document) -> Iterator[Flowable]:
    verdicts = {check["id"]: check["verdict"] for check in document["checks"]}
    rows: list[list[Flowable | str]] = []
    for control in document["controls"]:
        applicable = [name for name in control["checks"] if verdicts.get(name) != "not_applicable"]
        passed = sum(verdicts.get(name) == "passed" for name in applicable)
        is_scored = control["status"] not in ("not_assessed", "not_applicable")
        rows.append(
            [
                look.marked(f"<b>{look.safe(control['id'])}</b>", look.CELL),
                look.marked(f"<b>{look.safe(control['name'])}</b><br/>{look.safe(control['description'])}", look.CELL),
                drawing.status(control["status"], look.CELL),
                look.said(look.percent(control["score"]) if is_scored else "—", look.CELL_RIGHT),
                look.said(f"{passed} of {len(applicable)}", look.CELL_RIGHT),
                look.said(control["evidence_count"], look.CELL_RIGHT),
            ]
        )
    yield look.said("Controls", look.SECTION)
    head = ("Control", "What it asks for", "Status", "Score", "Checks passed", "Evidence")
    yield drawing.table(head, rows, (15, 48, 18, 10, 12, 11), right=(3, 4, 5))


def _findings(document: Document) -> Iterator[Flowable]:
    yield look.said("Findings", look.SECTION)
    findings = sorted(
        document["findings"], key=lambda one: (_SEVERITIES.index(one["severity"]), one["check_id"], one["resource"])
    )
    if not findings:
        yield look.said("No check that could be assessed found anything wrong.")
    checks = {check["id"]: check for check in document["checks"]}
    shown = MAX_SHOWN_OF_A_CHECK if len(findings) <= MANY else FEW_SHOWN
    for name, of_severity in groupby(findings, key=lambda one: one["severity"]):
        grouped = [(check_id, list(group)) for check_id, group in groupby(of_severity, lambda one: one["check_id"])]
        total = sum(len(group) for _, group in grouped)
        yield CondPageBreak(_ROOM_FOR_A_CHECK)
        yield look.marked(
            f'<font color="{look.hexadecimal(look.SEVERITIES[name])}">{name.capitalize()}: '
            f"{count(total, 'finding')}</font>",
            look.GROUP,
        )
        for check_id, group in grouped:
            yield from _of_check(checks.get(check_id, {}), group, shown)


def _of_check(check: Mapping[str, Any], findings: Sequence[Mapping[str, Any]], shown: int) -> Iterator[Flowable]:
    """What one check found: why it matters and what to do once, then every resource."""
    first = findings[0]
    controls = ", ".join(first["controls"])
    about: list[Flowable] = [
        look.said(first["title"], look.ITEM),
        look.said(f"{first['check_id']} · controls {controls}" if controls else first["check_id"], look.META),
    ]
    if check.get("rationale"):
        about.append(look.marked(f"<b>Why it matters.</b> {look.safe(check['rationale'])}"))
    about.append(look.marked(f"<b>What to do.</b> {look.safe(first['remediation'])}"))
    rows: list[list[Flowable | str]] = [
        [
            look.resource(finding["resource"], _RESOURCE_WIDTH),
            look.said(finding["message"], look.SMALL),
            look.said(_STATES[finding["state"]], look.SMALL),
            look.said(moment(finding["first_seen"])[:10], look.SMALL),
        ]
        for finding in findings[:shown]
    ]
    listed = drawing.table(("Resource", "What is wrong", "State", "First seen"), rows, _FINDING_COLUMNS)
    if len(rows) > _ROWS_KEPT_TOGETHER:
        yield CondPageBreak(_ROOM_FOR_A_CHECK)
        yield from about
        yield listed
    else:
        yield KeepTogether([*about, listed])
    hidden = max(len(findings), check.get("fault_count", 0)) - len(rows)
    if hidden > 0:
        yield look.said(f"And {hidden} more of this check, which the JSON report tells of.", look.FAINT)
    yield Spacer(0, 6)


def _fixed(document: Document) -> Iterator[Flowable]:
    fixed = document["comparison"]["fixed"]
    if not fixed:
        return
    yield CondPageBreak(_ROOM_FOR_A_TABLE)
    yield look.said("Fixed since the assessment before", look.SECTION)
    rows: list[list[Flowable | str]] = [
        [
            drawing.severity(one["severity"]),
            look.resource(one["resource"], _RESOURCE_WIDTH),
            look.said(one["message"], look.SMALL),
            look.said(moment(one["first_seen"])[:10], look.SMALL),
        ]
        for one in fixed[:MAX_FIXED_SHOWN]
    ]
    yield drawing.table(("Severity", "Resource", "What was wrong", "First seen"), rows, (12, 38, 38, 12))
    if len(fixed) > MAX_FIXED_SHOWN:
        yield look.said(f"And {len(fixed) - MAX_FIXED_SHOWN} more, which the JSON report tells of.", look.FAINT)


def _unseen(document: Document) -> Iterator[Flowable]:
    unseen = [check for check in document["checks"] if check["verdict"] == "not_assessed"]
    if not unseen:
        return
    yield CondPageBreak(_ROOM_FOR_A_TABLE)
    yield look.said("Checks that could not be assessed", look.SECTION)
    yield look.said(
        "Their evidence could not be seen, so nothing is known of what they are about: neither good nor bad."
    )
    rows: list[list[Flowable | str]] = [
        [
            look.marked(f"{look.safe(check['title'])}<br/>{look.safe(check['id'])}", look.SMALL),
            drawing.severity(check["severity"]),
            look.said(check["reason"] or "—", look.SMALL),
        ]
        for check in unseen
    ]
    yield drawing.table(("Check", "Severity", "Why it could not be assessed"), rows, (40, 12, 48))


def _passed(document: Document) -> Iterator[Flowable]:
    fine = [check for check in document["checks"] if check["verdict"] in ("passed", "not_applicable")]
    if not fine:
        return
    yield CondPageBreak(_ROOM_FOR_A_TABLE)
    yield look.said("Checks that found nothing wrong", look.SECTION)
    rows: list[list[Flowable | str]] = [
        [
            look.marked(f"{look.safe(check['title'])}<br/>{look.safe(check['id'])}", look.SMALL),
            look.said("Passed" if check["verdict"] == "passed" else "Not applicable", look.SMALL),
            look.said(check["examined_count"], look.SMALL_RIGHT),
            look.said(_named(check), look.SMALL),
        ]
        for check in fine
    ]
    yield drawing.table(("Check", "Verdict", "Examined", "What it looked at"), rows, (34, 13, 10, 43), right=(2,))


_NAMES_SHOWN = 3


def _named(check: Mapping[str, Any]) -> str:
    names = [look.short(name) for name in check["examined"][:_NAMES_SHOWN]]
    more = check["examined_count"] - len(names)
    return ", ".join(names) + (f" and {more} more" if more > 0 else "") if names else "—"
