"""The WSGI application. Loading it fails where serving would be unsafe, or where an address leads to broken code."""

import os
import sys

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django_application = get_wsgi_application()

from config import deployment, memory, safety, tracing  # noqa: E402 (needs the settings)
from ledger.journal.express import ExpressLane  # noqa: E402

application = ExpressLane(django_application)
if traces := tracing.begin():
    traces.statements()
    traces.messages()
    application = traces.requests(application)

safety.wait_until_safe()
deployment.warn()
get_resolver().check()  # loads every view now; otherwise the first request of each process would
memory.collect_seldom()
#: A report that is worked out lets go of Python ten times as often as it would: a posting beside it waits less.
sys.setswitchinterval(0.0005)
