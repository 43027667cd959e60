"""A sheet on paper: one PDF, the same bytes for the same sheet."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from math import ceil
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable, LongTable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from ledger.stationery.branding import Branding
from ledger.stationery.typefaces import BOLD, REGULAR, fonts, markup
from reports.sheets import Line, Sheet

INK, QUIET, RULE = colors.HexColor("#1c1c24"), colors.HexColor("#5d5d6b"), colors.HexColor("#c9c9d2")
SIDE, TOP, BOTTOM = 18 * mm, 18 * mm, 18 * mm
FRAME = 12  # a frame leaves six points on either side
FIGURE, CODE, GAP = 27 * mm, 18 * mm, 6  # a column of figures usually is, and the room before what stands in one
FIGURES_PART = 0.75  # of the page beside the codes is for figures at the most; the rest is for names
MOST_UPRIGHT = 4  # columns of figures on an upright page
SIZES = (8.5, 7)  # of type
INDENT = 10
LONGEST_CODE = 60
NUMBER = 18 * mm  # what a page's number takes of its foot
BAND, LOGO = 3 * mm, (45 * mm, 14 * mm)  # the largest width and height of a logo

TEXT = ParagraphStyle("text", fontName=REGULAR, fontSize=8.5, leading=11, textColor=INK)
SMALL = ParagraphStyle("small", parent=TEXT, textColor=QUIET)
STRONG = ParagraphStyle("strong", parent=TEXT, fontName=BOLD)
TITLE = ParagraphStyle("title", parent=TEXT, fontName=BOLD, fontSize=16, leading=20)
OF_LINES = {style.name: style for style in (TEXT, STRONG)}


@dataclass(frozen=True, slots=True)
class Layout:
    """How a sheet stands on pages: ``width`` of its table, ``size`` of type, width of a ``figure``, and how many
    columns of figures stand ``together`` on a page.
    """

    width: float
    size: float
    figure: float
    together: int

    def parts(self, sheet: Sheet) -> Iterator[tuple[Sheet, str]]:
        """The sheet in as many as its columns need, each with all lines, and under which subtitle it stands."""
        whole = len(sheet.columns)
        for first in range(0, whole, self.together):
            some = slice(first, first + self.together)
            lines = [replace(line, amounts=line.amounts[some]) for line in sheet.lines]
            last = min(first + self.together, whole)
            said = "" if self.together >= whole else f"; columns {first + 1} to {last} of {whole}"
            yield replace(sheet, columns=sheet.columns[some], lines=lines), f"{sheet.subtitle}{said}"

    def style(self, style: ParagraphStyle, **more: Any) -> ParagraphStyle:
        """A style in the size of this layout."""
        return _sized(style.name, self.size, **more)


def pdf_file(*sheets: Sheet, branding: Branding | None = None) -> bytes:
    """The bytes of the PDF, each sheet from a page of its own on. Many columns turn the pages.

    Where not all columns fit on a page they stand on several, one after the other, each with the names of the lines.
    With a ``branding`` that is not the default, the first page has its colour and logo, and each its name.
    """
    fonts()
    size = A4 if all(map(_stands_upright, sheets)) else landscape(A4)
    kept = io.BytesIO()
    first = sheets[0]
    document = SimpleDocTemplate(
        kept,
        pagesize=size,
        leftMargin=SIDE,
        rightMargin=SIDE,
        topMargin=TOP,
        bottomMargin=BOTTOM,
        title=first.title,
        author=_known(first.organization),
        invariant=1,
    )
    story: list[Flowable] = []
    for sheet in sheets:
        layout = layout_of(sheet, size[0] - 2 * SIDE - FRAME)
        for part, subtitle in layout.parts(sheet):
            story += [PageBreak()] if story else []
            story += [
                _text(sheet.organization, TEXT),
                _text(sheet.title, TITLE),
                _text(subtitle, SMALL),
                Spacer(0, 8),
                _table(part, layout),
            ]
    brand = None if branding is None or branding.is_default else branding
    known = [brand.name] if brand is not None and brand.name != first.organization else []
    facts = [first.organization, first.title if len(sheets) == 1 else "Statements", first.subtitle, *known]
    foot = _cut(_known(" · ".join(facts)), REGULAR, 7, size[0] - 2 * SIDE - FRAME - NUMBER)

    def edge(canvas, of) -> None:
        canvas.setFont(REGULAR, 7)
        canvas.setFillColor(QUIET)
        canvas.drawString(SIDE + 6, 10 * mm, foot)
        canvas.drawRightString(size[0] - SIDE - 6, 10 * mm, f"Page {of.page}")

    def first_edge(canvas, of) -> None:
        if brand is not None:
            _crest(canvas, size, brand)
        edge(canvas, of)

    document.build(story, onFirstPage=first_edge, onLaterPages=edge)
    return kept.getvalue()


def _crest(canvas, size: tuple[float, float], brand: Branding) -> None:
    """A band of colour along the top, and the logo at its right."""
    wide, high = size
    canvas.setFillColor(colors.HexColor(brand.color))
    canvas.rect(0, high - BAND, wide, BAND, stroke=0, fill=1)
    if brand.logo is None:
        return
    picture = ImageReader(io.BytesIO(brand.logo))
    across, up = picture.getSize()
    scale = min(LOGO[0] / across, LOGO[1] / up)
    place = (wide - SIDE - 6 - across * scale, high - TOP - up * scale)
    canvas.drawImage(picture, *place, across * scale, up * scale, mask="auto")


def _stands_upright(sheet: Sheet) -> bool:
    width = A4[0] - 2 * SIDE - FRAME
    return len(sheet.columns) <= MOST_UPRIGHT and layout_of(sheet, width, SIZES[:1]).together >= len(sheet.columns)


def layout_of(sheet: Sheet, width: float, sizes: Sequence[float] = SIZES) -> Layout:
    """The largest type in which all columns fit beside each other; in the smallest they are shared out."""
    room = (width - CODE) * FIGURES_PART
    for size in sizes:
        needed = min(_widest(sheet, size) + GAP, room)
        together = int(room // needed)
        if together >= len(sheet.columns):
            break
    groups = ceil(len(sheet.columns) / together)
    together = ceil(len(sheet.columns) / groups)
    return Layout(width, size, max(needed, min(FIGURE, room / together)), together)


def _widest(sheet: Sheet, size: float) -> float:
    """The width of the widest figure, and of the widest word of a heading as far as a column usually is."""
    figures = {_figure(amount) for line in sheet.lines for amount in line.amounts}
    words = {word for name in sheet.columns for word in _known(name).split()}
    heads = max((stringWidth(word, BOLD, size) for word in words), default=0)
    return max(min(heads, FIGURE - GAP), max((stringWidth(figure, BOLD, size) for figure in figures), default=0))


def _table(sheet: Sheet, layout: Layout) -> LongTable:
    count = len(sheet.columns)
    widths = [CODE, layout.width - CODE - layout.figure * count, *[layout.figure] * count]
    right = layout.style(STRONG, alignment=TA_RIGHT, leftIndent=GAP)
    head = ["", "", *(Paragraph(escape(_known(name)), right) for name in sheet.columns)]
    table = LongTable([head, *(_cells(line, layout) for line in sheet.lines)], colWidths=widths, repeatRows=1)
    table.setStyle(TableStyle(_looks(sheet.lines, layout.size)))
    return table


def _cells(line: Line, layout: Layout) -> list:
    style = TEXT if line.kind == "row" else STRONG
    indented = layout.style(style, leftIndent=INDENT * min(line.level, 12))
    return [_code(line.code, layout.style(style)), _text(line.text, indented), *map(_figure, line.amounts)]


def _code(code: str, style: ParagraphStyle) -> str | Paragraph:
    """On lines of its own column where it is long; what is longer than a few lines is cut."""
    known = _known(code)
    if stringWidth(known, style.fontName, style.fontSize) <= CODE - GAP:
        return known
    short = known if len(known) <= LONGEST_CODE else f"{known[: LONGEST_CODE - 1]}…"
    return Paragraph(escape(short), ParagraphStyle("code", parent=style, rightIndent=GAP))


@cache
def _sized(name: str, size: float, **more: Any) -> ParagraphStyle:
    parent = OF_LINES[name]
    return ParagraphStyle(name, parent=parent, fontSize=size, leading=parent.leading * size / parent.fontSize, **more)


def _looks(lines: list[Line], size: float) -> list[tuple]:
    looks: list[tuple] = [
        ("FONTNAME", (0, 0), (-1, -1), REGULAR),
        ("FONTSIZE", (0, 0), (-1, -1), size),
        ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("ALIGN", (2, 0), (-1, -1), "RIGHT"),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("FONTNAME", (0, 0), (-1, 0), BOLD),
        ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.75, INK),
    ]
    for place, line in enumerate(lines, 1):
        if line.kind == "heading":
            looks.append(("TOPPADDING", (0, place), (-1, place), 7))
        elif line.kind != "row":
            looks.append(("FONTNAME", (0, place), (-1, place), BOLD))
            looks.append(("LINEABOVE", (2, place), (-1, place), 0.5, INK))
        if line.kind == "result":
            looks += [
                ("LINEBELOW", (2, place), (-1, place), 0.5, INK, None, None, None, 2, 1.2),
                ("BOTTOMPADDING", (0, place), (-1, place), 5),
            ]
    return looks


def _figure(amount: Decimal) -> str:
    """As accountants write it: what is below zero in brackets."""
    written = f"{amount:,}"
    return f"({written[1:]})" if amount < 0 else written


def _cut(text: str, font: str, size: float, room: float) -> str:
    """As much of the text as there is room for on one line."""
    while stringWidth(text, font, size) > room:
        text = f"{text[:-2]}…"
    return text


def _text(words: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(markup(" ".join(words.split()), style.fontName) or escape(" "), style)


def _known(text: str) -> str:
    """What the main font can write; a question mark stands for any other character."""
    known = fonts()[REGULAR]
    return "".join(letter if ord(letter) in known else "?" for letter in " ".join(text.split()))
