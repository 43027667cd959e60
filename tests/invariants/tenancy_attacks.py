"""Attacks across the wall between organizations, and on what an organization's record may become."""

from tests.invariants.attacking import Attacker, breaks

# --- Writing for somebody else ----------------------------------------------------------------------------------------


@breaks("row_level_security")
def post_for_somebody_else(a: Attacker):
    a.draft(organization_id=a.charlie)


@breaks("row_level_security")
def post_for_somebody_whose_books_may_be_read(a: Attacker):
    a.bind(reach=f"{{{a.alice},{a.charlie}}}")
    a.draft(organization_id=a.charlie)


@breaks("row_level_security")
def post_without_any_setting(a: Attacker):
    a.bind(organization_id="", reach="")
    a.draft()


@breaks("row_level_security")
def an_entry_for_somebody_else(a: Attacker):
    a.entry(a["charlies sale"], 3, a["charlies cash"], "1", organization_id=a.charlie)


@breaks("row_level_security")
def an_account_for_somebody_else(a: Attacker):
    a.new_account(organization_id=a.charlie)


@breaks("row_level_security")
def an_event_for_somebody_else(a: Attacker):
    a.run(
        "insert into organizations_event (organization_id, event_type, entity_type, entity_id)"
        " values (%s, 'x', 'x', 'x')",
        a.charlie,
    )


@breaks("row_level_security")
def a_membership_for_somebody_else(a: Attacker):
    a.run(
        "insert into organizations_membership (organization_id, user_id, role, metadata)"
        " values (%s, %s, 'owner', '{}')",
        *(a.charlie, a.field.cast.alice.pk),
    )


@breaks("row_level_security")
def a_key_for_somebody_else(a: Attacker):
    a.run(
        "insert into organizations_apikey (organization_id, name, description, permissions, metadata)"
        " values (%s, 'x', '', '[\"read\"]', '{}')",
        a.charlie,
    )


def key_of_alices(a: Attacker, permissions: str, scope: str):
    a.run(
        "insert into organizations_apikey (organization_id, name, description, permissions, scope, metadata)"
        " values (%s, 'x', '', %s, %s, '{}')",
        *(a.alice, permissions, scope),
    )


@breaks("key_scope_reads_only")
def a_scoped_key_that_writes(a: Attacker):
    key_of_alices(a, '{"*": ["read", "write"]}', '{"account_ids": [], "contact_ids": []}')


@breaks("key_scope_reads_only")
def a_scoped_key_that_may_everything(a: Attacker):
    key_of_alices(a, '["read", "write", "delete", "approve"]', '{"account_ids": [], "contact_ids": []}')


@breaks("key_scope_shape")
def a_scope_of_nothing_known(a: Attacker):
    key_of_alices(a, '["read"]', '{"accounts": "all"}')


@breaks("row_level_security")
def an_organization_that_one_does_not_write(a: Attacker):
    number = a.new_organization()
    a.bind(organization_id=a.alice)
    a.run(
        "insert into organizations_organization select (jsonb_populate_record(o, jsonb_build_object('id', o.id + 1))).*"
        " from organizations_organization o where o.id = %s",
        number,
    )


@breaks("InvalidTextRepresentation")
def settings_that_are_no_ids(a: Attacker):
    a.bind(organization_id="1 or true")
    a.draft()


@breaks("secret_of_own_key")
def a_secret_for_somebody_elses_key(a: Attacker):
    a.run(
        "insert into organizations_keysecret (organization_id, api_key_id, prefix, preview, secret_hash, metadata)"
        " values (%s, %s, 'abcdefghijkl', '', '\\x00', '{}')",
        *(a.alice, a["charlies key"]),
    )


def _part(a: Attacker, job: int) -> None:
    query = "insert into organizations_jobpart (organization_id, job_id, number, results) values (%s, %s, 0, '[]')"
    a.run(query, a.alice, job)


@breaks("part_of_own_job")
def a_part_of_somebody_elses_job(a: Attacker):
    _part(a, a["charlies job"])


@breaks("job_part_once")
def the_same_part_twice(a: Attacker):
    _part(a, a["job"])


@breaks("InsufficientPrivilege")
def a_part_told_otherwise(a: Attacker):
    a.run("update organizations_jobpart set results = '[1]'")


@breaks("InsufficientPrivilege")
def an_examination_told_otherwise(a: Attacker):
    a.run("update ledger_examination set status = 'healthy'")


@breaks("membership_once")
def a_member_twice(a: Attacker):
    a.run(
        "insert into organizations_membership (organization_id, user_id, role, metadata)"
        " values (%s, %s, 'viewer', '{}')",
        *(a.alice, a.field.cast.alice.pk),
    )


# --- What an organization may never become ----------------------------------------------------------------------------

FINAL = {
    "owner_ids": "array[1::bigint]",
    "overseer_ids": "array[1::bigint]",
    "parent_id": "null",
    "mode": "'test'",
    "base_currency_id": "'EUR'",
    "relationship_type": "'owned'",
    "id": "id + 1",
}

for column, value in FINAL.items():

    def change_what_is_fixed(a: Attacker, column=column, value=value):
        a.run(f"update organizations_organization set {column} = {value} where id = %s", a.alice)

    change_what_is_fixed.__name__ = f"change_the_{column}_of_an_organization"
    breaks("InsufficientPrivilege")(change_what_is_fixed)


@breaks("InsufficientPrivilege")
def delete_an_organization(a: Attacker):
    a.run("delete from organizations_organization where id = %s", a.alice)


@breaks("organization_parent_in_reach")
def below_somebody_elses_organization(a: Attacker):
    a.new_organization(parent_id=a.charlie, relationship_type="owned")


@breaks("organization_mode_of_parent")
def a_test_organization_below_a_live_one(a: Attacker):
    a.new_organization(parent_id=a.alice, relationship_type="owned", mode="test")


@breaks("organization_mode")
def a_third_mode(a: Attacker):
    a.new_organization(mode="demo")


@breaks("organization_status")
def an_unknown_status_of_organization(a: Attacker):
    a.run("update organizations_organization set status = 'gone' where id = %s", a.alice)


@breaks("organization_relationship")
def a_child_that_is_neither_owned_nor_linked(a: Attacker):
    a.new_organization(parent_id=a.alice, relationship_type="cousin")


@breaks("organization_relationship")
def owned_by_nobody(a: Attacker):
    a.new_organization(relationship_type="owned")


@breaks("organization_billing")
def billed_to_nobody(a: Attacker):
    a.run("update organizations_organization set billing_type = 'free' where id = %s", a.alice)


@breaks("organization_fiscal_year")
def a_year_that_begins_in_month_13(a: Attacker):
    a.run("update organizations_organization set fiscal_year_start = 13 where id = %s", a.alice)


@breaks("organization_tax_rounding")
def taxes_rounded_by_whim(a: Attacker):
    a.run("update organizations_organization set tax_rounding = 'whim' where id = %s", a.alice)


@breaks("organization_rate_age")
def rates_that_serve_for_a_thousand_days(a: Attacker):
    a.run("update organizations_organization set exchange_rate_max_age_days = 1000 where id = %s", a.alice)


@breaks("organization_cors_origins")
def every_page_there_is(a: Attacker):
    a.run("update organizations_organization set cors_origins = '{*}' where id = %s", a.alice)


@breaks("organization_ownership_by_date")
def own_by_no_list_of_days(a: Attacker):
    a.run("update organizations_organization set ownership = '{}' where id = %s", a.alice)


@breaks("organization_ownership")
def owned_by_more_than_all(a: Attacker):
    a.run("update organizations_organization set ownership_percentage = 100.01 where id = %s", a.alice)
