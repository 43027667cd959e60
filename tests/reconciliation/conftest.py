"""Books with a bank."""

import pytest


@pytest.fixture
def books(db, monkeypatch):
    """Somebody's books; jobs are queued, and the test is their worker."""
    from tests.cast import open_books

    monkeypatch.setattr("organizations.jobs.tasks.run_job.delay", lambda *ids: None)
    return open_books("Banked Ltd")
