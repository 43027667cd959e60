"""The report on a reconciliation on paper: one PDF, the same bytes for the same report."""

import io
from decimal import Decimal

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, LongTable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from ledger.stationery.typefaces import BOLD, REGULAR, fonts, markup

INK, RULE = colors.HexColor("#1c1c24"), colors.HexColor("#c9c9d2")
WIDTH = A4[0] - 36 * mm - 12  # a frame leaves six points on either side
ROWS_OF_A_TABLE = 50  # a table is laid out as a whole: many short ones take less time than a long one

BODY = {"fontName": REGULAR, "fontSize": 8, "leading": 10.5, "textColor": INK}
TEXT = ParagraphStyle("text", **BODY)
SMALL = ParagraphStyle("small", parent=TEXT, textColor=colors.HexColor("#5d5d6b"))
HEADING = ParagraphStyle("heading", parent=TEXT, fontName=BOLD, fontSize=10, leading=13, spaceBefore=10, spaceAfter=4)
TITLE = ParagraphStyle("title", parent=TEXT, fontName=BOLD, fontSize=15, leading=19)


def report_pdf(report: dict, organization_name: str) -> bytes:
    """The PDF of a report as the API shows it."""
    fonts()
    session, account, proof = report["reconciliation"], report["account"], report["proof"]
    title = f"Reconciliation of {account['code']} {account['name']}"
    story: list[Flowable] = [
        _paragraph(title, TITLE),
        _paragraph(organization_name, TEXT),
        _paragraph(
            f"{session['start_date']} to {session['end_date']}, {account['currency_id'].removeprefix('CUR_')}, "
            f"{session['status'].replace('_', ' ')}" + _when(session),
            SMALL,
        ),
        _paragraph(f"{session['id']}. Amounts are signed as on the statement: money in is positive.", SMALL),
        _paragraph("Statement", HEADING),
        _sums(
            [
                ("Opening balance", session["opening_balance"]),
                (f"Reconciled entries ({session['reconciled_count']})", session["reconciled_amount"]),
                ("Difference", session["difference"]),
                ("Closing balance", session["closing_balance"]),
            ]
        ),
        _paragraph("From the statement to the books", HEADING),
        _sums(
            [
                ("Closing balance of the statement", proof["closing_balance"]),
                ("Less the difference", -proof["difference"]),
                ("Outstanding: in the books, not on the statement", proof["outstanding"]),
                ("Less what the books have at a later day", -proof["dated_after"]),
                ("Brought forward from before the first reconciliation", proof["brought_forward"]),
                (f"Balance of the books on {session['end_date']}", proof["book_balance"]),
            ]
        ),
    ]
    for heading, part, rows in (
        ("Outstanding", report["outstanding"], "entries"),
        ("In the books at a later day", report["dated_after"], "entries"),
        ("On the statement, in no match", report["unbooked"], "lines"),
        ("Reconciled", report["reconciled"], "entries"),
    ):
        story += _part(heading, part, rows)
    kept = io.BytesIO()
    SimpleDocTemplate(
        kept,
        pagesize=A4,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=16 * mm,
        bottomMargin=16 * mm,
        title=_written(title),
        author=_written(organization_name),
        invariant=1,
    ).build(story, onFirstPage=_number, onLaterPages=_number)
    return kept.getvalue()


def _written(text: str) -> str:
    """What the main font can write; a question mark stands for any other character."""
    known = fonts()[REGULAR]
    return "".join(letter if ord(letter) in known else "?" for letter in " ".join(text.split()))


def _paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(markup(" ".join(text.split()), style.fontName), style)


def _when(session: dict) -> str:
    return f" at {session['completed_at']:%Y-%m-%d %H:%M} UTC" if session["completed_at"] else ""


def _money(amount: Decimal) -> str:
    return f"{amount:,}"


def _sums(rows: list[tuple[str, Decimal]]) -> Table:
    """A column of figures, the last of which is what the others come to."""
    table = Table([[_written(words), _money(amount)] for words, amount in rows], colWidths=[WIDTH - 45 * mm, 45 * mm])
    table.setStyle(
        TableStyle(
            [
                *_LOOKS,
                ("ALIGN", (1, 0), (1, -1), "RIGHT"),
                ("LINEABOVE", (0, -1), (-1, -1), 0.75, INK),
                ("FONTNAME", (0, -1), (-1, -1), BOLD),
            ]
        )
    )
    return table


_LOOKS = [
    ("FONTNAME", (0, 0), (-1, -1), REGULAR),
    ("FONTSIZE", (0, 0), (-1, -1), 8),
    ("TEXTCOLOR", (0, 0), (-1, -1), INK),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("TOPPADDING", (0, 0), (-1, -1), 2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("LINEBELOW", (0, 0), (-1, -2), 0.25, RULE),
]


def _part(heading: str, part: dict, name: str) -> list[Flowable]:
    rows = part[name]
    found: list[Flowable] = [_paragraph(f"{heading} ({part['count']}): {_money(part['total'])}", HEADING)]
    for start in range(0, len(rows), ROWS_OF_A_TABLE):
        table = LongTable(
            [_row(row) for row in rows[start : start + ROWS_OF_A_TABLE]],
            colWidths=[22 * mm, WIDTH - 92 * mm, 35 * mm, 35 * mm],
        )
        table.setStyle(TableStyle([*_LOOKS, ("ALIGN", (3, 0), (3, -1), "RIGHT")]))
        found.append(table)
    if part["count"] > len(rows):
        found += [Spacer(0, 4), _paragraph(f"And {part['count'] - len(rows)} more.", SMALL)]
    return found


def _row(row: dict) -> list:
    words = " · ".join(text for text in (row["description"], row.get("counterparty", "")) if text)
    return [
        str(row.get("transaction_date") or row.get("date")),
        _paragraph(words[:300], TEXT),
        _paragraph(row["reference"][:60], SMALL),
        _money(row["amount"]),
    ]


def _number(canvas, document) -> None:
    canvas.setFont(REGULAR, 7)
    canvas.drawRightString(A4[0] - 18 * mm, 9 * mm, f"Page {document.page}")
