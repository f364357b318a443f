"""From what was asked for to the bytes of a file, piece by piece; what it is made of is read as it is written."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from compliance import standing, store
from compliance.reports import bundle, ocsf, sealed, spreadsheet, trail
from compliance.reports.asked import Asked, Form
from compliance.schemas import FrameworkName
from pentarch.audit import store as audit
from pentarch.platform.jsons import encoded

FRAMEWORKS: tuple[str, ...] = get_args(FrameworkName)
Document = Mapping[str, Any]


def size_of(asked: Asked) -> int:
    """How many events an export will have."""
    return 0 if asked.form is Form.OCSF else audit.count(asked.tenant, asked.filters, asked.start, asked.end)


def export(asked: Asked, *, ascii_only: bool) -> Iterator[bytes]:
    """`ascii_only` makes a PDF that passes as text; see `compliance.reports.pdf.paper`."""
    if asked.form is Form.OCSF:
        wanted = FRAMEWORKS if asked.framework is None else (asked.framework,)
        found = (latest(asked.tenant, name) for name in wanted)
        return bundle.gathered(bundle.array(event for one in found if one is not None for event in ocsf.findings(one)))
    document = None if asked.framework is None else latest(asked.tenant, asked.framework)
    match asked.form:
        case Form.CSV:
            return _csv(asked, document)
        case Form.PDF:
            return _pdf(asked, document, ascii_only=ascii_only)
        case _:
            return _json(asked, document)


def report(document: Document, form: Form) -> Iterator[bytes]:
    """One assessment."""
    match form:
        case Form.CSV:
            columns = (*spreadsheet.TRAIL, *spreadsheet.FINDINGS)
            return spreadsheet.lines(columns, spreadsheet.finding_rows(document))
        case Form.OCSF:
            return bundle.gathered(bundle.array(ocsf.findings(document)))
        case Form.PDF:
            from compliance.reports.pdf import assessment

            return iter((assessment.render(document, ascii_only=True),))
        case _:
            return iter((encoded(document),))


def latest(tenant: str, framework: str) -> Document | None:
    found, _ = standing.read(tenant, framework, None)
    return store.document(tenant, found[0].check_id) if found else None


def _csv(asked: Asked, document: Document | None) -> Iterator[bytes]:
    columns = spreadsheet.TRAIL if asked.framework is None else (*spreadsheet.TRAIL, *spreadsheet.FINDINGS)
    return spreadsheet.lines(columns, _rows(asked, document))


def _rows(asked: Asked, document: Document | None) -> Iterator[Document]:
    if document is not None:
        yield from spreadsheet.finding_rows(document)
    for event in trail.events_of(asked):
        yield trail.row(event) | {"record": "event"}


def _json(asked: Asked, document: Document | None) -> Iterator[bytes]:
    about: dict[str, Any] = {"export": asked.as_json()}
    if asked.framework is not None:
        about["assessment"] = document
    return sealed.export(asked, about)


def _pdf(asked: Asked, document: Document | None, *, ascii_only: bool) -> Iterator[bytes]:
    from compliance.reports.pdf import trail as paper

    total = size_of(asked)
    made = paper.render(
        asked,
        trail.events_of(asked),
        total=total,
        document=document,
        seal=sealed.standing(asked.tenant),
        ascii_only=ascii_only,
    )
    return iter((made,))
