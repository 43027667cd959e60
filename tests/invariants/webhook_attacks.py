"""Attacks on webhooks and deliveries, by raw SQL."""

from tests.invariants.attacking import Attacker, breaks
from tests.invariants.trade_attacks import declare, own


def webhook(a: Attacker, **columns):
    row = {
        "url": "https://example.com/",
        "description": "",
        "events": ["*"],
        "status": "enabled",
        "disabled_reason": "",
        "salt": bytes(16),
        "secret_version": 1,
        "through_xid": 0,
        "metadata": "{}",
    }
    return a._insert("organizations_webhook", own(a, **(row | columns)))


def delivery(a: Attacker, **columns):
    row = {
        "webhook_id": a["webhook"],
        "event_id": 5,
        "seq": 5,
        "event_type": "contact.created",
        "entity_id": "CON_0000000000000001",
        "status": "queued",
        "attempts": 0,
    }
    return a._insert("organizations_delivery", own(a, **(row | columns)))


for number, (rule, columns) in enumerate(
    [
        ("webhook_status", {"status": "asleep"}),
        ("webhook_events", {"events": []}),
        ("webhook_address", {"url": "file:///etc/passwd"}),
        ("webhook_secret", {"salt": b""}),
        ("webhook_secret", {"secret_version": 0}),
    ]
):
    declare(f"webhook_badly_{number}", rule, lambda a, columns=columns: webhook(a, **columns))

for number, (rule, columns) in enumerate(
    [
        ("delivery_status", {"status": "perhaps"}),
        ("delivery_counts", {"attempts": -1}),
        ("delivery_counts", {"status": "delivered"}),
        ("delivery_of_own_webhook", {"webhook_id": 1}),
    ]
):
    declare(f"deliver_badly_{number}", rule, lambda a, columns=columns: delivery(a, **columns))

declare("deliver_to_a_stranger", "delivery_of_own_webhook", lambda a: delivery(a, webhook_id=a["charlies webhook"]))


@breaks("delivery_once")
def deliver_an_event_twice(a: Attacker):
    delivery(a)
    delivery(a)


@breaks("delivery_final")
def deliver_another_event(a: Attacker):
    number = delivery(a)
    a.run("update organizations_delivery set event_id = 6 where webhook_id = %s", a["webhook"])
    return number
