"""What the browser does in test_browser.py: ``person_day.py ADDRESS LINK PASSWORD [PICTURES]``.

Somebody follows the link of an invitation, sets a password, makes a second factor, and logs in with its code.
"""

import base64
import re
import sys
import tempfile
import time
from pathlib import Path

from django_otp.oath import totp
from playwright.sync_api import Page, expect, sync_playwright

from tests.backoffice.day import FLAGS, watch

STEP = 30  # seconds a code is shown


class Album:
    """Pictures of pages, where somebody wants them."""

    def __init__(self, page: Page, folder: str | None):
        self.page, self.folder, self.taken = page, folder, 0

    def keep(self, name: str) -> None:
        if self.folder:
            self.taken += 1
            self.page.screenshot(path=Path(self.folder) / f"person_{self.taken}_{name}.png")


def join(page: Page, link: str, password: str, album: Album) -> None:
    page.goto(link)
    album.keep("invitation")
    page.fill("[name=name]", "Dana")
    page.fill("[name=new_password1]", password)
    page.fill("[name=new_password2]", "something else")
    page.click("button[type=submit]")
    expect(page.locator(".co-problem")).to_contain_text("match")
    album.keep("mistyped")
    for field in ("new_password1", "new_password2"):
        page.fill(f"[name={field}]", password)
    page.click("button[type=submit]")
    page.wait_for_url("**/admin/second_factor/?next=/admin/")
    page.goto(link)
    expect(page.locator("main")).to_contain_text("no longer good")
    album.keep("used_link")


def make_second_factor(page: Page, address: str, album: Album) -> tuple[bytes, int]:
    """The secret, and the step of the code that was used."""
    page.goto(f"{address}/admin/")
    expect(page.locator(".co-qr svg")).to_be_visible()
    album.keep("second_factor")
    secret = base64.b32decode(page.locator(".co-secret").inner_text().strip())
    used = int(time.time()) // STEP
    page.fill("[name=code]", f"{totp(secret):06}")
    page.click("button[type=submit]")
    expect(page.locator(".co-secret")).to_have_text(re.compile(r"^(([a-z2-7]{6}-){3}[a-z2-7]{6}\s*){8}$"))
    album.keep("recovery_codes")
    return secret, used


def log_in_with_code(page: Page, address: str, password: str, factor: tuple[bytes, int], album: Album) -> None:
    secret, used = factor
    page.goto(f"{address}/admin/login/")
    page.fill("[name=username]", "Dana@Example.com")
    page.fill("[name=password]", "wrong")
    page.click("button[type=submit]")
    expect(page.locator(".co-problems")).to_contain_text("not correct together")
    album.keep("login")
    page.fill("[name=password]", password)
    page.click("button[type=submit]")
    expect(page.locator("h1")).to_contain_text("Second factor")
    album.keep("code")
    # a code is good once; that of the next half minute is good already, for clocks go wrong a little
    page.fill("[name=code]", f"{totp(secret, drift=used + 1 - int(time.time()) // STEP):06}")
    page.click("button[type=submit]")
    expect(page.locator(".co-chosen")).to_have_text("Alice's Bakery")


def look_around(page: Page, address: str, album: Album) -> None:
    for name in ("password_change", "second_factor"):
        page.goto(f"{address}/admin/{name}/")
        album.keep(name)
        page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
    page.goto(f"{address}/admin/organizations/invitation/")
    expect(page.locator("#result_list")).to_contain_text("accepted")
    album.keep("invitations")
    page.locator("a.addlink").click()
    page.fill("[name=email]", "erin@example.com")
    page.click(".co-foot button")
    page.locator("#result_list a", has_text="erin@example.com").click()
    album.keep("invitation_desk")
    page.context.clear_cookies()
    page.goto(f"{address}/admin/password_reset/")
    album.keep("password_reset")


def main(address: str, link: str, password: str, pictures: str | None = None) -> None:
    problems: list[str] = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        browser = playwright.chromium.launch_persistent_context(
            profile, executable_path="/usr/bin/chromium", args=FLAGS, viewport={"width": 1280, "height": 900}
        )
        page = browser.new_page()
        page.set_default_timeout(15_000)
        watch(page, problems)
        page.on("response", lambda answer: answer.status >= 500 and problems.append(f"{answer.status} {answer.url}"))
        album = Album(page, pictures)
        join(page, link, password, album)
        factor = make_second_factor(page, address, album)
        page.click("text=I have kept them: go on")
        expect(page.locator(".co-chosen")).to_have_text("Alice's Bakery")
        album.keep("inside")
        page.evaluate("document.querySelector('#logout-form').submit()")
        page.wait_for_url("**/admin/login/")
        album.keep("logged_out")
        log_in_with_code(page, address, password, factor, album)
        look_around(page, address, album)
        browser.close()
    assert not problems, problems
    print("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
