"""The first page: what this is about, of whom, when, and the one figure."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from compliance.reports.pdf import drawing, look

_BAND = 112 * mm
_TITLE = look.style("cover title", size=30, leading=35, font=look.BOLD, color=look.WHITE)
_SUBTITLE = look.style("cover subtitle", size=12.5, leading=17, color=look.FAINT_ON_ACCENT)
_NOTE = look.style("cover note", size=8, color=look.MUTED)
_SHOWN_RING = 64


@dataclass(frozen=True, slots=True)
class Cover:
    kind: str
    title: str
    subtitle: str
    figure: str
    figure_name: str
    pairs: Sequence[tuple[str, object]]
    note: str
    share: float | None = None
    """In [0, 1], drawn as a ring around the figure."""

    def __call__(self, canvas: Canvas) -> None:
        width, height = look.PAGE
        canvas.saveState()
        canvas.setFillColor(look.ACCENT)
        canvas.rect(0, height - _BAND, width, _BAND, stroke=0, fill=1)
        canvas.setFillColor(look.WHITE)
        canvas.setFont(look.BOLD, 11)
        canvas.drawString(look.MARGIN, height - 22 * mm, "PENTARCH")
        canvas.setFont(look.REGULAR, 11)
        canvas.drawRightString(width - look.MARGIN, height - 22 * mm, self.kind)
        room = look.WIDTH - 2 * _SHOWN_RING - 24 if self.share is not None else look.WIDTH
        top = height - 46 * mm
        for text, as_style in ((self.title, _TITLE), (self.subtitle, _SUBTITLE)):
            top = _set(canvas, look.said(text, as_style), look.MARGIN, top, room) - 6
        self._draw_figure(canvas, width - look.MARGIN - _SHOWN_RING, height - _BAND + 45 * mm)
        self._draw_pairs(canvas, height - _BAND - 16 * mm)
        _set(canvas, look.said(self.note, _NOTE), look.MARGIN, 34 * mm, look.WIDTH)
        canvas.restoreState()

    def _draw_figure(self, canvas: Canvas, x: float, y: float) -> None:
        if self.share is not None:
            radius = _SHOWN_RING - 6
            canvas.setLineWidth(9)
            canvas.setStrokeColor(look.RING_TRACK)
            canvas.circle(x, y, radius, stroke=1, fill=0)
            if self.share > 0:
                canvas.setStrokeColor(look.RING)
                canvas.arc(x - radius, y - radius, x + radius, y + radius, 90, -360 * min(self.share, 0.9999))
            canvas.setFillColor(look.WHITE)
            canvas.setFont(look.BOLD, 24)
            canvas.drawCentredString(x, y - 4, self.figure)
            canvas.setFont(look.REGULAR, 8)
            canvas.drawCentredString(x, y - 20, self.figure_name)
        else:
            canvas.setFillColor(look.WHITE)
            canvas.setFont(look.BOLD, 24)
            canvas.drawString(look.MARGIN, y - 20 * mm, self.figure)
            canvas.setFont(look.REGULAR, 10)
            canvas.drawString(look.MARGIN, y - 20 * mm - 15, self.figure_name)

    def _draw_pairs(self, canvas: Canvas, top: float) -> None:
        table = drawing.facts(self.pairs, label_width=110)
        _, used = table.wrapOn(canvas, look.WIDTH, top)
        table.drawOn(canvas, look.MARGIN, top - used)


def _set(canvas: Canvas, paragraph: Paragraph, x: float, top: float, width: float) -> float:
    """Draw a paragraph below a line; the line below it."""
    _, used = paragraph.wrapOn(canvas, width, top)
    paragraph.drawOn(canvas, x, top - used)
    return float(top - used)
