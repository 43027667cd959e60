"""Refusals of letters."""

from organizations.errors import Conflict


class LetterWaiting(Conflict):
    """The letter waits to be sent already; its next attempt comes by itself."""

    code = "letter_waiting"
    message = "The letter is waiting to be sent already"
