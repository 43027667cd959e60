"""What is printed: a document as it is sent to a customer or a vendor. Pure: no Django.

A Paper says what stands on it and in which language; ``paper_pdf`` makes a PDF of it, the same bytes for the same
paper. Amounts are Decimals with the currency's decimals; rates and discounts are percentages.
"""

import datetime
import io
from dataclasses import dataclass
from decimal import Decimal

from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.units import mm
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

from ledger.stationery.figures import FALLBACK, Figures, is_locale
from ledger.stationery.layouts import BOTTOM, SIDE, TOP, TOP_LATER, Sheet, story

KINDS = ("invoice", "credit_note", "bill", "vendor_credit", "statement")
WATERMARKS = ("draft", "paid", "cancelled", "sample")
#: Territories that use US Letter; the rest of the world has A4.
ON_LETTER = ("US", "CA", "MX")


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who sells, or who buys: name, lines of the address, tax number."""

    name: str
    address: str = ""
    tax_number: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    """A line of a document. ``taxes`` are their names, as the table of taxes has them."""

    description: str
    amount: Decimal
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    discount: Decimal | None = None
    taxes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxLine:
    """What one tax comes to: its name, its rate, the amount it is worked out from, and the tax itself."""

    name: str
    amount: Decimal
    rate: Decimal | None = None
    base: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document in full. ``kind`` is one of KINDS and gives the title, unless ``title`` does.

    ``watermark`` is one of WATERMARKS or any other short text. ``refers_to`` is the number of the document that is
    credited. ``logo`` holds a PNG or JPEG; ``locale`` is one of CLDR's, such as ``de_DE``.
    """

    kind: str
    number: str
    issue_date: datetime.date
    seller: Party
    buyer: Party
    currency: str
    decimals: int
    lines: tuple[PaperLine, ...]
    subtotal: Decimal
    total: Decimal
    taxes: tuple[TaxLine, ...] = ()
    title: str = ""
    order_number: str = ""
    refers_to: str = ""
    due_date: datetime.date | None = None
    amount_paid: Decimal | None = None
    amount_due: Decimal | None = None
    notes: str = ""
    terms: str = ""
    bank_details: str = ""
    footer: str = ""
    logo: bytes | None = None
    accent_color: str = "#1f4e79"
    locale: str = FALLBACK
    watermark: str = ""
    reverse_charge: bool = False


def paper_pdf(paper: Paper) -> bytes:
    """The PDF of a paper: US Letter for the locales of North America, A4 for all others."""
    locale = paper.locale if is_locale(paper.locale) else FALLBACK
    size = LETTER if locale.rpartition("_")[2] in ON_LETTER else A4
    sheet = Sheet.of(paper, Figures(locale, paper.currency, paper.decimals), size)
    # Laid out twice: each page says how many there are, which is known at the end.
    pages, _ = _laid_out(sheet, pages=1)
    return _laid_out(sheet, pages=pages)[1]


def _laid_out(sheet: Sheet, *, pages: int) -> tuple[int, bytes]:
    """How many pages the paper took, and the PDF, in which each says that there are ``pages``."""
    kept = io.BytesIO()
    document = BaseDocTemplate(
        kept,
        pagesize=sheet.size,
        title=sheet.headline,
        author=sheet.paper.seller.name,
        subject=sheet.title,
        creator="Crane Ledger",
        invariant=1,
        lang=sheet.figures.locale.replace("_", "-"),
    )
    bare = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}
    high = sheet.size[1] - BOTTOM * mm

    def foot(canvas, document) -> None:
        sheet.foot(canvas, document.page, pages)

    for name, top, head in (("first", TOP, sheet.first_page), ("later", TOP_LATER, sheet.later_page)):
        frame = Frame(SIDE * mm, BOTTOM * mm, sheet.width, high - top * mm, **bare)
        page = PageTemplate(name, [frame], onPage=head, onPageEnd=foot, autoNextPageTemplate="later")
        document.addPageTemplates(page)
    document.build(story(sheet))
    return document.page, kept.getvalue()
