"""The floors."""

import time
from decimal import Decimal

from django.db import connection, transaction
from hordak.models import Leg
from hordak.models import Transaction as HordakTransaction
from moneyed import Money
from rest_framework.response import Response
from rest_framework.views import APIView


class PostByFunction(APIView):
    """One statement: a hand-written function inserts header, entries and totals."""

    def post(self, request):
        body = request.data
        columns = [[line[name] for line in body["entries"]] for name in ("account_id", "entry_type", "amount")]
        with connection.cursor() as cursor:
            cursor.execute(
                "select post_sale(%s, %s, %s::bigint[], %s::text[], %s::numeric[])",
                [body["transaction_date"], body["description"], *columns],
            )
            (number,) = cursor.fetchone()
        return Response({"id": number, **body}, status=201)


class PostByHordak(APIView):
    """A hordak transaction with its legs; hordak's triggers check it at the commit."""

    def post(self, request):
        body = request.data
        with transaction.atomic():
            header = HordakTransaction.objects.create(date=body["transaction_date"], description=body["description"])
            for line in body["entries"]:
                amount = Money(Decimal(line["amount"]), "USD")
                Leg.objects.create(transaction=header, account_id=line["account_id"], **{line["entry_type"]: amount})
        return Response({"id": header.pk, **body}, status=201)


class PostManyByHordak(APIView):
    """Many transactions of two legs by bulk_create, checked at the commit; says how long it took."""

    def post(self, request):
        size, amount = int(request.data["size"]), Money(Decimal(10), "USD")
        started = time.perf_counter()
        with transaction.atomic():
            headers = HordakTransaction.objects.bulk_create(
                HordakTransaction(date="2025-11-20", description=f"Sale {n}") for n in range(size)
            )
            Leg.objects.bulk_create(
                Leg(transaction=header, account_id=account, **{side: amount})
                for header in headers
                for account, side in ((1, "debit"), (2, "credit"))
            )
        return Response({"seconds": time.perf_counter() - started}, status=201)
