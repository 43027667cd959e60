"""The tax summary: what was taxed in a period, by tax and rate, and what is to be paid.

On accrual a tax counts on the day of its document; on cash as far as the document was settled, to the cent over all its
payments. On accrual it is tied to the tax accounts: what moved there beside documents (what was paid to the state, what
was posted by hand) is printed.
"""

from decimal import Decimal

from ledger.taxes.models import Tax
from organizations import ids
from organizations.money import add_up, exact
from reports.sheets import Line, Sheet
from reports.statements import Wish
from reports.trade_figures import Taxed, taxed, taxed_by_account

SIDES = {"sales": "Tax on sales", "purchases": "Tax on purchases, claimed back"}


def tax_summary(wish: Wish, *, basis: str = "accrual") -> dict:
    """The report of the first column's period."""
    organization, period, decimals = wish.organization, wish.columns[0], wish.decimals
    found = taxed(organization.pk, period.start, period.end, basis=basis, decimals=decimals, moment=wish.moment)
    rows = {side: [_row(each, decimals) for each in found if each.is_input == (side == "purchases")] for side in SIDES}
    sums = {side: exact(add_up(row["tax"] for row in own), decimals) for side, own in rows.items()}
    return {
        "object": "tax_summary",
        "title": "Tax summary",
        "organization_id": organization.public_id,
        "start_date": period.start,
        "end_date": period.end,
        "basis": basis,
        "currency": organization.base_currency_id,
        **rows,
        "total_sales_tax": sums["sales"],
        "total_purchase_tax": sums["purchases"],
        "net_tax": exact(sums["sales"] - sums["purchases"], decimals),
        "tax_accounts": _tie(wish) if basis == "accrual" else None,
    }


def tax_sheet(answer: dict, organization: str) -> Sheet:
    """The report as a sheet. A rate read back from JSON is a whole number where it has no decimals."""
    subtitle = f"{answer['start_date']} to {answer['end_date']}, {answer['basis']} basis, in {answer['currency']}"
    sheet, totals = Sheet(answer["title"], organization, subtitle, ["Taxed", "Tax"]), []
    for side, title in SIDES.items():
        sheet.lines.append(Line("heading", title))
        first = len(sheet.lines)
        sheet.lines += [
            Line("row", f"{row['name']} ({Decimal(row['rate']):f} %)", amounts=(row["base"], row["tax"]))
            for row in answer[side]
        ]
        adds = tuple((1, place) for place in range(first, len(sheet.lines)))
        taxed_sum = add_up([row["base"] for row in answer[side]] or [answer["net_tax"] * 0])
        total = answer["total_sales_tax" if side == "sales" else "total_purchase_tax"]
        sheet.lines.append(Line("total", f"Total {title.lower()}", amounts=(taxed_sum, total), adds=adds))
        totals.append(len(sheet.lines) - 1)
    sheet.lines.append(Line("result", "To be paid", amounts=(abs(answer["net_tax"] * 0), answer["net_tax"])))
    for account in answer["tax_accounts"] or []:
        if account["other"]:
            words = f"Beside documents on {account['code']} {account['name']}"
            sheet.lines.append(Line("row", words, amounts=(abs(account["other"] * 0), account["other"])))
    return sheet


def _row(each: Taxed, decimals: int) -> dict:
    return {
        "tax_id": Tax(id=each.tax_id).public_id,
        "name": each.name,
        "rate": each.rate.normalize() + 0,
        "treatment": each.treatment,
        "base": exact(each.base, decimals),
        "tax": exact(each.tax, decimals),
    }


def _tie(wish: Wish) -> list[dict]:
    """For each tax account: what moved, what of it is documents', and the rest. Credits count up."""
    organization, period = wish.organization, wish.columns[0]
    chart = wish.books.chart()
    [moved] = wish.books.results([period])
    posted = taxed_by_account(organization.pk, period.start, period.end, wish.moment)
    wanted = chart.below(("tax_payable",)) | posted.keys()
    rows = []
    for place in chart.places:
        if place.number in wanted:
            movement = exact(-moved.get(place.number, Decimal(0)), wish.decimals)
            documents = exact(-posted.get(place.number, Decimal(0)), wish.decimals)
            rows.append(
                {
                    "account_id": ids.encode("ACT", place.number),
                    "code": place.account.code,
                    "name": place.account.name,
                    "movement": movement,
                    "documents": documents,
                    "other": exact(movement - documents, wish.decimals),
                }
            )
    return rows
