"""Calling addresses of others: never inside the house, and never for long."""

import contextlib
import socket
import threading
import time

import pytest

from organizations.webhooks import calling

INSIDE = (
    "127.0.0.1", "127.1", "0x7f000001", "2130706433", "017700000001", "0.0.0.0", "10.0.0.1", "172.16.0.1",
    "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]",
    "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001:db8::1]",
    "localhost", "printer.local", "db.internal", "a.localhost",
    "127.0.0.1.", "10.0.0.1.", "169.254.169.254.", "localhost.", "foo.internal.", "localhost..", ".",
    "[::127.0.0.1]", "[::10.0.0.1]", "[::a9fe:a9fe]",
)  # fmt: skip
ODD = ("http://example.com/", "ftp://example.com/", "https://user:pw@example.com/", "https://example.com:22/",
       "https://exa mple.com/", "https://", "//example.com", "https://example.com\\@127.0.0.1/")  # fmt: skip


@pytest.mark.django_db
def test_no_address_inside_the_house_is_taken(cast):
    for url in (*(f"https://{host}/hook" for host in INSIDE), *ODD):
        answer = cast.alices.api.post("/webhooks", {"url": url})
        assert answer.status == 400 and list(answer.error["details"]["fields"]) == ["url"], (url, answer.body)


@pytest.mark.parametrize("host", (*INSIDE[:27], *INSIDE[-3:]))
def test_no_name_that_leads_inside_is_called(host, monkeypatch):
    """Resolved at each call, by whatever name: also by one that led elsewhere when it was looked at."""
    address = host.strip("[]")
    found = {"127.1": "127.0.0.1", "0x7f000001": "127.0.0.1", "2130706433": "127.0.0.1", "017700000001": "127.0.0.1"}
    address = found.get(address, address)
    monkeypatch.setattr(calling.socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (address, 443))])
    monkeypatch.setattr(calling.socket, "create_connection", lambda *_, **__: pytest.fail("It was called."))
    with pytest.raises(calling.Undelivered, match="private"):
        calling.call("https://hooks.example.com/", b"{}", headers={}, allowed=[])


def test_an_answer_that_drips_is_cut_off(monkeypatch):
    monkeypatch.setattr(calling, "LONGEST", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            line, _ = listener.accept()
            with contextlib.suppress(OSError):
                while True:
                    line.sendall(b"H")
                    time.sleep(0.05)

        threading.Thread(target=drip, daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        began = time.monotonic()
        with pytest.raises(calling.Undelivered):
            calling.call(url, b"{}", headers={}, allowed=["127.0.0.1"])
        assert time.monotonic() - began < 5
