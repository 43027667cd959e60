"""One working day in a real browser: log in, type a draft, watch the difference, post, reverse.

Needs Debian's chromium; where there is none the machine cannot say anything about it.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from ledger.journal.models import Transaction
from tests.backoffice.desks import balance

CHROMIUM = Path("/usr/bin/chromium")
DAY = Path(__file__).with_name("day.py")


@pytest.fixture
def served_files(monkeypatch):
    """Static files straight from the apps' folders: the suite collects none."""
    monkeypatch.setattr(settings, "WHITENOISE_USE_FINDERS", True, raising=False)
    monkeypatch.setattr(settings, "WHITENOISE_AUTOREFRESH", True, raising=False)


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM.exists(), reason="This machine has no /usr/bin/chromium.")
def test_a_draft_is_typed_posted_and_reversed(served_files, committed_db, committed_cast, http_server):
    cast = committed_cast
    cast.alice.set_password("a long password")
    cast.alice.save(update_fields=["password"])
    # A process of its own: the browser's driver runs an event loop, in which Django refuses to touch the database.
    done = subprocess.run(
        [sys.executable, str(DAY), http_server, "alice@example.com", "a long password"],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": ""},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "done"
    assert balance(cast.alices, "1001") == 0
    with cast.alices.acting():
        rows = list(Transaction.objects.of(cast.alices.organization).order_by("pk"))
    assert [(row.description, row.status, row.original_id is not None) for row in rows] == [
        ("Typed by hand", "posted", False),
        ("Reversal: Typed by hand", "posted", True),
    ]
    assert rows[1].reversal_reason == "Typed twice"
