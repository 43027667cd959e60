"""What the browser does in test_browser.py: ``day.py ADDRESS EMAIL PASSWORD``. Fails at the first surprise."""

import sys
import tempfile

from playwright.sync_api import Page, expect, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def watch(page: Page, problems: list[str]) -> None:
    """Note what a script failed at, and what the Content-Security-Policy stopped."""
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: "Content Security Policy" in said.text and problems.append(said.text))


def log_in(page: Page, address: str, email: str, password: str) -> None:
    page.goto(f"{address}/admin/")
    page.fill("[name=username]", email)
    page.fill("[name=password]", password)
    page.click("button[type=submit]")
    expect(page.locator(".co-chosen")).to_have_text("Alice's Bakery")


def pick(page: Page, line: int, words: str) -> None:
    """Choose an account as a person does: open the picker, type, press Enter on what it finds."""
    page.locator(".co-line .select2-selection").nth(line).click()
    page.locator(".select2-search__field").fill(words)
    page.locator(".select2-results__option--highlighted", has_text=words).wait_for()
    page.keyboard.press("Enter")


def type_and_post(page: Page) -> None:
    page.get_by_role("link", name="Transactions").click()
    page.locator("a.addlink").click()
    page.fill("[name=description]", "Typed by hand")
    pick(page, 0, "Cash - Operating")
    pick(page, 1, "Sales Revenue")
    difference = page.locator("#difference")
    page.fill("[name=lines-0-debit]", "1250.10")
    expect(difference).to_have_text("Difference 1,250.10 USD: more credit needed")
    page.fill("[name=lines-1-credit]", "1250")
    expect(difference).to_have_text("Difference 0.10 USD: more credit needed")
    page.click("text=Save draft")
    expect(page.locator(".co-notes")).to_contain_text("Transaction debits and credits do not balance")
    page.fill("[name=lines-1-credit]", "1250.10")
    expect(difference).to_have_text("Balanced, USD")
    lines = page.locator(".co-line")
    before = lines.count()
    page.click("text=Add a line")
    expect(lines).to_have_count(before + 1)
    page.locator(".co-remove").last.click()
    expect(lines).to_have_count(before)
    page.click("button[name=_post]")
    expect(page.locator(".co-where .co-badge")).to_have_text("posted")


def reverse(page: Page) -> None:
    page.click("a[href$='/reverse/']")
    page.fill("[name=reason]", "Typed twice")
    page.click(".co-foot button")
    expect(page.locator(".co-facts")).to_contain_text("Typed twice")
    page.locator(".co-facts a").first.click()
    expect(page.locator(".co-where .co-badge")).to_have_text("reversed")


def check_opening_balances(page: Page) -> None:
    """Lines are laid out by account; they add up while they are typed, and a check records nothing."""
    page.get_by_role("link", name="Opening balances").click()
    line = {code: page.locator(".co-line", has_text=code) for code in ("1001", "3001")}
    line["1001"].get_by_label("Debit").fill("500")
    difference = page.locator("#difference")
    expect(difference).to_have_text("Difference 500.00 USD: more credit needed")
    page.fill("[name=trial_balance]", "1001\t500\n3001\t\t400")
    page.click("button[name=_check]")
    expect(page.locator(".co-field.co-wrong")).to_contain_text("The difference is 500.00.")
    line["3001"].get_by_label("Credit").fill("500")
    page.click("button[name=_check]")
    expect(page.locator(".co-tablecard")).to_contain_text("400.00")
    page.fill("[name=trial_balance]", "1001\t500\n3001\t\t500")
    page.click("button[name=_check]")
    expect(page.locator(".co-notes")).to_contain_text("Nothing was recorded yet")
    expect(difference).to_have_text("Balanced, USD")


def look_at_forms(page: Page, address: str) -> None:
    """No form is wider than the window, and a file that is chosen is named."""
    for form in (
        "ledger/account/add/",
        "ledger/balanceassertion/add/",
        "opening_balances/",
        "reconciliation/bankrule/add/",
        "import_journal/",
    ):
        page.goto(f"{address}/admin/{form}")
        page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
    page.set_input_files("[name=file]", files=[{"name": "books.csv", "mimeType": "text/csv", "buffer": b"x"}])
    expect(page.locator(".co-field input[type=text]").first).to_have_value("books.csv")


def read_the_reference(page: Page, address: str) -> None:
    """Open an operation of the reference, and ask it from there."""
    page.goto(f"{address}/docs")
    page.locator(".opblock-tag", has_text="Chart templates").click(timeout=90_000)  # 1.3 MB are read and drawn
    page.locator(".opblock", has_text="/chart-templates").first.click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".responses-table .response .microlight").first).to_contain_text('"object"')


def main(address: str, email: str, password: str) -> None:
    problems: list[str] = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        browser = playwright.chromium.launch_persistent_context(
            profile, executable_path="/usr/bin/chromium", args=FLAGS, viewport={"width": 1440, "height": 900}
        )
        page = browser.new_page()
        page.set_default_timeout(15_000)
        watch(page, problems)
        page.on("response", lambda answer: answer.status >= 400 and problems.append(f"{answer.status} {answer.url}"))
        log_in(page, address, email, password)
        type_and_post(page)
        reverse(page)
        check_opening_balances(page)
        look_at_forms(page, address)
        read_the_reference(page, address)
        browser.close()
    assert not problems, problems
    print("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
