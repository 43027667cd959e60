"""Refusals of requests as such: by their key, unpaid, too many at once, not signed by who should have."""

from organizations.errors import Invalid, NotAuthorized, RateLimited, Refusal


class AddressNotAllowed(NotAuthorized):
    """The key does not work from this address. Said only to who presents its secret."""

    code = "address_not_allowed"
    message = "The API key may not be used from this address"


class KeyScopeRefused(NotAuthorized):
    """The key sees a part of the books only, and this does not tell its part from the rest."""

    code = "key_scope_refused"
    message = "This is not open to a key that is for some accounts and contacts only"


class SignatureInvalid(Invalid):
    """The message is not signed by the provider, or it is too old."""

    code = "signature_invalid"
    message = "The signature does not fit"


class CreditsExhausted(Refusal):
    """Who pays for the organization has no credits left; nothing was done. Reading usage and buying credits is free."""

    type = "credit_limit_error"
    status = 402
    code = "credits_exhausted"
    message = "There are no credits left"

    def __init__(self, message: str | None = None, **rest):
        super().__init__(message, **rest)
        self.details["credits_remaining"] = 0


class TooManyAtOnce(RateLimited):
    """The organization has as many reports made at this moment as it may; ask again when one is done."""

    code = "too_many_at_once"
    message = "Too many reports are being made at this moment"
