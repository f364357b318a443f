"""The audit trail as a report: a list of events of any length, set page by page as they are read."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reportlab.platypus import CondPageBreak, Flowable, PageBreak, Spacer

from compliance.reports.asked import Asked
from compliance.reports.pdf import assessment, drawing, look
from compliance.reports.pdf.cover import Cover
from compliance.reports.pdf.paper import Imprint, write
from compliance.reports.pdf.seals import seal_section
from compliance.reports.words import count, moment
from pentarch.events.model import Event
from pentarch.platform import clock

_HEAD = 16
_ROW = 23.5
_SIZE = 7.6
_COLUMNS = (("Time (UTC)", 92), ("Action", 100), ("Agent", 96), ("Resource", 146), ("Sensitivity", 58))
_LISTED = 12
"""Most frequent values that a summary names."""


@dataclass(slots=True)
class Totals:
    """Counted while the events go by."""

    events: int = 0
    by: dict[str, Counter[str]] = field(
        default_factory=lambda: {name: Counter() for name in ("Action", "Agent", "Sensitivity", "Compliance tag")}
    )

    def add(self, event: Event) -> None:
        self.events += 1
        self.by["Action"][event.action] += 1
        self.by["Agent"][event.agent or "none"] += 1
        self.by["Sensitivity"][event.sensitivity or "none"] += 1
        self.by["Compliance tag"].update(event.tags)


class _Rows(Flowable):
    """As many events as fit; each two lines high, the second for what proves and explains it."""

    def __init__(self, events: list[Event]) -> None:
        super().__init__()
        self._events = events

    def wrap(self, width: float, _: float) -> tuple[float, float]:
        return width, _HEAD + _ROW * len(self._events)

    def draw(self) -> None:
        canvas = self.canv
        y = _HEAD + _ROW * len(self._events)
        canvas.setFillColor(look.SHADE)
        canvas.rect(0, y - _HEAD + 3, look.WIDTH, _HEAD - 3, stroke=0, fill=1)
        canvas.setFillColor(look.MUTED)
        canvas.setFont(look.MEDIUM, 7)
        x = 3.0
        for name, width in _COLUMNS:
            canvas.drawString(x, y - 9, name)
            x += width
        canvas.setStrokeColor(look.RULE)
        canvas.setLineWidth(0.4)
        y -= _HEAD
        for event in self._events:
            self._draw_event(event, y)
            y -= _ROW
            canvas.line(0, y + 2.5, look.WIDTH, y + 2.5)

    def _draw_event(self, event: Event, y: float) -> None:
        canvas = self.canv
        values = (clock.iso(event.at)[:-1].replace("T", " "), event.action, event.agent or "—", event.resource,
                  event.sensitivity or "—")  # fmt: skip
        canvas.setFillColor(look.INK)
        canvas.setFont(look.REGULAR, _SIZE)
        x = 3.0
        for value, (_, width) in zip(values, _COLUMNS, strict=True):
            canvas.drawString(x, y - 7, drawing.fitted(value, look.REGULAR, _SIZE, width - 6))
            x += width
        tags = ", ".join(event.tags)
        said = " · ".join(part for part in (event.id, f"by {event.actor}", tags, _facts(event.data)) if part)
        canvas.setFillColor(look.MUTED)
        canvas.setFont(look.REGULAR, 6.4)
        canvas.drawString(3, y - 16, drawing.fitted(said, look.REGULAR, 6.4, look.WIDTH - 6))


class _Trail(Flowable):
    """All events: each page takes from the front what fits on it, so nobody holds them all."""

    def __init__(self, events: Iterable[Event], totals: Totals) -> None:
        super().__init__()
        self._events = iter(events)
        self._totals = totals
        self._ahead = next(self._events, None)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        return width, (height + 1 if self._ahead is not None else 0)

    def split(self, _: float, height: float) -> list[Flowable]:
        fitting = int((height - _HEAD) // _ROW)
        if fitting < 1:
            return []
        vars(self).pop("_postponed", None)  # ReportLab's mark of what found no room on the page before
        taken: list[Event] = []
        while self._ahead is not None and len(taken) < fitting:
            self._totals.add(self._ahead)
            taken.append(self._ahead)
            self._ahead = next(self._events, None)
        return [_Rows(taken), self] if self._ahead is not None else [_Rows(taken)]

    def draw(self) -> None:
        """There are no events."""


class _Late(Flowable):
    """Stands for flowables that can only be made when everything before them was set."""

    def __init__(self, make: Any) -> None:  # noqa: ANN401 (a function without arguments)
        super().__init__()
        self._make = make

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        return width, height + 1

    def split(self, _: float, __: float) -> list[Flowable]:
        return [Spacer(0, 0), *self._make()]

    def draw(self) -> None:
        raise NotImplementedError


def render(
    asked: Asked,
    events: Iterable[Event],
    *,
    total: int,
    document: Mapping[str, Any] | None,
    seal: Mapping[str, Any] | None,
    ascii_only: bool,
) -> bytes:
    """The trail; with an assessment's `document`, what that found comes first."""
    totals = Totals()
    imprint = Imprint(
        title="Audit trail",
        subject=f"Tenant {asked.tenant}",
        mark=f"{_period(asked)}",
        made_at=asked.end,
        cover=_cover(asked, total, document),
    )
    found = [] if document is None else [PageBreak(), *assessment.sections(document)]
    story: list[Flowable] = [
        *found,
        PageBreak(),
        look.said("Events", look.SECTION),
        look.said("Newest first. Below each event: its id, who acted, its compliance tags, and its facts in short; "
                  "the JSON and CSV exports have them whole.", look.FAINT),
        Spacer(0, 4),
        _Trail(events, totals),
        _Late(lambda: _end(totals, seal)),
    ]  # fmt: skip
    return write(imprint, story, ascii_only=ascii_only)


def _period(asked: Asked) -> str:
    start = "the beginning" if asked.start is None else moment(clock.iso(asked.start))
    return f"From {start} to {moment(clock.iso(asked.end))}"


def _cover(asked: Asked, total: int, document: Mapping[str, Any] | None) -> Cover:
    chosen = {name: getattr(asked.filters, name) for name in ("agent", "action", "resource", "sensitivity", "actor")}
    return Cover(
        kind="Audit report",
        title="Audit trail",
        subtitle=_period(asked),
        figure=f"{total:,}",
        figure_name="event" if total == 1 else "events",
        pairs=[
            ("Tenant", asked.tenant),
            ("Period", _period(asked)),
            *((name.capitalize(), value or "all") for name, value in chosen.items() if name != "actor" or value),
            *_assessed(asked, document),
            ("As of", moment(clock.iso(asked.end))),
        ],
        note=(
            "Every event was written in the same transaction as the change that it tells of. No event holds the text "
            "of a prompt. The last section says how the trail's seal is checked."
        ),
    )


def _assessed(asked: Asked, document: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    if document is not None:
        yield "Framework", f"{document['framework_title']}, {document['framework_version']}"
        yield "Assessed", f"{moment(document['completed_at'])}, check {document['check_id']}"
        yield "Overall compliance", look.percent(document["overall_compliance"])
    elif asked.framework is not None:
        yield "Framework", f"{asked.framework}, which was not assessed yet"


def _end(totals: Totals, seal: Mapping[str, Any] | None) -> Iterator[Flowable]:
    if not totals.events:
        yield look.said("No event of the period passes the filters.")
    yield CondPageBreak(200)
    yield look.said("Counts", look.SECTION)
    yield look.said(f"{count(totals.events, 'event')} in all.")
    for name, counted in totals.by.items():
        if counted:
            yield CondPageBreak(90)
            yield look.said(f"By {name.lower()}", look.GROUP)
            yield drawing.Bars(list(_bars(counted, totals.events)), name_width=200, label_width=0)
    yield CondPageBreak(200)
    yield from seal_section(seal)


def _bars(counted: Counter[str], total: int) -> Iterator[drawing.Bar]:
    common = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    for value, number in common[:_LISTED]:
        yield drawing.Bar(value, "", number / total, f"{number:,}", look.ACCENT)
    rest = sum(number for _, number in common[_LISTED:])
    if rest:
        yield drawing.Bar(f"{len(common) - _LISTED} others", "", rest / total, f"{rest:,}", look.MUTED)


def _facts(data: Mapping[str, Any]) -> str:
    """Names and values in one line; what is nested stays JSON."""
    return ", ".join(
        f"{name} {value if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False)}"
        for name, value in data.items()
        if value is not None
    )
