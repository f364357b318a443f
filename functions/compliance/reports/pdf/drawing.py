"""Charts and tables that reports are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reportlab.lib.colors import Color
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable, Paragraph, Table

from compliance.reports.pdf import look

CELL_PADDING = 4
_BAR_HEIGHT = 7
_LINE_HEIGHT = 17


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    label: str
    share: float | None
    """In [0, 1]; None where there is nothing to show."""
    told: str
    color: Color


class Bars(Flowable):
    """A horizontal bar each, of one scale; breaks between bars."""

    def __init__(self, bars: Sequence[Bar], *, name_width: float, label_width: float) -> None:
        super().__init__()
        self._bars = bars
        self._name_width = name_width
        self._label_width = label_width
        self._width = look.WIDTH

    def wrap(self, width: float, _: float) -> tuple[float, float]:
        self._width = width
        return width, len(self._bars) * _LINE_HEIGHT

    def split(self, _: float, height: float) -> list[Flowable]:
        fitting = int(height // _LINE_HEIGHT)
        if fitting == 0:
            return []
        return [
            Bars(part, name_width=self._name_width, label_width=self._label_width)
            for part in (self._bars[:fitting], self._bars[fitting:])
            if part
        ]

    def draw(self) -> None:
        canvas = self.canv
        start = self._name_width + self._label_width + 8
        length = self._width - start - 88
        y = len(self._bars) * _LINE_HEIGHT
        for bar in self._bars:
            y -= _LINE_HEIGHT
            base = y + 5
            canvas.setFillColor(look.INK)
            canvas.setFont(look.MEDIUM, 8)
            canvas.drawString(0, base, fitted(bar.name, look.MEDIUM, 8, self._name_width - 6))
            canvas.setFont(look.REGULAR, 8)
            canvas.drawString(self._name_width, base, fitted(bar.label, look.REGULAR, 8, self._label_width))
            canvas.setFillColor(look.TRACK)
            canvas.roundRect(start, base - 1, length, _BAR_HEIGHT, 2, stroke=0, fill=1)
            if bar.share:
                canvas.setFillColor(bar.color)
                canvas.roundRect(start, base - 1, max(3, length * bar.share), _BAR_HEIGHT, 2, stroke=0, fill=1)
            canvas.setFillColor(bar.color)
            canvas.setFont(look.MEDIUM, 8)
            canvas.drawString(start + length + 8, base, bar.told)


def fitted(text: str, font: str, size: float, width: float) -> str:
    """The text, cut off with an ellipsis where it is too wide."""
    shown = look.printable(text)
    if stringWidth(shown, font, size) <= width:
        return shown
    return shown[: look.fitting(shown, font, size, width - stringWidth("…", font, size))].rstrip() + "…"


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[Flowable | str]],
    widths: Sequence[float],
    *,
    right: Sequence[int] = (),
    extra: Sequence[tuple[Any, ...]] = (),
) -> Table:
    """A table that flows over pages under a repeated head. Widths are shares of the page's."""
    total = sum(widths)
    titles = [
        Paragraph(look.safe(name), look.HEAD_RIGHT if column in right else look.HEAD)
        for column, name in enumerate(head)
    ]
    return Table(
        [titles, *map(list, rows)],
        colWidths=[look.WIDTH * width / total for width in widths],
        repeatRows=1,
        splitInRow=1,
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), CELL_PADDING),
            ("RIGHTPADDING", (0, 0), (-1, -1), CELL_PADDING),
            ("TOPPADDING", (0, 0), (-1, -1), 3.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            ("BACKGROUND", (0, 0), (-1, 0), look.SHADE),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, look.RULE),
            *extra,
        ],
    )


def facts(pairs: Sequence[tuple[str, object]], *, label_width: float = 96) -> Table:
    """Names and values, one pair a line."""
    rows = [[look.said(name, look.LABEL), look.said(value, look.SMALL)] for name, value in pairs]
    return Table(
        rows,
        colWidths=[label_width, look.WIDTH - label_width],
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ],
    )


class Tiles(Flowable):
    """A few figures side by side."""

    HEIGHT = 58

    def __init__(self, figures: Sequence[tuple[str, str, Color]]) -> None:
        super().__init__()
        self._figures = figures
        self._width = look.WIDTH

    def wrap(self, width: float, _: float) -> tuple[float, float]:
        self._width = width
        return width, self.HEIGHT + 10

    def draw(self) -> None:
        gap = 10
        width = (self._width - gap * (len(self._figures) - 1)) / len(self._figures)
        for number, (value, name, color) in enumerate(self._figures):
            x = number * (width + gap)
            self.canv.setFillColor(look.SHADE)
            self.canv.roundRect(x, 10, width, self.HEIGHT, 4, stroke=0, fill=1)
            self.canv.setFillColor(color)
            self.canv.rect(x, 14, 3, self.HEIGHT - 8, stroke=0, fill=1)
            self.canv.setFont(look.BOLD, 19)
            self.canv.drawString(x + 12, 38, value)
            self.canv.setFillColor(look.MUTED)
            self.canv.setFont(look.REGULAR, 8)
            self.canv.drawString(x + 12, 22, fitted(name, look.REGULAR, 8, width - 18))


def status(name: str, as_style: Any = look.SMALL) -> Paragraph:  # noqa: ANN401 (ReportLab's style)
    label, color = look.STATUSES[name]
    return look.marked(f'<font color="{look.hexadecimal(color)}"><b>{label}</b></font>', as_style)


def severity(name: str, as_style: Any = look.SMALL) -> Paragraph:  # noqa: ANN401 (ReportLab's style)
    color = look.hexadecimal(look.SEVERITIES[name])
    return look.marked(f'<font color="{color}"><b>{name.capitalize()}</b></font>', as_style)


def by_severity(counts: Mapping[str, int]) -> list[Bar]:
    most = max(1, *counts.values())
    return [
        Bar(name.capitalize(), "", counts.get(name, 0) / most, str(counts.get(name, 0)), color)
        for name, color in look.SEVERITIES.items()
    ]
