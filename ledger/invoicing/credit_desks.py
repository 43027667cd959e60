"""Credits in the back office: what is left of them goes to other documents, and comes back."""

from django import forms

from ledger.contacts.families import family
from ledger.invoicing.applying import APPLIED_TO, Part, allocate_credit, unallocate_credit
from ledger.invoicing.desks import DocumentDesk
from ledger.invoicing.models import Document
from ledger.openitems.models import OpenItem
from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.pages import Button, form_page


class ApplyForm(VerbForm):
    """Which documents take what is left."""

    documents = forms.MultipleChoiceField(choices=(), help_text="In this order, as far as it reaches.")
    date = forms.DateField(required=False, help_text="Today unless given.")

    def prepare(self):
        self.fields["documents"].choices = open_claims(self.office.organization, self.obj)


def open_claims(organization, credit: Document) -> list[tuple[str, str]]:
    """Documents of a credit's contact, in its currency, of which something is open, the oldest first."""
    rows = OpenItem.objects.of(organization).filter(contact_id__in=family(organization, credit.contact_id))
    rows = rows.filter(kind=APPLIED_TO[credit.kind], currency_id=credit.currency_id).exclude(open_amount=0)
    items = list(rows.order_by("due_date", "pk")[:200])
    names = Document.objects.of(organization).in_bulk([item.object_id for item in items])
    return [
        (
            str(item.object_id),
            f"{names[item.object_id]} of {item.date}: {showing.money(abs(item.open_amount), item.currency_id)}"
            f" {item.currency_id} open",
        )
        for item in items
    ]


class CreditDesk(DocumentDesk):
    """Credits of one kind."""

    def page_urls(self):
        return [*super().page_urls(), ("allocate", self.allocate), ("unallocate", self.unallocate)]

    def buttons(self, request, obj, answer: dict) -> list[Button]:
        found = super().buttons(request, obj, answer)
        if not self.has_change_permission(request) or obj.status != "issued":
            return found
        if answer["amount_due"]:
            found.insert(0, Button("Allocate", self.address("allocate", obj.pk), icon="link", variant="primary"))
        if answer["credits"]:
            url, ask = self.address("unallocate", obj.pk), "Take it out of all its documents?"
            found.append(Button("Unallocate", url, icon="link_off", post=True, confirm=ask))
        return found

    def allocate(self, request, object_id):
        """Set what is left of it off against documents of the contact."""
        who, found = self._who(request), self.find(request, object_id)

        def link(fields: dict) -> str:
            wanted = [Part(int(number)) for number in fields["documents"]]
            allocate_credit(**who, document=self._held(request, found), allocations=wanted, date=fields["date"])
            return self.address("change", found.pk)

        page = self._asking("Allocate", found, "Allocate it", "What is left of the credit goes to these documents.")
        return form_page(self.admin_site, request, page, ApplyForm, link, obj=found, done="It is allocated.")

    def unallocate(self, request, object_id):
        """Take it out of all its documents."""
        who, found = self._who(request), self.find(request, object_id)
        if request.method != "POST":
            return self.go("change", found.pk)

        def take_out() -> None:
            unallocate_credit(**who, document=self._held(request, found))

        return self.act(request, take_out, self.address("change", found.pk), "It is the contact's credit now.")
