"""What the routes of what runs by itself are for: jobs, webhooks, drafts for review, letters."""

from tests.contract.declaring import ORGANIZATION, Case

WEBHOOK = f"{ORGANIZATION}/webhooks/<webhook_id>"
DRAFTED = f"{ORGANIZATION}/drafts/<draft_id>"
LETTER = f"{ORGANIZATION}/letters/<letter_id>"
INVITATION = f"{ORGANIZATION}/invitations/<invitation_id>"
#: They write, and approve nothing.
NO_APPROVERS = {"write key": "not_authorized", "accountant": "not_authorized"}
PAGES = {"success_url": "https://example.com/paid", "cancel_url": "https://example.com/back"}
#: Members without the right, whatever else they may.
OWNERS_ONLY = {"admin": "not_authorized", "accountant": "not_authorized", "write key": "not_authorized"}

BACKGROUND: dict[str, dict[str, Case]] = {
    f"{ORGANIZATION}/jobs": {"GET": Case("jobs")},
    f"{ORGANIZATION}/jobs/<job_id>": {"GET": Case("jobs")},
    f"{ORGANIZATION}/jobs/<job_id>/cancel": {"POST": Case("jobs")},
    f"{ORGANIZATION}/jobs/<job_id>/result": {"GET": Case("jobs", path={"job_id": "ended_job"})},
    f"{ORGANIZATION}/exports": {"POST": Case("exports", 202, refuses={"accountant": "not_authorized"})},
    f"{ORGANIZATION}/exports/<job_id>/file": {
        "GET": Case(
            "exports",
            path={"job_id": "export_job"},
            refuses={"accountant": "not_authorized", "viewer": "not_authorized"},
        )
    },
    f"{ORGANIZATION}/deletion": {
        "GET": Case("deletion"),
        "POST": Case("deletion", 400, lambda e: {"confirm_name": "Somebody else"}, refuses=OWNERS_ONLY),
        "DELETE": Case("deletion", 204, refuses=OWNERS_ONLY),
    },
    "deletion-certificates": {"GET": Case("deletion")},
    f"{ORGANIZATION}/usage": {"GET": Case("usage", overseen=True)},
    f"{ORGANIZATION}/usage/invoices": {"GET": Case("usage", overseen=True)},
    f"{ORGANIZATION}/credits/pool": {
        "GET": Case("usage", overseen=True),
        "PUT": Case("usage", body=lambda e: {"recharge_below": 5, "recharge_package": "1000"}),
    },
    f"{ORGANIZATION}/credits/purchases": {
        "GET": Case("usage"),
        "POST": Case("usage", 201, lambda e: {"package": "1000", **PAGES}),
    },
    f"{ORGANIZATION}/credits/purchases/<credit_purchase_id>": {"GET": Case("usage")},
    "integrations/stripe/credits": {"POST": Case("", 400, body=lambda e: {}, public=True)},
    f"{ORGANIZATION}/billing": {"GET": Case("usage", overseen=True)},
    f"{ORGANIZATION}/credits": {"GET": Case("usage", overseen=True)},
    f"{ORGANIZATION}/billing-organization": {"GET": Case("usage", overseen=True)},
    f"{ORGANIZATION}/consolidated-reporting": {"GET": Case("usage", overseen=True)},
    f"{ORGANIZATION}/invitations": {
        "GET": Case("members"),
        "POST": Case("members", 201, lambda e: {"email": "new@example.com", "role": "viewer"}, hands_out=True),
    },
    INVITATION: {"GET": Case("members"), "DELETE": Case("members", 204, hands_out=True)},
    f"{INVITATION}/resend": {"POST": Case("members", hands_out=True)},
    f"{ORGANIZATION}/webhooks": {
        "GET": Case("webhooks"),
        "POST": Case(
            "webhooks", 201, lambda e: {"url": "https://example.com/crane", "events": ["invoice.*"]}, hands_out=True
        ),
    },
    WEBHOOK: {
        "GET": Case("webhooks"),
        "PUT": Case("webhooks", body=lambda e: {"events": ["payment.created"], "description": "Ours"}, hands_out=True),
        "DELETE": Case("webhooks", 204),
    },
    f"{WEBHOOK}/rotate-secret": {"POST": Case("webhooks", body=lambda e: {"overlap_seconds": 60})},
    f"{WEBHOOK}/test": {"POST": Case("webhooks", 201)},
    f"{WEBHOOK}/deliveries": {"GET": Case("webhooks")},
    f"{WEBHOOK}/deliveries/<delivery_id>/resend": {"POST": Case("webhooks")},
    f"{ORGANIZATION}/drafts": {
        "GET": Case("drafts"),
        "POST": Case(
            "drafts", 201, lambda e: {"operation": "contacts_create", "payload": {"name": "Ann"}}, hands_out=True
        ),
    },
    f"{ORGANIZATION}/drafts/operations": {"GET": Case("drafts")},
    DRAFTED: {
        "GET": Case("drafts"),
        "PUT": Case("drafts", body=lambda e: {"note": "Please"}, refuses={"*": "not_the_author"}),
    },
    f"{DRAFTED}/validate": {"POST": Case("drafts")},
    f"{DRAFTED}/approve": {"POST": Case("drafts", refuses=NO_APPROVERS)},
    f"{DRAFTED}/reject": {"POST": Case("drafts", body=lambda e: {"reason": "Paid already"}, refuses=NO_APPROVERS)},
    f"{ORGANIZATION}/letters": {"GET": Case("letters")},
    LETTER: {"GET": Case("letters")},
    f"{LETTER}/resend": {"POST": Case("letters")},
}
