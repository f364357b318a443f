"""A report's pages: cover, header and footer with page numbers, and the file that they are written to.

Two kinds of files: `ascii` ones hold no byte above 127, so that a REST API carries them as text, whatever media types
the client says it accepts; the others are a fifth smaller.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, NextPageTemplate, PageTemplate
from reportlab.platypus.paragraph import Paragraph

from compliance.reports.pdf import look

_TOTAL = "total-pages"
_HIGHEST_ASCII = 127


@dataclass(frozen=True, slots=True)
class Imprint:
    """What every page says, and what a reader of the file's properties sees."""

    title: str
    subject: str
    mark: str
    """Of the very report: stands in every footer."""
    made_at: datetime
    cover: Callable[[Canvas], None]


class _Paper(Canvas):
    """Numbers its pages `3 of 12` without keeping them: the total is one drawing, made last, that all pages show."""

    def __init__(self, *arguments: Any, ascii_only: bool, made_at: datetime, **options: Any) -> None:  # noqa: ANN401 (ReportLab's)
        super().__init__(*arguments, **options)
        self._ascii_only = ascii_only
        self._made_at = made_at

    def save(self) -> None:
        own: Any = self  # the types of ReportLab leave out what its subclasses need
        if own._code:  # noqa: SLF001
            self.showPage()
        self.beginForm(_TOTAL)
        self.setFont(look.REGULAR, 7.4)
        self.setFillColor(look.MUTED)
        self.drawString(0, 0, f"of {self.getPageNumber() - 1}")
        self.endForm()
        document = own._doc  # noqa: SLF001
        for font in document.delayedFonts:
            font.addObjects(document)
        document.delayedFonts = []
        # A file that is the same every time would otherwise say that it was made in the year 2000.
        stamp = document._timeStamp  # noqa: SLF001
        stamp.t = self._made_at.timestamp()
        stamp.lt = self._made_at.utctimetuple()
        stamp.YMDhms = tuple(stamp.lt)[:6]
        if self._ascii_only:
            _make_ascii(document)
        super().save()


def _make_ascii(document: pdfdoc.PDFDocument) -> None:
    """Fonts are compressed and left binary otherwise."""
    for thing in document.idToObject.values():
        if isinstance(thing, pdfdoc.PDFStream) and thing.filters == [pdfdoc.PDFZCompress]:
            thing.filters = [pdfdoc.PDFBase85Encode, pdfdoc.PDFZCompress]


class _Pages(BaseDocTemplate):
    """Sections become entries of the file's outline."""

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 (ReportLab's name)
        if isinstance(flowable, Paragraph) and flowable.style.name in (look.SECTION.name, look.GROUP.name):
            text = flowable.getPlainText()
            level = 0 if flowable.style.name == look.SECTION.name else 1
            key = f"section-{self.page}-{text}"
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(text, key, level=level, closed=level == 0)


def write(imprint: Imprint, story: list[Flowable], *, ascii_only: bool) -> bytes:
    """The file. The same report gives the same bytes."""
    rl_config.useA85 = int(ascii_only)
    width, height = look.PAGE
    frame = Frame(
        look.MARGIN, look.BOTTOM, look.WIDTH, height - look.TOP - look.BOTTOM,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip

    def cover(canvas: Canvas, _: BaseDocTemplate) -> None:
        imprint.cover(canvas)

    def page(canvas: Canvas, _: BaseDocTemplate) -> None:
        canvas.saveState()
        canvas.setStrokeColor(look.RULE)
        canvas.setLineWidth(0.6)
        canvas.line(look.MARGIN, height - look.TOP + 12, width - look.MARGIN, height - look.TOP + 12)
        canvas.line(look.MARGIN, look.BOTTOM - 10, width - look.MARGIN, look.BOTTOM - 10)
        canvas.setFillColor(look.MUTED)
        canvas.setFont(look.MEDIUM, 7.4)
        canvas.drawString(look.MARGIN, height - look.TOP + 18, look.printable(imprint.title))
        canvas.setFont(look.REGULAR, 7.4)
        canvas.drawRightString(width - look.MARGIN, height - look.TOP + 18, look.printable(imprint.subject))
        canvas.drawString(look.MARGIN, look.BOTTOM - 21, look.printable(imprint.mark))
        canvas.drawRightString(width - look.MARGIN - 26, look.BOTTOM - 21, f"Page {canvas.getPageNumber()}")
        canvas.translate(width - look.MARGIN - 24, look.BOTTOM - 21)
        canvas.doForm(_TOTAL)
        canvas.restoreState()

    target = io.BytesIO()
    pages = _Pages(
        target,
        pagesize=look.PAGE,
        title=imprint.title,
        subject=imprint.subject,
        author="Pentarch",
        creator="Pentarch",
        lang="en",
        pageCompression=1,
        invariant=1,
        initialFontName=look.REGULAR,
        displayDocTitle=True,
        pageTemplates=[
            PageTemplate("cover", [frame], onPage=cover),
            PageTemplate("page", [frame], onPage=page),
        ],
    )
    pages.build(
        [NextPageTemplate("page"), *story], canvasmaker=partial(_Paper, ascii_only=ascii_only, made_at=imprint.made_at)
    )
    made = target.getvalue()
    return _with_ascii_head(made) if ascii_only else made


def _with_ascii_head(made: bytes) -> bytes:
    """Without the four bytes of the second line that only tell programs that a file is binary; nothing moves."""
    lines = made.split(b"\n", 2)
    lines[1] = bytes(byte if byte <= _HIGHEST_ASCII else ord("%") for byte in lines[1])
    return b"\n".join(lines)
