"""Refusals of files on transactions."""

from organizations.errors import Conflict, Invalid, NotFound, ServerError, Unprocessable


class AttachmentRemoved(NotFound):
    """The attachment's file was removed; only the note of it is left."""

    code = "attachment_removed"
    message = "The file of this attachment was removed"


class AttachmentMissing(ServerError):
    """The storage does not give the file that an attachment names."""

    code = "attachment_missing"
    message = "The file cannot be read from its storage at the moment"


class AttachmentTooLarge(Invalid):
    """The file is larger than ``ATTACHMENT_MAX_BYTES``."""

    status = 413
    code = "attachment_too_large"
    message = "The file is too large"


class AttachmentTypeRefused(Invalid):
    """The file's content is of no accepted type, or not of the type that its name says."""

    status = 415
    code = "attachment_type_refused"
    message = "Files of this type are not accepted"


class AttachmentExists(Conflict):
    """The transaction has this very file already; ``details.attachment_id`` names it."""

    code = "attachment_exists"
    message = "The transaction has this file already"


class AttachmentLimit(Unprocessable):
    """The transaction has as many files as a transaction can have."""

    code = "attachment_limit"
    message = "The transaction has as many files as it can have"


class TransactionHasAttachments(Unprocessable):
    """A draft with files is not deleted; remove them first."""

    code = "transaction_has_attachments"
    message = "The transaction has files; remove them first"
