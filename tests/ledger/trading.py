"""A café that trades: Alice's books with a customer, a vendor and VAT, and the shortest words for what she does."""

from dataclasses import dataclass
from decimal import Decimal

from ledger.contacts.models import Contact
from ledger.taxes.models import Tax
from tests.cast import Answer, Books, open_books


@dataclass(slots=True)
class Trade:
    """Books with whom one trades; each verb goes through HTTP."""

    books: Books
    customer: str
    vendor: str
    vat: str

    @property
    def api(self):
        return self.books.api

    def post(self, path: str, body=None, status: int = 201, **headers) -> dict:
        answer = self.api.post(path, body or {}, **headers)
        assert answer.status == status, answer.body
        return answer.body

    def refused(self, path: str, body=None, *, status: int = 422) -> dict:
        answer: Answer = self.api.post(path, body or {})
        assert answer.status == status, answer.body
        return answer.error

    def invoice(self, amount="100.00", *, taxes=(), issue=True, **more) -> dict:
        line = {"description": "Coffee", "quantity": 1, "unit_price": amount, "tax_ids": list(taxes)}
        body = {"contact_id": self.customer, "issued_at": "2026-01-10", "items": [line], "issue": issue, **more}
        return self.post("/invoices", body)

    def bill(self, amount="100.00", *, taxes=(), account="5601", issue=True, **more) -> dict:
        line = {
            "description": "Beans",
            "unit_price": amount,
            "account_id": self.books.account(account),
            "tax_ids": list(taxes),
        }
        body = {"contact_id": self.vendor, "billed_at": "2026-01-10", "items": [line], "issue": issue, **more}
        return self.post("/bills", body)

    def pay(self, document: dict, amount=None, **more) -> dict:
        kind = "invoices" if document["object"] == "invoice" else "bills"
        body = {"amount": document["amount_due"] if amount is None else amount, "payment_date": "2026-01-20", **more}
        return self.post(f"/{kind}/{document['id']}/payments", body)

    def again(self, document: dict) -> dict:
        kinds = {"invoice": "invoices", "bill": "bills", "credit_note": "credit-notes", "payment": "payments"}
        kind = kinds[document["object"]]
        return self.api.get(f"/{kind}/{document['id']}").body

    def balance(self, code: str) -> Decimal:
        """Of an account by its code, in its own currency."""
        rows = self.api.get(f"/accounts?code={code}").data
        return self.api.get(f"/accounts/{rows[0]['id']}").body["balance"]["amount"]

    def balances(self) -> dict[str, Decimal]:
        """The trial balance in base currency: what is not zero, debit positive, by code."""
        accounts = self.api.get("/reports/trial-balance").body["accounts"]
        found = {row["code"]: row["debit_balance"] - row["credit_balance"] for row in accounts}
        return {code: amount for code, amount in found.items() if amount}

    def entries(self, transaction_id: str) -> list[tuple[str, str, Decimal, Decimal]]:
        """The entries of a transaction: code, side, amount, amount in base currency."""
        self.books.refresh()
        codes = {account.public_id: code for code, account in self.books.accounts.items()}
        found = self.api.get(f"/transactions/{transaction_id}").body["entries"]
        return [(codes[one["account_id"]], one["entry_type"], one["amount"], one["base_amount"]) for one in found]


def open_trade(**more) -> Trade:
    """A café in USD with the small-business chart."""
    books = open_books("Corner Café", email="alice@example.com", **more)
    with books.acting():
        org = books.organization
        customer = Contact.objects.create(organization=org, name="Carla", email="carla@example.com")
        vendor = Contact.objects.create(organization=org, name="Roastery", contact_type="vendor")
        vat = Tax.objects.create(organization=org, name="VAT 20%", rate=Decimal(20), tax_type="vat")
    return Trade(books, customer.public_id, vendor.public_id, vat.public_id)
