"""Writing drafts in the back office: the page, saving it, and posting what was saved."""

from django.contrib import messages

from ledger.journal import page_parts
from ledger.journal.adjusting import adjust_transaction
from ledger.journal.answers import transaction_answers
from ledger.journal.draft_pages import (
    BLANK_LINES,
    HeaderForm,
    TypedLine,
    lines_of,
    name_accounts,
    picker_attributes,
    place_problems,
    place_refusal,
    read_page,
    typed_lines,
)
from ledger.journal.drafting import update_draft
from ledger.journal.drafts import Draft
from ledger.journal.models import Transaction
from ledger.journal.posting import create_transaction, post_transaction
from ledger.journal.saved import draft_of
from organizations.backoffice import showing
from organizations.backoffice.pages import Page, attempt, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import sentence
from organizations.currencies.iso import decimals_of
from organizations.errors import Conflict
from organizations.tenants.answers import public

CORRECTING = "An adjustment is a transaction of its own that names the one it corrects. Both stay in the books."


class DraftDesk(TenantDesk):
    """The part of the transactions' admin that writes drafts. A draft may be saved however unbalanced it is."""

    def edit(self, request, saved: Transaction | None, corrects: Transaction | None = None):
        """The page on which a draft is written; ``saved`` is None for a new one, which may correct a posted one."""
        organization = organization_of(request)
        if request.method == "POST":
            form = HeaderForm(request.POST, office=request.office, obj=saved)
            lines = typed_lines(request.POST)
            done = self._save(request, organization, form, lines, saved, corrects)
            if done is not None:
                return done
        else:
            draft = draft_of(saved) if saved else self._blank(request, corrects)
            names = ("type", "description", "reference_number", "external_id")
            initial = {name: getattr(draft, name) for name in names} | {"transaction_date": draft.date}
            initial |= {"category_id": public("CAT", draft.category_id), "contact_id": draft.contact_id}
            form, lines = HeaderForm(office=request.office, obj=saved, initial=initial), lines_of(draft)
        name_accounts(organization, lines)
        answer = transaction_answers([saved], organization)[0] if saved else None
        page = Page(
            title=self._title(saved, corrects),
            crumbs=self.crumbs_of(corrects) if corrects else self.crumbs(),
            intro=CORRECTING if corrects else "",
            tables=page_parts.further_tables(request, saved) if saved else [],
            badge=showing.badge(saved.status) if saved else "",
            buttons=self.buttons(saved, answer, may=True) if saved else [],
            form=form,
            template="admin/ledger/draft.html",
            extra={
                "saved": saved,
                "lines": [*lines, *[TypedLine() for _ in range(max(BLANK_LINES, 4 - len(lines)))]],
                "fixed": bool(saved and saved.reversal_scope),
                "warnings": answer["warnings"] if answer else [],
                "picker": picker_attributes(),
                "base": organization.base_currency_id,
                "decimals": decimals_of(organization.base_currency_id),
            },
        )
        return show(self.admin_site, request, page)

    def crumbs_of(self, obj: Transaction) -> list[tuple[str, str]]:
        """The way back to a transaction."""
        return [*self.crumbs(), (obj.description[:60] or obj.public_id, self.address("change", obj.pk))]

    def _title(self, saved: Transaction | None, corrects: Transaction | None) -> str:
        if saved is not None:
            return saved.description[:80] or saved.public_id
        return "Adjust" if corrects else "New transaction"

    def _blank(self, request, corrects: Transaction | None) -> Draft:
        description = f"Adjustment: {corrects.description}"[:2000] if corrects else ""
        kept = {name: getattr(corrects, name) for name in ("contact_id", "category_id")} if corrects else {}
        return Draft(lines=[], date=request.office.today, description=description, **kept)

    def _save(self, request, organization, form: HeaderForm, lines: list[TypedLine], saved, corrects):
        """Save the page as a draft, and post it if that was asked. None if the page must be shown again."""
        if not form.is_valid():
            return None
        found, problems = read_page(form.cleaned_data, lines, saved)
        if saved and saved.reversal_scope:
            del found["lines"], found["type"]
            problems = {path: said for path, said in problems.items() if not path.startswith("entries")}
        if problems or any(line.problems for line in lines):
            place_problems(form, lines, problems)
            form.add_error(None, "Some of this cannot be saved yet.")
            return None
        number, refusal = attempt(lambda: self._write(request, organization, found, saved, corrects))
        if refusal is not None:
            place_refusal(form, lines, refusal)
            return None
        if "_post" in request.POST:
            return self.post(request, number, "Saved as a draft, but not posted. ")
        self.message_user(request, "The draft is saved.", messages.SUCCESS)
        return self.go("change", number)

    def _write(
        self, request, organization, found: dict, saved: Transaction | None, corrects: Transaction | None
    ) -> int:
        actor = self.require(request)
        if corrects is not None:
            plan = adjust_transaction(
                actor=actor,
                organization=organization,
                transaction_id=corrects.pk,
                draft=Draft(**found),
                auto_post=False,
            )
            return plan.transaction.pk
        if saved is None:
            plan = create_transaction(actor=actor, organization=organization, draft=Draft(**found))
            return plan.transaction.pk
        row = Transaction.objects.of(organization).filter(pk=saved.pk).select_for_update().get()
        if str(row.version) != request.POST.get("version"):
            raise Conflict("Somebody changed this draft since you opened it; open it again")
        before = draft_of(row)
        if row.status == "pending" and all(getattr(before, name) == value for name, value in found.items()):
            return saved.pk
        update_draft(actor=actor, organization=organization, transaction_id=saved.pk, changes=found)
        return saved.pk

    def post(self, request, number: int, before: str = ""):
        """Post a draft and go to its page; ``before`` is said before a refusal."""
        actor, organization = self.require(request), organization_of(request)
        _, refusal = attempt(lambda: post_transaction(actor=actor, organization=organization, transaction_id=number))
        if refusal is None:
            self.message_user(request, "Posted.", messages.SUCCESS)
        else:
            self.message_user(request, before + sentence(refusal), messages.ERROR)
        return self.go("change", number)
