"""What the browser does in test_browser.py with every key of the workbench.

``bank_keys.py ADDRESS EMAIL PASSWORD ACCOUNT``. Fails at the first surprise.
"""

import sys

from playwright.sync_api import Page, expect

from tests.backoffice.bank_day import browsing, choose_account


def said(page: Page, words: str) -> None:
    expect(page.locator("#wb-said")).to_contain_text(words)


def light(page: Page, words: str) -> None:
    """Light the candidate that says something, by its number."""
    card = page.locator(".wb-choice", has_text=words)
    page.keyboard.press(card.locator("kbd").inner_text())
    expect(card).to_have_class("wb-choice wb-lit")


def match_by_hand(page: Page) -> None:
    """Two entries for one line; and one that the bank has kept a fee of."""
    keys, cards = page.keyboard, page.locator(".wb-choice")
    expect(cards).to_have_count(5)
    for words in ("Sale A", "Sale B"):
        light(page, words)
        keys.press("Space")
    expect(page.locator(".wb-sum")).to_have_text("Ticked: 150.00 of 150.00")
    keys.press("Enter")
    said(page, "Matched: 2026-02-01 150.00")

    expect(cards.first).to_contain_text("Card payout")
    keys.press("Enter")
    said(page, "Nothing is suggested")
    for key in ("ArrowRight", "l", "h", "ArrowLeft"):
        keys.press(key)
    expect(cards.first).to_have_class("wb-choice wb-lit")
    keys.press("Enter")
    expect(page.locator(".wb-form h3")).to_have_text("The books have 2.90 more")
    choose_account(page, "Advertising")
    keys.press("Tab")
    keys.press("Enter")
    said(page, "Matched: 2026-02-01 197.10")


def set_aside(page: Page) -> None:
    """A transfer; a line that is ignored, opened again, and ignored again."""
    keys, lines = page.keyboard, page.locator(".wb-line")
    keys.press("t")
    choose_account(page, "Cash - Operating")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.locator(".wb-form .co-problem")).to_contain_text("Another balance-sheet account")
    page.locator(".wb-form .select2-selection").focus()
    keys.press("Enter")
    choose_account(page, "Prepaid Expenses")
    keys.press("Tab")
    keys.press("Enter")
    said(page, "Transferred: 2026-02-01 20.00")
    ignore(page)
    page.reload()  # what was done is not forgotten
    expect(lines).to_have_count(3)
    keys.press("u")
    said(page, "Undone: Ignored 2026-02-01 5.00")
    expect(lines).to_have_count(4)
    expect(lines.first).to_have_attribute("aria-selected", "true")
    ignore(page)


def ignore(page: Page) -> None:
    page.keyboard.press("i")
    page.keyboard.type("Not ours")
    page.keyboard.press("Enter")
    said(page, "Ignored: 2026-02-01 5.00")
    expect(page.locator(".wb-line")).to_have_count(3)


def act_on_many(page: Page) -> None:
    """Reject one suggestion; accept the others together, take that back, and accept them again."""
    keys, lines = page.keyboard, page.locator(".wb-line")
    keys.press("r")
    said(page, "Rejected")
    expect(page.locator(".wb-line .co-badge")).to_have_count(2)
    page.fill("#wb-threshold", "900")
    page.focus("#wb-lines")
    keys.press("a")
    said(page, "No suggestion has a score of 900 or more.")
    page.fill("#wb-threshold", "600")
    page.focus("#wb-lines")
    keys.press("a")
    said(page, "Accepted: 2.")
    expect(lines).to_have_count(1)
    keys.press("u")
    expect(lines).to_have_count(3)
    for amount in ("62.00", "63.00"):
        lines.nth(1).click()
        light(page, f"Sale for {amount}")
        keys.press("Enter")
        said(page, f"Matched: 2026-02-02 {amount}")
    keys.press("m")
    said(page, "Matching:")
    expect(lines).to_have_count(1)


def main(address: str, email: str, password: str, account: str) -> None:
    with browsing(address, email, password, refused=1) as page:
        page.goto(f"{address}/admin/workbench/?account={account}")
        expect(page.locator(".wb-line")).to_have_count(7)
        match_by_hand(page)
        set_aside(page)
        act_on_many(page)
    print("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
