"""The workbench in the back office: an account's open lines on one side, what the books have for them on the other.

The page only reads. Whatever is done there is done by the API, by its own rules, with the session of who looks.
"""

from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from ledger.accounts.models import Account
from ledger.journal.draft_pages import picker_attributes
from ledger.journal.drafts import TYPES
from ledger.journal.models import Entry, Transaction
from ledger.openitems.links import PAGES
from organizations import ids
from organizations.backoffice import showing
from organizations.backoffice.menus import OwnPage, Place
from organizations.backoffice.pages import Button, Page, Table, show
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import site
from organizations.currencies.iso import decimals_of
from organizations.wire.rendering import dumps
from reconciliation.matching.explanations import REASONS
from reconciliation.scoring.weights import FEATURES
from reconciliation.sessions.models import Reconciliation
from reconciliation.statements.models import StatementLine
from reconciliation.workbench.choosing import banked_accounts
from reconciliation.workbench.figures import accepted_by, figures
from reconciliation.workbench.open_lines import PageStart, open_lines

NAME = "workbench"
#: The least score that is accepted together, unless a person says otherwise: well above what a run asks for.
LEAST_SCORE = 500
#: The features of a score in the fewest words; what each says in full is told where one points at it.
WORDS = {
    "amount": "same amount",
    "rarity": "rare amount",
    "date": "near days",
    "date_exchanged": "day and month exchanged",
    "date_far": "long before, same number",
    "far_apart": "long before",
    "not_yet": "after the last line",
    "reference": "same number",
    "other_reference": "another number",
    "name": "names alike",
    "history": "matched like this before",
    "rule": "bank rule",
    "together": "belong together",
    "parts": "several make up one",
    "open_amount": "another amount is open",
    "fee": "fee",
}


def workbench_page(request) -> HttpResponse:
    """The page of one account; without one, a list to choose from. ``part`` asks for what the page is filled with."""
    account = _account(request)
    if account is None:
        return _chooser(request)
    part = request.GET.get("part")
    if part is not None:
        return _part(request, account, part)
    return show(site, request, _page(request, account))


def _account(request) -> Account | None:
    text = request.GET.get("account", "")
    if not text:
        return None
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    found = Account.objects.of(organization_of(request)).filter(pk=number).first()
    if found is None:
        raise Http404()
    return found


def _part(request, account: Account, part: str) -> HttpResponse:
    if part == "figures":
        found: dict[str, Any] = figures(account)
    elif part == "lines":
        after = request.GET.get("after", "")
        place = PageStart.read(after)
        if after and place is None:
            raise Http404()
        found = open_lines(account, search=request.GET.get("q", "").strip()[:200], after=place)
    elif part == "acceptable":
        text = request.GET.get("min_score", "")
        if not (text.isascii() and text.isdigit() and len(text) <= 4):
            raise Http404()
        found = {"count": accepted_by(account, int(text))}
    else:
        raise Http404()
    return HttpResponse(dumps(found), content_type="application/json", headers={"Cache-Control": "no-store"})


def _page(request, account: Account) -> Page:
    may = request.office.may("write", "statement-lines") and request.office.may("write", "matches")
    register = f"{reverse('admin:ledger_entry_changelist')}?account={account.pk}"
    page = Page(
        title=str(account),
        crumbs=[("Workbench", reverse(f"admin:{NAME}"))],
        template="admin/reconciliation/workbench.html",
        extra={
            "may": may,
            "types": TYPES,
            "picker": picker_attributes(),
            "threshold": LEAST_SCORE,
            "foreign": account.currency_id != request.office.base,
            "widget_media": AutocompleteSelect(Entry._meta.get_field("account"), site).media,
            "settings": {
                "api": f"/organizations/{ids.encode('ORG', account.organization_id)}",
                "here": f"{reverse(f'admin:{NAME}')}?account={account.pk}",
                "account": account.public_id,
                "currency": account.currency_id,
                "decimals": decimals_of(account.currency_id),
                "may": may,
                "sessions": request.office.may("write", "reconciliations"),
                "words": WORDS,
                "features": FEATURES,
                "reasons": REASONS,
                "line": showing.address(StatementLine, "change", 0),
                "reconciliation": showing.address(Reconciliation, "change", 0),
                "transaction": showing.address(Transaction, "change", 0),
                "documents": {prefix: reverse(f"admin:{name}_change", args=[0]) for prefix, name in PAGES.items()},
                "wanted": request.GET.get("line", "")[:20],
            },
        },
    )
    page.buttons = [
        Button("All lines", f"{showing.address(StatementLine, 'changelist')}?account={account.pk}", icon="list_alt"),
        Button("Register", register, icon="menu_book"),
    ]
    if request.office.may("write", "statements"):
        url = f"{reverse('admin:import_statement')}?account={account.pk}"
        page.buttons.append(Button("Import a statement", url, icon="upload_file"))
    return page


def _chooser(request) -> HttpResponse:
    rows = banked_accounts(organization_of(request))
    page = Page(
        title="Workbench",
        intro="Choose an account to match what its bank wrote with the books.",
        tables=[
            Table(
                title="Accounts with statements",
                headers=["Account", "Open lines", "Of these suggested", "Sum of open lines", "Oldest open line"],
                right=frozenset({1, 2, 3}),
                rows=[
                    [
                        format_html(
                            '<a class="co-link" href="{}?account={}">{}</a>',
                            reverse(f"admin:{NAME}"),
                            each.account.pk,
                            each.account,
                        ),
                        f"{each.open:,}",
                        f"{each.suggested:,}",
                        showing.figure(each.amount, each.account.currency_id),
                        str(each.oldest or ""),
                    ]
                    for each in rows
                ],
                empty="No statement was imported yet.",
            )
        ],
    )
    if request.office.may("write", "statements"):
        url = reverse("admin:import_statement")
        page.buttons.append(Button("Import a statement", url, icon="upload_file", variant="primary"))
    return show(site, request, page)


site.pages.append(OwnPage(NAME, Place("Bank", 10, "Workbench", "join_inner"), "statement-lines", workbench_page))
