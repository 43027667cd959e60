"""The WSGI application. Loading it fails where serving would be unsafe."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from config import safety  # noqa: E402 (needs the settings)

safety.wait_until_safe()
