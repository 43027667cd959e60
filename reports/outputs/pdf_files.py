"""A sheet on paper: one PDF, the same bytes for the same sheet."""

import io
from decimal import Decimal
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable, LongTable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from ledger.stationery.branding import Branding
from ledger.stationery.typefaces import BOLD, REGULAR, fonts, markup
from reports.sheets import Line, Sheet

INK, QUIET, RULE = colors.HexColor("#1c1c24"), colors.HexColor("#5d5d6b"), colors.HexColor("#c9c9d2")
SIDE, TOP, BOTTOM = 18 * mm, 18 * mm, 18 * mm
FRAME = 12  # a frame leaves six points on either side
FIGURE, CODE = 27 * mm, 18 * mm
MOST_UPRIGHT = 4  # columns of figures on an upright page
INDENT = 10
BAND, LOGO = 3 * mm, (45 * mm, 14 * mm)  # the largest width and height of a logo

TEXT = ParagraphStyle("text", fontName=REGULAR, fontSize=8.5, leading=11, textColor=INK)
SMALL = ParagraphStyle("small", parent=TEXT, textColor=QUIET)
STRONG = ParagraphStyle("strong", parent=TEXT, fontName=BOLD)
TITLE = ParagraphStyle("title", parent=TEXT, fontName=BOLD, fontSize=16, leading=20)


def pdf_file(*sheets: Sheet, branding: Branding | None = None) -> bytes:
    """The bytes of the PDF, each sheet from a page of its own on. Many columns turn the pages.

    With a ``branding`` that is not the default, the first page has its colour and logo, and each its name.
    """
    fonts()
    widest = max(len(sheet.columns) for sheet in sheets)
    size = A4 if widest <= MOST_UPRIGHT else landscape(A4)
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
        story += [PageBreak()] if story else []
        story += [
            _text(sheet.organization, TEXT),
            _text(sheet.title, TITLE),
            _text(sheet.subtitle, SMALL),
            Spacer(0, 8),
            _table(sheet, size[0] - 2 * SIDE - FRAME),
        ]
    brand = None if branding is None or branding.is_default else branding
    known = [brand.name] if brand is not None and brand.name != first.organization else []
    facts = [first.organization, first.title if len(sheets) == 1 else "Statements", first.subtitle, *known]
    foot = _known(" · ".join(facts))

    def edge(canvas, of) -> None:
        canvas.setFont(REGULAR, 7)
        canvas.setFillColor(QUIET)
        canvas.drawString(SIDE + 6, 10 * mm, foot[:140])
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


def _table(sheet: Sheet, width: float) -> LongTable:
    figure = min(FIGURE, (width - CODE) * 0.75 / len(sheet.columns))
    widths = [CODE, width - CODE - figure * len(sheet.columns), *[figure] * len(sheet.columns)]
    head = ["", "", *(_known(name) for name in sheet.columns)]
    table = LongTable([head, *map(_cells, sheet.lines)], colWidths=widths, repeatRows=1)
    table.setStyle(TableStyle(_looks(sheet.lines, 7 if len(sheet.columns) > MOST_UPRIGHT else 8.5)))
    return table


def _cells(line: Line) -> list:
    style = TEXT if line.kind == "row" else STRONG
    indented = ParagraphStyle("indented", parent=style, leftIndent=INDENT * min(line.level, 12))
    return [_known(line.code), _text(line.text, indented), *map(_figure, line.amounts)]


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
    return f"({-amount:,})" if amount < 0 else f"{amount:,}"


def _text(words: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(markup(" ".join(words.split()), style.fontName) or escape(" "), style)


def _known(text: str) -> str:
    """What the main font can write; a question mark stands for any other character."""
    known = fonts()[REGULAR]
    return "".join(letter if ord(letter) in known else "?" for letter in " ".join(text.split()))
