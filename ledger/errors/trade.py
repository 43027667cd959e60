"""Refusals of documents, payments and what is open between contacts and us, in the order in which they are checked."""

from organizations.errors import Conflict, Invalid, Unprocessable

# --- 400: a request that names what is not there ----------------------------------------------------------------------


class DocumentNotFound(Invalid):
    """A payment or a credit names a document that this organization does not have."""

    code = "document_not_found"
    message = "There is no such document"


# --- 422: what was posted for something -------------------------------------------------------------------------------


class TransactionHasSource(Unprocessable):
    """The transaction was posted for a document, a payment, a transfer …: undo it there (``details.source_id``)."""

    code = "transaction_has_source"
    message = "Undo this through what it was posted for"


class AccountOfRoleMissing(Unprocessable):
    """No account has the role that is needed (receivable, payable, sales …), and the request names none."""

    code = "account_of_role_missing"
    message = "There is no account for this"


class AccountUnfit(Unprocessable):
    """The account is in another currency, or of another kind, than its place asks for."""

    code = "account_unfit"
    message = "The account does not fit here"


# --- 409, 422: documents ----------------------------------------------------------------------------------------------


class DocumentIsIssued(Conflict):
    """An issued document is never edited or deleted; credit it."""

    code = "document_is_issued"
    message = "An issued document cannot be changed; credit it instead"


class DocumentNotIssued(Unprocessable):
    """The document is a draft, or was cancelled: there is nothing to send, pay or credit."""

    code = "document_not_issued"
    message = "The document is not issued"


class DocumentCancelled(Unprocessable):
    """A cancelled document stays as it is."""

    code = "document_cancelled"
    message = "The document is cancelled"


class DocumentNumberTaken(Conflict):
    """The number that a request gives is on another document of this kind."""

    code = "document_number_taken"
    message = "Another document has this number"


class DocumentNumberKept(Conflict):
    """A draft has by hand a number of our own series, which has passed over it since: the number would be missing.
    Issue the draft, or cancel it as it is."""

    code = "document_number_kept"
    message = "The series has passed over this number, so the draft keeps it; issue it or cancel it"


class DocumentEmpty(Unprocessable):
    """A document without lines, or whose total is not above zero, cannot be issued."""

    code = "document_total_not_positive"
    message = "The total of a document must be above zero to issue it"


class TaxNotEffective(Unprocessable):
    """A line names a tax that is not in force on the document's date, or not in use any more."""

    code = "tax_not_effective"
    message = "A tax is not in force on this date"


class CreditExceedsDocument(Unprocessable):
    """A credit takes back no more than the document says, less what was credited before. ``details.remaining``."""

    code = "credit_exceeds_document"
    message = "The credit is more than what is left of the document"


class DocumentHasPayments(Unprocessable):
    """A document with payments is not cancelled: take them back first, or credit it."""

    code = "document_has_payments"
    message = "The document has payments; unallocate or refund them first"


# --- 422: payments ----------------------------------------------------------------------------------------------------


class DocumentAlreadyPaid(Unprocessable):
    """Nothing is open of the document."""

    code = "document_already_paid"
    message = "The document is paid already"


class PaymentExceedsOpen(Unprocessable):
    """A payment or an allocation takes more than is open. ``details``: ``open_amount``, and of what."""

    code = "payment_exceeds_open"
    message = "The payment is more than what is open"


class AllocationMismatch(Unprocessable):
    """What is to be settled does not go together: another contact, or two claims, or two debts."""

    code = "allocation_mismatch"
    message = "These cannot be settled against each other"


class PaymentReversed(Unprocessable):
    """A reversed payment is over."""

    code = "payment_reversed"
    message = "The payment was reversed"


class TransferReversed(Unprocessable):
    """A reversed transfer is over."""

    code = "transfer_reversed"
    message = "The transfer was reversed"


class RefundExceedsPayment(Unprocessable):
    """No more is paid back than came in. ``details.refundable``."""

    code = "refund_exceeds_payment"
    message = "The refund is more than what is left of the payment"
