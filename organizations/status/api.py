"""Whether the service is up: ``/health`` for anyone, ``/system`` for who has a key; and the currencies."""

import redis
from django.db import connection
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from organizations import clock
from organizations.currencies.answers import currency_answer
from organizations.currencies.models import Currency
from organizations.requests.limits import client
from organizations.requests.views import TenantViewSet
from organizations.status import pulse
from organizations.wire.docs import read_only
from organizations.wire.filtering import Text

VERSION = "0.1.0"


@read_only
def health(request) -> HttpResponse:
    """``ok`` while the process answers; no key, no query."""
    return HttpResponse("ok\n", content_type="text/plain")


class SystemShape(serializers.Serializer):
    """The state of the installation."""

    object = serializers.CharField()
    version = serializers.CharField()
    status = serializers.ChoiceField(["ok", "degraded"])
    database = serializers.DictField()
    broker = serializers.DictField()
    background = serializers.DictField(
        allow_null=True,
        help_text="`status` (`degraded` where a task of the schedule failed or is late), `queued` messages, when beat "
        "last sent and a worker last ended something, `troubled_tasks`. Null where the broker cannot be reached.",
    )
    time = serializers.DateTimeField()


class SystemViewSet(TenantViewSet):
    """The installation."""

    resource = "system"

    @extend_schema(responses=SystemShape)
    def retrieve(self, request):
        """Show whether the database and the broker answer, and how the background work is."""
        with connection.cursor() as cursor:
            cursor.execute("select current_setting('server_version'), current_user")
            version, role = cursor.fetchone()
        try:
            broker, background = {"reachable": bool(client().ping())}, pulse.summary()
        except redis.RedisError:
            broker, background = {"reachable": False}, None
        return Response(
            {
                "object": "system",
                "version": VERSION,
                "status": "ok" if broker["reachable"] else "degraded",
                "database": {"reachable": True, "version": version, "role": role},
                "broker": broker,
                "background": background,
                "time": clock.now(),
            }
        )


class CurrencyShape(serializers.Serializer):
    """A currency of ISO 4217."""

    object = serializers.CharField()
    id = serializers.CharField()
    code = serializers.CharField()
    name = serializers.CharField()
    symbol = serializers.CharField()
    decimal_places = serializers.IntegerField()


class CurrencyViewSet(TenantViewSet):
    """Currencies."""

    resource = "currencies"
    list_fields = {"code": Text(source="pk"), "name": Text()}
    sort_fields = {"code": "pk"}
    default_sort = "code"

    @extend_schema(responses=CurrencyShape(many=True))
    def list(self, request):
        """List the currencies of ISO 4217, with their decimals."""
        return self.page(Currency.objects.all(), lambda rows: [currency_answer(row) for row in rows])
