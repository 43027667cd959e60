"""Refusals about credits."""

from organizations.errors import Unprocessable


class AnotherPays(Unprocessable):
    """The organization's calls are paid for by one above it: its credits are kept and bought there."""

    code = "another_organization_pays"
    message = "Another organization pays for this one"


class CreditsNotSold(Unprocessable):
    """This installation sells no credits: its operator grants them."""

    code = "credits_not_sold"
    message = "Credits are not sold here"
