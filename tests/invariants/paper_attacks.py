"""Attacks on letters and stationery."""

from tests.invariants.attacking import Attacker, breaks

LETTER = {
    "sender": "books@example.com",
    "sender_name": "Alice's Bakery",
    "to_addresses": '["ann@example.com"]',
    "cc_addresses": "[]",
    "reply_to": "",
    "subject": "Invoice",
    "body": "Dear Ann",
    "html": "",
    "about_kind": "",
    "about_id": "",
    "status": "queued",
    "round": 0,
    "attempts": 0,
    "last_error": "",
    "metadata": "{}",
}
FILE = {"number": 2, "name": "a.pdf", "content_type": "application/pdf", "content": b"%PDF"}


def write(a: Attacker, **columns) -> None:
    a._insert("organizations_letter", {"organization_id": a.alice} | LETTER | columns)


def enclose(a: Attacker, **columns) -> None:
    row = {"organization_id": a.alice, "letter_id": a["letter"]} | FILE | columns
    a._insert("organizations_letterattachment", row)


for number, (rule, columns) in enumerate(
    [
        ("row_level_security", {"organization_id": 1}),
        ("letter_status", {"status": "lost"}),
        ("letter_status", {"status": "sent"}),
        ("letter_counts", {"attempts": -1}),
        ("letter_addresses", {"to_addresses": "[]"}),
        ("letter_addresses", {"cc_addresses": "{}"}),
        ("letter_headers", {"subject": "Invoice\r\nBcc: eve@example.com"}),
        ("letter_headers", {"subject": " "}),
        ("letter_headers", {"to_addresses": '["ann@example.com\\nBcc: eve@example.com"]'}),
        ("letter_headers", {"reply_to": "ann@example.com\nBcc: eve@example.com"}),
        ("letter_headers", {"sender_name": "Alice\nBcc: eve@example.com"}),
    ]
):

    def write_badly(a: Attacker, columns=columns):
        write(a, **columns)

    write_badly.__name__ = f"write_letter_{number}"
    breaks(rule)(write_badly)

for number, (rule, columns) in enumerate(
    [
        ("letter_attachment_once", {"number": 1}),
        ("letter_attachment_number", {"number": 0}),
        ("letter_attachment_size", {"content": bytes(10 * 1024**2 + 1)}),
        ("letter_attachment_of_own_letter", {"letter_id": 1}),
    ]
):

    def enclose_badly(a: Attacker, columns=columns):
        enclose(a, **columns)

    enclose_badly.__name__ = f"enclose_{number}"
    breaks(rule)(enclose_badly)


@breaks("letter_attachment_of_own_letter")
def enclose_with_somebody_elses_letter(a: Attacker):
    enclose(a, letter_id=a["charlies letter"])


for what in ("subject = 'x'", "body = 'x'", "to_addresses = '[\"eve@example.com\"]'"):

    def rewrite(a: Attacker, what=what):
        a.run(f"update organizations_letter set {what} where id = %s", a["letter"])

    rewrite.__name__ = f"rewrite_{what.split()[0]}"
    breaks("InsufficientPrivilege")(rewrite)


@breaks("InsufficientPrivilege")
def forget_a_letter(a: Attacker):
    a.run("delete from organizations_letter")


@breaks("InsufficientPrivilege")
def swap_a_file(a: Attacker):
    a.run("update organizations_letterattachment set content = 'x'")


# --- Stationery -------------------------------------------------------------------------------------------------------


@breaks("stationery_once")
def a_second_stationery(a: Attacker):
    columns = [name for (name,) in a.run(
        "select column_name::text from information_schema.columns"
        " where table_name = 'ledger_stationery' and column_name <> 'id'"
    )]  # fmt: skip
    names = ", ".join(columns)
    a.run(f"insert into ledger_stationery ({names}) select {names} from ledger_stationery")


for number, (rule, change) in enumerate(
    [
        ("stationery_accent", "accent_color = 'red'"),
        ("stationery_terms", "payment_terms_days = -1"),
        ("stationery_prefixes", "bill_prefix = 'B/'"),
        ("stationery_prefixes", "invoice_prefix = ''"),
        ("stationery_logo", "logo = 'x'"),
        ("stationery_logo", "logo_type = 'image/png'"),
        ("stationery_logo", "logo = convert_to(repeat('x', 1048577), 'UTF8'), logo_type = 'image/png'"),
        ("InsufficientPrivilege", "organization_id = 1"),
    ]
):

    def print_badly(a: Attacker, change=change):
        a.run(f"update ledger_stationery set {change}")

    print_badly.__name__ = f"print_{number}"
    breaks(rule)(print_badly)
