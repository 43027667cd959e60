"""Attacks on what is kept for reports: budgets, investors, sealed periods, saved reports, by raw SQL."""

import hashlib

from tests.invariants.attacking import Attacker, breaks
from tests.invariants.trade_attacks import declare, own

SEALED = {"start_date": "2020-01-01", "end_date": "2020-12-31", "note": "", "content": "{}"}


def budget(a: Attacker, **columns):
    row = {"name": "Other", "starts_on": "2020-01-01", "ends_on": "2020-12-31", "status": "active", "metadata": "{}"}
    return a._insert("reports_budget", own(a, **(row | columns)))


def line(a: Attacker, **columns):
    row = {"budget_id": a["budget"], "account_id": a.account("1001"), "month": "2020-02-01", "amount": 5}
    return a._insert("reports_budgetline", own(a, **(row | columns)))


def investor(a: Attacker, **columns):
    row = {
        "name": "Ann",
        "email": "",
        "reference": "",
        "account_id": a.account("1001"),
        "status": "active",
        "metadata": "{}",
    }
    return a._insert("reports_investor", own(a, **(row | columns)))


def holding(a: Attacker, **columns):
    row = {"investor_id": a["investor"], "effective_date": "2021-01-01", "percentage": 5, "commitment": 0}
    return a._insert("reports_holding", own(a, **(row | columns)))


def package(a: Attacker, **columns):
    row = SEALED | {"version": 2, "digest": hashlib.sha256(b"{}").hexdigest()}
    return a._insert("reports_closepackage", own(a, **(row | columns)))


def saved(a: Attacker, **columns):
    row = {"name": "Cash", "report": "cash-flow", "parameters": "{}", "period": "so_far", "format": "pdf",
           "frequency": "never", "recipients": [], "status": "active", "metadata": "{}"}  # fmt: skip
    return a._insert("reports_savedreport", own(a, **(row | columns)))


declare("a_budget_of_a_name_that_is_taken", "budget_name_once", lambda a: budget(a, name="PLAN"))
declare("a_budget_without_a_name", "budget_name", lambda a: budget(a, name=" "))
declare("a_budget_that_is_dreamt_of", "budget_status", lambda a: budget(a, status="dreamt"))
declare("a_budget_of_half_months", "budget_months", lambda a: budget(a, starts_on="2020-01-02"))
declare("a_budget_that_ends_before_it_begins", "budget_months", lambda a: budget(a, ends_on="2019-12-31"))
declare("two_lines_of_one_month", "budget_line_once", lambda a: [line(a) for _ in range(2)])
declare("a_line_of_half_a_month", "budget_line_month", lambda a: line(a, month="2020-02-02"))
declare("a_line_of_more_than_there_is", "budget_line_amount", lambda a: line(a, amount=10**19))
declare("a_line_of_charlies_budget", "line_of_own_budget", lambda a: line(a, budget_id=a["charlies budget"]))
declare("a_line_on_charlies_cash", "budget_line_of_own_account", lambda a: line(a, account_id=a["charlies cash"]))
declare("an_investor_on_charlies_cash", "investor_of_own_account", lambda a: investor(a, account_id=a["charlies cash"]))
declare("an_investor_without_a_name", "investor_name", lambda a: investor(a, name=""))
declare("an_investor_who_is_dead", "investor_status", lambda a: investor(a, status="dead"))
declare("an_investor_who_is_preferred_to_all", "investor_preferred", lambda a: investor(a, preferred_return_rate=101))
declare("two_investors_on_one_account", "investor_account_once", lambda a: [investor(a) for _ in range(2)])
declare("two_shares_of_one_day", "holding_once", lambda a: [holding(a) for _ in range(2)])
declare(
    "a_share_of_charlies_investor", "holding_of_own_investor", lambda a: holding(a, investor_id=a["charlies investor"])
)
declare("a_share_in_a_time_without_calendar", "holding_date", lambda a: holding(a, effective_date="1800-01-01"))
declare("a_share_in_units_and_percent", "holding_share", lambda a: holding(a, units=5))
declare("a_share_below_nothing", "holding_share", lambda a: holding(a, percentage=-1))
declare("a_commitment_below_nothing", "holding_share", lambda a: holding(a, commitment=-1))
declare("a_version_twice", "close_package_version_once", lambda a: package(a, version=1))
declare("a_version_before_the_first", "close_package_version", lambda a: package(a, version=0))
declare("a_period_that_ends_before_it_begins", "close_package_days", lambda a: package(a, end_date="2019-12-31"))
declare("a_digest_of_something_else", "close_package_digest", lambda a: package(a, content="{ }"))
declare("a_report_on_stone", "saved_report_words", lambda a: saved(a, format="rock"))
declare("a_report_that_is_due_and_never", "saved_report_due_day", lambda a: saved(a, next_run="2026-01-01"))
declare("a_report_to_nobody", "saved_report_recipients", lambda a: saved(a, frequency="daily", next_run="2026-01-01"))


@breaks("holdings_within_whole")
def more_than_the_whole(a: Attacker):
    other = investor(a, name="Bert")
    holding(a, investor_id=other, percentage=61)


@breaks("budget_identity_final")
def move_a_budget(a: Attacker):
    a.run("update reports_budget set ends_on = '2021-01-31' where id = %s", a["budget"])


@breaks("report_record_identity_final")
def age_an_investor(a: Attacker):
    a.run("update reports_investor set created_at = '2000-01-01' where id = %s", a["investor"])


@breaks("report_record_identity_final")
def age_a_saved_report(a: Attacker):
    a.run("update reports_savedreport set created_at = '2000-01-01' where id = %s", a["saved"])


def rewrite_what_was_sealed(a: Attacker):
    a.run("update reports_closepackage set note = 'x' where id = %s", a["package"])


def forget_what_was_sealed(a: Attacker):
    a.run("delete from reports_closepackage where id = %s", a["package"])


for change in (rewrite_what_was_sealed, forget_what_was_sealed):
    breaks("InsufficientPrivilege")(change)
    breaks("close_packages_are_final", by="owner")(change)
