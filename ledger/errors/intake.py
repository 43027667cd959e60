"""Refusals of messages from payment providers and tills."""

from organizations.errors import Conflict, Invalid, Unprocessable


class MessageUnreadable(Invalid):
    """The message is the provider's but has not the form that it should have."""

    code = "message_unreadable"
    message = "The message cannot be read"


class EventBooked(Conflict):
    """A message that was booked is not booked again."""

    code = "event_booked"
    message = "The message is booked already"


class EventUnbookable(Unprocessable):
    """Something that the message names is missing; ``details.reason`` says what."""

    code = "event_unbookable"
    message = "The message cannot be booked"
