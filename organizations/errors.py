"""Refusals: every way in which the system says no, as an exception with a name.

One condition, one class, one code, one message. A verb raises the refusal and knows
nothing of HTTP; the wire (``organizations/wire/refusing.py``) turns it into the answer
``{"error": {type, code, message, details, status, request_id}}``.

Those here can happen to any request, in the order in which a request meets them.
"""

from collections.abc import Mapping, Sequence


class Refusal(Exception):
    """Base of all refusals. A subclass sets the class attributes; it adds no behaviour.

    ``type`` is the family of the contract, ``status`` its HTTP status, ``code`` the name
    that programs compare, ``message`` the sentence for people. ``fields`` says which
    fields of the request are at fault, keyed by their path (``entries[0].amount``), and
    lands in ``details["fields"]``, always as lists of messages.
    """

    type = "server_error"
    status = 500
    code = "internal_error"
    message = "Something went wrong on our side"

    def __init__(
        self,
        message: str | None = None,
        *,
        details: Mapping | None = None,
        fields: Mapping[str, str | Sequence[str]] | None = None,
    ):
        self.message = message or type(self).message
        self.details = dict(details or {})
        if fields:
            self.details["fields"] = {
                path: [problems] if isinstance(problems, str) else list(problems) for path, problems in fields.items()
            }
        super().__init__(self.message)


# --- 400, 405, 411 to 415, 431: the request itself is wrong, whatever the books say --------------------------------


class Invalid(Refusal):
    """The request breaks the rules of the format; its fields are named in ``details.fields``."""

    type = "validation_error"
    status = 400
    code = "invalid_request"
    message = "The request is not valid"


class MalformedJson(Invalid):
    """The body is not the JSON that it claims to be."""

    code = "malformed_json"
    message = "The body is not valid JSON"


class MalformedRequest(Invalid):
    """What was sent cannot be read as HTTP: its first line, or a header that is broken or stands there twice."""

    code = "malformed_request"
    message = "This cannot be read as an HTTP request: its first line or one of its headers is malformed"


class DuplicateKey(Invalid):
    """One object names the same key twice: which of the two values counts would be a guess."""

    code = "duplicate_key"
    message = "An object of the body has the same key twice"


class TooDeep(Invalid):
    """The body is nested deeper than any request needs to be."""

    code = "nested_too_deep"
    message = "The body is nested too deeply"


class TooManyKeys(Invalid):
    """An object of the body has more keys than any request needs."""

    code = "too_many_keys"
    message = "An object of the body has too many keys"


class ForbiddenCharacter(Invalid):
    """Text that a database cannot hold: NUL, or half of a surrogate pair."""

    code = "forbidden_character"
    message = "The request contains a character that no text may contain"


class UnreadableNumber(Invalid):
    """A number with an exponent, with too many digits, or that is none (NaN, Infinity)."""

    code = "unreadable_number"
    message = "The body contains a number that cannot be read exactly"


class UnknownParameter(Invalid):
    """A query parameter, filter, operator or sort field that does not exist here."""

    code = "unknown_parameter"
    message = "A query parameter is unknown"


class InvalidParameter(Invalid):
    """A query parameter that exists, with a value that it cannot have."""

    code = "invalid_parameter"
    message = "A query parameter is not valid"


class InvalidCursor(InvalidParameter):
    """A cursor that was altered, or that belongs to another list, sort or filter."""

    code = "invalid_cursor"
    message = "The cursor does not belong to this list"


class OutOfRange(Invalid):
    """A value that no column can hold, noticed only by the database."""

    code = "value_out_of_range"
    message = "A value is out of range"


class WrongIdKind(Invalid):
    """A well-formed id of another kind of thing: an account's id where a transaction's belongs."""

    code = "wrong_id_kind"
    message = "An id is of the wrong kind"


class IdempotencyKeyInvalid(Invalid):
    """The Idempotency-Key header is empty, too long, or not printable ASCII."""

    code = "idempotency_key_invalid"
    message = "An Idempotency-Key is 1 to 255 printable ASCII characters"


class MethodNotAllowed(Invalid):
    """The path exists, but not with this method."""

    status = 405
    code = "method_not_allowed"
    message = "This method is not allowed here"


class LengthRequired(Invalid):
    """A body sent in chunks. Reading it as empty would do something else than was asked."""

    status = 411
    code = "length_required"
    message = "Send the body with a Content-Length; chunked bodies are not accepted"


class PreconditionFailed(Invalid):
    """The object is not, or no longer, what ``If-Match`` says: read it again before changing it.

    ``details.current`` is the entity tag that it has now.
    """

    status = 412
    code = "precondition_failed"
    message = "The object has changed since you read it"


class PayloadTooLarge(Invalid):
    """The body is larger than the server reads."""

    status = 413
    code = "payload_too_large"
    message = "The request body is too large"


class AddressTooLong(Invalid):
    """Path and query are longer than the server reads; what is long belongs into a body."""

    status = 414
    code = "address_too_long"
    message = "The address is too long"


class HeadersTooLarge(Invalid):
    """More headers, or a longer one, than the server reads."""

    status = 431
    code = "headers_too_large"
    message = "The request has too many headers, or one that is too long"


class UnsupportedMediaType(Invalid):
    """The body's Content-Type is not one that this path reads."""

    status = 415
    code = "unsupported_media_type"
    message = "Send the body as application/json"


# --- 401, 403, 404: who asks, and what for ----------------------------------------------------------------------------


class Unauthenticated(Refusal):
    """No key, or none that is valid. Which of the two is not said to strangers."""

    type = "authentication_error"
    status = 401
    code = "not_authenticated"
    message = "Send a valid API key: Authorization: Bearer cl_live_…"


class ApiKeyInvalid(Unauthenticated):
    """No key like this exists."""

    code = "invalid_api_key"
    message = "The API key is not valid"


class ApiKeyRevoked(Unauthenticated):
    """The key was revoked. Said only to who presents its secret."""

    code = "api_key_revoked"
    message = "The API key was revoked"


class ApiKeyExpired(Unauthenticated):
    """The key, or the rotated secret, is past its end."""

    code = "api_key_expired"
    message = "The API key has expired"


class SignupClosed(Unauthenticated):
    """This installation takes no sign-ups; an organization without a parent needs an invitation."""

    code = "signup_closed"
    message = "Sign-up is not open here"


class NotAuthorized(Refusal):
    """The caller is known and may see the thing, but not do this with it."""

    type = "authorization_error"
    status = 403
    code = "not_authorized"
    message = "You may not do this"


class CsrfFailed(NotAuthorized):
    """A change by somebody who is logged in, without the token of the page that it should come from."""

    code = "csrf_failed"
    message = "Send the page's CSRF token along, from the same site"


class SecondFactorRequired(NotAuthorized):
    """Who is logged in must make a second factor in the back office first."""

    code = "second_factor_required"
    message = "Make a second factor in the back office first"


class PermissionsTooWide(NotAuthorized):
    """Nobody gives more than they have: a key makes only keys, and a member roles, that can do no more."""

    code = "permissions_too_wide"
    message = "A new key cannot do more than the key that makes it"


class ApprovalRequired(NotAuthorized):
    """The organization's writes wait for approval as drafts; only who may approve makes them at once."""

    code = "approval_required"
    message = "Writes of this organization are staged as drafts"


class NotFound(Refusal):
    """There is no such thing, or it is out of the caller's reach: the answer is the same."""

    type = "not_found_error"
    status = 404
    code = "not_found"
    message = "There is nothing at this address"


# --- 409, 422, 429: it could be done, but not now or not like this ----------------------------------------------------


class Conflict(Refusal):
    """What is asked contradicts the present state of the thing."""

    type = "conflict_error"
    status = 409
    code = "conflict"
    message = "This conflicts with the present state"


class RequestInProgress(Conflict):
    """The same idempotency key is being worked on at this moment."""

    code = "request_in_progress"
    message = "A request with this Idempotency-Key is still being worked on"


class Busy(Conflict):
    """Another request holds a lock that this one needs; trying again soon will do."""

    code = "busy"
    message = "Another request is at work on the same data; try again"

    def __init__(self, message: str | None = None, *, retry_after: int = 1, **rest):
        super().__init__(message, **rest)
        self.details["retry_after"] = retry_after


class Unprocessable(Refusal):
    """The request is well-formed, but a rule of business forbids it."""

    type = "business_rule_error"
    status = 422
    code = "business_rule"
    message = "A business rule forbids this"


class OrganizationParentMismatch(Unprocessable):
    """Live and test organizations never meet, and a parent must be within reach."""

    code = "organization_parent_mismatch"
    message = "The organization cannot stand below this parent"


class OrganizationArchived(Unprocessable):
    """An archived organization can be read, and restored, but nothing is written in it."""

    code = "organization_archived"
    message = "The organization is archived"


class LastOwner(Unprocessable):
    """An organization keeps at least one owner."""

    code = "last_owner"
    message = "An organization keeps at least one owner"


class RecordsAreFinal(Conflict):
    """The audit trail is append-only."""

    code = "records_are_final"
    message = "Records of the audit trail cannot be changed"


class IdempotencyKeyReused(Unprocessable):
    """The idempotency key was used before, with another method, path or body."""

    code = "idempotency_key_reused"
    message = "This Idempotency-Key was used before for another request"


class RateLimited(Refusal):
    """The key, or all keys of its organization, have spent their requests of this minute; or too many keys from this
    address were no good. ``details.retry_after`` is in seconds."""

    type = "rate_limit_error"
    status = 429
    code = "rate_limit_exceeded"
    message = "Too many requests"

    def __init__(self, message: str | None = None, *, retry_after: int, **rest):
        super().__init__(message, **rest)
        self.details["retry_after"] = retry_after


# --- 500, 503: our fault ----------------------------------------------------------------------------------------------


class ServerError(Refusal):
    """A fault of ours. The log has the whole story under the request's id; the answer has none of it."""


class Unavailable(ServerError):
    """The database cannot be reached or took too long; nothing was done."""

    status = 503
    code = "unavailable"
    message = "The service is not available at the moment; try again"

    def __init__(self, message: str | None = None, *, retry_after: int = 2, **rest):
        super().__init__(message, **rest)
        self.details["retry_after"] = retry_after


class LedgerBroken(Exception):
    """A database rule refused what the verb should have refused first: a fault of ours."""
