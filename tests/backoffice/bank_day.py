"""What the browser does in test_browser.py with a bank's file: ``bank_day.py ADDRESS EMAIL PASSWORD ACCOUNT``.

By keyboard from the import to the reopened reconciliation. Fails at the first surprise.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Dialog, Page, expect, sync_playwright

from tests.backoffice.day import FLAGS, log_in, watch

FILE = (
    b"Date,Description,Amount,Balance\n"
    b"2026-02-10,Workshop deposit,75.00,75.00\n"
    b"2026-02-11,Card hardware store,-120.00,-45.00\n"
    b"2026-02-12,Account fee,-4.50,-49.50\n"
)


def import_file(page: Page, address: str, account: str) -> None:
    """Check the file, then import it: the form stays as it is filled in."""
    page.goto(f"{address}/admin/import_statement/?account={account}")
    page.set_input_files("[name=file]", files=[{"name": "february.csv", "mimeType": "text/csv", "buffer": FILE}])
    outcome = page.locator("#bk-outcome")
    page.focus("[name=mapping]")
    page.keyboard.type("{oops")
    page.focus("[name=_check]")
    page.keyboard.press("Enter")
    expect(page.locator(".co-problem")).to_contain_text("This is no JSON")
    page.focus("[name=mapping]")
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.focus("[name=_check]")
    page.keyboard.press("Enter")
    expect(outcome).to_contain_text("Nothing was imported yet.")
    expect(page.locator(".co-problem")).to_have_count(0)
    page.focus("[name=_import]")
    page.keyboard.press("Enter")
    expect(outcome).to_contain_text("The file was imported.")
    expect(outcome.locator("tbody tr")).to_have_count(4)


def choose_account(page: Page, words: str) -> None:
    """The list of accounts is open: type, and take what is found."""
    expect(page.locator(".select2-search__field")).to_be_focused()
    page.keyboard.type(words)
    page.locator(".select2-results__option--highlighted", has_text=words).wait_for()
    page.keyboard.press("Enter")


def work_off(page: Page) -> None:
    """Accept, split and create, without a mouse."""
    lines, said, keys = page.locator(".wb-line"), page.locator("#wb-said"), page.keyboard
    expect(lines).to_have_count(3)
    expect(page.locator("#wb-lines")).to_be_focused()
    expect(lines.first).to_contain_text("suggested")
    for key, chosen in (("j", 1), ("ArrowDown", 2), ("k", 1), ("ArrowUp", 0)):
        keys.press(key)
        expect(lines.nth(chosen)).to_have_attribute("aria-selected", "true")
    expect(page.locator(".wb-choice").first).to_contain_text("same amount")
    keys.press("?")
    expect(page.locator("#wb-help")).to_be_visible()
    keys.press("Escape")
    keys.press("/")
    keys.type("fee")
    expect(lines).to_have_count(1)
    keys.press("Escape")
    expect(lines).to_have_count(3)
    expect(lines.last).to_have_attribute("aria-selected", "true")
    keys.press("k")
    keys.press("k")

    keys.press("Enter")
    expect(said).to_contain_text("Accepted")
    expect(lines).to_have_count(2)

    keys.press("s")
    choose_account(page, "Office Supplies")
    keys.press("Tab")
    keys.type("150")
    expect(page.locator("[data-rest]")).to_have_text("-30.00")
    keys.press("Control+A")
    keys.type("100")
    expect(page.locator("[data-rest]")).to_have_text("20.00")
    for _ in range(3):
        keys.press("Tab")  # description, remove, the next account
    keys.press("Enter")
    choose_account(page, "Advertising")
    keys.press("Tab")
    keys.press("Enter")  # the empty amount takes the rest
    expect(said).to_contain_text("Split")
    expect(lines).to_have_count(1)

    keys.press("c")
    expect(page.locator(".select2-search__field")).to_be_focused()
    keys.press("Escape")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.locator(".wb-form .co-problem")).to_have_text("Choose an account.")
    keys.press("Escape")
    expect(page.locator(".wb-form")).to_have_count(0)
    keys.press("c")
    choose_account(page, "Advertising")
    keys.press("Tab")
    keys.type("Fee of February")
    keys.press("Enter")
    expect(said).to_contain_text("Booked")
    expect(lines).to_have_count(0)
    expect(page.locator("#wb-none")).to_contain_text("No line is open")
    expect(page.locator("[data-figure=open_count]")).to_have_text("0")


def reconcile(page: Page) -> None:
    """Start and complete a reconciliation, undo the last act after it, and reopen it."""
    keys, tile = page.keyboard, page.locator("#wb-session")
    keys.press("f")
    expect(page.locator("[data-name=closing_balance]")).to_have_value("-49.50")
    keys.press("Enter")
    expect(tile).to_contain_text("2026-02-01 – 2026-02-12")
    expect(page.locator("[data-session=difference]")).to_have_text("0.00")
    keys.press("f")
    expect(tile).to_contain_text("through 2026-02-12")
    keys.press("u")
    expect(page.locator("#wb-said")).to_contain_text("Undone: Booked 2026-02-12 -4.50")
    expect(page.locator(".wb-line")).to_have_count(1)
    keys.press("o")
    expect(tile).to_contain_text("2026-02-01 – 2026-02-12")
    expect(tile.locator("[data-act=finish]")).to_be_visible()


def fits(page: Page) -> None:
    """Narrow windows show all of it, without scrolling sideways."""
    page.set_viewport_size({"width": 420, "height": 800})
    page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")


@contextmanager
def browsing(address: str, email: str, password: str, *, refused: int = 0) -> Iterator[Page]:
    """A page of somebody who is logged in and says yes to every question.

    Fails at an error of a script, and unless just so many requests were refused.
    """
    answers: list[str] = []
    problems: list[str] = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = playwright.chromium.launch_persistent_context(
            profile, executable_path="/usr/bin/chromium", args=FLAGS, viewport={"width": 1440, "height": 900}
        )
        page = browser.new_page()
        page.set_default_timeout(15_000)
        watch(page, problems)
        page.on("response", lambda answer: answer.status >= 400 and answers.append(f"{answer.status} {answer.url}"))
        page.on("dialog", Dialog.accept)
        log_in(page, address, email, password)
        yield page
        browser.close()
    assert not problems, problems
    assert len(answers) == refused, answers


def main(address: str, email: str, password: str, account: str) -> None:
    with browsing(address, email, password) as page:
        import_file(page, address, account)
        expect(page.locator("#bk-outcome").get_by_role("link", name="Workbench")).to_be_visible()
        page.goto(f"{address}/admin/workbench/?account={account}")
        work_off(page)
        reconcile(page)
        fits(page)
    print("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
