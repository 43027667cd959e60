"""Sessions that end: after SESSION_COOKIE_AGE without a request, and SESSION_LONGEST after the login in any case.

The engine that SESSION_ENGINE names: Django's own, in the database.
"""

from django.conf import settings
from django.contrib.sessions.backends import db

from organizations import clock

BEGAN, SEEN = "began", "seen"
#: How often at most, in seconds, it is written down that somebody is still there.
NOTED = 5 * 60


class SessionStore(db.SessionStore):
    """A session that knows when it began and when it was last used."""

    def load(self) -> dict:
        """What the session holds; nothing once it is over."""
        data, now = super().load(), int(clock.now().timestamp())
        if not data:
            return data
        if now - data.setdefault(BEGAN, now) >= settings.SESSION_LONGEST:
            self.delete()
            self._session_key = None
            return {}
        if now - data.get(SEEN, 0) >= NOTED:
            data[SEEN] = now
            self.modified = True  # its end moves on, in the database and in the cookie
        return data

    def cycle_key(self) -> None:
        """Another key for the same session, as at each login: it begins anew."""
        super().cycle_key()
        self[BEGAN] = self[SEEN] = int(clock.now().timestamp())
