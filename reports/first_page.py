"""The first page of the back office: the overview of the chosen organization, put into the site when read."""

from django.urls import reverse

from ledger.journal.conditions import is_reversed
from ledger.journal.models import Transaction
from ledger.journal.page_parts import amount_of, status_of
from organizations.backoffice import showing
from organizations.backoffice.pages import Table
from organizations.backoffice.site import site
from reports.charts import bars
from reports.dashboard import Months, figures, months_of_year

LAST_SHOWN = 10
DRAFTS_COUNTED = 1000


def dashboard(request) -> dict:
    """What the page shows, as far as the role may see it."""
    office = request.office
    if not office.may("read", "accounts") or not office.may("read", "transactions"):
        return {}
    months = months_of_year(office.organization, office.today)
    journal = Transaction.objects.of(office.organization)
    waiting = len(journal.filter(status__in=("pending", "failed")).values_list("pk")[:DRAFTS_COUNTED])
    last = journal.annotate(is_reversed=is_reversed()).defer("lines").order_by("-transaction_date", "-id")[:LAST_SHOWN]
    drafts = f"{reverse('admin:ledger_transaction_changelist')}?status=pending"
    return {
        "cards": _cards(figures(office.organization, office.today), office.base, waiting, drafts),
        "chart": _chart(months),
        "year": f"{months.starts[0]:%B %Y} – {months.starts[-1]:%B %Y}",
        "last": Table(
            title="Latest transactions",
            headers=["Date", "Description", "Status", "Amount"],
            rows=[
                [
                    str(each.transaction_date),
                    showing.link_to(Transaction, each.pk, each.description[:80] or each.public_id),
                    showing.badge(status_of(each)),
                    amount_of(each),
                ]
                for each in last
            ],
            right=frozenset({3}),
            empty="Nothing has been recorded yet.",
        ),
    }


def _cards(found: dict, base: str, waiting: int, drafts: str) -> list[dict]:
    rows = [
        ("Cash", found["cash"], "account_balance_wallet", "now"),
        ("Receivable", found["receivables"], "call_received", "owed by customers"),
        ("Payable", found["payables"], "call_made", "owed to vendors"),
        ("Revenue", found["revenue"], "trending_up", "this fiscal year"),
        ("Expenses", found["expenses"], "trending_down", "this fiscal year"),
        ("Profit", found["net_income"], "savings", "this fiscal year"),
    ]
    cards = [
        {"title": title, "value": showing.money(value, base), "minus": value < 0, "icon": icon, "note": note}
        for title, value, icon, note in rows
    ]
    count = f"{waiting:,}" if waiting < DRAFTS_COUNTED else f"{DRAFTS_COUNTED:,} or more"
    waiting_card = {
        "title": "Drafts waiting",
        "value": count,
        "icon": "edit_note",
        "note": "to be posted",
        "url": drafts,
    }
    return [*cards[:3], waiting_card, *cards[3:]]


def _chart(months: Months) -> dict[str, str]:
    """The bars of the year."""
    labels = [f"{month:%b}" for month in months.starts]
    return bars(labels, [("Revenue", months.revenue), ("Expenses", months.expense)])


site.dashboard = dashboard
