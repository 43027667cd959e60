"""A look at the reports: ``report_day.py ADDRESS EMAIL PASSWORD [FOLDER]``. Fails at the first surprise.

From the balance sheet down to an entry and back; columns with a chart; a tree that folds. With a folder it keeps a
picture of each page.
"""

import sys

from playwright.sync_api import Page, expect, sync_playwright

from tests.backoffice.day import FLAGS, log_in, watch
from tests.backoffice.invoice_day import Pictures

OTHERS = (
    "income_statement/?compare=11", "cash_flow/", "budget_vs_actual/", "investor_statements/", "general_ledger/",
    "unposted/", "unreconciled/", "firm/", "consolidated/", "aged_receivables/", "trial_balance/",
    "reports/closepackage/", "reports/savedreport/add/", "reports/investor/add/",
)  # fmt: skip


def drill_down(page: Page, address: str, pictures: Pictures) -> None:
    page.locator("a[href$='/admin/balance_sheet/']").first.click()
    expect(page.locator(".co-where .co-badge")).to_have_text("balanced")
    pictures.take(page, "balance sheet")
    row = page.locator("tr", has=page.locator(".co-code", has_text="1001")).first
    figure = row.locator("a").first
    amount = figure.inner_text()
    figure.click()
    expect(page.locator("#result_list tbody tr").first).to_be_visible()
    expect(page.locator("#result_list")).to_contain_text(amount)
    pictures.take(page, "entries")
    page.locator("#result_list tbody a").first.click()
    expect(page.locator(".co-where b")).to_contain_text("Cash sale")
    page.go_back()
    page.go_back()
    expect(page.locator(".co-where b")).to_have_text("Balance sheet")


def compare(page: Page, pictures: Pictures) -> None:
    page.select_option("[name=compare]", "3")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("table.co-table thead th")).to_have_count(5)
    expect(page.locator("canvas.chart")).to_be_visible()
    pictures.take(page, "compared")


def fold(page: Page) -> None:
    below = page.locator("tr", has=page.locator(".co-code", has_text="1009")).first
    expect(below).to_be_visible()
    twist = page.locator("tr", has=page.locator(".co-code", has_text="1001")).locator(".co-twist").first
    twist.click()
    expect(below).to_be_hidden()
    twist.click()
    expect(below).to_be_visible()


def others(page: Page, address: str, pictures: Pictures) -> None:
    for name in OTHERS:
        answer = page.goto(f"{address}/admin/{name}")
        assert answer.status == 200, name
        page.wait_for_load_state("networkidle")
        pictures.take(page, name.partition("/?")[0].strip("/").replace("/", " "))


def main(address: str, email: str, password: str, folder: str | None = None) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        problems: list[str] = []
        watch(page, problems)
        log_in(page, address, email, password)
        pictures = Pictures(folder)
        drill_down(page, address, pictures)
        compare(page, pictures)
        fold(page)
        others(page, address, pictures)
        assert problems == [], problems
        browser.close()
    print("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
