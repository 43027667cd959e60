"""A day with invoices, in the browser: ``invoice_day.py ADDRESS EMAIL PASSWORD [FOLDER]``. Fails at the first surprise.

With a folder it keeps a picture of each page.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.backoffice.day import FLAGS, log_in, watch


class Pictures:
    """Pictures of pages, where they are wanted."""

    def __init__(self, folder: str | None):
        self.folder = None if folder is None else Path(folder)

    def take(self, page: Page, name: str) -> None:
        if self.folder is not None:
            page.screenshot(path=self.folder / f"{name}.png", full_page=True)


def choose(page: Page, place: int, words: str, where: str = ".co-header") -> None:
    """Open a picker, type, press Enter on what it finds."""
    page.locator(f"{where} .select2-selection").nth(place).click()
    page.locator(".select2-search__field").fill(words)
    page.locator(".select2-results__option--highlighted", has_text=words).wait_for()
    page.keyboard.press("Enter")


def write_and_issue(page: Page, pictures: Pictures) -> None:
    page.locator("a[href$='/ledger/invoice/']").first.click()
    page.locator("a.addlink").click()
    choose(page, 0, "Carla")
    page.fill("[name=lines-0-description]", "Catering")
    page.fill("[name=lines-0-quantity]", "2")
    page.fill("[name=lines-0-price]", "50")
    page.select_option("[name=lines-0-tax]", label="VAT 20%")
    page.fill("[name=lines-1-description]", "Transport")
    page.fill("[name=lines-1-price]", "1,000.50")
    expect(page.locator("#total")).to_have_text("$1,120.50")
    expect(page.locator("#tax")).to_have_text("$20.00")
    page.fill("[name=lines-1-price]", "ten")
    expect(page.locator("#figure-problems")).not_to_be_empty()
    page.fill("[name=lines-1-price]", "20")
    expect(page.locator("#total")).to_have_text("$140.00")
    pictures.take(page, "editor")
    page.click("button[name=_save]")
    expect(page.locator(".co-where .co-badge")).to_have_text("draft")
    expect(page.locator("#total")).to_have_text("$140.00")
    page.click("button[name=_issue]")
    expect(page.locator(".co-where .co-badge")).to_have_text("sent")
    pictures.take(page, "issued")


def send(page: Page, pictures: Pictures) -> None:
    page.locator(".co-buttons a", has_text="Send").click()
    expect(page.locator("[name=to]")).to_have_value("carla@example.com")
    pictures.take(page, "send")
    page.click(".co-foot button")
    expect(page.locator(".co-facts")).to_contain_text("Sent")


def pay_a_part(page: Page, pictures: Pictures) -> None:
    page.locator(".co-buttons a", has_text="Pay").click()
    expect(page.locator("[name=amount]")).to_have_value("140.00")
    page.fill("[name=amount]", "200")
    page.click(".co-foot button")
    expect(page.locator(".co-field.co-wrong, .co-problems").first).to_contain_text("140.00")
    page.fill("[name=amount]", "40")
    pictures.take(page, "pay")
    page.click(".co-foot button")
    expect(page.locator(".co-tablecard")).to_contain_text("40.00")
    pictures.take(page, "payment")
    page.locator(".co-tablecard a").first.click()
    expect(page.locator(".co-where .co-badge")).to_have_text("partial")


def credit_the_rest(page: Page, pictures: Pictures) -> None:
    page.locator(".co-buttons a", has_text="Credit").click()
    page.fill("[name=amount]", "100")
    page.fill("[name=reason]", "It was cold")
    pictures.take(page, "credit")
    page.click(".co-foot button")
    expect(page.locator(".co-where .co-badge")).to_have_text("paid")
    pictures.take(page, "paid")
    page.locator("a[href$='/ledger/invoice/']").first.click()
    pictures.take(page, "list")
    page.set_viewport_size({"width": 500, "height": 900})
    page.locator("#result_list a").first.click()
    page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
    pictures.take(page, "narrow")


def main(address: str, email: str, password: str, folder: str | None = None) -> None:
    problems: list[str] = []
    pictures = Pictures(folder)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        browser = playwright.chromium.launch_persistent_context(
            profile, executable_path="/usr/bin/chromium", args=FLAGS, viewport={"width": 1440, "height": 900}
        )
        page = browser.new_page()
        page.set_default_timeout(15_000)
        watch(page, problems)
        page.on("response", lambda answer: answer.status >= 400 and problems.append(f"{answer.status} {answer.url}"))
        log_in(page, address, email, password)
        for act in (write_and_issue, send, pay_a_part, credit_the_rest):
            act(page, pictures)
        browser.close()
    assert not problems, problems
    print("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
