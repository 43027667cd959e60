"""How a paper is laid out: blocks from top to bottom, and what stands on the edge of each page. Pure: no Django."""

import io
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from babel import Locale
from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, Spacer, Table, TableStyle

from ledger.stationery import colours
from ledger.stationery.figures import Figures
from ledger.stationery.typefaces import BOLD, REGULAR, draw, fonts, markup, width
from ledger.stationery.wordings import words_of

if TYPE_CHECKING:
    from ledger.stationery.papers import Paper, PaperLine

#: Margins in millimetres; the first page has its head below the margin, later ones a line of their own.
SIDE, TOP, TOP_LATER, BOTTOM = 20, 18, 26, 26
LOGO = (60, 20)  # the largest width and height of a logo, in millimetres
LONGEST_CELL = 4000  # characters of one description; what is longer is cut, and says so

INK, QUIET, RULE = colors.HexColor("#20242b"), colors.HexColor("#6b7280"), colors.HexColor("#d9dce2")
BODY = ParagraphStyle("body", fontName=REGULAR, fontSize=9, leading=12.5, textColor=INK)
FLAT = [
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
]


def _style(base: ParagraphStyle = BODY, **changes) -> ParagraphStyle:
    return ParagraphStyle("derived", parent=base, **changes)


STRONG = _style(fontName=BOLD)
SMALL = _style(fontSize=8, leading=11, textColor=QUIET)
LABEL = _style(fontName=BOLD, fontSize=7.5, leading=10, textColor=QUIET)
RIGHT, STRONG_RIGHT = _style(alignment=TA_RIGHT), _style(STRONG, alignment=TA_RIGHT)
LABEL_RIGHT = _style(LABEL, alignment=TA_RIGHT)


def text(words: str, style: ParagraphStyle = BODY) -> Paragraph:
    """A paragraph of plain text."""
    return Paragraph(markup(words, style.fontName), style)


@dataclass(frozen=True)
class Sheet:
    """A paper with all that its layout needs: words, figures, colour and size of the page."""

    paper: "Paper"
    figures: Figures
    words: dict[str, str]
    size: tuple
    accent: colors.Color

    @classmethod
    def of(cls, paper: "Paper", figures: Figures, size: tuple) -> "Sheet":
        fonts()
        accent = colors.HexColor(paper.accent_color)
        return cls(paper, figures, words_of(Locale.parse(figures.locale).language), size, accent)

    @property
    def width(self):
        return self.size[0] - 2 * SIDE * mm

    @property
    def on_accent(self) -> colors.Color:
        """What can be read on the accent colour."""
        return colors.HexColor(colours.on(self.paper.accent_color))

    @property
    def accent_text(self) -> colors.Color:
        """The accent colour for words on white."""
        return colors.HexColor(colours.as_text(self.paper.accent_color))

    @property
    def title(self) -> str:
        return self.paper.title or self.words.get(self.paper.kind, self.paper.kind)

    @property
    def headline(self) -> str:
        return f"{self.title} {self.paper.number}".strip()

    @cached_property
    def logo(self) -> ImageReader | None:
        """The picture, if it is one."""
        if not self.paper.logo:
            return None
        try:
            return ImageReader(io.BytesIO(self.paper.logo))
        except Exception:  # noqa: BLE001 - a document without its logo is better than none
            return None

    # -- The edges of a page ------------------------------------------------------------------------

    def first_page(self, canvas: Canvas, document) -> None:
        """A band of colour along the top."""
        canvas.setFillColor(self.accent)
        canvas.rect(0, self.size[1] - 3 * mm, self.size[0], 3 * mm, stroke=0, fill=1)
        self._watermark(canvas)

    def later_page(self, canvas: Canvas, document) -> None:
        """Whose document this is, on a line above."""
        y = self.size[1] - 15 * mm
        canvas.setFillColor(QUIET)
        draw(canvas, SIDE * mm, y, _cut(self.paper.seller.name, REGULAR, 8, self.width / 2), size=8)
        headline = _cut(self.headline, BOLD, 8, self.width / 2.2)
        draw(canvas, self.size[0] - SIDE * mm, y, headline, font=BOLD, size=8, align="right")
        self._rule(canvas, y - 3 * mm)
        self._watermark(canvas)

    def _watermark(self, canvas: Canvas) -> None:
        mark = self.words.get(self.paper.watermark, self.paper.watermark).upper()
        if not mark:
            return
        mark = mark[:20]
        size = min(110, int(110 * 150 * mm / max(width(mark, BOLD, 110), 1)))
        canvas.saveState()
        canvas.translate(self.size[0] / 2, self.size[1] / 2)
        canvas.rotate(40)
        canvas.setFillColor(colors.HexColor("#eef0f3"))
        draw(canvas, 0, -size / 3, mark, font=BOLD, size=size, align="centre")
        canvas.restoreState()

    def _rule(self, canvas: Canvas, y) -> None:
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.5)
        canvas.line(SIDE * mm, y, self.size[0] - SIDE * mm, y)

    def foot(self, canvas: Canvas, page: int, pages: int) -> None:
        """The seller in small print, and which page of how many this is."""
        y = 16 * mm
        self._rule(canvas, y + 4 * mm)
        canvas.setFillColor(QUIET)
        counted = self.words["page"].format(page=page, pages=pages)
        draw(canvas, self.size[0] - SIDE * mm, y, counted, size=7, align="right")
        room = self.width - width(counted, REGULAR, 7) - 6 * mm
        seller = self.paper.seller
        tax = f"{self.words['tax_number']} {seller.tax_number}" if seller.tax_number else ""
        facts = [seller.name, tax, seller.email, seller.phone, seller.website]
        lines = ["  ·  ".join(fact for fact in facts if fact), *self.paper.footer.splitlines()[:3]]
        for place, line in enumerate(lines):
            draw(canvas, SIDE * mm, y - place * 3.4 * mm, _cut(line, REGULAR, 7, room), size=7)


def _cut(line: str, font: str, size: int, room) -> str:
    """As much of a line as there is room for."""
    if width(line, font, size) <= room:
        return line
    line = line[:300]
    while line and width(line + "…", font, size) > room:
        line = line[:-1]
    return line + "…"


# -- Blocks ------------------------------------------------------------------------------------------


def story(sheet: Sheet) -> list[Flowable]:
    """All blocks of a paper, from top to bottom."""
    return [_head(sheet), Spacer(0, 9 * mm), _parties(sheet), Spacer(0, 9 * mm), _lines(sheet), *_rest(sheet)]


def _head(sheet: Sheet) -> Table:
    """Logo or name on the left, what this is on the right."""
    left: list[Flowable] = [_picture(sheet.logo)] if sheet.logo else []
    if not left:
        left = [
            text(sheet.paper.seller.name[:200], _style(STRONG, fontSize=15, leading=19, textColor=sheet.accent_text))
        ]
    title = _style(STRONG_RIGHT, fontSize=21, leading=26, textColor=sheet.accent_text)
    number = _style(RIGHT, fontSize=10.5, leading=14, textColor=QUIET)
    right = [text(sheet.title[:80], title), text(sheet.paper.number[:60], number)]
    return Table([[left, right]], colWidths=[sheet.width * 0.5, sheet.width * 0.5], style=TableStyle(FLAT))


def _picture(reader: ImageReader) -> Flowable:
    wide, high = reader.getSize()
    scale = min(LOGO[0] * mm / wide, LOGO[1] * mm / high)
    return _Picture(reader, wide * scale, high * scale)


class _Picture(Flowable):
    """A picture whose file is read once, whatever it is drawn on."""

    def __init__(self, reader: ImageReader, wide, high):
        super().__init__()
        self.reader, self.width, self.height, self.hAlign = reader, wide, high, "LEFT"

    def wrap(self, *room):
        return self.width, self.height

    def draw(self):
        self.canv.drawImage(self.reader, 0, 0, self.width, self.height, mask="auto")


def _parties(sheet: Sheet) -> Table:
    """The seller's address as a line of sender, the buyer below it; dates and references beside."""
    paper, words = sheet.paper, sheet.words
    seller = " · ".join([paper.seller.name, *paper.seller.address.split("\n")])[:250]
    buyer = [
        text(seller, _style(SMALL, fontSize=7, leading=9, spaceAfter=6)),
        text(words["bill_to"].upper(), LABEL),
        text(paper.buyer.name[:300], STRONG),
        text(paper.buyer.address[:600]),
    ]
    if paper.buyer.tax_number:
        buyer.append(text(f"{words['tax_number']} {paper.buyer.tax_number[:60]}", SMALL))
    facts = [("issue_date", sheet.figures.day(paper.issue_date))]
    if paper.due_date:
        facts.append(("due_date", sheet.figures.day(paper.due_date)))
    facts += [("order_number", paper.order_number[:60]), ("refers_to", paper.refers_to[:60])]
    rows = [[text(words[name], _style(textColor=QUIET)), text(value, RIGHT)] for name, value in facts if value]
    column = sheet.width * 0.42
    tight = [*FLAT, ("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 2)]
    beside = Table(rows, colWidths=[column * 0.44, column * 0.56], style=TableStyle(tight))
    return Table([[buyer, beside]], colWidths=[sheet.width - column, column], style=TableStyle(FLAT))


def _lines(sheet: Sheet) -> Table:
    """The lines; the head stands on each page. Columns that no line has a value for are left out."""
    lines, words, figures = sheet.paper.lines, sheet.words, sheet.figures
    columns = [
        ("quantity", 18, any(line.quantity is not None for line in lines)),
        ("unit_price", 25, any(line.unit_price is not None for line in lines)),
        ("discount", 19, any(line.discount for line in lines)),
        ("tax", 24, any(line.taxes for line in lines)),
        ("amount", 29, True),
    ]
    shown = [(name, size * mm) for name, size, there in columns if there]
    names = [name for name, _ in shown]
    rows = [[text(words["description"], LABEL), *(text(words[name], LABEL_RIGHT) for name in names)]]
    rows += [[text(_described(line), BODY), *(_cell(figures, line, name) for name in names)] for line in lines]
    style = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 4.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4.5),
        ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
        ("LINEABOVE", (0, 0), (-1, 0), 1.2, sheet.accent),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
    ]
    sizes = [sheet.width - sum(size for _, size in shown), *(size for _, size in shown)]
    return Table(rows, colWidths=sizes, repeatRows=1, splitInRow=1, style=TableStyle(style))


def _described(line: "PaperLine") -> str:
    words = line.description
    return words if len(words) <= LONGEST_CELL else f"{words[:LONGEST_CELL]} …"


def _cell(figures: Figures, line: "PaperLine", name: str) -> Paragraph:
    value = {
        "quantity": lambda: "" if line.quantity is None else figures.number(line.quantity),
        "unit_price": lambda: "" if line.unit_price is None else figures.price(line.unit_price),
        "discount": lambda: figures.percent(line.discount) if line.discount else "",
        "tax": lambda: "\n".join(line.taxes)[:300],
        "amount": lambda: figures.amount(line.amount),
    }[name]()
    style = _style(RIGHT, fontSize=8, textColor=QUIET) if name == "tax" else RIGHT
    return text(value, style)


def _rest(sheet: Sheet) -> list[Flowable]:
    """Totals, how to pay, and what else there is to say."""
    paper, words = sheet.paper, sheet.words
    found: list[Flowable] = [Spacer(0, 4 * mm), KeepTogether([_totals(sheet)])]
    if paper.reverse_charge:
        found += [Spacer(0, 4 * mm), text(words["reverse_charge"], STRONG)]
    found.append(Spacer(0, 8 * mm))
    for name, body in (("payment", paper.bank_details), ("terms", paper.terms), ("notes", paper.notes)):
        if body.strip():
            heading = text(words[name].upper(), _style(LABEL, textColor=sheet.accent_text, keepWithNext=1))
            found += [heading, text(body[:20_000], _style(spaceAfter=4 * mm))]
    return found


def _totals(sheet: Sheet) -> Table:
    """From the subtotal to what is left to pay, which is set off."""
    paper, words, figures = sheet.paper, sheet.words, sheet.figures
    rows = [(words["subtotal"], figures.money(paper.subtotal))]
    for tax in paper.taxes:
        name = tax.name[:80] if tax.rate is None else f"{tax.name[:80]} {figures.percent(tax.rate)}"
        base = "" if tax.base is None else f" {words['on']} {figures.amount(tax.base)}"
        rows.append((name + base, figures.money(tax.amount)))
    rows.append((words["total"], figures.money(paper.total)))
    last = len(rows) - 1
    if paper.amount_paid:
        rows.append((words["amount_paid"], figures.money(-paper.amount_paid)))
    if paper.amount_due is not None and paper.amount_due != paper.total:
        rows.append((words["amount_due"], figures.money(paper.amount_due)))
    bold = {last, len(rows) - 1} if len(rows) - 1 > last else {last}
    white = _style(STRONG, textColor=sheet.on_accent, fontSize=10.5, leading=14)
    cells = []
    for place, (label, value) in enumerate(rows):
        set_off = place == len(rows) - 1
        style = white if set_off else STRONG if place in bold else BODY
        cells.append([text(label, style), text(value, _style(style, alignment=TA_RIGHT))])
    style = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 6),
        ("RIGHTPADDING", (0, 0), (-1, -1), 6),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ("LINEABOVE", (0, last), (-1, last), 0.6, RULE),
        ("BACKGROUND", (0, -1), (-1, -1), sheet.accent),
        ("TOPPADDING", (0, -1), (-1, -1), 5),
        ("BOTTOMPADDING", (0, -1), (-1, -1), 6),
    ]
    return Table(cells, colWidths=[54 * mm, 40 * mm], hAlign="RIGHT", style=TableStyle(style))
