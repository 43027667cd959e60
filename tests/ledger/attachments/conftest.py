"""A folder of its own for the files of each test."""

import pytest
from django.core.files.storage import storages
from django.test import override_settings


@pytest.fixture
def kept(tmp_path):
    """The folder that attachments are kept in; gives a function that lists its files."""
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    with override_settings(STORAGES=storages.backends | {"attachments": backend}):
        yield lambda: sorted(path for path in tmp_path.rglob("*") if path.is_file())
