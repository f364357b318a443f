"""What a report looks like: fonts, colours, sizes, and texts that are fit to be set in them."""

from bisect import bisect_right
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

PAGE = A4
MARGIN = 18 * mm
TOP = 24 * mm
BOTTOM = 22 * mm
WIDTH = PAGE[0] - 2 * MARGIN

_FONTS = Path(__file__).parent / "fonts"
REGULAR, MEDIUM, BOLD = "Roboto-Regular", "Roboto-Medium", "Roboto-Bold"
INK = HexColor("#1B2430")
MUTED = HexColor("#5C6775")
FAINT_ON_ACCENT = HexColor("#C9D6E5")
RING = HexColor("#7FD1AE")
RING_TRACK = HexColor("#2F5579")
RULE = HexColor("#D5DAE1")
SHADE = HexColor("#F4F6F8")
ACCENT = HexColor("#12355B")
WHITE = HexColor("#FFFFFF")
TRACK = HexColor("#E8ECF0")

SEVERITIES: Mapping[str, Color] = {
    "critical": HexColor("#8E1B1B"),
    "high": HexColor("#C2410C"),
    "medium": HexColor("#9A6B00"),
    "low": HexColor("#3E6A9E"),
}
STATUSES: Mapping[str, tuple[str, Color]] = {
    "compliant": ("Compliant", HexColor("#1F7A4D")),
    "partially_compliant": ("Partially compliant", HexColor("#9A6B00")),
    "non_compliant": ("Not compliant", HexColor("#B3261E")),
    "not_assessed": ("Not assessed", HexColor("#6B7480")),
    "not_applicable": ("Not applicable", HexColor("#8F98A3")),
}


def _register_fonts() -> None:
    """Embedded and of a free licence: Latin, Greek and Cyrillic, with their accents."""
    for name in (REGULAR, MEDIUM, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(_FONTS / f"{name}.ttf")))
    for name, bold in ((REGULAR, MEDIUM), (MEDIUM, MEDIUM), (BOLD, BOLD)):
        pdfmetrics.registerFontFamily(name, normal=name, bold=bold, italic=name, boldItalic=bold)


_register_fonts()


@cache
def _glyphs() -> frozenset[int]:
    font: Any = pdfmetrics.getFont(REGULAR)
    return frozenset(font.face.charToGlyph)


def printable(text: object) -> str:
    """The text, with what the fonts cannot show as code points: `[U+65E5]` says more than an empty box."""
    said = str(text)
    if said.isascii() and said.isprintable():
        return said
    known = _glyphs()
    told = []
    for letter in said:
        if letter in "\n\r\t":
            told.append(" ")
        elif letter.isprintable() and ord(letter) in known:
            told.append(letter)
        else:
            told.append(f"[U+{ord(letter):04X}]")
    return "".join(told)


def style(
    name: str,
    *,
    size: float = 9,
    leading: float | None = None,
    font: str = REGULAR,
    color: Color = INK,
    before: float = 0,
    after: float = 0,
    right: bool = False,
    leads: bool = False,
) -> ParagraphStyle:
    """`leads`: never the last on a page."""
    return ParagraphStyle(
        name,
        fontName=font,
        fontSize=size,
        leading=leading or size * 1.36,
        textColor=color,
        spaceBefore=before,
        spaceAfter=after,
        alignment=TA_RIGHT if right else 0,
        splitLongWords=1,
        allowWidows=0,
        allowOrphans=0,
        keepWithNext=int(leads),
    )


_SEPARATORS = "/:-_., "

BODY = style("body", after=4)
SMALL = style("small", size=7.6)
SMALL_RIGHT = style("small right", size=7.6, right=True)
FAINT = style("faint", size=7.6, color=MUTED)
META = style("meta", size=7.6, color=MUTED, after=3)
CELL = style("cell", size=8)
CELL_RIGHT = style("cell right", size=8, right=True)
HEAD = style("head", size=7.4, font=MEDIUM, color=MUTED)
HEAD_RIGHT = style("head right", size=7.4, font=MEDIUM, color=MUTED, right=True)
SECTION = style("section", size=16, leading=20, font=BOLD, color=ACCENT, before=18, after=8)
GROUP = style("group", size=11.5, leading=15, font=BOLD, before=10, after=4, leads=True)
ITEM = style("item", size=9.6, leading=13, font=MEDIUM, before=8, after=2)
LABEL = style("label", size=7.4, font=MEDIUM, color=MUTED)


def said(text: object, as_style: ParagraphStyle = BODY) -> Paragraph:
    """A paragraph of plain text."""
    return Paragraph(escape(printable(text)), as_style)


def resource(name: object, width: float, as_style: ParagraphStyle = SMALL) -> Paragraph:
    """A name that may be long and hold no space, like an ARN: broken behind its separators where it is too wide."""
    rest, lines = printable(name), []
    while (fits := fitting(rest, as_style.fontName, as_style.fontSize, width)) < len(rest):
        at = max(rest.rfind(mark, 0, fits) for mark in _SEPARATORS) + 1
        at = at if at > fits // 2 else max(1, fits)
        lines.append(rest[:at])
        rest = rest[at:]
    return Paragraph("<br/>".join(escape(line) for line in (*lines, rest)), as_style)


def fitting(text: str, font: str, size: float, width: float) -> int:
    """How many letters of a text fit into a width."""
    return bisect_right(range(len(text)), width, key=lambda last: stringWidth(text[: last + 1], font, size))


def short(name: str) -> str:
    """An ARN's last part, which tells the thing from others of its kind."""
    parts = name.split(":", 5)
    return parts[-1] if parts[0] == "arn" else name


def marked(text: str, as_style: ParagraphStyle = BODY) -> Paragraph:
    """A paragraph of our own words with ReportLab's markup; what is put into it goes through `safe`."""
    return Paragraph(text, as_style)


def safe(text: object) -> str:
    return escape(printable(text))


def hexadecimal(color: Color) -> str:
    return f"#{color.hexval()[2:]}"


def percent(share: float) -> str:
    """Rounded down, so that only what is whole looks whole."""
    return f"{int(share * 1000 + 1e-6) / 10:g} %"
